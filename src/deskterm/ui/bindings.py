"""The registry's commands as Textual wants them: bindings, and the hints that are shown for them."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from deskterm.commands import Command, hints
from deskterm.commands.command import KEY_NAMES
from deskterm.i18n import _
from deskterm.ui.widgets.hint_bar import Hint


def bindings(commands: Iterable[Command], *, is_over_text: bool = False) -> list[BindingType]:
    """Return the bindings of commands; keys pressed one after the other are held by the screen instead.

    Args:
        commands: those of a place.
        is_over_text: whether keys that are no text go before those of the field that has the focus.
    """
    return [
        Binding(
            key,
            call_of(command),
            command.title,
            show=False,
            priority=is_over_text and len(key) > 1 and key != "space",
            id=f"{command.id}@{key}",
            tooltip=command.help,
        )
        for command in commands
        for key in command.keys
        if " " not in key
    ]


def call_of(command: Command) -> str:
    """Return the action that Textual is to run."""
    return f"run_command({command.name!r})"


def hint_rows(commands: Iterable[Command]) -> list[Hint]:
    """Return what the hint bar shows: key and title, the most useful first."""
    return [Hint(command.key, _(command.title), command.rank) for command in hints(commands) if command.keys]


def hint_line(commands: Iterable[Command]) -> str:
    """Return the hints of a dialog; commands of one title stand together: `j k scroll`."""
    keys: dict[str, list[str]] = {}
    for command in hints(commands):
        keys.setdefault(_(command.title), []).append(KEY_NAMES.get(command.keys[0], command.keys[0]))
    return "   ".join(f"{' '.join(pressed)} {title}" for title, pressed in keys.items())
