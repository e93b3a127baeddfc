"""Help: every key of a place, from the registry; typing narrows, Enter runs."""

from __future__ import annotations

from deskterm.commands import Command, Place, of_place
from deskterm.i18n import _
from deskterm.ui.dialogs.picker import Option, Picker


def help_options(place: Place) -> list[Option]:
    """Return every command of a place with its keys; numbered ones as one line."""
    return [
        Option(command.name, f"{_keys(command, place):<12} {_(command.help)}")
        for command in of_place(place)
        if not command.parameter.isdigit() or command.parameter == "1"
    ]


def _keys(command: Command, place: Place) -> str:
    if command.parameter.isdigit():
        numbers = [each.keys[0] for each in of_place(place) if each.id == command.id]
        return f"{numbers[0]}-{numbers[-1]}"
    return " ".join((command.key, *command.keys[1:2]))


class HelpDialog(Picker):
    """The keys of a place; what is taken runs on the screen below."""

    def __init__(self, place: Place) -> None:
        super().__init__(_("Keys"), help_options(place))
