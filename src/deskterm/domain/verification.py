"""Effect verification: whether a fix helped, counted from the incidents before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from deskterm.i18n import _

DAY = timedelta(days=1)


class Effect(StrEnum):
    """What the incidents since the fix say of it."""

    PENDING = "pending"
    """Quiet so far, and the window is not over."""
    QUIET = "quiet"
    """The threshold held for the whole window."""
    RECURRING = "recurring"
    """More than the threshold allows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a fix is verified."""

    fixed_at: datetime
    window: timedelta
    threshold: int
    """The most matching incidents that the window may hold."""
    baseline: int
    """Matching incidents in a window's length before the fix."""

    @property
    def ends_at(self) -> datetime:
        """When the window is over."""
        return self.fixed_at + self.window


def effect(plan: Plan, incidents: Iterable[datetime], now: datetime) -> Effect:
    """Return what the matching incidents say: recurrence shows at once, quiet only at the window's end.

    Args:
        incidents: when each opened; the window is half-open, `fixed_at` belongs to it and its end does not.
    """
    count = sum(plan.fixed_at <= at < plan.ends_at and at <= now for at in incidents)
    if count > plan.threshold:
        return Effect.RECURRING
    return Effect.QUIET if now >= plan.ends_at else Effect.PENDING


def relapsed(plan: Plan, incidents: Iterable[datetime], now: datetime, *, since: datetime) -> bool:
    """Return whether a fix that was accepted as effective fails later.

    It does when a window's length up to now holds more than the threshold.

    Args:
        since: when its window ended; what came before was judged already.
    """
    begin = max(since, now - plan.window)
    return sum(begin <= at <= now for at in incidents) > plan.threshold


def verdict(plan: Plan, incidents: Iterable[datetime], now: datetime) -> Effect:
    """Return what the incidents say of a fix that is still watched: of its window, then of the present.

    Between the end of the window and somebody's word for it, and after that word, too many reopen it.
    """
    since = list(incidents)
    found = effect(plan, since, now)
    fails_later = found is Effect.QUIET and relapsed(plan, since, now, since=plan.ends_at)
    return Effect.RECURRING if fails_later else found


def doubt(plan: Plan) -> str:
    """Return why a plan can't show that a fix helped, in the reader's language; empty where it can."""
    if not plan.baseline:
        return _("Nothing was counted before the fix, so that nothing can be less: is it the right metric?")
    if plan.threshold >= plan.baseline:
        return _("The threshold ({threshold}) allows as many as before the fix ({baseline}).").format(
            threshold=plan.threshold, baseline=plan.baseline
        )
    return ""


def baseline(incidents: Iterable[datetime], fixed_at: datetime, window: timedelta) -> int:
    """Return how many incidents a window's length before a fix holds."""
    return sum(fixed_at - window <= at < fixed_at for at in incidents)


@dataclass(frozen=True, slots=True)
class Chart:
    """Matching incidents by day, on both sides of a fix."""

    before: tuple[int, ...]
    """The days of a window's length before the fix, oldest first; the last ends with the fix."""
    after: tuple[int, ...]
    """The days since; the first begins with the fix."""


def chart(plan: Plan, incidents: Sequence[datetime], now: datetime) -> Chart:
    """Return the incidents by day before and after a fix; days begin with the fix, not at midnight."""
    days = max(1, -(-plan.window // DAY))
    gone = max(0, min(days, (now - plan.fixed_at) // DAY + 1))
    before = [0] * days
    behind = [0] * gone
    for at in incidents:
        away = (at - plan.fixed_at) // DAY
        if -days <= away < 0:
            before[days + away] += 1
        elif 0 <= away < gone:
            behind[away] += 1
    return Chart(tuple(before), tuple(behind))


BARS = " ▁▂▃▄▅▆▇█"
"""Levels of a sparkline, none first."""


def sparkline(counts: Sequence[int]) -> str:
    """Return counts as bars of one cell each, the highest full; only zero has no bar."""
    top = max(counts, default=0)
    return "".join(BARS[-(-count * 8 // top) if top else 0] for count in counts)
