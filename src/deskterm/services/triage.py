"""Triage: what a ticket is and whose, said as one act and taken back as one."""

from __future__ import annotations

from deskterm.desk import Transaction, action
from deskterm.domain.people import permit
from deskterm.services import links, tickets
from deskterm.services.drafts import Edit, Verdict

FIELDS = ("kind", "category", "service", "impact", "urgency")


@action("ticket.triage")
def accept(tx: Transaction, number: str, verdict: Verdict, *, by: str, seen: int | None = None) -> None:
    """Do what triage made of a ticket: classify it, hand it to its team, take it; or merge it.

    Raises:
        Conflict: it changed since `seen`.
        NotAllowed: the actor may not take one of the acts.
    """
    ticket = tx.take(number, seen=seen)
    if verdict.duplicate_of is not None:
        permit(tx.actor, "ticket.merge")
        links.merge.work(tx, number, verdict.duplicate_of, by=by)
        return
    edit = verdict.model_dump(include=set(FIELDS), exclude_none=True)
    if edit:
        permit(tx.actor, "ticket.classify")
        tickets.classify.work(tx, number, Edit(**edit), by=by)
    if verdict.team is not None and verdict.team != ticket.team:
        permit(tx.actor, "ticket.transfer")
        tickets.transfer.work(tx, number, verdict.team, by=by)
    if verdict.take:
        permit(tx.actor, "ticket.take")
        tickets.take.work(tx, number, by=by)
