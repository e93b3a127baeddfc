"""Macros and text modules: their steps, the variables in their texts, what is typed to call them; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

VARIABLE = re.compile(r"\{\{ *([a-z_]+(?:\.[a-z_]+)?) *([+-] *\d{1,4} *[mhdw])? *\}\}")
"""A place in a text that is filled in: `{{caller.name}}`, `{{now+20m}}`."""
NOW = "now"
VARIABLES = frozenset(
    {
        "agent.first_name", "agent.login", "agent.name", "caller.department", "caller.email",
        "caller.first_name", "caller.name", NOW, "team.name", "ticket.category", "ticket.number",
        "ticket.priority", "ticket.service", "ticket.summary",
    }
)  # fmt: skip
"""What may stand in a text; `now` alone takes a shift, such as `+20m` or `-1d`."""
UNITS: Mapping[str, str] = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
CALLED = re.compile(r"(?<!\S)(::|@@|\?\?)(\S*)$")
MENTION = re.compile(r"(?<!\S)@@([a-z_][a-z0-9_.-]{0,31})", re.IGNORECASE)


class Act(StrEnum):
    """What a step of a macro does."""

    SET = "set"
    """Change fields: `kind`, `category`, `service`, `ci`, `impact`, `urgency`."""
    ASSIGN = "assign"
    """Put it in an agent's hands: a login, `me` or `none`."""
    TRANSFER = "transfer"
    TAG = "tag"
    HOLD = "hold"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"


TEXTS: Mapping[Act, str] = {
    Act.HOLD: "message",
    Act.REPLY: "body",
    Act.NOTE: "body",
    Act.RESOLVE: "summary",
}
"""Acts that say something → the value that holds the text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a macro."""

    act: Act
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the act needs, by name; texts may hold variables."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A few acts under one name."""

    key: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class TextModule:
    """A piece of text that agents use again and again."""

    key: str
    """What is typed after `::`."""
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in."""

    text: str
    missing: tuple[str, ...] = ()
    """The variables that nothing is known for; they still stand in the text, and it must not be sent."""


def fill(text: str, known: Mapping[str, str], now: datetime, zone: tzinfo) -> Filled:
    """Fill a text's variables in.

    Args:
        text: what may hold variables.
        known: variable → value; an empty value counts as missing.
        now: the instant that `now` stands for.
        zone: where whoever reads the text looks at a clock.
    """
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        name, shift = found[1], found[2]
        if name == NOW:
            return _moment(now, _shift(shift), zone)
        if shift is None and known.get(name):
            return known[name]
        missing.append(found[0].strip("{} "))
        return found[0]

    return Filled(VARIABLE.sub(value, text), tuple(dict.fromkeys(missing)))


def _shift(text: str | None) -> timedelta:
    if text is None:
        return timedelta()
    compact = text.replace(" ", "")
    return timedelta(**{UNITS[compact[-1]]: int(compact[:-1])})


def _moment(now: datetime, shift: timedelta, zone: tzinfo) -> str:
    """Return a moment as people write it: the time, with the day where that is not today."""
    here, then = now.astimezone(zone), (now + shift).astimezone(zone)
    return f"{then:%H:%M}" if then.date() == here.date() else f"{then:%Y-%m-%d %H:%M}"


def unfilled(text: str) -> tuple[str, ...]:
    """Return the known variables that still stand in a text, which must not be sent so."""
    found = (match[1] for match in VARIABLE.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name in VARIABLES))


def strangers(text: str) -> tuple[str, ...]:
    """Return what stands in a text like a variable and is none."""
    found = [(match[1], match[2]) for match in VARIABLE.finditer(text)]
    wrong = (name for name, shift in found if name not in VARIABLES or (shift and name != NOW))
    return tuple(dict.fromkeys(wrong))


@dataclass(frozen=True, slots=True)
class Call:
    """What is being typed at the cursor that asks for a picker."""

    sign: str
    """`::` for a text module, `@@` for a colleague, `??` for an article."""
    word: str
    """What was typed after the sign, to search for."""
    start: int
    """Where the sign begins; what is picked replaces everything from here to the cursor."""


def call(text: str, cursor: int) -> Call | None:
    """Return what a picker is asked for at the cursor; None where nothing is.

    Args:
        text: what is being typed.
        cursor: an offset in it.
    """
    found = CALLED.search(text[:cursor])
    return Call(found[1], found[2], found.start()) if found else None


def offered(modules: Collection[TextModule], word: str) -> list[TextModule]:
    """Return the text modules that a typed word may mean: by the beginning of the key, then by the name."""
    wanted = word.casefold()
    first = sorted((each for each in modules if each.key.startswith(wanted)), key=lambda each: each.key)
    named = (each for each in modules if wanted in each.name.casefold() and each not in first)
    return [*first, *sorted(named, key=lambda each: each.name.casefold())]


def mentioned(text: str) -> tuple[str, ...]:
    """Return the logins that a text names with `@@`, each once."""
    return tuple(dict.fromkeys(found[1].casefold().rstrip(".-") for found in MENTION.finditer(text)))
