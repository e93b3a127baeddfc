"""The sheet of the change calendar: which days it shows, its cursor, the change it is on, marked changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.i18n import N_, _
from deskterm.ui.calendar_travel import travelled
from deskterm.ui.calendar_words import conflict_line
from deskterm.ui.moving import MovingScreen
from deskterm.ui.widgets.calendar import DAY, HOURS, Layout, Mark, instant_of, shown_days

if TYPE_CHECKING:
    from deskterm.reads.calendar import Page
    from deskterm.reads.changes import ChangeRow

LAYOUTS = {
    Layout.DAY: N_("Day"), Layout.WEEK: N_("Week"), Layout.MONTH: N_("Month"), Layout.AGENDA: N_("Agenda"),
}  # fmt: skip


class CalendarSheet(MovingScreen["Page"]):
    """A screen around days with changes."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = Layout.WEEK
        self._hours = 2
        self._cursor: datetime | None = None
        self._selected: int | None = None
        self._marked: dict[int, ChangeRow] = {}
        """The marked changes as they were last read, on or off the screen."""
        self._conflict = -1
        self._page: Page | None = None

    def show_tabs(self) -> None:
        """Show which layouts there are, and which one is shown."""
        raise NotImplementedError

    @property
    def chosen(self) -> Sequence[ChangeRow]:
        """The marked changes, else the one under the cursor."""
        if self._marked:
            return tuple(self._marked.values())
        return (self.mark.change,) if self.mark is not None else ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The changes to draw, the moved one where it would be."""
        marks = [
            Mark(entry.change, entry.start, entry.end, entry.conflicts)
            for entry in (self._page.entries if self._page else ())
            if self.moving is None or entry.change.key != self.moving.change.key
        ]
        if self.moving is not None:
            booking, change = self.moving.booking, self.moving.change
            marks.append(Mark(change, booking.start, booking.end, self.moving.conflicts, is_moving=True))
        return tuple(sorted(marks, key=lambda mark: (mark.start, mark.change.key)))

    @property
    def mark(self) -> Mark | None:
        """The change that keys act on."""
        return next((mark for mark in self.marks if mark.change.key == self._selected), None)

    def action_show_view(self, digit: str) -> None:
        """Show a day, a week, a month or the agenda."""
        self._layout = Layout(digit)
        self.show_tabs()
        self.reload()

    def action_fewer_hours(self) -> None:
        """Let a line stand for fewer hours."""
        self._hours = HOURS[max(0, HOURS.index(self._hours) - 1)]
        self.paint()

    def action_more_hours(self) -> None:
        """Let a line stand for more hours."""
        self._hours = HOURS[min(len(HOURS) - 1, HOURS.index(self._hours) + 1)]
        self.paint()

    def action_travel(self, how: str) -> None:
        """Move the cursor, or the change that is being moved."""
        if self._cursor is None:
            return
        if self.moving is not None:
            self.move_by(how)
        elif self._layout is Layout.AGENDA and how in ("down", "up"):
            self._step(1 if how == "down" else -1)
        else:
            self._put_cursor(travelled(self._cursor, how, self._layout, self._hours))
            self._select_here()
            self.paint()

    def go_with(self, key: int, at: datetime) -> None:
        """Put the cursor on a change at an instant."""
        self._selected = key
        self._put_cursor(at)

    def _put_cursor(self, at: datetime) -> None:
        """Put the cursor at an instant; read again where it is not among the shown days."""
        before = shown_days(self._layout, self._cursor or at)
        self._cursor = at
        if shown_days(self._layout, at) == before:
            self.paint()
        else:
            if self.moving is None:
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
        here = [mark.change.key for mark in self.marks if mark.start < end and mark.end > start]
        if self._selected not in here:
            self._selected = here[0] if here else None

    def action_next_change(self) -> None:
        """Go to the next change."""
        self._step(1)

    def action_previous_change(self) -> None:
        """Go to the change before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        marks = self.marks
        if not marks or self.moving is not None or self._cursor is None:
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
        self.paint()

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
        self.paint()

    def action_mark_and_move(self) -> None:
        """Mark the change, or take its mark away, and go on to the next."""
        mark = self.mark
        if mark is None:
            self.say(_("There is no change here."), problem=True)
            return
        if self._marked.pop(mark.change.key, None) is None:
            self._marked[mark.change.key] = mark.change
        self._step(1)
