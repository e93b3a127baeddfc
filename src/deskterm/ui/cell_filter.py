"""`f`: a value of the row under the cursor as a condition of the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskterm.reads.changes import ChangeRow
    from deskterm.reads.problems import ProblemRow
    from deskterm.reads.queue import QueueRow


OFF = 2
"""The turn without the condition."""


@dataclass(frozen=True, slots=True)
class Step:
    """A filter with a condition more: that it holds, that it does not, and without it."""

    before: str
    """The filter without the condition."""
    term: str
    turn: int = 0

    @property
    def text(self) -> str:
        """The filter now."""
        if self.turn == OFF:
            return self.before
        return f"{self.before} {'-' if self.turn else ''}{self.term}".strip()

    def next(self) -> Step:
        """Return the filter after `f` was pressed again: equal, not equal, off, equal."""
        return replace(self, turn=(self.turn + 1) % 3)


def terms(row: QueueRow) -> list[str]:
    """Return what a row's values are as conditions, those that people filter by most first."""
    named: Sequence[tuple[str, object]] = (
        ("assignee", row.assignee or "none"),
        ("status", row.status.value),
        ("team", row.team or "none"),
        ("prio", row.priority),
        ("caller", row.caller),
        ("svc", row.service or "none"),
        ("type", row.kind.value),
        ("impact", row.impact),
        ("urgency", row.urgency),
        ("hold", row.hold_reason.value if row.hold_reason else None),
    )
    flags = [f"is:{name}" for name, there in (("major", row.major), ("vip", row.vip)) if there]
    return [term(name, value) for name, value in named if value is not None] + flags


def change_terms(row: ChangeRow) -> list[str]:
    """Return what a change's values are as conditions, those that people filter by most first."""
    named: Sequence[tuple[str, object]] = (
        ("svc", row.service or "none"),
        ("ci", row.ci or "none"),
        ("assignee", row.assignee),
        ("status", row.status.value),
        ("team", row.team or "none"),
        ("risk", int(row.risk) if row.risk is not None else "none"),
        ("impact", row.impact),
    )
    return [term(name, value) for name, value in named]


def problem_terms(row: ProblemRow) -> list[str]:
    """Return what a card's values are as conditions, those that people filter by most first."""
    named: Sequence[tuple[str, object]] = (
        ("svc", row.service or "none"),
        ("assignee", row.assignee or "none"),
        ("cat", row.category or "none"),
        ("ci", row.ci or "none"),
        ("team", row.team or "none"),
        ("prio", row.priority),
        ("status", row.status.value),
    )
    words = [f"#{word}" for word in row.tags]
    flags = ["is:knownerror"] if row.known_error else []
    return [term(name, value) for name, value in named if value is not None] + words + flags


def term(name: str, value: object) -> str:
    """Return a condition in the filter language, its value quoted where that is needed."""
    from deskterm.domain.query import Op, Query, Special, Term
    from deskterm.query import render

    kept = Special.NONE if value == "none" else value
    return render(Query(Term(name, Op.IS, (kept,))))  # type: ignore[arg-type]  # a str, an int or none
