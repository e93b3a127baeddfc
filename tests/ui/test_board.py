"""The problem board: its columns, its cursor, cards carried through gates, live."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.reads import candidates
from deskterm.reads import problems as reads
from deskterm.services import problems
from deskterm.ui.app import DeskApp
from deskterm.ui.widgets.board import GAP, LEAST, STRIP, BoardView, fit, wrapped
from tests.ui.console import console, press, settle, shown, type_text
from tests.ui.lively import HOSTILE
from tests.ui.problems import DAY, analysed, furnish, incident, new, verifying, with_causes
from tests.ui.test_looks import COLOURS, LARGE, SIZES, SMALL, SnapCompare, pressing


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish(desk)


@pytest.fixture
def busy(desk: Desk, clock: StoppedClock) -> Desk:
    """A desk with a problem in most columns."""
    for _each in range(6):
        incident(desk)
    clock.advance(3 * DAY)
    verifying(desk, clock, threshold=5)
    clock.advance(DAY)
    tickets = (incident(desk), incident(desk, "VPN drops in Lyon"))
    with_causes(desk, analysed(desk, tickets=tickets))
    new(desk, "会议室无线网络经常断开")
    new(desk, HOSTILE)
    return desk


@given(st.integers(1, 40), st.integers(LEAST, 250), st.data())
def test_columns_never_overlap_never_overflow_and_the_current_one_is_open(
    count: int, width: int, data: st.DataObject
) -> None:
    current = data.draw(st.integers(0, count - 1))
    folded = data.draw(st.frozensets(st.integers(0, count - 1)))

    slots = fit(count, width, current, folded)

    seen = [slot for slot in slots if slot.width]
    assert slots[current].is_open
    assert slots[current].width >= LEAST
    assert all(one.x + one.width + GAP == other.x for one, other in itertools.pairwise(seen))
    assert seen[-1].x + seen[-1].width <= width
    assert all(slot.width == STRIP for slot in seen if not slot.is_open)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Badge sync", ["Badge sync"]),
        ("Badge sync takes long", ["Badge sync", "takes long"]),
        ("Badge sync takes very long", ["Badge sync", "takes very long"]),
        ("会议室无线网络经常断开", ["会议室无线", "网络经常断开"]),
        ("", [""]),
    ],
)
def test_summaries_are_wrapped_by_cells(text: str, lines: list[str]) -> None:
    assert [line.replace(" ", "") for line in wrapped(text, 10, 2)] == [
        line.replace(" ", "") for line in lines
    ]


async def test_the_cursor_goes_through_columns_and_cards(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b")
        view = pilot.app.screen.query_one(BoardView)
        await press(pilot, "j")
        first = view.cursor
        await press(pilot, "l", "l")
        third = view.cursor
        await press(pilot, "5")

        assert first is not None
        assert first.row.number == "PRB-4"
        assert third is not None
        assert third.row.number == "PRB-2"
        assert view.cursor is not None
        assert view.cursor.row.number == "PRB-1"


async def test_a_card_is_carried_and_the_carrying_taken_back(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b", "L")
        assert "Carried PRB-3 to assessment" in shown(pilot)
        view = pilot.app.screen.query_one(BoardView)
        assert view.lane is not None
        assert view.lane.key == "assess"
        await press(pilot, "u")

    assert reads.record(busy, "PRB-3", by="pia").row.status.value == "new"


async def test_the_gate_asks_what_is_missing_and_says_why_at_the_field(desk: Desk) -> None:
    number = new(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "b", "L", "L", "tab")
        await type_text(pilot, "network")
        await press(pilot, "ctrl+s")
        assert "name at least two" in shown(pilot)
        await type_text(pilot, " service-desk")
        await press(pilot, "ctrl+s")

    record = reads.record(desk, number, by="pia")
    assert (record.row.status.value, record.row.assignee) == ("analysis", "pia")


async def test_a_card_cannot_be_carried_before_its_window_passed(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b", "5", "L")
        assert "its window has to pass quietly" in shown(pilot)
        await press(pilot, "H")

    assert reads.record(busy, "PRB-1", by="pia").row.recurrence_count == 1


async def test_marked_cards_are_taken_together(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b", "space", "space")
        assert "2 marked" in shown(pilot)
        await press(pilot, "t")

    owners = [reads.record(busy, number, by="pia").row.assignee for number in ("PRB-3", "PRB-4")]
    assert owners == ["pia", "pia"]


async def test_a_column_is_folded_by_hand_and_unfolds_when_entered(busy: Desk) -> None:
    async with console(busy, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b")
        assert "assessment 0" in shown(pilot)
        await press(pilot, "2", "_")
        assert "assessment 0" not in shown(pilot)
        await press(pilot, "2")

        assert "assessment 0" in shown(pilot)


async def test_the_filter_narrows_the_board_and_escape_widens_it(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b", "slash", *["backspace"] * 9)
        await type_text(pilot, "firmware")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        assert "No problems here." in shown(pilot)
        await press(pilot, "escape")

        assert "4 cards" in shown(pilot)


async def test_tab_completes_in_the_filter_with_how_many_problems_have_each(busy: Desk) -> None:
    async with console(busy, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b", "slash")
        await type_text(pilot, "status:a")
        await press(pilot, "tab")
        offers = shown(pilot)
        await pilot.pause(0.3)
        await press(pilot, "enter")

        assert "/ type:problem sort:prio status:analysis" in offers
        assert "analysis (1)" in offers
        assert "1 card" in shown(pilot)


async def test_a_number_finds_its_card(busy: Desk) -> None:
    async with console(busy, agent="pia", size=(160, 45)) as pilot:
        await press(pilot, "g", "b", "slash")
        await type_text(pilot, "prb-2")
        await pilot.pause(0.3)

        assert "1 card" in shown(pilot)


async def test_a_new_problem_is_asked_for_and_stands_under_the_cursor(desk: Desk) -> None:
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b")
        assert "No problems here." in shown(pilot)
        await press(pilot, "c")
        await type_text(pilot, "Badge sync")
        await press(pilot, "ctrl+s")

        assert "PRB-1 is open" in shown(pilot)
        assert "1 card " in shown(pilot)


async def test_what_another_console_does_shows_without_a_key_and_the_cursor_stays(busy: Desk) -> None:
    async with console(busy, agent="pia") as pilot:
        await press(pilot, "g", "b", "j")
        problems.assign(busy, "PRB-4", "kim", by="kim")
        new(busy, "Something else")
        pilot.app.poke()  # type: ignore[attr-defined]  # a DeskApp
        await pilot.pause(0.5)
        await settle(pilot)
        view = pilot.app.screen.query_one(BoardView)

        assert "5 cards" in shown(pilot)
        assert view.cursor is not None
        assert (view.cursor.row.number, view.cursor.row.assignee) == ("PRB-4", "kim")


async def test_candidates_are_dismissed_with_a_reason_or_added_to_problems(desk: Desk) -> None:
    for _each in range(5):
        incident(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "k")
        assert "n looks again" in shown(pilot)
        await press(pilot, "n")
        assert "█" in shown(pilot)
        await press(pilot, "d", "enter")
        assert "Say why this is no problem." in shown(pilot)
        await type_text(pilot, "known outage")
        await press(pilot, "enter")
        number = new(desk, "Something else")
        await press(pilot, "R", "a", *["backspace"] * 6)
        await type_text(pilot, number)
        await press(pilot, "enter")

    assert candidates.waiting(desk, by="pia") == ()
    assert reads.record(desk, number, by="pia").row.linked == 5


async def test_candidates_are_filtered_by_the_tickets_that_speak_for_them(desk: Desk) -> None:
    for _each in range(5):
        incident(desk)
    async with console(desk, agent="pia") as pilot:
        await press(pilot, "g", "k", "n", "/")
        await type_text(pilot, "is:closed")
        await press(pilot, "enter")
        none = shown(pilot)
        await press(pilot, "/", "ctrl+u")
        await type_text(pilot, "is:open")
        await press(pilot, "enter")

        assert "No candidate has a ticket that the filter takes." in none
        assert "/ is:open" in shown(pilot)
        assert "5 incidents in 14 days" in shown(pilot)

        await press(pilot, "escape")
        assert "CANDIDATES" in shown(pilot)
        assert "/ is:open" not in shown(pilot)


@SIZES
def test_the_board(busy: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(busy, "pia", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "b", "space", "l"))


@SIZES
def test_the_board_without_colour(busy: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(busy, "pia", environ={"NO_COLOR": "1"})

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "b", "space", "3"))


PAGES: dict[str, tuple[str, ...]] = {
    "summary": ("3", "enter"),
    "causes": ("3", "enter", "2", "j"),
    "fishbone": ("3", "enter", "f"),
    "actions": ("5", "enter", "3"),
    "effect": ("5", "enter", "4"),
    "ledger": ("5", "enter", "5"),
    "gate": ("3", "L"),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_a_problem(busy: Desk, snap_compare: SnapCompare, page: str) -> None:
    app = DeskApp(busy, "pia", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("g", "b", *PAGES[page]))


@pytest.mark.parametrize("page", ["causes", "effect"])
def test_the_pages_of_a_problem_in_a_large_terminal(busy: Desk, snap_compare: SnapCompare, page: str) -> None:
    app = DeskApp(busy, "pia", environ={"NO_COLOR": "1"})

    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("g", "b", *PAGES[page]))
