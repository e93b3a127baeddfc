"""What agents and callers write on a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain import macro
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import LEADS
from deskterm.i18n import N_
from deskterm.services import journal, outbox, people
from deskterm.services.ownership import still_going
from deskterm.storage.chain import history
from deskterm.storage.tables import Agent, Draft, Message, Outgoing, Tag, TeamRow, Ticket
from deskterm.storage.tables.conversation import MessageKind, OutgoingState
from deskterm.storage.visible import visible
from deskterm.text import plain

UNDELIVERED = "undelivered"
"""The tag of tickets from which a message could not be sent."""


@action("ticket.reply")
def reply(tx: Transaction, number: str, body: str, *, by: str) -> int:
    """Answer the caller in public, and return the id of the timeline entry.

    The mail waits in the outbox for a few seconds, in which it can be recalled.
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
    tx.session.add(outgoing)
    unsay(tx, tx.session.get_one(Ticket, message.ticket_id), message)
    return message.body


def unsay(tx: Transaction, ticket: Ticket, message: Message, **details: Any) -> None:
    """Let a reply that did not reach the caller count for nothing."""
    message.recalled = True
    ticket.waiting_since = _waiting_before(tx, ticket, message)
    tx.session.add(message)
    journal.record(tx, ticket, "ticket.reply_recalled", entry=message.id, **details)


def bring_back(tx: Transaction, outgoing: Outgoing, reason: str) -> None:
    """Say that a message could not be sent: its words return as a draft, and the ticket is flagged.

    The ticket has the tag `undelivered` until somebody takes it off; a reply no longer counts as one.
    """
    ticket = tx.session.get(Ticket, outgoing.ticket_id) if outgoing.ticket_id else None
    if ticket is None:
        return
    tx.session.refresh(ticket, with_for_update=True)
    concerned = journal.concerned(tx, ticket)
    message = tx.session.get(Message, outgoing.message_id) if outgoing.message_id else None
    if message is not None and not message.recalled:
        unsay(tx, ticket, message, reason=reason)
        _put_in_draft(tx, message.by, f"{journal.number(ticket)} reply", message.body)
        concerned |= {message.by}
    if tx.session.get(Tag, (journal.key(ticket), UNDELIVERED)) is None:
        tx.session.add(Tag(ticket_id=journal.key(ticket), word=UNDELIVERED))
        journal.record(tx, ticket, "ticket.tagged", added=[UNDELIVERED])
    journal.tell(tx, ticket, "ticket.undelivered", concerned, urgent=True, reason=reason)


def _put_in_draft(tx: Transaction, login: str, place: str, text: str) -> None:
    """Put words back where they were typed, before what is typed there now."""
    draft = tx.session.get(Draft, (login, place)) or Draft(login=login, place=place, text="", saved_at=tx.now)
    draft.text, draft.saved_at = "\n\n".join(filter(None, (text, draft.text))), tx.now
    tx.session.add(draft)


def write_reply(tx: Transaction, ticket: Ticket, body: str) -> int:
    """Answer a ticket's caller, in public.

    Raises:
        IllegalMove: the ticket has ended.
        GateNotMet: the body is blank, or a variable stands in it that nobody filled in.
    """
    still_going(ticket)
    if missing := macro.unfilled(body):
        raise GateNotMet(
            N_("Fill in {missing} before you send it."), field="body", missing=", ".join(missing)
        )
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
    if kind is not MessageKind.MESSAGE:
        journal.tell(tx, ticket, "mention", _mentioned(tx, ticket, text), entry=message.id)
    return message


def _mentioned(tx: Transaction, ticket: Ticket, text: str) -> set[str]:
    """Return the agents that a text names with `@@` and who may see the ticket."""
    named = macro.mentioned(text)
    if not named:
        return set()
    known = set(tx.session.exec(select(Agent.login).where(col(Agent.login).in_(named), col(Agent.active))))
    team = tx.session.get(TeamRow, ticket.team) if ticket.team else None
    return known & set(people.members(tx, ticket.team)) if team and team.restricted else known


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
