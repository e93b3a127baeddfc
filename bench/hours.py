"""Due-time arithmetic: the bare floor, ours, a peer, and mismatches against a minute-by-minute oracle (P16).

python bench/hours.py [SAMPLES]
"""

from __future__ import annotations

import importlib
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from _figures import gate

from deskterm.domain.hours import Intervals, ServiceHours

WORKDAY: Intervals = (("09:00", "12:00"), ("13:30", "18:00"))
NIGHTS: Intervals = (("00:00", "06:00"), ("22:00", "24:00"))
DAYS = 45
MINUTE = timedelta(minutes=1)
LENGTHS = (30, 160)
"""Service hours of the targets that are compared with the peer, which walks from day to day."""


def calendars() -> list[tuple[ServiceHours, date]]:
    """Return calendars with a date around which it is hard to count right."""
    paris = ServiceHours("Europe/Paris", dict.fromkeys(range(5), WORKDAY) | {6: (("01:00", "05:00"),)})
    york = ServiceHours("America/New_York", dict.fromkeys(range(7), NIGHTS))
    howe = ServiceHours(
        "Australia/Lord_Howe", dict.fromkeys(range(7), (("01:45", "02:15"), ("02:15", "09:00")))
    )
    shanghai = ServiceHours(
        "Asia/Shanghai",
        dict.fromkeys(range(5), WORKDAY),
        holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
        extra_days={date(2026, 10, 10): ()},
    )
    return [
        (paris, date(2026, 3, 29)),
        (paris, date(2026, 10, 25)),
        (york, date(2026, 3, 8)),
        (york, date(2026, 11, 1)),
        (howe, date(2026, 4, 5)),
        (howe, date(2026, 10, 4)),
        (shanghai, date(2026, 10, 1)),
    ]


def per_second(work: Callable[[], object], *, seconds: float = 0.4) -> float:
    """Return how often `work` runs in a second, in the best of short interleavable rounds."""
    count, began = 0, perf_counter()
    while (spent := perf_counter() - began) < seconds:
        for _ in range(200):
            work()
        count += 200
    return count / spent


def floor_of(hours: ServiceHours, start: datetime) -> Callable[[int, int], int]:
    """Return bare prefix sums and two bisects over a year of spans: what the arithmetic itself costs."""
    spans = [
        (int(a.timestamp()), int(b.timestamp())) for a, b in hours.spans(start, start + timedelta(days=400))
    ]
    opens, before, after = [a for a, _ in spans], [0], []
    for opened, closed in spans:
        after.append(before[-1] + closed - opened)
        before.append(after[-1])

    def due(at: int, amount: int) -> int:
        index = bisect_right(opens, at) - 1
        position = before[index] + min(at - opens[index], after[index] - before[index]) + amount
        index = bisect_left(after, position)
        return opens[index] + position - before[index]

    return due


def peer(start: datetime, amount: timedelta) -> Callable[[], object] | None:
    """Return the same sum by businesstimedelta, None where it is not installed."""
    try:
        peers = importlib.import_module("businesstimedelta")
        zones = importlib.import_module("pytz")  # comes with it; it takes no other zones
    except ImportError:
        return None
    rule = peers.WorkDayRule(
        start_time=datetime(2026, 1, 1, 8, tzinfo=UTC).time(),
        end_time=datetime(2026, 1, 1, 18, tzinfo=UTC).time(),
        working_days=list(range(5)),
        tz=zones.timezone("Europe/Paris"),
    )
    length = peers.BusinessTimeDelta(peers.Rules([rule]), timedelta=amount)
    return lambda: start + length


def mismatches(samples: int) -> int:
    """Return how many of so many sums differ from looking at a wall clock every minute."""
    chance = random.Random(16)
    cases = calendars()
    wrong = 0
    for number, (hours, around) in enumerate(cases):
        begin = datetime.combine(around, datetime.min.time(), UTC) - timedelta(days=15)
        minutes = open_minutes(hours, begin)
        share = samples // len(cases) + (number < samples % len(cases))
        for _ in range(share):
            at = chance.randrange(20 * 1440)
            index = bisect_left(minutes, at)
            amount = chance.randrange(1, len(minutes) - index)
            due_at = hours.add(begin + MINUTE * at, MINUTE * amount)
            wrong += due_at != begin + MINUTE * (minutes[index + amount - 1] + 1)
    return wrong


def open_minutes(hours: ServiceHours, begin: datetime) -> list[int]:
    """Return the minutes after `begin` in which the desk is open, by a wall clock that never goes back."""
    zone = ZoneInfo(hours.zone)
    usual = next(hours.week[day] for day in range(7) if hours.week.get(day))
    seen = (begin - MINUTE).astimezone(zone).replace(tzinfo=None)
    found = []
    for minute in range(DAYS * 1440):
        seen = max(seen, (begin + MINUTE * minute).astimezone(zone).replace(tzinfo=None))
        day, clock_time = seen.date(), f"{seen.hour:02}:{seen.minute:02}"
        if day in hours.extra_days:
            intervals = hours.extra_days[day] or usual
        else:
            intervals = () if day in hours.holidays else hours.week.get(day.weekday(), ())
        if any(opens <= clock_time < closes for opens, closes in intervals):
            found.append(minute)
    return found


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    hours = ServiceHours("Europe/Paris", dict.fromkeys(range(5), (("08:00", "18:00"),)))
    start, amount = datetime(2026, 6, 5, 14, tzinfo=UTC), timedelta(hours=LENGTHS[0])
    at, seconds = int(start.timestamp()), int(amount.total_seconds())
    bare = floor_of(hours, start - timedelta(days=7))
    assert bare(at, seconds) == hours.add(start, amount).timestamp()

    jobs: dict[str, Callable[[], object]] = {
        "floor: prefix sums, two bisects": lambda: bare(at, seconds),
        "ours, seconds": lambda: hours.instant(hours.position(at) + seconds),
        "ours, datetimes": lambda: hours.add(start, amount),
    }
    for length in LENGTHS:
        other = peer(start, timedelta(hours=length))
        if other is not None:
            jobs[f"businesstimedelta, {length} h"] = other
    best = dict.fromkeys(jobs, 0.0)
    for _round in range(3):
        for name, work in jobs.items():
            best[name] = max(best[name], per_second(work))

    ours = best["ours, datetimes"]
    for name, rate in best.items():
        print(f"{name:34} {1e6 / rate:10.2f} µs   {rate / ours:10.4f} × ours")
    for name in jobs:
        if name.startswith("businesstimedelta"):
            ratio = ours / best[name]
            print(f"P16 ours / {name}: {ratio:,.0f} {gate(ratio, 400, at_least=True)}")
    if other is None:
        print("P16 businesstimedelta: not installed")
    wrong = mismatches(samples)
    print(f"P16 mismatches against the minute oracle: {wrong} of {samples} {gate(wrong, 0)}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
