"""Candidates for problems: found from what happens to incidents, opened, added, dismissed, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlmodel import col
from sqlmodel import select as choose

from deskterm.desk import Desk, Transaction, action
from deskterm.domain import candidates as rules
from deskterm.domain.candidates import Finding, Signal, Subject
from deskterm.domain.errors import BadInput, GateNotMet, NotFound
from deskterm.domain.people import Role
from deskterm.domain.problem import OPEN, Source
from deskterm.domain.ticket import Level, Status
from deskterm.i18n import N_
from deskterm.services import alarms, effect, journal, people, problem_journal, problems
from deskterm.services.facts import Fact, put_fact
from deskterm.services.problem_drafts import NewProblem
from deskterm.storage import candidates as stored
from deskterm.storage.chain import EVENT
from deskterm.storage.tables import CandidateRow, DeskFact, Notification, Problem, Ticket, Timer
from deskterm.text import plain

CHUNK = 2000
"""How many events one transaction looks at; the next goes on after them."""
MOST_TICKETS = 200
"""How many of a candidate's tickets a problem is opened with, the latest."""


class Detection(NamedTuple):
    """What one look at a chunk of events found."""

    found: int
    """Candidates that are newly proposed."""
    more: bool
    """Whether events are left that were not looked at yet."""


@action("candidate.detect")
def detect(tx: Transaction, *, by: str) -> Detection:
    """Look for candidates among the tickets of the next events, at most `CHUNK` of them.

    The cost follows what happened: only the subjects of those tickets are looked at, and what waits for a
    decision. They are counted from the tickets as they are now, however late they were classified.
    """
    tickets, more = _touched(tx)
    found = _propose(tx, _subjects(tx, tickets)) + _propose_major(tx)
    if not more:
        _withdraw(tx)
    if found:
        tx.record("desk", 0, "candidates.found", count=found)
    return Detection(found, more)


def detect_all(desk: Desk, *, by: str) -> int:
    """Look until nothing is left to look at, and return how many candidates are newly proposed."""
    found, more = 0, True
    while more:
        chunk = detect(desk, by=by)
        found, more = found + chunk.found, chunk.more
    return found


def look(tx: Transaction, timer: Timer) -> bool:
    """Look for candidates at the end of a day, and tell the problem managers."""
    effect.look_daily(tx)
    chunk = detect.work(tx, by=tx.by)
    if chunk.more:
        mark = tx.session.get_one(DeskFact, Fact.CANDIDATES_AFTER.value)
        alarms.arm(tx, "desk", 0, timer.kind, tx.now, once=f"after {mark.value}")
    for login in people.with_role(tx, Role.PROBLEM_MANAGER) if chunk.found else ():
        text = json.dumps({"count": chunk.found})
        tx.session.add(Notification(login=login, kind="candidates.found", details=text, at=tx.now))
    return chunk.found > 0


@action("candidate.open")
def open_problem(tx: Transaction, candidate_id: int, *, summary: str = "", by: str) -> str:
    """Open a problem from a candidate, with its tickets, and return its number.

    Args:
        summary: what the problem is called; by default after the newest ticket.
    """
    row = _take(tx, candidate_id)
    tickets = _tickets(tx, row)
    if not tickets:
        raise BadInput(N_("None of the candidate's tickets is yours to see."))
    newest = tickets[0]
    worst = min(tickets, key=lambda ticket: ticket.priority)
    draft = NewProblem(
        summary=summary or newest.summary,
        source=Source(row.signal.value),
        category=row.category or newest.category,
        service=row.service or newest.service,
        ci=row.ci,
        impact=Level(worst.impact),
        urgency=Level(worst.urgency),
        tickets=tuple(journal.number(ticket) for ticket in tickets),
    )
    number = problems.open_problem.work(tx, draft, by=by)
    _settle(tx, tickets, problem_journal.take(tx, number))
    return number


@action("candidate.add")
def add_to(tx: Transaction, candidate_id: int, number: str, *, by: str) -> int:
    """Give a candidate's tickets to a problem that is there already, and return how many are new to it."""
    problem, row = problem_journal.take_open(tx, number), _take(tx, candidate_id)
    tickets = _tickets(tx, row)
    added = problems.add_tickets(tx, problem, tuple(journal.number(ticket) for ticket in tickets))
    problem_journal.record(tx, problem, "problem.linked", tickets=added)
    _settle(tx, tickets, problem)
    return len(added)


@action("candidate.dismiss")
def dismiss(tx: Transaction, candidate_id: int, reason: str, *, by: str) -> None:
    """Say why a candidate is no problem; it comes back only when it has grown."""
    row = _take(tx, candidate_id)
    if not reason.strip():
        raise GateNotMet(N_("Say why this is no problem."), field="reason")
    row.proposed, row.dismissed_count = False, row.count
    row.dismissed_by, row.dismissed_reason = by, plain(reason)
    tx.session.add(row)
    tx.record("candidate", candidate_id, "candidate.dismissed", reason=row.dismissed_reason, count=row.count)


def _take(tx: Transaction, candidate_id: int) -> CandidateRow:
    """Lock and return a candidate that waits.

    Raises:
        NotFound: there is none, or somebody has decided on it.
    """
    row = tx.session.exec(
        choose(CandidateRow)
        .where(col(CandidateRow.id) == candidate_id, col(CandidateRow.proposed))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(what=f"candidate {candidate_id}")
    return row


def _settle(tx: Transaction, tickets: Sequence[Ticket], problem: Problem) -> None:
    """Let a problem have every candidate whose tickets it has now, all of them."""
    had = {ticket.id for ticket in tickets}
    keys = {
        stored.key_of(subject)
        for ticket in tickets
        for subject in rules.subjects_of(ticket.ci, ticket.service, ticket.category)
    }
    keys |= {str(key) for key in had}
    about = choose(CandidateRow).where(
        col(CandidateRow.subject).in_(sorted(keys)), col(CandidateRow.proposed)
    )
    number = problem_journal.number_of(problem)
    for row in tx.session.exec(about.order_by(col(CandidateRow.id)).with_for_update()):
        if had.issuperset(ticket.id for ticket in _tickets(tx, row)):
            row.proposed, row.problem_id = False, problem.id
            tx.session.add(row)
            tx.record("candidate", row.id or 0, "candidate.taken", problem=number)


def _tickets(tx: Transaction, row: CandidateRow) -> list[Ticket]:
    """Return a candidate's tickets that the actor may see, the newest first."""
    newest = choose(Ticket).where(stored.tickets_of(row, tx.actor)).order_by(col(Ticket.id).desc())
    return list(tx.session.exec(newest.limit(MOST_TICKETS)))


def _touched(tx: Transaction) -> tuple[set[int], bool]:
    """Return the tickets of the next events, remember how far that is, and say whether there are more."""
    mark = tx.session.get(DeskFact, Fact.CANDIDATES_AFTER.value, with_for_update=True)
    rows = tx.connection.execute(
        select(EVENT.c.id, EVENT.c.subject_id)
        .where(EVENT.c.id > (int(mark.value) if mark else 0), EVENT.c.subject_type == "ticket")
        .order_by(EVENT.c.id)
        .limit(CHUNK)
    ).all()
    if rows:
        put_fact(tx, Fact.CANDIDATES_AFTER, str(rows[-1].id))
    return {row.subject_id for row in rows}, len(rows) == CHUNK


def _subjects(tx: Transaction, tickets: Collection[int]) -> set[Subject]:
    columns: Any = select(col(Ticket.ci), col(Ticket.service), col(Ticket.category)).distinct()
    rows = tx.connection.execute(columns.where(col(Ticket.id).in_(tickets), stored.COUNTS))
    return {subject for row in rows for subject in rules.subjects_of(row.ci, row.service, row.category)}


def _propose(tx: Transaction, subjects: Iterable[Subject]) -> int:
    """Propose what the counts of some subjects say, unless a problem has it already."""
    found = 0
    for subject in sorted(subjects, key=stored.key_of):
        finding = _finding(tx, subject)
        if finding is not None and not _is_covered(tx, subject):
            found += _put(tx, stored.key_of(subject), finding, subject)
    return found


def _finding(tx: Transaction, subject: Subject) -> Finding | None:
    """Return what is to be said of a subject today."""
    today, wanted = tx.now.astimezone(UTC).date(), tx.standard.problems.candidates
    days = stored.days_of(tx.connection, subject, today, wanted.weeks)
    return rules.merged(rules.detect(days, today, wanted))


def _withdraw(tx: Transaction) -> None:
    """Take back what waits for a decision and no longer holds; what does gets its count of today."""
    waiting = choose(CandidateRow).where(col(CandidateRow.proposed)).order_by(col(CandidateRow.id))
    for row in tx.session.exec(waiting.with_for_update()):
        if row.ticket_id is not None:
            ticket = tx.session.get_one(Ticket, row.ticket_id)
            holds = ticket.major and ticket.status not in (Status.MERGED, Status.CANCELLED)
        else:
            finding = _finding(tx, stored.subject_of(row))
            holds = finding is not None
            if finding is not None:
                _update(row, finding)
        if not holds:
            row.proposed = False
            tx.record("candidate", row.id or 0, "candidate.withdrawn")
        tx.session.add(row)


def _is_covered(tx: Transaction, subject: Subject) -> bool:
    """Return whether an open problem is about a subject."""
    if subject.ci:
        same = col(Problem.ci) == subject.ci
    else:
        same = col(Problem.category) == subject.category
        if subject.service:
            same = and_(same, col(Problem.service) == subject.service)
    covering = select(func.count()).select_from(Problem).where(same, col(Problem.status).in_(sorted(OPEN)))
    return bool(tx.connection.execute(covering).scalar())


def _propose_major(tx: Transaction) -> int:
    """Propose every major incident that no problem has and that was not proposed before."""
    known = select(col(CandidateRow.ticket_id)).where(col(CandidateRow.ticket_id).is_not(None))
    linked = select(stored.LINKED_TICKET).where(stored.LINKED_PROBLEM.is_not(None))
    since = tx.now - timedelta(days=tx.standard.problems.candidates.repeat_days)
    recent = or_(col(Ticket.is_open), col(Ticket.opened_at) > since)
    majors = choose(Ticket).where(
        col(Ticket.major), recent, col(Ticket.id).not_in(known), col(Ticket.id).not_in(linked)
    )
    found = 0
    for ticket in tx.session.exec(majors.order_by(col(Ticket.id))):
        subject = Subject(ci=ticket.ci, service=ticket.service, category=ticket.category)
        finding = Finding(Signal.MAJOR_INCIDENT, 1, 1)
        found += _put(tx, str(ticket.id), finding, subject, ticket_id=ticket.id)
    return found


def _put(
    tx: Transaction, key: str, finding: Finding, subject: Subject, *, ticket_id: int | None = None
) -> int:
    """Propose something or bring its count up to date; return 1 where it is newly proposed."""
    row = tx.session.exec(
        choose(CandidateRow).where(col(CandidateRow.subject) == key).with_for_update()
    ).first()
    if row is None:
        row = CandidateRow(
            signal=finding.signal,
            subject=key,
            ci=subject.ci,
            service=subject.service,
            category=subject.category,
            ticket_id=ticket_id,
            count=finding.count,
            days=finding.days,
            found_at=tx.now,
            proposed=False,
        )
    is_settled = row.problem_id is None and row.dismissed_count is not None
    comes = not row.proposed and (
        not is_settled
        or rules.has_grown(row.dismissed_count or 0, finding.count, tx.standard.problems.candidates)
    )
    _update(row, finding)
    if comes:
        row.proposed, row.found_at, row.problem_id, row.dismissed_count = True, tx.now, None, None
    tx.session.add(row)
    tx.session.flush()
    return int(comes)


def _update(row: CandidateRow, finding: Finding) -> None:
    row.signal, row.rising = finding.signal, finding.rising
    row.count, row.days, row.usual = finding.count, finding.days, finding.usual
