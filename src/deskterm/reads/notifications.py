"""Notifications: what an agent ought to know and has not read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.domain.ticket import Kind, number_of
from deskterm.reads.compile import condition_of
from deskterm.storage.tables import Alert, Notification, Ticket
from deskterm.storage.visible import visible

UNREAD: Any = (
    select(
        col(Notification.id), col(Notification.at), col(Notification.kind), col(Notification.urgent),
        col(Notification.details), col(Notification.ticket_id), col(Ticket.kind).label("ticket_kind"),
        col(Ticket.summary), col(Ticket.priority),
    )
    .outerjoin(Ticket, col(Ticket.id) == col(Notification.ticket_id))
    .where(
        col(Notification.login) == bindparam("login"),
        col(Notification.read_at).is_(None),
        col(Notification.id) > bindparam("after"),
    )
    .order_by(col(Notification.id).desc())
    .limit(bindparam("most"))
)  # fmt: skip
ALERT = "alert.fired"
ALERTS = (
    select(col(Alert.id), col(Alert.ticket_id), col(Alert.target), col(Alert.threshold))
    .where(col(Alert.ticket_id).in_(bindparam("tickets", expanding=True)))
    .order_by(col(Alert.id))
)
COUNT = (
    select(func.count())
    .select_from(Notification)
    .outerjoin(Ticket, col(Ticket.id) == col(Notification.ticket_id))
    .where(col(Notification.login) == bindparam("login"), col(Notification.read_at).is_(None))
)


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """Something an agent ought to know."""

    id: int
    at: datetime
    kind: str
    urgent: bool
    details: Mapping[str, Any]
    number: str
    """The record's number, empty where it is about none."""
    summary: str
    alert_id: int | None = None
    """The alert that it tells of, None where it tells of none."""
    priority: int | None = None
    """The ticket's, None where it is about none."""

    @property
    def is_grave(self) -> bool:
        """Whether a target was missed, or it is urgent about a ticket of the first priority."""
        return self.urgent and (self.kind == ALERT or self.priority == 1)

    @property
    def key(self) -> int:
        """What tells rows apart."""
        return self.id


def unread(
    desk: Desk, *, by: str, after_id: int = 0, most: int = 200, condition: Condition = EVERYTHING
) -> tuple[NotificationRow, ...]:
    """Return an agent's unread notifications after an id, the newest first.

    Those about a ticket that the agent may see no longer are not among them.

    Args:
        condition: of a filter; unless it takes everything, only those about its tickets.
    """
    with desk.look(by) as look:
        wanted = UNREAD.where(visible(look.actor))
        if condition != EVERYTHING:
            wanted = wanted.where(col(Ticket.id).is_not(None), condition_of(look, condition))
        rows = look.connection.execute(wanted, {"login": by, "after": after_id, "most": most}).all()
        alerts = _alerts(look, {row.ticket_id for row in rows if row.kind == ALERT})
        return tuple(
            NotificationRow(
                row.id,
                row.at,
                row.kind,
                row.urgent,
                details,
                number_of(row.ticket_kind or Kind.INCIDENT, row.ticket_id)
                if row.ticket_id
                else details.get("number", ""),
                row.summary or details.get("summary", ""),
                _alert_of(row, alerts) if row.kind == ALERT else None,
                row.priority,
            )
            for row in rows
            for details in [json.loads(row.details)]
        )


def _alerts(look: Look, tickets: Iterable[int]) -> dict[tuple[int, str, int], int]:
    """Return the newest alert of each ticket, target and threshold."""
    found = look.connection.execute(ALERTS, {"tickets": sorted(tickets)})
    return {(row.ticket_id, row.target.value, row.threshold): row.id for row in found}


def _alert_of(row: Any, alerts: Mapping[tuple[int, str, int], int]) -> int | None:
    details = json.loads(row.details)
    return alerts.get((row.ticket_id, details.get("target", ""), details.get("threshold", 0)))


def unread_count(desk: Desk, *, by: str) -> int:
    """Return how many notifications an agent has not read."""
    with desk.look(by) as look:
        statement = COUNT.where(visible(look.actor))
        count: int = look.connection.execute(statement, {"login": by}).scalar_one()
        return count
