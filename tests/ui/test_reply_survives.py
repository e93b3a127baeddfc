"""The end of a console in the middle of a reply: the words are back."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from deskterm.desk import Desk
from deskterm.reads import ticket
from tests.terminal import Terminal

START_SECONDS = 30.0
WORDS = "Half of what Claire needs"
SAVED_SECONDS = 1.0
"""As much typing as a kill without warning may cost."""


def hang_up(console: Terminal) -> None:
    console.signal(signal.SIGHUP)


def terminate(console: Terminal) -> None:
    console.signal(signal.SIGTERM)


def kill(console: Terminal) -> None:
    time.sleep(SAVED_SECONDS)
    console.signal(signal.SIGKILL)


def close_window(console: Terminal) -> None:
    console.hang_up()


def replying(url: str) -> Terminal:
    """Start a console on INC-4 and open the composer."""
    command = [sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url, "--as", "dana"]
    console = Terminal([*command, "open", "INC-4"])
    console.until(console.seen("INTERNAL"), START_SECONDS)
    console.press("r")
    console.until(console.seen("PUBLIC reply"), START_SECONDS)
    return console


@pytest.mark.parametrize("end", [hang_up, terminate, kill, close_window])
def test_a_reply_that_was_being_written_is_back(url: str, end: Callable[[Terminal], None]) -> None:
    first = replying(url)
    first.press(WORDS)
    first.until(first.seen("needs"))

    end(first)
    first.process.wait(10)
    first.close()

    with closing(Desk.open(url)) as desk:
        saved = ticket.draft(desk, "INC-4 reply", by="dana")
    assert saved is not None
    assert saved[0] == WORDS
    second = replying(url)
    second.until(second.seen("Your draft is back."))
    second.until(second.seen(WORDS))
    second.close()
