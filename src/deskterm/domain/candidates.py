"""Candidates for problems: what repeats, what rises, what was a major incident; found from counts by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from deskterm.i18n import _, ngettext

WEEK = timedelta(days=7)


class Signal(StrEnum):
    """What makes a candidate."""

    RECURRENCE = "recurrence"
    TREND = "trend"
    MAJOR_INCIDENT = "major_incident"


@dataclass(frozen=True, slots=True)
class Subject:
    """What incidents have in common: a CI, a service and a category, or a category alone."""

    ci: str | None = None
    service: str | None = None
    category: str | None = None

    @property
    def words(self) -> str:
        """How people name it."""
        return self.ci or " · ".join(part for part in (self.service, self.category) if part)


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on something is a candidate."""

    repeats: int = 5
    """Incidents of one subject within `repeat_days` that are a recurrence."""
    repeat_days: int = 14
    support: int = 5
    """Incidents of the last seven days without which there is no trend."""
    rise: float = 2.0
    """How many times the median of the earlier weeks the last week has to be."""
    earlier_weeks: int = 8
    weeks_with_past: int = 1
    """In how many of the earlier weeks there must have been incidents."""
    growth: float = 1.5
    """How many times its count a dismissed candidate has to reach to come back."""

    @property
    def weeks(self) -> int:
        """How many weeks are looked at, the last one among them."""
        return self.earlier_weeks + 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Why something is a candidate."""

    signal: Signal
    count: int
    """Incidents within `days`."""
    days: int
    usual: float = 0
    """For a trend, the median of the earlier weeks."""
    rising: bool = False
    """For a recurrence, whether it is a trend, too."""


Days = Mapping[date, int]
"""Incidents of one subject by day; a day without any is absent."""


def subjects_of(ci: str | None, service: str | None, category: str | None) -> tuple[Subject, ...]:
    """Return what an incident counts for: its CI, and its service with its category.

    One of which nobody said either counts for its category.
    """
    if category and not ci and not service:
        return (Subject(category=category),)
    by_ci = (Subject(ci=ci),) if ci else ()
    by_category = (Subject(service=service, category=category),) if service and category else ()
    return by_ci + by_category


def detect(days: Days, today: date, rules: Rules) -> tuple[Finding, ...]:
    """Return why one subject is a candidate as of a day; empty where it is none.

    Its cost is a constant: only the days of `earlier_weeks` are looked at.
    """
    found = []
    repeats = within(days, today, rules.repeat_days)
    if repeats >= rules.repeats:
        found.append(Finding(Signal.RECURRENCE, repeats, rules.repeat_days))
    *earlier, last = weekly(days, today, rules.weeks)
    usual = median(earlier)
    has_past = sum(map(bool, earlier)) >= rules.weeks_with_past
    if has_past and last >= rules.support and last >= rules.rise * usual:
        found.append(Finding(Signal.TREND, last, 7, float(usual)))
    return tuple(found)


def merged(findings: Iterable[Finding]) -> Finding | None:
    """Return the one thing to say of a subject, None where nothing is: a recurrence, and whether it rises."""
    by_signal = {finding.signal: finding for finding in findings}
    recurrence, trend = by_signal.get(Signal.RECURRENCE), by_signal.get(Signal.TREND)
    if recurrence is None:
        return trend
    return replace(recurrence, rising=trend is not None)


def weekly(days: Days, today: date, weeks: int) -> list[int]:
    """Return the incidents of the last weeks, oldest first; the last week ends today."""
    return [within(days, today - WEEK * back, 7) for back in range(weeks - 1, -1, -1)]


def within(days: Days, last: date, length: int) -> int:
    """Return the incidents of so many days, of which one is the last."""
    return sum(days.get(last - timedelta(days=back), 0) for back in range(length))


def has_grown(dismissed: int, now: int, rules: Rules) -> bool:
    """Return whether a candidate that was dismissed at one count comes back at another."""
    return now > dismissed and now >= dismissed * rules.growth


def reason(subject: str, finding: Finding) -> str:
    """Return in words why something is a candidate.

    Args:
        subject: how people name it; for a major incident, its number and summary.
    """
    if finding.signal is Signal.MAJOR_INCIDENT:
        return _("{subject} was a major incident").format(subject=subject)
    count = ngettext("{count} incident", "{count} incidents", finding.count).format(count=finding.count)
    if finding.signal is Signal.RECURRENCE:
        said = (
            _("{subject}: {count} in {days} days, and rising")
            if finding.rising
            else _("{subject}: {count} in {days} days")
        )
        return said.format(subject=subject, count=count, days=finding.days)
    return _("{subject}: {count} in the last week, the weeks before had {usual:g}").format(
        subject=subject, count=count, usual=finding.usual
    )
