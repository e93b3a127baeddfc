"""People and what tickets point to: look-ups for forms and pickers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.people import WORKERS, Role
from deskterm.domain.ticket import Level, Status, number_of
from deskterm.storage.tables import (
    Agent,
    Category,
    ConfigurationItem,
    Member,
    Person,
    Service,
    TeamRow,
    Ticket,
)
from deskterm.storage.visible import visible

LAST_CHARACTER = "\U0010ffff"
"""Follows everything that begins the same: `name_key < 'mül' + LAST_CHARACTER`."""
PHONE_DIGITS = 3
"""Fewer digits would match half the book."""


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A caller's open ticket, as a line beside the form."""

    number: str
    status: Status
    priority: int
    summary: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may be calling."""

    id: int
    name: str
    email: str
    phone: str
    department: str
    location: str
    vip: bool
    open_tickets: tuple[OpenTicket, ...]


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent to choose from."""

    login: str
    name: str
    open_count: int
    """Open tickets assigned to the agent."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team to choose from."""

    key: str
    name: str
    tier: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a form offers: services, configuration items, categories, and how priority is derived."""

    services: tuple[str, ...]
    cis: tuple[str, ...]
    categories: tuple[str, ...]
    matrix: dict[tuple[int, int], int]
    """(impact, urgency) → priority."""


CATALOGUE_LIMIT = 500
FOUND = (
    select(
        col(Person.id), col(Person.name), col(Person.email), col(Person.phone), col(Person.department),
        col(Person.location), col(Person.vip),
    )
    .order_by(col(Person.name_key), col(Person.id))
    .limit(bindparam("most"))
)  # fmt: skip
OPEN_OF = (
    select(
        col(Ticket.id), col(Ticket.kind), col(Ticket.status), col(Ticket.priority), col(Ticket.summary),
        col(Ticket.opened_at), col(Ticket.caller_id),
    )
    .where(col(Ticket.is_open))
    .order_by(col(Ticket.id).desc())
)  # fmt: skip


def find_callers(desk: Desk, text: str, *, by: str, limit: int = 8) -> tuple[Caller, ...]:
    """Return the people whom a typed name, phone number or address may mean, with their open tickets.

    A name is found by its beginning, a phone number by its end, an address by its beginning; by index.
    """
    condition = _means(text)
    if condition is None:
        return ()
    with desk.look(by) as look:
        people = look.connection.execute(FOUND.where(condition), {"most": limit}).all()
        tickets = _open_tickets(look, [person.id for person in people])
    return tuple(
        Caller(
            person.id,
            person.name,
            person.email or "",
            person.phone or "",
            person.department or "",
            person.location or "",
            person.vip,
            tuple(tickets.get(person.id, ())),
        )
        for person in people
    )


def _means(text: str) -> ColumnElement[bool] | None:
    """Return the condition on `person` under which a typed text means it, None for nothing typed."""
    sought = text.strip()
    if not sought:
        return None
    digits = re.sub(r"\D", "", sought)
    if len(digits) >= PHONE_DIGITS and not re.search(r"[^\W\d]", sought):
        return _begins(col(Person.phone_key), digits[::-1])
    if "@" in sought:
        return _begins(col(Person.email), sought.lower())
    return or_(_begins(col(Person.name_key), sought.casefold()), _begins(col(Person.email), sought.lower()))


def _begins(column: Any, beginning: str) -> ColumnElement[bool]:
    """Return a condition that an index answers, whatever `%` and `_` are in the text."""
    between: ColumnElement[bool] = column.between(beginning, beginning + LAST_CHARACTER)
    return between


def _open_tickets(look: Look, people: list[int]) -> dict[int, list[OpenTicket]]:
    found: dict[int, list[OpenTicket]] = {}
    rows = look.connection.execute(
        OPEN_OF.where(col(Ticket.caller_id).in_(people), visible(look.actor)).limit(50)
    )
    for row in rows:
        line = OpenTicket(number_of(row.kind, row.id), row.status, row.priority, row.summary, row.opened_at)
        found.setdefault(row.caller_id, []).append(line)
    return found


def agents(desk: Desk, *, by: str, team: str | None = None, working: bool = False) -> tuple[AgentRow, ...]:
    """Return the active agents, of one team or of all, with how many open tickets each has.

    Tickets that the asker may not see are not counted.

    Args:
        working: whether to leave out who may be given no work, such as auditors.
    """
    with desk.look(by) as look:
        load = (
            select(col(Ticket.assignee), func.count().label("open"))
            .where(col(Ticket.is_open), col(Ticket.assignee).is_not(None), visible(look.actor))
            .group_by(col(Ticket.assignee))
            .subquery()
        )
        query: Any = (
            select(col(Agent.login), col(Person.name), func.coalesce(load.c.open, 0), col(Agent.roles))
            .join(Person, col(Person.id) == col(Agent.person_id))
            .outerjoin(load, load.c.assignee == col(Agent.login))
            .where(col(Agent.active))
            .order_by(col(Person.name_key), col(Agent.login))
        )
        if team is not None:
            members = select(col(Member.login)).where(col(Member.team) == team)
            query = query.where(col(Agent.login).in_(members))
        return tuple(
            AgentRow(login, name, count)
            for login, name, count, roles in look.connection.execute(query)
            if not working or not WORKERS.isdisjoint(map(Role, roles.split()))
        )


def teams(desk: Desk, *, by: str) -> tuple[Team, ...]:
    """Return the teams, tier by tier."""
    query = select(col(TeamRow.key), col(TeamRow.name), col(TeamRow.tier)).order_by(
        col(TeamRow.tier), col(TeamRow.name)
    )
    with desk.look(by) as look:
        return tuple(Team(*row) for row in look.connection.execute(query))


def catalogue(desk: Desk, *, by: str) -> Catalogue:
    """Return what a form offers, at most `CATALOGUE_LIMIT` of each."""
    with desk.look(by) as look:
        services, cis, categories = (
            tuple(look.connection.execute(select(key).order_by(key).limit(CATALOGUE_LIMIT)).scalars())
            for key in (col(Service.key), col(ConfigurationItem.key), col(Category.key))
        )
        standard = desk.standard(look.connection)
    matrix = {
        (impact.value, urgency.value): standard.priority(impact, urgency)
        for impact in Level
        for urgency in Level
    }
    return Catalogue(services, cis, categories, matrix)
