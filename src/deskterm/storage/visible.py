"""Who sees which tickets: one condition, used by services and reads alike (decision 6)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlmodel import col

from deskterm.domain.people import Actor, Role
from deskterm.storage.tables import TeamRow, Ticket
from deskterm.storage.tables.record import Record


def scope_of(actor: Actor) -> Actor:
    """Return an actor as visibility sees it, so that all who see the same share prepared statements."""
    if Role.CALLER in actor.roles:
        return Actor("", frozenset({Role.CALLER}), person_id=actor.person_id)
    return Actor("", frozenset({Role.AUDITOR}) if actor.sees_restricted else frozenset(), actor.teams)


def visible(actor: Actor, kept_in: type[Record] = Ticket) -> ColumnElement[bool]:
    """Return the condition on a table of records under which an actor may know of one.

    Agents see all except those of a restricted team, which its members, auditors and admins see; a caller
    sees their own tickets and nothing else.
    """
    if Role.CALLER in actor.roles:
        return col(Ticket.caller_id) == actor.person_id if kept_in is Ticket else false()
    if actor.sees_restricted:
        return true()
    team = col(kept_in.team)
    restricted = select(col(TeamRow.key)).where(col(TeamRow.restricted)).scalar_subquery()
    mine = [team.in_(sorted(actor.teams))] if actor.teams else []
    return or_(team.is_(None), team.not_in(restricted), *mine)
