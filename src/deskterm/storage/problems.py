"""What hangs on a problem, asked alike by services and reads: its case, causes, incidents, linked tickets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select, true
from sqlmodel import col

from deskterm.domain.ledger import replay
from deskterm.domain.people import Actor
from deskterm.domain.problem import Case, Metric, key_of, number_of
from deskterm.domain.rca import Cause, confirmed_chain
from deskterm.domain.ticket import HoldReason, LinkKind, Status
from deskterm.domain.ticket import number_of as ticket_number
from deskterm.storage.candidates import COUNTS
from deskterm.storage.chain import history
from deskterm.storage.tables import CauseRow, CorrectiveAction, Link, ProblemTeam, Ticket
from deskterm.storage.visible import visible

CARRIED_OUT = "closed"
"""The state of a change that an action no longer waits for."""
URGENT = 2
"""The lowest priority that counts as urgent."""

CAUSES: Any = select(
    col(CauseRow.id), col(CauseRow.parent_id), col(CauseRow.place), col(CauseRow.statement),
    col(CauseRow.evidence), col(CauseRow.verdict), col(CauseRow.root), col(CauseRow.branch),
    col(CauseRow.version),
).where(not_(col(CauseRow.removed)))  # fmt: skip
"""The fields of `Cause`, in their order."""


def causes_of(connection: Connection, key: int) -> list[Cause]:
    """Return the causes of a problem that were not removed; what hangs on a removed one is among them."""
    return [Cause(*row) for row in connection.execute(CAUSES.where(col(CauseRow.problem_id) == key))]


def case_of(connection: Connection, problem: Any) -> Case:
    """Return what the gates look at.

    Args:
        problem: a `Problem`, or a row with its columns.
    """
    actions = connection.execute(
        select(col(CorrectiveAction.done_at), col(CorrectiveAction.change)).where(
            col(CorrectiveAction.problem_id) == problem.id, not_(col(CorrectiveAction.dropped))
        )
    ).all()
    tickets = connection.execute(
        select(func.count()).select_from(Link).where(col(Link.target_problem_id) == problem.id)
    ).scalar_one()
    return Case(
        number=number_of(problem.id),
        source=problem.source,
        linked_tickets=tickets,
        category=problem.category,
        service=problem.service,
        ci=problem.ci,
        priority=problem.priority,
        assignee=problem.assignee,
        teams=frozenset(teams_of(connection, problem.id)),
        root_cause=problem.root_cause,
        chain_confirmed=bool(confirmed_chain(causes_of(connection, problem.id))),
        actions=len(actions),
        open_actions=sum(action.done_at is None for action in actions),
        open_changes=tuple(open_changes(connection, {action.change for action in actions if action.change})),
        metric=problem.metric,
        baseline=problem.baseline,
        window=None if problem.window_days is None else timedelta(days=problem.window_days),
        threshold=problem.threshold,
        proposed_at=problem.proposed_at,
        review=problem.review,
    )


def teams_of(connection: Connection, key: int) -> tuple[str, ...]:
    """Return the teams that analyse a problem together."""
    team = col(ProblemTeam.team)
    found = select(team).where(col(ProblemTeam.problem_id) == key).order_by(team)
    return tuple(connection.execute(found).scalars())


def open_changes(connection: Connection, numbers: Iterable[str]) -> list[str]:
    """Return which of some changes were not carried out, as their ledgers say; an unknown one was not."""
    return [number for number in sorted(numbers) if change_status(connection, number) != CARRIED_OUT]


def change_status(connection: Connection, number: str) -> str | None:
    """Return where a change stands by its ledger, None for one that nobody knows."""
    digits = number.rpartition("-")[2]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        return None
    status: str | None = replay(history(connection, "change", int(digits))).get("status")
    return status


def linked(key: int) -> ColumnElement[bool]:
    """Return the condition on `ticket` of those that a problem causes."""
    found = select(col(Link.ticket_id)).where(
        col(Link.target_problem_id) == key, col(Link.kind) == LinkKind.CAUSED_BY
    )
    return col(Ticket.id).in_(found)


def audience(connection: Connection, actor: Actor, number: str) -> tuple[str, ...]:
    """Return the numbers of the open tickets that a problem causes, the oldest first."""
    return _numbers(connection, linked(key_of(number)), and_(col(Ticket.is_open)), visible(actor))


def waiting_tickets(connection: Connection, actor: Actor, number: str) -> tuple[str, ...]:
    """Return the numbers of the tickets that are on hold for a problem, the oldest first."""
    named = select(col(Link.ticket_id)).where(col(Link.target_problem_id) == key_of(number))
    return _numbers(
        connection,
        col(Ticket.id).in_(named),
        col(Ticket.status) == Status.ON_HOLD,
        col(Ticket.hold_reason) == HoldReason.PROBLEM,
        visible(actor),
    )


def _numbers(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[str, ...]:
    found: Any = select(col(Ticket.kind), col(Ticket.id)).where(*conditions).order_by(col(Ticket.id))
    return tuple(ticket_number(kind, key) for kind, key in connection.execute(found))


def matching(problem: Any) -> ColumnElement[bool]:
    """Return the condition on `ticket` of the incidents by which a problem's effect is measured.

    Those of its CI; without one, those of its service in its category and below. A metric may ask for
    the category alone.
    """
    heavy: dict[Metric | None, ColumnElement[bool]] = {
        Metric.MAJOR_INCIDENTS: and_(col(Ticket.major)),
        Metric.URGENT_INCIDENTS: col(Ticket.priority) <= URGENT,
    }
    return and_(_alike(problem), COUNTS, heavy.get(problem.metric, true()))


def _alike(problem: Any) -> ColumnElement[bool]:
    below = col(Ticket.category).startswith(f"{problem.category} / ", autoescape=True)
    of_category = or_(col(Ticket.category) == problem.category, below)
    if problem.metric is Metric.CATEGORY_INCIDENTS:
        return of_category if problem.category else false()
    if problem.ci:
        return and_(col(Ticket.ci) == problem.ci)
    if not problem.service:
        return false()
    of_service = col(Ticket.service) == problem.service
    return and_(of_service, of_category if problem.category else true())


def incidents(connection: Connection, problem: Any, *, since: datetime, after_id: int = 0) -> list[datetime]:
    """Return when the matching incidents since an instant opened, in order.

    Args:
        after_id: of those that opened at that very instant, a ticket before the first.
    """
    opened = col(Ticket.opened_at)
    later = or_(opened > since, col(Ticket.id) > after_id)
    found = select(opened).where(matching(problem), opened >= since, later)
    return list(connection.execute(found.order_by(opened)).scalars())
