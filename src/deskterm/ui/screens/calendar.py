"""The change calendar: windows, freezes, changes, what collides; changes are led, moved, requested here."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Command, Need, Place, Situation
from deskterm.domain.change import PLANNING, ChangeKind
from deskterm.domain.errors import BadInput, NotFound
from deskterm.i18n import _, ngettext
from deskterm.ui import calendar_words, cell_filter, requesting, spanning
from deskterm.ui.change_routes import open_change
from deskterm.ui.dialogs.form import FormDialog, Line
from deskterm.ui.filtering import FilteringScreen
from deskterm.ui.gate import txt
from deskterm.ui.resting import Rest
from deskterm.ui.screens.calendar_sheet import LAYOUTS, CalendarSheet
from deskterm.ui.widgets.calendar import Calendar, Layout, Sheet, instant_of, lines_of, shown_days
from deskterm.ui.widgets.calendar_panes import CalendarPanes, Known
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.status_line import StatusLine
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.domain.calendar import NoSlot, Slot
    from deskterm.reads.calendar import Page
    from deskterm.reads.change import ChangeRecord

HIGH = 36
"""Lines of a terminal in which every hour of a day gets its own."""
WIDE = 120
"""Columns from which words about the change and about conflicts stand side by side."""
WORDS_LEAST, WORDS_MOST = 6, 13
"""Lines that words below the sheet need, and can use."""
PLACES = ("below", "right", "off")
"""Where the words stand, next to the sheet."""
SEVERAL = frozenset({"assign", "transfer", "note", "confirm", "give_up", "tags", "watch", "star"})
"""Acts that take all marked changes; the others take one."""


class CalendarScreen(FilteringScreen["Page"], CalendarSheet):
    """Changes by day, week, month, or as a list."""

    CSS_PATH = style("calendar")
    PLACE = Place.CALENDAR
    LISTENS = ("change", "desk")

    def __init__(self) -> None:
        super().__init__()
        self._acted_on: ChangeRecord | None = None
        """The change under the cursor, read when a key was pressed that acts on it."""
        self._place = PLACES[0]
        self._rest = Rest(self)
        self._record: ChangeRecord | None = None
        """What is shown of the change under the cursor."""
        self._room: Slot | NoSlot | None = None
        """Where that would have room; None where nothing hard is in its way, or nobody asked yet."""

    def body(self) -> ComposeResult:
        """List views, calendar, what is under the cursor, conflicts, load."""
        yield ViewTabs()
        yield FilterBar(record="change", shy=True)
        with Container(id="calendar-body"):
            yield Calendar(id="calendar-sheet")
            yield CalendarPanes()
        yield Static(id="calendar-load", markup=False)

    def on_mount(self) -> None:
        """Put the keys on the calendar; where there is room, a line is an hour."""
        self._hours = 1 if self.is_high else 2
        self.focus_list()
        self._place_panes()
        self.show_tabs()

    def focus_list(self) -> None:
        """Put the keys on the calendar."""
        self.query_one(Calendar).focus()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._place_panes()
        self.show_tabs()
        self.paint()

    @property
    def change(self) -> ChangeRecord | None:
        """The change under the cursor as it was when a key was pressed."""
        return self._acted_on

    @property
    def is_wide(self) -> bool:
        """Whether there is room for words side by side."""
        return self.app.size.width >= WIDE

    @property
    def is_high(self) -> bool:
        """Whether there is room for a line an hour, and for load below all."""
        return self.app.size.height >= HIGH

    def heading(self) -> str:
        """Return which days are shown, and by whose clock."""
        if self._cursor is None:
            return _("CHANGES")
        return calendar_words.heading(self._layout, self._cursor, is_wide=self.is_wide)

    def notice(self) -> str:
        """Return how many conflicts there are that block, and how many that warn."""
        collisions = self._page.collisions if self._page else ()
        hard = sum(conflict.hard for _entry, conflict in collisions)
        soft = len(collisions) - hard
        told = [
            ngettext("{count} conflict !!", "{count} conflicts !!", hard).format(count=hard) if hard else "",
            ngettext("{count} warning !", "{count} warnings !", soft).format(count=soft) if soft else "",
        ]
        return "  ".join(filter(None, told))

    def read(self) -> Page:
        """Fetch the shown days."""
        from deskterm.query import parse
        from deskterm.reads import calendar

        if self._cursor is None:
            self._cursor = self.console.desk.clock.now()
        first, after = shown_days(self._layout, self._cursor)
        desk, me = self.console.desk, self.console.agent
        condition = parse(self.filter_text).condition
        return calendar.page(desk, instant_of(first), instant_of(after), by=me, condition=condition)

    def show(self, model: Page) -> None:
        """Fill the calendar; a change that is being moved stays under way."""
        self._page = model
        rows = {entry.change.key: entry.change for entry in model.entries}
        self._marked |= {key: row for key, row in rows.items() if key in self._marked}
        if self.moving is not None:
            self.work(self.look_around, "planner", exclusive=True, again=True)
        elif self._selected is None:
            self._select_here()
        self.paint()
        self._rested()
        self.show_header()

    def paint(self) -> None:
        """Draw the sheet and the words around it."""
        if self._page is None or self._cursor is None:
            return
        marks, page = self.marks, self._page
        sheet = Sheet(
            self._layout, self._cursor, marks, (*page.windows, *page.freezes), page.read_at, self._selected,
            self._hours, frozenset(self._marked),
        )  # fmt: skip
        calendar = self.query_one(Calendar)
        calendar.styles.height = self._sheet_height(sheet)
        calendar.show(sheet)
        if self._record is not None and self._record.row.key != self._selected:
            self._record = self._room = None
            self._rested()
        elif self._record is None and self._selected is not None:
            self._rested()
        known = Known(page, self._cursor, self.mark, self._record, self._room, max(0, self._conflict))
        self.query_one(CalendarPanes).show(known, is_wide=self.is_wide)
        self.query_one("#calendar-load", Static).update(self._load_words(page, sheet))
        self._about()
        self.show_header()

    def _sheet_height(self, sheet: Sheet) -> int | str:
        """Return the lines of the sheet: as many as it fills, so that all others are for words below it."""
        if self._place != "below":
            return "1fr"
        room = self.query_one("#calendar-body").size.height
        most = lines_of(sheet)
        if most is None:
            return max(1, room - (WORDS_MOST if self.is_high else WORDS_LEAST))
        return max(1, min(most, room - WORDS_LEAST))

    def _load_words(self, page: Page, sheet: Sheet) -> Content:
        """Return how much is done on each day, and by whom."""
        parts = [calendar_words.people_line(page)]
        if self._layout in (Layout.DAY, Layout.WEEK):
            parts.insert(0, calendar_words.load_line(sheet.days, sheet.marks))
        return txt("      ".join(filter(None, parts)), one_line=True)

    def _about(self) -> None:
        """Say what the next key acts on where changes are marked."""
        count = len(self._marked)
        words = ngettext("{count} marked", "{count} marked: keys act on all of them", count)
        self.query_one(StatusLine).about(words.format(count=count) if count else "")

    def _rested(self) -> None:
        """Read what is known of the change under the cursor once it has rested there."""
        self._rest.then(self._show_known)

    def _show_known(self) -> None:
        if self._place != "off":
            self.work(self._know, "preview", exclusive=True, again=True)

    async def _know(self) -> None:
        """Show what is known of the change under the cursor; look for room where it is blocked."""
        from deskterm.reads import calendar, change

        mark, console = self.mark, self.console
        if mark is None or self.moving is not None:
            return
        number = mark.change.number
        try:
            record = await console.ask(change.record, console.desk, number, by=console.agent)
            if record.row.key != self._selected:
                return
            self._record, self._room = record, None
            self.paint()
            if record.row.status in PLANNING and any(conflict.hard for conflict in record.conflicts):
                room = await console.ask_slowly(calendar.free_slot, console.desk, number, by=console.agent)
                if record is self._record:
                    self._room = room
                    self.paint()
        except NotFound:
            self._record = None

    def show_tabs(self) -> None:
        """Show the layouts, and what the signs say."""
        tabs = [Tab(layout.value, _(title)) for layout, title in LAYOUTS.items()]
        legend = calendar_words.legend(is_wide=self.is_wide)
        self.query_one(ViewTabs).show([*tabs, Tab("", legend)], self._layout.value)

    def _place_panes(self) -> None:
        body = self.query_one("#calendar-body")
        for name in PLACES:
            body.set_class(name == self._place, f"-{name}")
        self.query_one("#calendar-load").display = self._place == "below" and self.is_high

    def action_preview(self) -> None:
        """Go on to the next place of the words: below, at the right where there is room, nowhere."""
        places = PLACES if self.is_wide else ("below", "off")
        place = places.index(self._place) if self._place in places else 0
        self._place = places[(place + 1) % len(places)]
        self._place_panes()
        self.paint()
        told = {"below": _("details below"), "right": _("details at the right"), "off": _("no details")}
        self.say(told[self._place])

    def situation(self) -> Situation:
        """Return what there is to act on."""
        here = {Need.CHANGE} if self.chosen else set()
        return Situation({*super().situation().has, *here})

    async def run_command(self, command: Command, *values: str) -> None:
        """Read the change under the cursor before a key that acts on it: what is shown may be older."""
        if command.needs is not Need.CHANGE or self.hindrance(command):
            await super().run_command(command, *values)
        elif self.moving is not None:
            self.say(_("Enter keeps the change here, Esc puts it back; other keys act again after that."))
        elif len(self._marked) > 1 and command.action not in SEVERAL:
            self.say(_("That goes for one change at a time: Esc takes the marks off."), problem=True)
        else:
            self.work(partial(self._run_on_change, command, *values), "perform")

    async def _run_on_change(self, command: Command, *values: str) -> None:
        from deskterm.reads import change

        console, number = self.console, self.chosen[0].number
        self._acted_on = await console.ask(change.record, console.desk, number, by=console.agent)
        await super().run_command(command, *values)

    async def action_open(self) -> None:
        """Open the change, or keep the one that is being moved where it is now."""
        if self.moving is not None:
            await self.keep(self.moving)
        elif self.mark is not None:
            open_change(self, self.mark.change.number)
        else:
            self.say(_("There is no change here."), problem=True)

    def action_new(self) -> None:
        """Request a change at the cursor."""
        self.work(partial(requesting.pick_kind, self, self._slot), "perform")

    def action_emergency(self) -> None:
        """Request an emergency change."""
        asked = partial(requesting.ask_request, self, ChangeKind.EMERGENCY, None, self._slot)
        self.work(asked, "perform")

    def action_add_span(self) -> None:
        """Add a maintenance window or a freeze at the cursor."""
        if self._slot is not None:
            self.work(partial(spanning.ask_span, self, self._slot), "perform")

    def action_remove_span(self) -> None:
        """Take out a window or freeze that people added."""
        self.work(partial(spanning.pick_span, self), "perform")

    @property
    def _slot(self) -> datetime | None:
        """The hour under the cursor, to the full hour."""
        if self._cursor is None:
            return None
        local = self._cursor.astimezone()
        return instant_of(local.date(), local.hour)

    def action_filter_by(self) -> None:
        """Filter by a value of the change; again, take what has it away, then drop the condition."""
        terms = cell_filter.change_terms(self.mark.change) if self.mark is not None else ()
        self.filter_by_value(terms, _("There is no change here."))

    def action_export(self, file: str = "") -> None:
        """Write the calendar to an iCalendar file; ask where to, unless that is given."""
        if file:
            self.work(partial(self._export, file), "perform")
            return

        async def submit(values: dict[str, str]) -> None:
            await self._export(values["file"])

        fields = [Line("file", _("File"), "~/deskterm-changes.ics")]
        self.app.push_screen(FormDialog(_("Export as iCalendar"), fields, submit))

    async def _export(self, file: str) -> None:
        from deskterm.services import calendar_files

        path = Path(file.strip()).expanduser()
        data = await self.console.ask_slowly(calendar_files.export, self.console.desk, by=self.console.agent)
        try:
            with path.open("xb") as out:
                out.write(data)
        except OSError as error:
            raise BadInput(field=str(path), reason=error.strerror) from error
        self.say(_("The calendar is in {file}").format(file=str(path)))

    def action_copy_number(self) -> None:
        """Copy the number of the change under the cursor."""
        if self.mark is not None:
            self.copy(self.mark.change.number)

    def action_unwind(self) -> None:
        """Leave the move, then marks, then the filter, then the calendar."""
        if self.moving is not None:
            self._cursor = (
                max(self._page.start, self._cursor) if self._page and self._cursor else self._cursor
            )
            self.moving = None
            self.say(_("Nothing was moved."))
            self.paint()
        elif self._marked:
            self._marked.clear()
            self.paint()
        elif self.is_filtered:
            self.filter_by("")
        else:
            self.action_close()
