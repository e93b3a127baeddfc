"""Key figures of change management, each with its formula, time base and the date that decides its period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from deskterm.domain.change import STAYED, ChangeKind, ChangeStatus, Outcome
from deskterm.i18n import N_


@dataclass(frozen=True, slots=True)
class Ended:
    """A change as the key figures see it."""

    kind: ChangeKind
    opened_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    caused: int = 0
    """Incidents that it caused."""
    moves: tuple[tuple[datetime, ChangeStatus], ...] = ()
    """When it came to which state, in order."""

    @property
    def outside_window(self) -> bool:
        """Whether some of its work was done outside its window."""
        if self.started_at is None or self.planned_start is None or self.planned_end is None:
            return False
        ended = self.ended_at or self.started_at
        return self.started_at < self.planned_start or ended > self.planned_end


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure."""

    key: str
    value: float | timedelta | None
    """A share from 0 to 1, a number or a duration; None where there is nothing to count, shown as "–"."""
    over: int
    """How many changes it is taken over."""
    formula: str
    """Marked for translation."""


FORMULAS: Mapping[str, str] = {
    "success": N_("successful, with or without issues ÷ closed; by the day of closing"),
    "emergency_share": N_("emergency changes ÷ changes begun; by the day of beginning"),
    "outside_window": N_("begun before or ended after their window ÷ changes begun; by the day of beginning"),
    "incidents_caused": N_("incidents linked as caused by a change ÷ changes begun; by the day of beginning"),
    "lead_time": N_("median from opened to closed; calendar time; by the day of closing"),
    "state_time": N_(
        "median time in the state, of those that were in it; calendar time; by the day of closing"
    ),
}


def figures(changes: Iterable[Ended], since: datetime, until: datetime) -> tuple[Figure, ...]:
    """Return the key figures of a period, half-open; the time in each state comes last."""
    known = tuple(changes)
    closed = [each for each in known if each.closed_at is not None and since <= each.closed_at < until]
    done = [each for each in closed if each.outcome is not None]
    begun = [each for each in known if each.started_at is not None and since <= each.started_at < until]
    return (
        _share("success", sum(each.outcome in STAYED for each in done), len(done)),
        _share("emergency_share", sum(each.kind is ChangeKind.EMERGENCY for each in begun), len(begun)),
        _share("outside_window", sum(each.outside_window for each in begun), len(begun)),
        _share("incidents_caused", sum(each.caused for each in begun), len(begun)),
        _median(
            "lead_time",
            FORMULAS["lead_time"],
            [each.closed_at - each.opened_at for each in done if each.closed_at],
        ),
        *_by_state(done),
    )


def _share(key: str, part: int, whole: int) -> Figure:
    return Figure(key, part / whole if whole else None, whole, FORMULAS[key])


def _median(key: str, formula: str, lengths: list[timedelta]) -> Figure:
    return Figure(key, _middle(lengths), len(lengths), formula)


def _middle(lengths: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in lengths)) if lengths else None


def _by_state(done: Iterable[Ended]) -> Iterable[Figure]:
    spent: dict[ChangeStatus, list[timedelta]] = {}
    for each in done:
        for status, length in time_in_states(each).items():
            spent.setdefault(status, []).append(length)
    for status in ChangeStatus:
        if status not in (ChangeStatus.CLOSED, ChangeStatus.CANCELLED):
            yield _median(f"state_time.{status}", FORMULAS["state_time"], spent.get(status, []))


def time_in_states(change: Ended) -> dict[ChangeStatus, timedelta]:
    """Return how long a change was in each state, all stays together; the state it is in is not over."""
    spent: dict[ChangeStatus, timedelta] = {}
    for (since, status), (until, _next) in pairwise(change.moves):
        spent[status] = spent.get(status, timedelta()) + (until - since)
    return spent
