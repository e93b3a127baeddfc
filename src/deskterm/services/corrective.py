"""Corrective actions: planned, carried out, and chased when they are late."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import inspect
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import GateNotMet, NotFound
from deskterm.domain.people import Role
from deskterm.i18n import N_
from deskterm.services import alarms, people
from deskterm.services.journal import changes_of
from deskterm.services.problem_drafts import ActionEdit, NewAction
from deskterm.services.problem_journal import concerned, key, number_of, take_open, tell
from deskterm.storage.problems import open_changes
from deskterm.storage.tables import CorrectiveAction, Problem, Timer

DUE = "action_due"
"""The timer of a corrective action."""
THRESHOLDS = {
    "soon": -timedelta(days=1),
    "due": timedelta(),
    "overdue": timedelta(days=3),
}
"""When an action that is not done alerts, counted from its due date; each once for each due date."""


@action("action.add")
def add(tx: Transaction, number: str, draft: NewAction, *, by: str) -> int:
    """Plan a corrective action, and return its id."""
    problem = take_open(tx, number)
    if not draft.summary:
        raise GateNotMet(N_("A corrective action needs a summary."), field="summary")
    people.worker(tx, draft.assignee)
    row = CorrectiveAction(problem_id=key(problem), **draft.model_dump())
    _record(tx, problem, row, "action.added")
    _chase(tx, row)
    tell(tx, problem, "action.added", [row.assignee], action=row.summary)
    return _key(row)


@action("action.edit")
def edit(tx: Transaction, number: str, action_id: int, given: ActionEdit, *, by: str) -> None:
    """Change a corrective action; one with a new due date alerts by that."""
    problem, row = _take(tx, number, action_id)
    if given.assignee is not None:
        people.worker(tx, given.assignee)
    before = row.assignee
    for field, value in given.model_dump(exclude_none=True).items():
        setattr(row, field, value)
    _record(tx, problem, row, "action.changed")
    _chase(tx, row)
    if row.assignee != before:
        tell(tx, problem, "action.added", [row.assignee], action=row.summary)


@action("action.finish")
def finish(tx: Transaction, number: str, action_id: int, *, by: str) -> None:
    """Say that a corrective action is done.

    Raises:
        GateNotMet: the change that carries it out is not closed.
    """
    problem, row = _take(tx, number, action_id)
    if row.change and open_changes(tx.connection, [row.change]):
        raise GateNotMet(
            N_("{change} is not closed yet; the action is done when it is."),
            field="change",
            change=row.change,
        )
    if row.done_at is None:
        row.done_at = tx.now
        _record(tx, problem, row, "action.finished")
        tell(tx, problem, "action.finished", concerned(tx, problem), action=row.summary)


@action("action.drop")
def drop(tx: Transaction, number: str, action_id: int, *, by: str) -> None:
    """Take a corrective action out of the plan; the ledger keeps it."""
    problem, row = _take(tx, number, action_id)
    row.dropped = True
    _record(tx, problem, row, "action.dropped")


def alert(tx: Transaction, timer: Timer) -> bool:
    """Tell an action's owner, and later who answers for the problem, unless it is done or moved."""
    row = tx.session.get_one(CorrectiveAction, timer.subject_id)
    threshold, _colon, due = timer.once.partition(":")
    if row.done_at is not None or row.dropped or row.due_at.isoformat() != due:
        return False
    problem = tx.session.exec(
        select(Problem).where(col(Problem.id) == row.problem_id).with_for_update()
    ).one()
    told = {row.assignee}
    if threshold != "soon":
        told |= {problem.assignee} if problem.assignee else set()
    if threshold == "overdue":
        told |= set(people.with_role(tx, Role.PROBLEM_MANAGER))
    summary, urgent = row.summary, threshold != "soon"
    tx.record(
        "problem", key(problem), "action.alerted", told=sorted(told), action=summary, threshold=threshold
    )
    tell(tx, problem, "action.alerted", told, urgent=urgent, action=summary, threshold=threshold)
    return True


def _take(tx: Transaction, number: str, action_id: int) -> tuple[Problem, CorrectiveAction]:
    problem = take_open(tx, number)
    row = tx.session.get(CorrectiveAction, action_id)
    if row is None or row.problem_id != problem.id or row.dropped:
        raise NotFound(what=f"action {action_id}")
    return problem, row


def _chase(tx: Transaction, row: CorrectiveAction) -> None:
    """Set an alert for every threshold that is still ahead."""
    for threshold, away in THRESHOLDS.items():
        if row.due_at + away > tx.now:
            once = f"{threshold}:{row.due_at.isoformat()}"
            alarms.arm(tx, "action", _key(row), DUE, row.due_at + away, once=once)


def _record(tx: Transaction, problem: Problem, row: CorrectiveAction, kind: str) -> None:
    changes = changes_of(row)
    if changes and inspect(row).persistent:
        row.version += 1
    tx.session.add(row)
    tx.session.flush()
    tx.record("action", _key(row), kind, changes=changes, problem=number_of(problem))
    problem.updated_at = tx.now
    tx.session.add(problem)


def _key(row: CorrectiveAction) -> int:
    assert row.id is not None, "a flushed row has its id"
    return row.id
