"""The `:` line: what is typed there is a command of the registry, with its arguments."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
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
    if not text.strip():
        raise BadInput(N_("Type a command; Tab shows which there are."))
    command, rest = _command(text.strip(), place)
    given = _given(command, rest)
    missing = [argument.name for argument in command.arguments[len(given) :] if argument.required]
    if missing:
        raise BadInput(N_("{name} needs: {missing}"), name=name_of(command), missing=", ".join(missing))
    return Typed(
        command, {argument.name: word for argument, word in zip(command.arguments, given, strict=False)}
    )


def _command(text: str, place: Place) -> tuple[Command, str]:
    """Return the command that the first words name, and the text after them.

    Where two have the name, the one that takes what was typed after it is meant: `open` opens what is under
    the cursor, `open INC-4` that ticket.
    """
    called = _called(place)
    words = text.split(maxsplit=2)
    for count in (2, 1):
        name = " ".join(words[:count]).casefold()
        rest = text.split(maxsplit=count)[count:]
        if len(words) >= count and name in called:
            found = called[name]
            taking = next((command for command in found if bool(command.arguments) or not rest), found[0])
            return taking, "".join(rest)
    near = get_close_matches(words[0].casefold(), called, n=1)
    if near:
        raise BadInput(
            N_("There is no command {name} here: did you mean {near}?"), name=words[0], near=near[0]
        )
    raise BadInput(N_("There is no command {name} here."), name=words[0])


def _called(place: Place) -> dict[str, list[Command]]:
    """Return the commands of a place by every name they have: `take`, `ticket.take`, `tag` for `tags`."""
    commands = of_place(place)
    called: dict[str, list[Command]] = {command.name: [command] for command in commands}
    for command in commands:
        called.setdefault(name_of(command), []).append(command)
    for command in commands:
        for alias in command.aliases:
            called.setdefault(alias, []).append(command)
    return called


def _given(command: Command, rest: str) -> list[str]:
    """Return what was typed for each argument; a text is the rest of the line as it was typed."""
    arguments = command.arguments
    if rest.strip() and not arguments:
        raise BadInput(N_("{name} takes nothing after it."), name=name_of(command))
    if arguments and arguments[-1].is_text:
        return [_unquoted(word.strip()) for word in rest.split(maxsplit=len(arguments) - 1)]
    try:
        words = shlex.split(rest)
    except ValueError:
        raise BadInput(N_("The quote is not closed.")) from None
    if len(words) > len(arguments):
        words = [*words[: len(arguments) - 1], " ".join(words[len(arguments) - 1 :])]
    return words


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if is_quoted else text


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
        names = {name: found[0] for name, found in _called(place).items() if "." not in name}
        begun = sorted((name, found) for name, found in names.items() if name.startswith(head.casefold()))
        return tuple(Completion(name, 0, _(command.help)) for name, command in begun)[:MOST]
    found = _called(place).get(head.casefold(), [])
    command = next((command for command in found if command.arguments), None)
    if command is None:
        return ()
    done = rest.split(" ")
    argument = command.arguments[min(len(done), len(command.arguments)) - 1]
    word = done[-1]
    values = [value for value in offer(argument.name, word) if value.casefold().startswith(word.casefold())]
    return tuple(
        Completion(shlex.quote(value) if " " in value else value, cursor - len(word)) for value in values
    )[:MOST]
