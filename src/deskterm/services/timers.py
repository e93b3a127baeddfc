"""Timers: a review date that comes, a caller who stays silent, an alert that nobody heard."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Container, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col
from sqlmodel import select as choose

from deskterm.desk import Desk, Transaction
from deskterm.domain import escalation
from deskterm.domain.errors import DeskError, Unreachable
from deskterm.domain.people import SYSTEM
from deskterm.domain.sla import Stage
from deskterm.domain.ticket import Status
from deskterm.failpoints import Failpoint, failpoint
from deskterm.services import (
    alarms,
    candidates,
    change_timers,
    corrective,
    effect,
    hearing,
    journal,
    people,
    problem_marks,
    problems,
    progress,
)
from deskterm.services.alarms import TRIES
from deskterm.storage.tables import Alert, ClockRow, Ticket, Timer
from deskterm.storage.types import NEVER, table

AT_ONCE = 100
"""How many timers one sweep fires."""

TIMER = table(Timer)
log = logging.getLogger(__name__)


def fire_due(desk: Desk) -> int:
    """Fire the timers that are due, each in a transaction of its own, and return how many did something."""
    with desk.look(SYSTEM) as look:
        due = look.connection.execute(
            select(TIMER.c.id).where(TIMER.c.due_at <= look.now).order_by(TIMER.c.due_at).limit(AT_ONCE)
        ).scalars()
        keys = list(due)
    return sum(_fire(desk, key) for key in keys)


def _fire(desk: Desk, key: int) -> bool:
    try:
        fired = desk.transact(SYSTEM, lambda tx: _claim(tx, key))
        failpoint(Failpoint.TIMER_COMMITTED)
        return fired
    except Unreachable:
        raise
    except Exception as error:
        log.exception("timer %s failed", key)
        reason = str(error) if isinstance(error, DeskError) else type(error).__name__
        desk.transact(SYSTEM, lambda tx: _postpone(tx, key, reason))
        return False


def _claim(tx: Transaction, key: int) -> bool:
    """Fire a timer unless somebody else did; what it was set for may be over by now."""
    timer = tx.session.exec(
        choose(Timer)
        .where(col(Timer.id) == key, col(Timer.due_at) <= tx.now)
        .with_for_update(skip_locked=True)
    ).first()
    if timer is None:
        return False
    timer.due_at, timer.fired_at = NEVER, tx.now
    tx.session.add(timer)
    failpoint(Failpoint.TIMER_CLAIMED)
    return EFFECTS[timer.kind](tx, timer)


TicketEffect = Callable[[Transaction, Timer, Ticket], bool]


def _on_ticket(effect: TicketEffect) -> Callable[[Transaction, Timer], bool]:
    """Return an effect that finds its ticket locked."""

    def carry_out(tx: Transaction, timer: Timer) -> bool:
        ticket = tx.session.exec(choose(Ticket).where(col(Ticket.id) == timer.subject_id).with_for_update())
        return effect(tx, timer, ticket.one())

    return carry_out


def _postpone(tx: Transaction, key: int, reason: str) -> None:
    timer = tx.session.get(Timer, key, with_for_update=True)
    if timer is None or timer.due_at > tx.now:
        return
    timer.tries += 1
    parked = timer.tries >= TRIES
    timer.due_at = NEVER if parked else tx.now + timedelta(minutes=2**timer.tries)
    if parked:
        timer.parked = reason
        tx.record(timer.subject_type, timer.subject_id, "timer.parked", timer=timer.kind, reason=reason)
    tx.session.add(timer)


def _review(tx: Transaction, timer: Timer, ticket: Ticket) -> bool:
    """Resume a ticket whose review date came, if it is still held until then."""
    if ticket.status is not Status.ON_HOLD or ticket.review_at != _set_for(timer):
        return False
    progress.wake(tx, ticket, "the review date came")
    return True


def _silence(tx: Transaction, timer: Timer, ticket: Ticket) -> bool:
    """Close a ticket whose caller stayed silent for as long as the closure rules say by now.

    Where they ask for more patience than when the timer was set, the rest of it is waited for; so is the
    silence after a later resolution.
    """
    if ticket.status is not Status.RESOLVED or ticket.resolved_at is None or ticket.major:
        return False
    until = progress.silent_until(tx, ticket.resolved_at)
    if until > tx.now:
        progress.arm(tx, ticket, progress.SILENCE, until)
        return False
    progress.close_by_silence(tx, ticket)
    return True


def _unheard(tx: Transaction, timer: Timer, ticket: Ticket) -> bool:
    """Pass an alert that nobody acknowledged on to the next person up, or let it wait if its clock does."""
    details: dict[str, Any] = json.loads(timer.details)
    alert = tx.session.exec(
        choose(Alert).where(
            col(Alert.ticket_id) == timer.subject_id,
            col(Alert.target) == details["target"],
            col(Alert.cycle) == details["cycle"],
            col(Alert.threshold) == details["threshold"],
            col(Alert.due_at) == datetime.fromisoformat(details["due_at"]),
        )
    ).one()
    clock = tx.session.get(ClockRow, (ticket.id, details["target"]))
    if alert.acknowledged_at is not None or clock is None or clock.cycle != alert.cycle:
        return False
    if clock.stage is Stage.PAUSED:
        hearing.wait(timer)
    if clock.stage is not Stage.RUNNING:
        return False
    there = people.active(tx)
    to = details["to"] if details["to"] in there else _next_up(tx, ticket, there, details["told"])
    if to is None:
        return False
    about: dict[str, Any] = {"target": alert.target, "threshold": alert.threshold}
    tx.record("ticket", timer.subject_id, "alert.passed_on", to=to, **about)
    journal.tell(tx, ticket, "alert.passed_on", [to], urgent=True, **about)
    told = [*details["told"], to]
    if up := _next_up(tx, ticket, there, told):
        further = hearing.timer(
            tx,
            timer.subject_id,
            team=ticket.team,
            calendar=clock.calendar,
            version=ticket.standard_version,
            target=alert.target,
            cycle=alert.cycle,
            threshold=alert.threshold,
            due_at=alert.due_at,
            to=up,
            told=told,
        )
        alarms.arm_all(tx, [further])
    return True


def _next_up(tx: Transaction, ticket: Ticket, there: Container[str], told: Container[str]) -> str | None:
    return escalation.next_up(tx.standard, team=ticket.team, assignee=ticket.assignee, told=told, there=there)


def _set_for(timer: Timer) -> datetime:
    return datetime.fromisoformat(timer.once)


EFFECTS: Mapping[str, Callable[[Transaction, Timer], bool]] = {
    progress.REVIEW: _on_ticket(_review),
    progress.SILENCE: _on_ticket(_silence),
    hearing.UNHEARD: _on_ticket(_unheard),
    corrective.DUE: corrective.alert,
    effect.DAILY: candidates.look,
    effect.VERIFY: effect.look_again,
    problem_marks.PARKED: problem_marks.wake,
    problems.REVIEW: problems.review_due,
    **change_timers.EFFECTS,
}
"""What each kind of timer does when it is due; it returns whether it did something."""
