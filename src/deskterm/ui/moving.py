"""A change on its way to another place in the calendar: every step says at once what it collides with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.domain.calendar import stepped

if TYPE_CHECKING:
    from deskterm.domain.calendar import Booking, Conflict, Planner
    from deskterm.reads.changes import ChangeRow

QUARTERS = {"left": -1, "right": 1, "up": -1, "down": 1}
DAYS = {"week_back": -1, "week_on": 1, "month_back": -1, "month_on": 1, "page_up": -1, "page_down": 1}


@dataclass(frozen=True, slots=True)
class Move:
    """A change that is being moved; nothing is written before it is kept."""

    change: ChangeRow
    booking: Booking
    """Where it would be."""
    planner: Planner

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
