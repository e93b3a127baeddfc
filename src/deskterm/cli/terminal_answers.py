"""What a terminal says of itself when it is asked, as far as it answers within a moment."""

from __future__ import annotations

import contextlib
import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deskterm.text import plain

QUESTIONS = b"\x1b[>0q\x1b[?2026$p\x1b[?u\x1b[c"
"""Its name, whether it knows frames, whether it knows Kitty's keys; last what every terminal answers."""
NAME = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
FRAMES = re.compile(rb"\x1b\[\?2026;[1-4]\$y")
KEYS = re.compile(rb"\x1b\[\?\d+u")
LAST = re.compile(rb"\x1b\[\?[\d;]*c")
PATIENCE_SECONDS = 1.0
"""A line to the other side of the world and back, twice."""
MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Answers:
    """What a terminal answered."""

    name: str
    """What it calls itself, with its version; empty where it does not say."""
    has_frames: bool
    """Whether it shows a frame at once, without flicker (mode 2026)."""
    has_all_keys: bool
    """Whether it tells all keys apart, such as `^Enter` from `Enter`."""


def ask(fileno: int) -> Answers | None:
    """Ask the terminal behind a descriptor; None where it does not answer.

    Raises:
        OSError, termios.error: it is no terminal.
    """
    with _raw(fileno):
        os.write(fileno, QUESTIONS)
        said, end = b"", time.monotonic() + PATIENCE_SECONDS
        while not LAST.search(said) and len(said) < MOST_BYTES:
            ready, _, _ = select.select([fileno], [], [], max(0.0, end - time.monotonic()))
            if not ready or not (data := os.read(fileno, MOST_BYTES)):
                return None
            said += data
    name = NAME.search(said)
    called = plain(name[1].decode("utf-8", "replace"), one_line=True) if name else ""
    return Answers(called, bool(FRAMES.search(said)), bool(KEYS.search(said)))


@contextmanager
def _raw(fileno: int) -> Iterator[None]:
    """Let what the terminal answers come at once, and be seen by nobody."""
    before = termios.tcgetattr(fileno)
    tty.setraw(fileno, termios.TCSANOW)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(fileno, termios.TCSADRAIN, before)
