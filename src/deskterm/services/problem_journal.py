"""How a change of a problem is written down, and who hears of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect
from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import problem as rules
from deskterm.domain.ledger import Entry
from deskterm.domain.people import Role
from deskterm.services import people
from deskterm.services.journal import changes_of
from deskterm.storage import problems as stored
from deskterm.storage.tables import Notification, Problem, ProblemWatcher


def take(tx: Transaction, number: str, *, seen: int | None = None) -> Problem:
    """Lock and return a problem that the actor may see.

    Raises:
        NotFound: there is none, or none that the actor may see.
        Conflict: it has changed since.
    """
    return tx.lock(Problem, rules.key_of(number), number, seen=seen)


def take_open(tx: Transaction, number: str, *, seen: int | None = None) -> Problem:
    """Lock and return a problem that was not closed.

    Raises:
        IllegalMove: it was.
    """
    problem = take(tx, number, seen=seen)
    rules.still_going(number_of(problem), problem.status)
    return problem


def key(problem: Problem) -> int:
    """Return a stored problem's integer."""
    assert problem.id is not None, "a problem has its number before anything else"
    return problem.id


def number_of(problem: Problem) -> str:
    """Return a problem's number as people say it."""
    return rules.number_of(key(problem))


def record(tx: Transaction, problem: Problem, kind: str, **details: Any) -> Entry:
    """Write down what was done to a problem; the version rises where a form could overwrite it."""
    changes = changes_of(problem)
    problem.is_open = problem.status in rules.OPEN
    problem.updated_at = tx.now
    if changes and inspect(problem).persistent:
        problem.version += 1
    entry = tx.record("problem", key(problem), kind, changes=changes, **details)
    tx.session.add(problem)
    tx.session.flush()
    return entry


def tell(
    tx: Transaction,
    problem: Problem,
    kind: str,
    logins: Iterable[str],
    *,
    urgent: bool = False,
    **details: Any,
) -> None:
    """Notify agents of something about a problem, all but whoever did it."""
    text = json.dumps(
        {"number": number_of(problem), "summary": problem.summary, "by": tx.by, **details}, sort_keys=True
    )
    for login in sorted(set(logins) - {tx.by}):
        tx.session.add(Notification(login=login, kind=kind, details=text, urgent=urgent, at=tx.now))


def concerned(tx: Transaction, problem: Problem) -> set[str]:
    """Return whom a problem's news concern: its owner and its watchers."""
    watching = tx.session.exec(
        select(ProblemWatcher.login).where(col(ProblemWatcher.problem_id) == key(problem))
    )
    return {*watching, *([problem.assignee] if problem.assignee else [])}


def answerable(tx: Transaction, problem: Problem) -> list[str]:
    """Return who has to act on a problem: its owner, or the problem managers while it has none."""
    return [problem.assignee] if problem.assignee else people.with_role(tx, Role.PROBLEM_MANAGER)


def case_of(tx: Transaction, problem: Problem) -> rules.Case:
    """Return what the gates look at, with the problem's fields as this transaction has them."""
    return stored.case_of(tx.connection, problem)
