"""What is left of a clock: one number for one clock, wherever a screen shows it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp
from tests.ui.console import console, press, settle, shown

COLUMN = re.compile(r"^>  P\d (?:!!|! |\|\||  )(?:R| ) *(-?[\dhdms:]+) ", re.MULTILINE)
"""What the SLA column says of the ticket under the cursor."""
SIZES = [(80, 24), (160, 45)]


def numbers(pilot: Pilot[Any]) -> tuple[str, list[str]]:
    """Return what is left by the column, and by the clocks of the preview."""
    screen = shown(pilot)
    found = COLUMN.search(screen)
    assert found is not None, screen
    clocks = re.findall(
        r"(?:Acknowledge|Respond|Update|Resolve)\b.*?(-?\d+d?[:\d]\S*?)(?:,| left|   |\s*$)", screen, re.M
    )
    return found[1], clocks


@pytest.mark.parametrize("size", SIZES)
async def test_the_column_and_the_preview_show_the_same_time_left(desk: Desk, size: tuple[int, int]) -> None:
    async with console(desk, size=size) as pilot:
        await press(pilot, "0")
        for _row in range(8):
            column, clocks = numbers(pilot)
            assert column in clocks, shown(pilot)
            await press(pilot, "j")


@pytest.mark.parametrize("size", SIZES)
async def test_the_preview_goes_on_with_the_column(
    desk: Desk, clock: StoppedClock, size: tuple[int, int]
) -> None:
    async with console(desk, size=size) as pilot:
        assert isinstance(pilot.app, DeskApp)
        await press(pilot, "0", "j")
        before, _clocks = numbers(pilot)

        clock.advance(timedelta(minutes=7))
        pilot.app.queue._tick()
        await settle(pilot)

        column, clocks = numbers(pilot)
        assert column != before
        assert column in clocks


async def test_a_clock_that_runs_says_when_it_falls_due_and_one_that_stands_what_is_left_of_it(
    desk: Desk,
) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "0", "j", "j")
        running = shown(pilot)
        await press(pilot, "1", "j", "j")
        paused = shown(pilot)

    assert re.search(r"Resolve +(?:!! *)?\[[#|-]+\] \S+, due \S+", running)
    assert re.search(r"Resolve +\|\| *\[[#|-]+\] paused with \S+ left$", paused, re.MULTILINE)


async def test_service_time_is_told_where_a_clock_is_explained(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "j", "enter", "4")

        assert "0:30 of 0:15 of service time used" in shown(pilot)
