"""What belongs to a candidate, asked alike by services and reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from deskterm.domain.candidates import Subject
from deskterm.domain.people import Actor
from deskterm.domain.ticket import Kind
from deskterm.storage.tables import Link, Ticket
from deskterm.storage.visible import visible

LINKED_TICKET, LINKED_PROBLEM = col(Link.ticket_id), col(Link.target_problem_id)


def key_of(subject: Subject) -> str:
    """Return a subject as the column keeps it."""
    return f"ci:{subject.ci}" if subject.ci else f"service:{subject.service}\n{subject.category}"


def tickets_of(candidate: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `ticket` of a candidate's incidents that an actor may see.

    Args:
        candidate: a `CandidateRow`, or a row with its columns.
    """
    if candidate.ticket_id is not None:
        return and_(col(Ticket.id) == candidate.ticket_id, visible(actor))
    if candidate.subject.startswith("ci:"):
        alike: ColumnElement[bool] = col(Ticket.ci) == candidate.ci
    else:
        alike = and_(col(Ticket.service) == candidate.service, col(Ticket.category) == candidate.category)
    since = candidate.found_at - timedelta(days=candidate.days)
    return and_(alike, col(Ticket.kind) == Kind.INCIDENT, col(Ticket.opened_at) >= since, visible(actor))
