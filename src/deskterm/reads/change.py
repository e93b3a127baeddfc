"""One change with everything around it: plans, approvals, run sheet, checks, incidents, what is missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import change as rules
from deskterm.domain import ticket as tickets
from deskterm.domain.approval import Delegation, Tally, Verdict, votes_of
from deskterm.domain.calendar import Conflict, Span, sentence
from deskterm.domain.change import ChangeKind, ChangeStatus, CheckKind, Step, StepState
from deskterm.domain.errors import GateNotMet, NotFound
from deskterm.domain.ledger import Entry
from deskterm.domain.risk import Assessment, Questionnaire, assess
from deskterm.domain.standard import Standard
from deskterm.reads import change_marks
from deskterm.reads.changes import CHANGE, LISTED, ChangeRow, row_of
from deskterm.storage import bookings
from deskterm.storage.chain import history
from deskterm.storage.incidents import caused_incidents, hidden_incidents, new_incidents
from deskterm.storage.tables import (
    Change,
    ChangeApproval,
    ChangeCheck,
    ChangeIncident,
    ChangeItem,
    ChangeOrder,
    ChangeStep,
    ChangeVote,
    ChangeWord,
    DelegationRow,
    Link,
    Ticket,
)
from deskterm.storage.types import table
from deskterm.storage.visible import visible


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a run sheet."""

    id: int
    version: int
    rollback: bool
    summary: str
    owner: str | None
    starts_at: datetime | None
    minutes: int
    state: StepState
    note: str
    by: str | None
    began_at: datetime | None
    ended_at: datetime | None
    confirmed: bool
    """Whether its owner has given their word."""

    def elapsed(self, now: datetime) -> timedelta | None:
        """Return how long it took, or has taken so far; None before it began."""
        return None if self.began_at is None else (self.ended_at or now) - self.began_at


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One vote."""

    login: str
    granted: bool | None
    by: str | None
    at: datetime | None
    comment: str


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier's decision, as it stands."""

    id: int
    name: str
    verdict: Verdict
    tally: Tally
    asked_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    votes: tuple[VoteRow, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check after the implementation."""

    kind: CheckKind
    summary: str
    passed: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident that came up after a change."""

    number: str
    summary: str
    opened_at: datetime
    caused: bool | None
    """None until somebody judged it."""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change with everything around it."""

    row: ChangeRow
    fields: Mapping[str, Any]
    """Every other column of the change: purpose, plans, lessons, stability, broken glass."""
    answers: Mapping[str, str]
    questions: Questionnaire
    items: tuple[str, ...]
    """Further configuration items."""
    after: tuple[str, ...]
    """Changes that must end first."""
    steps: tuple[StepRow, ...]
    tiers: tuple[TierRow, ...]
    """In the order in which they are asked, earlier rounds first."""
    checks: tuple[CheckRow, ...]
    incidents: tuple[IncidentRow, ...]
    tags: tuple[str, ...]
    watchers: tuple[str, ...]
    is_starred: bool
    """Whether the reader starred it."""
    links: tuple[str, ...]
    """Numbers of the records that are linked to it."""
    spans: tuple[Span, ...]
    """The maintenance windows and freezes over its place that are for what it alters."""
    conflicts: tuple[Conflict, ...]
    """At its window, or now where somebody asked to break the glass."""
    assessment: Assessment
    missing: str
    """What the gate out of its state asks for first; empty when it may go on."""
    point_of_no_return: datetime | None
    my_votes: tuple[str, ...]
    """In whose name the reader may vote now, their own first."""
    log: tuple[Entry, ...]
    """The ledger, oldest first."""
    read_at: datetime

    @property
    def sheet(self) -> tuple[StepRow, ...]:
        """The steps that are being worked: those that take it back once it is rolled back."""
        return tuple(step for step in self.steps if step.rollback is self.row.rolling_back)


def record(desk: Desk, number: str, *, by: str) -> ChangeRecord:
    """Return one change.

    Raises:
        NotFound: there is none, or none that the reader may see.
    """
    key = rules.key_of(number)
    with desk.look(by) as look:
        found = (
            look.connection.execute(select(CHANGE).where(CHANGE.c.id == key, visible(look.actor, Change)))
            .mappings()
            .first()
        )
        if found is None:
            raise NotFound(what=number)
        return _record(look, key, dict(found))


def _record(look: Look, key: int, found: Mapping[str, Any]) -> ChangeRecord:
    row = row_of(found)
    standard = look.desk.standard(look.connection)
    answers = json.loads(found["answers"])
    asked = row.kind is ChangeKind.NORMAL or answers
    questions = standard.changes.questionnaire if asked else Questionnaire()
    steps, tiers = _steps(look, key), _tiers(look, key)
    conflicts: tuple[Conflict, ...] = ()
    if row.status in rules.PLANNING:
        at_once = look.now if found["glass_by"] is not None else None
        conflicts = bookings.in_the_way(look.connection, standard, key, at_once)
    assessment = assess(standard.changes.risk_rules, questions, found, answers)
    checks = _checks(look, key)
    incidents = _incidents(look, key)
    asked_for = _gate_facts(look, row, found, assessment, tiers, steps, conflicts, checks, incidents)
    return ChangeRecord(
        row=row,
        fields={name: value for name, value in found.items() if name not in LISTED and name != "answers"}
        | {"description": found["description"]},
        answers=answers,
        questions=questions,
        items=_column(look, select(col(ChangeItem.ci)).where(col(ChangeItem.change_id) == key)),
        after=tuple(
            rules.number_of(each)
            for each in _column(
                look, select(col(ChangeOrder.after_id)).where(col(ChangeOrder.change_id) == key)
            )
        ),
        steps=steps,
        tiers=tiers,
        checks=checks,
        incidents=incidents,
        tags=change_marks.tags(look, key),
        watchers=change_marks.watchers(look, key),
        is_starred=key in change_marks.starred(look),
        links=_links(look, row.number),
        spans=_spans(look, standard, key),
        conflicts=conflicts,
        assessment=assessment,
        missing=_missing(asked_for, row.status, look.now),
        point_of_no_return=_point_of_no_return(row, steps),
        my_votes=_my_votes(look, row, tiers),
        log=tuple(history(look.connection, "change", key)),
        read_at=look.now,
    )


def _column(look: Look, statement: Any) -> tuple[Any, ...]:
    return tuple(sorted(look.connection.execute(statement).scalars()))


def _steps(look: Look, key: int) -> tuple[StepRow, ...]:
    words = set(
        look.connection.execute(
            select(col(ChangeWord.login)).where(col(ChangeWord.change_id) == key)
        ).scalars()
    )
    step = table(ChangeStep)
    rows = look.connection.execute(
        select(step).where(step.c.change_id == key).order_by(step.c.rollback, step.c.place)
    )
    return tuple(
        StepRow(
            row.id, row.version, row.rollback, row.summary, row.owner, row.starts_at, row.minutes, row.state,
            row.note, row.by, row.began_at, row.ended_at, row.owner in words,
        )
        for row in rows
    )  # fmt: skip


def _tiers(look: Look, key: int) -> tuple[TierRow, ...]:
    approval, vote = table(ChangeApproval), table(ChangeVote)
    votes: dict[int, list[VoteRow]] = {}
    for row in look.connection.execute(
        select(vote)
        .join(approval, approval.c.id == vote.c.approval_id)
        .where(approval.c.change_id == key)
        .order_by(vote.c.login)
    ):
        votes.setdefault(row.approval_id, []).append(
            VoteRow(row.login, row.granted, row.by, row.at, row.comment)
        )
    return tuple(
        TierRow(
            row.id, row.name, row.verdict, tally_of(row.percent, votes.get(row.id, [])), row.asked_at,
            row.due_at, row.decided_at, tuple(votes.get(row.id, ())),
        )
        for row in look.connection.execute(
            select(approval).where(approval.c.change_id == key).order_by(approval.c.id)
        )
    )  # fmt: skip


def tally_of(percent: int, votes: Sequence[VoteRow]) -> Tally:
    """Return what votes come to."""
    given = Counter(vote.granted for vote in votes)
    return Tally(percent, len(votes), yes=given[True], no=given[False])


def _checks(look: Look, key: int) -> tuple[CheckRow, ...]:
    check = table(ChangeCheck)
    rows = look.connection.execute(select(check).where(check.c.change_id == key).order_by(check.c.id))
    return tuple(CheckRow(row.kind, row.summary, row.passed, row.by, row.at) for row in rows)


def _incidents(look: Look, key: int) -> tuple[IncidentRow, ...]:
    judged = look.connection.execute(
        select(
            col(Ticket.kind),
            col(Ticket.id),
            col(Ticket.summary),
            col(Ticket.opened_at),
            col(ChangeIncident.caused),
        )
        .join(ChangeIncident, col(ChangeIncident.ticket_id) == col(Ticket.id))
        .where(col(ChangeIncident.change_id) == key, visible(look.actor))
        .order_by(col(Ticket.id))
    ).all()
    fresh = new_incidents(look.connection, key, look.actor)
    return tuple(
        IncidentRow(
            tickets.number_of(row.kind, row.id), row.summary, row.opened_at, getattr(row, "caused", None)
        )
        for row in (*fresh, *judged)
    )


def _links(look: Look, number: str) -> tuple[str, ...]:
    return _column(look, select(col(Link.source)).where(col(Link.target) == number))


def _my_votes(look: Look, row: ChangeRow, tiers: Sequence[TierRow]) -> tuple[str, ...]:
    pending = next((tier for tier in tiers if tier.verdict is Verdict.PENDING), None)
    if pending is None:
        return ()
    waiting = [vote.login for vote in pending.votes if vote.granted is None]
    return votes_of(look.actor.login, waiting, delegations(look), {row.requester, row.assignee}, look.now)


def delegations(look: Look) -> list[Delegation]:
    """Return the delegations in force to whoever looks."""
    row = table(DelegationRow)
    found = look.connection.execute(
        select(row).where(
            row.c.delegate == look.actor.login, row.c.starts_at <= look.now, row.c.ends_at > look.now
        )
    )
    return [Delegation(each.login, each.delegate, each.starts_at, each.ends_at) for each in found]


def _spans(look: Look, standard: Standard, key: int) -> tuple[Span, ...]:
    place = bookings.booking(look.connection, key)
    if place is None:
        return ()
    over = bookings.spans_of(look.connection, standard, place.start, place.end)
    return tuple(span for span in over if not span.services or not span.services.isdisjoint(place.services))


def _gate_facts(
    look: Look,
    row: ChangeRow,
    found: Mapping[str, Any],
    assessment: Assessment,
    tiers: Sequence[TierRow],
    steps: Sequence[StepRow],
    conflicts: Sequence[Conflict],
    checks: Sequence[CheckRow],
    incidents: Sequence[IncidentRow],
) -> rules.Facts:
    texts = (
        "purpose", "description", "implementation_plan", "risks", "rollback_plan", "necessity", "feasibility",
        "resources", "test_plan", "lessons", "stable_until",
    )  # fmt: skip
    waiting = [tier.name for tier in tiers if tier.verdict in (Verdict.WAITING, Verdict.PENDING)]
    return rules.Facts(
        number=row.number,
        kind=row.kind,
        service=row.service,
        ci=row.ci,
        risk=row.risk,
        unanswered=len(assessment.unanswered),
        pending_tier=waiting[0] if waiting else "",
        planned_start=row.planned_start,
        planned_end=row.planned_end,
        steps=tuple(_step_value(step) for step in steps),
        unconfirmed=tuple(sorted({step.owner for step in steps if step.owner and not step.confirmed})),
        hard_conflicts=tuple(sentence(conflict) for conflict in conflicts if conflict.hard),
        glass_broken=found["glass_second"] is not None,
        rolling_back=row.rolling_back,
        checks=frozenset(check.kind for check in checks),
        failed_checks=sum(not check.passed for check in checks),
        unjudged=tuple(each.number for each in incidents if each.caused is None),
        hidden=hidden_incidents(look.connection, row.key, look.actor),
        caused=tuple(
            tickets.number_of(each.kind, each.id) for each in caused_incidents(look.connection, row.key)
        ),
        outcome=row.outcome,
        **{name: found[name] for name in texts},
    )


def _missing(facts: rules.Facts, status: ChangeStatus, now: datetime) -> str:
    try:
        rules.leave(facts, status, now)
    except GateNotMet as refusal:
        return str(refusal)
    return ""


def _step_value(step: StepRow) -> Step:
    lasts = timedelta(minutes=step.minutes)
    return Step(step.summary, step.owner, step.starts_at, lasts, step.state, step.rollback)


def _point_of_no_return(row: ChangeRow, steps: Sequence[StepRow]) -> datetime | None:
    if row.planned_end is None:
        return None
    return rules.point_of_no_return(row.planned_end, [_step_value(step) for step in steps if step.rollback])
