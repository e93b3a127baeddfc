"""SLA clocks as text: signals, bars, what is left; colour comes on top."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.domain.sla import Clock, Stage
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Status
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.widgets.columns import Cell

if TYPE_CHECKING:
    from deskterm.reads.queue import QueueRow

AT_RISK = 0.25
"""A clock is at risk when less than this share of its target is left."""
NEVER_YEAR = 9999
"""Deadlines in this year stand for none."""
BAR_CELLS = 20
RESPONSE = frozenset({TargetName.ACKNOWLEDGE, TargetName.FIRST_RESPONSE})
"""The targets that are marked `R` in lists."""


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
    if remaining.total_seconds() < AT_RISK * (row.sla_span_seconds or 0):
        return Cell(f"! {response}{times.left(remaining):>6}", "at-risk")
    return Cell(f"  {response}{times.left(remaining):>6}")


def ticks_by_second(rows: Iterable[QueueRow], now: datetime) -> bool:
    """Return whether a clock in the list shows seconds."""
    return any(
        timedelta() <= row.sla_due_at - now < times.SECONDS_UNDER and not row.sla_paused for row in rows
    )


def signal(clock: Clock) -> tuple[str, str]:
    """Return a clock's sign and what it means."""
    if clock.stage is Stage.MET:
        return ("!!", "breached") if clock.breached else ("ok", "met")
    if clock.stage is Stage.CANCELLED:
        return "--", "muted"
    if clock.breached:
        return "!!", "breached"
    if clock.stage is Stage.PAUSED:
        return "||", "paused"
    return ("!", "at-risk") if clock.remaining < clock.target * AT_RISK else ("", "")


def bar(clock: Clock, cells: int = BAR_CELLS) -> str:
    """Return how much of a target is used up; beyond it, a mark shows where it ended."""
    share = clock.elapsed / clock.target
    if share > 1:
        over = min(2, max(1, int((share - 1) * cells)))
        return f"[{'#' * (cells - over - 1)}|{'#' * over}]"
    used = int(share * cells)
    return f"[{'#' * used}{'-' * (cells - used)}]"


def line(clock: Clock, *, cells: int = BAR_CELLS) -> tuple[str, str]:
    """Return a clock as a line, and what it means: `Resolve  !! [####|##] -0:12 of 4:00`."""
    sign, meaning = signal(clock)
    if clock.stage is Stage.MET:
        rest = _("met at {elapsed} of {target}")
    elif clock.stage is Stage.CANCELLED:
        rest = _("cancelled after {elapsed}")
    elif clock.stage is Stage.PAUSED:
        rest = _("{left} left of {target}, paused")
    else:
        rest = _("{left} of {target}")
    words = rest.format(
        elapsed=times.span(clock.elapsed), target=times.span(clock.target), left=times.left(clock.remaining)
    )
    return f"{label(clock.name):<12}{sign:<3}{bar(clock, cells)} {words}", meaning


def short(clock: Clock) -> tuple[str, str]:
    """Return a clock in a few words, and what it means: `Respond ok 0:06`."""
    sign, meaning = signal(clock)
    shown = times.span(clock.elapsed) if clock.stage is Stage.MET else times.left(clock.remaining)
    return f"{label(clock.name)} {sign + ' ' if sign else ''}{shown}", meaning
