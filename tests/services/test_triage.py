"""Triage at the desk: suggestions from its tickets, accepted as one act."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import Conflict, NotFound
from deskterm.domain.ticket import Level, Resolution
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.reads.suggestions import UNTRIAGED, suggest
from deskterm.services import progress, tickets, triage, undo
from deskterm.services.drafts import CallerDraft, Verdict
from tests.desks import one, open_ticket, rows


def solved(desk: Desk, summary: str, category: str, *, impact: Level = Level.MEDIUM) -> str:
    number = open_ticket(desk, summary=summary, category=category, impact=impact)
    tickets.take(desk, number, by="dana")
    progress.resolve(desk, number, Resolution.FIXED, "new driver", by="dana")
    return number


def test_tickets_that_were_solved_say_what_a_new_one_is(desk: Desk) -> None:
    first = solved(desk, "Bluescreen after docking", "Hardware / Screen and dock")
    solved(desk, "Monthly report is empty", "Data / Report")
    number = open_ticket(desk, summary="Bluescreen after docking in room 4")

    found = suggest(desk, number, by="dana")

    assert found.judgement.category is not None
    assert (found.judgement.category.value, found.judgement.category.because) == (
        "Hardware / Screen and dock",
        (first,),
    )
    assert found.judgement.team is not None
    assert found.judgement.team.value == "desktop"


def test_an_open_ticket_about_the_same_is_named(desk: Desk) -> None:
    first = open_ticket(desk, summary="Audio drops in calls")
    second = open_ticket(desk, summary="Audio drops in calls", caller=CallerDraft(name="Mia Moor"))

    found = suggest(desk, second, by="dana")

    assert [each.number for each in found.judgement.duplicates] == [first]


def test_a_restricted_ticket_says_nothing_to_others(desk: Desk) -> None:
    first = open_ticket(desk, summary="Audio drops in calls", team="identity", by="ada")
    second = open_ticket(desk, summary="Audio drops in calls")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    assert suggest(desk, second, by="dana").judgement.duplicates == ()
    assert [each.number for each in suggest(desk, second, by="ada").judgement.duplicates] == [first]
    with pytest.raises(NotFound):
        suggest(desk, first, by="dana")


def test_a_verdict_is_one_act_and_taken_back_as_one(desk: Desk) -> None:
    number = open_ticket(desk)
    before = rows(desk, "SELECT category, team, assignee, status, priority FROM ticket")
    verdict = Verdict(category="Network / VPN", urgency=Level.LOW, team="network", take=True)

    triage.accept(desk, number, verdict, by="dana", seen=1)
    after = rows(desk, "SELECT category, team, assignee, status, priority FROM ticket")
    undo.undo(desk, one(desk, "SELECT max(id) FROM event"), by="dana")

    assert after == [("Network / VPN", "network", "dana", "in_progress", 5)]
    assert rows(desk, "SELECT category, team, assignee, status, priority FROM ticket") == before


def test_a_duplicate_is_merged(desk: Desk) -> None:
    first, second = open_ticket(desk), open_ticket(desk)

    triage.accept(desk, second, Verdict(duplicate_of=first, take=True), by="dana")

    assert rows(desk, "SELECT status, merged_into_id FROM ticket WHERE id = 2") == [("merged", 1)]


def test_a_ticket_that_changed_meanwhile_is_not_judged(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="kim")

    with pytest.raises(Conflict):
        triage.accept(desk, number, Verdict(take=True), by="dana", seen=1)


def test_the_untriaged_view_holds_what_nobody_has(desk: Desk) -> None:
    number, taken = open_ticket(desk), open_ticket(desk)
    tickets.take(desk, taken, by="dana")

    assert [row.number for row in queue.page(desk, parse(UNTRIAGED), by="dana")] == [number]
