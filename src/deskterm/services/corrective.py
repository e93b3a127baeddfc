"""Corrective actions: planned, carried out, and chased when they are late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import GateNotMet, NotFound
from deskterm.domain.people import Role
from deskterm.domain.problem import ProblemStatus
from deskterm.i18n import N_
from deskterm.services import alarms, effect, link_rows, people
from deskterm.services.journal import changes_of
from deskterm.services.problem_drafts import ActionEdit, NewAction
from deskterm.services.problem_journal import concerned, key, number_of, take_open, tell
from deskterm.storage.problems import CARRIED_OUT, change_status
from deskterm.storage.tables import CorrectiveAction, Problem, Timer

DUE = "action_due"
"""The timer of a corrective action."""
NOT_CLOSED = N_("{change} is not closed yet; the action is done when it is.")
CANCELLED = N_("{change} was cancelled and carries nothing out; name another change, or none.")


@action("action.add")
def add(tx: Transaction, number: str, draft: NewAction, *, by: str) -> int:
    """Plan a corrective action, and return its id."""
    problem = take_open(tx, number)
    if not draft.summary:
        raise GateNotMet(N_("A corrective action needs a summary."), field="summary")
    people.worker(tx, draft.assignee)
    _may_plan(tx, due_at=draft.due_at, change=draft.change)
    row = CorrectiveAction(problem_id=key(problem), **draft.model_dump())
    record(tx, problem, row, "action.added")
    chase(tx, row)
    tell(tx, problem, "action.added", [row.assignee], action=row.summary)
    return key_of(row)


@action("action.edit")
def edit(tx: Transaction, number: str, action_id: int, given: ActionEdit, *, by: str) -> None:
    """Change a corrective action; one with a new due date alerts by that."""
    problem, row = _take(tx, number, action_id)
    if given.assignee is not None:
        people.worker(tx, given.assignee)
    _may_plan(tx, due_at=given.due_at, change=given.change)
    before = row.assignee
    for name in given.empty:
        setattr(row, name, None)
    for field, value in given.model_dump(exclude_none=True, exclude={"empty"}).items():
        setattr(row, field, value)
    record(tx, problem, row, "action.changed")
    chase(tx, row)
    if row.assignee != before:
        tell(tx, problem, "action.added", [row.assignee], action=row.summary)


@action("action.finish")
def finish(tx: Transaction, number: str, action_id: int, *, by: str) -> None:
    """Say that a corrective action is done; while the effect is watched, its window begins anew with that.

    Raises:
        GateNotMet: the change that carries it out is not closed, or never will be.
    """
    problem, row = _take(tx, number, action_id)
    if row.change and (state := change_status(tx.connection, row.change)) != CARRIED_OUT:
        sentence = CANCELLED if state == "cancelled" else NOT_CLOSED
        raise GateNotMet(sentence, field="change", change=row.change)
    if row.done_at is None:
        row.done_at = tx.now
        record(tx, problem, row, "action.finished")
        effect.begin_anew(tx, problem)
        tell(tx, problem, "action.finished", concerned(tx, problem), action=row.summary)


@action("action.drop")
def drop(tx: Transaction, number: str, action_id: int, *, by: str) -> None:
    """Take a corrective action out of the plan; the ledger keeps it."""
    problem, row = _take(tx, number, action_id)
    row.dropped = True
    record(tx, problem, row, "action.dropped")


def alert(tx: Transaction, timer: Timer) -> bool:
    """Tell an action's owner, and later who answers for the problem, unless it is done, moved or void."""
    row = tx.session.get_one(CorrectiveAction, timer.subject_id)
    threshold, _colon, due = timer.once.partition(":")
    if row.done_at is not None or row.dropped or row.due_at.isoformat() != due:
        return False
    problem = tx.session.exec(
        select(Problem).where(col(Problem.id) == row.problem_id).with_for_update()
    ).one()
    if problem.status is ProblemStatus.CLOSED:
        return False
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


def chase(tx: Transaction, row: CorrectiveAction) -> None:
    """Set an alert for every threshold that is still ahead; each fires once for each due date."""
    wanted = tx.standard.problems
    thresholds = {"soon": -wanted.remind_before, "due": timedelta(), "overdue": wanted.overdue_after}
    for threshold, away in thresholds.items():
        if row.due_at + away > tx.now:
            once = f"{threshold}:{row.due_at.isoformat()}"
            alarms.arm(tx, "action", key_of(row), DUE, row.due_at + away, once=once)


def record(tx: Transaction, problem: Problem, row: CorrectiveAction, kind: str, **details: Any) -> None:
    """Write down what was done to a corrective action."""
    changes = changes_of(row)
    if changes and inspect(row).persistent:
        row.version += 1
    tx.session.add(row)
    tx.session.flush()
    tx.record("action", key_of(row), kind, changes=changes, problem=number_of(problem), **details)
    problem.updated_at = tx.now
    tx.session.add(problem)


def key_of(row: CorrectiveAction) -> int:
    """Return a stored action's integer."""
    assert row.id is not None, "a flushed row has its id"
    return row.id


def _may_plan(tx: Transaction, *, due_at: datetime | None, change: str | None) -> None:
    """Let an action be due only ahead, and be carried out only by a change that there is.

    Raises:
        GateNotMet: the due date is over.
        NotFound: there is no such change for the actor.
    """
    if due_at is not None and due_at <= tx.now:
        raise GateNotMet(N_("The due date of a corrective action has to lie ahead."), field="due_at")
    if change is not None:
        link_rows.check_change(tx, change)


def _take(tx: Transaction, number: str, action_id: int) -> tuple[Problem, CorrectiveAction]:
    problem = take_open(tx, number)
    row = tx.session.get(CorrectiveAction, action_id)
    if row is None or row.problem_id != problem.id or row.dropped:
        raise NotFound(what=f"action {action_id}")
    return problem, row
