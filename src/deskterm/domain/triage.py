"""What a new ticket probably is: judged by tickets that say the same, and by the routing rules; pure.

Words count the more, the fewer of the candidates have them (inverse document frequency); two tickets are
alike by the share of the weight of all their words that both have (weighted Jaccard).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, TypeVar

from deskterm.domain.standard import Standard
from deskterm.domain.ticket import Level

LIKE = 0.25
"""From this similarity on, a ticket has a say."""
SAME = 0.5
"""From this similarity on, an open ticket may be about the same thing."""
SURE = 0.5
"""From this share of the votes on, a value is suggested."""
EXAMPLES = 3
"""How many tickets a suggestion names as its reason."""
SHORTEST = 3
"""Shorter words of alphabetic scripts say nothing."""
EMPTY_WORDS = frozenset(
    {
        "again", "all", "and", "any", "are", "but", "can", "does", "for", "from", "has", "have", "hello",
        "help", "her", "his", "how", "into", "need", "not", "our", "out", "please", "since", "some", "that",
        "the", "their", "them", "there", "they", "this", "very", "was", "what", "when", "why", "with", "you",
        "your",
    }
)  # fmt: skip
"""English words that every second summary has."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that has words in common with the one that is judged."""

    key: int
    number: str
    is_open: bool
    words: frozenset[str]
    summary: str
    caller_id: int | None
    team: str | None
    category: str | None
    service: str | None
    impact: int
    urgency: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that a field probably has."""

    value: Any
    share: float
    """The share of the votes, up to 1."""
    because: tuple[str, ...]
    """Numbers of tickets like it, or the name of the routing rule."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An open ticket that may be about the same thing."""

    number: str
    summary: str
    similarity: float
    same_caller: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a ticket probably is; None where nothing can be said."""

    category: Suggestion | None = None
    service: Suggestion | None = None
    team: Suggestion | None = None
    levels: Suggestion | None = None
    """(impact, urgency)."""
    priority: int | None = None
    """What the matrix makes of `levels`."""
    duplicates: tuple[Duplicate, ...] = ()


def telling(tokens: Iterable[str], most: int) -> list[str]:
    """Return the words by which tickets like it are looked for, the longest first, each once."""
    words = {word for word in tokens if _tells(word)}
    return sorted(words, key=lambda word: (-len(word), word))[:most]


def _tells(word: str) -> bool:
    return word not in EMPTY_WORDS and (len(word) >= SHORTEST or (len(word) == 2 and not word.isascii()))


def weights(candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """Return the weight of each word that a candidate has: the rarer, the heavier."""
    having: defaultdict[str, int] = defaultdict(int)
    for candidate in candidates:
        for word in candidate.words:
            having[word] += 1
    return {word: log(1 + len(candidates) / count) for word, count in having.items()}


def similarity(one: Collection[str], other: Collection[str], weight: Mapping[str, float]) -> float:
    """Return how alike two sets of words are: 0 for nothing in common, 1 for the same words.

    Args:
        weight: of words; one that is missing has the weight of a word that nobody has.
    """
    rare = max(weight.values(), default=1.0)
    both = sum(weight.get(word, rare) for word in set(one) & set(other))
    either = sum(weight.get(word, rare) for word in set(one) | set(other))
    return both / either if either else 0.0


def judge(
    ticket: Candidate, fields: Mapping[str, Any], candidates: Sequence[Candidate], standard: Standard
) -> Judgement:
    """Return what a ticket probably is.

    Args:
        ticket: the one to judge.
        fields: what routing rules match on, as the ledger keeps it.
        candidates: tickets with words in common; bounded by whoever looks for them.
    """
    others = [each for each in candidates if each.key != ticket.key]
    weight = weights(others)
    alike = [(similarity(ticket.words, each.words, weight), each) for each in others]
    alike.sort(key=lambda pair: (-pair[0], -pair[1].key))
    voters = [(likeness, each) for likeness, each in alike if likeness >= LIKE]
    done = [(likeness, each) for likeness, each in voters if not each.is_open]
    category = _elected((likeness, each.category, each.number) for likeness, each in done)
    service = _elected((likeness, each.service, each.number) for likeness, each in done)
    levels = _elected((likeness, (each.impact, each.urgency), each.number) for likeness, each in done)
    classified = {
        **fields,
        "category": fields.get("category") or (category and category.value),
        "service": fields.get("service") or (service and service.value),
    }
    return Judgement(
        category=category,
        service=service,
        team=_team(classified, done, standard),
        levels=levels,
        priority=standard.priority(Level(levels.value[0]), Level(levels.value[1])) if levels else None,
        duplicates=_duplicates(ticket.caller_id, voters),
    )


def _team(
    fields: Mapping[str, Any], done: Sequence[tuple[float, Candidate]], standard: Standard
) -> Suggestion | None:
    """Return the team that a routing rule names for the fields, else the one with most votes."""
    route = standard.route(fields)
    if route is not None:
        return Suggestion(route.team, 1.0, (route.name,))
    return _elected((likeness, each.team, each.number) for likeness, each in done)


def _elected(votes: Iterable[tuple[float, K | None, str]]) -> Suggestion | None:
    """Return the value with most votes, weighed by likeness; None where none has enough of them."""
    given: defaultdict[K, float] = defaultdict(float)
    examples: defaultdict[K, list[str]] = defaultdict(list)
    for likeness, value, number in votes:
        if value is not None:
            given[value] += likeness
            examples[value].append(number)
    if not given:
        return None
    best = max(given, key=lambda value: (given[value], str(value)))
    share = given[best] / sum(given.values())
    return Suggestion(best, round(share, 3), tuple(examples[best][:EXAMPLES])) if share >= SURE else None


def duplicates(
    words: Collection[str], caller_id: int | None, candidates: Sequence[Candidate]
) -> tuple[Duplicate, ...]:
    """Return the open tickets that may be about what has these words, the caller's own before others."""
    weight = weights(candidates)
    return _duplicates(caller_id, [(similarity(words, each.words, weight), each) for each in candidates])


def _duplicates(caller_id: int | None, voters: Sequence[tuple[float, Candidate]]) -> tuple[Duplicate, ...]:
    found = [
        Duplicate(
            each.number,
            each.summary,
            round(likeness, 3),
            caller_id is not None and each.caller_id == caller_id,
        )
        for likeness, each in voters
        if each.is_open and likeness >= SAME
    ]
    return tuple(sorted(found, key=lambda each: (not each.same_caller, -each.similarity))[:EXAMPLES])
