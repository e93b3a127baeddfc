"""The calendar: what it draws, how its cursor travels, changes moved and requested in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.ui.calendar_travel import in_month, travelled
from deskterm.ui.screens.change import ChangeScreen
from deskterm.ui.widgets.calendar import Layout, Sheet, drawn, hours_shown, shown_days
from tests import changes as led
from tests.desks import rows
from tests.ui.changing import NIGHT, planned, with_board, with_changes
from tests.ui.console import console, press, settle, shown, type_text

DAY = timedelta(days=1)
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("layout", "first", "after"),
    [
        (Layout.DAY, date(2026, 6, 2), date(2026, 6, 3)),
        (Layout.WEEK, date(2026, 6, 1), date(2026, 6, 8)),
        (Layout.MONTH, date(2026, 6, 1), date(2026, 7, 6)),
        (Layout.AGENDA, date(2026, 6, 1), date(2026, 6, 29)),
    ],
)
def test_each_layout_shows_whole_days_and_weeks(layout: Layout, first: date, after: date) -> None:
    assert shown_days(layout, NOON) == (first, after)


@pytest.mark.parametrize(
    ("day", "by", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_a_month_without_that_day_takes_its_last(day: date, by: int, then: date) -> None:
    assert in_month(day, by) == then


@pytest.mark.parametrize("how", ["down", "up", "left", "right", "week_on", "month_on", "page_up", "bottom"])
@pytest.mark.parametrize("layout", Layout)
def test_the_cursor_always_stands_on_a_line(how: str, layout: Layout) -> None:
    there = travelled(NOON, how, layout, 3)

    assert there.astimezone().hour % 3 == 0


@pytest.mark.parametrize("rows", [1, 5, 12, 24])
def test_the_cursors_hour_is_in_sight_however_few_lines_there_are(rows: int) -> None:
    sheet = Sheet(Layout.WEEK, NOON, hours=1)

    assert NOON.astimezone().hour in hours_shown(sheet, rows)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("size", [(80, 14), (160, 30), (20, 4)])
def test_lines_are_never_wider_than_the_screen(layout: Layout, size: tuple[int, int]) -> None:
    lines = drawn(Sheet(layout, NOON), *size)

    assert all(sum(len(piece.text) for piece in line) <= size[0] for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_request_begins_at_its_first_label_and_ends_with_its_keys(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with console(desk, size=size) as pilot:
        await press(pilot, "g", "c", "c", "enter")

        seen = shown(pilot)
        assert "Summary" in seen
        assert "^S save" in seen


async def test_a_small_month_gives_its_spare_lines_to_the_weeks_that_need_them(
    desk: Desk, clock: StoppedClock
) -> None:
    with_changes(desk, clock)

    async with console(desk) as pilot:
        await press(pilot, "g", "c", "3")

        assert "more" not in shown(pilot)
        assert "CHG-3 !" in shown(pilot)


async def test_windows_freezes_changes_and_conflicts_are_told_without_colour(
    desk: Desk, clock: StoppedClock
) -> None:
    with_changes(desk, clock)

    async with console(desk, environ={"NO_COLOR": "1"}) as pilot:
        await press(pilot, "g", "c")

        seen = shown(pilot)
        for words in ("░", "▒ Stock-", "CHG-1 ok", "2+3 !", "CHG-4 ?", "3 warnings !", "alters E-mail"):
            assert words in seen


async def test_what_blocks_and_what_warns_is_counted_apart(desk: Desk) -> None:
    with_board(desk)
    first = led.scheduled(desk, window=NIGHT)
    second = planned(desk, NIGHT)

    async with console(desk) as pilot:
        await press(pilot, "g", "c")
        seen = shown(pilot)

    assert "1 conflict !!  2 warnings !" in seen
    assert f"{second}: {first} works on file-01 at the same time." in seen


async def test_a_change_is_moved_by_quarters_and_kept(desk: Desk) -> None:
    with_board(desk)
    number = planned(desk, NIGHT)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "M", "j", "j")
        assert "MOVING" in shown(pilot)
        assert "20:30-23:30" in shown(pilot)
        await press(pilot, "enter")

    moved = rows(desk, "SELECT planned_start FROM change WHERE id = :k", k=led.key(number))
    assert moved[0][0] == int((NIGHT[0] + timedelta(minutes=30)).timestamp() * 1_000_000)


async def test_u_gives_a_moved_change_its_window_back(desk: Desk) -> None:
    with_board(desk)
    planned(desk, NIGHT)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "M", "j", "j", "enter")
        assert "u undo" in shown(pilot)
        await press(pilot, "u")

        assert "CHG-1: taken back" in shown(pilot)
        assert "20:00-23:00" in shown(pilot)


async def test_escape_leaves_a_moved_change_where_it_was(desk: Desk) -> None:
    with_board(desk)
    planned(desk, NIGHT)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "M", "L", "escape")

        assert "Nothing was moved." in shown(pilot)
        assert "20:00-23:00" in shown(pilot)


async def test_moving_says_at_once_what_is_in_the_way(desk: Desk) -> None:
    with_board(desk)
    led.scheduled(desk, window=NIGHT)
    planned(desk, (NIGHT[0] + timedelta(days=1), NIGHT[1] + timedelta(days=1)))

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "tab", "M", "H")

        assert "CHG-1 works on file-01 at the same time." in shown(pilot)


async def test_moving_far_away_is_told_what_is_in_the_way_there(desk: Desk) -> None:
    with_board(desk)
    led.scheduled(desk, window=(NIGHT[0] + 49 * DAY, NIGHT[1] + 49 * DAY))
    planned(desk, NIGHT)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "M")
        await pilot.press(*["L"] * 49)
        await settle(pilot)

        assert "CHG-1 works on file-01 at the same time." in shown(pilot)


async def test_moving_sees_what_others_move_meanwhile(desk: Desk) -> None:
    with_board(desk)
    planned(desk, NIGHT)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "tab", "M", "j")
        assert "Nothing is in the way there." in shown(pilot)
        led.scheduled(desk, window=NIGHT)
        await pilot.pause(0.4)
        await settle(pilot)

        assert "MOVING" in shown(pilot)
        assert "CHG-2 works on file-01 at the same time." in shown(pilot)


async def test_n_walks_the_conflicts(desk: Desk, clock: StoppedClock) -> None:
    with_changes(desk, clock)

    async with console(desk) as pilot:
        await press(pilot, "g", "c", "n", "n")

        assert "is booked for CHG-3 at the same time." in shown(pilot)


async def test_enter_opens_the_change_and_q_comes_back(desk: Desk, clock: StoppedClock) -> None:
    with_changes(desk, clock)

    async with console(desk) as pilot:
        await press(pilot, "g", "c", "tab", "enter")
        assert isinstance(pilot.app.screen, ChangeScreen)
        await press(pilot, "q")

        assert "CHANGES  week 23" in shown(pilot)


async def test_an_empty_calendar_says_what_can_be_done(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "c")

        assert "No change here. c requests one" in shown(pilot)


async def test_a_filter_is_followed_while_it_is_typed_and_a_wrong_one_stays_with_its_reason(
    desk: Desk,
) -> None:
    with_board(desk)
    number = planned(desk, NIGHT)
    async with console(desk) as pilot:
        await press(pilot, "g", "c", "/")
        await type_text(pilot, "is:closed")
        taken = shown(pilot)
        await press(pilot, "escape")
        left = shown(pilot)
        await press(pilot, "/")
        await type_text(pilot, "risk:hi")
        incomplete = shown(pilot).splitlines()[2]
        await press(pilot, "tab")
        completed = shown(pilot).splitlines()[2]
        await press(pilot, "ctrl+u")
        await type_text(pilot, "risk:(")
        await press(pilot, "enter")
        refused = shown(pilot)
        await press(pilot, "escape")

        assert number not in taken
        assert number in left
        assert incomplete.startswith("/ risk:hi ")
        assert incomplete.endswith("?")
        assert completed.rstrip() == "/ risk:high"
        assert "/ risk:(" in refused
        assert number in refused
        assert number in shown(pilot)
        assert "/ risk:(" not in shown(pilot)
        assert refused.splitlines()[-2].strip()
        assert not shown(pilot).splitlines()[-2].strip()


async def test_the_calendar_is_exported_and_never_written_over_a_file(desk: Desk, tmp_path: Path) -> None:
    with_board(desk)
    planned(desk, NIGHT)
    file = tmp_path / "changes.ics"

    async with console(desk) as pilot:
        for _time in range(2):
            await press(pilot, "g", "c", "E", "ctrl+u")
            await type_text(pilot, str(file))
            await press(pilot, "enter")
        assert "File exists" in shown(pilot)

    assert b"BEGIN:VEVENT" in file.read_bytes()
