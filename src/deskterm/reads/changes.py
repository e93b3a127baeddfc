"""Changes: those that a filter takes, those that may have caused a ticket, and their key figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import change as rules
from deskterm.domain import ticket as tickets
from deskterm.domain.change import ChangeKind, ChangeStatus, Outcome, Risk
from deskterm.domain.change_kpis import Ended, Figure, figures
from deskterm.domain.errors import NotFound
from deskterm.domain.query import And, Condition, Context, Is, Not, Op, Or, Query, Term, matches
from deskterm.domain.words import tokens
from deskterm.reads import change_marks
from deskterm.storage.chain import EVENT, HISTORY, entry_of
from deskterm.storage.tables import Change, ChangeIncident, ChangeItem, ConfigurationItem, Ticket
from deskterm.storage.types import NEVER, table
from deskterm.storage.visible import visible

CHANGE, CI = table(Change), table(ConfigurationItem)
RECENT = timedelta(days=14)
"""How far back a change is suspected of what happens now."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in a list."""

    key: int
    number: str
    version: int
    kind: ChangeKind
    status: ChangeStatus
    is_open: bool
    summary: str
    assignee: str
    requester: str
    team: str | None
    service: str | None
    ci: str | None
    impact: int
    risk: Risk | None
    planned_start: datetime | None
    planned_end: datetime | None
    started_at: datetime | None
    outcome: Outcome | None
    rolling_back: bool
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


LISTED = (
    "id", "version", "kind", "status", "is_open", "summary", "description", "assignee", "requester", "team",
    "service", "ci", "impact", "risk", "planned_start", "planned_end", "started_at", "outcome",
    "rolling_back", "opened_at", "updated_at", "closed_at",
)  # fmt: skip
"""The columns that lists and filters read."""
SORTED: Mapping[str, str] = {
    "id": "id", "start": "planned_start", "end": "planned_end", "risk": "risk", "status": "status",
    "assignee": "assignee", "created": "opened_at", "updated": "updated_at", "closed": "closed_at",
    "svc": "service", "ci": "ci", "team": "team", "summary": "summary", "impact": "impact",
    "kind": "kind", "outcome": "outcome",
}  # fmt: skip
"""What `sort:` may name here → the column."""


def listed(desk: Desk, query: Query, *, by: str) -> tuple[ChangeRow, ...]:
    """Return the changes that a filter takes, in its order; without one the next window comes first."""
    with desk.look(by) as look:
        rows = _taken(look, query.condition, [])
    order = [(SORTED[step.field], step.descending) for step in query.sort if step.field in SORTED]
    for column, descending in reversed(order or [("planned_start", False)]):
        rows.sort(key=lambda row: (row[column] is None, row[column] or 0), reverse=descending)
    return tuple(map(row_of, rows))


def taken(
    desk: Desk, condition: Condition, *, by: str, among: Iterable[int] | None = None
) -> dict[int, ChangeRow]:
    """Return the changes that a condition takes, by their integers.

    Args:
        among: the only ones that are asked about; None asks about all.
    """
    which = [] if among is None else [CHANGE.c.id.in_(list(among))]
    with desk.look(by) as look:
        return {row["id"]: row_of(row) for row in _taken(look, condition, which)}


def _taken(look: Look, condition: Condition, which: Sequence[ColumnElement[bool]]) -> list[Mapping[str, Any]]:
    """Return the changes that a condition takes; few enough for the pure predicate to look at each."""
    found = look.connection.execute(
        select(*(CHANGE.c[name] for name in LISTED))
        .where(visible(look.actor, Change), *which)
        .order_by(CHANGE.c.id)
    ).mappings()
    takes = taker(look, condition)
    return [row for row in map(dict, found) if takes(row)]


def taker(look: Look, condition: Condition) -> Callable[[Mapping[str, Any]], bool]:
    """Return what tells whether a condition takes a change, given its row."""
    context = context_of(look)
    asked, marks = of_changes(condition), change_marks.of_condition(look, condition)
    return lambda row: matches(asked, facts(row) | marks.get(row["id"], {}), context)


def context_of(look: Look) -> Context:
    """Return who asks for changes, and when: their days are those of this machine's zone."""
    return Context(look.actor.login, look.now, look.actor.teams, look.now.astimezone().tzinfo or UTC)


def of_changes(condition: Condition) -> Condition:
    """Return a condition with `is:open` and `is:closed` in the states that changes have."""
    match condition:
        case And(conditions):
            return And(tuple(map(of_changes, conditions)))
        case Or(conditions):
            return Or(tuple(map(of_changes, conditions)))
        case Not(inner):
            return Not(of_changes(inner))
        case Is("open"):
            return Term("status", Op.IS, tuple(sorted(rules.OPEN)))
        case Is("closed"):
            return Term("status", Op.IS, (ChangeStatus.CLOSED, ChangeStatus.CANCELLED))
        case _:
            return condition


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what filters ask of a change: the columns, with `change` as what it is."""
    return {**row, "kind": "change", "change_kind": row["kind"], "words": _Words(row)}


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokens that free text searches, taken only where a filter asks: most ask by column."""

    row: Mapping[str, Any]

    def __iter__(self) -> Iterator[str]:
        row = self.row
        return iter(tokens(f"{rules.number_of(row['id'])} {row['summary']} {row['description']}"))


def row_of(row: Mapping[str, Any]) -> ChangeRow:
    """Return a change as lists show it."""
    kept = {name: row[name] for name in LISTED if name not in ("id", "description")}
    kept["risk"] = Risk(kept["risk"]) if kept["risk"] else None
    for name in ("planned_start", "planned_end"):
        kept[name] = None if kept[name] == NEVER else kept[name]
    return ChangeRow(key=row["id"], number=rules.number_of(row["id"]), **kept)


def recent(desk: Desk, ticket: str, *, by: str) -> tuple[ChangeRow, ...]:
    """Return the changes on a ticket's CI or service that were carried out lately: the first suspicion.

    A CI brings the service that runs on it along, on both sides. Those on the same CI come first, each newest
    first.

    Raises:
        NotFound: there is no such ticket, or none that the reader may see.
    """
    with desk.look(by) as look:
        subject = look.connection.execute(
            select(col(Ticket.ci), col(Ticket.service), CI.c.service.label("behind"), col(Ticket.opened_at))
            .outerjoin(CI, CI.c.key == col(Ticket.ci))
            .where(col(Ticket.id) == tickets.key_of(ticket), visible(look.actor))
        ).first()
        if subject is None:
            raise NotFound(what=ticket)
        services = {subject.service, subject.behind} - {None}
        cis = or_(CI.c.key == subject.ci, CI.c.service.in_(services))
        near = select(CI.c.key).where(cis)
        items = select(col(ChangeItem.change_id)).where(col(ChangeItem.ci).in_(near))
        rows = look.connection.execute(
            select(*(CHANGE.c[name] for name in LISTED))
            .where(
                or_(CHANGE.c.ci.in_(near), CHANGE.c.id.in_(items), CHANGE.c.service.in_(services)),
                CHANGE.c.started_at > subject.opened_at - RECENT,
                visible(look.actor, Change),
            )
            .order_by(CHANGE.c.started_at.desc())
        ).mappings()
        found = [row_of(dict(row)) for row in rows]
        return tuple(sorted(found, key=lambda row: row.ci != subject.ci or subject.ci is None))


def key_figures(desk: Desk, since: datetime, until: datetime, *, by: str) -> tuple[Figure, ...]:
    """Return the key figures of a period, half-open."""
    with desk.look(by) as look:
        rows = look.connection.execute(
            select(CHANGE).where(
                visible(look.actor, Change),
                or_(CHANGE.c.closed_at >= since, CHANGE.c.started_at >= since),
            )
        ).all()
        moves = _moves(look, [row.id for row in rows])
        statement = (
            select(col(ChangeIncident.change_id), func.count())
            .where(col(ChangeIncident.caused))
            .group_by(col(ChangeIncident.change_id))
        )
        caused = {row.change_id: row[1] for row in look.connection.execute(statement)}
        return figures([_ended(row, moves, caused) for row in rows], since, until)


def _ended(
    row: Row[Any], moves: Mapping[int, list[tuple[datetime, ChangeStatus]]], caused: Mapping[int, int]
) -> Ended:
    planned = row.planned_end < NEVER
    return Ended(
        kind=row.kind,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        planned_start=row.planned_start if planned else None,
        planned_end=row.planned_end if planned else None,
        caused=caused.get(row.id, 0),
        moves=tuple(moves.get(row.id, ())),
    )


def _moves(look: Look, keys: Sequence[int]) -> dict[int, list[tuple[datetime, ChangeStatus]]]:
    found: dict[int, list[tuple[datetime, ChangeStatus]]] = {}
    for first in range(0, len(keys), 500):
        rows = look.connection.execute(
            select(EVENT.c.subject_id, *HISTORY.selected_columns)
            .where(EVENT.c.subject_type == "change", EVENT.c.subject_id.in_(keys[first : first + 500]))
            .order_by(EVENT.c.at, EVENT.c.id)
        )
        for key, *columns in rows:
            entry = entry_of(*columns)
            if "status" in entry.changes:
                found.setdefault(key, []).append((entry.at, ChangeStatus(entry.changes["status"][1])))
    return found
