from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.importers.dates import checked, reader

PARIS = ZoneInfo("Europe/Paris")
SERVICENOW = "%d/%m/%Y %H:%M"


@pytest.mark.parametrize(
    ("form", "text", "utc"),
    [
        (SERVICENOW, "29/2/2016 09:05", "2016-02-29 08:05"),
        (SERVICENOW, "1/3/2016 9:05", "2016-03-01 08:05"),
        (SERVICENOW, "01/07/2016 00:00", "2016-06-30 22:00"),
        (SERVICENOW, "30/10/2016 02:30", "2016-10-30 00:30"),
        ("%Y-%m-%d", "2016-03-01", "2016-02-29 23:00"),
        ("%m/%d/%Y %I:%M:%S %p", "3/1/2016 12:05:30 AM", "2016-02-29 23:05:30"),
        ("%m/%d/%Y %I:%M:%S %p", "3/1/2016 12:05:30 pm", "2016-03-01 11:05:30"),
        ("%m/%d/%Y %I:%M:%S %p", "3/1/2016 1:05:30 PM", "2016-03-01 12:05:30"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2016-03-01T09:00:00.25-0330", "2016-03-01 12:30:00.25"),
        ("%d.%m.%Y %H:%M %z", "1.3.2016 09:00 Z", "2016-03-01 09:00"),
        ("100%% %d.%m.%Y", "100% 1.3.2016", "2016-02-29 23:00"),
        ("iso", "2012-05-04T10:16:15+02:00", "2012-05-04 08:16:15"),
        ("iso", "2012-05-04 10:16:15", "2012-05-04 08:16:15"),
        ("iso", "2012-05-04T10:16:15Z", "2012-05-04 10:16:15"),
    ],
)
def test_a_date_is_read_by_its_form(form: str, text: str, utc: str) -> None:
    at = reader([form], PARIS)(text)

    assert at.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (SERVICENOW, ""),
        (SERVICENOW, "?"),
        (SERVICENOW, "31/2/2016 09:00"),
        (SERVICENOW, "1/3/2016 24:00"),
        (SERVICENOW, "1/3/2016 9:5"),
        (SERVICENOW, " 1/3/2016 09:00"),
        (SERVICENOW, "1/3/2016 09:00\n"),
        (SERVICENOW, "١/٣/٢٠١٦ ٠٩:٠٠"),
        (SERVICENOW, "1/3/0000 09:00"),
        ("%m/%d/%Y %I %p", "3/1/2016 13 PM"),
        ("%m/%d/%Y %I %p", "3/1/2016 0 AM"),
        ("%Y-%m-%d%z", "2016-03-01+24:00"),
        ("iso", "soon"),
        ("iso", "2012-13-04T10:16:15"),
    ],
)
def test_what_is_no_such_date_is_refused(form: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # callers say in words what it should have been
        reader([form], PARIS)(text)


def test_the_first_form_that_fits_is_taken() -> None:
    read = reader([SERVICENOW, "%m/%d/%Y %H:%M", "iso"], PARIS)

    found = [read(text) for text in ("2/3/2016 09:00", "2/28/2016 09:00", "2016-03-02T09:00")]

    assert [(at.month, at.day) for at in found] == [(3, 2), (2, 28), (3, 2)]


@given(
    st.datetimes(timezones=st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))),
    st.sampled_from(["%d/%m/%Y %H:%M:%S.%f %z", "%Y%m%d%H%M%S.%f%z", "%m-%d-%Y %I:%M:%S.%f %p %z"]),
)
def test_whatever_strftime_writes_is_read(at: datetime, form: str) -> None:
    text = at.strftime(form.replace("%Y", f"{at.year:04}"))

    assert reader([form], PARIS)(text) == at


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("%d/%m/%y", "nothing is called %y in a date"),
        ("%d/%m/%Y %", "nothing is called % in a date"),
        ("%d/%m %H:%M", "a date needs %Y, %m and %d"),
        ("%d/%m/%Y %d", "each of its parts once"),
        ("%d/%m/%Y %I:%M", "%I and %p go together"),
        ("%d/%m/%Y %H:%M %p", "%I and %p go together"),
    ],
)
def test_a_form_that_can_not_be_read_says_why(form: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        checked(form)
