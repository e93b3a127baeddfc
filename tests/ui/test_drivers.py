"""The two drivers that may talk to a terminal, told apart by what they ask it for."""

from __future__ import annotations

import re
import signal
import sys
import termios
from contextlib import closing

import pytest

from tests.terminal import Terminal

START_SECONDS = 30.0
TITLE_KEPT = b"\x1b[22;2t"
"""Only our driver has the terminal remember its title."""
LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"
PENS = re.compile(rb"\x1b\[[\d;]*m")
PUT_DOWN = {b"\x1b[m", b"\x1b[0m"}


def started(url: str, driver: str) -> Terminal:
    """Start a console that shows its desk."""
    command = [sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url, "--as", "dana"]
    console = Terminal(command, environ={"DESKTERM_DRIVER": driver})
    console.until(console.seen("live"), START_SECONDS)
    return console


@pytest.mark.parametrize(("driver", "is_own"), [("own", True), ("stock", False)])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_the_driver_that_is_set_talks_to_the_terminal_and_ends_in_order(
    url: str, driver: str, is_own: bool, number: int
) -> None:
    with closing(started(url, driver)) as console:
        console.signal(number)
        console.until(lambda: console.process.poll() is not None)

        console.read()
        assert (TITLE_KEPT in console.output) is is_own
        assert console.process.returncode == 0
        assert LEFT_ALTERNATE_SCREEN in console.output
        assert PENS.findall(console.output)[-1] in PUT_DOWN
        assert termios.tcgetattr(console.line) == console.attributes


@pytest.mark.parametrize("driver", ["own", "stock"])
def test_a_terminal_that_grew_is_painted_down_to_its_last_line(url: str, driver: str) -> None:
    with closing(started(url, driver)) as console:
        for lines in (30, 40):
            console.resize(lines, 100)
            last_line = re.compile(rb"\x1b\[%d(;1)?H" % lines)
            console.until(lambda: last_line.search(console.output))  # noqa: B023 - called at once
