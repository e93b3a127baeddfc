"""Tagging, starring and parking problems: what filters find by it, who is told, what comes back by itself."""

from __future__ import annotations

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.query import parse
from deskterm.reads import board, problems
from deskterm.services import problem_marks
from deskterm.services import problems as acts
from deskterm.services.problem_drafts import NewProblem
from deskterm.services.sweep import sweep
from tests.desks import one, rows
from tests.services.problem_desks import DAY, analysed, furnish_firewall


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


def found(desk: Desk, query: str, by: str = "dana") -> list[str]:
    return [row.number for row in problems.listed(desk, parse(f"type:problem {query}"), by=by)]


def test_tags_are_found_whatever_their_letters(desk: Desk) -> None:
    number, other = analysed(desk), acts.open_problem(desk, NewProblem(summary="Toner"), by="pia")

    problem_marks.tag(desk, number, ("#VPN", "two words"), by="dana")
    problem_marks.untag(desk, number, ("two words",), by="dana")

    assert found(desk, "#vpn") == [number]
    assert found(desk, "no:tag") == [other]
    assert problems.record(desk, number, by="ivo").row.tags == ("vpn",)


def test_a_star_is_ones_own_and_leaves_no_trace(desk: Desk) -> None:
    number = analysed(desk)
    before = one(desk, "SELECT count(*) FROM event")

    problem_marks.star(desk, number, by="dana")

    assert (found(desk, "is:starred"), found(desk, "is:starred", by="ivo")) == ([number], [])
    assert one(desk, "SELECT count(*) FROM event") == before
    problem_marks.unstar(desk, number, by="dana")
    assert found(desk, "is:starred") == []


def test_watched_problems_are_found(desk: Desk) -> None:
    number = analysed(desk)
    acts.watch(desk, number, by="dana")

    assert (found(desk, "is:watched"), found(desk, "watcher:dana", by="ivo")) == ([number], [number])
    assert found(desk, "is:watched", by="ivo") == []


def test_a_parked_problem_is_not_idle_and_is_taken_up_again_by_itself(
    desk: Desk, clock: StoppedClock
) -> None:
    number = analysed(desk)
    problem_marks.park(desk, number, clock.now() + 9 * DAY, "the vendor's patch", by="pia")
    stale = []

    for days in (8, 1, 5):
        clock.advance(days * DAY)
        sweep(desk)
        columns = board.board(desk, parse("type:problem"), by="dana").columns
        stale.append([card.stale for column in columns for card in column.cards])

    assert stale == [[False], [False], [True]]
    assert rows(desk, "SELECT login, kind FROM notification WHERE kind = 'problem.unparked'") == [
        ("pia", "problem.unparked")
    ]


def test_who_takes_a_parked_problem_up_early_is_not_told_again(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)
    problem_marks.park(desk, number, clock.now() + DAY, "the vendor", by="pia")

    problem_marks.park(desk, number, None, by="pia")
    clock.advance(2 * DAY)
    sweep(desk)

    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.unparked'") == 1


def test_parking_needs_a_day_ahead_and_a_reason(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)

    with pytest.raises(GateNotMet, match="a day ahead"):
        problem_marks.park(desk, number, clock.now(), "the vendor", by="pia")
    with pytest.raises(GateNotMet, match="what PRB-1 waits for"):
        problem_marks.park(desk, number, clock.now() + DAY, " ", by="pia")
    acts.accept_risk(desk, number, "too dear", approver="abe", review_at=clock.now() + DAY, by="pia")
    with pytest.raises(IllegalMove):
        problem_marks.park(desk, number, clock.now() + DAY, "the vendor", by="pia")


def test_what_is_not_there_is_not_marked(desk: Desk) -> None:
    for act in (problem_marks.star, problem_marks.unstar):
        with pytest.raises(NotFound):
            act(desk, "PRB-9", by="dana")
