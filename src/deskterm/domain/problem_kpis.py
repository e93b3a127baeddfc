"""Key figures of problem management, each with its formula, time base and the date of its period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from deskterm.domain.problem import OPEN, Closure, ProblemStatus
from deskterm.i18n import N_, _

EMPTY = "–"
"""Stands for a figure whose denominator is empty."""
DAY = timedelta(days=1)
UNJUDGED = frozenset({None, Closure.DUPLICATE, Closure.IMPORTED})
"""Ends that say nothing of an effect."""


@dataclass(frozen=True, slots=True)
class Life:
    """When a problem came to where; None for what it never reached."""

    status: ProblemStatus
    opened_at: datetime
    diagnosed_at: datetime | None = None
    """When it last went from analysis to fix."""
    known_error_at: datetime | None = None
    fixed_at: datetime | None = None
    closed_at: datetime | None = None
    closure: Closure | None = None
    baseline: int | None = None
    after: int | None = None
    """Matching incidents in the window after the fix; None while it is not over."""
    incidents: int = 0
    """Incidents linked to it."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure."""

    name: str
    formula: str
    time_base: str
    period: str
    """The date that decides in which period a problem counts."""
    compute: Callable[[Sequence[Life], datetime], float | None]
    unit: str

    def shown(self, value: float | None) -> str:
        """Return a value as people read it."""
        if value is None:
            return EMPTY
        return f"{value:.0%}" if self.unit == "%" else f"{value:.1f} {_(self.unit)}".rstrip()


def _age(lives: Sequence[Life], now: datetime) -> float | None:
    return _median_days(now - life.opened_at for life in lives if life.status in OPEN)


def _diagnosis(lives: Sequence[Life], _now: datetime) -> float | None:
    return _median_days(life.diagnosed_at - life.opened_at for life in lives if life.diagnosed_at)


def _known_error_fix(lives: Sequence[Life], _now: datetime) -> float | None:
    return _median_days(
        life.fixed_at - life.known_error_at
        for life in lives
        if life.fixed_at and life.known_error_at and life.fixed_at >= life.known_error_at
    )


def _recurring(lives: Sequence[Life], _now: datetime) -> float | None:
    return float(sum(life.incidents for life in lives)) if lives else None


def _effect(lives: Sequence[Life], _now: datetime) -> float | None:
    measured = [life for life in lives if life.baseline and life.after is not None]
    before = sum(life.baseline or 0 for life in measured)
    return 1 - sum(life.after or 0 for life in measured) / before if before else None


def _verified(lives: Sequence[Life], _now: datetime) -> float | None:
    closed = [life for life in lives if life.closure not in UNJUDGED]
    return sum(life.closure is Closure.EFFECTIVE for life in closed) / len(closed) if closed else None


def _median_days(spans: Iterable[timedelta]) -> float | None:
    days = [span / DAY for span in spans]
    return median(days) if days else None


KPIS: tuple[Kpi, ...] = (
    Kpi(
        N_("Problem age"),
        N_("median of now − opened, over open problems"),
        N_("calendar days"),
        N_("open now"),
        _age,
        N_("days"),
    ),
    Kpi(
        N_("Diagnosis time"),
        N_("median of diagnosed − opened; diagnosed is when a problem last went from analysis to fix"),
        N_("calendar days"),
        N_("diagnosed"),
        _diagnosis,
        N_("days"),
    ),
    Kpi(
        N_("Known-error fix time"),
        N_("median of fixed − known error, over known errors that were fixed"),
        N_("calendar days"),
        N_("fixed"),
        _known_error_fix,
        N_("days"),
    ),
    Kpi(
        N_("Recurring incidents"),
        N_("incidents linked to problems"),
        N_("none"),
        N_("problem opened"),
        _recurring,
        "",
    ),
    Kpi(
        N_("Corrective-action effect"),
        N_("1 − incidents in the windows after fixes ÷ incidents in the same lengths before"),
        N_("calendar days"),
        N_("window ended"),
        _effect,
        "%",
    ),
    Kpi(
        N_("Closed with verified effect"),
        N_("closed with verified effect ÷ closed, duplicates and imported ends left out"),
        N_("none"),
        N_("closed"),
        _verified,
        "%",
    ),
)
