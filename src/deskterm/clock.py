"""What time it is: the one place that asks the machine."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the desk's time."""

    def now(self) -> datetime:
        """Return the current instant, aware and in UTC."""


class SystemClock:
    """The machine's time, guarded: it never runs backwards, so nothing that fired can un-fire.

    `offset` is what the database's clock is ahead of this machine's (PostgreSQL).
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset
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
            return self._seen + self.offset


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


class StoppedClock:
    """A clock that moves only when told; for tests, pictures and replays."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self.at

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on and return where it stands."""
        self.at += by
        return self.at
