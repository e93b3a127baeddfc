"""The mail that waits to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain.ticket import number_of
from deskterm.storage.tables import Outgoing, Ticket
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.storage.visible import visible

MOST = 200
"""As many are listed, the next to go first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that can still be recalled."""

    number: str
    kind: str
    recipient: str
    due_at: datetime


def recall(desk: Desk, *, by: str) -> timedelta:
    """Return how long a person's mail waits, so that it can be recalled."""
    with desk.look(by) as look:
        return desk.standard(look.connection).recall


def waiting(desk: Desk, *, by: str) -> tuple[Waiting, ...]:
    """Return the mail of the tickets that the asker may see, the next to go first."""
    columns = (
        col(Ticket.kind),
        col(Ticket.id),
        col(Outgoing.kind),
        col(Outgoing.recipient),
        col(Outgoing.due_at),
    )
    with desk.look(by) as look:
        rows = look.connection.execute(
            select(*columns)
            .join(Ticket, col(Ticket.id) == col(Outgoing.ticket_id))
            .where(col(Outgoing.state) == OutgoingState.WAITING, visible(look.actor))
            .order_by(col(Outgoing.due_at))
            .limit(MOST)
        ).all()
    return tuple(
        Waiting(number_of(kind, key or 0), why, recipient, due_at)
        for kind, key, why, recipient, due_at in rows
    )
