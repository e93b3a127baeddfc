"""Candidates: what may be worth a problem, with its reason, its weeks and its tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import candidates as rules
from deskterm.domain import problem, verification
from deskterm.domain.candidates import Finding, Signal
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.reads.compile import condition_of
from deskterm.reads.problems import LinkedTicket, linked_tickets
from deskterm.storage import candidates as stored
from deskterm.storage.tables import CandidateRow, Problem, Ticket
from deskterm.storage.types import table
from deskterm.storage.visible import visible


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be worth a problem."""

    id: int
    signal: Signal
    subject: str
    """What it is about, as people name it; for a major incident its number and summary."""
    reason: str
    """In words."""
    count: int
    """Its incidents of as many days as its reason names, until today."""
    weeks: tuple[int, ...]
    """Incidents of the last weeks, oldest first, for the sparkline."""
    tickets: tuple[LinkedTicket, ...]
    found_at: datetime
    problem: str
    """The number of an open problem about the same, which may take its tickets; empty where none is."""

    @property
    def sparkline(self) -> str:
        """The weeks as bars."""
        return verification.sparkline(self.weeks)


def waiting(desk: Desk, *, by: str, condition: Condition = EVERYTHING) -> tuple[Candidate, ...]:
    """Return what waits for a decision, the newest first; what only hidden tickets speak for is left out.

    Args:
        condition: of a filter; only candidates of which it takes a ticket.
    """
    with desk.look(by) as look:
        rows: Any = look.connection.execute(
            select(table(CandidateRow))
            .where(col(CandidateRow.proposed))
            .order_by(col(CandidateRow.found_at).desc(), col(CandidateRow.id).desc())
        ).all()
        if condition != EVERYTHING:
            taken = condition_of(look, condition)
            rows = [row for row in rows if _speaks(look, row, taken)]
        shown = (_candidate(look, row) for row in rows)
        return tuple(each for each in shown if each.tickets)


def count(desk: Desk, *, by: str) -> int:
    """Return how many candidates wait that the asker sees, for the board's badge."""
    with desk.look(by) as look:
        rows: Any = look.connection.execute(
            select(table(CandidateRow)).where(col(CandidateRow.proposed))
        ).all()
        return sum(_speaks(look, row, true()) for row in rows)


def _speaks(look: Look, row: Any, taken: ColumnElement[bool]) -> bool:
    """Return whether a ticket that somebody may see, and that is taken, speaks for a candidate."""
    one = select(col(Ticket.id)).where(stored.tickets_of(row, look.actor), taken).limit(1)
    return look.connection.execute(one).first() is not None


def _candidate(look: Look, row: Any) -> Candidate:
    """Return a candidate as somebody may know it: hidden incidents do not count."""
    tickets = linked_tickets(look.connection, stored.tickets_of(row, look.actor))
    subject, today = stored.subject_of(row), look.now.astimezone(UTC).date()
    weeks = look.desk.standard(look.connection).problems.candidates.weeks
    days = stored.days_of(look.connection, subject, today, weeks, visible(look.actor))
    words, count = subject.words, rules.within(days, today, row.days)
    if row.ticket_id is not None:
        words, count = f"{tickets[0].number} {tickets[0].summary}" if tickets else "", 1
    return Candidate(
        row.id,
        row.signal,
        words,
        rules.reason(words, Finding(row.signal, count, row.days, row.usual, row.rising)),
        count,
        tuple(rules.weekly(days, today, weeks)),
        tickets,
        row.found_at,
        _open_problem(look, row),
    )


def _open_problem(look: Look, row: Any) -> str:
    """Return the number of the newest open problem about what a candidate is about."""
    alike = col(Problem.category) == row.category
    if row.service or row.ci:
        alike = and_(alike, col(Problem.service) == row.service)
    if row.ci:
        alike = or_(alike, col(Problem.ci) == row.ci)
    found = look.connection.execute(
        select(func.max(col(Problem.id))).where(
            alike, col(Problem.status).in_(sorted(problem.OPEN)), visible(look.actor, Problem)
        )
    ).scalar()
    return problem.number_of(found) if found else ""
