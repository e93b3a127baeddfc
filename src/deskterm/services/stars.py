"""Stars: what an agent wants to find again, seen by nobody else and told nowhere."""

from __future__ import annotations

from deskterm.desk import Transaction, action
from deskterm.services import journal
from deskterm.storage.tables import Star


@action("ticket.star")
def star(tx: Transaction, number: str, *, by: str) -> None:
    """Put one's star on a ticket."""
    key = journal.key(tx.take(number))
    if tx.session.get(Star, (key, by)) is None:
        tx.session.add(Star(ticket_id=key, login=by))


@action("ticket.unstar")
def unstar(tx: Transaction, number: str, *, by: str) -> None:
    """Take one's star off a ticket."""
    found = tx.session.get(Star, (journal.key(tx.take(number)), by))
    if found is not None:
        tx.session.delete(found)
