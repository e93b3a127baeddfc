"""The change calendar: windows, freezes, changes and what collides; changes are moved and requested here."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Need, Place, Situation
from deskterm.domain.calendar import Slot, sentence
from deskterm.domain.change import PLANNING, ChangeKind
from deskterm.domain.errors import BadInput
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import change_words, requesting
from deskterm.ui.change_routes import open_change
from deskterm.ui.deeds import Subject
from deskterm.ui.dialogs.form import FormDialog, Line
from deskterm.ui.doing import DoingScreen
from deskterm.ui.gate import txt
from deskterm.ui.moving import Move, planner_around
from deskterm.ui.widgets.calendar import HOURS, Calendar, Layout, Mark, Sheet, instant_of, shown_days
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.domain.calendar import Conflict
    from deskterm.reads.calendar import Page

LAYOUTS = {
    Layout.DAY: N_("Day"), Layout.WEEK: N_("Week"), Layout.MONTH: N_("Month"), Layout.AGENDA: N_("Agenda"),
}  # fmt: skip
DAY = timedelta(days=1)
TOLD_MOST = 8
"""So many conflicts are told at once, as there is room for; `n` walks through all."""
TALL = 36
"""Lines of a terminal in which every hour of a day gets its own."""


class CalendarScreen(DoingScreen["Page"]):
    """Changes by day, week, month, or as a list."""

    CSS_PATH = style("calendar")
    PLACE = Place.CALENDAR
    LISTENS = ("change", "desk")

    def __init__(self) -> None:
        super().__init__()
        self._layout = Layout.WEEK
        self._hours = 2
        self._cursor: datetime | None = None
        self._selected: int | None = None
        self._conflict = -1
        self._text = ""
        self._condition: Condition = EVERYTHING
        self._page: Page | None = None
        self._move: Move | None = None

    def body(self) -> ComposeResult:
        """List views, calendar, what is under the cursor, conflicts."""
        yield ViewTabs()
        yield Calendar(id="calendar-sheet")
        yield Static(id="calendar-change", markup=False)
        yield Static(id="calendar-conflicts", markup=False)

    def on_mount(self) -> None:
        """Put the keys on the calendar; where there is room, a line is an hour."""
        self._hours = 1 if self.app.size.height >= TALL else 2
        self.query_one(Calendar).focus()
        self._show_tabs()

    def subjects(self) -> tuple[Subject, ...]:
        """Return no ticket: keys act on changes here."""
        return ()

    def heading(self) -> str:
        """Return which days are shown."""
        if self._cursor is None:
            return _("CHANGES")
        first, after = shown_days(self._layout, self._cursor)
        last = after - DAY
        if self._layout is Layout.MONTH:
            return f"{_('CHANGES')}  {self._cursor.astimezone():%Y-%m}"
        if self._layout is Layout.DAY:
            return f"{_('CHANGES')}  {first:%Y-%m-%d}"
        week = _("week {number}").format(number=first.isocalendar().week)
        return f"{_('CHANGES')}  {week}  {first:%d.%m.}-{last:%d.%m.%Y}"

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
        from deskterm.reads import calendar

        if self._cursor is None:
            self._cursor = self.console.desk.clock.now()
        first, after = shown_days(self._layout, self._cursor)
        desk, me = self.console.desk, self.console.agent
        return calendar.page(desk, instant_of(first), instant_of(after), by=me, condition=self._condition)

    def show(self, model: Page) -> None:
        """Fill the calendar; a change that is being moved stays under way."""
        self._page = model
        if self._move is not None:
            self.work(self._look_around, "planner", exclusive=True, again=True)
        elif self._selected is None:
            self._select_here()
        self._paint()
        self.show_header()

    @property
    def _marks(self) -> tuple[Mark, ...]:
        """The changes to draw, the moved one where it would be."""
        marks = [
            Mark(entry.change, entry.start, entry.end, entry.conflicts)
            for entry in (self._page.entries if self._page else ())
            if self._move is None or entry.change.key != self._move.change.key
        ]
        if self._move is not None:
            booking = self._move.booking
            marks.append(
                Mark(self._move.change, booking.start, booking.end, self._move.conflicts, is_moving=True)
            )
        return tuple(sorted(marks, key=lambda mark: (mark.start, mark.change.key)))

    @property
    def _mark(self) -> Mark | None:
        """The change that keys act on."""
        return next((mark for mark in self._marks if mark.change.key == self._selected), None)

    def _paint(self) -> None:
        if self._page is None or self._cursor is None:
            return
        spans = (*self._page.windows, *self._page.freezes)
        now = self._page.read_at
        sheet = Sheet(self._layout, self._cursor, self._marks, spans, now, self._selected, self._hours)
        self.query_one(Calendar).show(sheet)
        self.query_one("#calendar-change", Static).update(self._change_words())
        self.query_one("#calendar-conflicts", Static).update(self._conflict_words())
        self.show_header()

    def _change_words(self) -> Content:
        """Return two lines about what is under the cursor."""
        mark = self._mark
        if mark is None:
            assert self._cursor is not None, "painted after it was read"
            at = f"{change_words.day_name(self._cursor)} {self._cursor.astimezone():%Y-%m-%d %H:00}"
            return txt(_("No change here. c requests one for {at}.").format(at=at))
        change = mark.change
        head = f"{change.number} {change.summary} · {change_words.span_words(mark.start, mark.end)}"
        if mark.is_moving:
            rest = _("MOVING: arrows 15 min, Shift+arrows 1 day, Enter keeps, Esc cancels")
        else:
            parts = (
                label(change.status),
                label(change.kind),
                _("risk {level}").format(level=change_words.coded(change.risk)),
                change.assignee,
                change.service or "",
                change.ci or "",
            )
            rest = " · ".join(part for part in parts if part)
        return Content("\n").join((txt(head, one_line=True).stylize("bold"), txt(rest, one_line=True)))

    def _conflict_words(self) -> Content:
        """Return the conflicts as sentences, the one that is looked at first."""
        if self._move is not None:
            found = [conflict_line(self._mark, conflict) for conflict in self._move.conflicts if self._mark]
            return change_words.block(found or [_("ok Nothing is in the way there.")])
        if self._page is None:
            return Content("")
        collisions = self._page.collisions
        first = max(0, self._conflict)
        ordered = [*collisions[first:], *collisions[:first]]
        lines = [
            conflict_line(Mark(entry.change, entry.start, entry.end), conflict)
            for entry, conflict in ordered[:TOLD_MOST]
        ]
        return change_words.block(lines)

    def _show_tabs(self) -> None:
        tabs = [Tab(layout.value, _(title)) for layout, title in LAYOUTS.items()]
        legend = _("░ window  ▒ freeze")
        shown = f"/ {self._text}" if self._text else legend
        self.query_one(ViewTabs).show([*tabs, Tab("", shown)], self._layout.value)

    def action_show_view(self, digit: str) -> None:
        """Show a day, a week, a month or the agenda."""
        self._layout = Layout(digit)
        self._show_tabs()
        self.reload()

    def action_fewer_hours(self) -> None:
        """Let a line stand for fewer hours."""
        self._hours = HOURS[max(0, HOURS.index(self._hours) - 1)]
        self._paint()

    def action_more_hours(self) -> None:
        """Let a line stand for more hours."""
        self._hours = HOURS[min(len(HOURS) - 1, HOURS.index(self._hours) + 1)]
        self._paint()

    def action_travel(self, how: str) -> None:
        """Move the cursor, or the change that is being moved."""
        if self._cursor is None:
            return
        if self._move is not None:
            self._move = self._move.by_key(how)
            if self._move.is_far:
                self.work(self._look_around, "planner", exclusive=True, again=True)
            self._put_cursor(self._move.booking.start)
        elif self._layout is Layout.AGENDA and how in ("down", "up"):
            self._step(1 if how == "down" else -1)
        else:
            self._put_cursor(travelled(self._cursor, how, self._layout, self._hours))
            self._select_here()
            self._paint()

    def _put_cursor(self, at: datetime) -> None:
        """Put the cursor at an instant; read again where it is not among the shown days."""
        before = shown_days(self._layout, self._cursor or at)
        self._cursor = at
        if shown_days(self._layout, at) == before:
            self._paint()
        else:
            if self._move is None:
                self._selected = None
            self.reload()

    def _select_here(self) -> None:
        """Let keys act on the change under the cursor."""
        assert self._cursor is not None, "asked after it was read"
        local = self._cursor.astimezone()
        start = instant_of(local.date(), local.hour // self._hours * self._hours)
        end = start + timedelta(hours=self._hours)
        if self._layout is Layout.MONTH:
            start, end = instant_of(local.date()), instant_of(local.date() + DAY)
        here = [mark.change.key for mark in self._marks if mark.start < end and mark.end > start]
        if self._selected not in here:
            self._selected = here[0] if here else None

    def action_next_change(self) -> None:
        """Go to the next change."""
        self._step(1)

    def action_previous_change(self) -> None:
        """Go to the change before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        marks = self._marks
        if not marks or self._move is not None or self._cursor is None:
            return
        keys = [mark.change.key for mark in marks]
        if self._selected in keys:
            place = (keys.index(self._selected) + by) % len(keys)
        else:
            later = [number for number, mark in enumerate(marks) if mark.start >= self._cursor]
            place = (later[0] if later else 0) if by > 0 else (later[0] - 1 if later else -1)
        self._select(marks[place])

    def _select(self, mark: Mark) -> None:
        """Go to a change; one that began before the shown days is met at their beginning."""
        assert self._page is not None, "marks come from a page"
        self._selected, self._cursor = mark.change.key, max(mark.start, self._page.start)
        self._paint()

    def action_next_conflict(self) -> None:
        """Go to the next conflict."""
        self._walk(1)

    def action_previous_conflict(self) -> None:
        """Go to the conflict before."""
        self._walk(-1)

    def _walk(self, by: int) -> None:
        collisions = self._page.collisions if self._page else ()
        if not collisions:
            self.say(_("Nothing collides in these days."))
            return
        self._conflict = (
            (self._conflict + by) % len(collisions) if self._conflict >= 0 else 0 if by > 0 else -1
        )
        self._conflict %= len(collisions)
        entry, conflict = collisions[self._conflict]
        mark = Mark(entry.change, entry.start, entry.end)
        self._select(mark)
        self.say(conflict_line(mark, conflict), problem=conflict.hard)

    def action_today(self) -> None:
        """Go to now."""
        self._put_cursor(self.console.desk.clock.now())
        self._select_here()
        self._paint()

    async def action_open(self) -> None:
        """Open the change, or keep the one that is being moved where it is now."""
        if self._move is not None:
            await self._keep(self._move)
        elif self._mark is not None:
            open_change(self, self._mark.change.number)
        else:
            self.say(_("There is no change here."), problem=True)

    def action_move(self) -> None:
        """Begin to move the change."""
        mark = self._planned_mark()
        if mark is not None:
            self.work(partial(self._begin_move, mark.change.key, None), "perform")

    def _planned_mark(self) -> Mark | None:
        """Return the change under the cursor if it can still be moved; say why it can't."""
        mark = self._mark
        if mark is None:
            self.say(_("There is no change here."), problem=True)
        elif mark.change.status not in PLANNING:
            told = _("The state of {number} is {status}; it stays where it is.")
            self.say(told.format(number=mark.change.number, status=label(mark.change.status)), problem=True)
            mark = None
        return mark

    async def _begin_move(self, key: int, to: datetime | None) -> None:
        """Take a change up, at once at another place if there is one."""
        from deskterm.reads import calendar

        mark = next((each for each in self._marks if each.change.key == key), None)
        if mark is None:
            return
        start = to or mark.start
        desk, me = self.console.desk, self.console.agent
        planner = await planner_around(self.console, start)
        booking = planner.index.bookings.get(key)
        if booking is None:
            booking = (
                await self.console.ask(calendar.planner, desk, mark.start, mark.end, by=me)
            ).index.bookings[key]
        self._move = Move(mark.change, booking, planner, start).to(start)
        self._selected = key
        self._put_cursor(start)

    async def _look_around(self) -> None:
        """Ask anew what a change that is being moved can collide with: it went far, or others moved."""
        if self._move is None:
            return
        at = self._move.booking.start
        planner = await planner_around(self.console, at)
        if self._move is not None:
            self._move = replace(self._move, planner=planner, asked_at=at)
            self._paint()

    async def _keep(self, move: Move) -> None:
        """Write down where a change was moved to; a refusal leaves it under way."""
        from deskterm.services import windows

        booking, row = move.booking, move.change
        await self.console.ask(
            windows.schedule, self.console.desk, row.number, booking.start, booking.end,
            by=self.console.agent, seen=row.version,
        )  # fmt: skip
        self._move = None
        self.console.poke()
        told = _("{number} is at {window} now")
        window = change_words.span_words(booking.start, booking.end)
        self.say(told.format(number=row.number, window=window), undoable=True)
        self.reload()

    def situation(self) -> Situation:
        """Return what there is to act on; whether something can be taken back, the ledger knows."""
        return Situation({*super().situation().has, Need.DONE})

    def action_undo(self) -> None:
        """Give the change under the cursor back the window that one moved it from last."""
        if self._move is not None:
            self.say(_("Esc puts it back where it was."))
        elif self._mark is None:
            self.say(_("There is no change here."), problem=True)
        else:
            self.work(partial(self._undo, self._mark.change.number), "perform")

    async def _undo(self, number: str) -> None:
        from deskterm.services import change_undo

        await self.console.ask(change_undo.undo, self.console.desk, number, by=self.console.agent)
        self.console.poke()
        self.say(_("{number}: taken back").format(number=number))
        self.reload()

    def action_free_slot(self) -> None:
        """Take the change to the next room for it; Enter keeps it there."""
        mark = self._planned_mark()
        if mark is not None:
            self.work(partial(self._find_room, mark), "perform")

    async def _find_room(self, mark: Mark) -> None:
        from deskterm.reads import calendar

        found = await self.console.ask_slowly(
            calendar.free_slot, self.console.desk, mark.change.number, by=self.console.agent
        )
        if isinstance(found, Slot):
            await self._begin_move(mark.change.key, found.start)
            told = _("Next room: {window}. Enter takes it.")
            self.say(told.format(window=change_words.span_words(found.start, found.end)))
        else:
            self.say(calendar.why_no_slot(found), problem=True)

    def action_new(self) -> None:
        """Request a change at the cursor."""
        self.work(partial(requesting.pick_kind, self, self._slot), "perform")

    def action_emergency(self) -> None:
        """Request an emergency change."""
        requesting.ask_request(self, ChangeKind.EMERGENCY, None, self._slot)

    @property
    def _slot(self) -> datetime | None:
        """The hour under the cursor, to the full hour."""
        if self._cursor is None:
            return None
        local = self._cursor.astimezone()
        return instant_of(local.date(), local.hour)

    def action_filter(self) -> None:
        """Show only the changes that a filter takes."""
        from deskterm.query import parse

        async def submit(values: dict[str, str]) -> None:
            text = values["filter"].strip()
            self._condition = parse(text).condition if text else EVERYTHING
            self._text = text
            self._show_tabs()
            self.reload()

        fields = [Line("filter", _("Filter"), self._text, _("such as risk:high assignee:me"))]
        self.app.push_screen(FormDialog(_("Filter the calendar"), fields, submit))

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
        if self._mark is not None:
            self.console.copy_to_clipboard(self._mark.change.number)
            self.say(_("Copied: {text}").format(text=self._mark.change.number))

    def action_unwind(self) -> None:
        """Leave the move, then the filter, then the calendar."""
        if self._move is not None:
            self._cursor = (
                max(self._page.start, self._cursor) if self._page and self._cursor else self._cursor
            )
            self._move = None
            self.say(_("Nothing was moved."))
            self._paint()
        elif self._text:
            self._text, self._condition = "", EVERYTHING
            self._show_tabs()
            self.reload()
        else:
            self.action_close()


def conflict_line(mark: Mark, conflict: Conflict) -> str:
    """Return a conflict as a line: `!! Wed 22:00 CHG-90: CHG-92 alters Mail at the same time.`"""
    at = f"{change_words.day_name(mark.start)} {mark.start.astimezone():%H:%M}"
    return f"{'!!' if conflict.hard else '! '} {at} {mark.change.number}: {sentence(conflict)}"


def travelled(cursor: datetime, how: str, layout: Layout, hours: int) -> datetime:
    """Return where a key takes the cursor: an hour of a day, by the reader's clock.

    Args:
        cursor: where it is.
        how: the parameter of the key's command.
        layout: in a month, up and down go by weeks.
        hours: how many hours a line stands for.
    """
    local = cursor.astimezone()
    day, hour = local.date(), local.hour // hours * hours
    lines = {"down": 1, "up": -1, "page_down": 6, "page_up": -6}
    if how in lines:
        if layout is Layout.MONTH:
            return instant_of(day + lines[how] * 7 * DAY, hour)
        lines_on = hour + lines[how] * hours
        return instant_of(day + lines_on // 24 * DAY, lines_on % 24)
    if how in ("top", "bottom"):
        return instant_of(day, 0 if how == "top" else 24 - hours)
    if how in ("month_on", "month_back"):
        return instant_of(in_month(day, 1 if how == "month_on" else -1), hour)
    days = {"left": -1, "right": 1, "week_back": -7, "week_on": 7}
    return instant_of(day + days[how] * DAY, hour)


def in_month(day: date, by: int) -> date:
    """Return the same day so many months on, or the last of that month where it has no such day."""
    months = day.year * 12 + day.month - 1 + by
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
