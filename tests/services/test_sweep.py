"""Sweeps: alerts once, the ladder's effects, what comes late, what came before the desk, what is broken."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.domain.ticket import Level
from deskterm.services import clocks, founding, people, standards, tickets
from deskterm.services.alarms import TRIES
from deskterm.services.drafts import AgentDraft, Edit
from deskterm.services.facts import Fact, put_fact
from deskterm.services.sweep import sweep
from deskterm.standard.load import shipped
from tests.desks import kinds, one, open_p1, rows

ALERTS = "SELECT target, threshold FROM alert WHERE ticket_id = :k ORDER BY id"


def key(number: str) -> int:
    return int(number.split("-")[1])


def alerts(desk: Desk, number: str) -> list[tuple[object, ...]]:
    return rows(desk, ALERTS, k=key(number))


def break_a_clock(desk: Desk, number: str) -> None:
    desk.transact(
        SYSTEM,
        lambda tx: tx.connection.execute(
            text("UPDATE clock SET thresholds = 'rubbish' WHERE ticket_id = :k AND target = :target"),
            {"k": key(number), "target": "first_response"},
        ),
    )


def test_an_alert_fires_once_however_many_consoles_sweep(
    desk: Desk, second_console: Desk, clock: StoppedClock
) -> None:
    number = open_p1(desk)
    clock.advance(timedelta(minutes=5))

    first, second = sweep(desk), sweep(second_console)

    assert (first.alerts, second.alerts) == (1, 0)
    assert alerts(desk, number) == [("acknowledge", 50)]


def test_a_sweep_says_when_something_falls_due_next(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)

    swept = sweep(desk)

    assert swept.next_due == clock.now() + timedelta(minutes=5)
    assert swept.alerts == 0


def test_each_threshold_fires_at_its_instant_and_not_before(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk)
    tickets.take(desk, number, by="dana")
    clock.advance(timedelta(minutes=7, seconds=29))
    early = sweep(desk)

    clock.advance(timedelta(seconds=1))
    due = sweep(desk)

    assert (early.alerts, due.alerts) == (0, 1)
    assert alerts(desk, number) == [("first_response", 50)]
    assert one(desk, "SELECT late FROM alert") in (False, 0)


def test_after_a_day_down_each_clock_tells_its_highest_threshold_only_and_says_it_is_late(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_p1(desk)

    clock.advance(timedelta(days=1))
    swept = sweep(desk)

    assert swept.alerts == 3
    assert sorted(alerts(desk, number)) == [
        ("acknowledge", 100),
        ("first_response", 100),
        ("resolution", 100),
    ]
    assert one(desk, "SELECT count(*) FROM alert WHERE NOT late") == 0
    assert sweep(desk).alerts == 0


def test_a_missed_resolution_moves_the_ticket_to_the_next_tier(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk, team="network")
    tickets.take(desk, number, by="kim")

    clock.advance(timedelta(hours=4))
    sweep(desk)

    assert rows(desk, "SELECT team, tier, assignee FROM ticket") == [("infrastructure", 3, None)]
    assert list(kinds(desk, number)).count("ticket.escalated") == 1
    assert one(desk, "SELECT login FROM notification WHERE kind = 'ticket.escalated'") == "ivo"


def test_whoever_loses_a_ticket_to_the_next_tier_is_told(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk, team="network")
    tickets.take(desk, number, by="kim")

    clock.advance(timedelta(hours=4))
    sweep(desk)

    assert told(desk, "ticket.passed_up") == [("kim", '"threshold": 100')]


def told(desk: Desk, kind: str) -> list[tuple[str, str]]:
    """Return who was told of something, and about which threshold."""
    found = rows(desk, "SELECT login, details FROM notification WHERE kind = :kind ORDER BY login", kind=kind)
    return [(login, re.findall(r'"threshold": \d+', details)[0]) for login, details in found]


@pytest.mark.parametrize(
    ("leave", "heard"),
    [((), {"dana", "osei"}), (("osei",), {"dana", "martin"}), (("osei", "martin"), {"dana"})],
)
def test_a_lead_who_left_is_stood_in_for(
    desk: Desk, clock: StoppedClock, leave: tuple[str, ...], heard: set[str]
) -> None:
    tickets.take(desk, open_p1(desk, team="service-desk"), by="dana")
    for login in leave:
        people.deactivate(desk, login, by="ada")

    clock.advance(timedelta(hours=3))
    sweep(desk)

    assert {login for login, _ in told(desk, "alert.fired")} == heard


def test_a_login_that_the_standard_names_and_nobody_has_is_stood_in_for(
    desk: Desk, clock: StoppedClock
) -> None:
    standards.apply(desk, shipped(led_by="ghost"), by="ada")
    open_p1(desk, team="network")

    for _ in range(10):
        clock.advance(timedelta(minutes=30))
        sweep(desk)

    assert {login for login, _ in told(desk, "alert.fired")} == {"kim", "osei"}
    assert recipients(desk) <= active(desk)


def recipients(desk: Desk) -> set[str]:
    return {login for (login,) in rows(desk, "SELECT login FROM notification")}


def active(desk: Desk) -> set[str]:
    return {login for (login,) in rows(desk, "SELECT login FROM agent WHERE active")}


def test_on_a_fresh_desk_of_one_that_one_hears_every_alert(empty_database: str, clock: StoppedClock) -> None:
    root = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN, Role.AGENT}))
    with closing(founding.found(empty_database, root, standard=shipped(led_by="root"), clock=clock)) as desk:
        open_p1(desk, by="root")
        for _ in range(9):
            clock.advance(timedelta(minutes=30))
            sweep(desk)

        heard = {row for row in told(desk, "alert.fired") if '"threshold": 50' not in row[1]}
        assert heard == {("root", '"threshold": 75'), ("root", '"threshold": 100')}
        assert recipients(desk) == {"root"}


def test_where_a_team_has_nobody_the_admins_are_told(desk: Desk, clock: StoppedClock) -> None:
    standards.apply(desk, shipped(led_by="ghost"), by="ada")
    open_p1(desk, team="vendor")

    clock.advance(timedelta(minutes=5))
    sweep(desk)

    assert told(desk, "alert.fired") == [("ada", '"threshold": 50')]


def test_what_fell_due_before_go_live_shows_as_breached_and_alerts_nobody(
    desk: Desk, clock: StoppedClock
) -> None:
    open_p1(desk)
    clock.advance(timedelta(hours=5))
    desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.GO_LIVE, clock.now().isoformat()))

    swept = sweep(desk)

    assert swept.alerts == 0
    assert one(desk, "SELECT count(*) FROM alert") == 0
    assert one(desk, "SELECT sla_breached FROM ticket") in (True, 1)
    assert sweep(desk).alerts == 0


def test_a_wall_clock_set_back_fires_nothing_again(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)
    clock.advance(timedelta(minutes=5))
    sweep(desk)

    clock.advance(timedelta(hours=-1))
    swept = sweep(desk)

    assert swept.alerts == 0
    assert one(desk, "SELECT count(*) FROM alert") == 1


def test_a_due_instant_that_moves_does_not_repeat_what_was_told(desk: Desk, clock: StoppedClock) -> None:
    number = open_p1(desk)
    clock.advance(timedelta(minutes=5))
    sweep(desk)

    tickets.classify(desk, number, Edit(urgency=Level.MEDIUM), by="dana")
    tickets.classify(desk, number, Edit(urgency=Level.HIGH), by="dana")
    swept = sweep(desk)

    assert swept.alerts == 0


@pytest.mark.parametrize("size", [1, 500])
def test_a_broken_clock_is_parked_after_five_tries_and_the_rest_goes_on(
    desk: Desk, clock: StoppedClock, size: int
) -> None:
    broken, sound = open_p1(desk), open_p1(desk)
    break_a_clock(desk, broken)
    clock.advance(timedelta(minutes=10))

    for _ in range(TRIES):
        sweep(desk, chunk=size)
        clock.advance(timedelta(minutes=40))
    swept = sweep(desk, chunk=size)

    assert ("first_response", 100) in alerts(desk, sound)
    assert ("acknowledge", 100) in alerts(desk, broken)
    assert list(kinds(desk, broken)).count("alert.parked") == 1
    assert swept.next_due is not None
    assert swept.next_due > clock.now()


def test_a_rebuild_agrees_with_what_sweeps_left(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)
    for minutes in (5, 10, 100, 130):
        clock.advance(timedelta(minutes=minutes))
        sweep(desk)

    _, differences = clocks.rebuild_chunk(desk, 0, by="ada")

    assert differences == []
