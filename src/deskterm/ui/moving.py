"""A change on its way to another place in the calendar: every step says at once what it collides with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from deskterm.domain.calendar import Slot, stepped
from deskterm.domain.change import PLANNING
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import change_words
from deskterm.ui.change_verbs import ChangeVerbs
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.domain.calendar import Booking, Conflict, Planner
    from deskterm.reads.changes import ChangeRow
    from deskterm.ui.app import DeskApp
    from deskterm.ui.widgets.calendar import Mark

QUARTERS = {"left": -1, "right": 1, "up": -1, "down": 1}
DAYS = {"week_back": -1, "week_on": 1, "month_back": -1, "month_on": 1, "page_up": -1, "page_down": 1}
AROUND = timedelta(days=45)
"""How far around a change the planner knows what is booked while it is moved."""
NEAR = timedelta(days=40)
"""How far a change may be moved before the planner is asked anew."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change that is being moved; nothing is written before it is kept."""

    change: ChangeRow
    booking: Booking
    """Where it would be."""
    planner: Planner
    asked_at: datetime
    """Around which instant the planner knows what is booked."""

    @property
    def is_far(self) -> bool:
        """Whether it was moved so far that the planner has to be asked anew."""
        return abs(self.booking.start - self.asked_at) > NEAR

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What it would collide with there."""
        return self.planner.conflicts(self.booking)

    def by_key(self, how: str) -> Move:
        """Return it moved by a quarter of an hour, or by a day, as a key of the calendar says."""
        if how in QUARTERS:
            return self.to(stepped(self.booking.start, QUARTERS[how]))
        return self.to(self.booking.start + timedelta(days=DAYS.get(how, 0)))

    def to(self, start: datetime) -> Move:
        """Return it at another time, as long as before."""
        return replace(self, booking=self.booking.moved(start))


async def planner_around(console: DeskApp, at: datetime) -> Planner:
    """Ask the desk what a change can collide with around an instant."""
    from deskterm.reads import calendar

    return await console.ask(calendar.planner, console.desk, at - AROUND, at + AROUND, by=console.agent)


class MovingScreen(ChangeVerbs[T]):
    """A calendar on which changes are taken up, moved and kept."""

    def __init__(self) -> None:
        super().__init__()
        self.moving: Move | None = None
        """The change that is under way."""

    @property
    def marks(self) -> Sequence[Mark]:
        """The changes that are drawn."""
        raise NotImplementedError

    @property
    def mark(self) -> Mark | None:
        """The change under the cursor."""
        raise NotImplementedError

    def paint(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def go_with(self, key: int, at: datetime) -> None:
        """Put the cursor on a change at an instant."""
        raise NotImplementedError

    def move_by(self, how: str) -> None:
        """Move the change that is under way as a key says."""
        assert self.moving is not None, "asked while a change is moved"
        self.moving = self.moving.by_key(how)
        if self.moving.is_far:
            self.work(self.look_around, "planner", exclusive=True, again=True)
        self.go_with(self.moving.change.key, self.moving.booking.start)

    def action_move(self) -> None:
        """Begin to move the change."""
        mark = self._planned_mark()
        if mark is not None:
            self.work(partial(self._begin_move, mark.change.key, None), "perform")

    def _planned_mark(self) -> Mark | None:
        """Return the change under the cursor if it can still be moved; say why it can't."""
        mark = self.mark
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

        mark = next((each for each in self.marks if each.change.key == key), None)
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
        self.moving = Move(mark.change, booking, planner, start).to(start)
        self.say("")
        self.go_with(key, start)

    async def look_around(self) -> None:
        """Ask anew what a change that is being moved can collide with: it went far, or others moved."""
        if self.moving is None:
            return
        at = self.moving.booking.start
        planner = await planner_around(self.console, at)
        if self.moving is not None:
            self.moving = replace(self.moving, planner=planner, asked_at=at)
            self.paint()

    async def keep(self, move: Move) -> None:
        """Write down where a change was moved to; a refusal leaves it under way."""
        from deskterm.services import windows

        booking, row = move.booking, move.change
        await self.console.ask(
            windows.schedule, self.console.desk, row.number, booking.start, booking.end,
            by=self.console.agent, seen=row.version,
        )  # fmt: skip
        self.moving = None
        self.console.poke()
        told = _("{number} is at {window} now")
        window = change_words.span_words(booking.start, booking.end)
        self.say(told.format(number=row.number, window=window), undoable=True)
        self.reload()

    def action_undo(self) -> None:
        """Give the change under the cursor back the window that one moved it from last."""
        if self.moving is not None:
            self.say(_("Esc puts it back where it was."))
        elif self.mark is None:
            self.say(_("There is no change here."), problem=True)
        else:
            self.work(partial(self._undo, self.mark.change.number), "perform")

    async def _undo(self, number: str) -> None:
        from deskterm.services import change_undo

        await self.act(change_undo.undo, number, words=_("{number}: taken back"))
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
