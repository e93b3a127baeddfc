"""One ticket: its fields, its timeline, its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import col

from deskterm.desk import CALLER, Desk, Look
from deskterm.domain import sla
from deskterm.domain.errors import NotFound
from deskterm.domain.ledger import Entry
from deskterm.domain.people import PRESENT, SYSTEM
from deskterm.domain.ticket import (
    Channel,
    HoldReason,
    Kind,
    LinkKind,
    Resolution,
    Status,
    key_of,
    number_of,
)
from deskterm.storage.chain import history
from deskterm.storage.tables import (
    Agent,
    Approval,
    Draft,
    Link,
    Message,
    Notification,
    Outgoing,
    Person,
    Presence,
    Star,
    Tag,
    Task,
    TeamRow,
    Ticket,
    Watcher,
    WorkTime,
)
from deskterm.storage.tables.conversation import MessageKind, OutgoingState
from deskterm.storage.visible import visible

WRITTEN = frozenset({"ticket.replied", "ticket.noted", "ticket.message_received"})
"""Events that the timeline shows as what was written, not as events."""


@dataclass(frozen=True, slots=True)
class CallerCard:
    """The caller of a ticket."""

    id: int
    name: str
    email: str
    phone: str
    department: str
    location: str
    vip: bool
    open_count: int
    """The caller's open tickets, this one among them."""


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A record that belongs to a ticket, as seen from it."""

    kind: LinkKind
    outward: bool
    """Whether the link reads from this ticket to the other."""
    number: str
    summary: str
    """Empty where the other is no ticket, or none that the asker may see."""
    status: Status | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A piece of work on a ticket."""

    id: int
    summary: str
    assignee: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """An approval that work on a request waits for, or waited for."""

    role: str
    asked_at: datetime
    decided_by: str | None
    granted: bool | None
    comment: str


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who has the ticket open."""

    login: str
    typing: bool


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket with everything around it."""

    key: int
    number: str
    version: int
    kind: Kind
    status: Status
    is_open: bool
    summary: str
    description: str
    caller: CallerCard | None
    channel: Channel
    team: str | None
    team_name: str
    assignee: str | None
    assignee_name: str
    service: str | None
    ci: str | None
    category: str | None
    impact: int
    urgency: int
    priority: int
    extent: int | None
    major: bool
    vip: bool
    tier: int
    hold_reason: HoldReason | None
    review_at: datetime | None
    resolution: Resolution | None
    closing_summary: str
    occurred_at: datetime | None
    reported_at: datetime
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    reassignment_count: int
    merged_into: str
    clocks: tuple[sla.Clock, ...]
    links: tuple[LinkedTicket, ...]
    tasks: tuple[TaskRow, ...]
    approvals: tuple[ApprovalRow, ...]
    tags: tuple[str, ...]
    watchers: tuple[str, ...]
    starred: bool
    """Whether the asker put a star on it."""
    work_minutes: int
    """How long agents worked on it, as far as they wrote it down."""
    here: tuple[Here, ...]
    """Who else has it open."""
    read_at: datetime


class Voice(StrEnum):
    """Who speaks in a timeline entry, and to whom."""

    CALLER = "caller"
    DESK = "desk"
    INTERNAL = "internal"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that was written, or that happened."""

    id: tuple[str, int]
    """What tells entries apart: `message` or `event`, and the row's id."""
    at: datetime
    voice: Voice
    by: str
    """A name to show; empty for the desk itself."""
    body: str = ""
    """What was written."""
    evidence: bool = False
    """Whether the body is output that is shown as it was."""
    recalled: bool = False
    delivery: OutgoingState | None = None
    """Where a reply is on its way; None where nothing was to leave."""
    outgoing_id: int | None = None
    event: str = ""
    """The kind of what happened, empty for what was written."""
    changes: Mapping[str, tuple[Any, Any]] | None = None
    details: Mapping[str, Any] | None = None
    mine: bool = False
    """Whether the asker wrote it."""


WORKED = select(func.coalesce(func.sum(col(WorkTime.minutes)), 0)).where(
    col(WorkTime.ticket_id) == bindparam("key")
)
TEAM_NAME = select(col(TeamRow.name)).where(col(TeamRow.key) == bindparam("team"))
AGENT_NAMES = (
    select(col(Agent.login), col(Person.name))
    .join(Person, col(Person.id) == col(Agent.person_id))
    .where(col(Agent.login).in_(bindparam("logins", expanding=True)))
)
MESSAGES: Any = (
    select(
        col(Message.id),
        col(Message.at),
        col(Message.by),
        col(Message.kind),
        col(Message.body),
        col(Message.recalled),
        col(Outgoing.state),
        col(Outgoing.id).label("outgoing_id"),
    )
    .outerjoin(Outgoing, col(Outgoing.message_id) == col(Message.id))
    .where(col(Message.ticket_id) == bindparam("key"))
    .order_by(col(Message.at), col(Message.id))
)
VOICES = {
    MessageKind.REPLY: Voice.DESK,
    MessageKind.MESSAGE: Voice.CALLER,
    MessageKind.NOTE: Voice.INTERNAL,
    MessageKind.EVIDENCE: Voice.INTERNAL,
}


def record(desk: Desk, number: str, *, by: str) -> TicketRecord:
    """Return a ticket with everything around it.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        ticket = stored(look, number)
        key = key_of(number)
        standard = desk.standard(look.connection, ticket.standard_version)
        clocks = sla.clocks(history(look.connection, "ticket", key), standard, look.now)
        names = _names(look, [ticket.assignee] if ticket.assignee else [])
        team = look.connection.execute(TEAM_NAME, {"team": ticket.team}).scalar()
        return TicketRecord(
            key=key,
            number=number_of(ticket.kind, key),
            team_name=team or ticket.team or "",
            assignee_name=names.get(ticket.assignee, ticket.assignee or ""),
            caller=_caller(look, ticket.caller_id) if ticket.caller_id else None,
            merged_into=number_of(ticket.kind, ticket.merged_into_id) if ticket.merged_into_id else "",
            clocks=tuple(clocks.values()),
            links=_links(look, key),
            tasks=_tasks(look, key),
            approvals=_approvals(look, key),
            tags=_words(look, col(Tag.word), col(Tag.ticket_id) == key),
            watchers=_words(look, col(Watcher.login), col(Watcher.ticket_id) == key),
            starred=by in _words(look, col(Star.login), col(Star.ticket_id) == key),
            work_minutes=look.connection.execute(WORKED, {"key": key}).scalar_one(),
            here=here(look, key),
            read_at=look.now,
            **{name: getattr(ticket, name) for name in PLAIN_FIELDS},
        )


PLAIN_FIELDS = (
    "version", "kind", "status", "is_open", "summary", "description", "channel", "team", "assignee",
    "service", "ci", "category", "impact", "urgency", "priority", "extent", "major", "vip", "tier",
    "hold_reason", "review_at", "resolution", "closing_summary", "occurred_at", "reported_at", "opened_at",
    "updated_at", "resolved_at", "closed_at", "reopen_count", "reassignment_count",
)  # fmt: skip
"""The fields of `TicketRecord` that are the ticket's columns."""


def timeline(desk: Desk, number: str, *, by: str) -> tuple[TimelineEntry, ...]:
    """Return what was written on a ticket and what happened to it, oldest first.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        ticket, key = stored(look, number), key_of(number)
        messages = look.connection.execute(MESSAGES, {"key": key}).all()
        happened = [entry for entry in history(look.connection, "ticket", key) if entry.kind not in WRITTEN]
        names = _names(look, {row.by for row in messages} | {entry.by for entry in happened})
        callers = _caller_names(look, ticket.caller_id, happened)
        names |= {f"{CALLER}{key}": name for key, name in callers.items()}
    written = [
        TimelineEntry(
            ("message", row.id),
            row.at,
            VOICES[row.kind],
            _shown(row.by, names),
            row.body,
            row.kind is MessageKind.EVIDENCE,
            row.recalled,
            row.state,
            row.outgoing_id,
            mine=row.by == by,
        )
        for row in messages
    ]
    events = [
        TimelineEntry(
            ("event", entry.id),
            entry.at,
            Voice.SYSTEM,
            _shown(entry.by, names),
            event=entry.kind,
            changes=_with_names(entry.changes, callers),
            details=entry.details,
        )
        for entry in happened
    ]
    return tuple(sorted(written + events, key=lambda entry: (entry.at, entry.body != "", entry.id)))


def _caller_names(look: Look, caller: int | None, happened: Sequence[Entry]) -> dict[int, str]:
    """Return the names of a ticket's caller and of those it had before."""
    before = {key for entry in happened for key in entry.changes.get("caller_id", ()) if key}
    wanted = sorted({caller, *before} - {None})
    rows = look.connection.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(wanted)))
    return {row.id: row.name for row in rows}


def _with_names(changes: Mapping[str, Any], callers: Mapping[int, str]) -> Mapping[str, Any]:
    """Return the changes of an event with names in the place of callers' keys."""
    if "caller_id" not in changes:
        return changes
    named = tuple(callers.get(key, key) for key in changes["caller_id"])
    return {**changes, "caller_id": named}


def opening(record: TicketRecord) -> TimelineEntry | None:
    """Return what the caller asked for as the first entry of a timeline; None where nothing was written."""
    if not record.description:
        return None
    by = record.caller.name if record.caller else ""
    return TimelineEntry(("opening", record.key), record.opened_at, Voice.CALLER, by, record.description)


@dataclass(frozen=True, slots=True)
class Unread:
    """What an agent was told about a ticket and has not read yet."""

    ids: tuple[int, ...]
    since: datetime | None
    """When the first of it happened; None where all is read."""


def unread(desk: Desk, number: str, *, by: str) -> Unread:
    """Return an agent's unread notifications about a ticket."""
    query = (
        select(col(Notification.id), col(Notification.at))
        .where(
            col(Notification.login) == by,
            col(Notification.read_at).is_(None),
            col(Notification.ticket_id) == key_of(number),
        )
        .order_by(col(Notification.at))
    )
    with desk.look(by) as look:
        rows = look.connection.execute(query).all()
    return Unread(tuple(row.id for row in rows), rows[0].at if rows else None)


def ledger(desk: Desk, number: str, *, by: str) -> tuple[Entry, ...]:
    """Return every event of a ticket, oldest first, with the names of its callers in the place of their keys.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        ticket = stored(look, number)
        happened = history(look.connection, "ticket", key_of(number))
        callers = _caller_names(look, ticket.caller_id, happened)
    names = {f"{CALLER}{key}": name for key, name in callers.items()}
    return tuple(
        replace(entry, by=names.get(entry.by, entry.by), changes=_with_names(entry.changes, callers))
        for entry in happened
    )


def draft(desk: Desk, place: str, *, by: str) -> tuple[str, datetime] | None:
    """Return what an agent was typing in a place, and when it was saved; None where there is nothing."""
    query = select(col(Draft.text), col(Draft.saved_at)).where(
        col(Draft.login) == by, col(Draft.place) == place
    )
    with desk.look(by) as look:
        found = look.connection.execute(query).first()
    return (found.text, found.saved_at) if found else None


def stored(look: Look, number: str) -> Any:
    """Return the columns of a ticket that the asker may see.

    Raises:
        NotFound: there is none.
    """
    table = Ticket.__table__  # type: ignore[attr-defined]  # SQLModel's class has it
    found = look.connection.execute(
        select(table).where(col(Ticket.id) == key_of(number), visible(look.actor))
    ).first()
    if found is None:
        raise NotFound(what=number)
    return found


def _caller(look: Look, person_id: int) -> CallerCard:
    columns = (
        col(Person.id), col(Person.name), col(Person.email), col(Person.phone), col(Person.department),
        col(Person.location), col(Person.vip),
    )  # fmt: skip
    person = look.connection.execute(select(*columns).where(col(Person.id) == person_id)).one()
    open_count = look.connection.execute(
        select(func.count())
        .select_from(Ticket)
        .where(col(Ticket.caller_id) == person_id, col(Ticket.is_open), visible(look.actor))
    ).scalar_one()
    return CallerCard(
        person.id,
        person.name,
        person.email or "",
        person.phone or "",
        person.department or "",
        person.location or "",
        person.vip,
        open_count,
    )


def _links(look: Look, key: int) -> tuple[LinkedTicket, ...]:
    links = look.connection.execute(
        select(
            col(Link.kind),
            col(Link.source),
            col(Link.target),
            col(Link.ticket_id),
            col(Link.target_ticket_id),
        ).where(or_(col(Link.ticket_id) == key, col(Link.target_ticket_id) == key))
    ).all()
    others = [link.target_ticket_id if link.ticket_id == key else link.ticket_id for link in links]
    found = look.connection.execute(
        select(col(Ticket.id), col(Ticket.summary), col(Ticket.status)).where(
            col(Ticket.id).in_([other for other in others if other]), visible(look.actor)
        )
    )
    tickets = {row.id: row for row in found}
    shown = []
    for link, other in zip(links, others, strict=True):
        ticket = tickets.get(other)
        if other is not None and ticket is None:
            continue  # one that the asker may not see
        outward = link.ticket_id == key
        shown.append(
            LinkedTicket(
                link.kind,
                outward,
                link.target if outward else link.source,
                ticket.summary if ticket else "",
                ticket.status if ticket else None,
            )
        )
    return tuple(shown)


def _tasks(look: Look, key: int) -> tuple[TaskRow, ...]:
    tasks: Any = look.connection.execute(
        select(col(Task.id), col(Task.summary), col(Task.assignee), col(Task.done_at))
        .where(col(Task.ticket_id) == key)
        .order_by(col(Task.id))
    )
    return tuple(TaskRow(*row) for row in tasks)


def _approvals(look: Look, key: int) -> tuple[ApprovalRow, ...]:
    columns = (
        col(Approval.role), col(Approval.asked_at), col(Approval.decided_by), col(Approval.granted),
        col(Approval.comment),
    )  # fmt: skip
    rows = look.connection.execute(
        select(*columns).where(col(Approval.ticket_id) == key).order_by(col(Approval.id))
    )
    return tuple(ApprovalRow(*row) for row in rows)


def _words(look: Look, column: Any, condition: Any) -> tuple[str, ...]:
    return tuple(look.connection.execute(select(column).where(condition).order_by(column)).scalars())


def here(look: Look, key: int) -> tuple[Here, ...]:
    """Return who else has a ticket open."""
    present = look.connection.execute(
        select(col(Presence.login), col(Presence.typing))
        .where(
            col(Presence.ticket_id) == key,
            col(Presence.seen_at) > look.now - PRESENT,
            col(Presence.login) != look.actor.login,
        )
        .order_by(col(Presence.login))
    )
    return tuple(Here(*row) for row in present)


def _names(look: Look, logins: Iterable[str]) -> dict[str, str]:
    return {row[0]: row[1] for row in look.connection.execute(AGENT_NAMES, {"logins": sorted(logins)})}


def _shown(by: str, names: Mapping[str, str]) -> str:
    return "" if by == SYSTEM else names.get(by, by)
