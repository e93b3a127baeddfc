"""Records that another system kept: what a log tells of each, sorted and told as events (decision 5).

A log is a record's rows in the order in which they were recorded; each row shows the record as it was left by
somebody at a time. Every row becomes one event, `ticket.imported` or `problem.imported`, that is outside the
table of states. Tickets and problems differ in their columns and in what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Table, select

from deskterm.desk import Transaction
from deskterm.domain.ledger import Entry
from deskterm.domain.people import SYSTEM
from deskterm.i18n import _
from deskterm.services import imported_names, journal
from deskterm.services.imported_names import Names
from deskterm.services.imports import Rejected, Written
from deskterm.services.intake import next_number
from deskterm.storage import chain
from deskterm.storage.tables import Event
from deskterm.storage.types import table

EVENT = table(Event)

Columns = dict[str, Any]


class Row(imported_names.Row, Protocol):
    """A row of a log: a record as somebody left it."""

    @property
    def line(self) -> int:
        """Where the row stands in its file."""

    @property
    def key(self) -> str:
        """What tells the row from the record's others; the same whenever it is read."""

    @property
    def at(self) -> datetime:
        """When it was written."""

    @property
    def priority(self) -> int | None:
        """What the log makes of impact and urgency; the desk's own matrix decides."""

    @property
    def originals(self) -> Mapping[str, str]:
        """What the desk has no column for, kept in the ledger where it changes."""

    @property
    def shown(self) -> tuple[object, ...]:
        """Everything by which the record's columns may change."""


R = TypeVar("R", bound=Row)


class Log(NamedTuple, Generic[R]):
    """The rows of one record that stand in one chunk."""

    number: str
    """The number that the other system gave it."""
    rows: list[R]


@dataclass(frozen=True, slots=True)
class Records:
    """A kind of record that logs are about."""

    table: Table
    subject_type: str
    """As in the ledger."""
    origin: str
    """The column that names the system a record comes from."""
    open: Collection[str]
    """The states in which somebody still has work to do."""
    number_of: Callable[[Columns], str]
    """What people call a record."""
    touched: Callable[[Transaction, list[int]], Collection[int]]
    """Which of some records have something on them that their own events don't tell."""

    @property
    def kind(self) -> str:
        """The kind of the events that rows become."""
        return f"{self.subject_type}.imported"


@dataclass(slots=True)
class Known:
    """A record that was imported before."""

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


@dataclass(slots=True)
class Story(Generic[R]):
    """A record, and the rows that are to be told of it."""

    number: str
    known: Known | None
    columns: Columns
    new: list[tuple[datetime, R]]
    """Rows that the ledger does not have, each with the time that it gets there."""
    before: list[Entry] = field(default_factory=list)
    """What the ledger has, if there is something new."""
    last: R | None = None
    """The last row that the ledger has or gets."""
    events: list[chain.NewEvent] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether the desk does not have the record yet."""
        return self.known is None


Left = Callable[[Columns, R, datetime], Columns]
"""Returns the columns of a record as a row leaves them."""


def sorted_out(
    tx: Transaction,
    records: Records,
    logs: Sequence[Log[R]],
    *,
    source: str,
    until: datetime | None,
    done: Written,
) -> list[Story[R]]:
    """Return a story for each log, its rows sorted: which are to be written, and when they happened."""
    known = _known(tx, records, source, [log.number for log in logs])
    blank = dict.fromkeys(column.name for column in records.table.c)
    stories = []
    for log in logs:
        have = known.get(log.number)
        new = {**blank, "version": 0, records.origin: source, "external_id": log.number}
        story: Story[R] = Story(log.number, have, have.columns if have else new, [])
        _sort(story, log, records, until, done)
        stories.append(story)
    return stories


def _known(tx: Transaction, records: Records, source: str, numbers: list[str]) -> dict[str, Known]:
    """Return what the desk has of these records, locked."""
    kept = records.table.c
    stored = tx.connection.execute(
        select(records.table)
        .where(kept[records.origin] == source, kept.external_id.in_(numbers))
        .order_by(kept.id)
        .with_for_update()
    ).mappings()
    by_id = {row["id"]: Known(dict(row), [], set(), row["opened_at"], False) for row in stored}
    if not by_id:
        return {}
    events = tx.connection.execute(
        select(
            EVENT.c.subject_id, EVENT.c.id, EVENT.c.at, EVENT.c.kind, EVENT.c.by, EVENT.c.data, EVENT.c.once
        )
        .where(EVENT.c.subject_type == records.subject_type, EVENT.c.subject_id.in_(list(by_id)))
        .order_by(EVENT.c.id)
    )
    kind = records.kind
    for key, *entry, once in events:
        record = by_id[key]
        record.rows.append((entry[0], entry[1], entry[2], entry[3], entry[4]))
        if entry[2] == kind:
            record.keys.add(once)
            record.last_at = max(record.last_at, entry[1])
        elif entry[3] != SYSTEM or '"changes":' in entry[4]:
            record.is_touched = True
    for key in records.touched(tx, list(by_id)):
        by_id[key].is_touched = True
    return {record.columns["external_id"]: record for record in by_id.values()}


def _sort(story: Story[R], log: Log[R], records: Records, until: datetime | None, done: Written) -> None:
    known = story.known
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
                number=records.number_of(known.columns)
            )
            done.rejected.append(Rejected(row.line, log.number, reason))
        else:
            story.new.append((at, row))
            story.last = row
    if known is not None and known.is_touched:
        story.last = None
    if known is not None and story.new:
        story.before = known.ledger()


def number(tx: Transaction, records: Records, stories: Iterable[Story[R]]) -> None:
    """Give new records their numbers, in the order of the log."""
    new = [story for story in stories if story.is_new]
    if not new:
        return
    last = next_number(tx, records.subject_type, count=len(new))
    for place, story in enumerate(new, last - len(new) + 1):
        story.columns["id"] = place


def tell(records: Records, story: Story[R], left: Left[R], names: Names, done: Written) -> None:
    """Turn a record's new rows into events, and its columns into what the last one leaves."""
    columns, kind = story.columns, records.kind
    originals: Mapping[str, str] = {}
    for entry in story.before:
        originals = {**originals, **entry.details.get("log", {})}
    before: R | None = None
    for at, row in story.new:
        changes: dict[str, tuple[Any, Any]] = {}
        if before is None or before.shown != row.shown:
            changes = _change(columns, left(columns, row, at))
        details: dict[str, Any] = {}
        if before is None or before.originals is not row.originals:
            news = {name: kept for name, kept in row.originals.items() if originals.get(name) != kept}
            if news:
                details["log"] = news
                originals = {**originals, **news}
        if at != row.at:
            details["clamped_from"] = row.at.isoformat()
            done.clamped += 1
        if row.priority != columns["priority"] and row.priority is not None:
            details["log_priority"] = row.priority
            done.priorities += 1
        columns["version"] += bool(changes)
        by = names.logins[row.by] if row.by else SYSTEM
        story.events.append(
            chain.NewEvent(records.subject_type, columns["id"], kind, at, by, changes, details, None, row.key)
        )
        before = row
    columns["updated_at"] = story.new[-1][0]
    columns["is_open"] = columns["status"] in records.open
    if story.is_new:
        columns["opened_at"] = story.new[0][0]
    done.written += len(story.new)


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
