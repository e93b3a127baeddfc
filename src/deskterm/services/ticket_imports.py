"""Tickets that another system kept: their history written as it was, in chunks (decisions 5 and 22)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from deskterm.desk import PENDING, Transaction, action
from deskterm.domain import sla
from deskterm.domain.ledger import Entry
from deskterm.domain.sla import Clock
from deskterm.domain.standard import Standard
from deskterm.domain.ticket import (
    ENDED,
    OPEN,
    Channel,
    HoldReason,
    Kind,
    Level,
    Resolution,
    Status,
    number_of,
)
from deskterm.failpoints import Failpoint, failpoint
from deskterm.services import alarms, clocks, import_stories, imported_names, imports, journal, progress
from deskterm.services.facts import go_live
from deskterm.services.import_stories import Columns, Log, Records, Story
from deskterm.services.imported_names import Names, Team
from deskterm.services.imports import Difference, Mark, Written
from deskterm.storage import bulk, chain, search
from deskterm.storage.tables import ClockRow, Ticket
from deskterm.storage.types import table

TICKET = table(Ticket)
CLOCK = table(ClockRow)
ANSWERED = frozenset({Status.RESOLVED, Status.CLOSED})
OPENING: Mapping[str, Any] = {"kind": Kind.INCIDENT.value, "major": False, "vip": False}
"""What every imported ticket is, said by its first event."""


class Snapshot(NamedTuple):
    """A row of a log: a ticket as somebody left it."""

    line: int
    """Where the row stands in its file."""
    key: str
    """Tells the row from the ticket's others; the same whenever it is read."""
    at: datetime
    by: str | None
    """The name of who did it."""
    status: Status | None
    """None where the log does not say: it is as before."""
    hold_reason: HoldReason | None
    caller: str | None
    team: Team | None
    assignee: str | None
    channel: Channel
    category: str | None
    service: str | None
    ci: str | None
    impact: Level
    urgency: Level
    priority: int | None
    """What the log makes of impact and urgency; the desk's own matrix decides."""
    summary: str
    description: str
    closing_summary: str | None
    """None where the row does not tell it yet."""
    reopen_count: int | None
    reassignment_count: int | None
    """What the log has counted, if it counts; the desk counts for itself, and differences are reported."""
    originals: Mapping[str, str]
    """What the desk has no column for, kept in the ledger where it changes."""

    @property
    def shown(self) -> tuple[object, ...]:
        """Everything by which the ticket's columns may change."""
        return self[4:19]


def _number_of(columns: Columns) -> str:
    return number_of(columns["kind"], columns["id"])


def _touched(_tx: Transaction, _keys: list[int]) -> Collection[int]:
    """Return none: whatever is done to a ticket stands in its own ledger."""
    return ()


TICKETS = Records(TICKET, "ticket", "source", OPEN, _number_of, _touched)


@action("import.write")
def write(
    tx: Transaction,
    logs: Sequence[Log[Snapshot]],
    *,
    source: str,
    until: datetime | None,
    mark: Mark | None,
    by: str,
) -> Written:
    """Write a chunk of a log of tickets, and how far the import has come with it.

    Args:
        logs: each ticket once.
        source: the system it comes from.
        until: rows from after this instant are left out; None takes all.
        mark: None where the chunk is not to be marked as done.
    """
    done = Written()
    standard = tx.standard
    stories = import_stories.sorted_out(tx, TICKETS, logs, source=source, until=until, done=done)
    growing = [story for story in stories if story.new]
    names = imported_names.ensure(tx, source, (row for story in growing for _at, row in story.new), done)
    import_stories.number(tx, TICKETS, growing)
    for story in growing:
        import_stories.tell(TICKETS, story, partial(_left, standard, names), names, done)
        if story.is_new:
            story.columns["reported_at"] = story.columns["opened_at"]
            story.columns["standard_version"] = standard.version
        done.new_tickets += story.is_new
        done.extended_tickets += not story.is_new
    done.differences += [each for story in stories for each in _differences(story)]
    _put(tx, growing, until or tx.now)
    if mark is not None:
        imports.set_mark(tx, source, mark)
    failpoint(Failpoint.IMPORT_CHUNK_WRITTEN)
    return done


def _differences(story: Story[Snapshot]) -> Iterable[Difference]:
    """Return the counters on which the ledger and the log differ in the end."""
    if story.last is None:
        return
    for name in ("reopen_count", "reassignment_count"):
        ours, theirs = story.columns[name], getattr(story.last, name)
        if theirs is not None and ours != theirs:
            yield Difference(story.number, name, ours, theirs)


def _left(standard: Standard, names: Names, columns: Columns, row: Snapshot, at: datetime) -> Columns:
    """Return a ticket's columns as a row leaves them."""
    was = columns["status"]
    status = row.status or was or Status.NEW
    team, tier = names.teams[row.team.name] if row.team else (None, 1)
    answered = status in ANSWERED
    left = {
        "status": str(status),
        "hold_reason": row.hold_reason and row.hold_reason.value,
        "summary": row.summary,
        "description": row.description,
        "caller_id": names.people[row.caller] if row.caller else None,
        "channel": row.channel.value,
        "team": team,
        "tier": tier,
        "assignee": names.logins[row.assignee] if row.assignee else None,
        "category": row.category,
        "service": row.service,
        "ci": row.ci,
        "impact": int(row.impact),
        "urgency": int(row.urgency),
        "priority": standard.matrix[row.impact, row.urgency],
        "resolution": Resolution.OTHER.value if answered else None,
        "resolved_at": (columns["resolved_at"] or at) if answered else None,
        "closed_at": (columns["closed_at"] or at) if status in ENDED else None,
        "closing_summary": (row.closing_summary or columns["closing_summary"] or "") if answered else "",
        "reopen_count": (columns["reopen_count"] or 0) + (was in ANSWERED and not answered),
        "reassignment_count": (columns["reassignment_count"] or 0)
        + (was is not None and team != columns["team"]),
    }
    if row.status is None:
        left["hold_reason"] = columns["hold_reason"]
    return left if was is not None else {**OPENING, **left}


def _put(tx: Transaction, stories: Sequence[Story[Snapshot]], now: datetime) -> None:
    """Write tickets, their clocks, their words and their events."""
    if not stories:
        return
    old = {story.columns["id"]: story for story in stories if not story.is_new}
    stored = _stored_clocks(tx, list(old))
    versions = {story.columns["standard_version"] for story in stories}
    standards = {version: tx.desk.standard(tx.connection, version) for version in versions}
    rows: list[Columns] = []
    for story in stories:
        rows += _clocks(story, standards[story.columns["standard_version"]], stored, now)
    new = [story.columns for story in stories if story.is_new]
    bulk.insert(tx.connection, TICKET, new)
    if old:
        tx.connection.execute(UPDATE, [{"b_id": key, **story.columns} for key, story in old.items()])
        tx.connection.execute(delete(CLOCK).where(CLOCK.c.ticket_id.in_(list(old))))
    bulk.insert(tx.connection, CLOCK, rows)
    alarms.arm_all(tx, _timers(tx, stories))
    search.put(
        tx.connection,
        {s.columns["id"]: journal.words(**_words(s.columns)) for s in stories if _has_new_words(s)},
    )
    chain.append(tx.connection, [event for story in stories for event in story.events], tx.now)


def _timers(tx: Transaction, stories: Iterable[Story[Snapshot]]) -> list[dict[str, Any]]:
    """Return the timers by which resolved tickets close unless their callers say something.

    What would have closed before the desk went live stays as the log left it.
    """
    live = go_live(tx)
    resolved = (s.columns for s in stories if s.columns["status"] == Status.RESOLVED)
    closing = ((c["id"], progress.silent_until(tx, c["resolved_at"])) for c in resolved if not c["major"])
    return [alarms.timer("ticket", key, progress.SILENCE, at) for key, at in closing if at > live]


UPDATE = (
    update(TICKET)
    .where(TICKET.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for column in TICKET.c if (name := column.name) != "id"})
)


def _has_new_words(story: Story[Snapshot]) -> bool:
    return any(not journal.WORDS.isdisjoint(event.changes) for event in story.events)


def _words(columns: Columns) -> dict[str, Any]:
    return {
        "number": _number_of(columns),
        **{name: columns[name] for name in ("external_id", *journal.WORDS)},
    }


def _stored_clocks(tx: Transaction, ids: list[int]) -> dict[tuple[int, str], Mapping[str, Any]]:
    if not ids:
        return {}
    rows = tx.connection.execute(select(CLOCK).where(CLOCK.c.ticket_id.in_(ids))).mappings()
    return {(row["ticket_id"], row["target"]): dict(row) for row in rows}


def _clocks(
    story: Story[Snapshot],
    standard: Standard,
    stored: Mapping[tuple[int, str], Mapping[str, Any]],
    now: datetime,
) -> Iterable[Columns]:
    """Set the columns that show a ticket's most pressing clock, and return the rows of all its clocks."""
    columns = story.columns
    ledger = story.before + [
        Entry(PENDING + place, event.at, event.kind, event.by, event.changes, event.details)
        for place, event in enumerate(story.events)
    ]
    running = sla.clocks(ledger, standard, now)
    columns |= clocks.pressing(running.values(), standard)
    ticket_id = columns["id"]
    return [
        clocks.columns(ticket_id, clock, standard, _heard(clock, stored.get((ticket_id, name))))
        for name, clock in running.items()
    ]


def _heard(clock: Clock, stored: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what makes the thresholds that the past has reached alert nobody."""
    fired = stored["fired"] if stored is not None and stored["cycle"] == clock.cycle else 0
    reached = clock.reached[-1].percent if clock.reached else 0
    return {"cycle": clock.cycle, "fired": max(fired, reached)}
