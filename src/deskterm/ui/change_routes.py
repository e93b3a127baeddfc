"""How one comes to changes from every screen: `g c` calendar, `g a` approvals, `g h` the linked change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.commands import Place
from deskterm.domain.change import NUMBER, key_of, number_of
from deskterm.i18n import _

if TYPE_CHECKING:
    from deskterm.ui.screen import DeskScreen


class ChangeRoutes:
    """The actions of every screen that lead to changes."""

    def action_go_calendar(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to the change calendar."""
        self.console.go(Place.CALENDAR)

    def action_go_approvals(self: DeskScreen[Any]) -> None:  # type: ignore[misc]  # mixed into DeskScreen
        """Go to what waits for my approval."""
        self.console.go(Place.APPROVALS)

    def action_go_change(self: DeskScreen[Any], number: str = "") -> None:  # type: ignore[misc]  # mixed in
        """Open a change: the one with this number, or the linked one; ask where there is neither."""
        if number:
            open_change(self, number)
            return
        subjects = list(getattr(self, "subjects", tuple)())
        if len(subjects) != 1:
            _ask(self)
            return
        self.work(partial(_go_linked, self, subjects[0].number), "perform")


async def _go_linked(screen: DeskScreen[Any], ticket: str) -> None:
    """Open the change that a ticket is linked to; let somebody pick of several."""
    from deskterm.reads import ticket as tickets
    from deskterm.ui.dialogs.picker import Option, Picker

    record = await screen.console.ask(tickets.record, screen.console.desk, ticket, by=screen.console.agent)
    linked = [each.number for each in record.links if NUMBER.fullmatch(each.number)]
    if len(linked) == 1:
        open_change(screen, linked[0])
    elif linked:
        options = [Option(each, each) for each in linked]
        screen.app.push_screen(Picker(_("Which change?"), options), partial(_open_picked, screen))
    else:
        _ask(screen)


def _open_picked(screen: DeskScreen[Any], number: str | None) -> None:
    if number is not None:
        open_change(screen, number)


def _ask(screen: DeskScreen[Any]) -> None:
    from deskterm.ui.dialogs.form import FormDialog, Line

    async def go(values: dict[str, str]) -> None:
        key_of(values["number"])
        screen.app.call_later(open_change, screen, values["number"])

    screen.app.push_screen(FormDialog(_("Go to a change"), [Line("number", _("Number"))], go))


def open_change(screen: DeskScreen[Any], number: str, tab: int = 1) -> None:
    """Show a change over the screen it came from."""
    from deskterm.ui.screens.change import ChangeScreen

    screen.app.push_screen(ChangeScreen(number_of(key_of(number)), tab=tab))
