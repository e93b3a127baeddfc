"""The incidents that came up on what a change altered, and those that it caused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, not_, or_, select
from sqlmodel import col

from deskterm.domain.people import Actor
from deskterm.domain.ticket import Kind, Status
from deskterm.storage.tables import Change, ChangeIncident, ChangeItem, Ticket
from deskterm.storage.visible import visible


def new_incidents(connection: Connection, change: int, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the incidents since a change began on its items, or on its service where it names no item.

    Those that somebody has judged are not among them, nor those that the actor may not see, nor duplicates.
    """
    return connection.execute(
        select(col(Ticket.id), col(Ticket.kind), col(Ticket.summary), col(Ticket.opened_at))
        .where(_is_new(change), visible(actor))
        .order_by(col(Ticket.id))
    ).all()


def hidden_incidents(connection: Connection, change: int, actor: Actor) -> int:
    """Return how many incidents there are besides `new_incidents` that the actor may not see."""
    hidden = select(func.count()).select_from(Ticket).where(_is_new(change), not_(visible(actor)))
    return connection.execute(hidden).scalar_one()


def _is_new(change: int) -> ColumnElement[bool]:
    items = select(col(ChangeItem.ci)).where(col(ChangeItem.change_id) == change)
    judged = select(col(ChangeIncident.ticket_id)).where(col(ChangeIncident.change_id) == change)
    new = select(col(Ticket.id)).join(
        Change,
        or_(
            col(Ticket.ci) == col(Change.ci),
            col(Ticket.ci).in_(items),
            col(Change.ci).is_(None) & (col(Ticket.service) == col(Change.service)),
        ),
    )
    return col(Ticket.id).in_(
        new.where(
            col(Change.id) == change,
            col(Ticket.opened_at) >= col(Change.started_at),
            col(Ticket.kind) == Kind.INCIDENT,
            col(Ticket.status).not_in([Status.CANCELLED, Status.MERGED]),
            col(Ticket.id).not_in(judged),
        )
    )


def caused_incidents(connection: Connection, change: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return kind and integer of the incidents that a change caused, whoever may see them."""
    return connection.execute(
        select(col(Ticket.kind), col(Ticket.id))
        .join(ChangeIncident, col(ChangeIncident.ticket_id) == col(Ticket.id))
        .where(col(ChangeIncident.change_id) == change, col(ChangeIncident.caused))
        .order_by(col(Ticket.id))
    ).all()
