"""The one door behind all doors: here every ticket is numbered, routed, acknowledged and audited."""

from __future__ import annotations

import hashlib

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from deskterm.desk import CALLER, Transaction, action
from deskterm.domain import standard as rules
from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import Channel, Level, LinkKind, Status
from deskterm.i18n import N_
from deskterm.services import catalogue, conversation, effect, journal, links, outbox, people, progress
from deskterm.services.drafts import InboundDraft, NewTicket
from deskterm.services.ownership import give
from deskterm.storage.tables import Approval, Counter, Inbound, Person, Tag, Ticket
from deskterm.storage.tables.conversation import MessageKind

DRAW = (
    update(Counter)
    .where(col(Counter.name) == bindparam("sequence"))
    .values(value=col(Counter.value) + bindparam("count"))
    .returning(col(Counter.value))
)


@action("ticket.open")
def open_ticket(tx: Transaction, draft: NewTicket, *, by: str) -> str:
    """Open a ticket that an agent took by phone or at the command line, and return its number."""
    return journal.number(_open(tx, draft, acknowledge=True))


@action("inbound.receive")
def receive(tx: Transaction, inbound: InboundDraft, *, by: str) -> str:
    """Take a message from a door, once however often it comes, and return its ticket's number."""
    known = tx.session.exec(select(Inbound).where(col(Inbound.key) == inbound.key)).first()
    if known is not None and known.ticket_id is not None:
        return journal.number(tx.session.get_one(Ticket, known.ticket_id))
    ticket = _open(tx, inbound.ticket, acknowledge=not inbound.automatic)
    tx.session.add(
        Inbound(
            key=inbound.key,
            channel=inbound.ticket.channel,
            received_at=tx.now,
            raw=inbound.raw,
            sha256=hashlib.sha256(inbound.raw).digest(),
            ticket_id=ticket.id,
        )
    )
    return journal.number(ticket)


@action("ticket.receive")
def receive_message(tx: Transaction, number: str, body: str, *, by: str) -> str:
    """Take down what the caller wrote or said, and return the number of the ticket that has it.

    One that was merged hands it on to the ticket that it is part of. A ticket on hold resumes by itself; one
    that has ended stays so, and a new one that follows it is opened.
    """
    written_on = tx.take(number)
    ticket = _merged_into(tx, written_on)
    if not ticket.is_open and ticket.status is not Status.RESOLVED:
        return _follow_up(tx, written_on, body)
    message = conversation.write(
        tx, ticket, body, MessageKind.MESSAGE, public=True, by=_caller_name(written_on)
    )
    if ticket.waiting_since is None:
        ticket.waiting_since = tx.now
    journal.record(tx, ticket, "ticket.message_received", entry=message.id)
    journal.tell(tx, ticket, "ticket.message_received", journal.concerned(tx, ticket))
    if ticket.status is Status.ON_HOLD:
        progress.wake(tx, ticket, "the caller wrote")
    return journal.number(ticket)


def _merged_into(tx: Transaction, ticket: Ticket) -> Ticket:
    """Return the ticket in which a merged one goes on, locked, whether the actor may see it or not."""
    while ticket.merged_into_id is not None:
        ticket = tx.session.get_one(Ticket, ticket.merged_into_id, with_for_update=True)
    return ticket


def _follow_up(tx: Transaction, ended: Ticket, body: str) -> str:
    """Open a ticket for what a caller wrote on one that has ended, linked to it."""
    draft = NewTicket(
        kind=ended.kind,
        caller=ended.caller_id,
        summary=ended.summary,
        description=body,
        channel=ended.channel,
        impact=Level(ended.impact),
        urgency=Level(ended.urgency),
        category=ended.category,
        service=ended.service,
        ci=ended.ci,
    )
    ticket = _open(tx, draft, acknowledge=True)
    links.put(tx, ticket, LinkKind.FOLLOWS, ended)
    return journal.number(ticket)


def _caller_name(ticket: Ticket) -> str:
    return f"{CALLER}{ticket.caller_id}" if ticket.caller_id else CALLER


def _open(tx: Transaction, draft: NewTicket, *, acknowledge: bool) -> Ticket:
    if not draft.summary:
        raise GateNotMet(N_("A ticket needs a summary."), field="summary")
    if draft.caller is None and draft.channel is not Channel.MONITORING:
        raise GateNotMet(N_("A ticket needs a caller."), field="caller")
    caller = people.caller_of(tx, draft.caller)
    ticket = _ticket(tx, draft, caller)
    rule = _route(tx, ticket, draft)
    approval = _approval_for(tx, ticket)
    if approval is not None:
        ticket.status = Status.AWAITING_APPROVAL
    tx.session.add(ticket)
    journal.record(tx, ticket, "ticket.opened", rule=rule, caller=caller.name if caller else None)
    effect.heed(tx, ticket)
    tx.session.add_all(Tag(ticket_id=journal.key(ticket), word=word) for word in sorted(set(draft.tags)))
    if approval is not None:
        _ask(tx, ticket, approval)
    if draft.assignee is not None:
        give(tx, ticket, draft.assignee)
    elif ticket.status is Status.NEW:
        journal.tell(tx, ticket, "ticket.opened", people.members(tx, ticket.team))
    if acknowledge and caller is not None and caller.email:
        outbox.acknowledge(tx, ticket, caller.email)
    return ticket


def _ticket(tx: Transaction, draft: NewTicket, caller: Person | None) -> Ticket:
    catalogue.need(tx, service=draft.service, ci=draft.ci, category=draft.category)
    standard = tx.standard
    return Ticket(
        id=next_number(tx, "ticket"),
        kind=draft.kind,
        status=Status.NEW,
        summary=draft.summary,
        description=draft.description,
        caller_id=caller.id if caller else None,
        channel=draft.channel,
        service=draft.service,
        ci=draft.ci,
        category=draft.category,
        impact=int(draft.impact),
        urgency=int(draft.urgency),
        priority=standard.priority(draft.impact, draft.urgency),
        extent=draft.extent,
        vip=bool(caller and caller.vip),
        department=caller.department if caller else None,
        occurred_at=draft.occurred_at,
        reported_at=draft.reported_at or tx.now,
        opened_at=tx.now,
        updated_at=tx.now,
        standard_version=standard.version,
    )


def _route(tx: Transaction, ticket: Ticket, draft: NewTicket) -> str:
    """Put a new ticket in a team's hands, and return which rule said so."""
    route = None if draft.team else tx.standard.route(journal.matched_fields(ticket))
    wanted = draft.team or (route.team if route else tx.standard.default_team)
    team = people.team_row(tx, wanted)
    ticket.team, ticket.tier = team.key, team.tier
    return route.name if route else ("chosen" if draft.team else "default")


def _approval_for(tx: Transaction, ticket: Ticket) -> rules.Approval | None:
    """Return the rule by which work may not begin without an approval, if there is one."""
    fields = journal.matched_fields(ticket)
    return next((rule for rule in tx.standard.approvals if rule.match.takes(fields)), None)


def _ask(tx: Transaction, ticket: Ticket, rule: rules.Approval) -> None:
    tx.session.add(Approval(ticket_id=journal.key(ticket), role=rule.approver_role, asked_at=tx.now))
    journal.tell(tx, ticket, "approval.asked", people.with_role(tx, rule.approver_role))


def next_number(tx: Transaction, sequence: str, *, count: int = 1) -> int:
    """Return the next number of a sequence, or the last of the next few; its row is locked until commit."""
    drawn = tx.connection.execute(DRAW, {"sequence": sequence, "count": count}).scalar()
    if drawn is None:
        tx.session.add(Counter(name=sequence, value=count))
        tx.session.flush()
        return count
    return int(drawn)
