"""Problems: lists, one problem with everything around it, known errors for a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import known_error, rca, verification
from deskterm.domain import problem as rules
from deskterm.domain.errors import NotFound
from deskterm.domain.fields import FIELDS
from deskterm.domain.known_error import Reason
from deskterm.domain.ledger import Entry
from deskterm.domain.problem import ActionType, Ask, Closure, Metric, ProblemStatus, Source
from deskterm.domain.query import Context, Query, Sort, matches
from deskterm.domain.rca import Cause
from deskterm.domain.ticket import LinkKind, Status, key_of, number_of
from deskterm.domain.verification import Chart, Effect, Plan
from deskterm.domain.words import tokens
from deskterm.reads import problem_marks
from deskterm.storage import problems as stored
from deskterm.storage.chain import EVENT, HISTORY, entry_of
from deskterm.storage.tables import (
    CauseRow,
    CorrectiveAction,
    Link,
    Problem,
    ProblemWatcher,
    Ticket,
)
from deskterm.storage.types import table
from deskterm.storage.visible import visible

PROBLEM = table(Problem)
LISTED = (
    "id", "version", "status", "is_open", "summary", "description", "source", "priority", "impact",
    "urgency", "assignee", "team", "service", "ci", "category", "known_error", "workaround",
    "recurrence_count", "opened_at", "updated_at", "proposed_at", "fixed_at", "window_days", "review_at",
    "resolved_at", "closed_at", "closure", "external_id", "resumes_at",
)  # fmt: skip
DEFAULT_SORT = (Sort("prio"), Sort("created"))
LINKED_MOST = 100
"""How many linked tickets a problem's record names, the newest."""
STANDS = or_(col(Problem.closure).is_(None), col(Problem.closure) == Closure.RISK_ACCEPTED)
"""The condition on known errors that tickets show: until the problem is gone, or is another's."""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in a list or as a card; equal rows look alike."""

    key: int
    version: int
    status: ProblemStatus
    is_open: bool
    summary: str
    source: Source
    priority: int | None
    impact: int | None
    urgency: int | None
    assignee: str | None
    """The owner."""
    team: str | None
    service: str | None
    ci: str | None
    category: str | None
    known_error: bool
    has_workaround: bool
    recurrence_count: int
    opened_at: datetime
    updated_at: datetime
    proposed_at: datetime | None
    window_ends_at: datetime | None
    """When its effect is known at the latest; None while nothing is watched."""
    review_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    closure: Closure | None
    resumes_at: datetime | None
    """Until then it rests."""
    linked: int
    """Tickets that it causes."""
    linked_open: int
    """Those of them that somebody still has work with."""
    tags: tuple[str, ...]
    starred: bool
    """Whether the reader starred it."""

    @property
    def number(self) -> str:
        """The problem's number as people say it."""
        return rules.number_of(self.key)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A corrective action."""

    id: int
    version: int
    type: ActionType
    summary: str
    assignee: str
    due_at: datetime
    change: str | None
    change_status: str | None
    """Where the change stands; None where there is none or nobody knows it."""
    done_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A ticket that a problem causes."""

    key: int
    number: str
    status: Status
    is_open: bool
    priority: int
    summary: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Verification:
    """How a fix is verified, and what is known of its effect."""

    metric: Metric
    plan: Plan
    effect: Effect
    count: int
    """Matching incidents since the fix."""
    chart: Chart
    accepted: bool
    """Whether a person accepted the effect."""


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A problem with everything around it."""

    row: ProblemRow
    description: str
    root_cause: str
    symptom: str
    workaround: str
    article: str
    metric: Metric | None
    baseline: int | None
    window_days: int | None
    threshold: int | None
    fixed_at: datetime | None
    review: str
    closing_reason: str
    approver: str | None
    duplicate_of: str
    """The number of the problem that it is a duplicate of, empty where it is none."""
    imported_from: str | None
    """The system that it comes from; None for one that was opened here."""
    external_id: str | None
    """Its number there."""
    teams: tuple[str, ...]
    """Those that analyse it together."""
    watchers: tuple[str, ...]
    causes: tuple[Cause, ...]
    actions: tuple[ActionRow, ...]
    tickets: tuple[LinkedTicket, ...]
    """The newest of those that it causes, at most `LINKED_MOST`."""
    waiting: tuple[str, ...]
    """Numbers of the tickets on hold for it, which resolving it offers to resolve."""
    gates: Mapping[ProblemStatus, tuple[Ask, ...]]
    """Where a card may be carried → what the gate still asks for."""
    verification: Verification | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class KnownError:
    """A known error that matches a ticket."""

    number: str
    summary: str
    symptom: str
    workaround: str
    reasons: frozenset[Reason]
    weight: int


def listed(desk: Desk, query: Query, *, by: str) -> tuple[ProblemRow, ...]:
    """Return the problems that a filter takes, in its order; without one the most urgent come first."""
    with desk.look(by) as look:
        return taken(look, query)


def taken(look: Look, query: Query, *which: ColumnElement[bool]) -> tuple[ProblemRow, ...]:
    """Return the problems that a filter takes; few enough for the pure predicate to look at each.

    Args:
        which: what the database leaves out beforehand.
    """
    found = look.connection.execute(
        select(*(PROBLEM.c[name] for name in LISTED)).where(visible(look.actor, Problem), *which)
    ).mappings()
    zone = look.now.astimezone().tzinfo or UTC
    context = Context(look.actor.login, look.now, look.actor.teams, zone)
    marked = problem_marks.marks(look)
    rows = [
        row
        for row in map(dict, found)
        if matches(query.condition, {**facts(row), **marked.get(row["id"], {})}, context)
    ]
    for step in reversed(query.sort or DEFAULT_SORT):
        fact = "id" if step.field == "id" else FIELDS[step.field].fact
        rows.sort(key=lambda row: _place(row.get(fact)), reverse=step.descending)
    counts = linked_counts(look, *which)
    return tuple(
        _row_of(row, *counts.get(row["id"], (0, 0)), **_own(marked.get(row["id"], {}))) for row in rows
    )


def _own(marks: Mapping[str, Any]) -> dict[str, Any]:
    return {"tags": tuple(sorted(marks.get("tags", ()))), "starred": bool(marks.get("starred"))}


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what filters ask of a problem."""
    told = (
        rules.number_of(row["id"]),
        row["external_id"],
        row["summary"],
        row["description"],
        row["workaround"],
    )
    return {**row, "kind": "problem", "words": tokens(" ".join(filter(None, told)))}


def _place(value: Any) -> tuple[bool, Any]:
    """Return what a value sorts by; nothing goes last."""
    return value is None, value


def linked_counts(look: Look, *which: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """Return how many tickets each of these problems causes, and how many of them are open."""
    counts: Any = (
        select(
            col(Link.target_problem_id),
            func.count(),
            func.count().filter(col(Ticket.is_open)),
        )
        .join(Ticket, col(Ticket.id) == col(Link.ticket_id))
        .where(
            col(Link.target_problem_id).in_(select(PROBLEM.c.id).where(*which)),
            col(Link.kind) == LinkKind.CAUSED_BY,
            visible(look.actor),
        )
        .group_by(col(Link.target_problem_id))
    )
    return {key: (total, still_open) for key, total, still_open in look.connection.execute(counts)}


def _row_of(
    row: Mapping[str, Any], linked: int, linked_open: int, *, tags: tuple[str, ...], starred: bool
) -> ProblemRow:
    watched = row["fixed_at"] is not None and row["window_days"] is not None
    return ProblemRow(
        key=row["id"],
        has_workaround=bool(row["workaround"]),
        window_ends_at=row["fixed_at"] + timedelta(days=row["window_days"]) if watched else None,
        linked=linked,
        linked_open=linked_open,
        tags=tags,
        starred=starred,
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_TURNED = frozenset({"id", "description", "workaround", "fixed_at", "window_days", "external_id"})
_AS_THEY_ARE = tuple(name for name in LISTED if name not in _TURNED)


def record(desk: Desk, number: str, *, by: str) -> ProblemRecord:
    """Return a problem with everything around it.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        found = _stored(look, number)
        key, connection = found.id, look.connection
        row = _row_of(
            found._mapping,
            *_counts_of(look, key),
            tags=problem_marks.tags(look, key),
            starred=key in problem_marks.starred(look),
        )
        case = stored.case_of(connection, found)
        watchers = select(col(ProblemWatcher.login)).where(col(ProblemWatcher.problem_id) == key)
        return ProblemRecord(
            row=row,
            duplicate_of=rules.number_of(found.duplicate_of_id) if found.duplicate_of_id else "",
            teams=stored.teams_of(connection, key),
            watchers=tuple(connection.execute(watchers.order_by(col(ProblemWatcher.login))).scalars()),
            causes=tuple(line.cause for line in rca.lines(stored.causes_of(connection, key))),
            actions=_actions(look, key),
            tickets=linked_tickets(connection, stored.linked(key), visible(look.actor)),
            waiting=stored.waiting_tickets(connection, look.actor, row.number),
            gates={after: rules.missing(case, row.status, after) for after in rules.FOLLOWS[row.status]},
            verification=_verification(look, found),
            read_at=look.now,
            **{name: getattr(found, name) for name in _PLAIN},
        )


_PLAIN = (
    "description", "root_cause", "symptom", "workaround", "article", "metric", "baseline", "window_days",
    "threshold", "fixed_at", "review", "closing_reason", "approver", "imported_from", "external_id",
)  # fmt: skip


def causes(desk: Desk, number: str, *, by: str) -> tuple[Cause, ...]:
    """Return a problem's causes, those of the tree in its order; `rca.lines` and `rca.bones` draw them.

    Raises:
        NotFound: there is no such problem, or none that the asker may see.
    """
    with desk.look(by) as look:
        key = _stored(look, number).id
        return tuple(line.cause for line in rca.lines(stored.causes_of(look.connection, key)))


def ledger(desk: Desk, number: str, *, by: str) -> tuple[Entry, ...]:
    """Return every event of a problem, its causes and its actions, oldest first.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        key = _stored(look, number).id
        own = and_(EVENT.c.subject_type == "problem", EVENT.c.subject_id == key)
        nodes = select(col(CauseRow.id)).where(col(CauseRow.problem_id) == key)
        actions = select(col(CorrectiveAction.id)).where(col(CorrectiveAction.problem_id) == key)
        on_nodes = and_(EVENT.c.subject_type == "cause", EVENT.c.subject_id.in_(nodes))
        on_actions = and_(EVENT.c.subject_type == "action", EVENT.c.subject_id.in_(actions))
        rows = look.connection.execute(
            HISTORY.where(or_(own, on_nodes, on_actions)).order_by(EVENT.c.at, EVENT.c.id)
        )
        return tuple(entry_of(*row) for row in rows)


def audience(desk: Desk, number: str, *, by: str) -> tuple[str, ...]:
    """Return the open tickets that a workaround would be sent to: the preview with its count."""
    with desk.look(by) as look:
        _stored(look, number)
        return stored.audience(look.connection, look.actor, number)


def known_errors_for(desk: Desk, ticket: str, *, by: str, most: int = 5) -> tuple[KnownError, ...]:
    """Return the known errors that match a ticket, the best match first.

    Raises:
        NotFound: there is no such ticket, or none that the asker may see.
    """
    with desk.look(by) as look:
        found: Any = look.connection.execute(
            select(
                col(Ticket.service), col(Ticket.ci), col(Ticket.category), col(Ticket.summary),
                col(Ticket.description),
            ).where(col(Ticket.id) == key_of(ticket), visible(look.actor))
        ).first()  # fmt: skip
        if found is None:
            raise NotFound(what=ticket)
        errors: Any = look.connection.execute(
            select(PROBLEM).where(col(Problem.known_error), STANDS, visible(look.actor, Problem))
        ).all()
    signed = _sign(found, f"{found.summary} {found.description}")
    matched = []
    for error in errors:
        fits = known_error.match(signed, _sign(error, f"{error.summary} {error.symptom}"))
        if fits is not None:
            matched.append(
                KnownError(
                    rules.number_of(error.id),
                    error.summary,
                    error.symptom,
                    error.workaround,
                    fits.reasons,
                    fits.weight,
                )
            )
    return tuple(sorted(matched, key=lambda each: -each.weight)[:most])


def _stored(look: Look, number: str) -> Any:
    """Return the columns of a problem that the asker may see.

    Raises:
        NotFound: there is none.
    """
    found = look.connection.execute(
        select(PROBLEM).where(col(Problem.id) == rules.key_of(number), visible(look.actor, Problem))
    ).first()
    if found is None:
        raise NotFound(what=number)
    return found


def _counts_of(look: Look, key: int) -> tuple[int, int]:
    counts: Any = select(func.count(), func.count().filter(col(Ticket.is_open)))
    row = look.connection.execute(
        counts.select_from(Ticket).where(stored.linked(key), visible(look.actor))
    ).one()
    return row[0], row[1]


def _actions(look: Look, key: int) -> tuple[ActionRow, ...]:
    rows: Any = look.connection.execute(
        select(table(CorrectiveAction))
        .where(col(CorrectiveAction.problem_id) == key, not_(col(CorrectiveAction.dropped)))
        .order_by(col(CorrectiveAction.due_at), col(CorrectiveAction.id))
    )
    return tuple(
        ActionRow(
            row.id,
            row.version,
            row.type,
            row.summary,
            row.assignee,
            row.due_at,
            row.change,
            stored.change_status(look.connection, row.change) if row.change else None,
            row.done_at,
            row.done_at is None and row.due_at < look.now,
        )
        for row in rows
    )


def linked_tickets(connection: Connection, *conditions: Any) -> tuple[LinkedTicket, ...]:
    """Return the newest tickets that meet some conditions, at most `LINKED_MOST`."""
    rows: Any = connection.execute(
        select(
            col(Ticket.id), col(Ticket.kind), col(Ticket.status), col(Ticket.is_open), col(Ticket.priority),
            col(Ticket.summary), col(Ticket.opened_at),
        )
        .where(*conditions)
        .order_by(col(Ticket.id).desc())
        .limit(LINKED_MOST)
    )  # fmt: skip
    return tuple(
        LinkedTicket(
            row.id,
            number_of(row.kind, row.id),
            row.status,
            row.is_open,
            row.priority,
            row.summary,
            row.opened_at,
        )
        for row in rows
    )


def plan_of(row: Any) -> Plan | None:
    """Return how a problem's fix is verified, None before it is."""
    if None in (row.fixed_at, row.window_days, row.threshold, row.baseline):
        return None
    return Plan(row.fixed_at, timedelta(days=row.window_days), row.threshold, row.baseline)


def _verification(look: Look, row: Any) -> Verification | None:
    plan = plan_of(row)
    if plan is None or row.metric is None:
        return None
    incidents = stored.incidents(look.connection, row, since=plan.fixed_at - plan.window)
    since = [at for at in incidents if at >= plan.fixed_at]
    judge = verification.effect if row.status is ProblemStatus.CLOSED else verification.verdict
    return Verification(
        row.metric,
        plan,
        judge(plan, since, look.now),
        len(since),
        verification.chart(plan, incidents, look.now),
        row.status in (ProblemStatus.RESOLVED, ProblemStatus.CLOSED),
    )


def _sign(row: Any, text: str) -> known_error.Sign:
    return known_error.sign(service=row.service, ci=row.ci, category=row.category, text=text)
