"""How many tickets of a view have each value of a field: what Tab offers in the filter bar."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain.fields import FIELDS, Shape
from deskterm.domain.query import Context, Query
from deskterm.reads.compile import compiled
from deskterm.storage.tables import Person, Tag, Ticket
from deskterm.storage.visible import visible

MOST = 12
"""As many values are offered, the most frequent first."""
COUNTED = frozenset({Shape.CODE, Shape.RANK, Shape.COUNT, Shape.LOGIN, Shape.TEAM, Shape.NAME, Shape.PATH})
"""Shapes whose values are a column of the ticket."""


class Tallied(NamedTuple):
    """A value, and how many tickets have it."""

    value: str
    tickets: int


def tally(desk: Desk, query: Query, field: str, begun: str, *, by: str) -> tuple[Tallied, ...]:
    """Return the values of a field that begin with what was typed, among the tickets that a filter takes.

    Args:
        field: canonical name; one whose values can't be counted has none.
        begun: what was typed of the value.
    """
    asked = FIELDS[field]
    value: Any
    if asked.shape in COUNTED:
        value = col(getattr(Ticket, asked.fact))
    elif asked.shape is Shape.TAGS:
        value = col(Tag.word)
    elif asked.shape is Shape.CALLER:
        value = col(Person.name)
    else:
        return ()
    statement = select(value, func.count()).select_from(Ticket)
    if asked.shape is Shape.TAGS:
        statement = statement.join(Tag, col(Tag.ticket_id) == col(Ticket.id))
    elif asked.shape is Shape.CALLER:
        statement = statement.join(Person, col(Person.id) == col(Ticket.caller_id))
    with desk.look(by) as look:
        context = Context(by, look.now, look.actor.teams, look.now.astimezone().tzinfo or look.now.tzinfo)  # type: ignore[arg-type]  # an aware instant has a zone
        taken = compiled(query.condition, context, look.connection.dialect)
        rows = look.connection.execute(
            statement.where(and_(taken, visible(look.actor)), value.is_not(None))
            .group_by(value)
            .order_by(func.count().desc(), value)
        ).all()
    found = (Tallied(str(getattr(each, "value", each)), count) for each, count in rows)
    return tuple(each for each in found if each.value.casefold().startswith(begun.casefold()))[:MOST]
