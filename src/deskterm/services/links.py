"""How records hang together: links, parents and children, merged tickets."""

from __future__ import annotations

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, DeskError, IllegalMove
from deskterm.domain.ticket import NUMBER, LinkKind, Status, move
from deskterm.i18n import N_
from deskterm.services import change_incidents, escalation, journal, link_rows, progress
from deskterm.services.ownership import still_going
from deskterm.storage.chain import history
from deskterm.storage.tables import Link, Ticket, Watcher


@action("ticket.link")
def link(tx: Transaction, number: str, kind: LinkKind, other: str, *, by: str) -> None:
    """Say how a ticket belongs to another record: `INC-7` is `child_of` `INC-4`.

    Raises:
        BadInput: they are linked so already, a ticket with itself, or in a circle.
    """
    ticket = tx.take(number)
    if NUMBER.fullmatch(other.strip()):
        put(tx, ticket, kind, tx.take(other))
    else:
        link_rows.put_foreign(tx, ticket, kind, other)


@action("ticket.unlink")
def unlink(tx: Transaction, number: str, kind: LinkKind, other: str, *, by: str) -> None:
    """Take a link back."""
    ticket = tx.take(number)
    is_ticket = NUMBER.fullmatch(other.strip()) is not None
    target = journal.number(tx.take(other)) if is_ticket else link_rows.foreign_number(other)
    row = tx.session.get(Link, (journal.number(ticket), kind, target))
    if row is None:
        raise BadInput(N_("{number} and {other} are not linked so."), number=number, other=other)
    tx.session.delete(row)
    if kind is LinkKind.CHILD_OF:
        ticket.parent_id = None
    journal.record(tx, ticket, "ticket.unlinked", link=kind, other=target)
    if kind is LinkKind.CAUSED_BY:
        change_incidents.unlinked(tx, ticket, target)


@action("ticket.merge")
def merge(tx: Transaction, number: str, into: str, *, by: str, seen: int | None = None) -> None:
    """Make a ticket part of another that is about the same; it can be undone."""
    ticket, target = tx.take(number, seen=seen), tx.take(into)
    if ticket.id == target.id:
        raise BadInput(N_("{number} can't be merged into itself."), number=number)
    still_going(target)
    ticket.status = move(journal.number(ticket), ticket.status, Status.MERGED)
    ticket.merged_into_id = target.id
    link_rows.add(tx, ticket, LinkKind.DUPLICATE_OF, journal.number(target), ticket_id=target.id)
    for login in tx.session.exec(select(Watcher.login).where(col(Watcher.ticket_id) == ticket.id)).all():
        if tx.session.get(Watcher, (journal.key(target), login)) is None:
            tx.session.add(Watcher(ticket_id=journal.key(target), login=login))
    journal.record(tx, ticket, "ticket.merged", into=journal.number(target))
    journal.record(tx, target, "ticket.absorbed", other=journal.number(ticket))
    escalation.count_linked(tx, target)


@action("ticket.unmerge")
def unmerge(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Take a merge back: the ticket stands where it stood before, and what was due meanwhile is due now."""
    ticket = tx.take(number, seen=seen)
    if ticket.status is not Status.MERGED or ticket.merged_into_id is None:
        raise IllegalMove(N_("{number} is not merged into another ticket."), number=number)
    before = next(
        Status(entry.changes["status"][0])
        for entry in reversed(history(tx.connection, "ticket", journal.key(ticket)))
        if entry.kind == "ticket.merged"
    )
    target = tx.session.get_one(Ticket, ticket.merged_into_id)
    ticket.status = move(journal.number(ticket), ticket.status, before)
    ticket.merged_into_id = None
    row = tx.session.get(Link, (journal.number(ticket), LinkKind.DUPLICATE_OF, journal.number(target)))
    if row is not None:
        tx.session.delete(row)
    progress.set_timer_again(tx, ticket)
    journal.record(tx, ticket, "ticket.unmerged", out_of=journal.number(target))


def put(tx: Transaction, ticket: Ticket, kind: LinkKind, other: Ticket) -> None:
    """Link two tickets, and make one the other's child where the link says so."""
    if ticket.id == other.id:
        raise BadInput(N_("A ticket can't be linked to itself."))
    if kind is LinkKind.CHILD_OF:
        _no_circle(tx, ticket, other)
        ticket.parent_id = other.id
    link_rows.add(tx, ticket, kind, journal.number(other), ticket_id=other.id)
    journal.record(tx, ticket, "ticket.linked", link=kind, other=journal.number(other))
    escalation.count_linked(tx, other)
    escalation.count_linked(tx, ticket)


def _no_circle(tx: Transaction, child: Ticket, parent: Ticket) -> None:
    if child.parent_id is not None:
        raise BadInput(N_("{number} has a parent already."), number=journal.number(child))
    above: Ticket | None = parent
    while above is not None:
        if above.id == child.id:
            raise DeskError(N_("That would make {number} its own parent."), number=journal.number(child))
        above = tx.session.get(Ticket, above.parent_id) if above.parent_id else None
