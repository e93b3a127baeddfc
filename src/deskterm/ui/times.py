"""How instants and durations are shown: minutes, not seconds, except under five minutes."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskterm.i18n import _

SECONDS_UNDER = timedelta(minutes=5)
"""Below this much left, a clock shows seconds."""
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def left(duration: timedelta) -> str:
    """Return a time that is left, negative when overdue, in six cells: `0:41`, `-0:12`, `1d02h`, `4m05s`."""
    sign, rest = ("-", -duration) if duration <= timedelta() else ("", duration)
    if rest < SECONDS_UNDER and not sign:
        minutes, seconds = divmod(int(rest.total_seconds()), 60)
        return f"{minutes}m{seconds:02}s"
    minutes = int(rest // MINUTE)
    if rest < DAY:
        return f"{sign}{minutes // 60}:{minutes % 60:02}"
    days, hours = divmod(int(rest // HOUR), 24)
    return f"{sign}{days}d{hours:02}h" if days < 10 else f"{sign}{days}d"


def span(duration: timedelta) -> str:
    """Return a duration in hours and minutes: `4:00`, `0:12`."""
    minutes = int(abs(duration) // MINUTE)
    return f"{minutes // 60}:{minutes % 60:02}"


def age(duration: timedelta) -> str:
    """Return how long ago something was, in at most three cells: `9m`, `4h`, `2d`, `7w`."""
    if duration < HOUR:
        return f"{max(0, int(duration // MINUTE))}m"
    if duration < DAY:
        return f"{int(duration // HOUR)}h"
    if duration < 100 * DAY:
        return f"{int(duration // DAY)}d"
    return f"{int(duration // (7 * DAY))}w"


def hour(at: datetime) -> str:
    """Return the time of day on the reader's wall: `14:32`."""
    return f"{at.astimezone():%H:%M}"


def second(at: datetime) -> str:
    """Return the time of day to the second: `14:32:10`."""
    return f"{at.astimezone():%H:%M:%S}"


def moment(at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """Return an instant as short as it can be told from others: `14:32`, `Tue 14:32`, `2026-06-02 14:32`.

    Args:
        at: the instant.
        now: when it is read.
        seconds: whether it is told to the second.
    """
    local, today = at.astimezone(), now.astimezone().date()
    clock = second(at) if seconds else hour(at)
    if local.date() == today:
        return clock
    if abs(local.date() - today) < timedelta(days=6):
        return f"{_(WEEKDAYS[local.weekday()])} {clock}"
    return f"{local:%Y-%m-%d} {clock}"


def day(at: datetime) -> str:
    """Return the day of an instant: `2026-06-02`."""
    return f"{at.astimezone():%Y-%m-%d}"


def zone(at: datetime) -> str:
    """Return the zone of the reader's wall at an instant: `CEST`, or `UTC-03` where it has no letters."""
    name = f"{at.astimezone():%Z}"
    return name if name.isalpha() else f"UTC{name}"


def written(at: datetime) -> str:
    """Return an instant as `instant` reads it: `2026-06-02 14:32`."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def instant(text: str, now: datetime) -> datetime | None:
    """Return the instant that somebody typed, None where it is none.

    Understands a duration (`2h`, `1d`), a day (`tomorrow`, `fri`, `2026-06-02`: nine in the morning), a time
    (`16:00`), and a day with a time (`fri 14:30`).
    """
    from deskterm.domain.query import Context, period

    typed = text.strip().casefold()
    found = re.fullmatch(r"(\d{1,4})\s*([mhdw])", typed)
    if found:
        return now + int(found[1]) * {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}[found[2]]
    found = re.fullmatch(r"(.*?)(?:(?:^|[t ]\s*)(\d{1,2}):(\d{2}))?", typed)
    date, hours, minutes = (found[1], found[2] or "9", found[3] or "0") if found else ("", "9", "0")
    if not typed or int(hours) > 23 or int(minutes) > 59:
        return None
    zone = now.astimezone().tzinfo or UTC
    try:
        start, _end = period(date or "today", Context("", now, zone=zone), ahead=True)
    except ValueError:
        return None
    return start.astimezone(zone).replace(hour=int(hours), minute=int(minutes)).astimezone(UTC)


def zone_name() -> str:
    """Return the name of the reader's time zone: `Europe/Paris`; empty where the machine does not tell it."""
    set_here = os.environ.get("TZ", "").lstrip(":")
    name = set_here or os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return name if zone_of(name) else ""


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone by its name, None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a path, nothing
        return None


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
