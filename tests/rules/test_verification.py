"""Effect verification: before, at and after every boundary of the window and the threshold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain.verification import (
    Chart,
    Effect,
    Plan,
    baseline,
    chart,
    effect,
    relapsed,
    sparkline,
)

FIX = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PLAN = Plan(FIX, 14 * DAY, threshold=1, baseline=6)


@pytest.mark.parametrize(
    ("after", "now", "expected"),
    [
        ([], FIX, Effect.PENDING),
        ([], FIX + 14 * DAY - SECOND, Effect.PENDING),
        ([], FIX + 14 * DAY, Effect.QUIET),
        ([DAY], FIX + 14 * DAY, Effect.QUIET),
        ([DAY, 2 * DAY], FIX + 2 * DAY, Effect.RECURRING),
        ([DAY, 2 * DAY], FIX + 2 * DAY - SECOND, Effect.PENDING),
        ([timedelta(), timedelta()], FIX, Effect.RECURRING),
        ([-SECOND, -SECOND, DAY], FIX + 14 * DAY, Effect.QUIET),
        ([DAY, 14 * DAY], FIX + 14 * DAY, Effect.QUIET),
        ([DAY, 14 * DAY - SECOND], FIX + 14 * DAY, Effect.RECURRING),
    ],
)
def test_the_effect_is_pending_quiet_or_recurring(
    after: list[timedelta], now: datetime, expected: Effect
) -> None:
    assert effect(PLAN, [FIX + away for away in after], now) is expected


@given(st.lists(st.integers(-20, 40), max_size=12), st.integers(0, 40))
def test_recurrence_never_turns_quiet_again(days: list[int], later: int) -> None:
    incidents = [FIX + day * DAY for day in days]
    found = [effect(PLAN, incidents, FIX + day * DAY) for day in range(later + 1)]

    first = next((place for place, each in enumerate(found) if each is Effect.RECURRING), len(found))

    assert set(found[first:]) <= {Effect.RECURRING}


def test_an_accepted_fix_relapses_when_a_window_holds_too_many() -> None:
    accepted = FIX + 14 * DAY
    after = [accepted + DAY, accepted + 16 * DAY]

    assert not relapsed(PLAN, after, accepted + 16 * DAY, since=accepted)
    assert relapsed(PLAN, [*after, accepted + 17 * DAY], accepted + 17 * DAY, since=accepted)


def test_the_baseline_counts_a_windows_length_before_the_fix() -> None:
    incidents = [FIX - 14 * DAY - SECOND, FIX - 14 * DAY, FIX - SECOND, FIX]

    assert baseline(incidents, FIX, 14 * DAY) == 2


def test_the_chart_has_a_bar_for_each_day_on_both_sides() -> None:
    plan = Plan(FIX, 3 * DAY, threshold=0, baseline=3)
    incidents = [FIX - 4 * DAY, FIX - 3 * DAY, FIX - SECOND, FIX - 2 * SECOND, FIX, FIX + DAY]

    assert chart(plan, incidents, FIX + DAY) == Chart(before=(1, 0, 2), after=(1, 1))


@pytest.mark.parametrize(
    ("counts", "drawn"), [((), ""), ((0, 0), "  "), ((1,), "█"), ((0, 1, 8), " ▁█"), ((1, 100), "▁█")]
)
def test_only_zero_has_no_bar(counts: tuple[int, ...], drawn: str) -> None:
    assert sparkline(counts) == drawn
