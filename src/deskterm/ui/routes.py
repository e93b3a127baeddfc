"""How one gets about: to a place, to a record by its number, back and forward along the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskterm.commands import Place
from deskterm.domain.change import NUMBER as CHANGE
from deskterm.domain.problem import NUMBER as PROBLEM
from deskterm.domain.ticket import key_of
from deskterm.i18n import _
from deskterm.ui import times
from deskterm.ui.change_routes import ChangeRoutes
from deskterm.ui.places import RECORDS, SCREENS
from deskterm.ui.trail import Location

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp
    from deskterm.ui.screen import DeskScreen


class Routes(ChangeRoutes):
    """The actions of every screen that lead to others."""

    def where(self: DeskScreen[Any]) -> Location | None:  # type: ignore[misc]  # mixed into DeskScreen
        """Return what the trail keeps of this screen; None where one does not come back to it."""
        if self.PLACE in SCREENS:
            return over_queue(self.console, self.PLACE)
        return over_queue(self.console, _below(self), self.number) if self.PLACE in RECORDS else None

    def action_go_queue(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go back to the queue."""
        while len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def action_go_mine(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to my open tickets."""
        self.action_go_queue()
        self.app.call_later(self.console.show_view, "1")

    def action_go_notifications(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to the notifications."""
        self.console.go(Place.NOTIFICATIONS)

    def action_go_board(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to the problem board."""
        self.action_go_queue()
        self.console.go(Place.BOARD)

    def action_go_dashboard(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to the dashboard."""
        self.action_go_queue()
        self.console.go(Place.DASHBOARD)

    def action_go_candidates(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to what may be worth a problem."""
        self.console.go(Place.CANDIDATES)

    def action_go_outbox(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Show the mail that waits to go."""
        from deskterm.reads import outbox
        from deskterm.ui.dialogs.report import Report

        async def show() -> None:
            waiting = await self.console.ask(outbox.waiting, self.console.desk, by=self.console.agent)
            lines = [
                f"{times.hour(each.due_at)}  {each.number:<10} {each.kind:<16} {each.recipient}"
                for each in waiting
            ]
            self.app.push_screen(Report(_("Mail waiting to go"), lines or [_("No mail waits.")]))

        self.work(show, "perform")

    def action_go_search(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Search everything."""
        self.action_go_queue()
        self.app.call_later(self.console.search_all)

    def action_back(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go back along the trail."""
        self._go(self.console.trail.step(-1))

    def action_forward(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go forward along the trail."""
        self._go(self.console.trail.step(1))

    def action_to_and_fro(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to the place before this one, and back."""
        self._go(self.console.trail.toggle())

    def _go(self: DeskScreen[Any], place: Location | None) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        if place is None:
            self.say(_("There is no further place."))
        else:
            self.console.go_to(place)

    def action_go_ticket(self: DeskScreen[Any], number: str = "") -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to a ticket, problem or change by its number; ask for it where none is given."""
        from deskterm.ui.dialogs.form import FormDialog, Line

        if number:
            _check(number)
            self.console.open_ticket(number.strip().upper())
            return

        async def go(values: dict[str, str]) -> None:
            number = values["number"]
            _check(number)
            self.app.call_later(self.console.open_ticket, number.strip().upper())

        self.app.push_screen(FormDialog(_("Go to a ticket"), [Line("number", _("Number"))], go))


def over_queue(console: DeskApp, place: Place, number: str = "") -> Location:
    """Return a location over the view that the queue shows."""
    return Location(console.queue.view.name, console.queue.text, place, number)


def _below(screen: DeskScreen[Any]) -> Place:
    """Return the place that a record lies on."""
    stack = screen.app.screen_stack
    places: list[Place | None] = [getattr(each, "PLACE", None) for each in stack[: stack.index(screen)]]
    return next((place for place in reversed(places) if place in SCREENS), None) or Place.QUEUE


def _check(number: str) -> None:
    """Refuse what is the number of no record.

    Raises:
        NotFound: it is none.
    """
    if PROBLEM.fullmatch(number.strip()) is None and CHANGE.fullmatch(number.strip()) is None:
        key_of(number)
