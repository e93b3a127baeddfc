"""The queue: windows of a view's tickets, the view's frozen order, counts, rows by number.

Prepared Core statements on the tables; a view that names no instant is compiled once for an agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Dialect, Select, and_, bindparam, func, select, tuple_
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.fields import FIELDS, INSTANTS, SORTS
from deskterm.domain.people import Actor
from deskterm.domain.query import And, Condition, Context, Is, Not, Or, Query, Sort, Term
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import HoldReason, Kind, Status, number_of
from deskterm.reads.compile import compiled
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Person, Ticket
from deskterm.storage.types import EPOCH
from deskterm.storage.visible import scope_of, visible

FROZEN_MOST = 50_000
"""Up to this many tickets a view's order is held as numbers; beyond, windows are found by keyset."""
ANCHOR_EVERY = 1_000
"""How far apart the places are whose keyset is remembered."""


class QueueRow(NamedTuple):
    """A ticket as a line of the queue; equal rows look alike. A tuple, because windows are made of it."""

    key: int
    version: int
    kind: Kind
    status: Status
    summary: str
    priority: int
    impact: int
    urgency: int
    assignee: str | None
    team: str | None
    caller: str | None
    service: str | None
    opened_at: datetime
    updated_at: datetime
    hold_reason: HoldReason | None
    major: bool
    vip: bool
    waiting_since: datetime | None
    parent_id: int | None
    sla_target: TargetName | None
    sla_due_at: datetime
    sla_risk_at: datetime
    sla_paused: bool
    sla_remaining_seconds: int | None
    sla_span_seconds: int | None
    sla_breached: bool

    @property
    def number(self) -> str:
        """The ticket's number as people say it."""
        return number_of(self.kind, self.key)


COLUMNS: tuple[Any, ...] = (
    col(Ticket.id), col(Ticket.version), col(Ticket.kind), col(Ticket.status), col(Ticket.summary),
    col(Ticket.priority), col(Ticket.impact), col(Ticket.urgency), col(Ticket.assignee),
    col(Ticket.team), col(Person.name), col(Ticket.service), col(Ticket.opened_at),
    col(Ticket.updated_at), col(Ticket.hold_reason), col(Ticket.major), col(Ticket.vip),
    col(Ticket.waiting_since), col(Ticket.parent_id), col(Ticket.sla_target), col(Ticket.sla_due_at),
    col(Ticket.sla_risk_at),
    col(Ticket.sla_paused), col(Ticket.sla_remaining_seconds), col(Ticket.sla_span_seconds),
    col(Ticket.sla_breached),
)  # fmt: skip
"""The fields of `QueueRow`, in their order."""
LISTED: Select[Any] = select(*COLUMNS).outerjoin(Person, col(Person.id) == col(Ticket.caller_id))
SORTED_BY: Mapping[str, Any] = {"id": col(Ticket.id)} | {
    name: col(getattr(Ticket, FIELDS[name].fact))
    for name in SORTS.values()
    if name != "id" and not FIELDS[name].of_changes
}
"""What `sort:` names → column."""
DEFAULT_SORT = (Sort("breach"),)
"""Nearest deadline first: the order of the partial indexes."""


class Part(Enum):
    """What is asked of a view."""

    WINDOW = auto()
    KEYS = auto()
    COUNT = auto()
    AMONG = auto()
    """Which of some tickets it takes."""
    ANCHOR = auto()
    """The keyset of one place."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The ticket that a window comes after: what it is sorted by."""

    value: Any
    key: int


def page(
    desk: Desk, query: Query, *, by: str, after: Cursor | None = None, skip: int = 0, limit: int = 100
) -> tuple[QueueRow, ...]:
    """Return a window of a view: `limit` tickets after a cursor, or from the top.

    Args:
        after: only for an order that has a keyset.
        skip: how many to leave out before the first; cheap only when small.
    """
    with desk.look(by) as look:
        return tuple(map(QueueRow._make, _ask(look, query, Part.WINDOW, after, most=limit, skip=skip)))


def cursor_at(desk: Desk, query: Query, *, by: str, after: Cursor | None, skip: int) -> Cursor | None:
    """Return the keyset of the ticket that stands `skip` places below a cursor, None beyond the last."""
    with desk.look(by) as look:
        found = _ask(look, query, Part.ANCHOR, after, most=1, skip=skip)
        return Cursor(*found[0]) if found else None


def keys(desk: Desk, query: Query, *, by: str, most: int) -> list[int]:
    """Return the integers of a view's tickets in its order, at most so many."""
    with desk.look(by) as look:
        return [row[0] for row in _ask(look, query, Part.KEYS, most=most, skip=0)]


def matching(desk: Desk, query: Query, among: Iterable[int], *, by: str) -> frozenset[int]:
    """Return which of some tickets a view takes now."""
    with desk.look(by) as look:
        return frozenset(row[0] for row in _ask(look, query, Part.AMONG, among=list(among)))


def count(desk: Desk, query: Query, *, by: str) -> int:
    """Return how many tickets a view takes."""
    with desk.look(by) as look:
        return int(_ask(look, query, Part.COUNT)[0][0])


def newest(desk: Desk, *, by: str) -> int:
    """Return the integer of the newest ticket, 0 where there is none."""
    with desk.look(by) as look:
        return look.connection.execute(select(func.max(col(Ticket.id)))).scalar() or 0


def counts(desk: Desk, views: Mapping[str, Query], *, by: str) -> dict[str, int]:
    """Return how many tickets each of some views takes, by the view's name."""
    with desk.look(by) as look:
        return {name: int(_ask(look, query, Part.COUNT)[0][0]) for name, query in views.items()}


def rows(desk: Desk, wanted: Sequence[int], *, by: str) -> tuple[QueueRow, ...]:
    """Return tickets by their integers, in that order, without those that the asker may not see."""
    with desk.look(by) as look:
        found = look.connection.execute(_by_key(scope_of(look.actor)), {"among": list(wanted)})
        row_of = {row[0]: QueueRow._make(row) for row in found}
    return tuple(row_of[key] for key in wanted if key in row_of)


def has_keyset(query: Query) -> bool:
    """Return whether windows of a view can be found by a cursor: its order has one column, never empty."""
    sort = _sort(query)
    return len(sort) == 1 and not Ticket.__table__.c[SORTED_BY[sort[0].field].key].nullable  # type: ignore[attr-defined]  # SQLModel's class has it


def _sort(query: Query) -> tuple[Sort, ...]:
    return tuple(step for step in query.sort if step.field in SORTED_BY) or DEFAULT_SORT


def _ask(look: Look, query: Query, part: Part, after: Cursor | None = None, **given: Any) -> Sequence[Any]:
    """Ask the database for one part of a view; statements that name no instant are kept."""
    actor, dialect = look.actor, look.connection.dialect
    if after is not None:
        given |= {"after_value": after.value, "after_key": after.key}
    if _is_timeless(query.condition) and part is not Part.AMONG:
        context = Context(actor.login, EPOCH, actor.teams)
        prepared = _prepared(query, part, after is not None, context, scope_of(actor), dialect)
        return prepared.rows(look.connection, **given)
    context = Context(actor.login, look.now, actor.teams, look.now.astimezone().tzinfo or UTC)
    statement = _statement(query, part, after is not None, context, scope_of(actor), dialect)
    return look.connection.execute(statement, given).all()


def _is_timeless(condition: Condition) -> bool:
    """Return whether a condition takes the same tickets at any instant."""
    match condition:
        case Term():
            return FIELDS[condition.field].shape not in INSTANTS
        case Is():
            return condition.state not in {"atrisk", "breached", "locked"}
        case Not():
            return _is_timeless(condition.condition)
        case And() | Or():
            return all(map(_is_timeless, condition.conditions))
        case _:
            return True


def _statement(
    query: Query, part: Part, paged: bool, context: Context, scope: Actor, dialect: Dialect
) -> Select[Any]:
    """Return the statement that asks for one part of a view."""
    taken = and_(compiled(query.condition, context, dialect), visible(scope))
    sort = _sort(query)
    if part is Part.COUNT:
        return select(func.count()).select_from(Ticket).where(taken)
    if part is Part.AMONG:
        return select(col(Ticket.id)).where(taken, col(Ticket.id).in_(bindparam("among", expanding=True)))
    if part is Part.WINDOW:
        statement = LISTED
    elif part is Part.KEYS:
        statement = select(col(Ticket.id))
    else:
        statement = select(SORTED_BY[sort[0].field], col(Ticket.id))
    if paged:
        taken = and_(taken, _after(sort[0]))
    return statement.where(taken).order_by(*_order(sort)).limit(bindparam("most")).offset(bindparam("skip"))


@lru_cache(maxsize=256)
def _prepared(
    query: Query, part: Part, paged: bool, context: Context, scope: Actor, dialect: Dialect
) -> Prepared:
    return Prepared(_statement(query, part, paged, context, scope, dialect))


@lru_cache(maxsize=64)
def _by_key(scope: Actor) -> Select[Any]:
    return LISTED.where(col(Ticket.id).in_(bindparam("among", expanding=True)), visible(scope))


def _order(sort: Sequence[Sort]) -> list[ColumnElement[Any]]:
    """Return an order in which no two tickets are equal; the last step goes the way of the one before."""
    steps = [
        SORTED_BY[step.field].desc() if step.descending else SORTED_BY[step.field].asc() for step in sort
    ]
    return [*steps, col(Ticket.id).desc() if sort[-1].descending else col(Ticket.id).asc()]


def _after(step: Sort) -> ColumnElement[bool]:
    """Return the condition of tickets below a cursor."""
    column = SORTED_BY[step.field]
    place = tuple_(column, col(Ticket.id))
    cursor = tuple_(
        bindparam("after_value", type_=column.type), bindparam("after_key", type_=SORTED_BY["id"].type)
    )
    return place < cursor if step.descending else place > cursor
