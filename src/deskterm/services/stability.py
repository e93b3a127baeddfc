"""After the run sheet: checks, new incidents, the review, and closing what was successful and stable."""

from __future__ import annotations

from deskterm.desk import Transaction, action
from deskterm.domain import change as rules
from deskterm.domain.change import ChangeStatus, CheckKind, Outcome
from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import LinkKind
from deskterm.i18n import N_
from deskterm.services import change_incidents, change_journal, journal, waiting
from deskterm.storage.tables import Change, ChangeCheck, Link
from deskterm.text import plain


@action("change.check")
def check(
    tx: Transaction,
    number: str,
    kind: CheckKind,
    summary: str,
    *,
    passed: bool,
    by: str,
    seen: int | None = None,
) -> None:
    """Record what a check after the implementation showed."""
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.VERIFYING)
    if not summary.strip():
        raise GateNotMet(N_("Say what was checked."), field="summary")
    tx.session.add(
        ChangeCheck(
            change_id=change_journal.key(change),
            kind=kind,
            summary=plain(summary),
            passed=passed,
            by=by,
            at=tx.now,
        )
    )
    change_journal.record(tx, change, "change.checked", check=kind, passed=passed, summary=plain(summary))


@action("change.judge")
def judge(
    tx: Transaction,
    number: str,
    ticket: str,
    *,
    caused: bool,
    note: str = "",
    by: str,
    seen: int | None = None,
) -> None:
    """Link an incident as caused by a change, or set it aside, saying why it has nothing to do with it."""
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.IMPLEMENTING, ChangeStatus.VERIFYING, ChangeStatus.REVIEW)
    incident = tx.take(ticket)
    if not caused and not note.strip():
        raise GateNotMet(
            N_("Say why {ticket} has nothing to do with {number}."),
            field="note",
            ticket=ticket,
            number=number,
        )
    change_incidents.put(tx, change, incident, caused=caused, note=plain(note))
    name = (journal.number(incident), LinkKind.CAUSED_BY, change_journal.number(change))
    link = tx.session.get(Link, name)
    if caused and link is None:
        tx.session.add(Link(source=name[0], kind=name[1], target=name[2], ticket_id=incident.id))
        journal.record(tx, incident, "ticket.linked", link=LinkKind.CAUSED_BY, other=name[2])
    elif link is not None and not caused:
        tx.session.delete(link)
        journal.record(tx, incident, "ticket.unlinked", link=LinkKind.CAUSED_BY, other=name[2])
    change_journal.record(tx, change, "change.judged", ticket=name[0], caused=caused, note=plain(note))
    if caused:
        change_journal.tell(
            tx, change, "change.incident_linked", change_journal.concerned(tx, change), urgent=True
        )


@action("change.verified")
def verified(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Say that the verification is over; now it is reviewed.

    Raises:
        GateNotMet: a functional or performance check is missing, or a new incident is not judged.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.VERIFYING)
    change_journal.advance(tx, change, "change.verified")


@action("change.review")
def review(
    tx: Transaction, number: str, outcome: Outcome, *, lessons: str = "", by: str, seen: int | None = None
) -> None:
    """Say what came of a change and what it taught; what stays in service then has to prove stable.

    A review that corrects another does not let that time begin anew.

    Raises:
        GateNotMet: lessons are missing, an emergency is not completed, or the outcome is not true.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.REVIEW)
    rules.may_review(change_journal.facts(tx, change), outcome, lessons)
    proves_stable = {change.outcome, outcome} <= rules.STAYED
    change.outcome, change.lessons = outcome, plain(lessons)
    if not proves_stable:
        change.stable_until = change.proposed_at = None
        change_incidents.restart(tx, change)
    change_journal.record(tx, change, "change.reviewed")


@action("change.close")
def close(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Close a change that was successful and stable; one that failed or was rolled back needs no waiting.

    Raises:
        GateNotMet: it is not reviewed, a new incident is not judged, or it has to prove stable for longer.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.REVIEW)
    change.closed_at = tx.now
    change_journal.advance(tx, change, "change.closed")
    waiting.wake(tx, change_journal.number(change), "the change closed")


def propose_to_close(tx: Transaction, change: Change) -> bool:
    """Propose to close a change whose stability period has ended; a person does it."""
    over = change.stable_until is not None and change.stable_until <= tx.now
    if change.status is not ChangeStatus.REVIEW or not over or change.proposed_at is not None:
        return False
    change.proposed_at = tx.now
    change_journal.record(tx, change, "change.close_proposed")
    change_journal.tell(tx, change, "change.close_proposed", change_journal.concerned(tx, change))
    return True
