"""Problems that another system kept: their history written as it was, in chunks (decisions 5 and 22)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union, update

from deskterm.desk import Transaction, action
from deskterm.domain.problem import OPEN, Closure, ProblemStatus, Source, number_of
from deskterm.domain.standard import Standard
from deskterm.domain.ticket import Level
from deskterm.failpoints import Failpoint, failpoint
from deskterm.services import import_stories, imported_names, imports
from deskterm.services.import_stories import Columns, Log, Records, Story
from deskterm.services.imported_names import Names, Team
from deskterm.services.imports import Mark, Written
from deskterm.storage import bulk, chain
from deskterm.storage.tables import CauseRow, CorrectiveAction, Problem
from deskterm.storage.types import table

PROBLEM, CAUSE, ACTION = table(Problem), table(CauseRow), table(CorrectiveAction)
ENDED = frozenset({ProblemStatus.RESOLVED, ProblemStatus.CLOSED})
OPENING: Mapping[str, Any] = {
    "source": Source.PERSON.value,
    "root_cause": "",
    "known_error": False,
    "symptom": "",
    "workaround": "",
    "article": "",
    "review": "",
}
"""What every imported problem is, said by its first event."""
UNTOLD: Mapping[str, Any] = {"counted_after_id": 0}
"""What its ledger does not tell."""


class Snapshot(NamedTuple):
    """A row of a log: a problem as somebody left it."""

    line: int
    """Where the row stands in its file."""
    key: str
    """Tells the row from the problem's others; the same whenever it is read."""
    at: datetime
    by: str | None
    """The name of who did it."""
    status: ProblemStatus | None
    """None where the log does not say: it is as before."""
    closure: Closure | None
    """How it ended, if it is closed."""
    team: Team | None
    assignee: str | None
    """The owner."""
    category: str | None
    service: str | None
    ci: str | None
    impact: Level | None
    urgency: Level | None
    priority: int | None
    """What the log makes of impact and urgency; the desk's own matrix decides."""
    summary: str
    description: str
    closing_reason: str
    """Why it ended so, if it is closed: what the log says, or its word for the state."""
    originals: Mapping[str, str]
    """What the desk has no column for, kept in the ledger where it changes."""

    @property
    def caller(self) -> None:
        """Nobody: problems have an owner and no caller."""

    @property
    def shown(self) -> tuple[object, ...]:
        """Everything by which the problem's columns may change."""
        return self[4:17]


def _number_of(columns: Columns) -> str:
    return number_of(columns["id"])


def _touched(tx: Transaction, keys: list[int]) -> Collection[int]:
    """Return the problems that somebody analyses: causes and actions have ledgers of their own."""
    analysed = (select(each.c.problem_id).where(each.c.problem_id.in_(keys)) for each in (CAUSE, ACTION))
    return tx.connection.execute(union(*analysed)).scalars().all()


PROBLEMS = Records(PROBLEM, "problem", "imported_from", OPEN, _number_of, _touched)


@action("import.write_problems")
def write(
    tx: Transaction,
    logs: Sequence[Log[Snapshot]],
    *,
    source: str,
    until: datetime | None,
    mark: Mark | None,
    by: str,
) -> Written:
    """Write a chunk of a log of problems, and how far the import has come with it.

    Args:
        logs: each problem once.
        source: the system it comes from.
        until: rows from after this instant are left out; None takes all.
        mark: None where the chunk is not to be marked as done.
    """
    done = Written()
    stories = import_stories.sorted_out(tx, PROBLEMS, logs, source=source, until=until, done=done)
    growing = [story for story in stories if story.new]
    names = imported_names.ensure(tx, source, (row for story in growing for _at, row in story.new), done)
    import_stories.number(tx, PROBLEMS, growing)
    for story in growing:
        if story.is_new:
            story.columns.update(UNTOLD)
        import_stories.tell(PROBLEMS, story, partial(_left, tx.standard, names), names, done)
        done.new_problems += story.is_new
        done.extended_problems += not story.is_new
    _put(tx, growing)
    if mark is not None:
        imports.set_mark(tx, source, mark)
    failpoint(Failpoint.IMPORT_CHUNK_WRITTEN)
    return done


def _left(standard: Standard, names: Names, columns: Columns, row: Snapshot, at: datetime) -> Columns:
    """Return a problem's columns as a row leaves them."""
    was = columns["status"]
    status = row.status or was or ProblemStatus.NEW
    ended, closed = status in ENDED, status == ProblemStatus.CLOSED
    if status == ProblemStatus.FIX and was != status:
        columns["diagnosed_at"] = at  # no column of the ledger: it follows from the states
    left = {
        "status": str(status),
        "summary": row.summary,
        "description": row.description,
        "team": names.teams[row.team.name][0] if row.team else None,
        "assignee": names.logins[row.assignee] if row.assignee else None,
        "category": row.category,
        "service": row.service,
        "ci": row.ci,
        "impact": row.impact and int(row.impact),
        "urgency": row.urgency and int(row.urgency),
        "priority": standard.matrix[row.impact, row.urgency] if row.impact and row.urgency else None,
        "closure": row.closure and row.closure.value,
        "closing_reason": row.closing_reason,
        "recurrence_count": (columns["recurrence_count"] or 0) + (was in ENDED and not ended),
        "resolved_at": (columns["resolved_at"] or at) if ended else None,
        "closed_at": (columns["closed_at"] or at) if closed else None,
    }
    if row.status is None:
        left["closure"], left["closing_reason"] = columns["closure"], columns["closing_reason"] or ""
    return left if was is not None else {**OPENING, **left}


def _put(tx: Transaction, stories: Sequence[Story[Snapshot]]) -> None:
    """Write problems and their events."""
    bulk.insert(tx.connection, PROBLEM, [story.columns for story in stories if story.is_new])
    old = [{"b_id": story.columns["id"], **story.columns} for story in stories if not story.is_new]
    if old:
        tx.connection.execute(UPDATE, old)
    chain.append(tx.connection, [event for story in stories for event in story.events], tx.now)


UPDATE = (
    update(PROBLEM)
    .where(PROBLEM.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for column in PROBLEM.c if (name := column.name) != "id"})
)
