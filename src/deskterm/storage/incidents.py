"""The incidents that came up on what a change altered, after it began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select
from sqlmodel import col

from deskterm.domain.people import Actor
from deskterm.domain.ticket import Kind, Status
from deskterm.storage.tables import Change, ChangeIncident, ChangeItem, Ticket
from deskterm.storage.visible import visible


def new_incidents(connection: Connection, change: int, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the incidents since a change began on its items, or on its service where it names no item.

    Those that somebody has judged are not among them, nor those that the actor may not see, nor duplicates.
    """
    items = select(col(ChangeItem.ci)).where(col(ChangeItem.change_id) == change)
    judged = select(col(ChangeIncident.ticket_id)).where(col(ChangeIncident.change_id) == change)
    return connection.execute(
        select(col(Ticket.id), col(Ticket.kind), col(Ticket.summary), col(Ticket.opened_at))
        .join(
            Change,
            or_(
                col(Ticket.ci) == col(Change.ci),
                col(Ticket.ci).in_(items),
                col(Change.ci).is_(None) & (col(Ticket.service) == col(Change.service)),
            ),
        )
        .where(
            col(Change.id) == change,
            col(Ticket.opened_at) >= col(Change.started_at),
            col(Ticket.kind) == Kind.INCIDENT,
            col(Ticket.status).not_in([Status.CANCELLED, Status.MERGED]),
            col(Ticket.id).not_in(judged),
            visible(actor),
        )
        .order_by(col(Ticket.id))
    ).all()
