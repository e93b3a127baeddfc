"""A user's own keys: a TOML file that gives commands other keys; where it is wrong, the default stays.

    "ticket.take" = "T"
    "queue.filter" = ["/", ", f"]

A command's new keys replace all that it had.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from deskterm.commands.command import WITHIN, Command, Place
from deskterm.commands.keys import PREFIXES, objection
from deskterm.commands.registry import COMMANDS, of_place
from deskterm.domain.errors import BadInput
from deskterm.i18n import _
from deskterm.text import plain

LINE = ":"
"""The key that leads to every command by its name."""
AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that is not followed."""

    file: str
    line: int
    """Counted from 1."""
    sentence: str
    """In the reader's language."""

    def __str__(self) -> str:
        said = _("{file}, line {line}: {sentence}").format(
            file=self.file, line=self.line, sentence=self.sentence
        )
        return plain(said, one_line=True)


@dataclass(frozen=True, slots=True)
class Keymap:
    """Which keys every command has."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command's name → its keys; only of commands whose keys are not the default."""
    problems: tuple[Problem, ...] = ()
    has_single: bool = True
    """Whether a letter, a digit or a sign can be a key by itself; `:` always is one (WCAG 2.1.4)."""
    _commands: dict[Place, tuple[Command, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was found for a place; every key asks."""

    def commands(self, place: Place) -> tuple[Command, ...]:
        """Return what can be asked for in a place, with the keys that whoever sits here wants."""
        found = self._commands.get(place)
        if found is None:
            found = tuple(replace(command, keys=self.of(command)) for command in of_place(place))
            self._commands[place] = found
        return found

    def of(self, command: Command) -> tuple[str, ...]:
        """Return the keys of a command."""
        keys = self.keys.get(command.name, command.keys)
        if self.has_single:
            return keys
        return tuple(key for key in keys if len(key.split(" ")[0]) > 1 or key == LINE)

    @property
    def is_default(self) -> bool:
        """Whether every command has the keys that it comes with."""
        return not self.keys and self.has_single


def read(text: str, file: str, commands: Sequence[Command] = COMMANDS) -> Keymap:
    """Read a keymap; of every command that cannot have the keys it is given, the default stays.

    Args:
        text: the file's content.
        file: its name, for the problems.
        commands: all there are.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Keymap(problems=(_syntax(str(error), text, file),))
    known = {command.name: command for command in commands}
    problems: list[Problem] = []
    keys: dict[str, tuple[str, ...]] = {}
    for name, value in written.items():
        given = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
        sentence = _wrong(name, given, known)
        if sentence:
            problems.append(Problem(file, _line(text, name), sentence))
        else:
            keys[name] = given
    for name, sentence in _clashes(keys, commands):
        del keys[name]
        problems.append(Problem(file, _line(text, name), sentence))
    return Keymap(keys, tuple(sorted(problems, key=lambda problem: problem.line)))


def bound(own: Keymap, name: str, key: str, commands: Sequence[Command] = COMMANDS) -> Keymap:
    """Return somebody's keymap with one more entry.

    Raises:
        BadInput: the command can't have that key.
    """
    known = {command.name: command for command in commands}
    keys = {**own.keys, name: (key,)}
    reason = _wrong(name, (key,), known) or dict(_clashes(keys, commands)).get(name, "")
    if reason:
        raise BadInput(field=name, reason=reason)
    return replace(own, keys=keys)


def _wrong(name: str, given: Sequence[object], known: Mapping[str, Command]) -> str:
    """Return what is wrong with one entry by itself; empty for nothing."""
    if name not in known:
        near = get_close_matches(name, known, n=1)
        if near:
            return _('there is no command {name}; did you mean "{near}"?').format(name=name, near=near[0])
        return _("there is no command {name}").format(name=name)
    if not given or not all(isinstance(key, str) and key for key in given):
        return _('write a key such as "T", or several such as ["T", ", t"]')
    for key in map(str, given):
        reason = objection(key, users=True, alone=len(given) == 1)
        if reason:
            return _("{key} can't be used: {reason}").format(key=key, reason=_(reason))
    return ""


def _clashes(keys: Mapping[str, tuple[str, ...]], commands: Sequence[Command]) -> Iterable[tuple[str, str]]:
    """Return the entries whose keys another command has where both can be asked for, with a sentence.

    Dropping an entry brings its default keys back, which may clash in turn; so the search goes on until
    nothing does.
    """
    kept, found = dict(keys), []
    while clash := _clash(kept, commands):
        name, key, other = clash
        found.append((name, _("{key} is taken by {other} in the same place").format(key=key, other=other)))
        del kept[name]
    return found


def _clash(keys: Mapping[str, tuple[str, ...]], commands: Sequence[Command]) -> tuple[str, str, str] | None:
    """Return an entry, its key, and the command that has the key too; None where nothing clashes."""
    for place in Place:
        inside = {place, *(inner for inner, outer in WITHIN.items() if outer is place)}
        holders: dict[str, str] = {}
        ours: dict[str, tuple[str, ...]] = {}
        here = [command for command in commands if inside & command.places]
        for command in sorted(here, key=lambda command: command.name in keys):
            ours[command.name] = command.keys
            for key in keys.get(command.name, command.keys):
                other = holders.get(key, command.name)
                are_meant = key in command.keys and key in ours[other]
                if other != command.name and command.name in keys and not are_meant:
                    return command.name, key, other
                holders[key] = command.name
        for prefix in PREFIXES & holders.keys():
            longer = next((key for key in holders if key.startswith(f"{prefix} ")), None)
            if longer is not None and holders[prefix] in keys:
                return holders[prefix], prefix, holders[longer]
            if longer is not None and holders[longer] in keys:
                return holders[longer], longer, holders[prefix]
    return None


def _line(text: str, name: str) -> int:
    """Return the line on which a command is given its keys; the first where none is found."""
    entry = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
    return next((place for place, line in enumerate(text.splitlines(), 1) if entry.match(line)), 1)


def _syntax(said: str, text: str, file: str) -> Problem:
    found = AT_LINE.search(said)
    line = int(found[1]) if found else text.rstrip().count("\n") + 1
    sentence = _("this is not TOML: {reason}").format(reason=AT_LINE.sub("", said))
    return Problem(file, line, sentence)
