"""Candidates: from when on something repeats or rises, and when a dismissed one comes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deskterm.domain.candidates import (
    Finding,
    Rules,
    Signal,
    Subject,
    detect,
    has_grown,
    reason,
    subjects_of,
    weekly,
)

TODAY = date(2026, 6, 1)
RULES = Rules()


def days(counts: dict[int, int]) -> dict[date, int]:
    """Return incidents by how many days ago they were."""
    return {TODAY - timedelta(days=ago): count for ago, count in counts.items()}


@pytest.mark.parametrize(
    ("counts", "signals"),
    [
        ({}, set()),
        ({0: 4}, set()),
        ({0: 5}, {Signal.RECURRENCE}),
        ({13: 5}, {Signal.RECURRENCE}),
        ({14: 5}, set()),
        ({0: 5, 20: 1}, {Signal.RECURRENCE, Signal.TREND}),
        ({0: 4, 20: 1}, set()),
        ({0: 9} | {7 * week: 5 for week in range(1, 9)}, {Signal.RECURRENCE}),
        ({0: 10} | {7 * week: 5 for week in range(1, 9)}, {Signal.RECURRENCE, Signal.TREND}),
    ],
)
def test_a_subject_is_a_candidate_from_its_support_on(counts: dict[int, int], signals: set[Signal]) -> None:
    assert {finding.signal for finding in detect(days(counts), TODAY, RULES)} == signals


def test_one_loud_week_among_quiet_ones_does_not_hide_a_rise() -> None:
    counts = days({0: 6, 7: 100, 14: 1, 21: 1, 28: 1, 35: 1, 42: 1, 49: 1, 56: 1})

    assert Finding(Signal.TREND, 6, 7, 1.0) in detect(counts, TODAY, RULES)


def test_weeks_end_today() -> None:
    assert weekly(days({0: 1, 6: 1, 7: 1, 13: 1, 14: 1}), TODAY, 3) == [1, 2, 2]


@pytest.mark.parametrize(("now", "comes"), [(6, False), (8, False), (9, True)])
def test_a_dismissed_candidate_comes_back_only_when_it_has_grown(now: int, comes: bool) -> None:
    assert has_grown(6, now, RULES) is comes


def test_an_incident_counts_for_its_ci_and_for_its_service_with_category() -> None:
    assert subjects_of("fw-1", "vpn", "Network") == (
        Subject(ci="fw-1"),
        Subject(service="vpn", category="Network"),
    )
    assert subjects_of(None, "vpn", None) == ()


def test_the_reason_is_a_sentence() -> None:
    trend = Finding(Signal.TREND, 6, 7, 1.5)

    assert reason("fw-1", trend) == "fw-1: 6 incidents in the last week, the weeks before had 1.5"
    assert reason("fw-1", Finding(Signal.RECURRENCE, 5, 14)) == "fw-1: 5 incidents in 14 days"
    assert reason("INC-4", Finding(Signal.MAJOR_INCIDENT, 1, 1)) == "INC-4 was a major incident"
