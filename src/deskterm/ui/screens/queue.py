"""The queue: a view of tickets, nearest deadline first, with a preview beside or below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import DeskError
from deskterm.i18n import _, ngettext
from deskterm.ui.acts import ActingScreen, Subject
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt
from deskterm.ui.views import FIRST, VIEWS, View, beside, view_of
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.preview import Preview
from deskterm.ui.widgets.queue_columns import queue_columns
from deskterm.ui.widgets.sla_cell import ticks_by_second
from deskterm.ui.widgets.status_line import StatusLine
from deskterm.ui.widgets.ticket_table import TicketTable
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.reads.feed import News
    from deskterm.reads.listing import Listing
    from deskterm.reads.queue import QueueRow

FIRST_ROWS = 100
"""Rows read for the first frame; the rest follow as the eye goes there."""
REST_SECONDS = 0.15
"""The preview follows when the cursor has rested this long."""
WIDE = 120
"""From this width the preview stands at the right."""
MARKS_MOST = 500
"""As many tickets as one key may act on."""
PLACES = ("auto", "right", "below", "off")
SORTS = (
    ("breach", "breach"),
    ("prio", "prio,breach"),
    ("created, oldest first", "-created"),
    ("updated, newest first", "updated"),
    ("number, newest first", "-id"),
)
SORT_TERM = re.compile(r"\s*-?sort:\S+")


@dataclass(frozen=True, slots=True)
class QueueModel:
    """A view as it was opened."""

    listing: Listing
    rows: tuple[QueueRow, ...]
    now: datetime


class QueueScreen(ActingScreen[QueueModel]):
    """Open tickets, nearest deadline first."""

    CSS_PATH = style("queue")
    PLACE = Place.QUEUE
    LISTENS = ("ticket",)

    def __init__(self) -> None:
        super().__init__()
        self.view: View = FIRST
        self.text = FIRST.text
        self.now = datetime.min.replace(tzinfo=UTC)
        self._listing: Listing | None = None
        self._changed: set[int] = set()
        self._fresh: frozenset[int] = frozenset()
        self._counts: dict[str, int] = {}
        self._preview_place = "auto"
        self._rows: tuple[QueueRow, ...] = ()
        self._rest: Timer | None = None

    def body(self) -> ComposeResult:
        """List tabs, filter, table, preview."""
        yield ViewTabs()
        yield FilterBar()
        with Container(id="queue-body"):
            with Vertical(id="queue-list"):
                yield TicketTable(queue_columns(lambda: self.now), id="queue-table")
                yield Static(id="queue-empty", markup=False)
            yield Preview()

    def on_mount(self) -> None:
        """Put the keys in the table and let the clocks tick."""
        self.table.focus()
        self._show_tabs()
        self.query_one(FilterBar).show(self.text)
        self._place_preview()
        self.set_timer(1, self._tick)

    @property
    def table(self) -> TicketTable[QueueRow]:
        """The list."""
        return self.query_one("#queue-table", TicketTable)

    def heading(self) -> str:
        """Return the name of the screen."""
        return _("QUEUE")

    def notice(self) -> str:
        """Return how many tickets wait to be merged into the list."""
        return _("{count} new (R)").format(count=len(self._fresh)) if self._fresh else ""

    def read(self) -> QueueModel:
        """Open the view: its first rows."""
        from deskterm.query import parse
        from deskterm.reads.listing import Listing

        desk = self.console.desk
        listing = Listing(desk, parse(self.text), self.console.agent)
        return QueueModel(listing, listing.open(FIRST_ROWS), desk.clock.now())

    def show(self, model: QueueModel) -> None:
        """Show the first rows at once, then learn how long the view is."""
        self._listing, self.now = model.listing, model.now
        self._fresh = frozenset()
        self._rows = model.rows
        self.table.show(model.rows, len(model.rows))
        self._show_empty(len(model.rows))
        self.show_header()
        self.run_worker(self._complete(model), exclusive=True, group="complete")

    async def _complete(self, model: QueueModel) -> None:
        """Hold the order and count the views."""
        listing = model.listing
        await self.console.ask(listing.freeze)
        if listing is self._listing and listing.total != len(model.rows):
            self.table.show(model.rows, listing.total)
        self._show_note()
        await self._count()

    async def _count(self) -> None:
        self._counts = await self.console.ask(self._read_counts)
        self._show_tabs()

    def _read_counts(self) -> dict[str, int]:
        from deskterm.query import parse
        from deskterm.reads import queue

        views = {view.digit: parse(view.text) for view in VIEWS}
        return queue.counts(self.console.desk, views, by=self.console.agent)

    def hear(self, news: tuple[News, ...]) -> None:
        """Show what changed, where it stands; what is new waits for `R`."""
        self._changed |= {each.subject_id for each in news if each.subject_type in self.LISTENS}
        if self._changed and self.is_current:
            self._catch_up()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while the screen was covered."""
        if self._changed:
            self._catch_up()

    def _catch_up(self) -> None:
        self.run_worker(self._show_changed(), exclusive=True, group="news")

    async def _show_changed(self) -> None:
        listing, changed = self._listing, frozenset(self._changed)
        if listing is None:
            return
        try:
            rows, fresh = await self.console.ask(self._read_changed, listing, changed)
        except DeskError as error:
            self.refuse(error)
            return
        self._changed -= changed
        self.now = self.console.desk.clock.now()
        self.table.tick({row.key: row for row in rows})
        self._fresh |= fresh
        self.show_header()
        if self.table.cursor in changed:
            self._rest_soon()
        await self._count()

    def _read_changed(
        self, listing: Listing, changed: frozenset[int]
    ) -> tuple[tuple[QueueRow, ...], frozenset[int]]:
        from deskterm.reads import queue

        shown = [key for key in changed if self.table.row(key) is not None]
        return queue.rows(listing.desk, shown, by=listing.by), listing.fresh(changed)

    @on(TicketTable.WindowWanted)
    def fetch_window(self, wanted: TicketTable.WindowWanted) -> None:
        """Read the rows where the eye goes."""
        self.run_worker(self._show_window(wanted.first, wanted.count), exclusive=True, group="window")

    async def _show_window(self, first: int, count: int) -> None:
        listing = self._listing
        if listing is None:
            return
        rows = await self.console.ask(listing.window, first, count)
        if listing is self._listing:
            self._rows = rows
            self.table.show(rows, listing.total, first)

    @on(TicketTable.CursorMoved)
    def _rest_soon(self) -> None:
        """Show the ticket in the preview when the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self._show_preview)
        self._show_subject()

    def _show_preview(self) -> None:
        if self.query_one(Preview).display:
            self.run_worker(self._preview(), exclusive=True, group="preview")

    async def _preview(self) -> None:
        from deskterm.reads import ticket

        cursor, preview = self.table.cursor, self.query_one(Preview)
        if cursor is None:
            preview.clear()
            return
        desk, me, number = self.console.desk, self.console.agent, str(cursor)
        try:
            record = await self.console.ask(ticket.record, desk, number, by=me)
            entries = await self.console.ask(ticket.timeline, desk, number, by=me)
        except DeskError:
            preview.clear()
        else:
            preview.show(record, entries)

    @on(TicketTable.Opened)
    def action_open(self) -> None:
        """Open the ticket under the cursor."""
        self._open()

    def _open(self, compose: str = "") -> None:
        if self.table.cursor is not None:
            self.console.open_ticket(str(self.table.cursor), compose=compose)

    def action_reply(self) -> None:
        """Open the ticket and write to the caller."""
        self._open("reply")

    def action_note(self) -> None:
        """Open the ticket and write a note."""
        self._open("note")

    def subjects(self) -> Sequence[Subject]:
        """Return the marked tickets, else the one under the cursor."""
        rows = (self.table.row(key) for key in self.table.chosen)
        return [
            Subject(row.number, row.version, row.status, row.impact, row.urgency)
            for row in rows
            if row is not None
        ]

    def refused(self, subjects: Sequence[Subject]) -> None:
        """Leave the tickets that refused marked."""
        numbers = {subject.number for subject in subjects}
        self.table.mark(
            key
            for key in self.table.marks
            if (row := self.table.row(key)) is not None and row.number in numbers
        )

    @on(TicketTable.MarksChanged)
    def _show_subject(self) -> None:
        """Say what the next key acts on."""
        count = len(self.table.marks)
        if count:
            text = ngettext("{count} marked", "{count} marked: keys act on all of them", count).format(
                count=count
            )
        else:
            row = self.table.row(self.table.cursor) if self.table.cursor is not None else None
            text = row.number if row is not None else ""
        self.query_one(StatusLine).about(text)

    def action_move(self, how: str) -> None:
        """Move the cursor."""
        getattr(self.table, f"action_{how}")()

    def action_columns_left(self) -> None:
        """Scroll the columns to the left."""
        self.table.action_columns_left()

    def action_columns_right(self) -> None:
        """Scroll the columns to the right."""
        self.table.action_columns_right()

    def action_mark(self) -> None:
        """Mark the ticket under the cursor."""
        self.table.action_mark()

    def action_mark_and_move(self) -> None:
        """Mark and go on."""
        self.table.action_mark_and_go_down()

    def action_mark_range(self) -> None:
        """Begin or end a range."""
        self.table.action_range()

    def action_mark_all(self) -> None:
        """Mark everything in the view, up to `MARKS_MOST`."""
        self.run_worker(self._mark_all(), exclusive=True, group="window")

    async def _mark_all(self) -> None:
        listing = self._listing
        if listing is None:
            return
        rows = await self.console.ask(listing.window, 0, MARKS_MOST)
        self.table.show(rows, listing.total)
        self.table.mark(row.key for row in rows)
        if listing.total > len(rows):
            self.say(_("The first {count} are marked.").format(count=len(rows)))

    def action_unwind(self) -> None:
        """Undo one layer: marks, then the filter."""
        if self.table.marks:
            self.table.action_unmark()
        elif self.text != self.view.text:
            self._show_text(self.view.text)

    def action_show_view(self, digit: str) -> None:
        """Show a view."""
        view = view_of(digit)
        if view is None:
            self.say(_("There is no view {digit}.").format(digit=digit))
            return
        self.view = view
        self.table.mark(())
        self._show_tabs()
        self._show_text(view.text)

    def action_previous_view(self) -> None:
        """Go to the view on the left."""
        self.action_show_view(beside(self.view, -1).digit)

    def action_next_view(self) -> None:
        """Go to the view on the right."""
        self.action_show_view(beside(self.view, 1).digit)

    @on(ViewTabs.Chosen)
    def choose_view(self, chosen: ViewTabs.Chosen) -> None:
        """Go to the view that was clicked."""
        self.action_show_view(chosen.digit)

    def action_filter(self) -> None:
        """Edit the query."""
        self.query_one(FilterBar).edit()

    @on(FilterBar.Changed)
    def filter_as_typed(self, changed: FilterBar.Changed) -> None:
        """Show what the query takes while it is typed."""
        self.say("")
        self._show_text(changed.text)

    @on(FilterBar.Refused)
    def refuse_filter(self, refused: FilterBar.Refused) -> None:
        """Say what is wrong with the query; the last good result stays."""
        self.refuse(refused.error)

    @on(FilterBar.Left)
    def leave_filter(self, left: FilterBar.Left) -> None:
        """Go back to the list; without Enter, to what it showed."""
        self.table.focus()
        if self.text != left.text:
            self._show_text(left.text)

    def _show_text(self, text: str) -> None:
        """Put another query in force."""
        self.text = text
        self.query_one(FilterBar).show(text)
        self.reload()

    def action_sort(self) -> None:
        """Pick an order; the query says so."""

        def picked(terms: str | None) -> None:
            if terms is not None:
                self._show_text(SORT_TERM.sub("", self.text) + f" sort:{terms}")

        self.app.push_screen(
            Picker(_("Sort by"), [Option(terms, _(words)) for words, terms in SORTS]), picked
        )

    def action_preview(self) -> None:
        """Go on to the next place of the preview: by itself, right, below, off."""
        self._preview_place = PLACES[(PLACES.index(self._preview_place) + 1) % len(PLACES)]
        self._place_preview()
        self.say(_("preview: {place}").format(place=self._preview_place))

    def action_preview_down(self) -> None:
        """Scroll the preview down."""
        self.query_one(Preview).scroll_entries(3)

    def action_preview_up(self) -> None:
        """Scroll the preview up."""
        self.query_one(Preview).scroll_entries(-3)

    def on_resize(self) -> None:
        """Put the preview where it fits."""
        self._place_preview()

    def _place_preview(self) -> None:
        place = self._preview_place
        if place == "auto":
            place = "right" if self.size.width >= WIDE else "below" if self.size.height >= 20 else "off"
        body = self.query_one("#queue-body")
        for name in PLACES[1:]:
            body.set_class(name == place, f"-{name}")
        self.query_one(Preview).display = place != "off"
        self._show_preview()

    def neighbour(self, key: int, by: int) -> str | None:
        """Put the cursor so many tickets further than one, and return that ticket's number."""
        found = self._listing.neighbour(key, by) if self._listing is not None else None
        if found is None:
            return None
        self.table.move_cursor(found)
        return str(found)

    def place_of(self, key: int) -> str:
        """Return where a ticket stands: `3 of 12 in Mine`; empty where it does not."""
        place = self._listing.place(key) if self._listing is not None else None
        if self._listing is None or place is None:
            return ""
        return _("{place} of {total} in {view}").format(
            place=place + 1, total=self._listing.total, view=_(self.view.name)
        )

    def _show_tabs(self) -> None:
        tabs = []
        for view in VIEWS:
            count = self._counts.get(view.digit)
            tabs.append(Tab(view.digit, _(view.name), count, view.sign if count else ""))
        self.query_one(ViewTabs).show(tabs, self.view.digit)

    def _show_note(self) -> None:
        total = self._listing.total if self._listing is not None else 0
        self.query_one(FilterBar).note(_("{count} shown").format(count=total))

    def _show_empty(self, count: int) -> None:
        empty = self.query_one("#queue-empty", Static)
        self.table.display, empty.display = count > 0, count == 0
        if not count:
            empty.update(
                txt(_("Nothing here.\n\n/ changes the filter, 0 shows all open tickets, c opens a new one."))
            )
            self.query_one(Preview).clear()

    def _tick(self) -> None:
        """Let clocks and ages go on; each cell is painted only when its text changes."""
        delay = 60.0
        if self.console.ready.is_set():
            self.now = self.console.desk.clock.now()
            if self.is_current:
                self.table.tick()
            delay = 1.0 if ticks_by_second(self._rows, self.now) else 60.0 - self.now.second
        self.set_timer(max(1.0, delay / self._speed), self._tick)

    @property
    def _speed(self) -> float:
        """How many seconds of the desk pass in one of the machine."""
        return float(getattr(self.console.desk.clock, "speed", 1.0)) if self.console.ready.is_set() else 60.0
