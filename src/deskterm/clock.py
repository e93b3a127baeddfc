"""What time it is: the one place that asks the machine."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the desk's time."""

    def now(self) -> datetime:
        """Return the current instant, aware and in UTC."""

    def correct(self) -> None:
        """Look anew at what the time is measured by; called now and then, and when the wall clock was set."""


class SystemClock:
    """The machine's time, guarded: it never runs backwards, so nothing that fired can un-fire."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen = datetime.now(UTC)
        self._seen_monotonic = time.monotonic()

    def now(self) -> datetime:
        """Return the wall time, or the last one seen plus what has passed since, whichever is later."""
        with self._lock:
            monotonic = time.monotonic()
            carried = self._seen + timedelta(seconds=monotonic - self._seen_monotonic)
            self._seen = max(datetime.now(UTC), carried)
            self._seen_monotonic = monotonic
            return self._seen

    def correct(self) -> None:
        """Do nothing: each reading looks at the machine."""


class DatabaseClock:
    """A database server's time, carried on between two readings by what passes on this machine.

    The wall clock of this machine has no say, so that consoles on several hosts agree whatever theirs show.
    Where the server's was set back, this one stands until it is overtaken: nothing that fired can un-fire.

    Args:
        read: returns the server's current instant.
    """

    def __init__(self, read: Callable[[], datetime]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._told = datetime.min.replace(tzinfo=UTC)
        self.correct()

    def now(self) -> datetime:
        """Return the last reading plus what has passed since, never less than was returned before."""
        with self._lock:
            carried = self._theirs + timedelta(seconds=_passed() - self._read_at)
            self._told = max(self._told, carried)
            return self._told

    def correct(self) -> None:
        """Read the server's clock.

        Raises:
            Unreachable: the server does not answer; time goes on from the last reading.
        """
        before = _passed()
        theirs = self._read()
        with self._lock:
            self._theirs, self._read_at = theirs, (before + _passed()) / 2


def _passed() -> float:
    """Return seconds that nobody can set; they go on while the machine sleeps where it can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


class RehearsalClock:
    """A time of its own: starts at `start` and runs `speed` times as fast as the machine's.

    Args:
        start: what the desk's clock showed at `began`.
        speed: seconds of the desk for one second of the machine.
        began: the machine's time when the rehearsal began; shared by every console of the desk.
        machine: the clock underneath.
    """

    def __init__(self, start: datetime, speed: float, began: datetime, machine: Clock | None = None) -> None:
        self.start = start
        self.speed = speed
        self.began = began
        self.machine = machine or SystemClock()

    def now(self) -> datetime:
        """Return the rehearsed instant."""
        return self.start + (self.machine.now() - self.began) * self.speed

    def correct(self) -> None:
        """Let the clock underneath look."""
        self.machine.correct()


class StoppedClock:
    """A clock that moves only when told; for tests, pictures and replays."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self.at

    def correct(self) -> None:
        """Do nothing: it shows what it was told."""

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on and return where it stands."""
        self.at += by
        return self.at
