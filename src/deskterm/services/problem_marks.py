"""What people mark problems with: words put on one, stars of one's own, and until when it rests."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import GateNotMet
from deskterm.i18n import N_
from deskterm.services import alarms
from deskterm.services.problem_journal import (
    answerable,
    concerned,
    key,
    number_of,
    record,
    take,
    take_open,
    tell,
)
from deskterm.services.tickets import tag_words
from deskterm.storage.tables import Problem, ProblemStar, ProblemTag, Timer
from deskterm.text import plain

PARKED = "problem_parked"
"""The timer of a problem that rests."""


@action("problem.tag")
def tag(tx: Transaction, number: str, words: tuple[str, ...], *, by: str) -> None:
    """Put words on a problem, to find it by."""
    problem = take(tx, number)
    has = _tags(tx, problem)
    new = [word for word in tag_words(words) if word not in has]
    put_tags(tx, problem, new)
    if new:
        record(tx, problem, "problem.tagged", added=new)


@action("problem.untag")
def untag(tx: Transaction, number: str, words: tuple[str, ...], *, by: str) -> None:
    """Take words off a problem."""
    problem = take(tx, number)
    has = _tags(tx, problem)
    gone = [word for word in tag_words(words) if word in has]
    take_tags(tx, problem, gone)
    if gone:
        record(tx, problem, "problem.untagged", removed=gone)


def put_tags(tx: Transaction, problem: Problem, words: list[str]) -> None:
    """Put words on a problem that are not there."""
    tx.session.add_all(ProblemTag(problem_id=key(problem), word=word) for word in words)


def take_tags(tx: Transaction, problem: Problem, words: list[str]) -> None:
    """Take words off a problem that are there."""
    has = _tags(tx, problem)
    for word in words:
        tx.session.delete(has[word])


@action("problem.star")
def star(tx: Transaction, number: str, *, by: str) -> None:
    """Star a problem, so that `is:starred` finds it; nobody else sees that, nor does the ledger keep it."""
    problem = take(tx, number)
    if tx.session.get(ProblemStar, (key(problem), by)) is None:
        tx.session.add(ProblemStar(problem_id=key(problem), login=by))


@action("problem.unstar")
def unstar(tx: Transaction, number: str, *, by: str) -> None:
    """Take one's star off a problem."""
    found = tx.session.get(ProblemStar, (key(take(tx, number)), by))
    if found is not None:
        tx.session.delete(found)


@action("problem.park")
def park(
    tx: Transaction,
    number: str,
    until: datetime | None,
    reason: str = "",
    *,
    by: str,
    seen: int | None = None,
) -> None:
    """Let a problem rest until an instant, saying why; None takes it up again.

    Raises:
        GateNotMet: the instant does not lie ahead, or nobody said why.
    """
    problem = take_open(tx, number, seen=seen)
    if until is None:
        if problem.resumes_at is not None:
            problem.resumes_at = None
            record(tx, problem, "problem.unparked")
        return
    if until <= tx.now:
        raise GateNotMet(N_("A problem is parked until a day ahead."), field="until")
    if not reason.strip():
        raise GateNotMet(N_("Say what {number} waits for."), field="reason", number=number_of(problem))
    problem.resumes_at = until
    record(tx, problem, "problem.parked", reason=plain(reason))
    alarms.arm(tx, "problem", key(problem), PARKED, until)
    tell(tx, problem, "problem.parked", concerned(tx, problem))


def wake(tx: Transaction, timer: Timer) -> bool:
    """Take up a problem whose rest is over, if it rests until then."""
    problem = tx.session.exec(
        select(Problem).where(col(Problem.id) == timer.subject_id).with_for_update()
    ).one()
    if problem.resumes_at is None or problem.resumes_at.isoformat() != timer.once:
        return False
    problem.resumes_at = None
    record(tx, problem, "problem.unparked")
    tell(tx, problem, "problem.unparked", answerable(tx, problem))
    return True


def _tags(tx: Transaction, problem: Problem) -> dict[str, ProblemTag]:
    rows = tx.session.exec(select(ProblemTag).where(col(ProblemTag.problem_id) == key(problem)))
    return {row.word: row for row in rows}
