"""Commands as they are listed for people, in the help and at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deskterm.commands.command import KEY_NAMES, Command


def listed(commands: Iterable[Command]) -> list[tuple[Command, str]]:
    """Return commands with their keys as they are shown; those that only differ by a digit are one."""
    every = list(commands)
    return [
        (command, _keys(command, every))
        for command in every
        if not command.parameter.isdigit() or command is _alike(command, every)[0]
    ]


def _keys(command: Command, commands: Sequence[Command]) -> str:
    if command.parameter.isdigit():
        keys = [each.key for each in _alike(command, commands)]
        return f"{keys[0]}-{keys[-1]}"
    return " ".join(KEY_NAMES.get(key, key) for key in command.keys)


def _alike(command: Command, commands: Sequence[Command]) -> list[Command]:
    return [each for each in commands if each.id == command.id]
