"""The list of the queue: a view's tickets in their frozen order, kept up to date where they stand, marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from deskterm.commands import Need, Situation
from deskterm.i18n import _, ngettext
from deskterm.ui.deeds import Subject
from deskterm.ui.edits import EditingScreen
from deskterm.ui.widgets.sla_cell import ticks_by_second
from deskterm.ui.widgets.status_line import StatusLine
from deskterm.ui.widgets.ticket_table import TicketTable

if TYPE_CHECKING:
    from deskterm.reads.feed import News
    from deskterm.reads.listing import Listing
    from deskterm.reads.queue import QueueRow

FIRST_ROWS = 100
"""Rows read for the first frame; the rest follow as the eye goes there."""
MARKS_MOST = 500
"""As many tickets as one key may act on."""
UNREAD_MOST = 2_000
"""As many tickets with news as `n` looks through."""


@dataclass(frozen=True, slots=True)
class QueueModel:
    """A view as it was opened."""

    listing: Listing
    rows: tuple[QueueRow, ...]
    now: datetime


class QueueList(EditingScreen[QueueModel]):
    """A screen around the table of a view's tickets."""

    LISTENS = ("ticket",)

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.min.replace(tzinfo=UTC)
        self.is_frozen = False
        """Whether `F` holds the list still."""
        self._listing: Listing | None = None
        self._is_open_ended = False
        """Whether the list is shown and its length not known yet."""
        self._changed: set[int] = set()
        self._fresh: frozenset[int] = frozenset()
        self._gone: frozenset[int] = frozenset()
        """Tickets in the list that the view takes no longer."""
        self._rows: tuple[QueueRow, ...] = ()
        self._marked: dict[int, QueueRow] = {}
        """The marked tickets as they were last read, on or off the screen."""

    @property
    def table(self) -> TicketTable[QueueRow]:
        """The list."""
        return self.query_one("#queue-table", TicketTable)

    def on_mount(self) -> None:
        """Let the clocks tick."""
        self.set_timer(1, self._tick)

    def opened(self, model: QueueModel) -> None:
        """Fill what stands around the list, when a view has been opened."""

    def settled(self) -> None:
        """Fill what stands around the list, when its order and length are known or rows changed."""

    def rested(self) -> None:
        """Show the ticket that the cursor is on, when it is another one or has changed."""

    def ticked(self) -> None:
        """Let what stands around the list go on with the time."""

    def notice(self) -> str:
        """Return what waits: new tickets, and everything while the list is held still."""
        parts = [_("FROZEN (F)")] if self.is_frozen else []
        if self._fresh:
            parts.append(_("{count} new (R)").format(count=len(self._fresh)))
        return "  ".join(parts)

    @property
    def is_early(self) -> bool:
        """Whether what keys act on is still to be read, to its end and at the row of the cursor."""
        return super().is_early or self._is_open_ended or (self.table.cursor is None and self.table.total > 0)

    def show(self, model: QueueModel) -> None:
        """Show the first rows at once, then learn how long the view is."""
        self._listing, self.now = model.listing, model.now
        self._is_open_ended = True
        self._fresh = self._gone = frozenset()
        self._rows = model.rows
        self.table.show(model.rows, len(model.rows))
        self.opened(model)
        self.show_header()
        self.work(partial(self._complete, model), "complete", exclusive=True, again=True)

    async def _complete(self, model: QueueModel) -> None:
        """Hold the order."""
        listing = model.listing
        try:
            await self.console.ask(listing.freeze)
            if listing is self._listing and listing.total != len(model.rows):
                self.table.show(model.rows, listing.total)
        finally:
            if listing is self._listing:
                self._is_open_ended = False
                self.console.type_ahead.release()
        self.settled()

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
        if not self.is_frozen:
            self.work(self._show_changed, "news", exclusive=True, again=True)

    async def _show_changed(self) -> None:
        listing, changed = self._listing, frozenset(self._changed)
        if listing is None:
            return
        rows, fresh, gone = await self.console.ask(self._read_changed, listing, changed)
        self._changed -= changed
        self.now = self.console.desk.clock.now()
        row_of = {row.key: row for row in rows}
        self.table.tick(row_of)
        self._marked |= {key: row for key, row in row_of.items() if key in self._marked}
        self._fresh |= fresh
        self._gone = (self._gone - changed) | gone
        self.show_header()
        if self.table.cursor in changed:
            self.rested()
        self.settled()

    def _read_changed(
        self, listing: Listing, changed: frozenset[int]
    ) -> tuple[tuple[QueueRow, ...], frozenset[int], frozenset[int]]:
        from deskterm.reads import queue

        shown = [key for key in changed if self.table.row(key) is not None or key in self._marked]
        rows = queue.rows(listing.desk, shown, by=listing.by)
        return rows, listing.fresh(changed), listing.gone(row.key for row in rows)

    def action_freeze(self) -> None:
        """Hold the list still, or let it live again."""
        self.is_frozen = not self.is_frozen
        self.show_header()
        self.say(_("Nothing moves until F.") if self.is_frozen else _("The list lives again."))
        if not self.is_frozen:
            self._catch_up()

    @on(TicketTable.WindowWanted)
    def fetch_window(self, wanted: TicketTable.WindowWanted) -> None:
        """Read the rows where the eye goes."""
        job = partial(self._show_window, wanted.first, wanted.count)
        self.work(job, "window", exclusive=True, again=True)

    async def _show_window(self, first: int, count: int) -> None:
        listing = self._listing
        if listing is None:
            return
        rows = await self.console.ask(listing.window, first, count)
        if listing is self._listing:
            self._rows = rows
            self.table.show(rows, listing.total, first)
            self.console.type_ahead.release()

    @on(TicketTable.CursorMoved)
    def cursor_moved(self) -> None:
        """Say what the next key acts on, and show it."""
        self._show_subject()
        self.rested()

    @on(TicketTable.MarksChanged)
    def marks_changed(self) -> None:
        """Remember the rows that were marked, wherever the list goes."""
        rows = {key: self.table.row(key) or self._marked.get(key) for key in self.table.marks}
        self._marked = {key: row for key, row in rows.items() if row is not None}
        self._show_subject()

    def _show_subject(self) -> None:
        count = len(self.table.marks)
        if count:
            text = ngettext("{count} marked", "{count} marked: keys act on all of them", count).format(
                count=count
            )
        else:
            row = self.table.row(self.table.cursor) if self.table.cursor is not None else None
            text = row.number if row is not None else ""
        self.query_one(StatusLine).about(text)

    def subjects(self) -> Sequence[Subject]:
        """Return the marked tickets, else the one under the cursor."""
        rows = (self.table.row(key) or self._marked.get(key) for key in self.table.chosen)
        return [
            Subject(row.number, row.version, row.status, row.impact, row.urgency)
            for row in rows
            if row is not None
        ]

    def situation(self) -> Situation:
        """Return what there is to act on."""
        found, subjects = super().situation(), self.subjects()
        if not subjects:
            return found
        one = subjects[0] if len(subjects) == 1 else None
        needs = frozenset({*found.has, Need.TICKET})
        return Situation(needs, one.number, one.status) if one else Situation(needs)

    def done(self, numbers: Sequence[str], refused: Iterable[str]) -> None:
        """Leave those marked that refused; go on where that is wanted."""
        still = set(refused)
        if self.table.marks:
            self.table.mark(key for key, row in self._marked.items() if row.number in still)
        elif numbers and self.console.advance == "next":
            self.table.action_down()

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
        self.work(self._mark_all, "window")

    async def _mark_all(self) -> None:
        listing = self._listing
        if listing is None:
            return
        rows = await self.console.ask(listing.window, 0, MARKS_MOST)
        self._marked = {row.key: row for row in rows}
        self.table.mark(row.key for row in rows)
        if listing.total > len(rows):
            self.say(_("The first {count} are marked.").format(count=len(rows)))

    def action_next_unread(self) -> None:
        """Go to the next ticket with news."""
        self.work(partial(self._go_to_unread, 1), "unread", exclusive=True)

    def action_previous_unread(self) -> None:
        """Go to the ticket above with news."""
        self.work(partial(self._go_to_unread, -1), "unread", exclusive=True)

    async def _go_to_unread(self, by: int) -> None:
        listing = self._listing
        if listing is None or listing.order is None:
            self.say(_("This view is too long to look for news in."))
            return
        unread = set(await self.console.ask(self._unread))
        here = listing.place(self.table.cursor) if self.table.cursor is not None else None
        places = range(-1 if here is None else here, len(listing.order) if by > 0 else -1, by)[1:]
        found = next((place for place in places if listing.order[place] in unread), None)
        if found is None:
            self.say(_("No more news in this view."))
        else:
            self.table.go_to(found)

    def _unread(self) -> list[int]:
        from deskterm.query import parse
        from deskterm.reads import queue

        return queue.keys(self.console.desk, parse("is:unread"), by=self.console.agent, most=UNREAD_MOST)

    def neighbour(self, key: int, by: int) -> str | None:
        """Put the cursor so many tickets further than one, and return that ticket's number."""
        found = self._listing.neighbour(key, by) if self._listing is not None else None
        if found is None:
            return None
        self.table.move_cursor(found)
        return str(found)

    def _tick(self) -> None:
        """Let clocks and ages go on; each cell is painted only when its text changes."""
        delay = 60.0
        if self.console.ready.is_set():
            self.now = self.console.desk.clock.now()
            if self.is_current and not self.is_frozen:
                self.table.tick()
                self.ticked()
            delay = 1.0 if ticks_by_second(self._rows, self.now) else 60.0 - self.now.second
        self.set_timer(max(1.0, delay / self._speed), self._tick)

    @property
    def _speed(self) -> float:
        """How many seconds of the desk pass in one of the machine."""
        return float(getattr(self.console.desk.clock, "speed", 1.0)) if self.console.ready.is_set() else 60.0
