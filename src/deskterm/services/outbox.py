"""What leaves the building: queued with the act that caused it, recalled while it waits."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlmodel import col, func, select

from deskterm.desk import Transaction
from deskterm.domain.ticket import Channel
from deskterm.i18n import _
from deskterm.services import journal
from deskterm.storage.tables import Message, Outgoing, Person, Ticket

CLAIMED = frozenset({Channel.EMAIL, Channel.WEB, Channel.CHAT})
"""Doors at which the sender's address is only a claim."""
CLAIMED_LIMITS = ((timedelta(hours=1), 1), (timedelta(days=1), 3))
KNOWN_LIMITS = ((timedelta(days=1), 20),)
"""How many acknowledgements one address gets in how long (reliability.md, T6)."""


def acknowledge(tx: Transaction, ticket: Ticket, address: str) -> None:
    """Tell a caller the number, unless the address had its share; nothing the caller wrote is repeated."""
    limits = CLAIMED_LIMITS if ticket.channel in CLAIMED else KNOWN_LIMITS
    if all(_sent_since(tx, address, tx.now - span) < most for span, most in limits):
        number = journal.number(ticket)
        queue(
            tx,
            ticket,
            "acknowledgement",
            address,
            _("{number} was opened").format(number=number),
            _("Your request has the number {number}. We will be in touch.").format(number=number),
        )


def _sent_since(tx: Transaction, address: str, since: object) -> int:
    return tx.session.exec(
        select(func.count())
        .select_from(Outgoing)
        .where(
            col(Outgoing.recipient) == address,
            col(Outgoing.kind) == "acknowledgement",
            col(Outgoing.created_at) > since,
        )
    ).one()


def queue(
    tx: Transaction,
    ticket: Ticket,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    *,
    message: Message | None = None,
    held: timedelta = timedelta(),
) -> Outgoing:
    """Put a message in the outbox; the worker hands it over when `held` has passed."""
    outgoing = Outgoing(
        ticket_id=ticket.id,
        message_id=message.id if message else None,
        kind=kind,
        recipient=recipient,
        subject=subject,
        body=body,
        header_id=f"<{kind}.{ticket.id}.{secrets.token_hex(8)}@deskterm>",
        created_at=tx.now,
        due_at=tx.now + held,
    )
    tx.session.add(outgoing)
    return outgoing


def to_caller(
    tx: Transaction,
    ticket: Ticket,
    kind: str,
    body: str,
    *,
    message: Message | None = None,
    held: timedelta | None = None,
) -> Outgoing | None:
    """Queue a message to a ticket's caller; None where the caller has no address.

    Args:
        message: the timeline entry that it carries.
        held: how long it can be recalled; None for as long as the standard says.
    """
    person = tx.session.get(Person, ticket.caller_id) if ticket.caller_id else None
    if person is None or not person.email:
        return None
    held = tx.standard.recall if held is None else held
    subject = f"[{journal.number(ticket)}] {ticket.summary}"
    return queue(
        tx, ticket, kind, person.email, subject, body, message=message, held=held or tx.standard.recall
    )
