"""Console check 6: what terminals send for the keymap arrives in tmux and screen as they are shipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.processes import key_echo
from tests.rules.test_commands import BOUND, sent
from tests.terminal import Terminal

START_SECONDS = 30.0
KEY_SECONDS = 5.0
"""Longer than a multiplexer waits for what may follow an Esc."""
KEYS = sorted({part for _name, key in BOUND for part in key.split(" ")})

Inside = Callable[[str], tuple[list[str], list[str]]]
"""Returns, for a folder of one's own, the command in front of the program, and what ends it all."""


def tmux(folder: str) -> tuple[list[str], list[str]]:
    server = ["tmux", "-S", f"{folder}/tmux"]
    return [*server, "-f", "/dev/null", "new-session"], [*server, "kill-server"]


def screen(folder: str) -> tuple[list[str], list[str]]:
    name = Path(folder).name
    return ["screen", "-c", "/dev/null", "-S", name], ["screen", "-S", name, "-X", "quit"]


@contextmanager
def running(command: list[str], end: list[str]) -> Iterator[Terminal]:
    """Run a multiplexer on a terminal, and end it with what runs in it."""
    terminal = Terminal(command, environ={"LANG": "C.UTF-8", "TMUX": "", "STY": ""})
    try:
        yield terminal
    finally:
        subprocess.run(end, capture_output=True, check=False)
        terminal.close()


@pytest.fixture
def short_folder() -> Iterator[str]:
    """A folder for a socket, whose path may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="deskterm-", dir="/tmp") as folder:
        yield folder


@pytest.mark.parametrize("multiplexer", [tmux, screen], ids=["tmux", "screen"])
def test_every_key_arrives_in_a_multiplexer_as_it_is_shipped(multiplexer: Inside, short_folder: str) -> None:
    if shutil.which(multiplexer.__name__) is None:
        pytest.skip(f"{multiplexer.__name__} is not installed")
    heard = Path(short_folder, "heard")
    in_front, end = multiplexer(short_folder)
    echo = [sys.executable, "-W", "ignore", key_echo.__file__, str(heard)]

    lost = []
    with running([*in_front, *echo], end) as terminal:
        terminal.until(heard.exists, START_SECONDS)
        for key in KEYS:
            before = heard.read_text()
            terminal.press(sent(key))
            with suppress(AssertionError):
                terminal.until(lambda: heard.read_text() != before, KEY_SECONDS)  # noqa: B023 - called at once
            arrived = [json.loads(line) for line in heard.read_text()[len(before) :].splitlines()]
            if len(arrived) != 1 or key not in arrived[0]:
                lost.append((key, arrived))

    assert lost == []
