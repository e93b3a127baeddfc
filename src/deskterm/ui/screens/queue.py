"""The queue: a view of tickets, nearest deadline first, with a preview beside or below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import DeskError, NotFound
from deskterm.domain.ticket import key_of
from deskterm.i18n import _
from deskterm.ui.gate import txt
from deskterm.ui.resting import Rest
from deskterm.ui.screens.queue_list import QueueModel
from deskterm.ui.screens.queue_views import QueueViews
from deskterm.ui.session import Session
from deskterm.ui.views import View
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.preview import Preview
from deskterm.ui.widgets.queue_columns import queue_columns
from deskterm.ui.widgets.ticket_table import TicketTable
from deskterm.ui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from deskterm.reads.ticket import TicketRecord, TimelineEntry

WIDE = 120
"""From this width the preview stands at the right."""
PLACES = ("auto", "right", "below", "off")
KEPT_AS = {"right": "right", "below": "bottom", "off": "off"}
"""Where the preview stands → what saved views call it."""


class QueueScreen(QueueViews):
    """Open tickets, nearest deadline first."""

    CSS_PATH = style("queue")
    PLACE = Place.QUEUE

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self._preview_place = "auto"
        self._rest = Rest(self)
        self._wanted = ""
        if session is not None and session.view:
            self.view = View("", session.view, session.text)
            self.text, self._wanted = session.text, session.cursor
            self._preview_place = session.preview if session.preview in PLACES else "auto"

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
        """Put the keys in the table."""
        self.table.focus()
        self._show_tabs()
        self.query_one(FilterBar).show(self.text)
        self._place_preview()

    def heading(self) -> str:
        """Return the name of the screen."""
        return _("QUEUE")

    def session(self) -> Session:
        """Return where we are, for the next start."""
        cursor = self.table.row(self.table.cursor) if self.table.cursor is not None else None
        number = cursor.number if cursor is not None else ""
        return Session(self.view.name, self.text, number, self._preview_place)

    def opened(self, model: QueueModel) -> None:
        """Say so where there is nothing; put the cursor where it was left."""
        super().opened(model)
        count = len(model.rows)
        empty = self.query_one("#queue-empty", Static)
        self.table.display, empty.display = count > 0, count == 0
        if not count:
            empty.update(_nothing(()))
            self.query_one(Preview).clear()
            self.work(partial(self._name_strangers, model), "strangers", exclusive=True, aside=True)
        if self._wanted:
            self.table.move_cursor(key_of(self._wanted))
            self._wanted = ""

    async def _name_strangers(self, model: QueueModel) -> None:
        """Say whom the filter names that the desk has not."""
        from deskterm.reads.strangers import strangers

        listing = model.listing
        found = await self.console.ask(strangers, listing.desk, listing.query, by=listing.by)
        if listing is self._listing:
            self.query_one("#queue-empty", Static).update(_nothing(found))

    def rested(self) -> None:
        """Show the ticket in the preview when the cursor rests."""
        self._rest.then(self._show_preview)

    def ticked(self) -> None:
        """Let the clocks of the preview go on with those of the list."""
        self.query_one(Preview).tick(self.now)

    def _show_preview(self) -> None:
        if self.query_one(Preview).display:
            self.work(self._preview, "preview", exclusive=True, again=True)

    async def _preview(self) -> None:
        cursor, preview = self.table.cursor, self.query_one(Preview)
        if cursor is None:
            preview.clear()
            return
        try:
            record, entries = await self.console.ask(self._read_preview, str(cursor))
        except NotFound:
            preview.clear()
        else:
            preview.show(record, entries, self.now)

    def _read_preview(self, number: str) -> tuple[TicketRecord, tuple[TimelineEntry, ...]]:
        from deskterm.reads import ticket

        desk, me = self.console.desk, self.console.agent
        return ticket.record(desk, number, by=me), ticket.timeline(desk, number, by=me)

    @on(TicketTable.Opened)
    def action_open(self) -> None:
        """Open the ticket under the cursor."""
        self._open()

    def _open(self, compose: str = "") -> None:
        if self.table.cursor is not None:
            self.console.open_ticket(str(self.table.cursor), compose=compose)

    def action_reply(self, text: str = "") -> None:
        """Write to the caller: on the ticket; or one text to the callers of all that are marked."""
        self._write(text, is_public=True)

    def action_note(self, text: str = "") -> None:
        """Write a note: on the ticket; or one text on all that are marked."""
        self._write(text, is_public=False)

    def _write(self, text: str, *, is_public: bool) -> None:
        if text:
            self.write_at_once(text, is_public=is_public)
        elif self.table.marks:
            self.write_to_many(is_public=is_public)
        else:
            self._open("reply" if is_public else "note")

    def action_triage(self) -> None:
        """Go through the untriaged tickets one by one."""
        from deskterm.ui.screens.triage import TriageScreen

        self.app.push_screen(TriageScreen())

    def action_unwind(self) -> None:
        """Undo one layer: marks, then the filter."""
        if self.table.marks:
            self.table.action_unmark()
        elif self.text != self.view.text:
            self._show_text(self.view.text)

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

    @property
    def preview_place(self) -> str:
        """Where the preview stands, as a saved view keeps it."""
        return KEPT_AS.get(self._preview_place, "")

    def place_preview(self, place: str) -> None:
        """Put the preview where a view wants it; empty for wherever it is."""
        kept = {word: name for name, word in KEPT_AS.items()}
        if place in kept:
            self._preview_place = kept[place]
            self._place_preview()

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


def _nothing(strangers: Sequence[DeskError]) -> Content:
    """Return what stands in the place of an empty list."""
    said = "\n".join([*map(str, strangers), _("Nothing here.")])
    help_ = _("/ changes the filter, 0 shows all open tickets, c opens a new one.")
    return txt(f"{said}\n\n{help_}")
