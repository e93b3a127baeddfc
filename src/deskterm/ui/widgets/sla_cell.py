"""The queue's SLA column; it knows no rules, so that the first frame need not load them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.domain.ticket import Status
from deskterm.ui import times
from deskterm.ui.widgets.columns import Cell

if TYPE_CHECKING:
    from deskterm.reads.queue import QueueRow

NEVER_YEAR = 9999
"""Deadlines in this year stand for none."""
RESPONSE = frozenset({"acknowledge", "first_response"})
"""The targets (`TargetName`) that are marked `R`."""


def sla_cell(row: QueueRow, now: datetime) -> Cell:
    """Return what the queue's SLA column shows: signal, `R` for a response clock, time left."""
    response = "R" if row.sla_target in RESPONSE else " "
    if row.sla_paused:
        remaining = timedelta(seconds=row.sla_remaining_seconds or 0)
        return Cell(f"||{response}{times.left(remaining):>6}", "paused")
    if row.sla_due_at.year == NEVER_YEAR:
        return Cell("ok", "met") if row.status is Status.RESOLVED else Cell("")
    remaining = row.sla_due_at - now
    if remaining <= timedelta() or row.sla_breached:
        return Cell(f"!!{response}{times.left(remaining):>6}", "breached")
    if now >= row.sla_risk_at:
        return Cell(f"! {response}{times.left(remaining):>6}", "at-risk")
    return Cell(f"  {response}{times.left(remaining):>6}")


def ticks_by_second(rows: Iterable[QueueRow], now: datetime) -> bool:
    """Return whether a clock in the list shows seconds."""
    return any(
        timedelta() <= row.sla_due_at - now < times.SECONDS_UNDER and not row.sla_paused for row in rows
    )
