"""The command registry, free of Textual: keys, hint bar, help and later palette and `:` line come from it."""

from deskterm.commands.command import WITHIN, Argument, Command, Need, Place
from deskterm.commands.hindrance import Situation, hindrance
from deskterm.commands.registry import COMMANDS, command, hints, of_place

__all__ = [
    "COMMANDS",
    "WITHIN",
    "Argument",
    "Command",
    "Need",
    "Place",
    "Situation",
    "command",
    "hindrance",
    "hints",
    "of_place",
]
