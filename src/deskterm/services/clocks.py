"""Clocks in the database: a cache of the pure function, taken anew whenever a ticket's ledger grows."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from deskterm.desk import Transaction, action
from deskterm.domain import escalation, sla
from deskterm.domain.sla import Clock, Stage, Threshold
from deskterm.domain.standard import Standard, TargetName
from deskterm.services import hearing
from deskterm.services.facts import Fact, drop_fact, put_fact
from deskterm.storage import bulk
from deskterm.storage.chain import history
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import ClockRow, DeskFact, Ticket
from deskterm.storage.types import NEVER, table

CLOCK = table(ClockRow)
TICKET = table(Ticket)
CHUNK = 500

COLUMNS = tuple(CLOCK.columns.keys())
STORED = Prepared(select(CLOCK).where(CLOCK.c.ticket_id == bindparam("of_ticket")))
REPLACE = (
    update(CLOCK)
    .where(CLOCK.c.ticket_id == bindparam("of_ticket"), CLOCK.c.target == bindparam("of_target"))
    .values({column.name: bindparam(column.name) for column in CLOCK.columns})
)

Columns = dict[str, Any]


def follow(tx: Transaction, ticket: Ticket) -> None:
    """Take a ticket's clocks anew from its ledger, with what this transaction adds to it."""
    assert ticket.id is not None, "a ticket has its number before anything else"
    ledger = [*history(tx.connection, "ticket", ticket.id), *tx.pending("ticket", ticket.id)]
    standard = tx.standard_under(ticket.standard_version)
    running = sla.clocks(ledger, standard, tx.now)
    for column, value in pressing(running.values(), standard).items():
        setattr(ticket, column, value)
    tx.session.flush()
    stored = _stored(tx.connection, ticket.id)
    rows = [columns(ticket.id, clock, standard, stored.get(name)) for name, clock in running.items()]
    bulk.insert(tx.connection, CLOCK, [row for row in rows if row["target"] not in stored])
    changed = [row for row in rows if row != stored.get(row["target"], row)]
    bulk.each(
        tx.connection,
        REPLACE,
        [{**row, "of_ticket": ticket.id, "of_target": row["target"]} for row in changed],
    )
    for name, clock in running.items():
        if clock.stage is Stage.RUNNING and name in stored and stored[name]["stage"] is Stage.PAUSED:
            hearing.go_on(tx, ticket, name, clock.calendar)
    gone = [name for name in stored if name not in running]
    if gone:
        tx.connection.execute(delete(CLOCK).where(CLOCK.c.ticket_id == ticket.id, CLOCK.c.target.in_(gone)))


def columns(ticket_id: int, clock: Clock, standard: Standard, stored: Mapping[str, Any] | None) -> Columns:
    """Return a clock as a row of the cache.

    Args:
        stored: the row that it replaces, None where there is none. What alerted in the same cycle does not
            alert again while it stays reached.
    """
    told = stored["fired"] if stored is not None and stored["cycle"] == clock.cycle else 0
    fired = escalation.still_fired(clock, told)
    armed = escalation.thresholds_to_arm(clock, fired)
    return {
        "ticket_id": ticket_id,
        "target": clock.name,
        "cycle": clock.cycle,
        "stage": clock.stage,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "started_at": clock.started_at,
        "due_at": due_of(clock, standard),
        "stopped_at": clock.stopped_at,
        "breached_at": clock.breached_at,
        "span_seconds": int(clock.target.total_seconds()),
        "elapsed_seconds": int(clock.elapsed.total_seconds()) if clock.stage is not Stage.RUNNING else 0,
        "thresholds": written(armed),
        "fired": fired,
        "next_alert_at": armed[0].at if armed else NEVER,
        "tries": 0,
    }


def due_of(clock: Clock, standard: Standard) -> datetime:
    """Return when a clock falls due; while it is paused, when it would have without the pause."""
    if clock.due_at is not None:
        return clock.due_at
    hours = standard.calendars[clock.calendar]
    since = clock.pauses[-1].start
    left = clock.remaining
    return hours.add(since, left) if left.total_seconds() >= 0 else hours.subtract(since, -left)


def written(thresholds: Iterable[Threshold]) -> str:
    """Return thresholds as the column keeps them: `75:2026-06-02T08:00:00+00:00 100:…`."""
    return " ".join(f"{percent}:{at.isoformat()}" for percent, at in thresholds)


def read(thresholds: str) -> list[Threshold]:
    """Return the thresholds that a column keeps."""
    pairs = (pair.split(":", 1) for pair in thresholds.split())
    return [Threshold(int(percent), datetime.fromisoformat(at)) for percent, at in pairs]


def pressing(clocks: Iterable[Clock], standard: Standard) -> Columns:
    """Return the columns by which lists show a ticket's most pressing clock."""
    going = [clock for clock in clocks if clock.stage in (Stage.RUNNING, Stage.PAUSED)]
    missed = any(c.breached for c in clocks if c in going or c.name is TargetName.RESOLUTION)
    if not going:
        return {
            "sla_target": None,
            "sla_due_at": NEVER,
            "sla_risk_at": NEVER,
            "sla_paused": False,
            "sla_remaining_seconds": None,
            "sla_span_seconds": None,
            "sla_breached": missed,
        }
    first = min(going, key=lambda clock: (clock.stage is Stage.PAUSED, due_of(clock, standard)))
    paused = first.stage is Stage.PAUSED
    return {
        "sla_target": first.name,
        "sla_due_at": due_of(first, standard),
        "sla_risk_at": sla.risk_at(first, standard) or NEVER,
        "sla_paused": paused,
        "sla_remaining_seconds": int(first.remaining.total_seconds()) if paused else None,
        "sla_span_seconds": int(first.target.total_seconds()),
        "sla_breached": missed,
    }


def _stored(connection: Connection, ticket_id: int) -> dict[TargetName, Mapping[str, Any]]:
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in STORED.rows(connection, of_ticket=ticket_id))
    return {row["target"]: row for row in rows}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cached value that the ledger contradicts."""

    ticket_id: int
    target: str
    column: str
    stored: object
    computed: object


NOT_COMPUTED = frozenset({"tries"})
"""What no ledger tells."""


@action("clocks.rebuild")
def rebuild_chunk(tx: Transaction, after: int, *, by: str) -> tuple[int | None, list[Difference]]:
    """Recompute the clocks of the 500 tickets after an id; return where to go on, and what differed."""
    keys = _next_tickets(tx, after)
    return (keys[-1] if len(keys) == CHUNK else None), _recompute(tx, keys)


@action("clocks.recount")
def recount_chunk(tx: Transaction, *, by: str) -> int | None:
    """Count the next 500 open tickets' clocks anew after calendars changed.

    Returns:
        How many clocks changed; None where nothing is left to count.
    """
    mark = tx.session.get(DeskFact, Fact.RECOUNTED_TO.value, with_for_update=True)
    if mark is None:
        return None
    keys = _next_tickets(tx, int(mark.value), TICKET.c.is_open)
    differences = (each for each in _recompute(tx, keys) if each.target != SHOWN_BY_LISTS)
    changed = {(difference.ticket_id, difference.target) for difference in differences}
    if len(keys) == CHUNK:
        put_fact(tx, Fact.RECOUNTED_TO, str(keys[-1]))
    else:
        drop_fact(tx, Fact.RECOUNTED_TO)
    tx.record("desk", 0, "clocks.recounted", tickets=len(keys), changed=len(changed))
    return len(changed)


def _next_tickets(tx: Transaction, after: int, *which: ColumnElement[bool]) -> list[int]:
    found = tx.connection.execute(
        select(TICKET.c.id).where(TICKET.c.id > after, *which).order_by(TICKET.c.id).limit(CHUNK)
    )
    return list(found.scalars())


def _recompute(tx: Transaction, keys: Iterable[int]) -> list[Difference]:
    differences: list[Difference] = []
    for key in keys:
        ticket = tx.session.get_one(Ticket, key, with_for_update=True)
        before = _stored(tx.connection, key)
        shown = {name: getattr(ticket, name) for name in SHOWN}
        follow(tx, ticket)
        unswept = {name for name, row in before.items() if row["next_alert_at"] <= tx.now}
        differences += _differences(key, before, _stored(tx.connection, key), unswept)
        differences += [
            Difference(key, SHOWN_BY_LISTS, name, value, getattr(ticket, name))
            for name, value in shown.items()
            if value != getattr(ticket, name) and not (name == "sla_breached" and not value and unswept)
        ]
        tx.session.add(ticket)
    return differences


SHOWN_BY_LISTS = "lists"
"""Stands for the target where a difference is in the columns that lists show."""
SHOWN = (
    "sla_target",
    "sla_due_at",
    "sla_risk_at",
    "sla_paused",
    "sla_remaining_seconds",
    "sla_span_seconds",
    "sla_breached",
)


def _differences(
    key: int,
    before: Mapping[TargetName, Mapping[str, Any]],
    after: Mapping[TargetName, Mapping[str, Any]],
    unswept: Container[TargetName],
) -> Iterable[Difference]:
    """Yield what differs; a breach that the next sweep is about to find does not count."""
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield Difference(key, name, "row", old and dict(old), new and dict(new))
            continue
        for column in old:
            awaited = column == "breached_at" and old[column] is None and name in unswept
            if column not in NOT_COMPUTED and old[column] != new[column] and not awaited:
                yield Difference(key, name, column, old[column], new[column])
