"""Key figures of tickets: the lives of those that a period and a view take, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.domain.sla import Stage
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket_kpis import Figure, Life, Period, Run, figures
from deskterm.reads.compile import condition_of
from deskterm.storage.tables import ClockRow, Message, Ticket
from deskterm.storage.tables.conversation import MessageKind
from deskterm.storage.visible import visible

NONE: Mapping[TargetName, Run] = MappingProxyType({})


def key_figures(
    desk: Desk,
    period: Period,
    *,
    by: str,
    names: Iterable[str] = (),
    condition: Condition = EVERYTHING,
) -> tuple[Figure, ...]:
    """Return the key figures of a period, of the tickets that a condition takes and the asker may see."""
    with desk.look(by) as look:
        return figures(lives(look, period.since, condition), period, names)


def lives(look: Look, since: datetime, condition: Condition = EVERYTHING) -> list[Life]:
    """Return the tickets that were open at an instant or later, as the figures see them."""
    taken = and_(_alive(since), visible(look.actor), condition_of(look, condition))
    rows = look.connection.execute(
        select(
            col(Ticket.id), col(Ticket.opened_at), col(Ticket.is_open), col(Ticket.resolved_at),
            col(Ticket.closed_at), col(Ticket.updated_at), col(Ticket.tier), col(Ticket.reopen_count),
            col(Ticket.reassignment_count),
        ).where(taken)
    ).all()  # fmt: skip
    among = select(col(Ticket.id)).where(taken).scalar_subquery()
    asked_again = _asked_again(look, among)
    runs = _runs(look, among)
    return [
        Life(
            opened_at=row.opened_at,
            ended_at=None if row.is_open else row.resolved_at or row.closed_at or row.updated_at,
            resolved_at=row.resolved_at,
            tier=row.tier,
            reopened=row.reopen_count,
            moves=row.reassignment_count,
            asked_again=row.id in asked_again,
            runs=runs.get(row.id, NONE),
        )
        for row in rows
    ]


def _alive(since: datetime) -> ColumnElement[bool]:
    return or_(col(Ticket.is_open), col(Ticket.updated_at) >= since, col(Ticket.resolved_at) >= since)


def _asked_again(look: Look, among: Any) -> frozenset[int]:
    """Return the tickets whose caller wrote again after opening them."""
    statement = (
        select(col(Message.ticket_id))
        .join(Ticket, col(Ticket.id) == col(Message.ticket_id))
        .where(
            col(Message.ticket_id).in_(among),
            col(Message.kind) == MessageKind.MESSAGE,
            col(Message.at) > col(Ticket.opened_at),
        )
        .group_by(col(Message.ticket_id))
        .having(func.count() > 0)
    )
    return frozenset(look.connection.execute(statement).scalars())


def _runs(look: Look, among: Any) -> dict[int, dict[TargetName, Run]]:
    """Return the clocks of tickets that were not cancelled; one past its end is breached, swept or not."""
    rows = look.connection.execute(
        select(
            col(ClockRow.ticket_id), col(ClockRow.target), col(ClockRow.stage), col(ClockRow.due_at),
            col(ClockRow.stopped_at), col(ClockRow.breached_at), col(ClockRow.elapsed_seconds),
        ).where(col(ClockRow.ticket_id).in_(among), col(ClockRow.stage) != Stage.CANCELLED)
    )  # fmt: skip
    found: dict[int, dict[TargetName, Run]] = {}
    for row in rows:
        breached_at = row.breached_at
        if breached_at is None and row.stage is Stage.RUNNING and row.due_at <= look.now:
            breached_at = row.due_at
        run = Run(timedelta(seconds=row.elapsed_seconds), row.stopped_at, breached_at)
        found.setdefault(row.ticket_id, {})[row.target] = run
    return found
