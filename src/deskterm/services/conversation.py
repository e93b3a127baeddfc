"""What agents and callers write on a ticket."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import LEADS
from deskterm.i18n import N_
from deskterm.services import journal, outbox
from deskterm.services.ownership import still_going
from deskterm.storage.chain import history
from deskterm.storage.tables import Message, Outgoing, Ticket
from deskterm.storage.tables.conversation import MessageKind, OutgoingState
from deskterm.storage.visible import visible
from deskterm.text import plain


@action("ticket.reply")
def reply(tx: Transaction, number: str, body: str, *, by: str) -> int:
    """Answer the caller in public, and return the id of the timeline entry.

    The mail waits in the outbox for ten seconds, in which it can be recalled.
    """
    ticket = tx.take(number)
    return write_reply(tx, ticket, body)


@action("ticket.note")
def note(tx: Transaction, number: str, body: str, *, evidence: bool = False, by: str) -> int:
    """Leave a note for other agents, and return the id of the timeline entry.

    Args:
        evidence: whether the body is a command's output, which is shown as it was.
    """
    return write_note(tx, tx.take(number), body, MessageKind.EVIDENCE if evidence else MessageKind.NOTE)


@action("reply.recall")
def recall(tx: Transaction, outgoing_id: int, *, by: str) -> str:
    """Take a reply back while it waits in the outbox, and return its text for the composer.

    Raises:
        NotFound: there is no such mail.
        BadInput: it has left the building.
        NotAllowed: somebody else wrote it, and the actor leads nobody.
    """
    outgoing = tx.session.exec(
        select(Outgoing)
        .join(Ticket, col(Ticket.id) == col(Outgoing.ticket_id))
        .where(col(Outgoing.id) == outgoing_id, visible(tx.actor))
        .with_for_update()
    ).first()
    message = tx.session.get(Message, outgoing.message_id) if outgoing and outgoing.message_id else None
    if outgoing is None or message is None:
        raise NotFound(what=f"reply {outgoing_id}")
    if message.by != by and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only {login} or a lead may recall this."), login=message.by)
    if outgoing.state is not OutgoingState.WAITING:
        raise BadInput(N_("It has left the building. Write another one."))
    outgoing.state = OutgoingState.RECALLED
    message.recalled = True
    ticket = tx.session.get_one(Ticket, message.ticket_id)
    ticket.waiting_since = _waiting_before(tx, ticket, message)
    tx.session.add_all([outgoing, message])
    journal.record(tx, ticket, "ticket.reply_recalled", entry=message.id)
    return message.body


def write_reply(tx: Transaction, ticket: Ticket, body: str) -> int:
    """Answer a ticket's caller, in public.

    Raises:
        BadInput: the ticket has ended.
    """
    still_going(ticket)
    message = write(tx, ticket, body, MessageKind.REPLY, public=True)
    answered, ticket.waiting_since = ticket.waiting_since, None
    outbox.to_caller(tx, ticket, "reply", message.body, message=message)
    journal.record(
        tx,
        ticket,
        "ticket.replied",
        entry=message.id,
        automatic=False,
        answered=journal.code_of(answered),
    )
    journal.tell(tx, ticket, "ticket.replied", journal.concerned(tx, ticket))
    return _key(message)


def write_note(tx: Transaction, ticket: Ticket, body: str, kind: MessageKind = MessageKind.NOTE) -> int:
    """Leave a note on a ticket, for agents only."""
    message = write(tx, ticket, body, kind, public=False)
    journal.record(tx, ticket, "ticket.noted", entry=message.id, evidence=kind is MessageKind.EVIDENCE)
    journal.tell(tx, ticket, "ticket.noted", journal.concerned(tx, ticket))
    return _key(message)


def write(
    tx: Transaction, ticket: Ticket, body: str, kind: MessageKind, *, public: bool, by: str | None = None
) -> Message:
    """Put a timeline entry on a ticket.

    Raises:
        GateNotMet: the body is blank.
    """
    text = plain(body).strip("\n")
    if not text.strip():
        raise GateNotMet(N_("There is nothing written yet."), field="body")
    message = Message(
        ticket_id=journal.key(ticket), at=tx.now, by=by or tx.by, kind=kind, public=public, body=text
    )
    tx.session.add(message)
    tx.session.flush()
    return message


def _waiting_before(tx: Transaction, ticket: Ticket, message: Message) -> datetime | None:
    """Return since when the caller waits once a reply does not count."""
    entries = history(tx.connection, "ticket", journal.key(ticket))
    of = next(
        (e for e in entries if e.kind == "ticket.replied" and e.details.get("entry") == message.id), None
    )
    if of is None or of.details.get("answered") is None:
        return ticket.waiting_since
    later = any(e.kind == "ticket.replied" and e.id > of.id for e in entries)
    return ticket.waiting_since if later else datetime.fromisoformat(of.details["answered"])


def _key(message: Message) -> int:
    assert message.id is not None, "a flushed row has its id"
    return message.id
