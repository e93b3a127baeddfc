"""The change calendar: what a stretch of days shows, and the planner that answers while a change is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from deskterm.desk import Desk, Look
from deskterm.domain import change as rules
from deskterm.domain.approval import Verdict
from deskterm.domain.calendar import (
    HORIZON,
    Conflict,
    ConflictKind,
    NoSlot,
    Planner,
    Slot,
    Span,
    SpanKind,
    sentence,
)
from deskterm.domain.change import ChangeKind, ChangeStatus
from deskterm.domain.change_rules import Recurring
from deskterm.domain.errors import GateNotMet, NotFound
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.i18n import N_, _
from deskterm.reads.changes import CHANGE, LISTED, ChangeRow, row_of, taker
from deskterm.storage import bookings
from deskterm.storage.tables import Change, ChangeApproval
from deskterm.storage.types import table
from deskterm.storage.visible import visible

APPROVAL = table(ChangeApproval)
CHUNK = 500
"""So many changes are asked about in one statement."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change in the calendar."""

    change: ChangeRow
    start: datetime
    end: datetime
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be known of a change besides its conflicts: that it waits, or what is due afterwards."""

    entry: Entry
    tier: str = ""
    """Who has to decide on it; empty where nobody is asked."""
    until: datetime | None = None
    """When that decision, or the completion of an emergency change, is due."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a stretch of the calendar shows."""

    start: datetime
    end: datetime
    entries: tuple[Entry, ...]
    """By start; those cancelled are not among them."""
    windows: tuple[Span, ...]
    freezes: tuple[Span, ...]
    collisions: tuple[tuple[Entry, Conflict], ...]
    """Every conflict with its change, by start; a pair of changes is told once, as hard if it is for one."""
    remarks: tuple[Remark, ...]
    """Changes that wait for a decision, are emergencies, or go or went back, by start."""
    people: tuple[tuple[str, int], ...]
    """Who takes part in how many of the changes ahead, the busiest first."""
    read_at: datetime


def page(desk: Desk, start: datetime, end: datetime, *, by: str, condition: Condition = EVERYTHING) -> Page:
    """Return what the calendar shows between two instants, for the changes that a filter takes."""
    with desk.look(by) as look:
        found = _planner(look, start, end)
        spans = bookings.spans_of(look.connection, look.desk.standard(look.connection), start, end)
        entries = tuple(_entry(found, row) for row in _rows(look, start, end, condition))
        return Page(
            start,
            end,
            entries,
            windows=tuple(span for span in spans if span.kind is SpanKind.WINDOW),
            freezes=tuple(span for span in spans if span.kind is SpanKind.FREEZE),
            collisions=tuple(_collisions(entries)),
            remarks=tuple(_remarks(look, entries)),
            people=_people(found, entries),
            read_at=look.now,
        )


def _rows(look: Look, start: datetime, end: datetime, condition: Condition) -> Iterable[ChangeRow]:
    rows = look.connection.execute(
        select(*(CHANGE.c[name] for name in LISTED))
        .where(
            CHANGE.c.planned_start < end,
            CHANGE.c.planned_end > start,
            CHANGE.c.planned_start >= start - bookings.LONGEST,
            CHANGE.c.status != ChangeStatus.CANCELLED,
            visible(look.actor, Change),
        )
        .order_by(CHANGE.c.planned_start, CHANGE.c.id)
    ).mappings()
    takes = taker(look, condition)
    return (row_of(row) for row in map(dict, rows) if takes(row))


def _entry(found: Planner, row: ChangeRow) -> Entry:
    assert row.planned_start is not None, "the calendar shows what has a window"
    assert row.planned_end is not None, "the calendar shows what has a window"
    booking = found.index.bookings.get(row.key)
    conflicts = found.conflicts(booking) if booking is not None else ()
    return Entry(row, row.planned_start, row.planned_end, conflicts)


def _collisions(entries: Iterable[Entry]) -> list[tuple[Entry, Conflict]]:
    """Tell each pair once, from the side on which it is hard if there is one.

    Of related items each side names the other's, so that the pair is one whatever they share.
    """
    told: dict[tuple[frozenset[int | None], ConflictKind, str], tuple[Entry, Conflict]] = {}
    for entry in entries:
        for conflict in entry.conflicts:
            over = "" if conflict.kind is ConflictKind.RELATED_CI else conflict.shared
            pair = (frozenset({entry.change.key, conflict.other}), conflict.kind, over)
            if pair not in told or (conflict.hard and not told[pair][1].hard):
                told[pair] = entry, conflict
    return sorted(told.values(), key=lambda each: (each[0].start, each[0].change.key))


def _remarks(look: Look, entries: Iterable[Entry]) -> Iterator[Remark]:
    """Yield what is to be known of changes besides conflicts; what is due is read for those few alone."""
    told = [entry for entry in entries if _is_remarkable(entry.change)]
    keys = [entry.change.key for entry in told]
    asked: dict[int, tuple[str, datetime]] = {}
    done_by: dict[int, datetime] = {}
    for first in range(0, len(keys), CHUNK):
        some = keys[first : first + CHUNK]
        asked |= {
            row.change_id: (row.name, row.due_at)
            for row in look.connection.execute(
                select(APPROVAL.c.change_id, APPROVAL.c.name, APPROVAL.c.due_at).where(
                    APPROVAL.c.change_id.in_(some), APPROVAL.c.verdict == Verdict.PENDING
                )
            )
        }
        done_by |= {
            row.id: row.complete_by
            for row in look.connection.execute(
                select(CHANGE.c.id, CHANGE.c.complete_by).where(
                    CHANGE.c.id.in_(some), CHANGE.c.complete_by.is_not(None)
                )
            )
        }
    for entry in told:
        tier, due_at = asked.get(entry.change.key, ("", None))
        yield Remark(entry, tier, due_at or done_by.get(entry.change.key))


def _is_remarkable(row: ChangeRow) -> bool:
    return (
        row.status in (ChangeStatus.ASSESS, ChangeStatus.AUTHORISE)
        or (row.kind is ChangeKind.EMERGENCY and row.is_open)
        or row.rolling_back
    )


def _people(found: Planner, entries: Iterable[Entry]) -> tuple[tuple[str, int], ...]:
    ahead = (found.index.bookings.get(entry.change.key) for entry in entries)
    counted = Counter(login for booking in ahead if booking is not None for login in booking.people)
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def added(desk: Desk, *, by: str) -> Mapping[str, Recurring]:
    """Return the windows and freezes that people added and nobody took out, by their names in iCalendar."""
    with desk.look(by) as look:
        return bookings.added(look.connection)


def zone(desk: Desk, *, by: str) -> str:
    """Return the time zone of the desk itself."""
    with desk.look(by) as look:
        return desk.standard(look.connection).zone


def planner(desk: Desk, start: datetime, end: datetime, *, by: str) -> Planner:
    """Return what answers at once while changes are moved between two instants.

    `planner.conflicts(planner.index.bookings[key].moved(to))` tells what a place would collide with;
    `planner.index.put(…)` follows what others moved.
    """
    with desk.look(by) as look:
        return _planner(look, start, end)


def _planner(look: Look, start: datetime, end: datetime) -> Planner:
    return bookings.planner(look.connection, look.desk.standard(look.connection), start, end)


def free_slot(desk: Desk, number: str, *, since: datetime | None = None, by: str) -> Slot | NoSlot:
    """Return the next room for a change within 90 days, or why there is none.

    Args:
        since: from when on; from now where it is None.

    Raises:
        NotFound: there is no such change, or none that the reader may see.
        GateNotMet: it has no window yet, so that nobody knows how long it takes.
    """
    key = rules.key_of(number)
    with desk.look(by) as look:
        known = select(CHANGE.c.id).where(CHANGE.c.id == key, visible(look.actor, Change))
        if look.connection.execute(known).first() is None:
            raise NotFound(what=number)
        booking = bookings.booking(look.connection, key)
        if booking is None:
            raise GateNotMet(
                N_("{number} needs a window: when does it begin and end?"),
                field="planned_start",
                number=number,
            )
        start = max(since or look.now, look.now)
        return _planner(look, start, start + HORIZON + bookings.LONGEST).free_slot(booking, start)


def why_no_slot(none: NoSlot) -> str:
    """Return why there is no room, in the reader's language."""
    first = _("There is no room within 90 days.")
    if none.forever is ConflictKind.OUTSIDE_WINDOW:
        return f"{first} {_('No maintenance window is long enough.')}"
    if none.forever is ConflictKind.OUT_OF_ORDER:
        return f"{first} {_('Another change waits for this one.')}"
    return " ".join((first, *(sentence(conflict) for conflict in none.met)))
