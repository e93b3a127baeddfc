"""The two drivers that may talk to a terminal, told apart by what they ask it for."""

from __future__ import annotations

import shutil
import signal
import sys
import termios
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services import facts
from deskterm.services.facts import Fact
from tests.terminal import Terminal

START_SECONDS = 30.0
TITLE_KEPT = b"\x1b[22;2t"
"""Only our driver has the terminal remember its title."""
LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"


@pytest.fixture
def url(template: Path, tmp_path: Path) -> str:
    """A desk of one's own that lets anybody in."""
    file = tmp_path / "desk.db"
    shutil.copy(template, file)
    url = f"sqlite:///{file}"
    with closing(Desk.open(url)) as desk:
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "dana"))
    return url


@pytest.mark.parametrize(("driver", "is_own"), [("own", True), ("stock", False)])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_the_driver_that_is_set_talks_to_the_terminal_and_ends_in_order(
    url: str, driver: str, is_own: bool, number: int
) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url, "--as", "dana"]
    console = Terminal(command, environ={"DESKTERM_DRIVER": driver})
    console.until(console.seen("live"), START_SECONDS)

    console.signal(number)
    console.until(lambda: console.process.poll() is not None)

    console.read()
    assert (TITLE_KEPT in console.output) is is_own
    assert console.process.returncode == 0
    assert LEFT_ALTERNATE_SCREEN in console.output
    assert termios.tcgetattr(console.line) == console.attributes
    console.close()
