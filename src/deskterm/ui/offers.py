"""What a triage run offers for a ticket: suggestions together and alone, likely duplicates; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deskterm.domain.ticket import Level
from deskterm.i18n import _
from deskterm.labels import label

if TYPE_CHECKING:
    from deskterm.domain.triage import Suggestion
    from deskterm.reads.suggestions import Triage

Choice = dict[str, Any]
"""The fields of a `services.drafts.Verdict`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that one key does."""

    choice: Choice
    words: str
    """What it does."""
    because: str = ""
    """Why it is offered."""


def everything(triage: Triage) -> Choice:
    """Return all suggestions together; empty where there are none."""
    return {name: value for offer in _fields(triage) for name, value in offer.choice.items()}


def offers(triage: Triage) -> tuple[Offer, ...]:
    """Return what the digits do, the first one first: at most nine."""
    single = tuple(_fields(triage))
    words = _("all of it, and take it") if single else _("take it")
    every = Offer({**everything(triage), "take": True}, words)
    return (every, *single, *_duplicates(triage))[:9]


def _fields(triage: Triage) -> Iterator[Offer]:
    found = triage.judgement
    if found.category is not None and found.category.value != triage.category:
        words = _("category {category}").format(category=found.category.value)
        yield Offer({"category": found.category.value}, words, _why(found.category))
    if found.service is not None:
        words = _("service {service}").format(service=found.service.value)
        yield Offer({"service": found.service.value}, words, _why(found.service))
    if found.team is not None and found.team.value != triage.team:
        words = _("team {team}").format(team=found.team.value)
        yield Offer({"team": found.team.value}, words, _why(found.team))
    if found.levels is not None and found.levels.value != (triage.impact, triage.urgency):
        impact, urgency = (Level(level) for level in found.levels.value)
        words = _("priority {before} → {after} (impact {impact}, urgency {urgency})").format(
            before=triage.priority, after=found.priority, impact=label(impact), urgency=label(urgency)
        )
        yield Offer({"impact": impact, "urgency": urgency}, words, _why(found.levels))


def _duplicates(triage: Triage) -> Iterator[Offer]:
    for each in triage.judgement.duplicates:
        words = _("merge into {number}: {summary}").format(number=each.number, summary=each.summary)
        whose = _("same caller") if each.same_caller else _("another caller")
        yield Offer({"duplicate_of": each.number}, words, f"{each.similarity:.2f} {whose}")


def _why(suggestion: Suggestion) -> str:
    return _("{percent} %, as {examples}").format(
        percent=round(100 * suggestion.share), examples=", ".join(suggestion.because)
    )
