"""The change calendar as values: bookings, windows and freezes, related items."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union_all

from deskterm.domain import change as rules
from deskterm.domain.calendar import Booking, Conflict, Index, Planner, Span, SpanKind, Spans, related
from deskterm.domain.change import ChangeKind, ChangeStatus
from deskterm.domain.change_rules import Recurring
from deskterm.domain.standard import Standard
from deskterm.standard.recurrence import expand
from deskterm.storage.tables import (
    Change,
    ChangeItem,
    ChangeOrder,
    ChangeStep,
    CiRelation,
    ConfigurationItem,
    SpanRow,
)
from deskterm.storage.types import NEVER, table

CHANGE, ITEM, ORDER, STEP = table(Change), table(ChangeItem), table(ChangeOrder), table(ChangeStep)
CI, RELATION, SPAN = table(ConfigurationItem), table(CiRelation), table(SpanRow)

AHEAD = (*sorted(rules.PLANNING), ChangeStatus.IMPLEMENTING)
"""The states of changes whose work lies ahead or goes on."""
BOOKED = frozenset({ChangeStatus.AUTHORISE, ChangeStatus.SCHEDULED, ChangeStatus.IMPLEMENTING})
"""The states in which a change keeps its place against others."""
LONGEST = timedelta(days=31)
"""No change is planned to last longer."""


def planner(connection: Connection, standard: Standard, since: datetime, until: datetime) -> Planner:
    """Return everything that changes can collide with in a time, with windows and freezes a little beyond."""
    spans = spans_of(connection, standard, since, until + LONGEST)
    return Planner(
        Index(bookings(connection, since, until)),
        Spans(span for span in spans if span.kind is SpanKind.WINDOW),
        Spans(span for span in spans if span.kind is SpanKind.FREEZE),
        related(
            (one, other) for one, other in connection.execute(select(RELATION.c.ci, RELATION.c.depends_on))
        ),
        standard.changes.blocking,
    )


def spans_of(connection: Connection, standard: Standard, since: datetime, until: datetime) -> list[Span]:
    """Return the windows and freezes that overlap a time: the standard's, and those that people added."""
    return expand([*standard.changes.calendar, *added(connection).values()], since, until)


def added(connection: Connection) -> dict[str, Recurring]:
    """Return the windows and freezes that people added, by their names in iCalendar files."""
    rows = connection.execute(select(SPAN).where(SPAN.c.removed.is_(False)).order_by(SPAN.c.id))
    return {
        row.uid: Recurring(
            name=row.name,
            kind=row.kind,
            zone=row.zone,
            start=datetime.fromisoformat(row.start),
            days=row.days,
            length=timedelta(minutes=row.minutes),
            rule=row.rule,
            services=frozenset(json.loads(row.services)),
        )
        for row in rows
    }


def bookings(connection: Connection, since: datetime, until: datetime) -> list[Booking]:
    """Return the places of the changes ahead that overlap a time.

    With them come those of all that wait for one another, and of all that are carried out, which may be done
    elsewhere than planned.
    """
    near = and_(
        CHANGE.c.planned_start < until,
        CHANGE.c.planned_end > since,
        CHANGE.c.planned_start >= since - LONGEST,
    )
    ordered = union_all(select(ORDER.c.change_id), select(ORDER.c.after_id))
    return _bookings(
        connection,
        CHANGE.c.status.in_(AHEAD),
        CHANGE.c.planned_end < NEVER,
        or_(near, CHANGE.c.status == ChangeStatus.IMPLEMENTING, CHANGE.c.id.in_(ordered)),
    )


def booking(connection: Connection, key: int) -> Booking | None:
    """Return the place of one change, None while it has no window."""
    found = _bookings(connection, CHANGE.c.id == key, CHANGE.c.planned_start < CHANGE.c.planned_end)
    return found[0] if found else None


def in_the_way(
    connection: Connection, standard: Standard, key: int, at_once: datetime | None
) -> tuple[Conflict, ...]:
    """Return what a change collides with at its place; nothing while it has none.

    Args:
        at_once: the instant at which it would begin with broken glass; None where it keeps to its window.
    """
    place = booking(connection, key)
    if place is None:
        return ()
    if at_once is None:
        return planner(connection, standard, place.start, place.end).conflicts(place)
    since, until = min(place.start, at_once), max(place.end, at_once + (place.end - place.start))
    return planner(connection, standard, since, until).at_once(place, at_once)


def _bookings(connection: Connection, *which: ColumnElement[bool]) -> list[Booking]:
    chosen = select(CHANGE.c.id).where(*which)
    rows = connection.execute(
        select(
            CHANGE.c.id, CHANGE.c.kind, CHANGE.c.status, CHANGE.c.planned_start, CHANGE.c.planned_end,
            CHANGE.c.started_at, CHANGE.c.service, CHANGE.c.assignee,
        ).where(*which)
    ).all()  # fmt: skip
    cis, services = _items(connection, chosen)
    people = _pairs(
        connection.execute(
            select(STEP.c.change_id, STEP.c.owner).where(
                STEP.c.change_id.in_(chosen), STEP.c.owner.is_not(None)
            )
        )
    )
    after = _pairs(
        connection.execute(select(ORDER.c.change_id, ORDER.c.after_id).where(ORDER.c.change_id.in_(chosen)))
    )
    return [
        Booking(
            key=row.id,
            start=start,
            end=end,
            services=frozenset(services.get(row.id, ())) | ({row.service} if row.service else frozenset()),
            cis=frozenset(cis.get(row.id, ())),
            people=frozenset(people.get(row.id, ())) | {row.assignee},
            after=frozenset(after.get(row.id, ())),
            emergency=row.kind is ChangeKind.EMERGENCY,
            tentative=row.status not in BOOKED,
        )
        for row in rows
        for start, end in (_place(row),)
    ]


def _place(row: Any) -> tuple[datetime, datetime]:
    """Return where a change is planned, or where it is carried out when it began outside its window."""
    start, end = row.planned_start, row.planned_end
    if row.status is not ChangeStatus.IMPLEMENTING or start <= row.started_at < end:
        return start, end
    return row.started_at, row.started_at + (end - start)


def _items(
    connection: Connection, chosen: Select[tuple[int]]
) -> tuple[Mapping[int, set[str]], Mapping[int, set[str]]]:
    """Return the configuration items of changes, and the services that run on those."""
    named = union_all(
        select(CHANGE.c.id.label("key"), CHANGE.c.ci.label("ci")).where(CHANGE.c.id.in_(chosen)),
        select(ITEM.c.change_id.label("key"), ITEM.c.ci.label("ci")).where(ITEM.c.change_id.in_(chosen)),
    ).subquery()
    cis: dict[int, set[str]] = defaultdict(set)
    services: dict[int, set[str]] = defaultdict(set)
    for key, ci, service in connection.execute(
        select(named.c.key, named.c.ci, CI.c.service).join(CI, CI.c.key == named.c.ci)
    ):
        cis[key].add(ci)
        if service is not None:
            services[key].add(service)
    return cis, services


def _pairs(rows: Iterable[Any]) -> Mapping[int, set[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return found
