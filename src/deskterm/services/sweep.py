"""What happens when a clock reaches a threshold: alerts, the ladder's effects, the breach, exactly once.

Every console and every worker sweeps. Whoever comes first does it, in one transaction that holds the alert,
its effects, its events and its notifications; the alert's key lets nobody do it twice (decisions 10 and 11).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Connection, Row, bindparam, func, or_, select, update

from deskterm.desk import Desk, Transaction
from deskterm.domain import escalation
from deskterm.domain.errors import Unreachable
from deskterm.domain.people import SYSTEM
from deskterm.domain.sla import Threshold
from deskterm.failpoints import Failpoint, failpoint
from deskterm.services import alarms, clocks, hearing, timers
from deskterm.services.alarms import TRIES
from deskterm.services.facts import go_live
from deskterm.services.ladder import Ladder, Rung, ladder
from deskterm.storage import bulk
from deskterm.storage.db import insert_new
from deskterm.storage.tables import Alert, ClockRow, Notification, Ticket, Timer
from deskterm.storage.types import NEVER, UtcDateTime, table

CLOCK, TICKET, ALERT, TIMER = table(ClockRow), table(Ticket), table(Alert), table(Timer)
NOTIFICATION = table(Notification)

CHUNK = 500

log = logging.getLogger(__name__)

DueClock = Row[*tuple[Any, ...]]
"""A row of `DUE`."""

NEXT_DUE = "SELECT (SELECT min(next_alert_at) FROM clock), (SELECT min(due_at) FROM timer)"
GLANCE = f"{NEXT_DUE}, (SELECT max(id) FROM event)"
DUE = (
    select(
        CLOCK.c.ticket_id, CLOCK.c.target, CLOCK.c.cycle, CLOCK.c.due_at, CLOCK.c.calendar,
        CLOCK.c.thresholds, CLOCK.c.fired, CLOCK.c.tries,
        TICKET.c.kind, TICKET.c.team, TICKET.c.tier, TICKET.c.assignee, TICKET.c.reassignment_count,
        TICKET.c.standard_version,
    )
    .join(TICKET, TICKET.c.id == CLOCK.c.ticket_id)
    .where(CLOCK.c.next_alert_at <= bindparam("now"))
    .order_by(CLOCK.c.next_alert_at)
    .limit(bindparam("chunk"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
DUE_ONE = DUE.where(CLOCK.c.ticket_id == bindparam("of_ticket"), CLOCK.c.target == bindparam("of_target"))
DISARM = (
    update(CLOCK)
    .where(CLOCK.c.ticket_id == bindparam("of_ticket"), CLOCK.c.target == bindparam("of_target"))
    .values(
        fired=bindparam("fired"),
        thresholds=bindparam("thresholds"),
        next_alert_at=bindparam("next_alert_at"),
        breached_at=func.coalesce(bindparam("breached_at", type_=UtcDateTime), CLOCK.c.breached_at),
        tries=0,
    )
)
BREACH = update(TICKET).where(TICKET.c.id == bindparam("of_ticket")).values(sla_breached=True)
"""For tickets that stay where they are."""
MOVE = (
    update(TICKET)
    .where(TICKET.c.id == bindparam("of_ticket"))
    .values(
        team=bindparam("to_team"),
        tier=bindparam("to_tier"),
        assignee=bindparam("to_assignee"),
        reassignment_count=TICKET.c.reassignment_count + 1,
        version=TICKET.c.version + 1,
        sla_breached=or_(TICKET.c.sla_breached, bindparam("breached", type_=Boolean)),
        updated_at=bindparam("now"),
    )
)
POSTPONE = (
    update(CLOCK)
    .where(CLOCK.c.ticket_id == bindparam("of_ticket"), CLOCK.c.target == bindparam("of_target"))
    .values(tries=bindparam("tries"), next_alert_at=bindparam("next_alert_at"))
)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    alerts: int
    timers: int
    next_due: datetime | None
    """When something falls due next, None where nothing will."""


def glance(desk: Desk) -> tuple[int, datetime | None]:
    """Return the id of the newest event, 0 for none, and when something falls due next.

    Raises:
        Unreachable: the database does not answer.
    """
    *instants, newest = desk.row(GLANCE)
    return newest or 0, desk.earliest(instants)


def sweep(desk: Desk, *, chunk: int = CHUNK) -> Swept:
    """Do everything that is due, and return how much that was; costs nothing where nothing is.

    Args:
        chunk: how many clocks one transaction handles.
    """
    due = desk.earliest(desk.row(NEXT_DUE))
    if due is None or due > desk.clock.now():
        return Swept(0, 0, due)
    alerts = _alert(desk, chunk)
    fired = timers.fire_due(desk)
    return Swept(alerts, fired, desk.earliest(desk.row(NEXT_DUE)))


def _alert(desk: Desk, chunk: int) -> int:
    """Handle the clocks that are due, chunk by chunk, and return how many alerts that were."""
    alerts = 0
    while True:
        done = _chunk(desk, chunk)
        alerts += done.alerts
        if done.rows < chunk:
            return alerts


@dataclass(frozen=True, slots=True)
class _Done:
    alerts: int
    rows: int


def _chunk(desk: Desk, size: int) -> _Done:
    """Handle some clocks together; where one of them fails, each by itself."""
    try:
        done = desk.transact(SYSTEM, lambda tx: _handle(tx, _due(tx.connection, tx.now, size)))
    except Unreachable:
        raise
    except Exception:
        log.exception("a chunk of due clocks failed; each is tried by itself")
        with desk.look(SYSTEM) as look:
            due = _due(look.connection, look.now, size)
        done = _Done(sum(_single(desk, row.ticket_id, row.target) for row in due), len(due))
    failpoint(Failpoint.SWEEP_COMMITTED)
    return done


def _single(desk: Desk, ticket_id: int, target: str) -> int:
    """Handle one clock; one that fails is tried again later, and parked after five tries."""
    try:
        return desk.transact(SYSTEM, lambda tx: _handle(tx, _due_one(tx, ticket_id, target))).alerts
    except Unreachable:
        raise
    except Exception:
        log.exception("the %s clock of ticket %s failed", target, ticket_id)
        desk.transact(SYSTEM, lambda tx: _postpone(tx, _due_one(tx, ticket_id, target)))
        return 0


def _postpone(tx: Transaction, failed: Sequence[DueClock]) -> None:
    for row in failed:
        tries = row.tries + 1
        parked = tries >= TRIES
        again = NEVER if parked else tx.now + timedelta(minutes=2**tries)
        tx.connection.execute(
            POSTPONE,
            {"of_ticket": row.ticket_id, "of_target": row.target, "tries": tries, "next_alert_at": again},
        )
        if parked:
            tx.record("ticket", row.ticket_id, "alert.parked", target=row.target, tries=tries)


def _due(connection: Connection, now: datetime, size: int) -> Sequence[DueClock]:
    return connection.execute(DUE, {"now": now, "chunk": size}).all()


def _due_one(tx: Transaction, ticket_id: int, target: str) -> Sequence[DueClock]:
    one = {"of_ticket": ticket_id, "of_target": target, "now": tx.now, "chunk": 1}
    return tx.connection.execute(DUE_ONE, one).all()


@dataclass(slots=True)
class _Effects:
    """What a chunk writes, a list for each table."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    disarmed: list[dict[str, Any]] = field(default_factory=list)
    breached: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    teams: dict[int, str] = field(default_factory=dict)
    """Tickets that this chunk moved already, and where to."""

    def tell(
        self, row: DueClock, kind: str, logins: Iterable[str], *, urgent: bool, at: datetime, **about: object
    ) -> None:
        """Notify agents of something about a ticket."""
        told = {
            "ticket_id": row.ticket_id,
            "kind": kind,
            "details": _details(**about),
            "urgent": urgent,
            "at": at,
        }
        self.notifications += [{**told, "login": login} for login in logins]


@lru_cache(maxsize=256)
def _details(**about: object) -> str:
    """Write what a notification says; a flood says the same of many tickets."""
    return json.dumps({"by": SYSTEM, **about}, sort_keys=True)


def _handle(tx: Transaction, due: Sequence[DueClock]) -> _Done:
    if not due:
        return _Done(0, 0)
    reached = [(row, *_reached(row, tx.now)) for row in due]
    claimed = _claim(tx, reached)
    failpoint(Failpoint.SWEEP_CLAIMED)
    rung_of = ladder(tx.connection, tx.standard)
    effects = _Effects()
    for row, alert, rest in reached:
        effects.disarmed.append(
            {
                "of_ticket": row.ticket_id,
                "of_target": row.target,
                "fired": alert.percent,
                "thresholds": clocks.written(rest),
                "next_alert_at": rest[0].at if rest else NEVER,
                "breached_at": row.due_at if alert.percent >= 100 else None,
            }
        )
        is_ours = (row.ticket_id, row.target) in claimed
        moved = is_ours and _carry_out(tx, row, alert, rung_of, effects)
        if alert.percent >= 100 and not moved:
            effects.breached.append({"of_ticket": row.ticket_id})
    _write(tx, effects)
    failpoint(Failpoint.SWEEP_WRITTEN)
    return _Done(len(claimed), len(due))


def _reached(row: DueClock, now: datetime) -> tuple[escalation.Alert, list[Threshold]]:
    """Return the alert of a due clock, and the thresholds still ahead."""
    armed = clocks.read(row.thresholds)
    alert = escalation.due_alert(armed, row.fired, now)
    assert alert is not None, "a clock is due when its first threshold is reached"
    return alert, [threshold for threshold in armed if threshold.at > now]


def _claim(
    tx: Transaction, reached: Iterable[tuple[DueClock, escalation.Alert, list[Threshold]]]
) -> set[tuple[int, str]]:
    """Insert the alerts, and return those that were not there: they are this transaction's to carry out.

    What was reached before the desk went live shows as breached, but alerts nobody.
    """
    live = go_live(tx)
    rows = [
        {
            "ticket_id": row.ticket_id,
            "target": row.target,
            "cycle": row.cycle,
            "threshold": alert.percent,
            "due_at": row.due_at,
            "fired_at": tx.now,
            "late": alert.late,
        }
        for row, alert, _rest in reached
        if alert.at >= live
    ]
    if not rows:
        return set()
    claim = insert_new(tx.connection, ALERT).returning(ALERT.c.ticket_id, ALERT.c.target)
    return {(ticket_id, target) for ticket_id, target in tx.connection.execute(claim, rows)}


def _carry_out(
    tx: Transaction, row: DueClock, alert: escalation.Alert, rung_of: Ladder, effects: _Effects
) -> bool:
    """Carry out one alert: tell people, climb the ladder, set the timer for when nobody hears it.

    Returns:
        Whether the ticket moved to the next tier.
    """
    team = effects.teams.get(row.ticket_id, row.team)
    rung = rung_of(team, row.assignee, row.target, alert.percent)
    about = {"target": row.target, "threshold": alert.percent, "late": alert.late}
    effects.tell(row, "alert.fired", rung.told, urgent=alert.percent >= 100, at=tx.now, **about)
    tx.record(
        "ticket",
        row.ticket_id,
        "alert.fired",
        cycle=row.cycle,
        due_at=row.due_at.isoformat(),
        told=rung.told,
        **about,
    )
    if rung.up is not None:
        effects.timers.append(
            hearing.timer(
                tx,
                row.ticket_id,
                team=team,
                calendar=row.calendar,
                version=row.standard_version,
                target=row.target,
                cycle=row.cycle,
                threshold=alert.percent,
                due_at=row.due_at,
                to=rung.up,
                told=rung.told,
            )
        )
    if rung.move_to is None or row.ticket_id in effects.teams:
        return False
    _climb(tx, row, alert, rung, rung.move_to, effects)
    return True


def _climb(
    tx: Transaction, row: DueClock, alert: escalation.Alert, rung: Rung, key: str, effects: _Effects
) -> None:
    """Move a ticket to the team of the next tier, and tell its members, and whoever loses it."""
    tier = tx.standard.teams[key].tier
    effects.teams[row.ticket_id] = key
    effects.moved.append(
        {
            "of_ticket": row.ticket_id,
            "to_team": key,
            "to_tier": tier,
            "to_assignee": rung.assignee,
            "breached": alert.percent >= 100,
            "now": tx.now,
        }
    )
    changed = {
        "team": (row.team, key),
        "tier": (row.tier, tier),
        "assignee": (row.assignee, rung.assignee),
        "reassignment_count": (row.reassignment_count, row.reassignment_count + 1),
    }
    tx.record(
        "ticket",
        row.ticket_id,
        "ticket.escalated",
        changes={name: values for name, values in changed.items() if values[0] != values[1]},
        how="functional",
        reason="threshold",
        target=row.target,
        threshold=alert.percent,
    )
    effects.tell(row, "ticket.escalated", rung.receivers, urgent=True, at=tx.now, reason="threshold")
    if row.assignee is not None and rung.assignee is None:
        about = {"target": row.target, "threshold": alert.percent}
        effects.tell(row, "ticket.passed_up", [row.assignee], urgent=True, at=tx.now, **about)


def _write(tx: Transaction, effects: _Effects) -> None:
    connection = tx.connection
    bulk.each(connection, DISARM, effects.disarmed)
    bulk.each(connection, BREACH, effects.breached)
    bulk.each(connection, MOVE, effects.moved)
    bulk.insert(connection, NOTIFICATION, effects.notifications)
    alarms.arm_all(tx, effects.timers)
