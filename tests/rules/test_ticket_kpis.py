"""Key figures of tickets: what counts, when, and over how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deskterm.domain.standard import TargetName
from deskterm.domain.ticket_kpis import KPIS, NAMES, Figure, Life, Period, Run, figures

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = Period(NOON - 7 * DAY, NOON)


def resolved(hours: int, *, at: datetime = NOON - HOUR, breached_at: datetime | None = None) -> Life:
    run = Run(hours * HOUR, at, breached_at)
    return Life(at - hours * HOUR, ended_at=at, resolved_at=at, runs={TargetName.RESOLUTION: run})


def named(found: tuple[Figure, ...], title: str) -> Figure:
    return next(each for each in found if each.kpi.title == title)


def test_a_mean_stands_beside_median_and_ninetieth_percentile() -> None:
    lives = [resolved(hours) for hours in (1, 1, 2, 2, 3, 3, 4, 4, 5, 35)]

    found = [each.value for each in figures(lives, WEEK, ["resolution_time"])]

    assert found == [6 * HOUR, 3 * HOUR, 5 * HOUR]


def test_nothing_to_count_over_is_none_and_never_zero() -> None:
    found = figures([], WEEK)

    assert {each.kpi.key for each in found if each.value is None} == {
        "acknowledge_time", "resolution_time", "first_contact", "first_level", "reopened", "reassigned",
        "attainment",
    }  # fmt: skip
    assert all(each.over == 0 for each in found)


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (WEEK.since - timedelta(microseconds=1), False),
        (WEEK.since, True),
        (WEEK.until - timedelta(microseconds=1), True),
        (WEEK.until, False),
    ],
)
def test_a_period_takes_its_beginning_and_not_its_end(at: datetime, counts: bool) -> None:
    found = named(figures([resolved(1, at=at)], WEEK), "Resolved at first level")

    assert found.over == counts


@pytest.mark.parametrize(
    ("age", "title"),
    [
        (10 * DAY - timedelta(seconds=1), "Backlog under 10 days"),
        (10 * DAY, "Backlog of 10 to 30 days"),
        (30 * DAY, "Backlog of 10 to 30 days"),
        (30 * DAY + timedelta(seconds=1), "Backlog over 30 days"),
    ],
)
def test_the_backlog_parts_at_ten_and_thirty_days(age: timedelta, title: str) -> None:
    found = figures([Life(NOON - age)], WEEK, ["backlog"])

    assert [each.kpi.title for each in found if each.value] == ["Backlog", title]


def test_the_backlog_is_that_of_the_end_of_the_period() -> None:
    opened_later = Life(NOON + HOUR)
    open_then = resolved(30, at=NOON + HOUR)
    gone_by_then = resolved(1)

    found = named(figures([opened_later, open_then, gone_by_then], WEEK), "Backlog")

    assert found.value == 1


def test_what_is_breached_and_open_is_counted_apart_from_attainment() -> None:
    late = resolved(9, breached_at=NOON - 2 * HOUR)
    running = Life(NOON - DAY, runs={TargetName.RESOLUTION: Run(DAY, None, NOON - HOUR)})

    found = figures([resolved(1), late, running], WEEK, ["attainment"])

    attained = named(found, "Resolved in time")
    breached = named(found, "Resolve breached, still open")
    assert (attained.value, attained.over) == (0.5, 2)
    assert (breached.value, breached.over) == (1, 1)


@pytest.mark.parametrize(
    ("change", "is_first"),
    [({}, 1), ({"moves": 1}, 0), ({"reopened": 1}, 0), ({"asked_again": True}, 0)],
)
def test_first_contact_is_one_team_one_message_one_answer(change: dict[str, int], is_first: int) -> None:
    life = Life(NOON - DAY, ended_at=NOON - HOUR, resolved_at=NOON - HOUR, **change)  # type: ignore[arg-type]  # fields by name

    assert named(figures([life], WEEK), "Resolved at first contact").value == is_first


def test_each_figure_has_a_formula_a_base_and_a_date() -> None:
    assert all(kpi.formula and kpi.base and kpi.decides for kpi in KPIS)
    assert len({kpi.title for kpi in KPIS}) == len(KPIS)
    assert NAMES[0] == "acknowledge_time"
