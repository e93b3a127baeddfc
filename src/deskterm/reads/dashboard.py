"""The dashboard: what is breached, at risk, unassigned or waiting, by team and by person, and what alerts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import dashboard as rules
from deskterm.domain.dashboard import AGES, MAJOR, QUIET, TILES, Bucket, Reach, within
from deskterm.domain.query import Condition
from deskterm.domain.sla import Stage
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import number_of
from deskterm.query import parse
from deskterm.reads import queue, views
from deskterm.reads.compile import condition_of
from deskterm.reads.queue import QueueRow
from deskterm.storage.chain import EVENT
from deskterm.storage.tables import Alert, ClockRow, TeamRow, Ticket
from deskterm.storage.visible import visible

ALERTS_MOST = 50
MAJORS_MOST = 3
NOTES_MOST = 5


@dataclass(frozen=True, slots=True)
class TeamLine:
    """How a team keeps its targets."""

    key: str
    name: str
    open: int = 0
    breached: int = 0
    """Open tickets with a target that was missed."""
    kept: int = 0
    """Resolved in time, in the range."""
    ended: int = 0
    """Resolved in the range, of those that have the target."""

    @property
    def attained(self) -> float | None:
        """The share that was resolved in time; None where none was resolved."""
        return self.kept / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What an agent has to do: load, not ranking."""

    login: str | None
    """None for what is in nobody's hands."""
    open: int
    first: int
    """Of priority 1."""
    second: int
    """Of priority 2."""
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A threshold that was reached and that nobody has acknowledged."""

    id: int
    number: str
    target: TargetName
    threshold: int
    fired_at: datetime
    summary: str


@dataclass(frozen=True, slots=True)
class ShiftNote:
    """What somebody told the next shift."""

    at: datetime
    by: str
    body: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """How the desk does, as one agent may see it."""

    now: datetime
    counts: Mapping[str, int]
    """Of tiles, ages, `in` and `out`, by their keys."""
    majors: tuple[QueueRow, ...]
    teams: tuple[TeamLine, ...]
    people: tuple[PersonLine, ...]
    """The most loaded first."""
    flow: tuple[Bucket, ...]
    alerts: tuple[AlertLine, ...]
    """The newest first, at most `alerts_most`."""
    notes: tuple[ShiftNote, ...]
    """The newest first."""
    goal: float
    """The share of targets that the standard wants to be met."""
    alerts_most: int = ALERTS_MOST


def dashboard(desk: Desk, scope: str, reach: Reach, *, by: str) -> Dashboard:
    """Return how the tickets do that a filter takes.

    Raises:
        BadQuery: the scope is no filter.
        BadInput: it includes a view that there is not.
    """
    condition = _condition(desk, scope, by=by)
    now = desk.clock.now()
    tiles = [*TILES, *AGES, QUIET, *reach.flow(now).values()]
    asked = {tile.key: views.resolved(desk, parse(within(scope, tile.query)), by=by) for tile in tiles}
    major = views.resolved(desk, parse(within(scope, MAJOR.query)), by=by)
    with desk.look(by) as look:
        taken = and_(visible(look.actor), condition_of(look, condition))
        teams = _teams(look, taken, reach.since(now))
        people = _people(look, taken)
        came, went = (_moments(look, taken, name, reach.since(now)) for name in ("opened_at", "resolved_at"))
        alerts = _alerts(look, taken)
        notes = _notes(look)
        goal = desk.standard(look.connection).goal
    return Dashboard(
        now,
        queue.counts(desk, asked, by=by),
        queue.page(desk, major, by=by, limit=MAJORS_MOST),
        teams,
        people,
        rules.buckets(reach, now, came, went),
        alerts,
        notes,
        goal,
    )


def alerts(desk: Desk, text: str, *, by: str) -> tuple[AlertLine, ...]:
    """Return the alerts on tickets of a filter that nobody has acknowledged, the newest first."""
    condition = _condition(desk, text, by=by)
    with desk.look(by) as look:
        return _alerts(look, and_(visible(look.actor), condition_of(look, condition)))


def _condition(desk: Desk, text: str, *, by: str) -> Condition:
    return views.resolved(desk, parse(text), by=by).condition


def _teams(look: Look, taken: ColumnElement[bool], since: datetime) -> tuple[TeamLine, ...]:
    """Return the teams that have open tickets or resolved some, by name."""
    names: Any = look.connection.execute(select(col(TeamRow.key), col(TeamRow.name))).all()
    going = look.connection.execute(
        select(col(Ticket.team), func.count(), _sum(col(Ticket.sla_breached)))
        .where(taken, col(Ticket.is_open))
        .group_by(col(Ticket.team))
    )
    ended = look.connection.execute(
        select(col(Ticket.team), func.count(), _sum(col(ClockRow.breached_at).is_(None)))
        .join(ClockRow, col(ClockRow.ticket_id) == col(Ticket.id))
        .where(
            taken,
            col(ClockRow.target) == TargetName.RESOLUTION,
            col(ClockRow.stage) == Stage.MET,
            col(ClockRow.stopped_at) >= since,
        )
        .group_by(col(Ticket.team))
    )
    doing, done = _by_first(going), _by_first(ended)
    lines = [
        TeamLine(key, name, *doing.get(key, (0, 0)), *reversed(done.get(key, (0, 0)))) for key, name in names
    ]
    return tuple(
        sorted((line for line in lines if line.open or line.ended), key=lambda line: line.name.casefold())
    )


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _by_first(rows: Iterable[Any]) -> dict[str, tuple[int, int]]:
    return {row[0]: (row[1], row[2]) for row in rows}


def _people(look: Look, taken: ColumnElement[bool]) -> tuple[PersonLine, ...]:
    rows = look.connection.execute(
        select(
            col(Ticket.assignee),
            func.count(),
            _sum(col(Ticket.priority) == 1),
            _sum(col(Ticket.priority) == 2),
            func.min(col(Ticket.opened_at)),
        )
        .where(taken, col(Ticket.is_open))
        .group_by(col(Ticket.assignee))
    )
    return tuple(
        sorted((PersonLine(*row) for row in rows), key=lambda line: (line.login is None, -line.open))
    )


def _moments(look: Look, taken: ColumnElement[bool], name: str, since: datetime) -> list[datetime]:
    column = col(getattr(Ticket, name))
    return list(look.connection.execute(select(column).where(taken, column >= since)).scalars())


def _notes(look: Look) -> tuple[ShiftNote, ...]:
    rows = look.connection.execute(
        select(EVENT.c.at, EVENT.c.by, EVENT.c.data)
        .where(EVENT.c.subject_type == "desk", EVENT.c.subject_id == 0, EVENT.c.kind == "desk.noted")
        .order_by(EVENT.c.id.desc())
        .limit(NOTES_MOST)
    )
    return tuple(ShiftNote(at, by, json.loads(data)["body"]) for at, by, data in rows)


def _alerts(look: Look, taken: ColumnElement[bool]) -> tuple[AlertLine, ...]:
    rows = look.connection.execute(
        select(
            col(Alert.id), col(Ticket.kind), col(Alert.ticket_id), col(Alert.target), col(Alert.threshold),
            col(Alert.fired_at), col(Ticket.summary),
        )
        .join(Ticket, col(Ticket.id) == col(Alert.ticket_id))
        .where(taken, col(Ticket.is_open), col(Alert.acknowledged_at).is_(None))
        .order_by(col(Alert.id).desc())
        .limit(ALERTS_MOST)
    )  # fmt: skip
    return tuple(
        AlertLine(
            row.id, number_of(row.kind, row.ticket_id), row.target, row.threshold, row.fired_at, row.summary
        )
        for row in rows
    )
