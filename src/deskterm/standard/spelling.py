"""How the file spells lengths of time, hours, days and names, and what they are when read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from deskterm.domain.people import Role
from deskterm.i18n import _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as the file writes them."""
WHOLE_DAY = "00:00-24:00"
LONGEST_DAYS = 3650
"""Ten years; a target that is longer is no promise, and its thresholds might lie beyond all calendars."""

DURATION = re.compile(r"(?=.)(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")
INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
DATE_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
CATEGORY = re.compile(r"[^/]*[^/ ](?: / [^/]*[^/ ])?")


class Duration(NamedTuple):
    """A length of service time."""

    days: int
    """Working days: a day is as long as the first open weekday of the calendar it is counted in."""
    minutes: int

    def lasts(self, day: timedelta) -> timedelta:
        """Return the length, in a calendar whose working day is `day` long."""
        return self.days * day + timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "m"))
        return " ".join(f"{count}{unit}" for count, unit in parts if count)


class Interval(NamedTuple):
    """Opening hours within one day, in minutes from its midnight; half-open."""

    start: int
    end: int

    def __str__(self) -> str:
        return "–".join(self.times)

    @property
    def times(self) -> tuple[str, str]:
        """Opening and closing by the clock, `("08:00", "24:00")`."""
        opens, closes = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in self)
        return opens, closes


def duration(value: object) -> Duration:
    """Return a length of time as people write it: "1h 30m", "2d"; a number is minutes.

    Raises:
        ValueError: it is none, or nothing at all.
    """
    if isinstance(value, str) and (found := DURATION.fullmatch(value.strip())):
        days, hours, minutes = (int(count or 0) for count in found.groups())
        length = Duration(days, hours * 60 + minutes)
    elif isinstance(value, int) and not isinstance(value, bool):
        length = Duration(0, value)
    else:
        raise ValueError(_('write a length of time like "30m", "4h", "1h 30m" or "2d"'))
    if length <= (0, 0):
        raise ValueError(_("a length of time must be more than nothing"))
    if length.days > LONGEST_DAYS or length.minutes > LONGEST_DAYS * 24 * 60:
        raise ValueError(_("a length of time is ten years at most"))
    return length


def _hours_only(duration: Duration) -> Duration:
    if duration.days:
        raise ValueError(_('write hours or minutes here, like "30m": a day has no length without a calendar'))
    return duration


def _interval(value: object) -> Interval:
    found = INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(_('write opening hours like "08:00-18:00"; the end of the day is "24:00"'))
    hour, minute, last_hour, last_minute = (int(digits) for digits in found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or end > 24 * 60:
        raise ValueError(_("there is no such time of day; the end of the day is 24:00"))
    if start >= end:
        raise ValueError(_("the hours end before they begin; write a night as two pieces, split at 24:00"))
    return Interval(start, end)


def _dates(value: object) -> tuple[date, ...]:
    if isinstance(value, str) and (found := DATE_RANGE.fullmatch(value)):
        first, last = (date.fromisoformat(day) for day in found.groups())
        if first > last or last - first > timedelta(days=366):
            raise ValueError(_("the range of days must run forwards, over a year at most"))
        return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))
    if type(value) is date:
        return (value,)
    raise ValueError(_('write a day like 2026-12-25, or several like "2026-10-01..2026-10-07"'))


def _usual(value: object) -> object:
    if isinstance(value, list):
        return {day: [] for entry in value for day in _dates(entry)}
    return value


def _week(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    if value == "24x7":
        return {"mon-sun": [WHOLE_DAY]}
    raise ValueError(_('write the hours of each day, like mon-fri = ["08:00-18:00"], or "24x7"'))


def _span(value: str) -> str:
    if not all(day in DAYS for day in value.split("-")) or value.count("-") > 1:
        raise ValueError(_("write a day like mon, or days like mon-fri"))
    return value


def weekdays(span: str) -> list[int]:
    """Return the days that a key of `week` means, 0 for Monday: `mon-fri` is 0 to 4."""
    first, _dash, last = span.partition("-")
    start = DAYS.index(first)
    count = (DAYS.index(last) - start) % 7 if last else 0
    return [(start + step) % 7 for step in range(count + 1)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_('there is no such time zone; write one like "Europe/Paris"')) from None
    return value


def _category(value: str) -> str:
    if not CATEGORY.fullmatch(value):
        raise ValueError(_('write a category in one or two levels, like "Network / VPN"'))
    return value


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _person(value: Role) -> Role:
    if value in (Role.SYSTEM, Role.CALLER):
        raise ValueError(_("approving takes a role that people at the desk can have"))
    return value


def _thresholds(value: tuple[int, ...]) -> tuple[int, ...]:
    if 100 not in value or list(value) != sorted(set(value)) or value[0] < 1:
        raise ValueError(_("thresholds are percentages that rise, and 100 is one of them"))
    return value


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Some text."""
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
"""A name by which other sections refer to a section."""
Percent = Annotated[int, Field(ge=1, le=1000, strict=True)]
"""A share of a target; more than 100 is after it was missed."""
Priority = Annotated[int, Field(ge=1, le=5, strict=True)]
"""1 is the most urgent."""
Weight = Annotated[int, Field(ge=1, le=3, strict=True)]
"""A risk, 1 low to 3 high, or an impact, 1 high to 3 low."""
Zone = Annotated[str, AfterValidator(_zone)]
"""An IANA time zone."""
Hours = Annotated[Interval, BeforeValidator(_interval)]
"""Opening hours: "08:00-18:00"."""
Week = Annotated[dict[Annotated[str, AfterValidator(_span)], tuple[Hours, ...]], BeforeValidator(_week)]
"""Opening hours by day or days: mon, mon-fri; "24x7" is always."""
Dates = Annotated[tuple[date, ...], BeforeValidator(_dates)]
"""A day, or several in a row: "2026-10-01..2026-10-07"."""
ExtraDays = Annotated[dict[date, tuple[Hours, ...]], BeforeValidator(_usual)]
"""Days with their hours, or a list of days."""
Length = Annotated[Duration, BeforeValidator(duration)]
"""A length of service time: minutes, "30m", "4h", "1h 30m", "2d"."""
HoursLong = Annotated[Length, AfterValidator(_hours_only)]
"""A length of service time without days."""
Thresholds = Annotated[tuple[int, ...], AfterValidator(_thresholds)]
"""Percentages of a target."""
Category = Annotated[str, AfterValidator(_category)]
"""A category in one or two levels: "Network / VPN"."""
Approver = Annotated[Role, AfterValidator(_person)]
"""A role that people at the desk can have."""
Several = BeforeValidator(_several)
"""Lets a list with one entry be written without brackets."""
