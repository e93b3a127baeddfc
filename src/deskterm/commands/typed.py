"""Words typed on a command line, the console's or the shell's, read as the codes that acts take; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeVar

from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.fields import FIELDS, LEVELS
from deskterm.domain.ticket import Level, Status
from deskterm.i18n import N_
from deskterm.labels import label

SPAN = re.compile(r"(?:(?P<hours>\d{1,2})h)?(?:(?P<minutes>\d{1,4})m?)?|(?P<clock>\d{1,2}):(?P<rest>\d\d)")

E = TypeVar("E", bound=Enum)


def code_of(codes: type[E], typed: str, aliases: Mapping[str, str] | None = None) -> E:
    """Return the code that a word stands for: the code itself, its label, or another word for it.

    Args:
        codes: those that there are.
        typed: case, blanks, `-` and `_` make no difference.
        aliases: other words → the code's value.

    Raises:
        BadInput: it stands for none; the sentence lists what there is.
    """
    known = {_plain(word): value for word, value in (aliases or {}).items()}
    for code in codes:
        known |= {_plain(label(code)): str(code.value), _plain(str(code.value)): str(code.value)}
    found = known.get(_plain(typed))
    for code in codes:
        if str(code.value) == found:
            return code
    raise BadInput(
        N_("{typed} is none of {known}."), typed=typed, known=", ".join(str(code.value) for code in codes)
    )


def _plain(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def status_of(typed: str) -> Status:
    """Return a status; `pending` and the other words of the filter language stand for one, too.

    Raises:
        BadInput: it is none.
    """
    return code_of(Status, typed, FIELDS["status"].codes)


def level_of(typed: str) -> Level:
    """Return an impact or urgency: `1`, `high`, `2`, `medium`, `3`, `low`.

    Raises:
        BadInput: it is none.
    """
    return code_of(Level, typed, {word: str(level) for word, level in LEVELS.items()})


def minutes_of(typed: str) -> int:
    """Return how long something took: `25m`, `1h30`, `1h 30m`, `1:30`, or `25`, which is minutes.

    Raises:
        GateNotMet: it is no such time.
    """
    found = SPAN.fullmatch("".join(typed.split()).casefold())
    if found is None or not any(found.groups()):
        raise GateNotMet(N_("Say how long it took, up to a day: 25m, 1h30."), field="span")
    hours, minutes = found["hours"] or found["clock"] or 0, found["minutes"] or found["rest"] or 0
    return 60 * int(hours) + int(minutes)


def tags_of(typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags to put on, and those with a minus before them, which are to be taken off."""
    words = [word.removeprefix("#") for word in typed.split()]
    return tuple(word for word in words if not word.startswith("-")), tuple(_taken_off(words))


def _taken_off(words: list[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("-") and word[1:]:
            yield word[1:]
