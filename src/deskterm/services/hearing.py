"""Alerts that nobody heard: when they go to the next person up, and how they wait while their clock does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import escalation
from deskterm.domain.standard import TargetName
from deskterm.services import alarms
from deskterm.storage.tables import Ticket, Timer
from deskterm.storage.types import NEVER

UNHEARD = "unheard"


def timer(
    tx: Transaction,
    ticket_id: int,
    *,
    team: str | None,
    calendar: str,
    version: int,
    target: TargetName,
    cycle: int,
    threshold: int,
    due_at: datetime,
    to: str,
    told: Iterable[str],
) -> dict[str, Any]:
    """Return the timer after which an alert goes to the next person up, as a row.

    Args:
        team: the ticket's, whose ladder says how long people have.
        calendar: the one that the alert's clock counts in.
        version: of the standard that the ticket was opened under.
        target: with `cycle`, `threshold` and `due_at` the alert's key.
        to: who hears of it then.
        told: who has heard of it so far.
    """
    key = escalation.alert_key(target, cycle, threshold, due_at)
    return alarms.timer(
        "ticket",
        ticket_id,
        UNHEARD,
        _by(tx, team=team, calendar=calendar, version=version),
        once=f"{key}:{to}",
        target=target,
        cycle=cycle,
        threshold=threshold,
        due_at=due_at.isoformat(),
        to=to,
        told=sorted(told),
    )


def _by(tx: Transaction, *, team: str | None, calendar: str, version: int) -> datetime:
    own = tx.standard_under(version)
    return escalation.acknowledge_by(own, team=team, calendar=calendar, alerted_at=tx.now)


def wait(timer: Timer) -> None:
    """Let an alert wait until its clock goes on: nobody need hear of it while the desk does."""
    timer.due_at, timer.fired_at = NEVER, None


def go_on(tx: Transaction, ticket: Ticket, target: TargetName, calendar: str) -> None:
    """Give people the whole time again to hear the alerts of a clock that goes on."""
    waiting = tx.session.exec(
        select(Timer).where(
            col(Timer.subject_type) == "ticket",
            col(Timer.subject_id) == ticket.id,
            col(Timer.kind) == UNHEARD,
            col(Timer.due_at) == NEVER,
            col(Timer.fired_at).is_(None),
            col(Timer.parked) == "",
        )
    )
    for each in waiting:
        if json.loads(each.details)["target"] == target:
            each.due_at = _by(tx, team=ticket.team, calendar=calendar, version=ticket.standard_version)
            tx.session.add(each)
