"""The risk of a change: the higher of what rules say and what a weighted questionnaire adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from deskterm.domain.change import ChangeKind, Risk


@dataclass(frozen=True, slots=True)
class RiskRule:
    """Changes that are at least so risky; what is left out asks nothing."""

    name: str
    level: Risk
    kinds: frozenset[ChangeKind] = frozenset()
    services: frozenset[str] = frozenset()
    cis: frozenset[str] = frozenset()
    impacts: frozenset[int] = frozenset()
    """1 high, 2 medium, 3 low."""
    downtime_over: timedelta | None = None
    """Planned downtime longer than this."""

    def takes(self, fields: Mapping[str, Any]) -> bool:
        """Return whether a change with these fields is meant.

        Args:
            fields: `kind`, `service`, `ci`, `impact`, and `downtime_minutes` or None where none is planned.
        """
        downtime = timedelta(minutes=fields.get("downtime_minutes") or 0)
        return (
            (not self.kinds or fields.get("kind") in self.kinds)
            and (not self.services or fields.get("service") in self.services)
            and (not self.cis or fields.get("ci") in self.cis)
            and (not self.impacts or fields.get("impact") in self.impacts)
            and (self.downtime_over is None or downtime > self.downtime_over)
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the assessment asks."""

    key: str
    text: str
    weight: int
    answers: Mapping[str, int]
    """What may be answered → points, 0 for no risk."""

    @property
    def most(self) -> int:
        """The weighted points of the riskiest answer."""
        return self.weight * max(self.answers.values())


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Weighted questions, and from which share of their points a change is how risky."""

    questions: tuple[Question, ...] = ()
    medium_from: int = 34
    """Percent of all points."""
    high_from: int = 67


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change is at least so risky."""

    level: Risk
    rule: str = ""
    """The rule's name; empty for the questionnaire."""
    percent: int | None = None
    """The share of the questionnaire's points; None for a rule."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """How risky a change is, and why; the reasons that decided come first."""

    level: Risk
    reasons: tuple[Reason, ...]
    unanswered: tuple[str, ...] = ()
    """Keys of the questions that have no answer yet; they count as their riskiest."""


def assess(
    rules: tuple[RiskRule, ...],
    questionnaire: Questionnaire,
    fields: Mapping[str, Any],
    answers: Mapping[str, str],
) -> Assessment:
    """Return the higher of what the rules say and what the questionnaire adds up to.

    Args:
        fields: of the change, as `RiskRule.takes` wants them.
        answers: key of a question → one of its answers; what is not among them counts as no answer.
    """
    reasons = [Reason(rule.level, rule=rule.name) for rule in rules if rule.takes(fields)]
    questions = questionnaire.questions
    unanswered = tuple(each.key for each in questions if answers.get(each.key) not in each.answers)
    if questions:
        percent = _percent(questions, answers)
        reasons.append(Reason(_level(questionnaire, percent), percent=percent))
    level = max((reason.level for reason in reasons), default=Risk.LOW)
    reasons.sort(key=lambda reason: -reason.level)
    return Assessment(level, tuple(reasons), unanswered)


def _percent(questions: tuple[Question, ...], answers: Mapping[str, str]) -> int:
    """Return the share of the points in whole percent, rounded up: in doubt riskier."""
    total = sum(question.most for question in questions)
    points = sum(
        question.weight * question.answers.get(answers.get(question.key, ""), max(question.answers.values()))
        for question in questions
    )
    return -(-100 * points // total) if total else 0


def _level(questionnaire: Questionnaire, percent: int) -> Risk:
    if percent >= questionnaire.high_from:
        return Risk.HIGH
    return Risk.MEDIUM if percent >= questionnaire.medium_from else Risk.LOW
