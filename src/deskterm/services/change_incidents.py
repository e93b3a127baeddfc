"""Incidents that came of a change: judged, linked, and how they let it prove stable anew."""

from __future__ import annotations

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import change as rules
from deskterm.domain.change import ChangeStatus
from deskterm.services import alarms, change_journal
from deskterm.storage.tables import Change, ChangeIncident, Ticket

STABILITY = "stability"


def put(tx: Transaction, change: Change, ticket: Ticket, *, caused: bool, note: str = "") -> None:
    """Write down what somebody judged of an incident; one that the change caused restarts its stability."""
    key = (change_journal.key(change), ticket.id)
    row = tx.session.get(ChangeIncident, key)
    news = caused and (row is None or not row.caused)
    row = row or ChangeIncident(change_id=key[0], ticket_id=key[1] or 0, caused=caused, by=tx.by, at=tx.now)
    row.caused, row.by, row.at, row.note = caused, tx.by, tx.now, note
    tx.session.add(row)
    tx.session.flush()
    if news:
        restart(tx, change)


def linked(tx: Transaction, ticket: Ticket, number: str) -> None:
    """Take note that a ticket was linked as caused by a change; what is no change is left alone."""
    if rules.NUMBER.fullmatch(number) is None:
        return
    change = tx.session.exec(
        select(Change).where(col(Change.id) == rules.key_of(number)).with_for_update()
    ).first()
    if change is not None and change.is_open:
        put(tx, change, ticket, caused=True)
        change_journal.record(tx, change, "change.incident_linked", ticket_id=ticket.id)
        change_journal.tell(tx, change, "change.incident_linked", change_journal.own(change), urgent=True)


def restart(tx: Transaction, change: Change) -> None:
    """Let the stability period begin now, if the change has come so far."""
    if change.status is not ChangeStatus.REVIEW or change.outcome not in rules.STAYED:
        return
    change.stable_until = tx.now + tx.standard.changes.stable_for
    change.proposed_at = None
    alarms.arm(tx, "change", change_journal.key(change), STABILITY, change.stable_until)
