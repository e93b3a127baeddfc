"""Service hours: the golden vectors, what is refused, and properties against a minute-by-minute oracle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.domain.errors import BadInput
from deskterm.domain.hours import Intervals, ServiceHours

WEEKDAYS = range(5)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

C1 = ServiceHours("Europe/Paris", dict.fromkeys(WEEKDAYS, (("08:00", "18:00"),)))
C2 = ServiceHours.always("Europe/Paris")
C4 = ServiceHours("America/New_York", dict.fromkeys(range(7), (("22:00", "24:00"), ("00:00", "06:00"))))
C5 = ServiceHours("Europe/Paris", {6: (("01:00", "05:00"),)})
CN = ServiceHours(
    "Asia/Shanghai",
    dict.fromkeys(WEEKDAYS, (("09:00", "12:00"), ("13:30", "18:00"))),
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    extra_days={date(2026, 10, 10): ()},
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(hours: ServiceHours, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours.zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "due", "due_utc"),
    [
        pytest.param(C1, "2026-06-01 16:00", 240, "2026-06-02 10:00", "2026-06-02 08:00", id="1"),
        pytest.param(C1, "2026-06-01 17:00", 240, "2026-06-02 11:00", "2026-06-02 09:00", id="2a"),
        pytest.param(C1, "2026-06-01 17:00", 180, "2026-06-02 10:00", "2026-06-02 08:00", id="2b"),
        pytest.param(C1, "2026-06-06 11:00", 60, "2026-06-08 09:00", "2026-06-08 07:00", id="3"),
        pytest.param(C1, "2026-06-05 17:00", 60, "2026-06-05 18:00", "2026-06-05 16:00", id="4a"),
        pytest.param(C1, "2026-06-05 18:00", 1, "2026-06-08 08:01", "2026-06-08 06:01", id="4b"),
        pytest.param(C2, "2026-03-28 22:00", 480, "2026-03-29 07:00", "2026-03-29 05:00", id="10"),
        pytest.param(C2, "2026-10-24 22:00", 480, "2026-10-25 05:00", "2026-10-25 04:00", id="11"),
        pytest.param(C5, "2026-03-29 01:00", 180, "2026-03-29 05:00", "2026-03-29 03:00", id="12a"),
        pytest.param(C5, "2026-10-25 01:00", 240, "2026-10-25 04:00", "2026-10-25 03:00", id="12b"),
        pytest.param(C4, "2026-03-07 23:00", 480, "2026-03-09 00:00", "2026-03-09 04:00", id="13a"),
        pytest.param(C4, "2026-10-31 23:00", 480, "2026-11-01 06:00", "2026-11-01 11:00", id="13b"),
        pytest.param(CN, "2026-09-30 17:00", 120, "2026-10-08 10:00", "2026-10-08 02:00", id="14"),
        pytest.param(CN, "2026-10-09 17:00", 120, "2026-10-10 10:00", "2026-10-10 02:00", id="15"),
        pytest.param(CN, "2026-10-08 11:30", 60, "2026-10-08 14:00", "2026-10-08 06:00", id="16"),
    ],
)
def test_a_target_is_due_after_its_service_time(
    hours: ServiceHours, start: str, minutes: int, due: str, due_utc: str
) -> None:
    due_at = hours.add(local(hours, start), timedelta(minutes=minutes))

    assert due_at == utc(due_utc)
    assert due_at.astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "opening"),
    [
        pytest.param("2026-06-05 17:59", "2026-06-05 17:59", id="open"),
        pytest.param("2026-06-05 18:00", "2026-06-08 08:00", id="closing"),
        pytest.param("2026-06-06 11:00", "2026-06-08 08:00", id="weekend"),
        pytest.param("2026-06-08 08:00", "2026-06-08 08:00", id="opening"),
    ],
)
def test_nothing_added_gives_the_next_opening(start: str, opening: str) -> None:
    assert C1.add(local(C1, start), timedelta()) == local(C1, opening)


@pytest.mark.parametrize(
    ("end", "minutes", "start"),
    [
        pytest.param("2026-06-08 09:00", 60, "2026-06-08 08:00", id="an opening stays an opening"),
        pytest.param("2026-06-08 09:00", 61, "2026-06-05 17:59", id="over the weekend"),
        pytest.param("2026-06-06 11:00", 60, "2026-06-05 17:00", id="from a closed day"),
        pytest.param("2026-06-06 11:00", 0, "2026-06-05 18:00", id="nothing, closed"),
        pytest.param("2026-06-08 08:00", 0, "2026-06-05 18:00", id="nothing, at opening"),
        pytest.param("2026-06-05 18:00", 0, "2026-06-05 18:00", id="nothing, at closing"),
    ],
)
def test_subtracting_is_the_mirror_of_adding(end: str, minutes: int, start: str) -> None:
    assert C1.subtract(local(C1, end), timedelta(minutes=minutes)) == local(C1, start)


def test_the_desk_is_open_from_its_opening_until_before_its_closing() -> None:
    moments = ("07:59", "08:00", "17:59", "18:00")

    assert [C1.is_open(local(C1, f"2026-06-05 {at}")) for at in moments] == [False, True, True, False]


def test_a_weekend_uses_nothing() -> None:
    friday, monday = local(C1, "2026-06-05 17:00"), local(C1, "2026-06-08 09:00")

    assert C1.between(friday, monday) == timedelta(hours=2)
    assert C1.between(monday, friday) == -timedelta(hours=2)


def test_fractions_of_a_second_are_dropped() -> None:
    start = local(C1, "2026-06-05 10:00") + timedelta(microseconds=999_999)

    assert C1.add(start, timedelta(seconds=1)) == local(C1, "2026-06-05 10:00:01")


def test_spans_that_touch_at_midnight_are_one() -> None:
    spans = C4.spans(local(C4, "2026-06-01 23:00"))

    assert list(islice(spans, 2)) == [
        (local(C4, "2026-06-01 23:00"), local(C4, "2026-06-02 06:00")),
        (local(C4, "2026-06-02 22:00"), local(C4, "2026-06-03 06:00")),
    ]


def test_spans_end_where_they_are_told_to() -> None:
    spans = C1.spans(local(C1, "2026-06-05 17:00"), local(C1, "2026-06-08 09:00"))

    assert list(spans) == [
        (local(C1, "2026-06-05 17:00"), local(C1, "2026-06-05 18:00")),
        (local(C1, "2026-06-08 08:00"), local(C1, "2026-06-08 09:00")),
    ]


def test_a_desk_that_never_closes_has_one_span() -> None:
    start, end = utc("2026-01-01 05:00"), utc("2026-12-31 05:00")

    assert list(C2.spans(start, end)) == [(start, end)]
    assert next(C2.spans(start))[0] == start


def test_holiday_hours_replace_the_hours_of_the_week() -> None:
    eve = date(2026, 12, 24)
    hours = ServiceHours("Europe/Paris", C1.week, holiday_hours={eve: (("08:00", "12:00"),)})

    due_at = hours.add(local(hours, "2026-12-24 11:00"), timedelta(hours=2))

    assert due_at == local(hours, "2026-12-25 09:00")


def test_an_extra_day_may_have_hours_of_its_own() -> None:
    hours = ServiceHours("Asia/Shanghai", CN.week, extra_days={date(2026, 10, 10): (("10:00", "12:00"),)})

    assert not hours.is_open(local(hours, "2026-10-10 09:30"))
    assert hours.is_open(local(hours, "2026-10-10 10:00"))


@pytest.mark.parametrize(
    ("at", "days", "closing"),
    [
        pytest.param("2026-06-01 09:00", 1, "2026-06-02 18:00", id="its own day does not count"),
        pytest.param("2026-06-01 23:00", 5, "2026-06-08 18:00", id="over a weekend"),
        pytest.param("2026-06-06 11:00", 1, "2026-06-08 18:00", id="from a weekend"),
    ],
)
def test_business_days_end_at_the_closing_of_the_last(at: str, days: int, closing: str) -> None:
    assert C1.days_after(local(C1, at), days) == local(C1, closing)


def test_no_business_days_are_no_time() -> None:
    at = local(C1, "2026-06-06 11:00")

    assert C1.days_after(at, 0) == at


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"zone": "Europe/Atlantis"}, "There is no time zone Europe/Atlantis."),
        ({"zone": "../etc/passwd"}, "There is no time zone ../etc/passwd."),
        ({"week": {}}, "The calendar never opens: no weekday has hours."),
        ({"week": {0: (("08:00", "08:00"),)}}, "Monday: 08:00-08:00 is empty"),
        ({"week": {1: (("22:00", "06:00"),)}}, "split hours that run over midnight at 24:00."),
        (
            {"week": {2: (("13:00", "18:00"), ("08:00", "14:00"))}},
            "Wednesday: two intervals overlap from 13:00 to 14:00.",
        ),
        ({"week": {2: (("8:00", "18:00"),)}}, "Wednesday: 8:00 is no time of day"),
        ({"week": {2: (("08:00", "24:01"),)}}, "Wednesday: 24:01 is no time of day"),
        ({"week": {2: (("08:60", "18:00"),)}}, "Wednesday: 08:60 is no time of day"),
        ({"holiday_hours": {date(2026, 12, 24): (("12:00", "08:00"),)}}, "2026-12-24: 12:00-08:00 is empty"),
        (
            {"holidays": frozenset({date(2026, 10, 3)}), "extra_days": {date(2026, 10, 3): ()}},
            "2026-10-03 is both a holiday and an extra working day.",
        ),
        (
            {"holidays": frozenset(date(2026, 1, 1) + DAY * n for n in range(401))},
            "The calendar does not open for 401 days before 2027-02-05.",
        ),
        (
            {
                "week": {0: (("08:00", "18:00"),)},
                "holidays": frozenset(date(2026, 1, 5) + 7 * DAY * n for n in range(58)),
            },
            "The calendar does not open for 401 days",
        ),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(arguments: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        ServiceHours(**{"zone": "UTC", "week": C1.week, **arguments})

    assert sentence in str(refusal.value)


def test_a_year_of_holidays_is_a_long_year_but_allowed() -> None:
    closed = frozenset(date(2026, 1, 1) + DAY * n for n in range(365))
    hours = ServiceHours("UTC", C1.week, holidays=closed)

    assert hours.add(utc("2026-01-01 00:00"), timedelta(hours=1)) == utc("2027-01-01 09:00")


@pytest.mark.parametrize("move", [C1.add, C1.subtract])
def test_service_time_is_counted_in_one_direction_only(move: Any) -> None:
    with pytest.raises(ValueError, match="counted forwards"):
        move(utc("2026-06-01 09:00"), timedelta(hours=-1))


def test_positions_keep_their_meaning_while_the_calendar_grows() -> None:
    hours = ServiceHours("Europe/Paris", C1.week)
    at = int(utc("2026-06-01 10:00").timestamp())
    before = hours.position(at)

    hours.between(utc("2019-01-01 00:00"), utc("2031-01-01 00:00"))

    assert hours.position(at) == before
    assert hours.instant(before) == at


def test_sums_run_through_decades() -> None:
    assert C2.add(utc("2026-01-01 00:00"), timedelta(days=4_000)) == utc("2026-01-01 00:00") + DAY * 4_000
    assert (
        C2.subtract(utc("2026-01-01 00:00"), timedelta(days=2_000)) == utc("2026-01-01 00:00") - DAY * 2_000
    )


CHANGES = {
    "Europe/Paris": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Asia/Shanghai": ("2026-10-01", "2026-10-10"),
}
"""Days of interest in each zone: the clocks change, or the year is full of holidays."""


@st.composite
def day_hours(draw: st.DrawFn) -> Intervals:
    cuts = draw(st.lists(st.integers(0, 96).map(lambda n: n * 15), unique=True, max_size=6).map(sorted))
    times = [f"{cut // 60:02}:{cut % 60:02}" for cut in cuts]
    return tuple(zip(times[::2], times[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[ServiceHours, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    around = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    near = st.integers(-3, 3).map(lambda n: around + DAY * n)
    week = draw(st.dictionaries(st.integers(0, 6), day_hours(), min_size=1))
    holidays = draw(st.frozensets(near, max_size=2))
    special = draw(st.dictionaries(near, day_hours(), max_size=2))
    extra = draw(
        st.dictionaries(
            near.filter(lambda day: day not in holidays | special.keys()), day_hours(), max_size=2
        )
    )
    if not any(week.values()):
        week[0] = (("09:00", "17:00"),)
    start = datetime.combine(around - DAY, time(), UTC)
    return ServiceHours(zone, week, holidays, special, extra), start + MINUTE * draw(st.integers(0, 2 * 1440))


def open_minutes(hours: ServiceHours, start: datetime, count: int) -> list[bool]:
    """Say for each minute whether the desk is open: the rule of ServiceHours, read off a wall clock."""
    zone = ZoneInfo(hours.zone)
    usual = next(hours.week[day] for day in range(7) if hours.week.get(day))
    seen = datetime.combine(start, time()) - DAY
    found = []
    for minute in range(-180, count):
        wall = (start + MINUTE * minute).astimezone(zone).replace(tzinfo=None)
        seen = max(seen, wall)
        day = seen.date()
        if day in hours.extra_days:
            intervals = hours.extra_days[day] or usual
        elif day in hours.holiday_hours:
            intervals = hours.holiday_hours[day]
        else:
            intervals = () if day in hours.holidays else hours.week.get(day.weekday(), ())
        clock_time = f"{seen.hour:02}:{seen.minute:02}"
        found.append(any(opens <= clock_time < closes for opens, closes in intervals))
    return found[180:]


@settings(max_examples=30, deadline=None)
@given(calendars(), st.integers(1, 1440))
def test_arithmetic_agrees_with_looking_at_the_clock_every_minute(
    calendar: tuple[ServiceHours, datetime], count: int
) -> None:
    hours, start = calendar
    end = start + MINUTE * count

    minutes = open_minutes(hours, start, count)

    used = hours.between(start, end)
    assert used == MINUTE * sum(minutes)
    assert hours.is_open(start) is minutes[0]
    assert sum((until - since for since, until in hours.spans(start, end)), timedelta()) == used
    if used:
        last = max(index for index, is_open in enumerate(minutes) if is_open)
        assert hours.add(start, used) == start + MINUTE * (last + 1)
        assert hours.subtract(end, used) == start + MINUTE * minutes.index(True)


@settings(max_examples=30, deadline=None)
@given(calendars(), st.integers(1, 2_000_000))
def test_adding_and_subtracting_undo_each_other(
    calendar: tuple[ServiceHours, datetime], seconds: int
) -> None:
    hours, start = calendar
    amount = timedelta(seconds=seconds)

    due_at, began_at = hours.add(start, amount), hours.subtract(start, amount)

    assert hours.between(start, due_at) == amount
    assert hours.between(began_at, start) == amount
    assert due_at >= start >= began_at
    assert hours.add(began_at, amount) <= start
    assert hours.subtract(due_at, amount) >= start
