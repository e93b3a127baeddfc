"""What the variables of macros and text modules stand for on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from deskterm.domain.standard import Standard
from deskterm.domain.ticket import number_of
from deskterm.storage.tables import Agent, Person, TeamRow

AGENT = (
    select(col(Person.name))
    .join(Agent, col(Agent.person_id) == col(Person.id))
    .where(col(Agent.login) == bindparam("login"))
)
CALLER = select(col(Person.name), col(Person.email), col(Person.department), col(Person.zone)).where(
    col(Person.id) == bindparam("key")
)
TEAM = select(col(TeamRow.name)).where(col(TeamRow.key) == bindparam("team"))


@dataclass(frozen=True, slots=True)
class Known:
    """What a ticket's variables stand for, and where its caller looks at a clock."""

    values: Mapping[str, str]
    zone: tzinfo


def known(connection: Connection, standard: Standard, ticket: Any, *, login: str) -> Known:
    """Return what the variables stand for on a ticket; an empty text where nothing is known.

    Args:
        standard: its closure's calendar has the zone of callers who have none.
        ticket: the ticket, or a row with its columns.
        login: who writes.
    """
    caller = connection.execute(CALLER, {"key": ticket.caller_id}).first()
    agent = connection.execute(AGENT, {"login": login}).scalar() or ""
    values = {
        "agent.first_name": first_name(agent),
        "agent.login": login,
        "agent.name": agent,
        "caller.department": caller.department if caller else None,
        "caller.email": caller.email if caller else None,
        "caller.first_name": first_name(caller.name) if caller else None,
        "caller.name": caller.name if caller else None,
        "team.name": connection.execute(TEAM, {"team": ticket.team}).scalar(),
        "ticket.category": ticket.category,
        "ticket.number": number_of(ticket.kind, ticket.id),
        "ticket.priority": str(ticket.priority),
        "ticket.service": ticket.service,
        "ticket.summary": ticket.summary,
    }
    office = standard.calendars[standard.closure.calendar].zone
    return Known(
        {name: value or "" for name, value in values.items()},
        _zone(caller.zone if caller else None, office),
    )


def first_name(name: str) -> str:
    """Return what to call somebody: the name's first word, or all of it where that is an initial."""
    first = name.split(" ")[0]
    return name if first.endswith(".") else first


def _zone(*names: str | None) -> tzinfo:
    """Return the first zone that there is."""
    for name in filter(None, names):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return UTC
