"""Time zones for iCalendar files: two yearly rules where a zone has them, as most programs write and read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CHECKED_YEARS = 10
"""For how many years a rule has to hold; a zone whose rules do not is written as a list of dates."""


class Turn(NamedTuple):
    """A change of a zone's clock."""

    local: datetime
    """What the clock showed at that instant before it was changed, without a zone."""
    before: timedelta
    after: timedelta
    summer: bool
    name: str


def timezone(key: str, year: int) -> Timezone:
    """Return a zone's rules as they are from a year on."""
    zone = ZoneInfo(key)
    years = [list(_turns(zone, each)) for each in range(year, year + CHECKED_YEARS)]
    parts = [_part(list(turns)) for turns in zip(*years, strict=False)]
    rules = [part for part in parts if part is not None]
    if len({len(turns) for turns in years}) > 1 or len(rules) < len(parts):
        return Timezone.from_tzid(key)
    found = Timezone()
    found.add("tzid", key)
    for part in rules or [_fixed(zone, year)]:
        found.add_component(part)
    return found


def _turns(zone: ZoneInfo, year: int) -> Iterator[Turn]:
    """Yield the changes of the clock in a year, to the minute."""
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        later = at + timedelta(days=1)
        if _offset(zone, at) != _offset(zone, later):
            low, high = at, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, at) else (low, middle)
            turn = high.replace(second=0, microsecond=0)
            new = turn.astimezone(zone)
            before, after = _offset(zone, at), _offset(zone, later)
            yield Turn(
                (turn + before).replace(tzinfo=None), before, after, bool(new.dst()), new.tzname() or ""
            )
        at = later


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _part(turns: list[Turn]) -> TimezoneStandard | TimezoneDaylight | None:
    """Return the rule by which a clock is changed every year, None where there is none."""
    first = turns[0]
    if len({(t.local.month, t.local.weekday(), t.local.time(), t.before, t.after) for t in turns}) > 1:
        return None
    last = all((turn.local + timedelta(days=7)).month != turn.local.month for turn in turns)
    weeks = {-1} if last else {(turn.local.day - 1) // 7 + 1 for turn in turns}
    if len(weeks) > 1:
        return None
    part = TimezoneDaylight() if first.summer else TimezoneStandard()
    part.add("dtstart", first.local)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    part.add("tzname", first.name)
    day = f"{weeks.pop()}{DAYS[first.local.weekday()]}"
    part.add("rrule", {"freq": "yearly", "bymonth": first.local.month, "byday": day})
    return part


def _fixed(zone: ZoneInfo, year: int) -> TimezoneStandard:
    start = datetime(year, 1, 1, tzinfo=UTC)
    part = TimezoneStandard()
    part.add("dtstart", start.replace(tzinfo=None))
    part.add("tzoffsetfrom", _offset(zone, start))
    part.add("tzoffsetto", _offset(zone, start))
    part.add("tzname", start.astimezone(zone).tzname() or zone.key)
    return part
