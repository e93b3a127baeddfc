"""Escalation by people: to the next tier, or up the line; and hearing an alert."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, or_, select

from deskterm.desk import Transaction, action
from deskterm.domain import escalation as rules
from deskterm.domain.errors import BadInput, GateNotMet, NotFound
from deskterm.i18n import N_
from deskterm.services import conversation, journal, people
from deskterm.services.ownership import put_in_team, still_going
from deskterm.storage.chain import history
from deskterm.storage.tables import Alert, Link, TeamRow, Ticket
from deskterm.storage.visible import visible


@action("ticket.escalate")
def escalate(
    tx: Transaction,
    number: str,
    reason: str,
    *,
    note: str = "",
    hierarchical: bool = False,
    by: str,
    seen: int | None = None,
) -> None:
    """Escalate a ticket: to the next tier's team with a hand-over note, or up to the lead and the manager.

    Raises:
        GateNotMet: no reason, or no hand-over note for the next tier.
        BadInput: there is no further tier, or nobody further up.
    """
    ticket = tx.take(number, seen=seen)
    still_going(ticket)
    if not reason.strip():
        raise GateNotMet(N_("Say why {number} is escalated."), field="reason", number=number)
    if hierarchical:
        _go_up(tx, ticket, reason)
        return
    if not note.strip():
        raise GateNotMet(N_("Leave a hand-over note for the next tier."), field="note")
    team = people.team_row(tx, ticket.team) if ticket.team else None
    if team is None or team.escalates_to is None:
        raise BadInput(N_("{number} is with the last tier already; escalate it to the lead."), number=number)
    conversation.write_note(tx, ticket, note)
    had = ticket.assignee
    put_in_team(tx, ticket, team.escalates_to)
    journal.record(tx, ticket, "ticket.escalated", reason=reason, how="functional")
    journal.tell(tx, ticket, "ticket.escalated", people.members(tx, ticket.team), urgent=True, reason=reason)
    if had is not None and ticket.assignee is None:
        journal.tell(tx, ticket, "ticket.passed_up", [had], urgent=True, reason=reason)


def _line(tx: Transaction, team: TeamRow | None) -> list[str]:
    """Return who is above a team and can sign in: its lead, then its manager."""
    there = people.active(tx)
    return [login for login in (team.lead, team.manager) if login in there] if team else []


def _go_up(tx: Transaction, ticket: Ticket, reason: str) -> None:
    line = _line(tx, people.team_row(tx, ticket.team) if ticket.team else None)
    if not line:
        raise BadInput(
            N_("The team has neither lead nor manager who can sign in; name them in the standard.")
        )
    told = _last_told(tx, ticket)
    upward = line[line.index(told) + 1 :] if told in line else line
    if not upward:
        raise BadInput(N_("{login} was told already; there is nobody further up."), login=told)
    journal.record(tx, ticket, "ticket.escalated", reason=reason, how="hierarchical", to=upward[0])
    journal.tell(tx, ticket, "ticket.escalated", upward[:1], urgent=True, reason=reason)


def _last_told(tx: Transaction, ticket: Ticket) -> str | None:
    told = [
        entry.details.get("to")
        for entry in history(tx.connection, "ticket", journal.key(ticket))
        if entry.kind == "ticket.escalated" and entry.details.get("how") == "hierarchical"
    ]
    return told[-1] if told else None


def raise_to_lead(tx: Transaction, ticket: Ticket, why: str) -> None:
    """Tell the lead of a ticket that grew: its impact or urgency was raised, or many hang on it.

    Whoever is missing is stood in for by the manager, and by the whole team where there is none.
    """
    if ticket.team is None:
        return
    line = _line(tx, people.team_row(tx, ticket.team))
    to = {"to": line[0]} if line else {}
    journal.record(tx, ticket, "ticket.escalated", reason=why, how="hierarchical", **to)
    told = line[:1] or people.members(tx, ticket.team)
    journal.tell(tx, ticket, "ticket.escalated", told, urgent=True, reason=why)


def count_linked(tx: Transaction, ticket: Ticket) -> None:
    """Escalate a ticket on which one more hangs, if its ladder allows no more than hung on it before."""
    key = journal.key(ticket)
    tx.session.flush()
    hanging = tx.session.exec(
        select(func.count())
        .select_from(Link)
        .where(or_(col(Link.target_ticket_id) == key, col(Link.ticket_id) == key))
    ).one()
    if rules.outgrew(tx.standard, team=ticket.team, before=hanging - 1, after=hanging):
        raise_to_lead(tx, ticket, "linked")


@action("alert.acknowledge")
def acknowledge(tx: Transaction, alert_id: int, *, by: str) -> None:
    """Say that an alert was heard, so that it does not go further up."""
    alert = tx.session.exec(
        select(Alert)
        .join(Ticket, col(Ticket.id) == col(Alert.ticket_id))
        .where(col(Alert.id) == alert_id, visible(tx.actor))
    ).first()
    if alert is None:
        raise NotFound(what=f"alert {alert_id}")
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = tx.now, by
        tx.session.add(alert)
        tx.record(
            "ticket", alert.ticket_id, "alert.acknowledged", target=alert.target, threshold=alert.threshold
        )
