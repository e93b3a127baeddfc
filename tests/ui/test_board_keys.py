"""The keys of the board: ranges, what calls, filters, columns, teams, tags, stars, rest, move mode."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.problem import ActionType
from deskterm.reads import problems as reads
from deskterm.services import corrective, problem_marks, problems
from deskterm.services.problem_drafts import NewAction, ProblemEdit
from deskterm.ui.screens.board import BoardScreen
from tests.desks import one
from tests.ui.console import console, press, shown, type_text
from tests.ui.problems import DAY, analysed, furnish, incident, new, verifying


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish(desk)


@pytest.fixture
def row(desk: Desk) -> Callable[[str], reads.ProblemRow]:
    return lambda number: reads.record(desk, number, by="pia").row


Row = Callable[[str], reads.ProblemRow]
RECALLED = "SELECT count(*) FROM outbox WHERE kind = 'reply' AND state = 'recalled'"


async def test_a_range_marks_what_the_cursor_passes_and_escape_gives_it_up(desk: Desk) -> None:
    for count in range(4):
        new(desk, f"Problem {count}")
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "j", "x", "j", "v", "j")
        three = shown(pilot)
        await press(pilot, "k")
        two = shown(pilot)
        await press(pilot, "j", "v", "k", "k")
        kept = shown(pilot)
        await press(pilot, "v", "k", "escape")

        assert "3 marked" in three
        assert "2 marked" in two
        assert "3 marked" in kept
        assert "3 marked" in shown(pilot)
        await press(pilot, "escape")
        assert "marked" not in shown(pilot)


async def test_n_goes_from_card_to_card_that_waits_for_somebody(desk: Desk, clock: StoppedClock) -> None:
    quiet, idle = new(desk, "Quiet"), new(desk, "Idle")
    clock.advance(5 * DAY)
    problems.note(desk, quiet, "seen", by="pia")
    watched = verifying(desk, clock)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "home", "n")
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.view.cursor is not None
        first = screen.view.cursor.row.number
        await press(pilot, "n")
        said = shown(pilot)
        corrective.add(desk, watched, plan_for_tomorrow(clock), by="pia")
        clock.advance(2 * DAY)
        await press(pilot, "R", "n")
        second = screen.view.cursor.row.number
        await press(pilot, "N")

        assert (first, second, screen.view.cursor.row.number) == (idle, watched, idle)
        assert "No further card waits for somebody." in said


def plan_for_tomorrow(clock: StoppedClock) -> NewAction:
    return NewAction(type=ActionType.PATCH, summary="Look", assignee="kim", due_at=clock.now() + DAY)


async def test_f_filters_by_the_card_then_against_it_then_no_more(desk: Desk) -> None:
    new(desk), new(desk, "Printers jam")
    problems.edit(desk, "PRB-2", ProblemEdit(service="remote-access"), by="pia")
    counts = []
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "j", "f")
        await type_text(pilot, "svc")
        await press(pilot, "enter")
        counts.append(shown(pilot).splitlines()[0])
        for _turn in range(2):
            await press(pilot, "f")
            counts.append(shown(pilot).splitlines()[0])

    assert ["1 card " in counts[0], "1 card " in counts[1], "2 cards" in counts[2]] == [True] * 3


async def test_columns_are_chosen(desk: Desk) -> None:
    new(desk)
    async with console(desk, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b")
        assert "assessment 0" in shown(pilot)
        await press(pilot, "C", "down", "tab", "escape")
        assert "assessment 0" in shown(pilot)
        await press(pilot, "C", "down", "tab", "enter")

        assert "assessment 0" not in shown(pilot)
        assert "root cause analysis 0" in shown(pilot)


async def test_a_team_is_picked_and_taken_back(desk: Desk, row: Row) -> None:
    number = new(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "A")
        await type_text(pilot, "network")
        await press(pilot, "enter")
        assert "PRB-1 is with network now" in shown(pilot)
        given = row(number).team
        await press(pilot, "u")

    assert (given, row(number).team) == ("network", None)


async def test_tags_are_put_on_shown_and_taken_off(desk: Desk, row: Row) -> None:
    number = new(desk)
    async with console(desk, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b", "number_sign", "enter")
        assert "Name a tag" in shown(pilot)
        await type_text(pilot, "vpn lyon")
        await press(pilot, "enter")
        assert "#lyon" in shown(pilot)
        await press(pilot, "number_sign")
        await type_text(pilot, "-lyon")
        await press(pilot, "enter")

    assert row(number).tags == ("vpn",)


async def test_a_star_shows_for_oneself_only(desk: Desk) -> None:
    number = new(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "asterisk")
        assert "(*)" in shown(pilot)
        await press(pilot, "asterisk")
        assert "(*)" not in shown(pilot)
        await press(pilot, "asterisk")

    assert reads.record(desk, number, by="pia").row.starred
    assert not reads.record(desk, number, by="kim").row.starred


async def test_a_problem_is_parked_with_a_reason_and_taken_up_again(desk: Desk, row: Row) -> None:
    number = new(desk)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "b", "ctrl+s")
        assert "what PRB-1 waits for" in shown(pilot)
        await type_text(pilot, "the vendor")
        await press(pilot, "ctrl+s")
        assert "|| 06-09" in shown(pilot)
        await press(pilot, "b", "ctrl+s")
        assert "taken up again" in shown(pilot)

    assert row(number).resumes_at is None


async def test_move_mode_shows_where_a_card_would_be_and_enter_takes_it_through_the_gate(
    desk: Desk, row: Row
) -> None:
    number = new(desk)
    async with console(desk, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b", "M", "l")
        assert "PRB-1 → assessment: Enter keeps, Esc puts it back" in shown(pilot)
        assert "assessment 1" in shown(pilot)
        before = row(number).status
        await press(pilot, "escape")
        assert "assessment 0" in shown(pilot)
        await press(pilot, "M", "l", "l", "enter")
        assert "Carried PRB-1 to assessment" in shown(pilot)
        await press(pilot, "M", "right", "enter")
        assert "Teams that analyse it together" in shown(pilot)

    assert (before, row(number).status) == ("new", "assess")


async def test_a_card_that_is_moved_back_where_it_stands_is_not_carried(desk: Desk, row: Row) -> None:
    number = new(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "M", "l", "h", "enter")

    assert row(number).version == 1


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("J", "The filter orders the cards"),
        ("K", "The filter orders the cards"),
        ("plus", "Nobody logs work time"),
    ],
)
async def test_keys_that_do_nothing_here_say_why(desk: Desk, key: str, sentence: str) -> None:
    new(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", key)

        assert sentence in shown(pilot)


async def test_a_macro_runs_on_all_linked_open_tickets_and_is_taken_back(desk: Desk) -> None:
    tickets = (incident(desk), incident(desk))
    number = analysed(desk, tickets=tickets)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "m")
        await type_text(pilot, "major")
        await press(pilot, "enter")
        assert "INC-1" in shown(pilot)
        await press(pilot, "y")
        assert "each of 2 tickets: Update on a major incident was run" in shown(pilot)
        recalled = one(desk, RECALLED)
        await press(pilot, "u")

    assert (recalled, one(desk, RECALLED)) == (0, 2)


async def test_who_may_not_is_told_before_a_form_opens(desk: Desk) -> None:
    new(desk)
    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "b", "exclamation_mark")

        assert "You may not do that" in shown(pilot)
        assert "Symptom" not in shown(pilot)


async def test_tags_find_a_problem_on_the_board(desk: Desk) -> None:
    new(desk), new(desk, "Printers jam")
    problem_marks.tag(desk, "PRB-2", ("toner",), by="pia")
    async with console(desk, agent="pia", size=(100, 30)) as pilot:
        await press(pilot, "g", "b", "slash")
        await type_text(pilot, " #toner")
        await press(pilot, "enter")

        assert "1 card " in shown(pilot)
