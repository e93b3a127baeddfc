"""The change calendar as iCalendar files: out, back in, and what others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]  # it has no types

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import SpanKind
from deskterm.domain.errors import BadInput
from deskterm.reads import calendar
from deskterm.services import calendar_files, changes, windows
from tests.changes import WINDOW, open_change, scheduled
from tests.databases import Databases
from tests.desks import one, populate
from tests.services.test_change_calendar import AUDIT, DAY, WEEK


def test_an_exported_file_comes_back_equal(desk: Desk) -> None:
    scheduled(desk)
    windows.add_span(desk, AUDIT, by="chen")
    before = one(desk, "SELECT max(id) FROM event")

    taken = calendar_files.take(desk, calendar_files.export(desk, by="chen"), by="chen")

    assert (taken.moved, taken.added, taken.refused) == ((), 0, ())
    assert taken.same == 6
    assert one(desk, "SELECT max(id) FROM event") == before


def test_a_window_between_two_seconds_comes_back_equal(desk: Desk) -> None:
    odd = timedelta(microseconds=123_456)
    open_change(desk, planned_start=WINDOW[0] + odd, planned_end=WINDOW[1] + odd)

    taken = calendar_files.take(desk, calendar_files.export(desk, by="chen"), by="chen")

    assert taken.moved == ()


def test_another_program_reads_the_file_as_it_was_meant(desk: Desk) -> None:
    number = scheduled(desk)
    windows.add_span(desk, AUDIT, by="chen")

    file: Any = vobject.readOne(calendar_files.export(desk, by="chen").decode())

    events = {event.summary.value: event for event in file.vevent_list}
    change = events[f"{number} New firmware for the core switch"]
    assert (change.dtstart.value, change.dtend.value) == WINDOW
    audit = events["Audit; week, one"]
    assert audit.dtstart.value.astimezone(UTC) == datetime(2026, 6, 2, 22, tzinfo=UTC)
    assert audit.duration.value == 2 * DAY
    starts = [each.astimezone(UTC) for each in audit.getrruleset(addRDate=True)]
    assert [each.year for each in starts] == [2026, 2027, 2028]
    nights = events["Night maintenance"].getrruleset(addRDate=True)
    assert nights[60].astimezone(UTC).hour == 20, "summer time"
    assert nights[0].astimezone(UTC).hour == 21


def test_a_change_moves_to_where_a_file_has_it(desk: Desk) -> None:
    number = scheduled(desk)
    file = calendar_files.export(desk, by="chen").decode()
    moved = file.replace("20260601T200000Z", "20260602T200000Z").replace(
        "20260601T230000Z", "20260602T230000Z"
    )

    taken = calendar_files.take(desk, moved.encode(), by="chen")

    assert taken.moved == (number,)
    assert calendar.page(desk, *WEEK, by="dana").entries[0].start == WINDOW[0] + DAY


FOREIGN = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//other//EN\r
BEGIN:VEVENT\r
UID:holiday-1@example.org\r
DTSTAMP:20260101T000000Z\r
DTSTART;VALUE=DATE:20260603\r
DTEND;VALUE=DATE:20260605\r
SUMMARY:Trade fair\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_events_of_others_are_taken_as_what_one_says_they_are(desk: Desk) -> None:
    refused = calendar_files.take(desk, FOREIGN, by="chen")
    assert [name for name, _why in refused.refused] == ["Trade fair"]

    taken = calendar_files.take(desk, FOREIGN, kind=SpanKind.FREEZE, by="chen")
    again = calendar_files.take(desk, FOREIGN, by="chen")

    assert (taken.added, again.same) == (1, 1)
    assert [span.name for span in calendar.page(desk, *WEEK, by="dana").freezes] == ["Trade fair"]


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(desk: Desk, data: bytes) -> None:
    with pytest.raises(BadInput, match="no iCalendar file"):
        calendar_files.take(desk, data, by="chen")


PARIS = """BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE
"""
HOUR = "DTSTART:20260603T100000Z\nDURATION:PT1H"


def event(body: str, uid: str = "odd", zones: str = "") -> str:
    return f"{zones}BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\n{body}\nSUMMARY:{uid}\nEND:VEVENT\n"


def file(*events: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\n{''.join(events)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("DTEND:20260603T110000Z", "No DTSTART"),
        ("DTSTART;VALUE=DATE:20260603\nDTEND:20260603T110000Z", "same type"),
        ("DTSTART:2026nope\nDURATION:PT1H", "can't be read: DTSTART: Wrong date format"),
        (f"{HOUR}\nDTSTART:20260604T100000Z", "Multiple DTSTART"),
        (f"{HOUR}\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "several rules"),
        (f"{HOUR}\nRRULE:FREQ=NONSENSE", "can't be read: RRULE"),
        (f"{HOUR}\nRRULE:FREQ=MINUTELY", "daily at most"),
        (f"{HOUR}\nX-DESKTERM-SERVICES:Printing", "can't be read"),
        (f"{HOUR}\nX-DESKTERM-SERVICES:5", "can't be read"),
        (f"{HOUR}\nX-DESKTERM-SERVICES:[{{}}]", "can't be read"),
        (f"{HOUR}\nX-DESKTERM-SERVICES:[7]", "services"),
        ("DTSTART:20260603T100000Z\nDTEND:20260603T090000Z", "days"),
        ("DTSTART:20260603T100000Z", "has to last"),
        ("DTSTART:00010101T000000Z\nDURATION:PT1H", "after 1969"),
        (f"{HOUR}\nRRULE:FREQ=DAILY\nEXDATE:20260604T100000Z", "EXDATE"),
        (f"{HOUR}\nRDATE:20260605T100000Z", "RDATE"),
        ("DTSTART;TZID=Our office:20260603T100000\nDURATION:PT1H", "no time zone called Our office"),
        ("DTSTART;TZID=Nowhere/Land:20260603T100000\nDURATION:PT1H", "no time zone called Nowhere/Land"),
    ],
)
def test_an_odd_event_is_refused_with_its_reason_and_the_next_is_taken(
    desk: Desk, body: str, why: str
) -> None:
    zones = PARIS if "Our office" in body else ""

    taken = calendar_files.take(
        desk, file(event(body, zones=zones), event(HOUR, "good")), kind=SpanKind.FREEZE, by="chen"
    )

    assert [name for name, _why in taken.refused] == ["odd"]
    assert why in taken.refused[0][1]
    assert taken.added == 1
    assert [span.name for span in calendar.page(desk, *WEEK, by="dana").freezes] == ["good"]


def test_a_series_with_an_altered_day_is_refused_whole(desk: Desk) -> None:
    series = event(f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=3", "series")
    moved = event("DTSTART:20260604T150000Z\nDURATION:PT1H\nRECURRENCE-ID:20260604T100000Z", "series")

    taken = calendar_files.take(desk, file(series, moved), kind=SpanKind.FREEZE, by="chen")

    assert [why.count("RECURRENCE-ID") for _name, why in taken.refused] == [1, 1]
    assert calendar.page(desk, *WEEK, by="dana").freezes == ()


def test_what_is_cancelled_is_left_out_and_said(desk: Desk) -> None:
    number = scheduled(desk)
    ours = calendar_files.export(desk, by="chen").decode().replace("\r", "")
    moved = (
        ours.split("BEGIN:VEVENT")[1]
        .split("END:VEVENT")[0]
        .replace("20260601T", "20260602T")
        .replace("STATUS:CONFIRMED", "STATUS:CANCELLED")
    )
    calendar_files.take(desk, file(event(HOUR, "known")), kind=SpanKind.FREEZE, by="chen")

    taken = calendar_files.take(
        desk,
        file(
            event(f"{HOUR}\nSTATUS:cancelled", "fair"),
            event(f"{HOUR}\nSTATUS:CANCELLED", "known"),
            f"BEGIN:VEVENT{moved}END:VEVENT\n",
        ),
        kind=SpanKind.FREEZE,
        by="chen",
    )

    assert [why for _name, why in taken.skipped] == [
        "It is cancelled there, and left out.",
        "It is cancelled there, but in force here. Take it out with: deskterm calendar remove known",
        "It is cancelled there, and left out.",
    ]
    assert (taken.added, taken.moved, taken.refused) == (0, (), ())
    entries = calendar.page(desk, *WEEK, by="dana").entries
    assert [(entry.change.number, entry.start) for entry in entries] == [(number, WINDOW[0])]


def test_a_change_that_is_cancelled_comes_back_equal(desk: Desk) -> None:
    number = scheduled(desk)
    changes.cancel(desk, number, "no longer needed", by="kim")

    taken = calendar_files.take(desk, calendar_files.export(desk, by="chen"), by="chen")

    assert (taken.same, taken.skipped) == (5, ())


@pytest.mark.parametrize(
    ("start", "begins"),
    [
        ("DTSTART:20260603T100000Z", datetime(2026, 6, 3, 10, tzinfo=UTC)),
        ("DTSTART;TZID=America/New_York:20260603T100000", datetime(2026, 6, 3, 14, tzinfo=UTC)),
        ("DTSTART;TZID=W. Europe Standard Time:20260603T100000", datetime(2026, 6, 3, 8, tzinfo=UTC)),
        ("DTSTART:20260603T100000", datetime(2026, 6, 3, 8, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE:20260603", datetime(2026, 6, 2, 22, tzinfo=UTC)),
    ],
)
def test_without_a_zone_an_event_is_meant_by_the_clock_of_the_desk(
    desk: Desk, start: str, begins: datetime
) -> None:
    lasts = "P1D" if "DATE" in start.split(":")[0] else "PT1H"

    calendar_files.take(desk, file(event(f"{start}\nDURATION:{lasts}")), kind=SpanKind.FREEZE, by="chen")

    assert [span.start for span in calendar.page(desk, *WEEK, by="dana").freezes] == [begins]


@pytest.fixture
def other_desk(databases: Databases, clock: StoppedClock) -> Iterator[Desk]:
    """Another desk, made by itself, with a clock of its own."""
    with databases.copy(populate_alone) as url, closing(Desk.open(url, clock=StoppedClock(clock.at))) as desk:
        yield desk


def populate_alone(desk: Desk) -> Desk:
    return populate(desk)


def test_another_desks_changes_are_left_alone(desk: Desk, other_desk: Desk) -> None:
    ours = open_change(desk, planned_start=WINDOW[0] + DAY, planned_end=WINDOW[1] + DAY)
    scheduled(other_desk)

    taken = calendar_files.take(desk, calendar_files.export(other_desk, by="chen"), by="chen")

    assert taken.moved == ()
    assert [why for _name, why in taken.refused] == [f"This is {ours} of another desk."]
    assert calendar.page(desk, *WEEK, by="dana").entries[0].start == WINDOW[0] + DAY


def test_a_file_from_before_desks_had_names_moves_nothing(desk: Desk) -> None:
    number = scheduled(desk)
    old = event("DTSTART:20260605T200000Z\nDTEND:20260605T230000Z", f"{number.lower()}@deskterm")

    taken = calendar_files.take(desk, file(old), by="chen")

    assert (taken.moved, len(taken.refused)) == ((), 1)
