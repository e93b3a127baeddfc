"""Help and palette: every command of a place, from the registry; typing narrows, Enter runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deskterm.commands import Command
from deskterm.commands.line import name_of
from deskterm.commands.listing import listed
from deskterm.i18n import _
from deskterm.ui.dialogs.picker import Option, Picker

Hindrance = Callable[[Command], str]
"""Returns why a command cannot run, empty where it can."""


def help_options(commands: Sequence[Command], hindrance: Hindrance) -> list[Option]:
    """Return commands by their keys; numbered ones as one line, those that cannot run with the reason."""
    return [
        Option(command.name, _with_reason(f"{keys:<12} {_(command.help)}", hindrance(command)))
        for command, keys in listed(commands)
    ]


def palette_options(commands: Sequence[Command], hindrance: Hindrance) -> list[Option]:
    """Return commands by what they do, with the key at the right, so that it is learnt by the way."""
    return [
        Option(
            command.name,
            _with_reason(f"{_(command.title):<14} {_(command.help):<44} {command.key}", hindrance(command)),
            (_(command.title), name_of(command), *command.aliases),
        )
        for command in commands
        if not command.parameter.isdigit()
    ]


def _with_reason(words: str, reason: str) -> str:
    return f"{words}   ({reason})" if reason else words


class HelpDialog(Picker):
    """The keys of a place; what is taken runs on the screen below."""

    def __init__(self, commands: Sequence[Command], hindrance: Hindrance) -> None:
        super().__init__(_("Keys"), help_options(commands, hindrance))


class PaletteDialog(Picker):
    """The commands of a place by their words, the best match first."""

    FUZZY = True

    def __init__(self, commands: Sequence[Command], hindrance: Hindrance) -> None:
        super().__init__(_("Command"), palette_options(commands, hindrance))
