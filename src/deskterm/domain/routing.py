"""Ordered rules of which the first match is taken: which rule can never be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from deskterm.domain.standard import Match
from deskterm.domain.ticket import Channel, Kind

ANOTHER = "\0"
"""A service, department or lowest category that no rule names."""


def takers(match: Match, earlier: Sequence[Match], priorities: Iterable[int]) -> list[int] | None:
    """Return the positions of the earlier rules that leave nothing to a rule, None when something is left.

    The tickets that a rule takes are endless, but rules tell only finitely many apart, so one example of each
    is tried: every value that the rule names, and one that nobody names where it names none.

    Args:
        match: the rule in question.
        earlier: the rules that are asked before it.
        priorities: those that the matrix can give.
    """
    found: set[int] = set()
    for ticket in _examples(match, earlier, sorted(priorities)):
        taker = next((place for place, before in enumerate(earlier) if before.takes(ticket)), None)
        if taker is None:
            return None
        found.add(taker)
    return sorted(found)


def _examples(match: Match, earlier: Sequence[Match], priorities: list[int]) -> Iterator[dict[str, Any]]:
    every: dict[str, Collection[Any]] = {
        "kind": list(Kind),
        "priority": priorities,
        "channel": list(Channel),
        "vip": (False, True),
    }
    values: dict[str, Collection[Any]] = {
        "kind": match.kind,
        "priority": match.priority,
        "channel": match.channel,
        "vip": () if match.vip is None else (match.vip,),
        "service": match.service,
        "department": match.department,
        "category": [path.replace(" / *", f" / {ANOTHER}") for path in match.category],
        "summary": match.words,
    }
    choices: list[Sequence[Any]] = []
    for name, named in values.items():
        told_apart = any(
            getattr(before, "words" if name == "summary" else name) not in (None, frozenset())
            for before in earlier
        )
        choice = sorted(named) or list(every.get(name, (ANOTHER,)))
        choices.append(choice if told_apart else choice[:1])
    return (dict(zip(values, chosen, strict=True)) for chosen in product(*choices))
