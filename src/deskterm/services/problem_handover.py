"""What a duplicate hands over to the problem that it is about: everything that hangs on it."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import rca
from deskterm.services.journal import changes_of
from deskterm.services.problem_journal import concerned, key, number_of
from deskterm.storage import problems as stored
from deskterm.storage.tables import CauseRow, CorrectiveAction, Link, Problem, ProblemWatcher

KNOWN = ("known_error", "known_error_at", "symptom", "workaround", "article")


def hand_over(tx: Transaction, problem: Problem, target: Problem) -> dict[str, Any]:
    """Move what hangs on a problem to another, and return what the events say of that."""
    _watchers(tx, problem, target)
    told = {
        "tickets": _tickets(tx, problem, target),
        "causes": _causes(tx, problem, target),
        "actions": _actions(tx, problem, target),
    }
    if problem.known_error and not target.known_error:
        for name in KNOWN:
            setattr(target, name, getattr(problem, name))
    return told


def _tickets(tx: Transaction, problem: Problem, target: Problem) -> list[str]:
    """Move the tickets, and return their numbers."""
    moved = []
    rows = tx.session.exec(select(Link).where(col(Link.target_problem_id) == key(problem))).all()
    for row in rows:
        tx.session.delete(row)
        if tx.session.get(Link, (row.source, row.kind, number_of(target))) is None:
            tx.session.add(
                Link(
                    source=row.source,
                    kind=row.kind,
                    target=number_of(target),
                    ticket_id=row.ticket_id,
                    target_problem_id=target.id,
                )
            )
        if row.ticket_id is not None:
            tx.record("ticket", row.ticket_id, "ticket.unlinked", link=row.kind, other=row.target)
            tx.record("ticket", row.ticket_id, "ticket.linked", link=row.kind, other=number_of(target))
        moved.append(row.source)
    return moved


def _causes(tx: Transaction, problem: Problem, target: Problem) -> int:
    """Put the causes after those of the other, and return how many stand there."""
    theirs = stored.causes_of(tx.connection, key(target))
    offset = rca.last_below(theirs, None).place
    rows = tx.session.exec(select(CauseRow).where(col(CauseRow.problem_id) == key(problem))).all()
    lowest = min((row.place for row in rows if row.parent_id is None), default=0.0)
    for row in rows:
        row.problem_id = key(target)
        if row.parent_id is None:
            row.place += offset - lowest
        changes = changes_of(row)
        if changes and row.id is not None:
            row.version += 1
            tx.record(
                "cause",
                row.id,
                "cause.moved",
                changes=changes,
                problem=number_of(target),
                version=row.version,
            )
        tx.session.add(row)
    return sum(not row.removed for row in rows)


def _actions(tx: Transaction, problem: Problem, target: Problem) -> int:
    """Move the corrective actions, and return how many stand."""
    own = select(CorrectiveAction).where(col(CorrectiveAction.problem_id) == key(problem))
    rows = tx.session.exec(own).all()
    for row in rows:
        row.problem_id = key(target)
        tx.session.add(row)
    return sum(not row.dropped for row in rows)


def _watchers(tx: Transaction, problem: Problem, target: Problem) -> None:
    for login in concerned(tx, problem):
        if tx.session.get(ProblemWatcher, (key(target), login)) is None:
            tx.session.add(ProblemWatcher(problem_id=key(target), login=login))
