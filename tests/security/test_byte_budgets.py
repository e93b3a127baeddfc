"""Console check 5: what keys and idleness send over the line, counted on a real terminal."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from tests.security.recorded import GRAMMAR, STEERING
from tests.terminal import Terminal
from tests.ui.lively import TUESDAY, lively_desk

KEY_BYTES = 1_000
SCREEN_BYTES = 40_000
IDLE_SECONDS = 6.0
CLOCKS = re.compile(r"[\d:dhms +\-!<>%#.]*")
"""What may change while nobody does anything: the hour, ages, what is left of targets."""
REPLIES = re.compile(r"\x1b\[\?[0-9;]*[hl]|\x1b\[[<>=]?[0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Modes that the driver sets and asks for at the start."""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Terminal]:
    """A console at 160x45 on a rehearsal desk, after its first frames."""
    file = tmp_path / "desk.db"
    with closing(lively_desk(f"sqlite:///{file}", StoppedClock(TUESDAY))):
        pass
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO desk (name, value) VALUES ('rehearsal', ?)", (TUESDAY.isoformat(),))
    environ = {"XDG_STATE_HOME": str(tmp_path), "DESKTERM_CONFIG": str(tmp_path / "none.toml")}
    command = [sys.executable, "-m", "deskterm", "--database", str(file), "--as", "dana"]
    terminal = Terminal(command, size=(45, 160), environ=environ | {"COLORTERM": "truecolor"})
    terminal.until(terminal.seen("INC-"), 30)
    quiet(terminal)
    yield terminal
    terminal.close()


def quiet(terminal: Terminal, seconds: float = 0.6) -> bytes:
    """Take what is painted until nothing is for a while."""
    taken = b""
    end = time.monotonic() + 15
    while time.monotonic() < end and (data := terminal.read(seconds)):
        taken += data
    return taken


def test_keys_screens_and_idleness_stay_in_their_budgets(console: Terminal) -> None:
    pressed(console, "0")
    pressed(console, "\r")
    moved = [pressed(console, key) for key in ("\x1b", "w", "w", "w", "j", "j", "j")][-3:]
    switched = [pressed(console, key) for key in ("2", "0", "gn", "\x1b")]

    idle = b""
    end = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < end:
        idle += console.read(0.5)

    assert max(moved) < KEY_BYTES, moved
    assert max(switched) < SCREEN_BYTES, switched
    shown = GRAMMAR.sub("", idle.decode())
    assert CLOCKS.fullmatch(shown), shown
    everything = REPLIES.sub("", GRAMMAR.sub("", console.output.decode()))
    assert not STEERING.findall(everything.replace("\r", ""))


def pressed(console: Terminal, keys: str) -> int:
    """Press keys and return how many bytes that painted."""
    console.press(keys)
    return len(quiet(console))
