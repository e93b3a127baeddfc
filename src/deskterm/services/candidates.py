"""Candidates for problems: found from incidents counted by day, opened, added to a problem, or dismissed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlmodel import col
from sqlmodel import select as choose

from deskterm.desk import Desk, Transaction, action
from deskterm.domain import candidates as rules
from deskterm.domain.candidates import Finding, Signal, Subject
from deskterm.domain.errors import BadInput, GateNotMet, NotFound
from deskterm.domain.people import Role
from deskterm.domain.problem import OPEN, Source
from deskterm.domain.ticket import Kind, Level
from deskterm.i18n import N_
from deskterm.services import alarms, journal, people, problem_journal, problems
from deskterm.services.facts import Fact, put_fact
from deskterm.services.problem_drafts import NewProblem
from deskterm.storage import candidates as stored
from deskterm.storage.db import insert_new
from deskterm.storage.tables import CandidateRow, DeskFact, IncidentDay, Notification, Problem, Ticket, Timer
from deskterm.storage.types import table
from deskterm.text import plain

RULES = rules.Rules()
DAYS = table(IncidentDay)
COUNT = (
    update(DAYS)
    .where(DAYS.c.subject == bindparam("of_subject"), DAYS.c.day == bindparam("of_day"))
    .values(count=DAYS.c.count + bindparam("more"))
)
CHUNK = 2000
"""How many tickets one transaction counts; the next goes on after them."""
MOST_TICKETS = 200
"""How many of a candidate's tickets a problem is opened with, the latest."""


class Detection(NamedTuple):
    """What one look at a chunk of incidents found."""

    found: int
    """Candidates that are newly proposed."""
    more: bool
    """Whether incidents are left that were not counted yet."""


@action("candidate.detect")
def detect(tx: Transaction, *, by: str) -> Detection:
    """Look for candidates among the next incidents that were not counted yet, at most `CHUNK` of them.

    The cost follows the new tickets: only their subjects are looked at.
    """
    rows = _new_incidents(tx)
    found = _propose(tx, _count(tx, rows)) + _propose_major(tx)
    if found:
        tx.record("desk", 0, "candidates.found", count=found)
    return Detection(found, len(rows) == CHUNK)


def detect_all(desk: Desk, *, by: str) -> int:
    """Look until every incident was counted, and return how many candidates are newly proposed."""
    found, more = 0, True
    while more:
        chunk = detect(desk, by=by)
        found, more = found + chunk.found, chunk.more
    return found


def look(tx: Transaction, timer: Timer) -> bool:
    """Look for candidates after a day that had incidents, and tell the problem managers."""
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


def _new_incidents(tx: Transaction) -> list[Any]:
    """Return the incidents that were not counted yet, and remember that they are."""
    mark = tx.session.get(DeskFact, Fact.CANDIDATES_AFTER.value, with_for_update=True)
    columns: Any = select(
        col(Ticket.id), col(Ticket.opened_at), col(Ticket.ci), col(Ticket.service), col(Ticket.category)
    )
    rows = tx.connection.execute(
        columns.where(col(Ticket.id) > (int(mark.value) if mark else 0), col(Ticket.kind) == Kind.INCIDENT)
        .order_by(col(Ticket.id))
        .limit(CHUNK)
    ).all()
    if rows:
        put_fact(tx, Fact.CANDIDATES_AFTER, str(rows[-1].id))
    return list(rows)


def _count(tx: Transaction, incidents: Iterable[Any]) -> set[Subject]:
    """Add incidents to the counts by day, and return their subjects."""
    counts: Counter[tuple[Subject, date]] = Counter()
    for row in incidents:
        day = row.opened_at.astimezone(UTC).date()
        counts.update((subject, day) for subject in rules.subjects_of(row.ci, row.service, row.category))
    rows = [
        {"of_subject": stored.key_of(subject), "of_day": day, "more": count}
        for (subject, day), count in counts.items()
    ]
    if rows:
        blank = [{"subject": row["of_subject"], "day": row["of_day"], "count": 0} for row in rows]
        tx.connection.execute(insert_new(tx.connection, DAYS), blank)
        tx.connection.execute(COUNT, rows)
    return {subject for subject, _day in counts}


def _propose(tx: Transaction, subjects: Iterable[Subject]) -> int:
    """Propose what the counts of some subjects say, unless a problem has it already."""
    today = tx.now.astimezone(UTC).date()
    found = 0
    for subject in sorted(subjects, key=stored.key_of):
        if _is_covered(tx, subject):
            continue
        for finding in rules.detect(_days(tx, subject, today), today, RULES):
            found += _put(tx, stored.key_of(subject), finding, subject)
    return found


def _days(tx: Transaction, subject: Subject, today: date) -> Mapping[date, int]:
    since = today - timedelta(weeks=RULES.earlier_weeks + 1)
    days = select(DAYS.c.day, DAYS.c.count).where(
        DAYS.c.subject == stored.key_of(subject), DAYS.c.day > since
    )
    return {row[0]: row[1] for row in tx.connection.execute(days)}


def _is_covered(tx: Transaction, subject: Subject) -> bool:
    """Return whether an open problem is about a subject."""
    if subject.ci:
        same = col(Problem.ci) == subject.ci
    else:
        same = and_(col(Problem.service) == subject.service, col(Problem.category) == subject.category)
    covering = select(func.count()).select_from(Problem).where(same, col(Problem.status).in_(sorted(OPEN)))
    return bool(tx.connection.execute(covering).scalar())


def _propose_major(tx: Transaction) -> int:
    """Propose every major incident that no problem has and that was not proposed before."""
    known = select(col(CandidateRow.ticket_id)).where(col(CandidateRow.ticket_id).is_not(None))
    linked = select(stored.LINKED_TICKET).where(stored.LINKED_PROBLEM.is_not(None))
    since = tx.now - timedelta(days=RULES.repeat_days)
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
        choose(CandidateRow)
        .where(col(CandidateRow.signal) == finding.signal, col(CandidateRow.subject) == key)
        .with_for_update()
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
        not is_settled or rules.has_grown(row.dismissed_count or 0, finding.count, RULES)
    )
    row.count, row.days, row.usual = finding.count, finding.days, finding.usual
    if comes:
        row.proposed, row.found_at, row.problem_id, row.dismissed_count = True, tx.now, None, None
    tx.session.add(row)
    tx.session.flush()
    return int(comes)
