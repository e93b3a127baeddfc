"""Tickets on hold that wait for a change."""

from __future__ import annotations

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain.ticket import HoldReason, Status
from deskterm.services import progress
from deskterm.storage.tables import Link, Ticket


def wake(tx: Transaction, number: str, why: str) -> None:
    """Resume the tickets that are on hold for a change, now that it has ended."""
    waiting = tx.session.exec(
        select(Ticket)
        .join(Link, col(Link.ticket_id) == col(Ticket.id))
        .where(
            col(Link.target) == number,
            col(Ticket.status) == Status.ON_HOLD,
            col(Ticket.hold_reason) == HoldReason.CHANGE,
        )
        .order_by(col(Ticket.id))
        .with_for_update()
    )
    for ticket in waiting.all():
        progress.wake(tx, ticket, why)
