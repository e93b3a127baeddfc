"""Who works on a ticket, what it says, and who watches it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.ticket import Status
from deskterm.i18n import N_
from deskterm.services import catalogue, effect, escalation, journal, people
from deskterm.services.drafts import Edit
from deskterm.services.ownership import give, open_children, put_in_team, still_going, unassign
from deskterm.storage.tables import Tag, Task, Ticket, Watcher, WorkTime
from deskterm.text import plain

COUNTING = frozenset({"kind", "category", "service", "ci", "priority", "major"})
"""Columns by which an incident counts for a problem or against its fix."""
MINUTES_MOST = 24 * 60
"""More than a day is not worked in one go."""


@action("ticket.take")
def take(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Make a ticket one's own, and its open children with it."""
    _give_family(tx, tx.take(number, seen=seen), by)


@action("ticket.assign")
def assign(tx: Transaction, number: str, to: str | None, *, by: str, seen: int | None = None) -> None:
    """Put a ticket in an agent's hands; None takes it out of everybody's."""
    ticket = tx.take(number, seen=seen)
    if to is None:
        unassign(tx, ticket)
    else:
        _give_family(tx, ticket, to)


@action("ticket.transfer")
def transfer(
    tx: Transaction, number: str, team: str, *, note: str = "", by: str, seen: int | None = None
) -> None:
    """Hand a ticket to another team, with a note for whoever takes it there."""
    ticket = tx.take(number, seen=seen)
    still_going(ticket)
    if ticket.team == people.team_row(tx, team).key:
        raise BadInput(N_("{number} is with {team} already."), number=number, team=team)
    put_in_team(tx, ticket, team)
    journal.record(tx, ticket, "ticket.transferred", note=plain(note))
    journal.tell(tx, ticket, "ticket.transferred", people.members(tx, team))


@action("ticket.classify")
def classify(tx: Transaction, number: str, edit: Edit, *, by: str, seen: int | None = None) -> None:
    """Say what a ticket is: its kind, category, service, impact and urgency."""
    _change(tx, tx.take(number, seen=seen), edit, "ticket.classified")


@action("ticket.edit")
def set_fields(tx: Transaction, number: str, edit: Edit, *, by: str, seen: int | None = None) -> None:
    """Change what a ticket says."""
    _change(tx, tx.take(number, seen=seen), edit, "ticket.changed")


@action("ticket.tag")
def tag(tx: Transaction, number: str, words: tuple[str, ...], *, off: tuple[str, ...] = (), by: str) -> None:
    """Put words on a ticket, to find it by, and take others off."""
    ticket = tx.take(number)
    has = _tags(tx, ticket)
    new = [word for word in tag_words(words) if word not in has]
    for word in new:
        tx.session.add(Tag(ticket_id=journal.key(ticket), word=word))
    if new:
        journal.record(tx, ticket, "ticket.tagged", added=new)
    _take_off(tx, ticket, off)


@action("ticket.untag")
def untag(tx: Transaction, number: str, words: tuple[str, ...], *, by: str) -> None:
    """Take words off a ticket."""
    _take_off(tx, tx.take(number), words)


@action("ticket.watch")
def watch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told what happens to a ticket."""
    ticket = tx.take(number)
    if tx.session.get(Watcher, (journal.key(ticket), by)) is None:
        tx.session.add(Watcher(ticket_id=journal.key(ticket), login=by))
        journal.record(tx, ticket, "ticket.watched", login=by)


@action("ticket.unwatch")
def unwatch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told no longer."""
    ticket = tx.take(number)
    watcher = tx.session.get(Watcher, (journal.key(ticket), by))
    if watcher is not None:
        tx.session.delete(watcher)
        journal.record(tx, ticket, "ticket.unwatched", login=by)


@action("ticket.add_task")
def add_task(tx: Transaction, number: str, summary: str, *, assignee: str | None = None, by: str) -> int:
    """Add a piece of work that must be done before the ticket resolves, and return its id."""
    ticket = tx.take(number)
    still_going(ticket)
    text = plain(summary, one_line=True).strip()
    if not text:
        raise GateNotMet(N_("A task needs a summary."), field="summary")
    task = Task(ticket_id=journal.key(ticket), summary=text, assignee=assignee)
    tx.session.add(task)
    journal.record(tx, ticket, "ticket.task_added", summary=text, assignee=assignee)
    assert task.id is not None, "a flushed row has its id"
    return task.id


@action("ticket.finish_task")
def finish_task(tx: Transaction, number: str, task_id: int, *, by: str) -> None:
    """Tick a ticket's task off."""
    ticket = tx.take(number)
    task = tx.session.get(Task, task_id)
    if task is None or task.ticket_id != ticket.id:
        raise BadInput(N_("{number} has no task {task}."), number=number, task=task_id)
    if task.done_at is None:
        task.done_at = tx.now
        tx.session.add(task)
        journal.record(tx, ticket, "ticket.task_finished", summary=task.summary)


@action("ticket.log_time")
def log_time(tx: Transaction, number: str, minutes: int, note: str = "", *, by: str) -> int:
    """Write down how long one worked on a ticket, and return the id of what was written.

    Raises:
        GateNotMet: it was no time, or more than a day.
    """
    ticket = tx.take(number)
    if not 0 < minutes <= MINUTES_MOST:
        raise GateNotMet(N_("Say how long it took, up to a day: 25m, 1h30."), field="span")
    row = WorkTime(
        ticket_id=journal.key(ticket),
        login=by,
        minutes=minutes,
        note=plain(note, one_line=True).strip(),
        at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    assert row.id is not None, "a flushed row has its id"
    journal.record(tx, ticket, "ticket.time_logged", entry=row.id, minutes=minutes, note=row.note)
    return row.id


def _give_family(tx: Transaction, ticket: Ticket, login: str) -> None:
    for child in open_children(tx, ticket):
        if child.status is Status.NEW:
            give(tx, child, login)
    give(tx, ticket, login)


def _change(tx: Transaction, ticket: Ticket, edit: Edit, kind: str) -> None:
    still_going(ticket)
    catalogue.need(tx, service=edit.service, ci=edit.ci, category=edit.category)
    if edit.summary is not None and not edit.summary:
        raise GateNotMet(N_("A ticket needs a summary."), field="summary")
    before = (ticket.impact, ticket.urgency)
    for name in edit.empty:
        setattr(ticket, name, None)
    for field, value in edit.model_dump(exclude_none=True, exclude={"caller", "empty"}).items():
        setattr(ticket, field, int(value) if field in ("impact", "urgency") else value)
    if edit.caller is not None:
        caller = people.caller_of(tx, edit.caller)
        assert caller is not None, "an id names a person"
        ticket.caller_id, ticket.vip, ticket.department = caller.id, caller.vip, caller.department
    ticket.priority = tx.standard.priority(ticket.impact, ticket.urgency)
    changed = journal.changes_of(ticket)
    if not changed:
        return
    journal.record(tx, ticket, kind)
    if not COUNTING.isdisjoint(changed):
        effect.heed(tx, ticket)
    journal.tell(tx, ticket, kind, journal.concerned(tx, ticket))
    if ticket.impact < before[0] or ticket.urgency < before[1]:
        escalation.raise_to_lead(tx, ticket, "raised")


def _take_off(tx: Transaction, ticket: Ticket, words: Iterable[str]) -> None:
    has = _tags(tx, ticket)
    gone = [word for word in tag_words(words) if word in has]
    for word in gone:
        tx.session.delete(has[word])
    if gone:
        journal.record(tx, ticket, "ticket.untagged", removed=gone)


def _tags(tx: Transaction, ticket: Ticket) -> dict[str, Tag]:
    rows = tx.session.exec(select(Tag).where(col(Tag.ticket_id) == journal.key(ticket)))
    return {row.word: row for row in rows}


def tag_words(words: Iterable[str]) -> list[str]:
    """Return words as tags are kept: small letters, no blanks, none twice."""
    cleaned = (plain(word, one_line=True).strip().lstrip("#").casefold() for word in words)
    return sorted({word.replace(" ", "-") for word in cleaned if word})
