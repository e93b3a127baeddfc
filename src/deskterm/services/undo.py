"""Taking acts back, and doing them again: a compensating event for each event of the act (decision 18)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy import select as choose
from sqlmodel import col, select

from deskterm.desk import Desk, Look, Transaction, action
from deskterm.domain import problem
from deskterm.domain import undo as rules
from deskterm.domain.errors import BadInput, DeskError, NotFound, TooLate
from deskterm.domain.ledger import UNDONE, Entry
from deskterm.domain.people import LEADS, permit
from deskterm.domain.ticket import (
    NUMBER,
    Channel,
    HoldReason,
    Kind,
    LinkKind,
    Resolution,
    Status,
    key_of,
    number_of,
)
from deskterm.domain.undo import Step
from deskterm.i18n import N_
from deskterm.services import bulk, change_incidents, conversation, journal, problem_undo, progress
from deskterm.services.bulk import Progress
from deskterm.storage.chain import EVENT, history
from deskterm.storage.tables import (
    CorrectiveAction,
    Link,
    Message,
    Outgoing,
    Tag,
    Task,
    Ticket,
    Watcher,
    WorkTime,
)
from deskterm.storage.tables.conversation import OutgoingState

DECODED: Mapping[str, Callable[[Any], Any]] = {
    "kind": Kind,
    "status": Status,
    "channel": Channel,
    "hold_reason": HoldReason,
    "resolution": Resolution,
    "review_at": datetime.fromisoformat,
    "occurred_at": datetime.fromisoformat,
    "resolved_at": datetime.fromisoformat,
    "closed_at": datetime.fromisoformat,
}
"""Ledger columns whose values are no plain text or number → how to read them."""
MAIL_OF: Mapping[str, str] = {"ticket.resolved": "confirmation"}
"""Acts that put mail into the outbox by themselves → the mail's kind."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking an act on one ticket back."""

    words: str = ""
    """The text of a recalled reply, for the composer."""
    sent: bool = False
    """Whether mail of the act had left the building; it stays sent."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of taking an act back, record by record."""

    done: tuple[str, ...]
    refused: Mapping[str, DeskError]
    """Number → refusal; `str` of it is the sentence, in the reader's language."""
    batch: str
    """Taking this back does the act again."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Number → the text of the reply that was recalled, for the composer."""
    sent: tuple[str, ...] = ()
    """Tickets whose mail had left the building; it stays sent."""


def undo(desk: Desk, what: int | str, *, by: str, progress: Progress | None = None) -> Undone:
    """Take an act back; an act that is an undo itself is redone by that.

    What an act on problems did to their tickets is taken back with it.

    Args:
        what: a batch, for all that it did; or an event's id, for what its act did to its record.
        progress: told after each record.

    Raises:
        NotFound: there is no such act.
    """
    events = _events(desk, what, by)
    taken: dict[str, Taken] = {}

    def act(number: str, batch: str) -> None:
        if problem.NUMBER.fullmatch(number):
            problem_undo.undo.together(desk, batch, number, events[number], by=by)
            return
        taken[number] = take_back.together(desk, batch, number, events[number], by=by)

    result = bulk.each(act, events, progress)
    return Undone(
        result.done,
        result.refused,
        result.batch,
        {number: each.words for number, each in taken.items() if each.words},
        tuple(number for number, each in taken.items() if each.sent),
    )


def _events(desk: Desk, what: int | str, by: str) -> dict[str, tuple[int, ...]]:
    """Return the events of an act by the number of their record, the record that was last first."""
    with desk.look(by) as look:
        condition = EVENT.c.batch == what
        if isinstance(what, int):
            about = choose(EVENT.c.batch, EVENT.c.subject_type, EVENT.c.subject_id)
            found = look.connection.execute(about.where(EVENT.c.id == what)).first()
            if found is None:
                raise NotFound(what=f"act {what}")
            same = EVENT.c.id == what if found.batch is None else EVENT.c.batch == found.batch
            own = (EVENT.c.subject_type == found.subject_type) & (EVENT.c.subject_id == found.subject_id)
            condition = same & own
        events = _of_problems(look, condition) or _of_tickets(look, condition)
    if not events:
        raise NotFound(what=f"act {what}")
    return events


def _of_problems(look: Look, condition: ColumnElement[bool]) -> dict[str, tuple[int, ...]]:
    """Return the events on problems and on their corrective actions, by the problem's number."""
    joined = and_(EVENT.c.subject_type == "action", col(CorrectiveAction.id) == EVENT.c.subject_id)
    of_problem = case(
        (EVENT.c.subject_type == "problem", EVENT.c.subject_id), else_=col(CorrectiveAction.problem_id)
    )
    rows = look.connection.execute(
        choose(EVENT.c.id, of_problem)
        .outerjoin(CorrectiveAction, joined)
        .where(condition, EVENT.c.subject_type.in_(["problem", "action"]))
        .order_by(EVENT.c.id.desc())
    )
    return _by_number((event, problem.number_of(key)) for event, key in rows)


def _of_tickets(look: Look, condition: ColumnElement[bool]) -> dict[str, tuple[int, ...]]:
    rows = look.connection.execute(
        choose(EVENT.c.id, EVENT.c.subject_id, col(Ticket.kind))
        .join(Ticket, col(Ticket.id) == EVENT.c.subject_id)
        .where(condition, EVENT.c.subject_type == "ticket")
        .order_by(EVENT.c.id.desc())
    )
    return _by_number((event, number_of(kind, key)) for event, key, kind in rows)


def _by_number(found: Iterable[tuple[int, str]]) -> dict[str, tuple[int, ...]]:
    events: dict[str, tuple[int, ...]] = {}
    for event, number in found:
        events[number] = (*events.get(number, ()), event)
    return events


@action("ticket.undo")
def take_back(tx: Transaction, number: str, events: tuple[int, ...], *, by: str) -> Taken:
    """Take back what one act did to one ticket.

    Args:
        number: the ticket.
        events: the ids of what the act wrote on it.

    Raises:
        TooLate: it can't be taken back, or somebody has touched the same since.
        NotAllowed: somebody else did it and the actor leads nobody, or the actor may not do such acts.
    """
    ticket = tx.take(number)
    ledger = history(tx.connection, "ticket", journal.key(ticket))
    leads = not tx.actor.roles.isdisjoint(LEADS)
    steps = rules.steps(journal.number(ticket), ledger, events, by=by, leads=leads)
    told = journal.concerned(tx, ticket)
    results = [_reverse(tx, ticket, step, alone=len(steps) == 1) for step in steps]
    progress.set_timer_again(tx, ticket)
    journal.tell(tx, ticket, UNDONE, told | journal.concerned(tx, ticket), act=steps[-1].act.kind)
    words = "\n\n".join(result.words for result in results if result.words)
    return Taken(words, any(result.sent for result in results))


def _reverse(tx: Transaction, ticket: Ticket, step: Step, *, alone: bool) -> Taken:
    permit(tx.actor, step.takes)
    if step.act.kind == "ticket.replied":
        return _unsay(tx, ticket, step.act, alone=alone)
    for name, (before, after) in step.entry.changes.items():
        if journal.code_of(getattr(ticket, name)) != after:
            raise _changed(ticket, step)
        setattr(ticket, name, _value_of(name, before))
    if step.act.kind in SIDES:
        SIDES[step.act.kind](tx, ticket, step)
    sent = _hold_mail(tx, ticket, step)
    journal.record(tx, ticket, UNDONE, undoes=step.entry.id, act=step.act.kind, again=step.again)
    return Taken(sent=sent)


def _value_of(name: str, code: Any) -> Any:
    """Return the value of a column from what the ledger keeps; the other way round from `journal.code_of`."""
    return code if code is None or name not in DECODED else DECODED[name](code)


def _changed(ticket: Ticket, step: Step) -> TooLate:
    return TooLate(
        N_("{number} is not as that act left it. {instead}"),
        number=journal.number(ticket),
        instead=rules.instead(step.act.kind),
    )


def _unsay(tx: Transaction, ticket: Ticket, act: Entry, *, alone: bool) -> Taken:
    """Recall a reply; one that has left stays, and is refused only where nothing else is to be taken back."""
    message = tx.session.get_one(Message, act.details["entry"])
    outgoing = tx.session.exec(
        select(Outgoing).where(col(Outgoing.message_id) == message.id).with_for_update()
    ).first()
    if outgoing is None:
        conversation.unsay(tx, ticket, message)
        return Taken(message.body)
    if outgoing.state is OutgoingState.WAITING:
        assert outgoing.id is not None, "a stored row has its id"
        return Taken(conversation.recall.work(tx, outgoing.id, by=tx.by))
    if alone:
        raise BadInput(N_("It has left the building. Write another one."))
    return Taken(sent=True)


def _hold_mail(tx: Transaction, ticket: Ticket, step: Step) -> bool:
    """Stop the mail that an act caused by itself, or let it go where the act is done again.

    Returns:
        Whether it had left the building.
    """
    kind = MAIL_OF.get(step.act.kind)
    if kind is None:
        return False
    before, after = (
        (OutgoingState.RECALLED, OutgoingState.WAITING)
        if step.again
        else (OutgoingState.WAITING, OutgoingState.RECALLED)
    )
    mails = tx.session.exec(
        select(Outgoing)
        .where(
            col(Outgoing.ticket_id) == ticket.id,
            col(Outgoing.kind) == kind,
            col(Outgoing.created_at) == step.act.at,
        )
        .with_for_update()
    ).all()
    for mail in mails:
        if mail.state is before:
            mail.state, mail.due_at = after, tx.now + tx.standard.recall
            tx.session.add(mail)
    return any(mail.state is OutgoingState.SENT for mail in mails)


def _tags(tx: Transaction, ticket: Ticket, step: Step) -> None:
    came = (step.act.kind == "ticket.tagged") == step.again
    for word in step.act.details["added" if step.act.kind == "ticket.tagged" else "removed"]:
        key = (journal.key(ticket), word)
        _put(tx, ticket, step, Tag, key, Tag(ticket_id=key[0], word=word), came=came)


def _watcher(tx: Transaction, ticket: Ticket, step: Step) -> None:
    came = (step.act.kind == "ticket.watched") == step.again
    key = (journal.key(ticket), step.act.details["login"])
    _put(tx, ticket, step, Watcher, key, Watcher(ticket_id=key[0], login=key[1]), came=came)


def _link(tx: Transaction, ticket: Ticket, step: Step) -> None:
    came = (step.act.kind == "ticket.linked") == step.again
    number, kind, other = (
        journal.number(ticket),
        LinkKind(step.act.details["link"]),
        step.act.details["other"],
    )
    row = Link(
        source=number,
        kind=kind,
        target=other,
        ticket_id=ticket.id,
        target_ticket_id=_ticket_id(other),
        target_problem_id=problem.key_of(other) if problem.NUMBER.fullmatch(other) else None,
    )
    _put(tx, ticket, step, Link, (number, kind, other), row, came=came)
    if kind is LinkKind.CAUSED_BY:
        (change_incidents.linked if came else change_incidents.unlinked)(tx, ticket, other)


def _ticket_id(number: str) -> int | None:
    return key_of(number) if NUMBER.fullmatch(number) else None


def _put(
    tx: Transaction, ticket: Ticket, step: Step, kept_in: type[Any], key: Any, row: Any, *, came: bool
) -> None:
    """Add a row, or delete the one that has its key.

    Raises:
        TooLate: it is there already, or gone already.
    """
    stored = tx.session.get(kept_in, key)
    if (stored is None) is not came:
        raise _changed(ticket, step)
    if came:
        tx.session.add(row)
    else:
        tx.session.delete(stored)


def _task_added(tx: Transaction, ticket: Ticket, step: Step) -> None:
    summary, assignee = step.act.details["summary"], step.act.details["assignee"]
    if step.again:
        tx.session.add(Task(ticket_id=journal.key(ticket), summary=summary, assignee=assignee))
    else:
        tx.session.delete(_task(tx, ticket, step, done=False))


def _task_finished(tx: Transaction, ticket: Ticket, step: Step) -> None:
    task = _task(tx, ticket, step, done=not step.again)
    task.done_at = tx.now if step.again else None
    tx.session.add(task)


def _task(tx: Transaction, ticket: Ticket, step: Step, *, done: bool) -> Task:
    """Return the newest task with the act's summary that is done, or is not."""
    tasks = tx.session.exec(
        select(Task)
        .where(col(Task.ticket_id) == ticket.id, col(Task.summary) == step.act.details["summary"])
        .order_by(col(Task.id).desc())
    )
    for task in tasks:
        if (task.done_at is not None) is done:
            return task
    raise _changed(ticket, step)


def _time(tx: Transaction, ticket: Ticket, step: Step) -> None:
    details, entry = step.act.details, step.act.details["entry"]
    row = WorkTime(
        id=entry,
        ticket_id=journal.key(ticket),
        login=step.act.by,
        minutes=details["minutes"],
        note=details["note"],
        at=step.act.at,
    )
    _put(tx, ticket, step, WorkTime, entry, row, came=step.again)


def _note(tx: Transaction, ticket: Ticket, step: Step) -> None:
    message = tx.session.get_one(Message, step.act.details["entry"])
    if message.recalled is not step.again:
        raise _changed(ticket, step)
    message.recalled = not step.again
    tx.session.add(message)


SIDES: Mapping[str, Callable[[Transaction, Ticket, Step], None]] = {
    "ticket.linked": _link,
    "ticket.noted": _note,
    "ticket.tagged": _tags,
    "ticket.task_added": _task_added,
    "ticket.task_finished": _task_finished,
    "ticket.time_logged": _time,
    "ticket.unlinked": _link,
    "ticket.untagged": _tags,
    "ticket.unwatched": _watcher,
    "ticket.watched": _watcher,
}
"""Kinds of events that changed rows beside the ticket's → what changes them back, or again."""
