"""Candidates: found, decided on, counted once, gone when they no longer hold."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import GateNotMet
from deskterm.services import candidates
from tests.desks import one, open_ticket, rows
from tests.services.problem_desks import CI, analysed, furnish_firewall, vpn


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
    for _ in range(3):
        vpn(desk)

    for console in (desk, second_console, desk):
        candidates.detect_all(console, by="pia")
    vpn(desk)
    candidates.detect_all(desk, by="pia")

    assert rows(desk, "SELECT subject, count FROM incident_day WHERE subject LIKE 'ci:%'") == [
        (f"ci:{CI}", 4)
    ]


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
