"""The `:` line: what is typed there is a command of the registry, with its arguments."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from deskterm.commands.command import Command, Place
from deskterm.commands.registry import of_place
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _

Offer = Callable[[str, str], Iterable[str]]
"""Returns what an argument may be: told the argument's name and what was typed of it."""
MOST = 30


@dataclass(frozen=True, slots=True)
class Typed:
    """A command with its arguments, as it was typed."""

    command: Command
    arguments: Mapping[str, str]
    """Argument's name → value; without those that were left out."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that may be typed at the cursor."""

    text: str
    """What replaces everything from `start` to the cursor."""
    start: int
    help: str = ""


def name_of(command: Command) -> str:
    """Return what a command is called on the line: `save-view`, `show-view 3`."""
    words = command.action.replace("_", "-")
    return f"{words} {command.parameter}".rstrip()


def parse(text: str, place: Place) -> Typed:
    """Read what was typed after the colon.

    The last argument takes everything that is left, so that a name of several words needs no quotes.

    Raises:
        BadInput: nothing can be asked for like this here, or an argument is missing or too many.
    """
    words = _words(text)
    if not words:
        raise BadInput(N_("Type a command; Tab shows which there are."))
    command, given = _command(words, place)
    if len(given) > len(command.arguments):
        given = [*given[: len(command.arguments) - 1], " ".join(given[len(command.arguments) - 1 :])]
    if given and not command.arguments:
        raise BadInput(N_("{name} takes nothing after it."), name=name_of(command))
    missing = [argument.name for argument in command.arguments[len(given) :] if argument.required]
    if missing:
        raise BadInput(N_("{name} needs: {missing}"), name=name_of(command), missing=", ".join(missing))
    return Typed(
        command, {argument.name: word for argument, word in zip(command.arguments, given, strict=False)}
    )


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise BadInput(N_("The quote is not closed.")) from None


def _command(words: Sequence[str], place: Place) -> tuple[Command, list[str]]:
    """Return the command that the first words name, and the words after."""
    called = _called(place)
    for count in (2, 1):
        name = " ".join(words[:count]).casefold()
        if len(words) >= count and name in called:
            return called[name], list(words[count:])
    near = get_close_matches(words[0].casefold(), called, n=1)
    if near:
        raise BadInput(
            N_("There is no command {name} here: did you mean {near}?"), name=words[0], near=near[0]
        )
    raise BadInput(N_("There is no command {name} here."), name=words[0])


def _called(place: Place) -> dict[str, Command]:
    """Return the commands of a place by every name they have: `take`, `ticket.take`."""
    commands = of_place(place)
    return {command.name: command for command in commands} | {
        name_of(command): command for command in commands
    }


def complete(text: str, cursor: int, place: Place, offer: Offer) -> tuple[Completion, ...]:
    """Return what may be typed at the cursor.

    Args:
        text: what stands after the colon.
        cursor: an offset in it.
        place: where it is typed.
        offer: what is known of arguments, such as logins for `login`.
    """
    before = text[:cursor]
    head, blank, rest = before.partition(" ")
    if not blank:
        found = [command for command in of_place(place) if name_of(command).startswith(head.casefold())]
        offered = {name_of(command): command for command in found}
        return tuple(Completion(name, 0, _(command.help)) for name, command in sorted(offered.items()))[:MOST]
    command = _called(place).get(head.casefold())
    if command is None or not command.arguments:
        return ()
    done = rest.split(" ")
    argument = command.arguments[min(len(done), len(command.arguments)) - 1]
    word = done[-1]
    values = [value for value in offer(argument.name, word) if value.casefold().startswith(word.casefold())]
    return tuple(
        Completion(shlex.quote(value) if " " in value else value, cursor - len(word)) for value in values
    )[:MOST]
