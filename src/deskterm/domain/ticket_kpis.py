"""Key figures of tickets, each with its formula, its time base and the date that decides its period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from statistics import fmean, median

from deskterm.domain.standard import TargetName
from deskterm.i18n import N_

YOUNG, OLD = timedelta(days=10), timedelta(days=30)
"""Where the backlog's ages part: under ten days, up to thirty, older."""
P90 = 0.9


class Base(StrEnum):
    """What a figure's time is counted in."""

    SERVICE = N_("service time")
    CALENDAR = N_("calendar time")
    NONE = N_("no time")


@dataclass(frozen=True, slots=True)
class Run:
    """One target of a ticket, as its clock keeps it."""

    elapsed: timedelta
    """Service time used up."""
    stopped_at: datetime | None
    """When it was met; None while it runs."""
    breached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """What the figures know of a ticket."""

    opened_at: datetime
    ended_at: datetime | None = None
    """Since when nobody has work to do: resolved, cancelled or merged; None while it is open."""
    resolved_at: datetime | None = None
    tier: int = 1
    """The tier of the team that has it, or that resolved it."""
    reopened: int = 0
    moves: int = 0
    """How often it changed teams."""
    asked_again: bool = False
    """Whether the caller wrote after opening it."""
    runs: Mapping[TargetName, Run] = field(default_factory=dict)
    """What is cancelled with its ticket is not among them."""

    def is_open_at(self, at: datetime) -> bool:
        """Return whether somebody had work to do then."""
        return self.opened_at < at and (self.ended_at is None or self.ended_at >= at)


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open; `until` is also the instant at which the backlog is looked at."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.until


class Unit(StrEnum):
    """What a value counts."""

    COUNT = "count"
    SHARE = "share"
    """From 0 to 1."""
    SECONDS = "seconds"
    """A duration."""


Value = float | timedelta | None
"""A share, a count or a duration; None where there is nothing to count over."""
Compute = Callable[[Sequence[Life], Period], tuple[Value, int]]
"""Returns a value, and how many tickets it was taken over."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure."""

    key: str
    """What `deskterm report` calls it; figures of one family share it."""
    title: str
    """Marked for translation, like what follows."""
    formula: str
    base: Base
    decides: str
    """The date that decides in which period a ticket counts."""
    compute: Compute
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Figure:
    """What became of a key figure in a period."""

    kpi: Kpi
    value: Value
    over: int


def figures(lives: Iterable[Life], period: Period, names: Iterable[str] = ()) -> tuple[Figure, ...]:
    """Return the key figures of a period: those that are named, or all."""
    known, wanted = tuple(lives), frozenset(names)
    return tuple(Figure(kpi, *kpi.compute(known, period)) for kpi in KPIS if not wanted or kpi.key in wanted)


def _mean(times: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=fmean(each.total_seconds() for each in times))


def _median(times: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(each.total_seconds() for each in times))


def _ninetieth(times: Sequence[timedelta]) -> timedelta:
    """Return the nearest-rank 90th percentile: the least time that nine of ten do not exceed."""
    return sorted(times)[ceil(P90 * len(times)) - 1]


def _time_to(target: TargetName, middle: Callable[[Sequence[timedelta]], timedelta]) -> Compute:
    def compute(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
        runs = [life.runs[target] for life in lives if target in life.runs]
        times = [run.elapsed for run in runs if run.stopped_at in period]
        return (middle(times) if times else None), len(times)

    return compute


def _share_of_resolved(holds: Callable[[Life], bool]) -> Compute:
    def compute(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
        resolved = [life for life in lives if life.resolved_at in period]
        return (sum(map(holds, resolved)) / len(resolved) if resolved else None), len(resolved)

    return compute


def _moves_of_resolved(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
    resolved = [life.moves for life in lives if life.resolved_at in period]
    return (fmean(resolved) if resolved else None), len(resolved)


def _attained(target: TargetName) -> Compute:
    def compute(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
        runs = [life.runs[target] for life in lives if target in life.runs]
        ended = [run for run in runs if run.stopped_at in period]
        return (sum(run.breached_at is None for run in ended) / len(ended) if ended else None), len(ended)

    return compute


def _breached_and_open(target: TargetName) -> Compute:
    def compute(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
        at = period.until
        runs = [life.runs[target] for life in lives if life.is_open_at(at) and target in life.runs]
        running = [run for run in runs if run.stopped_at is None or run.stopped_at >= at]
        late = [run for run in running if run.breached_at is not None and run.breached_at < at]
        return float(len(late)), len(running)

    return compute


def _backlog(holds: Callable[[timedelta], bool]) -> Compute:
    def compute(lives: Sequence[Life], period: Period) -> tuple[Value, int]:
        ages = [period.until - life.opened_at for life in lives if life.is_open_at(period.until)]
        return float(sum(map(holds, ages))), len(ages)

    return compute


def _first_contact(life: Life) -> bool:
    return not (life.moves or life.reopened or life.asked_again)


RESOLVED = N_("resolved")
NOW = N_("open at the end")
_MIDDLES = (_mean, _median, _ninetieth)
"""Beside the mean always the median and what nine of ten do not exceed: a mean alone hides the long ones."""
_TIMES = (
    (
        "acknowledge_time",
        TargetName.ACKNOWLEDGE,
        (
            N_("Time to acknowledge, mean"),
            N_("Time to acknowledge, median"),
            N_("Time to acknowledge, 90 %"),
        ),
        N_("acknowledged − opened, pauses left out, over tickets with this target"),
        N_("acknowledged"),
    ),
    (
        "resolution_time",
        TargetName.RESOLUTION,
        (N_("Time to resolve, mean"), N_("Time to resolve, median"), N_("Time to resolve, 90 %")),
        N_("resolved − opened, pauses left out, over tickets with this target"),
        RESOLVED,
    ),
)
_TARGETS = (
    (TargetName.ACKNOWLEDGE, N_("Acknowledged in time"), N_("Acknowledge breached, still open")),
    (TargetName.FIRST_RESPONSE, N_("Responded in time"), N_("Respond breached, still open")),
    (TargetName.NEXT_UPDATE, N_("Updated in time"), N_("Update breached, still open")),
    (TargetName.RESOLUTION, N_("Resolved in time"), N_("Resolve breached, still open")),
)

KPIS: tuple[Kpi, ...] = (
    *(
        Kpi(key, title, formula, Base.SERVICE, decides, _time_to(target, middle), Unit.SECONDS)
        for key, target, titles, formula, decides in _TIMES
        for title, middle in zip(titles, _MIDDLES, strict=True)
    ),
    Kpi(
        "first_contact",
        N_("Resolved at first contact"),
        N_("resolved without changing teams, reopening, or another message of the caller ÷ resolved"),
        Base.NONE,
        RESOLVED,
        _share_of_resolved(_first_contact),
        unit=Unit.SHARE,
    ),
    Kpi(
        "first_level",
        N_("Resolved at first level"),
        N_("resolved by a team of tier 1 ÷ resolved"),
        Base.NONE,
        RESOLVED,
        _share_of_resolved(lambda life: life.tier <= 1),
        unit=Unit.SHARE,
    ),
    Kpi(
        "reopened",
        N_("Reopened"),
        N_("resolved that had been reopened before ÷ resolved"),
        Base.NONE,
        RESOLVED,
        _share_of_resolved(lambda life: life.reopened > 0),
        unit=Unit.SHARE,
    ),
    Kpi(
        "reassigned",
        N_("Changes of team"),
        N_("times that resolved tickets changed teams ÷ resolved"),
        Base.NONE,
        RESOLVED,
        _moves_of_resolved,
    ),
    *(
        Kpi(
            "attainment",
            title,
            N_("ended before the target was used up ÷ ended; what is breached and open is counted apart"),
            Base.SERVICE,
            N_("the clock stopped"),
            _attained(target),
            unit=Unit.SHARE,
        )
        for target, title, _breached in _TARGETS
    ),
    *(
        Kpi(
            "attainment",
            breached,
            N_("open tickets whose clock runs past its target"),
            Base.SERVICE,
            NOW,
            _breached_and_open(target),
        )
        for target, _title, breached in _TARGETS
    ),
    Kpi("backlog", N_("Backlog"), N_("open tickets"), Base.NONE, NOW, _backlog(lambda _age: True)),
    Kpi(
        "backlog",
        N_("Backlog under 10 days"),
        N_("open tickets opened less than 10 days ago"),
        Base.CALENDAR,
        NOW,
        _backlog(lambda age: age < YOUNG),
    ),
    Kpi(
        "backlog",
        N_("Backlog of 10 to 30 days"),
        N_("open tickets opened 10 to 30 days ago"),
        Base.CALENDAR,
        NOW,
        _backlog(lambda age: YOUNG <= age <= OLD),
    ),
    Kpi(
        "backlog",
        N_("Backlog over 30 days"),
        N_("open tickets opened more than 30 days ago"),
        Base.CALENDAR,
        NOW,
        _backlog(lambda age: age > OLD),
    ),
)
"""Families in the order in which they are printed."""
NAMES: tuple[str, ...] = tuple(dict.fromkeys(kpi.key for kpi in KPIS))
"""What may be asked for."""
