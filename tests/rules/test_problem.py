"""Problems: which state follows which, and every gate refuses once with its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskterm.domain import known_error
from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.domain.known_error import Reason
from deskterm.domain.problem import (
    CLOSES_FROM,
    FOLLOWS,
    GATES,
    Case,
    Closure,
    Metric,
    ProblemStatus,
    Source,
    key_of,
    may_accept_risk,
    may_close,
    may_open,
    may_reclassify,
    missing,
    move,
)
from deskterm.domain.problem_kpis import EMPTY, KPIS, Life

NOW = datetime(2026, 6, 1, 7, tzinfo=UTC)
DAY = timedelta(days=1)
READY = Case(
    number="PRB-1",
    source=Source.RECURRENCE,
    linked_tickets=3,
    category="Network / VPN",
    service="remote-access",
    priority=2,
    assignee="pia",
    teams=frozenset({"network", "service-desk"}),
    root_cause="IKE rekey fails in 9.1.4",
    chain_confirmed=True,
    actions=2,
    metric=Metric.INCIDENTS,
    baseline=11,
    window=14 * DAY,
    threshold=1,
    proposed_at=NOW,
    review="Test firmware before it is rolled out.",
)
"""A problem that every gate lets through."""


@pytest.mark.parametrize(
    ("before", "after", "lacking", "field", "sentence"),
    [
        (ProblemStatus.NEW, ProblemStatus.ASSESS, {"category": None}, "category", "needs a category"),
        (ProblemStatus.NEW, ProblemStatus.ASSESS, {"service": None}, "service", "a service or a CI"),
        (ProblemStatus.NEW, ProblemStatus.ASSESS, {"priority": None}, "priority", "needs a priority"),
        (ProblemStatus.ASSESS, ProblemStatus.ANALYSIS, {"assignee": None}, "assignee", "needs an owner"),
        (
            ProblemStatus.ASSESS,
            ProblemStatus.ANALYSIS,
            {"teams": frozenset({"network"})},
            "teams",
            "across teams",
        ),
        (ProblemStatus.ANALYSIS, ProblemStatus.FIX, {"root_cause": " "}, "root_cause", "cause statement"),
        (ProblemStatus.ANALYSIS, ProblemStatus.FIX, {"chain_confirmed": False}, "causes", "confirmed chain"),
        (ProblemStatus.ANALYSIS, ProblemStatus.FIX, {"actions": 0}, "actions", "type, owner and due date"),
        (ProblemStatus.FIX, ProblemStatus.VERIFYING, {"open_actions": 1}, "actions", r"not done \(1\)"),
        (
            ProblemStatus.FIX,
            ProblemStatus.VERIFYING,
            {"open_changes": ("CHG-8", "CHG-9")},
            "changes",
            "not closed: CHG-8, CHG-9",
        ),
        (ProblemStatus.FIX, ProblemStatus.VERIFYING, {"metric": None}, "metric", "needs a metric"),
        (ProblemStatus.FIX, ProblemStatus.VERIFYING, {"baseline": None}, "baseline", "needs a baseline"),
        (ProblemStatus.FIX, ProblemStatus.VERIFYING, {"window": None}, "window", "needs a window"),
        (ProblemStatus.FIX, ProblemStatus.VERIFYING, {"threshold": None}, "threshold", "needs a threshold"),
        (
            ProblemStatus.VERIFYING,
            ProblemStatus.RESOLVED,
            {"proposed_at": None},
            "effect",
            "has to pass quietly",
        ),
        (ProblemStatus.RESOLVED, ProblemStatus.CLOSED, {"review": ""}, "review", "review outcome"),
    ],
)
def test_every_gate_refuses_with_its_sentence(
    before: ProblemStatus, after: ProblemStatus, lacking: dict[str, Any], field: str, sentence: str
) -> None:
    case = replace(READY, **lacking)

    with pytest.raises(GateNotMet, match=sentence) as refusal:
        move(case, before, after)

    assert refusal.value.field == field
    assert [ask.field for ask in missing(case, before, after)] == [field]


@pytest.mark.parametrize(("before", "after"), GATES)
def test_every_gate_lets_through_what_has_everything(before: ProblemStatus, after: ProblemStatus) -> None:
    assert move(READY, before, after) is after


def test_a_ci_stands_for_a_service() -> None:
    case = replace(READY, service=None, ci="fw-lyon-1")

    assert move(case, ProblemStatus.NEW, ProblemStatus.ASSESS) is ProblemStatus.ASSESS


def test_a_baseline_and_a_threshold_of_none_at_all_count_as_given() -> None:
    assert move(replace(READY, baseline=0, threshold=0), ProblemStatus.FIX, ProblemStatus.VERIFYING)


@pytest.mark.parametrize("before", ProblemStatus)
@pytest.mark.parametrize("after", ProblemStatus)
def test_only_what_follows_is_reached(before: ProblemStatus, after: ProblemStatus) -> None:
    if after in FOLLOWS[before]:
        assert move(READY, before, after) is after
    else:
        with pytest.raises(IllegalMove):
            move(READY, before, after)


def test_a_problem_from_tickets_needs_tickets() -> None:
    with pytest.raises(GateNotMet, match="link at least one"):
        may_open("PRB-1", Source.TREND, 0)

    may_open("PRB-1", Source.TREND, 1)
    may_open("PRB-1", Source.PERSON, 0)


def test_a_later_classification_needs_a_note() -> None:
    with pytest.raises(GateNotMet, match="why that changes"):
        may_reclassify("PRB-1", ProblemStatus.ASSESS, " ")

    may_reclassify("PRB-1", ProblemStatus.NEW, "")
    may_reclassify("PRB-1", ProblemStatus.FIX, "it is the firewall")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"approver": None}, "approver"),
        ({"review_at": None}, "review_at"),
        ({"review_at": NOW}, "review_at"),
    ],
)
def test_accepting_a_risk_asks_for_reason_approver_and_review(given: dict[str, Any], field: str) -> None:
    whole: dict[str, Any] = {"reason": "too dear", "approver": "abe", "review_at": NOW + DAY, "now": NOW}

    with pytest.raises(GateNotMet) as refusal:
        may_accept_risk("PRB-1", ProblemStatus.FIX, **(whole | given))

    assert refusal.value.field == field


@pytest.mark.parametrize("status", ProblemStatus)
@pytest.mark.parametrize("closure", Closure)
def test_a_problem_ends_only_from_where_it_may(status: ProblemStatus, closure: Closure) -> None:
    if status in CLOSES_FROM[closure]:
        may_close("PRB-1", status, closure)
    else:
        with pytest.raises(IllegalMove):
            may_close("PRB-1", status, closure)


@pytest.mark.parametrize("number", ["INC-7", "PRB", "PRB-x", "7", ""])
def test_what_is_no_problems_number_is_not_found(number: str) -> None:
    with pytest.raises(NotFound):
        key_of(number)


ERROR = known_error.sign(
    service="remote-access", ci="fw-lyon-1", category="Network / VPN", text="VPN tunnel flaps every hour"
)


@pytest.mark.parametrize(
    ("ticket", "reasons"),
    [
        ({"ci": "fw-lyon-1"}, {Reason.CI}),
        ({"ci": "fw-paris-1", "text": "VPN tunnel flaps every hour"}, None),
        ({"service": "remote-access"}, None),
        ({"service": "remote-access", "category": "Network / VPN"}, {Reason.SERVICE, Reason.CATEGORY}),
        ({"service": "remote-access", "text": "the tunnel flaps"}, {Reason.SERVICE, Reason.WORDS}),
        ({"text": "tunnel flaps"}, None),
        ({"text": "my tunnel flaps hour after hour"}, {Reason.WORDS}),
        ({"category": "Network / VPN / Client"}, None),
        ({}, None),
    ],
)
def test_a_known_error_matches_by_ci_service_category_and_words(
    ticket: dict[str, str], reasons: set[Reason] | None
) -> None:
    blank: dict[str, Any] = {"service": None, "ci": None, "category": None, "text": ""}

    found = known_error.match(known_error.sign(**(blank | ticket)), ERROR)

    assert (found and set(found.reasons)) == reasons


def test_chinese_symptoms_match_inside_a_sentence() -> None:
    error = known_error.sign(service=None, ci=None, category=None, text="数据同步")
    ticket = known_error.sign(service=None, ci=None, category=None, text="今天数据同步很慢")

    assert known_error.match(ticket, error)


def test_key_figures_without_a_denominator_print_a_dash() -> None:
    shown = [kpi.shown(kpi.compute([], NOW)) for kpi in KPIS]

    assert shown == [EMPTY] * len(KPIS)


def test_key_figures_follow_their_formulas() -> None:
    lives = [
        Life(
            ProblemStatus.CLOSED,
            NOW - 30 * DAY,
            diagnosed_at=NOW - 26 * DAY,
            known_error_at=NOW - 25 * DAY,
            fixed_at=NOW - 20 * DAY,
            closed_at=NOW,
            closure=Closure.EFFECTIVE,
            baseline=10,
            after=1,
            incidents=10,
        ),
        Life(ProblemStatus.CLOSED, NOW - 9 * DAY, closed_at=NOW, closure=Closure.RISK_ACCEPTED, incidents=2),
        Life(ProblemStatus.CLOSED, NOW - 9 * DAY, closed_at=NOW, closure=Closure.DUPLICATE),
        Life(ProblemStatus.ANALYSIS, NOW - 8 * DAY, incidents=1),
    ]

    shown = [kpi.shown(kpi.compute(lives, NOW)) for kpi in KPIS]

    assert shown == ["8.0 days", "4.0 days", "5.0 days", "13.0", "90%", "50%"]
