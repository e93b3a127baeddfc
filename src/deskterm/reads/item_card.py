"""A configuration item as somebody who works on a ticket about it wants to see it."""

from __future__ import annotations

from dataclasses import dataclass

from deskterm.desk import Desk
from deskterm.domain.query import And, Is, Op, Query, Term
from deskterm.reads import catalogue, changes, problems, queue, ticket
from deskterm.reads.catalogue import ItemRow
from deskterm.reads.changes import ChangeRow
from deskterm.reads.problems import KnownError
from deskterm.reads.queue import QueueRow

MOST = 20
"""As many open tickets are listed."""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item with what depends on what, and what goes on about it."""

    item: ItemRow
    needed_by: tuple[str, ...]
    """The items that depend on it."""
    open_tickets: tuple[QueueRow, ...]
    changes: tuple[ChangeRow, ...]
    """Those carried out lately on it or its service."""
    errors: tuple[KnownError, ...]
    """Those that match the ticket."""


def card(desk: Desk, number: str, *, by: str) -> ItemCard | None:
    """Return the card of a ticket's configuration item; None where it names none.

    Raises:
        NotFound: there is no such ticket, or none that the asker may see.
    """
    name = ticket.record(desk, number, by=by).ci
    if name is None:
        return None
    items = {item.name: item for item in catalogue.items(desk, by=by)}
    about = Query(And((Is("open"), Term("ci", Op.IS, (name,)))))
    return ItemCard(
        item=items[name],
        needed_by=tuple(item.name for item in items.values() if name in item.depends_on),
        open_tickets=queue.page(desk, about, by=by, limit=MOST),
        changes=changes.recent(desk, number, by=by),
        errors=problems.known_errors_for(desk, number, by=by),
    )
