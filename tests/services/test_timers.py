"""Timers: a review date, a silent caller, an alert that nobody heard; each fires once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import HoldReason, Resolution
from deskterm.services import escalation, links, people, progress, standards, tickets
from deskterm.services.alarms import TRIES
from deskterm.services.sweep import sweep
from deskterm.standard.load import shipped
from tests.desks import kinds, one, open_p1, open_ticket, rows

HOUR = timedelta(hours=1)


def hold(desk: Desk, clock: StoppedClock) -> str:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")
    progress.hold(desk, number, HoldReason.VENDOR, review_at=clock.now() + HOUR, by="dana")
    return number


def test_a_ticket_on_hold_resumes_once_at_its_review_date(
    desk: Desk, second_console: Desk, clock: StoppedClock
) -> None:
    number = hold(desk, clock)

    clock.advance(HOUR)
    fired = sweep(desk).timers, sweep(second_console).timers

    assert fired == (1, 0)
    assert one(desk, "SELECT status FROM ticket") == "in_progress"
    assert list(kinds(desk, number)).count("ticket.resumed") == 1


def test_a_review_date_of_an_earlier_hold_wakes_nobody(desk: Desk, clock: StoppedClock) -> None:
    number = hold(desk, clock)
    progress.resume(desk, number, by="dana")
    progress.hold(desk, number, HoldReason.VENDOR, review_at=clock.now() + 2 * HOUR, by="dana")

    clock.advance(HOUR)
    swept = sweep(desk)

    assert swept.timers == 0
    assert one(desk, "SELECT status FROM ticket") == "on_hold"


def test_a_resolved_ticket_closes_after_five_business_days_of_silence(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "Restarted", by="dana")
    clock.advance(timedelta(days=6))
    sweep(desk)
    assert one(desk, "SELECT status FROM ticket") == "resolved"

    clock.advance(timedelta(days=2))
    sweep(desk)

    assert one(desk, "SELECT status FROM ticket") == "closed"


@pytest.mark.parametrize(
    ("rule", "becomes", "days"),
    [
        ("silent_days = 5", "silent_days = 3", 8),
        ("silent_days = 5", "silent_days = 7", 10),
        ("2026-07-14,", "2026-06-03,", 9),
    ],
    ids=["sooner", "later", "holiday"],
)
def test_a_resolved_ticket_closes_though_the_closure_rule_changed_meanwhile(
    desk: Desk, clock: StoppedClock, rule: str, becomes: str, days: int
) -> None:
    number = open_ticket(desk)
    progress.resolve(desk, number, Resolution.FIXED, "Restarted", by="dana")

    standards.apply(desk, shipped().replace(rule, becomes), by="ada")
    closed_after = None
    for day in range(1, 20):
        clock.advance(timedelta(days=1))
        sweep(desk)
        if closed_after is None and one(desk, "SELECT status FROM ticket") == "closed":
            closed_after = day

    assert closed_after == days
    assert list(kinds(desk, number)).count("ticket.closed") == 1


def test_the_silence_that_counts_is_that_after_the_last_resolution(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    progress.resolve(desk, number, Resolution.FIXED, "Restarted", by="dana")
    clock.advance(timedelta(days=4))
    progress.reopen(desk, number, "It hangs again", by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "Replaced", by="dana")

    clock.advance(timedelta(days=5))
    sweep(desk)
    after_the_first = one(desk, "SELECT status FROM ticket")
    clock.advance(timedelta(days=3))
    sweep(desk)

    assert (after_the_first, one(desk, "SELECT status FROM ticket")) == ("resolved", "closed")


def test_a_review_date_that_came_while_the_ticket_was_merged_wakes_it_afterwards(
    desk: Desk, clock: StoppedClock
) -> None:
    number, target = hold(desk, clock), open_ticket(desk)
    links.merge(desk, number, target, by="dana")
    clock.advance(2 * HOUR)
    sweep(desk)

    links.unmerge(desk, number, by="dana")
    stood = one(desk, "SELECT status FROM ticket WHERE id = 1")
    sweep(desk)

    assert (stood, one(desk, "SELECT status FROM ticket WHERE id = 1")) == ("on_hold", "in_progress")


def test_an_alert_that_nobody_hears_goes_up_one_person_at_a_time(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk)
    tickets.take(desk, number, by="dana")
    told = "SELECT data FROM event WHERE kind = 'alert.passed_on' ORDER BY id"
    clock.advance(timedelta(hours=2))
    sweep(desk)
    timers = one(desk, "SELECT count(*) FROM timer WHERE kind = 'unheard'")

    clock.advance(timedelta(minutes=30))
    first = sweep(desk).timers
    clock.advance(timedelta(minutes=30))
    sweep(desk)

    assert first == timers
    assert any('"to":"osei"' in data for (data,) in rows(desk, told))
    assert any('"to":"martin"' in data for (data,) in rows(desk, told))


def test_an_alert_that_was_acknowledged_goes_no_further(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk)
    clock.advance(timedelta(minutes=5))
    sweep(desk)
    escalation.acknowledge(desk, one(desk, "SELECT id FROM alert"), by="dana")

    clock.advance(timedelta(minutes=30))
    sweep(desk)

    passed_on = [data for (data,) in rows(desk, "SELECT data FROM event WHERE kind = 'alert.passed_on'")]
    assert not any('"threshold":50' in data for data in passed_on)
    assert "alert.acknowledged" in kinds(desk, number)


def passed_on(desk: Desk, threshold: int) -> list[str]:
    """Return to whom alerts of a threshold of the resolution went on, in order."""
    found = [
        json.loads(data)
        for (data,) in rows(desk, "SELECT data FROM event WHERE kind = 'alert.passed_on' ORDER BY id")
    ]
    return [
        event["to"] for event in found if (event["target"], event["threshold"]) == ("resolution", threshold)
    ]


def hold_after_an_alert(desk: Desk, clock: StoppedClock, reason: HoldReason) -> str:
    """Hold a ticket of dana's just after half of its time was told."""
    number = open_p1(desk)
    tickets.take(desk, number, by="dana")
    clock.advance(2 * HOUR)
    sweep(desk)
    message = "Is it still down?" if reason is HoldReason.CALLER else ""
    progress.hold(desk, number, reason, review_at=clock.now() + 30 * HOUR, message=message, by="dana")
    return number


def test_a_hold_that_does_not_stop_the_clock_does_not_stop_the_alert_either(
    desk: Desk, clock: StoppedClock
) -> None:
    hold_after_an_alert(desk, clock, HoldReason.VENDOR)

    for _ in range(3):
        clock.advance(HOUR / 2)
        sweep(desk)

    assert passed_on(desk, 50) == ["osei", "martin"]


def test_an_alert_waits_while_its_clock_does_and_then_people_have_the_whole_time_again(
    desk: Desk, clock: StoppedClock
) -> None:
    number = hold_after_an_alert(desk, clock, HoldReason.CALLER)
    for _ in range(6):
        clock.advance(HOUR)
        sweep(desk)
    on_hold = passed_on(desk, 50)
    progress.resume(desk, number, by="dana")

    clock.advance(HOUR / 2 - timedelta(seconds=1))
    sweep(desk)
    just_before = passed_on(desk, 50)
    clock.advance(timedelta(seconds=1))
    sweep(desk)

    assert (on_hold, just_before, passed_on(desk, 50)) == ([], [], ["osei"])


def test_an_alert_of_a_clock_that_was_met_goes_no_further(desk: Desk, clock: StoppedClock) -> None:
    number = hold_after_an_alert(desk, clock, HoldReason.VENDOR)
    progress.resolve(desk, number, Resolution.FIXED, "Restarted", by="dana")

    clock.advance(HOUR)
    sweep(desk)

    assert passed_on(desk, 50) == []


def test_an_alert_goes_past_whoever_left_in_the_meantime(desk: Desk, clock: StoppedClock) -> None:
    hold_after_an_alert(desk, clock, HoldReason.VENDOR)
    people.deactivate(desk, "osei", by="ada")

    for _ in range(3):
        clock.advance(HOUR / 2)
        sweep(desk)

    assert passed_on(desk, 50) == ["martin"]


def test_timers_that_fell_due_while_nobody_swept_for_a_day_all_fire(desk: Desk, clock: StoppedClock) -> None:
    for _ in range(3):
        hold(desk, clock)

    clock.advance(timedelta(days=1))
    swept = sweep(desk)

    assert swept.timers >= 3
    assert one(desk, "SELECT count(*) FROM ticket WHERE status = 'in_progress'") == 3


def test_a_broken_timer_is_parked_with_its_reason_and_the_rest_goes_on(
    desk: Desk, clock: StoppedClock
) -> None:
    broken = hold(desk, clock)
    desk.transact(
        SYSTEM,
        lambda tx: (
            tx.connection.execute(text("UPDATE timer SET once = 'rubbish' WHERE kind = 'review'")) and None
        ),
    )
    hold(desk, clock)
    clock.advance(HOUR)

    for _ in range(TRIES):
        sweep(desk)
        clock.advance(HOUR)

    assert rows(desk, "SELECT status FROM ticket ORDER BY id") == [("on_hold",), ("in_progress",)]
    assert rows(desk, "SELECT tries, parked FROM timer WHERE once = 'rubbish'") == [(TRIES, "ValueError")]
    assert list(kinds(desk, broken)).count("timer.parked") == 1
