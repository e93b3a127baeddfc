"""What belongs to a candidate, asked alike by services and reads."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select
from sqlmodel import col

from deskterm.domain.candidates import Subject
from deskterm.domain.people import Actor
from deskterm.domain.ticket import Kind, Status
from deskterm.storage.tables import Link, Ticket
from deskterm.storage.visible import visible

LINKED_TICKET, LINKED_PROBLEM = col(Link.ticket_id), col(Link.target_problem_id)
COUNTS = and_(col(Ticket.kind) == Kind.INCIDENT, col(Ticket.status).not_in([Status.MERGED, Status.CANCELLED]))
"""The condition on tickets that are one more incident: reports that were merged are the same."""


def key_of(subject: Subject) -> str:
    """Return a subject as the column keeps it."""
    if subject.ci:
        return f"ci:{subject.ci}"
    return (
        f"service:{subject.service}\n{subject.category}"
        if subject.service
        else f"category:{subject.category}"
    )


def subject_of(candidate: Any) -> Subject:
    """Return what a candidate is about.

    Args:
        candidate: a `CandidateRow`, or a row with its columns.
    """
    if candidate.subject.startswith("ci:"):
        return Subject(ci=candidate.ci)
    if candidate.subject.startswith("category:"):
        return Subject(category=candidate.category)
    return Subject(service=candidate.service, category=candidate.category)


def about(subject: Subject) -> ColumnElement[bool]:
    """Return the condition on `ticket` of the incidents that count for a subject."""
    if subject.ci:
        return and_(col(Ticket.ci) == subject.ci, COUNTS)
    same = col(Ticket.category) == subject.category
    if subject.service:
        return and_(col(Ticket.service) == subject.service, same, COUNTS)
    return and_(same, col(Ticket.ci).is_(None), col(Ticket.service).is_(None), COUNTS)


def days_of(
    connection: Connection, subject: Subject, today: date, weeks: int, *which: ColumnElement[bool]
) -> Counter[date]:
    """Return a subject's incidents by the day on which they opened, in UTC, of the last weeks.

    Args:
        which: further conditions on `ticket`.
    """
    since = datetime.combine(today - timedelta(weeks=weeks), time.min, tzinfo=UTC)
    opened = select(col(Ticket.opened_at)).where(about(subject), col(Ticket.opened_at) >= since, *which)
    return Counter(at.astimezone(UTC).date() for at in connection.execute(opened).scalars())


def tickets_of(candidate: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `ticket` of a candidate's incidents that an actor may see.

    Args:
        candidate: a `CandidateRow`, or a row with its columns.
    """
    if candidate.ticket_id is not None:
        return and_(col(Ticket.id) == candidate.ticket_id, visible(actor))
    since = candidate.found_at - timedelta(days=candidate.days)
    return and_(about(subject_of(candidate)), col(Ticket.opened_at) >= since, visible(actor))
