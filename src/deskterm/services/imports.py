"""Tickets that another system kept: their history written as it was, in chunks (decisions 5 and 22).

A log is a ticket's rows in the order in which they were recorded; each row shows the ticket as it was left
by somebody at a time. Every row becomes one event, `ticket.imported`, that is outside the table of states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from deskterm.desk import PENDING, Transaction, action
from deskterm.domain import sla
from deskterm.domain.errors import BadInput
from deskterm.domain.ledger import Entry
from deskterm.domain.people import SYSTEM
from deskterm.domain.sla import Clock
from deskterm.domain.standard import Standard
from deskterm.domain.ticket import OPEN, Channel, HoldReason, Kind, Level, Resolution, Status, number_of
from deskterm.failpoints import Failpoint, failpoint
from deskterm.i18n import N_, _
from deskterm.services import alarms, clocks, effect, imported_names, journal, progress
from deskterm.services.facts import Fact, go_live, put_fact
from deskterm.services.imported_names import Names
from deskterm.services.intake import next_number
from deskterm.services.rehearsal import rehearsal, rehearse
from deskterm.storage import bulk, chain, search
from deskterm.storage.tables import ClockRow, Event, ImportCheckpoint, Ticket
from deskterm.storage.types import table

TICKET = table(Ticket)
EVENT = table(Event)
CLOCK = table(ClockRow)
KIND = "ticket.imported"
ANSWERED = frozenset({Status.RESOLVED, Status.CLOSED})

Columns = dict[str, Any]


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
    team: str | None
    assignee: str | None
    channel: Channel
    category: str | None
    ci: str | None
    impact: Level
    urgency: Level
    priority: int
    """What the log makes of impact and urgency; the desk's own matrix decides."""
    summary: str
    description: str
    closing_summary: str | None
    """None where the row does not tell it yet."""
    reopen_count: int
    reassignment_count: int
    """What the log has counted; the desk counts for itself, and differences are reported."""
    originals: Mapping[str, str]
    """What the desk has no column for, kept in the ledger where it changes."""

    @property
    def shown(self) -> tuple[object, ...]:
        """Everything by which the ticket's columns may change."""
        return self[4:18]


class TicketLog(NamedTuple):
    """The rows of one ticket that stand in one chunk."""

    number: str
    """The number that the other system gave it."""
    rows: list[Snapshot]


class Rejected(NamedTuple):
    """A row that was not taken."""

    line: int
    number: str
    reason: str


class Difference(NamedTuple):
    """A counter on which the ledger and the log do not agree."""

    number: str
    counter: str
    ours: int
    theirs: int


class Mark(NamedTuple):
    """How far an import has come when a chunk is committed."""

    file: str
    """What tells the file, and how it is read, from any other."""
    line: int


@dataclass(slots=True)
class Written:
    """What became of a chunk; every row is written, known, later or rejected."""

    written: int = 0
    known: int = 0
    later: int = 0
    """Rows from after the instant that was asked for."""
    clamped: int = 0
    """Rows whose time ran backwards; they were given the time of the row before."""
    priorities: int = 0
    """Rows whose priority is not what the desk's matrix makes of them."""
    new_tickets: int = 0
    extended_tickets: int = 0
    people: int = 0
    agents: int = 0
    teams: int = 0
    catalogue: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


@action("import.begin")
def begin(
    tx: Transaction, source: str, file: str, *, as_of: datetime | None, dry_run: bool = False, by: str
) -> Mark | None:
    """Make the desk ready to import, and return how far an earlier run came that did not reach the end.

    The desk goes live now if it is empty, or rehearses from the instant that is asked for.

    Args:
        source: the system that the file comes from.
        file: what tells the file, and how it is read, from any other.
        as_of: only what was known then is going to be imported; None for all.
        dry_run: refuse what has to be refused, and change nothing.

    Raises:
        BadInput: it is at work and would become a rehearsal, or rehearses and no instant is given.
    """
    began = rehearsal(tx)
    in_use = tx.connection.execute(select(TICKET.c.id).limit(1)).first() is not None
    if as_of is None and began is not None:
        raise BadInput(N_("This desk rehearses: say with --as-of up to which instant to import."))
    if as_of is not None and began is None and in_use:
        raise BadInput(
            N_("This desk is at work, and --as-of would make it a rehearsal: import into an empty one.")
        )
    if not dry_run:
        if as_of is not None and (began is None or began < as_of):
            rehearse.work(tx, as_of, by=by)
        elif not in_use:
            put_fact(tx, Fact.GO_LIVE, (as_of or tx.now).isoformat())
    row = tx.session.get(ImportCheckpoint, (source, file))
    return None if row is None or row.done_at is not None else Mark(file, row.line)


@action("import.write")
def write(
    tx: Transaction,
    logs: Sequence[TicketLog],
    *,
    source: str,
    until: datetime | None,
    mark: Mark | None,
    by: str,
) -> Written:
    """Write a chunk of a log, and how far the import has come with it.

    Args:
        logs: each ticket once.
        source: the system it comes from.
        until: rows from after this instant are left out; None takes all.
        mark: None where the chunk is not to be marked as done.
    """
    done = Written()
    standard = tx.standard
    known = _known(tx, source, [log.number for log in logs])
    stories = [_story(log, known.get(log.number), source, standard, until, done) for log in logs]
    growing = [story for story in stories if story.new]
    names = imported_names.ensure(tx, source, (row for story in growing for _at, row in story.new), done)
    _number(tx, [story for story in growing if story.is_new])
    for story in growing:
        _tell(story, standard, names, done)
    done.differences += [each for story in stories for each in story.differences()]
    _put(tx, growing, until or tx.now)
    if mark is not None:
        _set_mark(tx, source, mark)
    failpoint(Failpoint.IMPORT_CHUNK_WRITTEN)
    return done


@action("import.end")
def end(tx: Transaction, source: str, mark: Mark, *, name: str, written: int, rejected: int, by: str) -> None:
    """Note that a file was read to its end; one that brought nothing new leaves no trace."""
    row = tx.session.get(ImportCheckpoint, (source, mark.file))
    if row is not None and row.done_at is None:
        row.done_at = tx.now
        tx.session.add(row)
    if written:
        alarms.arm(tx, "desk", 0, effect.DAILY, tx.now)
        tx.record("desk", 0, "desk.imported", source=source, file=name, written=written, rejected=rejected)


def _set_mark(tx: Transaction, source: str, mark: Mark) -> None:
    row = tx.session.get(ImportCheckpoint, (source, mark.file))
    if row is None:
        row = ImportCheckpoint(source=source, file=mark.file, line=mark.line)
    if row.done_at is None:
        row.line = mark.line
        tx.session.add(row)


@dataclass(slots=True)
class _Known:
    """A ticket that was imported before."""

    columns: Columns
    rows: list[tuple[int, datetime, str, str, str]]
    """Rows of the ledger, as `chain.entry_of` takes them."""
    keys: set[str]
    """Which rows of the log it has."""
    last_at: datetime
    """The time of the last of them."""
    is_touched: bool
    """Whether anything but the import has changed it."""

    def ledger(self) -> list[Entry]:
        """Return what the ledger has of it."""
        return [chain.entry_of(*row) for row in self.rows]


def _known(tx: Transaction, source: str, numbers: list[str]) -> dict[str, _Known]:
    """Return what the desk has of these tickets, locked."""
    stored = tx.connection.execute(
        select(TICKET)
        .where(TICKET.c.source == source, TICKET.c.external_id.in_(numbers))
        .order_by(TICKET.c.id)
        .with_for_update()
    ).mappings()
    by_id = {row["id"]: _Known(dict(row), [], set(), row["opened_at"], False) for row in stored}
    if not by_id:
        return {}
    events = tx.connection.execute(
        select(
            EVENT.c.subject_id, EVENT.c.id, EVENT.c.at, EVENT.c.kind, EVENT.c.by, EVENT.c.data, EVENT.c.once
        )
        .where(EVENT.c.subject_type == "ticket", EVENT.c.subject_id.in_(list(by_id)))
        .order_by(EVENT.c.id)
    )
    for ticket_id, *entry, once in events:
        ticket = by_id[ticket_id]
        ticket.rows.append((entry[0], entry[1], entry[2], entry[3], entry[4]))
        if entry[2] == KIND:
            ticket.keys.add(once)
            ticket.last_at = max(ticket.last_at, entry[1])
        elif entry[3] != SYSTEM or '"changes":' in entry[4]:
            ticket.is_touched = True
    return {ticket.columns["external_id"]: ticket for ticket in by_id.values()}


@dataclass(slots=True)
class _Story:
    """A ticket, and the rows that are to be told of it."""

    number: str
    known: _Known | None
    columns: Columns
    new: list[tuple[datetime, Snapshot]]
    """Rows that the ledger does not have, each with the time that it gets there."""
    before: list[Entry] = field(default_factory=list)
    """What the ledger has, if there is something new."""
    last: Snapshot | None = None
    """The last row that the ledger has or gets."""
    events: list[chain.NewEvent] = field(default_factory=list)
    words_changed: bool = False

    @property
    def is_new(self) -> bool:
        return self.known is None

    def differences(self) -> Iterable[Difference]:
        """Return the counters on which the ledger and the log differ in the end."""
        if self.last is None:
            return
        for name in ("reopen_count", "reassignment_count"):
            ours, theirs = self.columns[name], getattr(self.last, name)
            if ours != theirs:
                yield Difference(self.number, name, ours, theirs)


def _story(
    log: TicketLog,
    known: _Known | None,
    source: str,
    standard: Standard,
    until: datetime | None,
    done: Written,
) -> _Story:
    """Sort a ticket's rows: which are to be written, and when they happened."""
    story = _Story(log.number, known, known.columns if known else _blank(log.number, source, standard), [])
    seen: set[str] = set()
    latest = None
    for row in log.rows:
        is_known = known is not None and row.key in known.keys
        if row.key in seen:
            done.rejected.append(Rejected(row.line, log.number, _("The same row stands above.")))
            continue
        seen.add(row.key)
        floor = latest if is_known or known is None else max(latest or known.last_at, known.last_at)
        at = row.at if floor is None else max(row.at, floor)
        latest = at
        if until is not None and at > until:
            done.later += 1
        elif is_known:
            done.known += 1
            story.last = row
        elif known is not None and known.is_touched:
            reason = _("{number} was worked on since it was imported.").format(
                number=number_of(known.columns["kind"], known.columns["id"])
            )
            done.rejected.append(Rejected(row.line, log.number, reason))
        else:
            story.new.append((at, row))
            story.last = row
    if known is not None and known.is_touched:
        story.last = None
    if known is not None and story.new:
        story.before = known.ledger()
    return story


NOTHING = {column.name: None for column in TICKET.c}


def _blank(number: str, source: str, standard: Standard) -> Columns:
    """Return the columns of a ticket of which nothing is told yet."""
    return {
        **NOTHING,
        "version": 0,
        "source": source,
        "external_id": number,
        "standard_version": standard.version,
    }


def _number(tx: Transaction, new: Sequence[_Story]) -> None:
    """Give new tickets their numbers, in the order of the log."""
    if not new:
        return
    last = next_number(tx, "ticket", count=len(new))
    for place, story in enumerate(new, last - len(new) + 1):
        story.columns["id"] = place


OPENING: Mapping[str, Any] = {"kind": Kind.INCIDENT.value, "major": False, "vip": False}
"""What every imported ticket is, said by its first event."""


def _tell(story: _Story, standard: Standard, names: Names, done: Written) -> None:
    """Turn a ticket's new rows into events, and its columns into what the last one leaves."""
    columns = story.columns
    originals: Mapping[str, str] = {}
    for entry in story.before:
        originals = {**originals, **entry.details.get("log", {})}
    before: Snapshot | None = None
    for at, row in story.new:
        changes: dict[str, tuple[Any, Any]] = {}
        if before is None or before.shown != row.shown:
            changes = _change(columns, _left(columns, row, at, standard, names))
            story.words_changed = story.words_changed or not journal.WORDS.isdisjoint(changes)
        details: dict[str, Any] = {}
        if before is None or before.originals is not row.originals:
            news = {name: kept for name, kept in row.originals.items() if originals.get(name) != kept}
            if news:
                details["log"] = news
                originals = {**originals, **news}
        if at != row.at:
            details["clamped_from"] = row.at.isoformat()
            done.clamped += 1
        if row.priority != columns["priority"]:
            details["log_priority"] = row.priority
            done.priorities += 1
        columns["version"] += bool(changes)
        by = names.logins[row.by] if row.by else SYSTEM
        story.events.append(
            chain.NewEvent("ticket", columns["id"], KIND, at, by, changes, details, None, row.key)
        )
        before = row
    columns["updated_at"] = story.new[-1][0]
    columns["is_open"] = columns["status"] in OPEN
    if story.is_new:
        columns["opened_at"] = columns["reported_at"] = story.new[0][0]
    done.written += len(story.new)
    done.new_tickets += story.is_new
    done.extended_tickets += not story.is_new


def _change(columns: Columns, after: Columns) -> dict[str, tuple[Any, Any]]:
    """Set columns, and return those that changed, as the ledger keeps them."""
    changes = {}
    for name, value in after.items():
        old = columns[name]
        if old != value:
            columns[name] = value
            changes[name] = (
                (journal.code_of(old), journal.code_of(value)) if name.endswith("_at") else (old, value)
            )
    return changes


def _left(columns: Columns, row: Snapshot, at: datetime, standard: Standard, names: Names) -> Columns:
    """Return a ticket's columns as a row leaves them."""
    was = columns["status"]
    status = row.status or was or Status.NEW
    team, tier = names.teams[row.team] if row.team else (None, 1)
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
        "ci": row.ci,
        "impact": int(row.impact),
        "urgency": int(row.urgency),
        "priority": standard.matrix[row.impact, row.urgency],
        "resolution": Resolution.OTHER.value if answered else None,
        "resolved_at": (columns["resolved_at"] or at) if answered else None,
        "closed_at": (columns["closed_at"] or at) if status == Status.CLOSED else None,
        "closing_summary": (row.closing_summary or columns["closing_summary"] or "") if answered else "",
        "reopen_count": (columns["reopen_count"] or 0) + (was in ANSWERED and not answered),
        "reassignment_count": (columns["reassignment_count"] or 0)
        + (was is not None and team != columns["team"]),
    }
    if row.status is None:
        left["hold_reason"] = columns["hold_reason"]
    return left if was is not None else {**OPENING, **left}


def _put(tx: Transaction, stories: Sequence[_Story], now: datetime) -> None:
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
        {s.columns["id"]: journal.words(**_words(s.columns)) for s in stories if s.words_changed},
    )
    chain.append(tx.connection, [event for story in stories for event in story.events], tx.now)


def _timers(tx: Transaction, stories: Iterable[_Story]) -> list[dict[str, Any]]:
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


def _words(columns: Columns) -> dict[str, Any]:
    number = number_of(columns["kind"], columns["id"])
    return {"number": number, **{name: columns[name] for name in ("external_id", *journal.WORDS)}}


def _stored_clocks(tx: Transaction, ids: list[int]) -> dict[tuple[int, str], Mapping[str, Any]]:
    if not ids:
        return {}
    rows = tx.connection.execute(select(CLOCK).where(CLOCK.c.ticket_id.in_(ids))).mappings()
    return {(row["ticket_id"], row["target"]): dict(row) for row in rows}


def _clocks(
    story: _Story, standard: Standard, stored: Mapping[tuple[int, str], Mapping[str, Any]], now: datetime
) -> Iterable[Columns]:
    """Set the columns that show a ticket's most pressing clock, and return the rows of all its clocks."""
    columns = story.columns
    ledger = story.before + [
        Entry(PENDING + place, event.at, KIND, event.by, event.changes, event.details)
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
