"""What checks find, before it has a line, and the words for a name that leads nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from deskterm.i18n import _
from deskterm.standard.lines import Path


class Finding(NamedTuple):
    """A problem that does not know its line yet."""

    path: Path
    sentence: str


class Anything(tuple[str, ...]):
    """Names that nobody can read, so that none is said to be missing among them."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Names:
    """What a file declares, whether right or wrong, so that one error does not make others."""

    calendars: Collection[str]
    teams: Collection[str]
    ladders: Collection[str]
    policies: Collection[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Names:
        """Collect the names of a file that is only known to be TOML."""
        declared = (data.get(name) for name in ("calendars", "teams", "ladders", "policies"))
        return cls(*(tuple(section) if isinstance(section, dict) else Anything() for section in declared))


def unknown(sentence: str, name: str, known: Collection[str], *, list_all: bool = True) -> str:
    """Say that a name is unknown, and which one was perhaps meant."""
    sentence = sentence.format(name=f'"{name}"')
    if close := get_close_matches(name, sorted(known), n=1):
        return _('{sentence}; did you mean "{close}"?').format(sentence=sentence, close=close[0])
    if known and list_all:
        return _("{sentence}; write one of: {known}").format(
            sentence=sentence, known=", ".join(sorted(known))
        )
    return sentence


def no_team(name: str, names: Names) -> str:
    """Say that there is no such team."""
    return unknown(_("there is no team {name}"), name, names.teams)


def no_calendar(name: str, names: Names) -> str:
    """Say that there is no such calendar."""
    return unknown(_("there is no calendar {name}"), name, names.calendars)
