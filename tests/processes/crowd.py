"""Processes that sweep one desk, forked from a server so that they start at once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.failpoints import VARIABLE, Failpoint
from deskterm.services.handover import Spool, hand_over
from deskterm.services.sweep import sweep

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", __name__, "deskterm.standard.load", "psycopg"])
Process = multiprocessing.context.ForkServerProcess

CHUNK = 10
"""Clocks in one transaction of a sweep, so few that a kill finds work half done."""
SETTLED_SECONDS = 0.25
"""After which a process has opened the desk and works."""
PATIENCE_SECONDS = 30


def sweep_until_killed(url: str, at: datetime, spool: Path, dies_at: Failpoint | None = None) -> None:
    """Sweep and hand mail over, as a worker does, at an hour that stands still."""
    if dies_at is not None:
        os.environ[VARIABLE] = dies_at
    desk = Desk.open(url, clock=StoppedClock(at))
    while True:
        try:
            swept = sweep(desk, chunk=CHUNK)
            sent = hand_over(desk, Spool(spool), sender="desk@example.org")
        except Unreachable:
            continue
        if not (swept.alerts or swept.timers or sent):
            time.sleep(0.01)


class StoppingClock(StoppedClock):
    """A clock that stops its whole process, as ^Z would, when it is read for the nth time."""

    def __init__(self, at: datetime, reading: int) -> None:
        super().__init__(at)
        self.readings_left = reading

    def now(self) -> datetime:
        self.readings_left -= 1
        if self.readings_left == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().now()


def sweep_but_stop(url: str, at: datetime, reading: int) -> None:
    """Sweep, but stop the process in the middle; somebody else has to continue it."""
    desk = Desk.open(url, clock=StoppingClock(at, reading))
    sweep(desk, chunk=CHUNK)


class Crowd:
    """Some processes that do the same until they are killed; whoever dies is replaced."""

    def __init__(self, work: Callable[..., None], *args: Any) -> None:
        self.work = work
        self.args = args
        self.processes: dict[Process, float] = {}
        """Who is at work, and since when."""
        self.kills = 0

    def hire(self, *more: Any) -> Process:
        """Start one more."""
        process = FORKS.Process(target=self.work, args=(*self.args, *more), daemon=True)
        process.start()
        self.processes[process] = time.monotonic()
        return process

    def kill_one(self, chance: random.Random) -> None:
        """Kill one at random with -9 that had time to begin, and hire another."""
        settled = time.monotonic() - SETTLED_SECONDS
        victims = [process for process, since in self.processes.items() if since < settled]
        if victims:
            self.dismiss(chance.choice(victims))
            self.kills += 1
            self.hire()

    def dismiss(self, process: Process) -> None:
        """Kill one, stopped or not."""
        process.kill()
        process.join(PATIENCE_SECONDS)
        del self.processes[process]
        process.close()


@contextmanager
def crowd(size: int, work: Callable[..., None], *args: Any) -> Iterator[Crowd]:
    """Hire so many processes, and see to it that none of them survives."""
    hired = Crowd(work, *args)
    try:
        for _ in range(size):
            hired.hire()
        yield hired
    finally:
        for process in list(hired.processes):
            hired.dismiss(process)


def run_to_death(work: Callable[..., None], *args: Any) -> int | None:
    """Run a process that is expected to end, and return its exit code, None if it had to be ended."""
    process = FORKS.Process(target=work, args=args, daemon=True)
    process.start()
    process.join(PATIENCE_SECONDS)
    code: int | None = process.exitcode
    if code is None:
        process.kill()
        process.join(PATIENCE_SECONDS)
    process.close()
    return code


def until(true: Callable[[], object], *, seconds: float = PATIENCE_SECONDS, every: float = 0.02) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(every)
