"""Candidates: found, decided on, counted once, gone when they no longer hold."""

from __future__ import annotations

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import GateNotMet
from deskterm.reads import candidates as waiting
from deskterm.services import candidates, catalogue, links, progress, standards, tickets
from deskterm.services.drafts import Edit
from deskterm.services.sweep import sweep
from deskterm.standard.load import shipped
from tests.desks import one, open_ticket, rows
from tests.services.problem_desks import CI, DAY, analysed, furnish_firewall, vpn


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


def test_a_dismissed_candidate_comes_back_only_when_it_has_grown(desk: Desk) -> None:
    for _ in range(5):
        vpn(desk)
    candidates.detect_all(desk, by="pia")
    proposed = "SELECT signal, subject FROM candidate WHERE proposed"
    for (key,) in rows(desk, "SELECT id FROM candidate"):
        candidates.dismiss(desk, key, "planned works", by="pia")

    vpn(desk)
    still = candidates.detect_all(desk, by="pia"), rows(desk, proposed)
    for _ in range(2):
        vpn(desk)
    candidates.detect_all(desk, by="pia")

    assert still == (0, [])
    assert ("recurrence", f"ci:{CI}") in rows(desk, proposed)


def test_dismissing_a_candidate_needs_a_reason(desk: Desk) -> None:
    for _ in range(5):
        vpn(desk)
    candidates.detect_all(desk, by="pia")

    with pytest.raises(GateNotMet, match="why this is no problem"):
        candidates.dismiss(desk, 1, " ", by="pia")


def test_each_incident_is_counted_once_however_often_one_looks(desk: Desk, second_console: Desk) -> None:
    for _ in range(4):
        vpn(desk)

    for console in (desk, second_console, desk):
        candidates.detect_all(console, by="pia")
    vpn(desk)
    candidates.detect_all(desk, by="pia")

    assert rows(desk, "SELECT subject, count FROM candidate WHERE subject LIKE 'ci:%'") == [(f"ci:{CI}", 5)]


def proposed(desk: Desk) -> list[tuple[str, int]]:
    """Return what waits for a decision: subject and count."""
    return [(each.subject, each.count) for each in waiting.waiting(desk, by="pia")]


def bare(desk: Desk) -> str:
    """Open an incident of which nobody said anything yet, as by mail."""
    return vpn(desk, ci=None, service=None, category=None)


def test_incidents_that_are_triaged_late_are_counted_at_midnight(desk: Desk, clock: StoppedClock) -> None:
    numbers = [bare(desk) for _each in range(5)]
    clock.advance(DAY)
    sweep(desk)
    before = proposed(desk)

    clock.advance(2 * DAY)
    for number in numbers:
        tickets.classify(desk, number, Edit(ci=CI), by="dana")
    clock.advance(DAY)
    sweep(desk)

    assert (before, proposed(desk)) == ([], [(CI, 5)])


def test_incidents_that_become_another_s_leave_the_candidate(desk: Desk, clock: StoppedClock) -> None:
    catalogue.add(desk, cis=(("fw-2", None),), by="ada")
    numbers = [vpn(desk, service=None, category=None) for _each in range(5)]
    candidates.detect_all(desk, by="pia")
    before = proposed(desk)

    for number in numbers:
        tickets.classify(desk, number, Edit(ci="fw-2"), by="dana")
    candidates.detect_all(desk, by="pia")

    assert (before, proposed(desk)) == ([(CI, 5)], [("fw-2", 5)])
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'candidate.withdrawn'") == 1


def test_reports_of_one_outage_that_were_merged_are_one_incident(desk: Desk) -> None:
    first, *others = (vpn(desk) for _each in range(5))
    for number in others:
        links.merge(desk, number, first, by="dana")
    vpn(desk)
    progress.cancel(desk, vpn(desk), "by mistake", by="dana")

    candidates.detect_all(desk, by="pia")

    assert proposed(desk) == []


def test_a_merge_takes_a_candidate_away_and_taking_it_back_brings_it_again(desk: Desk) -> None:
    first, second, *_others = (vpn(desk, service=None, category=None) for _each in range(5))
    candidates.detect_all(desk, by="pia")
    before = proposed(desk)
    links.merge(desk, second, first, by="dana")
    candidates.detect_all(desk, by="pia")
    merged = proposed(desk)

    links.unmerge(desk, second, by="dana")
    candidates.detect_all(desk, by="pia")

    assert (before, merged, proposed(desk)) == ([(CI, 5)], [], [(CI, 5)])


def test_a_candidate_that_no_longer_holds_falls_away(desk: Desk, clock: StoppedClock) -> None:
    for _each in range(5):
        vpn(desk)
    clock.advance(DAY)
    sweep(desk)
    found = len(proposed(desk))

    for _day in range(15):
        clock.advance(DAY)
        sweep(desk)

    assert (found, proposed(desk)) == (2, [])


def test_what_repeats_and_rises_is_one_candidate_with_both_reasons(desk: Desk, clock: StoppedClock) -> None:
    for week in range(5):
        vpn(desk, service=None, category=None)
        clock.advance((7 if week else 8) * DAY)
    for _each in range(5):
        vpn(desk, service=None, category=None)

    candidates.detect_all(desk, by="pia")

    (found,) = waiting.waiting(desk, by="pia")
    assert found.reason == f"{CI}: 6 incidents in 14 days, and rising"


def test_a_first_week_is_no_rise(desk: Desk, clock: StoppedClock) -> None:
    vpn(desk, service=None, category=None)
    clock.advance(20 * DAY)
    for _each in range(5):
        vpn(desk, service=None, category=None)

    candidates.detect_all(desk, by="pia")

    (found,) = waiting.waiting(desk, by="pia")
    assert found.reason == f"{CI}: 5 incidents in 14 days"


def test_incidents_of_which_only_the_category_is_known_repeat_by_that(desk: Desk) -> None:
    for _each in range(5):
        vpn(desk, ci=None, service=None)

    candidates.detect_all(desk, by="pia")
    number = candidates.open_problem(desk, one(desk, "SELECT id FROM candidate"), by="pia")

    assert rows(desk, "SELECT subject, count FROM candidate") == [("category:Network / VPN", 5)]
    assert one(desk, "SELECT count(*) FROM link WHERE target = :n", n=number) == 5


def test_hidden_incidents_count_for_those_who_may_see_them(desk: Desk) -> None:
    for team in ("network", "network", "identity", "identity", "identity"):
        vpn(desk, service=None, category=None, team=team)
    candidates.detect_all(desk, by="pia")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    seen = [waiting.waiting(desk, by=login)[0].reason for login in ("audrey", "kim")]

    assert seen == [f"{CI}: 5 incidents in 14 days", f"{CI}: 2 incidents in 14 days"]


def test_the_standard_says_from_when_on_something_repeats(desk: Desk) -> None:
    text = shipped().replace("repeats = 5", "repeats = 3")
    standards.apply(desk, text, by="ada")
    for _each in range(3):
        vpn(desk, service=None, category=None)

    candidates.detect_all(desk, by="pia")

    assert proposed(desk) == [(CI, 3)]


def test_the_cost_of_a_look_follows_what_happened_since(desk: Desk) -> None:
    for _each in range(3):
        vpn(desk)
    candidates.detect_all(desk, by="pia")
    mark = one(desk, "SELECT value FROM desk WHERE name = 'candidates_after'")

    looked = candidates.detect(desk, by="pia")

    assert looked == (0, False)
    assert int(mark) == one(desk, "SELECT max(id) FROM event WHERE subject_type = 'ticket'")


def test_a_candidates_tickets_join_a_problem_that_is_there(desk: Desk) -> None:
    tickets = [vpn(desk) for _ in range(5)]
    candidates.detect_all(desk, by="pia")
    number = analysed(desk, tickets=(tickets[0],))

    added = candidates.add_to(desk, one(desk, "SELECT min(id) FROM candidate"), number, by="pia")

    assert added == 4
    assert one(desk, "SELECT count(*) FROM candidate WHERE proposed") == 0


def test_every_major_incident_is_a_candidate(desk: Desk) -> None:
    number = open_ticket(desk)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ticket SET major = true")

    candidates.detect_all(desk, by="pia")
    candidates.detect_all(desk, by="pia")

    assert rows(desk, "SELECT signal, ticket_id FROM candidate") == [("major_incident", int(number[4:]))]
