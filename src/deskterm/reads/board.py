"""The problem board: cards in columns, with what a card shows at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import not_, or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.query import Query
from deskterm.reads import candidates, problems
from deskterm.reads.problems import ProblemRow
from deskterm.storage.tables import CorrectiveAction, Problem

DONE_DAYS = 30
"""For how long a closed problem stays on the board."""


class Grouping(StrEnum):
    """What the columns go by."""

    STATUS = "status"
    ASSIGNEE = "assignee"
    SERVICE = "service"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Card:
    """A problem on the board; equal cards look alike."""

    row: ProblemRow
    actions_open: int
    actions_overdue: int
    changes: tuple[str, ...]
    """Numbers of the changes that carry out its actions."""
    stale: bool
    """Whether it is open, not parked, and nobody touched it for as long as the standard lets be."""

    @property
    def calls(self) -> bool:
        """Whether it waits for somebody: it is late or idle, came back, or its resolution is proposed."""
        row = self.row
        is_back = bool(row.recurrence_count) and row.status is ProblemStatus.ANALYSIS
        is_proposed = row.status is ProblemStatus.VERIFYING and row.proposed_at is not None
        return bool(self.actions_overdue) or self.stale or is_back or is_proposed


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board."""

    key: str
    """A state's code, a login, a service or an age; empty for what has none."""
    cards: tuple[Card, ...]
    limit: int | None = None
    """How many cards it ought to hold at most; None for any number."""

    @property
    def over(self) -> bool:
        """Whether it holds more than it ought to."""
        return self.limit is not None and len(self.cards) > self.limit


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board."""

    columns: tuple[Column, ...]
    linked_open: int
    """Open tickets that the cards cause, together."""
    oldest: datetime | None
    """When the oldest open card was opened."""
    candidates: int
    """How many candidates wait; the badge."""
    read_at: datetime


AGES = (
    ("<10", timedelta(days=10)),
    ("10-30", timedelta(days=30)),
    (">30", timedelta.max),
)
"""Columns by age in days, each up to its bound."""


def board(desk: Desk, query: Query, *, by: str, grouping: Grouping = Grouping.STATUS) -> Board:
    """Return the problems that a filter takes as a board; those closed longer ago are left out."""
    with desk.look(by) as look:
        since = look.now - timedelta(days=DONE_DAYS)
        recent = or_(col(Problem.closed_at).is_(None), col(Problem.closed_at) > since)
        rows = problems.taken(look, query, recent)
        actions = _actions(look)
        wanted = desk.standard(look.connection).problems
        cards = [_card(row, actions.get(row.key, []), look.now, wanted.idle_after) for row in rows]
        still_open = [row for row in rows if row.is_open]
        now = look.now
    return Board(
        columns=_columns(cards, grouping, now, wanted.limits),
        linked_open=sum(row.linked_open for row in rows),
        oldest=min((row.opened_at for row in still_open), default=None),
        candidates=candidates.count(desk, by=by),
        read_at=now,
    )


def _actions(look: Look) -> Mapping[int, list[Any]]:
    rows: Any = look.connection.execute(
        select(
            col(CorrectiveAction.problem_id),
            col(CorrectiveAction.done_at),
            col(CorrectiveAction.due_at),
            col(CorrectiveAction.change),
        ).where(not_(col(CorrectiveAction.dropped)))
    )
    actions = defaultdict(list)
    for row in rows:
        actions[row.problem_id].append(row)
    return actions


def _card(row: ProblemRow, actions: list[Any], now: datetime, idle_after: timedelta) -> Card:
    waiting = [action for action in actions if action.done_at is None]
    return Card(
        row,
        len(waiting),
        sum(action.due_at < now for action in waiting),
        tuple(sorted({action.change for action in actions if action.change})),
        row.is_open and row.resumes_at is None and now - row.updated_at > idle_after,
    )


def _columns(
    cards: list[Card], grouping: Grouping, now: datetime, limits: Mapping[ProblemStatus, int]
) -> tuple[Column, ...]:
    """Return the columns; states and ages are there even where they are empty."""
    key_of: Mapping[Grouping, Callable[[Card], str]] = {
        Grouping.STATUS: lambda card: card.row.status,
        Grouping.ASSIGNEE: lambda card: card.row.assignee or "",
        Grouping.SERVICE: lambda card: card.row.service or "",
        Grouping.AGE: lambda card: next(name for name, most in AGES if now - card.row.opened_at <= most),
    }
    found: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        found[str(key_of[grouping](card))].append(card)
    if grouping is Grouping.STATUS:
        return tuple(Column(status, tuple(found[status]), limits.get(status)) for status in ProblemStatus)
    keys = [name for name, _most in AGES] if grouping is Grouping.AGE else sorted(found)
    return tuple(Column(key, tuple(found[key])) for key in keys)
