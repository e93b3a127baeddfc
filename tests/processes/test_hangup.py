"""Ends of a session, on a real terminal: everything here happened to people."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal, is_stopped

LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"


class Session(Terminal):
    """A small console that saves one word when it leaves."""

    def __init__(self, saved: Path, stdin: int | None = None, **environ: str) -> None:
        self.saved = saved
        command = [sys.executable, "-W", "ignore", "-m", "tests.processes.small_console", str(saved)]
        super().__init__(command, stdin=stdin, environ=environ)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session(tmp_path / "saved")
    opened.until(opened.seen("ready:"))
    yield opened
    opened.close()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_saves_restores_the_terminal_and_ends_the_console(session: Session, number: int) -> None:
    started = time.monotonic()

    session.signal(number)
    session.until(lambda: session.process.poll() is not None, 3.0)

    session.read()
    assert session.process.returncode == 0
    assert time.monotonic() - started < 3.0
    assert session.saved.read_text() == "saved"
    assert LEFT_ALTERNATE_SCREEN in session.output
    assert termios.tcgetattr(session.line) == session.attributes


def test_a_closed_window_saves_and_leaves_no_orphan(session: Session) -> None:
    os.close(session.line)
    session.line = -1

    session.hang_up()

    session.process.wait(3.0)
    assert session.saved.read_text() == "saved"


def test_a_parent_that_ignores_hang_ups_leaves_no_orphan(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    session = Session(tmp_path / "saved")
    signal.signal(signal.SIGHUP, before)
    session.until(session.seen("ready:"))
    os.close(session.line)
    session.line = -1

    session.hang_up()

    session.process.wait(3.0)
    assert session.saved.read_text() == "saved"
    session.close()


def test_the_end_of_input_ends_the_console(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    session = Session(tmp_path / "saved", stdin=reader)
    os.close(reader)
    session.until(session.seen("ready:"))

    os.close(writer)
    session.until(lambda: session.process.poll() is not None, 3.0)

    assert session.saved.read_text() == "saved"
    session.close()


def test_a_console_that_hangs_is_ended_by_force_and_gives_the_terminal_back(session: Session) -> None:
    session.press("h")
    time.sleep(0.3)
    session.read()

    session.signal(signal.SIGTERM)
    session.until(lambda: session.process.poll() is not None, 5.0)

    session.read()
    assert session.process.returncode == 128 + signal.SIGTERM
    assert LEFT_ALTERNATE_SCREEN in session.output
    assert termios.tcgetattr(session.line) == session.attributes


def test_stopping_and_continuing_adds_no_threads(session: Session) -> None:
    before = session.threads()

    for _ in range(3):
        taken = session.output.count(b"\x1b[?1049h")
        session.signal(signal.SIGSTOP)
        session.until(lambda: is_stopped(session.process.pid))
        session.signal(signal.SIGCONT)
        session.until(lambda: session.output.count(b"\x1b[?1049h") > taken)  # noqa: B023 - called at once

    assert session.threads() == before
    session.signal(signal.SIGTERM)
    session.until(lambda: session.process.poll() is not None, 3.0)
    assert termios.tcgetattr(session.line) == session.attributes


def test_a_terminal_that_stops_reading_does_not_stop_the_console(session: Session) -> None:
    session.press("f")
    time.sleep(3.0)

    beats = int(session.saved.read_text())
    session.until(lambda: any(int(beat) >= beats for beat in re.findall(rb"beat (\d+)", session.output)))

    assert beats > 75


def test_an_idle_console_uses_no_processor(session: Session) -> None:
    time.sleep(0.5)
    before = session.cpu_seconds()

    time.sleep(1.0)

    assert session.cpu_seconds() - before <= 0.03


def test_bytes_are_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    session = Session(tmp_path / "saved", LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")

    session.until(session.seen("Größe 二要素"))

    session.close()
