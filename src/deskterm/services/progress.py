"""A ticket's way through its states: held, resumed, resolved, confirmed, reopened, cancelled, approved."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, func, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, IllegalMove, NotAllowed
from deskterm.domain.hold import may_hold
from deskterm.domain.people import LEADS, Role
from deskterm.domain.ticket import HoldReason, Resolution, Status, may_resolve, move, needs
from deskterm.i18n import N_, _
from deskterm.services import alarms, conversation, journal, link_rows, outbox, people
from deskterm.services.ownership import give, open_children
from deskterm.storage.tables import Agent, Approval, Task, Ticket, Timer
from deskterm.storage.types import NEVER
from deskterm.text import plain

REVIEW = "review"
SILENCE = "silence"


@action("ticket.hold")
def hold(
    tx: Transaction,
    number: str,
    reason: HoldReason,
    *,
    review_at: datetime | None,
    message: str = "",
    link: str = "",
    by: str,
    seen: int | None = None,
) -> None:
    """Let a ticket, and its open children, wait for somebody else until a date.

    Args:
        review_at: when it resumes by itself.
        message: what the callers are told, the children's too; the reason *caller* needs it.
        link: the problem's or change's number; the reasons *problem* and *change* need it, others take none.

    Raises:
        GateNotMet: the reason asks for more, or the review date is missing or past.
        NotFound: there is no such problem or change.
    """
    ticket = tx.take(number, seen=seen)
    if reason not in tx.standard.hold_reasons:
        raise BadInput(N_("The standard knows no hold reason {reason}."), reason=reason)
    may_hold(number, reason, review_at=review_at, now=tx.now, message=message, link=link)
    assert review_at is not None, "the gate asks for it"
    for child in open_children(tx, ticket):
        if child.status in (Status.NEW, Status.IN_PROGRESS):
            _hold(tx, child, reason, review_at, message, link)
    _hold(tx, ticket, reason, review_at, message, link)


@action("ticket.resume")
def resume(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Go on with a ticket that was on hold; it is the actor's if it was nobody's."""
    ticket = tx.take(number, seen=seen)
    _wake(tx, ticket, Status.IN_PROGRESS, "resumed")
    if ticket.assignee is None:
        give(tx, ticket, by)


@action("ticket.resolve")
def resolve(
    tx: Transaction, number: str, code: Resolution, summary: str, *, by: str, seen: int | None = None
) -> None:
    """Finish the work on a ticket and its open children, saying how service was restored.

    Raises:
        GateNotMet: no code, no closing summary, or a task is open.
        IllegalMove: it, or a child that is named, can't be resolved; then nothing is.
    """
    ticket = tx.take(number, seen=seen)
    for child in open_children(tx, ticket):
        _resolve(tx, child, code, summary)
    _resolve(tx, ticket, code, summary)


@action("ticket.confirm")
def confirm(
    tx: Transaction, number: str, words: str, *, how: str = "caller", by: str, seen: int | None = None
) -> None:
    """Close a resolved ticket, with the evidence: who confirmed it, how, when, and the words.

    Args:
        words: what the caller said, or what shows that service is restored.
        how: `caller` where the caller confirmed it; `lead` where no caller can, or a major incident's is
            silent, which takes a lead.
    """
    ticket = tx.take(number, seen=seen)
    needs(words, field="words", number=number, sentence=N_("Say in which words {number} was confirmed."))
    by_lead = how == "lead" or ticket.caller_id is None
    if by_lead and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Without the caller's word only a lead may close {number}."), number=number)
    _close(tx, ticket, how="lead" if by_lead else how, words=plain(words))


@action("ticket.reopen")
def reopen(tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None) -> None:
    """Take a resolved ticket up again: the caller refused the solution, or it did not last.

    It is the actor's if it was nobody's.

    Raises:
        IllegalMove: it is not resolved; a ticket on hold is resumed instead, and one that ended stays so.
    """
    ticket = tx.take(number, seen=seen)
    if ticket.status is not Status.RESOLVED:
        raise IllegalMove(
            N_("{number} is {before}; only what is resolved can be reopened."),
            number=journal.number(ticket),
            before=ticket.status,
        )
    needs(reason, field="reason", number=number, sentence=N_("Say why {number} is reopened."))
    ticket.status = move(journal.number(ticket), ticket.status, Status.IN_PROGRESS)
    ticket.reopen_count += 1
    ticket.resolved_at = ticket.resolution = None
    ticket.closing_summary = ""
    journal.record(tx, ticket, "ticket.reopened", reason=plain(reason))
    journal.tell(
        tx, ticket, "ticket.reopened", journal.concerned(tx, ticket) or people.members(tx, ticket.team)
    )
    if ticket.assignee is None:
        give(tx, ticket, by)


@action("ticket.cancel")
def cancel(tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None) -> None:
    """Stop work on a ticket that should not be done."""
    ticket = tx.take(number, seen=seen)
    needs(reason, field="reason", number=number, sentence=N_("Say why {number} is cancelled."))
    _cancel(tx, ticket, reason)


@action("approval.grant")
def approve(tx: Transaction, number: str, *, comment: str = "", by: str, seen: int | None = None) -> None:
    """Let work on a request begin."""
    ticket = tx.take(number, seen=seen)
    _decide(tx, ticket, granted=True, comment=comment)
    ticket.status = move(journal.number(ticket), ticket.status, Status.NEW)
    journal.record(tx, ticket, "approval.granted", comment=plain(comment))
    journal.tell(tx, ticket, "approval.granted", people.members(tx, ticket.team))


@action("approval.refuse")
def refuse(tx: Transaction, number: str, comment: str, *, by: str, seen: int | None = None) -> None:
    """Refuse a request, with a comment that tells why; the request is cancelled."""
    ticket = tx.take(number, seen=seen)
    needs(comment, field="comment", number=number, sentence=N_("Say why {number} is refused."))
    _decide(tx, ticket, granted=False, comment=comment)
    _cancel(tx, ticket, comment, kind="approval.refused")
    outbox.to_caller(
        tx, ticket, "refusal", _("{number} was refused: {why}").format(number=number, why=plain(comment))
    )


def wake(tx: Transaction, ticket: Ticket, why: str) -> None:
    """Resume a ticket by itself: with its assignee, or as new where nobody has it."""
    _wake(tx, ticket, Status.IN_PROGRESS if ticket.assignee else Status.NEW, why)
    journal.tell(
        tx,
        ticket,
        "ticket.resumed",
        [ticket.assignee] if ticket.assignee else people.members(tx, ticket.team),
    )


def close_by_silence(tx: Transaction, ticket: Ticket) -> None:
    """Close a resolved ticket whose caller was silent for long enough; never a major incident."""
    if ticket.status is Status.RESOLVED and not ticket.major:
        _close(tx, ticket, how="silence", words="")


def _hold(
    tx: Transaction, ticket: Ticket, reason: HoldReason, review_at: datetime, message: str, link: str
) -> None:
    after = move(journal.number(ticket), ticket.status, Status.ON_HOLD)
    if message.strip():
        conversation.write_reply(tx, ticket, message)
    if link.strip():
        link_rows.relate(tx, ticket, link)
    ticket.status = after
    ticket.hold_reason, ticket.review_at = reason, review_at
    journal.record(tx, ticket, "ticket.held", reason=reason)
    arm(tx, ticket, REVIEW, review_at)


def _wake(tx: Transaction, ticket: Ticket, after: Status, why: str) -> None:
    if ticket.status is not Status.ON_HOLD:
        raise IllegalMove(N_("{number} is not on hold."), number=journal.number(ticket))
    ticket.status = move(journal.number(ticket), ticket.status, after)
    ticket.hold_reason = ticket.review_at = None
    journal.record(tx, ticket, "ticket.resumed", why=why)


def _resolve(tx: Transaction, ticket: Ticket, code: Resolution, summary: str) -> None:
    number = journal.number(ticket)
    tasks = tx.session.exec(
        select(func.count())
        .select_from(Task)
        .where(col(Task.ticket_id) == ticket.id, col(Task.done_at).is_(None))
    ).one()
    after = move(number, ticket.status, Status.RESOLVED)
    may_resolve(number, code, summary, open_tasks=tasks)
    ticket.status, ticket.resolution, ticket.closing_summary = after, code, plain(summary)
    ticket.resolved_at = tx.now
    ticket.hold_reason = ticket.review_at = None
    journal.record(tx, ticket, "ticket.resolved")
    journal.tell(tx, ticket, "ticket.resolved", journal.concerned(tx, ticket))
    outbox.to_caller(
        tx,
        ticket,
        "confirmation",
        _(
            "{number} is solved: {summary}\n\nDoes it work again? Answer yes to close it, or no and we go on."
        ).format(number=number, summary=ticket.closing_summary),
    )
    if not ticket.major:
        arm(tx, ticket, SILENCE, silent_until(tx, tx.now))


def silent_until(tx: Transaction, resolved_at: datetime) -> datetime:
    """Return when a ticket resolved at an instant closes if its caller says nothing."""
    closure = tx.standard.closure
    return tx.standard.calendars[closure.calendar].days_after(resolved_at, closure.silent_days)


def _close(tx: Transaction, ticket: Ticket, *, how: str, words: str) -> None:
    ticket.status = move(journal.number(ticket), ticket.status, Status.CLOSED)
    ticket.closed_at = tx.now
    journal.record(tx, ticket, "ticket.closed", how=how, words=words)


def _cancel(tx: Transaction, ticket: Ticket, reason: str, kind: str = "ticket.cancelled") -> None:
    ticket.status = move(journal.number(ticket), ticket.status, Status.CANCELLED)
    ticket.closed_at = tx.now
    ticket.hold_reason = ticket.review_at = None
    journal.record(tx, ticket, kind, reason=plain(reason))
    journal.tell(tx, ticket, kind, journal.concerned(tx, ticket))


def _decide(tx: Transaction, ticket: Ticket, *, granted: bool, comment: str) -> None:
    """Record a decision on a request's approval.

    Raises:
        IllegalMove: no approval is asked for.
        NotAllowed: the actor lacks the role that was asked, or it is the actor's own request.
    """
    approval = tx.session.exec(
        select(Approval)
        .where(col(Approval.ticket_id) == ticket.id, col(Approval.granted).is_(None))
        .with_for_update()
    ).first()
    if approval is None:
        raise IllegalMove(N_("{number} does not wait for an approval."), number=journal.number(ticket))
    if Role(approval.role) not in tx.actor.roles and Role.ADMIN not in tx.actor.roles:
        raise NotAllowed(roles=(Role(approval.role),))
    agent = tx.session.get(Agent, tx.by)
    if agent is not None and agent.person_id == ticket.caller_id:
        raise NotAllowed(N_("Nobody decides on their own request."))
    approval.granted, approval.comment = granted, plain(comment)
    approval.decided_at, approval.decided_by = tx.now, tx.by
    tx.session.add(approval)


def arm(tx: Transaction, ticket: Ticket, kind: str, due_at: datetime) -> None:
    """Set a timer on a ticket; setting the same again changes nothing."""
    alarms.arm(tx, "ticket", journal.key(ticket), kind, due_at)


def set_timer_again(tx: Transaction, ticket: Ticket) -> None:
    """Arm the timer that the ticket's state asks for, though it may have fired in the meantime.

    Timers of states that the ticket left need nothing: they look at the ticket before they act.
    """
    if ticket.status is Status.ON_HOLD and ticket.review_at is not None:
        kind, due_at = REVIEW, ticket.review_at
    elif ticket.status is Status.RESOLVED and ticket.resolved_at is not None and not ticket.major:
        kind, due_at = SILENCE, silent_until(tx, ticket.resolved_at)
    else:
        return
    timer = tx.session.exec(
        select(Timer).where(
            col(Timer.subject_type) == "ticket",
            col(Timer.subject_id) == ticket.id,
            col(Timer.kind) == kind,
            col(Timer.once) == due_at.isoformat(),
        )
    ).first()
    if timer is None:
        arm(tx, ticket, kind, due_at)
    elif timer.due_at == NEVER:
        timer.due_at, timer.fired_at, timer.tries, timer.parked = due_at, None, 0, ""
        tx.session.add(timer)
