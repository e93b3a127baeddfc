"""Triage: what an untriaged ticket probably is, by the tickets that say the same; bounded in cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import triage
from deskterm.domain.ticket import number_of
from deskterm.domain.triage import Candidate, Duplicate, Judgement
from deskterm.domain.views import BUILT_IN
from deskterm.domain.words import tokens
from deskterm.reads.ticket import stored
from deskterm.storage import search
from deskterm.storage.tables import Ticket
from deskterm.storage.visible import visible

UNTRIAGED = BUILT_IN["untriaged"]
"""The view that a triage run goes through."""
WORDS_MOST = 8
"""How many words of a summary are looked for."""
EACH_MOST = 40
"""How many tickets each word brings."""
REACH = 20_000
"""How many tickets back the search goes."""

NEWEST = select(func.max(col(Ticket.id)))
COLUMNS: tuple[Any, ...] = (
    col(Ticket.id), col(Ticket.kind), col(Ticket.is_open), col(Ticket.summary), col(Ticket.caller_id),
    col(Ticket.team), col(Ticket.category), col(Ticket.service), col(Ticket.impact), col(Ticket.urgency),
)  # fmt: skip
AMONG = select(*COLUMNS).where(col(Ticket.id).in_(bindparam("among", expanding=True)))
MATCHED = ("kind", "priority", "service", "category", "department", "channel", "vip", "summary")
"""The fields that routing rules match on."""


@dataclass(frozen=True, slots=True)
class Triage:
    """A ticket with what it probably is."""

    number: str
    version: int
    team: str | None
    """Whose it is now."""
    category: str | None
    impact: int
    urgency: int
    priority: int
    judgement: Judgement


def suggest(desk: Desk, number: str, *, by: str) -> Triage:
    """Return what a ticket probably is: at most `WORDS_MOST` × `EACH_MOST` others are looked at.

    Raises:
        NotFound: there is no such ticket, or none that the asker may see.
    """
    with desk.look(by) as look:
        ticket = stored(look, number)
        subject = _candidate(ticket)
        fields = {name: getattr(ticket, name) for name in MATCHED}
        like = _like(look, ticket.summary)
        judgement = triage.judge(subject, fields, like, desk.standard(look.connection))
    return Triage(
        number=subject.number,
        version=ticket.version,
        team=ticket.team,
        category=ticket.category,
        impact=ticket.impact,
        urgency=ticket.urgency,
        priority=ticket.priority,
        judgement=judgement,
    )


def similar(desk: Desk, summary: str, *, caller: int | None, by: str) -> tuple[Duplicate, ...]:
    """Return the open tickets that may be about what is being typed, the caller's own before others.

    Args:
        caller: the id of the person who calls, None for somebody who is not known.
    """
    with desk.look(by) as look:
        words = triage.telling(tokens(summary), most=100)
        return triage.duplicates(frozenset(words), caller, _like(look, summary))


def _like(look: Look, summary: str) -> list[Candidate]:
    """Return the newest tickets that have one of a summary's telling words."""
    above = (look.connection.execute(NEWEST).scalar() or 0) - REACH
    found: set[int] = set()
    for word in triage.telling(tokens(summary), WORDS_MOST):
        found.update(search.newest(look.connection, word, above=above, most=EACH_MOST))
    rows = look.connection.execute(AMONG.where(visible(look.actor)), {"among": sorted(found)})
    return [_candidate(row) for row in rows]


def _candidate(row: Any) -> Candidate:
    return Candidate(
        key=row.id,
        number=number_of(row.kind, row.id),
        is_open=row.is_open,
        words=frozenset(triage.telling(tokens(row.summary), most=100)),
        summary=row.summary,
        caller_id=row.caller_id,
        team=row.team,
        category=row.category,
        service=row.service,
        impact=row.impact,
        urgency=row.urgency,
    )
