"""SLA clocks as text: signals, bars, what is left; colour comes on top."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskterm.domain.sla import Clock, Stage
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import times

BAR_CELLS = 20
DAYS_AWAY = timedelta(days=5)
"""Up to this far ahead or back a deadline is told by weekday and hour."""


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
    return ("!", "at-risk") if clock.at_risk else ("", "")


def bar(clock: Clock, cells: int = BAR_CELLS) -> str:
    """Return how much of a target is used up; beyond it, a mark shows where it ended."""
    share = clock.elapsed / clock.target
    if share > 1:
        over = min(2, max(1, int((share - 1) * cells)))
        return f"[{'#' * (cells - over - 1)}|{'#' * over}]"
    used = int(share * cells)
    return f"[{'#' * used}{'-' * (cells - used)}]"


def line(clock: Clock, now: datetime, *, cells: int = BAR_CELLS) -> tuple[str, str]:
    """Return a clock as a line, and what it means: `Resolve  !! [####|##] -0:12, due 14:20`.

    What is left of one that runs is time until it falls due, as in the queue; the bar, the target and what is
    left of one that stands are service time.
    """
    sign, meaning = signal(clock)
    if clock.stage is Stage.MET:
        rest = _("met at {elapsed} of {target}")
    elif clock.stage is Stage.CANCELLED:
        rest = _("cancelled after {elapsed}")
    elif clock.stage is Stage.PAUSED:
        rest = _("paused with {left} left")
    elif clock.due_at is not None:
        rest = _("{left}, due {due}")
    else:
        rest = _("{left} of {target}")
    words = rest.format(
        elapsed=times.span(clock.elapsed),
        target=times.span(clock.target),
        left=times.left(clock.left(now)),
        due=_due(clock.due_at, now) if clock.due_at is not None else "",
    )
    return f"{label(clock.name):<12}{sign:<3}{bar(clock, cells)} {words}", meaning


def _due(at: datetime, now: datetime) -> str:
    """Return when a clock falls due; of what is days away, only the day."""
    return times.moment(at, now) if abs(at - now) < DAYS_AWAY else times.day(at)


def short(clock: Clock, now: datetime) -> tuple[str, str]:
    """Return a clock in a few words, and what it means: `Respond ok 0:06`."""
    sign, meaning = signal(clock)
    shown = times.span(clock.elapsed) if clock.stage is Stage.MET else times.left(clock.left(now))
    return f"{label(clock.name)} {sign + ' ' if sign else ''}{shown}", meaning
