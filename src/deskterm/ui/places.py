"""The screens that one goes to and comes back to, by place and by number."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from deskterm.commands import Place

if TYPE_CHECKING:
    from deskterm.ui.screen import DeskScreen

SCREENS: Mapping[Place, str] = {
    Place.BOARD: "board:BoardScreen",
    Place.CANDIDATES: "candidates:CandidatesScreen",
    Place.CALENDAR: "calendar:CalendarScreen",
    Place.APPROVALS: "approvals:ApprovalsScreen",
    Place.DASHBOARD: "dashboard:DashboardScreen",
    Place.NOTIFICATIONS: "notifications:NotificationsScreen",
}
"""Places over the queue → the screen, imported when somebody goes there."""
RECORDS = frozenset({Place.TICKET, Place.PROBLEM, Place.CHANGE})
"""Places that show one record."""


def screen_at(place: Place) -> DeskScreen[Any]:
    """Return a new screen of a place over the queue."""
    module, _colon, name = SCREENS[place].partition(":")
    made: DeskScreen[Any] = getattr(import_module(f"deskterm.ui.screens.{module}"), name)()
    return made


def screen_of(number: str, compose: str = "") -> DeskScreen[Any]:
    """Return a new screen of a record.

    Args:
        number: of a ticket, a problem or a change.
        compose: `reply` or `note` to begin writing on a ticket at once.
    """
    from deskterm.domain import change, problem

    if problem.NUMBER.fullmatch(number):
        from deskterm.ui.screens.problem import ProblemScreen

        return ProblemScreen(number)
    if change.NUMBER.fullmatch(number):
        from deskterm.ui.screens.change import ChangeScreen

        return ChangeScreen(number)
    from deskterm.ui.screens.ticket import TicketScreen

    return TicketScreen(number, compose=compose)
