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
from deskterm.commands import Place, of_place
from deskterm.services import intake
from deskterm.services.drafts import NewTicket
from tests.security.recorded import GRAMMAR, STEERING
from tests.terminal import Terminal
from tests.ui.lively import TUESDAY, lively_desk

LINES = 45
GOING = [keys for command in of_place(Place.QUEUE) for keys in command.keys if keys.startswith("g ")]
SCREENS = [*(keys.replace(" ", "") for keys in GOING if keys != "g g"), "\r", "T", "c", "?", "\x10", ":", "S"]
"""Keys that lead from the queue to every screen, and to dialogs over it."""
KEY_BYTES = 1_000
PREVIEW_BYTES = 1_500
"""What other words beside the list take, once, when the cursor rests."""
REST_SECONDS = 0.4
SCREEN_BYTES = 40_000
IDLE_SECONDS = 6.0
CLOCKS = re.compile(r"[\d:dhms +\-!<>%#.]*")
"""What may change while nobody does anything: the hour, ages, what is left of targets."""
REPLIES = re.compile(r"\x1b\[\?[0-9;]*[hl]|\x1b\[[<>=]?[0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
"""Modes that the driver sets and asks for at the start."""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Terminal]:
    """A console at 160x45 on a rehearsal desk with more tickets than lines, after its first frames."""
    file = tmp_path / "desk.db"
    with closing(lively_desk(f"sqlite:///{file}", StoppedClock(TUESDAY))) as desk:
        for number in range(LINES):
            draft = NewTicket(
                caller=1,
                summary=f"Label printer at gate {number} prints every second label on the one before it",
                description="Since the new rolls came. " * 12,
                assignee="dana",
                team="service-desk",
            )
            intake.open_ticket(desk, draft, by="kim")
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO desk (name, value) VALUES ('rehearsal', ?)", (TUESDAY.isoformat(),))
    environ = {"XDG_STATE_HOME": str(tmp_path), "DESKTERM_CONFIG": str(tmp_path / "none.toml")}
    command = [sys.executable, "-m", "deskterm", "--database", str(file), "--as", "dana"]
    terminal = Terminal(command, size=(LINES, 160), environ=environ | {"COLORTERM": "truecolor"})
    terminal.until(terminal.seen("INC-"), 30)
    quiet(terminal)
    yield terminal
    terminal.close()


def quiet(terminal: Terminal, seconds: float = 0.15) -> bytes:
    """Take what is painted until nothing is for a while."""
    taken = b""
    end = time.monotonic() + 15
    while time.monotonic() < end and (data := terminal.read(seconds)):
        taken += data
    return taken


def test_no_screen_takes_more_than_its_budget_to_come_or_to_leave(console: Terminal) -> None:
    pressed(console, "0")
    taken = {}

    for there in SCREENS:
        taken[there] = pressed(console, there)
        leave = "\r" if there == "gL" else "\x1b"
        taken[f"back from {there}"] = pressed(console, leave) + pressed(console, "q")
        assert console.shows("Q leaves the desk.")(), (there, console.screen())

    assert {keys: sent for keys, sent in taken.items() if sent > SCREEN_BYTES} == {}
    everything = REPLIES.sub("", GRAMMAR.sub("", console.output.decode()))
    assert not STEERING.findall(everything.replace("\r", ""))


def test_keys_and_idleness_stay_in_their_budgets(console: Terminal) -> None:
    pressed(console, "0")
    on_the_way = pressed(console, "jjjjjjjj") / 8, pressed(console, "kkkkkkkk") / 8
    resting = [pressed(console, key, REST_SECONDS) for key in "jjkk"]
    moved = [pressed(console, key) for key in ("w", "w", "w", "j", "j", "j")][-3:]

    idle = b""
    end = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < end:
        idle += console.read(0.5)

    assert max(*on_the_way, *moved) < KEY_BYTES, (on_the_way, moved)
    assert max(resting) < KEY_BYTES + PREVIEW_BYTES, resting
    shown = GRAMMAR.sub("", idle.decode())
    assert CLOCKS.fullmatch(shown), shown


def pressed(console: Terminal, keys: str, seconds: float = 0.15) -> int:
    """Press keys and return how many bytes that painted."""
    console.press(keys)
    return len(quiet(console, seconds))
