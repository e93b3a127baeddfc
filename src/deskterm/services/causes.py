"""Root cause analysis: nodes added, worded, judged, moved, each with a version of its own.

Whoever edits one node never refuses somebody who edits another; two people at the fields of one node are
merged field by field, and at the same field the second is shown the first's words before theirs are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import inspect, select
from sqlmodel import col

from deskterm.desk import Transaction, action
from deskterm.domain import rca
from deskterm.domain.errors import BadInput, Conflict, GateNotMet, NotFound
from deskterm.domain.ledger import Entry
from deskterm.domain.rca import Branch, Cause, Spot, Verdict
from deskterm.i18n import N_
from deskterm.services.journal import changes_of
from deskterm.services.problem_journal import key, number_of, take_open
from deskterm.storage import problems as stored
from deskterm.storage.chain import EVENT, HISTORY, entry_of, history
from deskterm.storage.tables import CauseRow, Problem
from deskterm.text import plain

UNDONE = "cause.undone"


@action("cause.add")
def add(
    tx: Transaction,
    number: str,
    statement: str,
    *,
    below: int | None = None,
    beside: int | None = None,
    branch: Branch | None = None,
    by: str,
) -> int:
    """Add a cause and return its id.

    Args:
        below: the cause that it explains; None where it explains the problem itself.
        beside: the sibling that it stands right after; goes before `below`.
        branch: the bone of the fishbone that it stands on.
    """
    problem = take_open(tx, number)
    causes = stored.causes_of(tx.connection, key(problem))
    for other in (below, beside):
        if other is not None:
            _reachable(causes, other)
    spot = rca.after(causes, beside) if beside is not None else rca.last_below(causes, below)
    row = CauseRow(
        problem_id=key(problem),
        parent_id=spot.parent_id,
        place=spot.place,
        statement=_worded(statement),
        branch=branch,
    )
    return _record(tx, problem, row, "cause.added")


@action("cause.edit")
def edit(
    tx: Transaction,
    number: str,
    cause: int,
    *,
    statement: str | None = None,
    evidence: str | None = None,
    by: str,
    seen: int | None = None,
) -> None:
    """Word a cause or its evidence anew.

    Raises:
        Conflict: somebody changed the same field since `seen`, to something else.
    """
    problem, row = _take(tx, number, cause)
    given = {
        "statement": None if statement is None else _worded(statement),
        "evidence": None if evidence is None else plain(evidence).strip("\n"),
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    for name in wanted.keys() & _changed_since(tx, row, seen):
        if getattr(row, name) != wanted[name]:
            raise Conflict(
                N_("Somebody changed this cause of {number} meanwhile: “{theirs}”. Yours was not saved yet."),
                number=number_of(problem),
                theirs=getattr(row, name),
            )
    for name, value in wanted.items():
        setattr(row, name, value)
    _record(tx, problem, row, "cause.edited")


@action("cause.judge")
def judge(tx: Transaction, number: str, cause: int, verdict: Verdict, *, by: str) -> None:
    """Say what the evidence says of a cause: confirmed, refuted, or open again."""
    problem, row = _take(tx, number, cause)
    row.verdict = verdict
    _record(tx, problem, row, "cause.judged")


@action("cause.mark_root")
def mark_root(tx: Transaction, number: str, cause: int, root: bool = True, *, by: str) -> None:
    """Say that the analysis stops at a cause, or that it does not."""
    problem, row = _take(tx, number, cause)
    row.root = root
    _record(tx, problem, row, "cause.marked_root")


@action("cause.branch")
def put_on_branch(tx: Transaction, number: str, cause: int, branch: Branch | None, *, by: str) -> None:
    """Put a cause on a bone of the fishbone, or take it off."""
    problem, row = _take(tx, number, cause)
    row.branch = branch
    _record(tx, problem, row, "cause.put_on_branch")


@action("cause.promote")
def promote(tx: Transaction, number: str, cause: int, *, by: str) -> None:
    """Move a cause, with all below it, one level up."""
    _move(tx, number, cause, lambda causes: rca.promoted(causes, cause))


@action("cause.demote")
def demote(tx: Transaction, number: str, cause: int, *, by: str) -> None:
    """Move a cause, with all below it, under the sibling above it."""
    _move(tx, number, cause, lambda causes: rca.demoted(causes, cause))


@action("cause.shift")
def shift(tx: Transaction, number: str, cause: int, steps: int, *, by: str) -> None:
    """Move a cause down among its siblings, or up where negative."""
    _move(tx, number, cause, lambda causes: rca.shifted(causes, cause, steps))


@action("cause.move")
def move_under(tx: Transaction, number: str, cause: int, parent: int | None, *, by: str) -> None:
    """Move a cause, with all below it, under another; None puts it at the top."""
    _move(tx, number, cause, lambda causes: rca.under(causes, cause, parent))


@action("cause.remove")
def remove(tx: Transaction, number: str, cause: int, *, by: str) -> None:
    """Take a cause out, with all below it; undo brings it back with every word."""
    problem, row = _take(tx, number, cause)
    row.removed = True
    _record(tx, problem, row, "cause.removed")


@action("cause.undo")
def undo(tx: Transaction, number: str, *, by: str) -> int:
    """Take back the actor's last edit of a problem's causes, and return the cause's id.

    Raises:
        BadInput: there is none, or somebody changed the same since.
    """
    problem = take_open(tx, number)
    edits = _edits(tx, problem, by)
    undone = _undone(entry for _key, entry in edits)
    for cause, entry in edits:
        if entry.kind != UNDONE and entry.id not in undone:
            return _take_back(tx, problem, cause, entry)
    raise BadInput(N_("There is nothing of yours to undo on {number}."), number=number_of(problem))


@action("cause.redo")
def redo(tx: Transaction, number: str, *, by: str) -> int:
    """Do again what the actor took back last, unless they edited since; return the cause's id.

    Raises:
        BadInput: there is nothing, or somebody changed the same since.
    """
    problem = take_open(tx, number)
    edits = _edits(tx, problem, by)
    undone = _undone(entry for _key, entry in edits)
    for cause, entry in edits:
        is_redo = entry.kind == UNDONE and entry.details["redo"]
        if entry.id in undone or is_redo:
            continue
        if entry.kind == UNDONE:
            return _take_back(tx, problem, cause, entry)
        break
    raise BadInput(N_("There is nothing of yours to do again on {number}."), number=number_of(problem))


def _take(tx: Transaction, number: str, cause: int) -> tuple[Problem, CauseRow]:
    """Lock a problem and return one of its causes.

    Raises:
        NotFound: it has no such cause.
        BadInput: the cause was removed.
    """
    problem = take_open(tx, number)
    row = tx.session.get(CauseRow, cause)
    if row is None or row.problem_id != problem.id:
        raise NotFound(what=f"cause {cause}")
    _reachable(stored.causes_of(tx.connection, key(problem)), cause)
    return problem, row


def _reachable(causes: Iterable[Cause], cause: int) -> None:
    if not any(line.cause.id == cause for line in rca.lines(causes)):
        raise BadInput(N_("Somebody removed this cause; undo brings it back."))


def _worded(statement: str) -> str:
    text = plain(statement, one_line=True).strip()
    if not text:
        raise GateNotMet(N_("A cause needs a statement."), field="statement")
    return text


def _move(tx: Transaction, number: str, cause: int, find: Callable[[list[Cause]], Spot]) -> None:
    problem, row = _take(tx, number, cause)
    spot = find(stored.causes_of(tx.connection, key(problem)))
    row.parent_id, row.place = spot.parent_id, spot.place
    _record(tx, problem, row, "cause.moved")


def _record(tx: Transaction, problem: Problem, row: CauseRow, kind: str, **details: Any) -> int:
    """Write down what was done to a cause; nothing where nothing changed."""
    changes = changes_of(row)
    if changes and inspect(row).persistent:
        row.version += 1
    tx.session.add(row)
    tx.session.flush()
    assert row.id is not None, "a flushed row has its id"
    if changes:
        tx.record(
            "cause",
            row.id,
            kind,
            changes=changes,
            problem=number_of(problem),
            version=row.version,
            **details,
        )
        problem.updated_at = tx.now
        tx.session.add(problem)
    return row.id


def _changed_since(tx: Transaction, row: CauseRow, seen: int | None) -> set[str]:
    """Return the fields of a cause that changed after the version that somebody looked at."""
    if seen is None or seen == row.version:
        return set()
    entries = history(tx.connection, "cause", row.id or 0)
    return {name for entry in entries if entry.details["version"] > seen for name in entry.changes}


def _edits(tx: Transaction, problem: Problem, by: str) -> list[tuple[int, Entry]]:
    """Return an agent's edits of a problem's causes with the cause's id, the newest first."""
    own = select(col(CauseRow.id)).where(col(CauseRow.problem_id) == problem.id)
    rows = tx.connection.execute(
        HISTORY.add_columns(EVENT.c.subject_id)
        .where(EVENT.c.subject_type == "cause", EVENT.c.subject_id.in_(own), EVENT.c.by == by)
        .order_by(EVENT.c.id.desc())
    )
    return [(row[-1], entry_of(*row[:-1])) for row in rows]


def _undone(edits: Iterable[Entry]) -> set[int]:
    """Return the ids of what was taken back; an undo that was itself taken back undoes nothing."""
    gone: set[int] = set()
    for entry in edits:
        if entry.kind == UNDONE and entry.id not in gone:
            gone.add(entry.details["undoes"])
    return gone


def _take_back(tx: Transaction, problem: Problem, cause: int, entry: Entry) -> int:
    row = tx.session.get_one(CauseRow, cause)
    if entry.kind == "cause.added":
        if row.removed:
            raise _touched(problem)
        row.removed = True
    else:
        for name, (_before, after) in entry.changes.items():
            if _code(getattr(row, name)) != after:
                raise _touched(problem)
        for name, (before, _after) in entry.changes.items():
            setattr(row, name, DECODED[name](before) if name in DECODED and before is not None else before)
    return _record(tx, problem, row, UNDONE, undoes=entry.id, redo=entry.kind == UNDONE)


def _code(value: Any) -> Any:
    return getattr(value, "value", value)


def _touched(problem: Problem) -> BadInput:
    return BadInput(
        N_("Somebody changed the same cause of {number} since; undo it by hand."), number=number_of(problem)
    )


DECODED: dict[str, Callable[[Any], Any]] = {"verdict": Verdict, "branch": Branch}
"""Columns whose value is more than their code."""
