"""What is wrong with a management standard: every error, with its line and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from deskterm.standard import changes, located, macros, meaning, rules
from deskterm.standard.findings import Finding, Names
from deskterm.standard.located import Problem
from deskterm.standard.models import Section, StandardFile

RULES: tuple[Callable[[StandardFile, Names], Iterator[Finding]], ...] = (
    meaning.matrix,
    meaning.calendars,
    meaning.teams,
    meaning.ladders,
    meaning.closure,
    meaning.catalogue,
    rules.policies,
    rules.routes,
    rules.approvals,
    macros.macros,
    macros.modules,
    changes.risk,
    changes.tiers,
    changes.calendar,
    changes.templates,
)
STAND_INS: Mapping[str, Any] = {
    "name": "-",
    "default_team": "-",
    "priority": {"matrix": [[1, 2, 3], [2, 3, 4], [3, 4, 5]]},
    "calendars": {},
    "teams": {},
    "ladders": {},
    "closure": {"calendar": "-"},
}
"""What the rest of a standard is read with where one of its required parts is missing or broken."""


def check(text: str) -> list[Problem]:
    """Return everything that is wrong with a standard, by line; nothing when it can be applied.

    Whether its leads and managers exist is not asked here: that depends on the desk.
    """
    return examine(text)[1]


def examine(text: str) -> tuple[StandardFile | None, list[Problem]]:
    """Read a standard; with problems, the file is None or lacks what is wrong."""
    return located.examine(text, lambda _data: StandardFile, Section.__subclasses__(), _meant, STAND_INS)


def _meant(file: StandardFile, data: Mapping[str, Any]) -> Iterator[Finding]:
    names = Names.of(data)
    return chain.from_iterable(rule(file, names) for rule in RULES)
