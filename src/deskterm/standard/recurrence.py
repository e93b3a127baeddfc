"""Rules of RFC 5545 as stretches of time: by the wall clock, whatever the zone does to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule, rrulestr

from deskterm.domain.calendar import Span
from deskterm.domain.change_rules import Recurring

_YEAR_MARGIN = timedelta(days=2)
"""More than any zone is away from UTC, and than a clock change moves anything."""


def check_rule(rule: str, start: datetime, zone: str) -> str:
    """Return a rule that can be expanded.

    Raises:
        ValueError: it is no rule of RFC 5545, repeats within a day, or never happens.
        KeyError: there is no such zone.
    """
    ZoneInfo(zone)
    found = _parsed(rule, start, zone)
    if found._freq > DAILY:  # type: ignore[attr-defined]  # the library has no public name for it
        raise ValueError("a rule repeats daily at most")
    if next(iter(found), None) is None:
        raise ValueError("a rule that never happens")
    return rule


def expand(recurring: Iterable[Recurring], since: datetime, until: datetime) -> list[Span]:
    """Return every stretch that overlaps a time, in order."""
    return sorted(
        span
        for each in recurring
        for year in range((since - _reach(each)).year, until.year + 1)
        for span in _of_year(each, year)
        if span.start < until and since < span.end
    )


def _reach(recurring: Recurring) -> timedelta:
    """Return how long before a time a stretch may begin that still overlaps it."""
    return timedelta(days=recurring.days) + recurring.length + _YEAR_MARGIN


@lru_cache(maxsize=512)
def _of_year(recurring: Recurring, year: int) -> tuple[Span, ...]:
    """Return the stretches that begin in a year of the wall clock."""
    zone = ZoneInfo(recurring.zone)
    return tuple(
        Span(
            _instant(local, zone),
            _end(local, recurring, zone),
            recurring.name,
            recurring.kind,
            recurring.services,
        )
        for local in _starts(recurring, year)
    )


def _starts(recurring: Recurring, year: int) -> Iterator[datetime]:
    if not recurring.rule:
        if recurring.start.year == year:
            yield recurring.start
        return
    rule = _parsed(recurring.rule, recurring.start, recurring.zone)
    yield from rule.between(datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59), inc=True)  # noqa: DTZ001  # by the wall clock


@lru_cache(maxsize=512)
def _parsed(rule: str, start: datetime, zone: str) -> rrule:
    """Return a rule without zones, its end in UTC turned into the wall clock's (RFC 5545, 3.3.10)."""
    parts = []
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, _equals, value = part.partition("=")
        if name == "UNTIL" and value.endswith("Z"):
            at = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            part = f"UNTIL={at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
        parts.append(part)
    found = rrulestr(";".join(parts), dtstart=start, cache=True)
    if not isinstance(found, rrule):
        raise ValueError("several rules")
    return found


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when a wall clock shows a time: the first of two, and the offset before where there is none."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _end(local: datetime, recurring: Recurring, zone: ZoneInfo) -> datetime:
    return _instant(local + timedelta(days=recurring.days), zone) + recurring.length
