"""The run sheet: steps worked by two people at once, the countdown, the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import StepState
from deskterm.reads import change
from deskterm.services import runsheet
from deskterm.ui.screens.runsheet import RunSheetScreen, clock_words
from tests import changes as led
from tests.changes import WINDOW
from tests.ui.changing import with_board
from tests.ui.console import console, press, settle, shown, type_text


@pytest.fixture
def number(desk: Desk, clock: StoppedClock) -> str:
    """A change that has begun."""
    clock.at = WINDOW[0] - timedelta(days=1)
    with_board(desk)
    return led.begun(desk, clock)


async def test_steps_are_begun_and_ended_with_their_notes(desk: Desk, number: str) -> None:
    async with console(desk, agent="kim") as pilot:
        pilot.app.push_screen(RunSheetScreen(number))
        await settle(pilot)
        await press(pilot, "enter", "d", "j", "f", "enter")
        assert "Say why the step was not done." in shown(pilot)
        await type_text(pilot, "No console cable")
        await press(pilot, "enter")

        assert "kim: No console cable" in shown(pilot)
    states = [step.state for step in change.record(desk, number, by="kim").sheet]
    assert states == [StepState.DONE, StepState.FAILED]


async def test_what_the_other_console_does_is_seen(desk: Desk, number: str) -> None:
    (first, _second) = led.steps(desk, number)

    async with console(desk, agent="kim") as pilot:
        pilot.app.push_screen(RunSheetScreen(number))
        await settle(pilot)
        runsheet.start_step(desk, number, first, by="ivo")
        await pilot.pause(0.4)
        await settle(pilot)

        assert "running" in shown(pilot)


async def test_a_step_that_somebody_else_just_ended_is_not_ended_again(desk: Desk, number: str) -> None:
    (first, _second) = led.steps(desk, number)

    async with console(desk, agent="kim") as pilot:
        pilot.app.push_screen(RunSheetScreen(number))
        await settle(pilot)
        runsheet.finish_step(desk, number, first, StepState.DONE, by="ivo")
        await press(pilot, "home", "d")

        assert "already" in shown(pilot) or "changed while you were looking" in shown(pilot)


async def test_one_key_and_a_reason_switch_to_the_way_back(desk: Desk, number: str) -> None:
    async with console(desk, agent="kim") as pilot:
        pilot.app.push_screen(RunSheetScreen(number))
        await settle(pilot)
        await press(pilot, "B")
        await type_text(pilot, "It does not come up")
        await press(pilot, "enter")

        assert "ROLLING BACK" in shown(pilot)
        assert "Boot the old image" in shown(pilot)


@pytest.mark.parametrize(
    ("minutes", "told", "late"),
    [
        (0, "in 2:15", False),
        (134, "in 1m00s", False),
        (135, "!! past the point of no return", True),
        (190, "window over by 0:10", True),
    ],
)
def test_the_countdown_ends_at_the_point_of_no_return(
    desk: Desk, number: str, minutes: int, told: str, late: bool
) -> None:
    record = change.record(desk, number, by="kim")

    words, is_late = clock_words(record, WINDOW[0] + timedelta(minutes=minutes))

    assert told in words
    assert is_late is late


async def test_the_live_log_tells_seconds(desk: Desk, number: str, clock: StoppedClock) -> None:
    (first, _second) = led.steps(desk, number)
    clock.advance(timedelta(minutes=3, seconds=7))
    runsheet.start_step(desk, number, first, by="ivo")

    async with console(desk, agent="kim", size=(120, 40)) as pilot:
        pilot.app.push_screen(RunSheetScreen(number))
        await settle(pilot)

        assert "20:03:07" in shown(pilot)
