"""The change calendar: what a stretch of days shows, and the planner that answers while a change is moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from deskterm.desk import Desk, Look
from deskterm.domain import change as rules
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
from deskterm.domain.change import ChangeStatus
from deskterm.domain.change_rules import Recurring
from deskterm.domain.errors import GateNotMet, NotFound
from deskterm.domain.query import EVERYTHING, Condition, matches
from deskterm.i18n import N_, _
from deskterm.reads import change_marks
from deskterm.reads.changes import CHANGE, LISTED, ChangeRow, context_of, facts, of_changes, row_of
from deskterm.storage import bookings
from deskterm.storage.tables import Change
from deskterm.storage.visible import visible


@dataclass(frozen=True, slots=True)
class Entry:
    """A change in the calendar."""

    change: ChangeRow
    start: datetime
    end: datetime
    conflicts: tuple[Conflict, ...]


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
            read_at=look.now,
        )


def _rows(look: Look, start: datetime, end: datetime, condition: Condition) -> Iterable[ChangeRow]:
    context = context_of(look)
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
    asked, marks = of_changes(condition), change_marks.of_condition(look, condition)
    for row in map(dict, rows):
        if matches(asked, facts(row) | marks.get(row["id"], {}), context):
            yield row_of(row)


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
