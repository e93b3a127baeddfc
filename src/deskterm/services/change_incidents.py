"""Incidents that came of a change: judged, linked, and how they let it prove stable anew."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import change as rules
from deskterm.domain.change import ChangeStatus
from deskterm.domain.ledger import Entry
from deskterm.services import alarms, change_journal
from deskterm.storage.chain import history
from deskterm.storage.tables import Change, ChangeIncident, Ticket

STABILITY = "stability"


def put(tx: Transaction, change: Change, ticket: Ticket, *, caused: bool, note: str = "") -> None:
    """Write down what somebody judged of an incident.

    One that the change caused restarts its stability, and its outcome is with issues at best; one that it did
    not cause after all counts no longer.
    """
    key = (change_journal.key(change), ticket.id)
    row = tx.session.get(ChangeIncident, key)
    before = row is not None and row.caused
    row = row or ChangeIncident(change_id=key[0], ticket_id=key[1] or 0, caused=caused, by=tx.by, at=tx.now)
    row.caused, row.by, row.at, row.note = caused, tx.by, tx.now, note
    tx.session.add(row)
    tx.session.flush()
    if caused and not before:
        if change.is_open:
            change.outcome = rules.with_incident(change.outcome)
        restart(tx, change)
    elif before and not caused:
        count_again(tx, change)


def linked(tx: Transaction, ticket: Ticket, number: str) -> None:
    """Take note that a ticket was linked as caused by a change; what is no change is left alone.

    It counts however late that is found out: a change that has closed stays closed.
    """
    change = _locked(tx, number)
    if change is not None:
        put(tx, change, ticket, caused=True)
        change_journal.record(tx, change, "change.incident_linked", ticket_id=ticket.id)
        change_journal.tell(
            tx, change, "change.incident_linked", change_journal.concerned(tx, change), urgent=True
        )


def unlinked(tx: Transaction, ticket: Ticket, number: str) -> None:
    """Take note that such a link was taken back: nobody has judged the incident any more."""
    change = _locked(tx, number)
    if change is None:
        return
    row = tx.session.get(ChangeIncident, (change_journal.key(change), ticket.id))
    if row is not None and row.caused:
        tx.session.delete(row)
        tx.session.flush()
        count_again(tx, change)
        change_journal.record(tx, change, "change.incident_unlinked", ticket_id=ticket.id)
        change_journal.tell(tx, change, "change.incident_unlinked", change_journal.own(change))


def _locked(tx: Transaction, number: str) -> Change | None:
    if rules.NUMBER.fullmatch(number) is None:
        return None
    return tx.session.exec(
        select(Change).where(col(Change.id) == rules.key_of(number)).with_for_update()
    ).first()


def restart(tx: Transaction, change: Change) -> None:
    """Let the stability period begin now, if the change has come so far."""
    if _proves_stable(change):
        _run(tx, change, tx.now + tx.standard.changes.stable_for)


def count_again(tx: Transaction, change: Change) -> None:
    """Let the stability period be as if an incident had never been linked; it does not end in the past."""
    if not _proves_stable(change):
        return
    key = change_journal.key(change)
    caused = select(ChangeIncident.at).where(col(ChangeIncident.change_id) == key, col(ChangeIncident.caused))
    reviewed = [entry.at for entry in history(tx.connection, "change", key) if _began(entry)]
    since = max([*reviewed[-1:], *tx.session.exec(caused)])
    _run(tx, change, max(since + tx.standard.changes.stable_for, tx.now))


def _proves_stable(change: Change) -> bool:
    return change.status is ChangeStatus.REVIEW and change.outcome in rules.STAYED


def _began(entry: Entry) -> bool:
    """Return whether a review let the stability period begin; one that only corrects another does not."""
    return entry.kind == "change.reviewed" and "stable_until" in entry.changes


def _run(tx: Transaction, change: Change, until: datetime) -> None:
    change.stable_until, change.proposed_at = until, None
    alarms.arm(tx, "change", change_journal.key(change), STABILITY, until)
