"""Who is named in a filter and nobody on the desk: why a list is empty without anything being wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain.errors import BadInput
from deskterm.domain.fields import FIELDS, Shape
from deskterm.domain.query import And, Condition, Not, Op, Or, Query, Term
from deskterm.i18n import N_
from deskterm.storage.tables import Agent, TeamRow

SENTENCES = {
    Shape.LOGIN: N_("There is no agent called {name}."),
    Shape.AGENTS: N_("There is no agent called {name}."),
    Shape.TEAM: N_("There is no team called {name}."),
}
"""The shapes of fields whose values are looked for → what is said of one that is not there."""
ANYTHING = "*"


def strangers(desk: Desk, query: Query, *, by: str) -> tuple[BadInput, ...]:
    """Return a sentence for each agent and team that a filter names and the desk has not."""
    named = [(shape, name) for shape, name in _named(query.condition) if ANYTHING not in name]
    if not named:
        return ()
    with desk.look(by) as look:
        logins, teams = (
            {key.casefold() for key in look.connection.execute(select(column)).scalars()}
            for column in (col(Agent.login), col(TeamRow.key))
        )
    known: dict[Shape, Any] = {Shape.LOGIN: logins, Shape.AGENTS: logins, Shape.TEAM: teams}
    missing = dict.fromkeys(
        (SENTENCES[shape], name) for shape, name in named if name.casefold() not in known[shape]
    )
    return tuple(BadInput(sentence, name=name) for sentence, name in missing)


def _named(condition: Condition) -> Iterator[tuple[Shape, str]]:
    match condition:
        case Term(op=Op.IS) if (shape := FIELDS[condition.field].shape) in SENTENCES:
            yield from ((shape, value) for value in condition.values if type(value) is str)
        case Not():
            yield from _named(condition.condition)
        case And() | Or():
            for each in condition.conditions:
                yield from _named(each)
