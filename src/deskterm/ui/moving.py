"""A change on its way to another place in the calendar: every step says at once what it collides with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.domain.calendar import stepped

if TYPE_CHECKING:
    from deskterm.domain.calendar import Booking, Conflict, Planner
    from deskterm.reads.changes import ChangeRow
    from deskterm.ui.app import DeskApp

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
