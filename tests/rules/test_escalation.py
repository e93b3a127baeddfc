"""The escalation ladder: whom a threshold tells, who comes next, and which alert is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from deskterm.domain.escalation import (
    Alert,
    Escalation,
    acknowledge_by,
    alert_key,
    climbs,
    due_alert,
    escalate,
    next_up,
    outgrew,
    still_fired,
    thresholds_to_arm,
)
from deskterm.domain.hours import ServiceHours
from deskterm.domain.ledger import Entry
from deskterm.domain.sla import Clock, Threshold, clock
from deskterm.domain.standard import (
    Closure,
    Ladder,
    Match,
    Policy,
    Standard,
    Step,
    StepWho,
    Target,
    TargetName,
    Team,
)

ASSIGNEE, LEAD, MANAGER, TEAM = StepWho.ASSIGNEE, StepWho.LEAD, StepWho.MANAGER, StepWho.TEAM
RESOLUTION = TargetName.RESOLUTION
LADDER = Ladder(
    key="default",
    steps=(
        Step(50, frozenset({ASSIGNEE})),
        Step(75, frozenset({LEAD})),
        Step(100, frozenset({MANAGER, TEAM}), next_tier=True),
    ),
    linked_tickets=5,
)
EVERYBODY = frozenset({"anna", "lena", "max", "zoe"})
"""Who can sign in."""
OFFICE = ServiceHours("UTC", dict.fromkeys(range(5), (("08:00", "18:00"),)))


def policy(key: str, priority: int, minutes: int) -> Policy:
    target = Target(RESOLUTION, timedelta(minutes=minutes))
    return Policy(key, priority, Match(priority=frozenset({priority})), "office", {RESOLUTION: target})


STANDARD = Standard(
    version=1,
    name="test",
    matrix={},
    calendars={"office": OFFICE},
    teams={
        "first": Team("first", "First line", 1, "second", lead="lena", manager="max"),
        "second": Team("second", "Second line", 2, None, lead="lena", manager=None),
        "nobody": Team("nobody", "Nobody yet", 1),
    },
    policies=(policy("p1", 1, 240), policy("p3", 3, 2400)),
    ladders={"default": LADDER},
    routes=(),
    default_team="first",
    closure=Closure(),
    hold_reasons=frozenset(),
)


def at(text: str) -> datetime:
    """Return an instant of Monday 2026-06-01."""
    return datetime.fromisoformat(f"2026-06-01 {text}").replace(tzinfo=UTC)


def told(percent: int, *, team: str | None = "first", assignee: str | None = "anna") -> Escalation:
    return escalate(
        STANDARD, team=team, assignee=assignee, target=RESOLUTION, percent=percent, there=EVERYBODY
    )


@pytest.mark.parametrize(
    ("percent", "escalation"),
    [
        (50, Escalation(("anna",), None, None)),
        (75, Escalation(("lena",), None, None)),
        (100, Escalation(("max",), "first", "second")),
        (90, Escalation(("anna",), None, None)),
    ],
)
def test_each_threshold_climbs_one_step(percent: int, escalation: Escalation) -> None:
    assert told(percent) == escalation


def test_other_targets_tell_the_assignee() -> None:
    found = escalate(
        STANDARD,
        team="first",
        assignee="anna",
        target=TargetName.NEXT_UPDATE,
        percent=100,
        there=EVERYBODY,
    )

    assert found == Escalation(("anna",), None, None)


def test_the_last_tier_only_tells() -> None:
    assert told(100, team="second").move_to is None


def test_whoever_is_missing_is_stood_in_for_by_the_next_person_up() -> None:
    assert told(50, assignee=None).logins == ("lena",)


def test_where_there_is_nobody_the_whole_team_is_told() -> None:
    assert told(75, team="nobody", assignee=None) == Escalation((), "nobody", None)


@pytest.mark.parametrize("team", [None, "dissolved"])
def test_a_ticket_without_a_team_climbs_the_ladder_of_the_default_team(team: str | None) -> None:
    assert told(75, team=team).logins == ("lena",)


@pytest.mark.parametrize(
    ("so_far", "following"),
    [
        ((), "anna"),
        (("anna",), "lena"),
        (("lena",), "max"),
        (("anna", "lena"), "max"),
        (("anna", "max"), None),
        (("zoe",), "anna"),
    ],
)
def test_an_alert_that_nobody_acknowledges_goes_one_person_up(
    so_far: tuple[str, ...], following: str | None
) -> None:
    assert next_up(STANDARD, team="first", assignee="anna", told=so_far, there=EVERYBODY) == following


def test_whoever_holds_two_posts_is_asked_once() -> None:
    assert next_up(STANDARD, team="first", assignee="lena", told=("lena",), there=EVERYBODY) == "max"


@pytest.mark.parametrize(
    ("there", "percent", "escalation"),
    [
        ({"lena", "max"}, 50, Escalation(("lena",), None, None)),
        ({"max"}, 50, Escalation(("max",), None, None)),
        ({"anna", "max"}, 75, Escalation(("max",), None, None)),
        ({"anna"}, 75, Escalation((), "first", None)),
        (set(), 50, Escalation((), "first", None)),
    ],
)
def test_whoever_is_unknown_or_gone_is_stood_in_for_as_if_missing(
    there: set[str], percent: int, escalation: Escalation
) -> None:
    found = escalate(STANDARD, team="first", assignee="anna", target=RESOLUTION, percent=percent, there=there)

    assert found == escalation


def test_an_alert_goes_past_whoever_is_unknown_or_gone() -> None:
    up = next_up(STANDARD, team="first", assignee="anna", told=("anna",), there={"anna", "max"})

    assert up == "max"


def test_the_time_to_acknowledge_is_service_time() -> None:
    until = acknowledge_by(STANDARD, team="first", calendar="office", alerted_at=at("17:45"))

    assert until == at("08:15") + timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "after", "outgrown"), [(3, 4, False), (4, 5, True), (3, 9, True), (5, 6, False)]
)
def test_a_ticket_escalates_once_when_its_links_pass_the_limit(
    before: int, after: int, outgrown: bool
) -> None:
    assert outgrew(STANDARD, team="first", before=before, after=after) is outgrown


THRESHOLDS = (Threshold(50, at("11:00")), Threshold(75, at("12:00")), Threshold(100, at("13:00")))


@pytest.mark.parametrize(
    ("now", "fired_upto", "alert"),
    [
        pytest.param("10:59:59", 0, None, id="before"),
        pytest.param("11:00:00", 0, Alert(50, at("11:00"), late=False), id="at"),
        pytest.param("11:00:59", 0, Alert(50, at("11:00"), late=False), id="a moment after"),
        pytest.param("11:01:00", 0, Alert(50, at("11:00"), late=True), id="late"),
        pytest.param("11:30:00", 50, None, id="told already"),
        pytest.param("15:00:00", 50, Alert(100, at("13:00"), late=True), id="after a stop"),
        pytest.param("15:00:00", 100, None, id="all told"),
    ],
)
def test_only_the_highest_missed_threshold_is_sent(now: str, fired_upto: int, alert: Alert | None) -> None:
    assert due_alert(THRESHOLDS, fired_upto, at(now)) == alert


def read(now: str, *changes: tuple[str, Mapping[str, object]], priority: int = 1) -> Clock:
    opened = Entry(1, at("09:00"), "ticket.opened", "anna", {"priority": (None, priority)})
    later = [
        Entry(number, at(when), "ticket.changed", "anna", {k: (None, v) for k, v in fields.items()})
        for number, (when, fields) in enumerate(changes, 2)
    ]
    shown = clock([opened, *later], STANDARD, RESOLUTION, at(now))
    assert shown is not None
    return shown


def percentages(thresholds: tuple[Threshold, ...]) -> list[int]:
    return [threshold.percent for threshold in thresholds]


HELD = ("11:24", {"status": "on_hold", "hold_reason": "caller"})
RESUMED = ("14:00", {"status": "in_progress", "hold_reason": None})


def test_a_pause_at_60_percent_does_not_repeat_the_alert_of_50() -> None:
    resumed = read("14:00", HELD, RESUMED)

    fired = still_fired(resumed, 50)

    assert (fired, percentages(thresholds_to_arm(resumed, fired))) == (50, [75, 100])


def test_a_paused_clock_arms_nothing() -> None:
    paused = read("12:00", HELD)

    assert thresholds_to_arm(paused, 0) == ()
    assert still_fired(paused, 50) == 50


def test_a_stopped_clock_arms_nothing() -> None:
    assert thresholds_to_arm(read("15:00", ("14:00", {"status": "resolved"})), 0) == ()


def test_a_lower_priority_arms_the_thresholds_that_it_takes_back() -> None:
    lowered = read("14:00", ("14:00", {"priority": 3}))

    fired = still_fired(lowered, 100)

    assert (fired, percentages(thresholds_to_arm(lowered, fired))) == (0, [50, 75, 100])


def test_a_clock_that_is_breached_when_it_attaches_alerts_at_once_and_only_once() -> None:
    attached = read("14:00", ("14:00", {"priority": 1}), priority=3)

    first = due_alert(thresholds_to_arm(attached, 0), 0, at("14:00"))
    second = due_alert(thresholds_to_arm(attached, 100), 100, at("14:00"))

    assert first == Alert(100, at("13:00"), late=True)
    assert second is None


def test_an_alert_is_the_same_whoever_sends_it() -> None:
    assert alert_key(RESOLUTION, 1, 50, at("13:00")) == "resolution:1:50:2026-06-01T13:00:00Z"


def test_only_the_targets_of_a_ladder_go_further_up_when_nobody_hears() -> None:
    assert climbs(STANDARD, team="desk", target=TargetName.RESOLUTION)
    assert not climbs(STANDARD, team="desk", target=TargetName.ACKNOWLEDGE)
