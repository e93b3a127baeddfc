"""How a change of a ticket is written down: what changed, the clocks that follow, the words to find it by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import bindparam, inspect, select
from sqlmodel import col

from deskterm.desk import Transaction
from deskterm.domain import sla
from deskterm.domain.ledger import Entry
from deskterm.domain.ticket import OPEN, number_of
from deskterm.domain.words import tokens
from deskterm.services import clocks
from deskterm.storage import search
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Notification, Ticket, Watcher
from deskterm.storage.tables.record import Kept

WORDS = frozenset({"summary", "description", "closing_summary"})
"""The columns that search reads."""
WATCHING = Prepared(select(col(Watcher.login)).where(col(Watcher.ticket_id) == bindparam("ticket")))


def code_of(value: Any) -> Any:
    """Return a column's value as the ledger keeps it: codes, numbers, instants as ISO 8601 in UTC."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def number(ticket: Ticket) -> str:
    """Return a ticket's number as people say it."""
    return number_of(ticket.kind, key(ticket))


def key(ticket: Ticket) -> int:
    """Return a stored ticket's integer."""
    assert ticket.id is not None, "a ticket has its number before anything else"
    return ticket.id


def matched_fields(ticket: Ticket) -> dict[str, Any]:
    """Return the fields that policies, routes and approvals match on, as the ledger keeps them."""
    names = ("kind", "priority", "service", "category", "department", "channel", "vip", "summary")
    return {name: code_of(getattr(ticket, name)) for name in names}


def changes_of(record: Kept) -> dict[str, tuple[Any, Any]]:
    """Return the ledger columns that changed since a record was last written: name → (before, after)."""
    state: Any = inspect(record)
    unmodified = state.unmodified
    changes = {}
    for name in record.LEDGER:
        if name in unmodified:
            continue
        history = state.attrs[name].history
        if history.added or history.deleted:
            before = code_of(history.deleted[0]) if history.deleted else None
            after = code_of(history.added[0]) if history.added else None
            if before != after:
                changes[name] = (before, after)
    return changes


def record(tx: Transaction, ticket: Ticket, kind: str, **details: Any) -> Entry:
    """Write down what was done to a ticket: everything that follows from its columns follows here.

    The version rises where a column that a form could overwrite changed; the clocks are taken anew from
    the ledger where that moves them; search learns new words.
    """
    changes = changes_of(ticket)
    ticket.is_open = ticket.status in OPEN
    ticket.updated_at = tx.now
    if changes and inspect(ticket).persistent:
        ticket.version += 1
    entry = tx.record("ticket", key(ticket), kind, changes=changes, **details)
    if sla.moves_clocks(entry):
        clocks.follow(tx, ticket)
    tx.session.add(ticket)
    tx.session.flush()
    if not WORDS.isdisjoint(changes):
        index(tx, ticket)
    return entry


def index(tx: Transaction, ticket: Ticket) -> None:
    """Let search find a ticket by its words as they are now."""
    found_by = words(
        number=number(ticket),
        external_id=ticket.external_id,
        summary=ticket.summary,
        description=ticket.description,
        closing_summary=ticket.closing_summary,
    )
    search.put(tx.connection, {key(ticket): found_by})


def words(
    *, number: str, external_id: str | None, summary: str, description: str, closing_summary: str
) -> list[str]:
    """Return the tokens by which search finds a ticket: its numbers, here and where it was, and its texts."""
    return tokens(" ".join((number, external_id or "", summary, description, closing_summary)))


def tell(
    tx: Transaction, ticket: Ticket, kind: str, logins: Iterable[str], *, urgent: bool = False, **details: Any
) -> None:
    """Notify agents of something about a ticket, all but whoever did it."""
    text = json.dumps({"number": number(ticket), "by": tx.by, **details}, sort_keys=True)
    for login in sorted(set(logins) - {tx.by}):
        tx.session.add(
            Notification(login=login, ticket_id=ticket.id, kind=kind, details=text, urgent=urgent, at=tx.now)
        )


def concerned(tx: Transaction, ticket: Ticket) -> set[str]:
    """Return the logins that a ticket's news concern: its assignee and its watchers."""
    watching = {login for (login,) in WATCHING.rows(tx.connection, ticket=key(ticket))}
    return watching | {ticket.assignee} if ticket.assignee else watching
