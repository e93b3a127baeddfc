"""The end of a console in the middle of a step: the run sheet stands as it stood, on every console."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import closing

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import StepState
from deskterm.reads import change
from deskterm.reads.change import StepRow
from tests import changes as led
from tests.changes import WINDOW
from tests.terminal import Terminal
from tests.ui.changing import DAY, with_board

START_SECONDS = 30.0


def kill(console: Terminal) -> None:
    console.signal(signal.SIGKILL)


def close_window(console: Terminal) -> None:
    console.hang_up()


@pytest.fixture
def url(url: str) -> str:
    """A desk that lets anybody in, with a change that is being carried out."""
    clock = StoppedClock(WINDOW[0] - DAY)
    with closing(Desk.open(url, clock=clock)) as desk:
        led.begun(with_board(desk), clock)
    return url


def sheet(url: str) -> tuple[StepRow, ...]:
    with closing(Desk.open(url)) as desk:
        return change.record(desk, "CHG-1", by="kim").sheet


def working(url: str) -> Terminal:
    """Start a console of kim's on the run sheet."""
    command = [sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url, "--as", "kim"]
    console = Terminal([*command, "open", "CHG-1"])
    console.until(console.seen("IMPLEMENTING"), START_SECONDS)
    console.press("x")
    console.until(console.seen("RUN SHEET"), START_SECONDS)
    return console


@pytest.mark.parametrize("end", [kill, close_window])
def test_a_step_that_was_under_way_is_still_under_way(url: str, end: Callable[[Terminal], None]) -> None:
    first = working(url)
    first.press("\r")
    first.until(first.seen("Load the image: begun"), START_SECONDS)
    first.press("f")
    first.until(first.seen("Why"), START_SECONDS)
    first.press("half a reas")
    first.until(first.seen("reas"), START_SECONDS)
    before = sheet(url)

    end(first)
    first.process.wait(10)
    first.close()

    second = working(url)
    second.until(second.seen("running"), START_SECONDS)
    second.press("d")
    second.until(second.seen("Load the image: done"), START_SECONDS)
    second.close()
    assert [step.state for step in before] == [StepState.RUNNING, StepState.PLANNED]
    after = sheet(url)
    assert [step.state for step in after] == [StepState.DONE, StepState.PLANNED]
    assert (after[0].began_at, after[1]) == (before[0].began_at, before[1])
    assert after[0].note == ""
