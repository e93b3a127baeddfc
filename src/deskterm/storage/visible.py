"""Who sees which tickets: one condition, used by services and reads alike (decision 6)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true
from sqlmodel import col

from deskterm.domain.people import Actor, Role
from deskterm.storage.tables import TeamRow, Ticket


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `ticket` under which an actor may know of it.

    Agents see all tickets except those of a restricted team, which its members, auditors and admins see;
    a caller sees their own.
    """
    if Role.CALLER in actor.roles:
        return col(Ticket.caller_id) == actor.person_id
    if actor.sees_restricted:
        return true()
    restricted = select(col(TeamRow.key)).where(col(TeamRow.restricted)).scalar_subquery()
    hidden = col(Ticket.team).in_(restricted)
    if not actor.teams:
        return or_(col(Ticket.team).is_(None), ~hidden)
    return or_(col(Ticket.team).is_(None), ~hidden, col(Ticket.team).in_(sorted(actor.teams)))
