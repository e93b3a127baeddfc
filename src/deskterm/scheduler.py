"""APScheduler in every console and worker: it runs the sweeps and holds no truth, for timers are rows."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from deskterm.desk import Desk
from deskterm.domain.errors import DeskError
from deskterm.domain.people import SYSTEM
from deskterm.services import clocks, workplace
from deskterm.services.facts import Fact
from deskterm.services.sweep import sweep
from deskterm.storage.db import checkpoint

SWEEP, RECOUNT = "sweep", "recount"
SWEEP_EVERY = timedelta(seconds=0.5)
JITTER_SECONDS = 0.2
"""Consoles that wait for the same deadline come one after the other, not as a herd (team.md, section 3)."""
BEAT_SECONDS = 5.0
RECOUNT_EVERY = timedelta(seconds=5)
CORRECT_EVERY = timedelta(minutes=5)
HAND_OVER_EVERY = timedelta(seconds=1)
CHECKPOINT_EVERY = timedelta(minutes=5)
DRIFT_SECONDS = 1.0
"""How far wall and monotonic time may drift apart before the sweep is scheduled anew."""
GUARD_SECONDS = 1.0

log = logging.getLogger(__name__)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # long sweeps may miss their turns


class Scheduler:
    """The sweeps of one process, on a thread of their own.

    Args:
        session: names this process among those that sweep.
        login: whose console it is; `system` for a worker.
        hand_over: what empties the outbox; only a worker has it.
    """

    def __init__(
        self, desk: Desk, *, session: str, login: str = SYSTEM, hand_over: Callable[[], int] | None = None
    ) -> None:
        self.desk = desk
        self.session = session
        self.login = login
        self.hand_over = hand_over
        self._beats_at = 0.0
        """From when on a sweep that worked is noted again, in monotonic time."""
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        """Held while a job is put forward, so that none is once the scheduler has begun to stop."""
        self._guard = threading.Thread(target=self._watch_wall_clock, name="clock-guard", daemon=True)
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin to sweep, at once."""
        self._every(SWEEP_EVERY, self._sweep, SWEEP)
        self._every(RECOUNT_EVERY, self._recount, RECOUNT)
        self._every(CORRECT_EVERY, self.desk.clock.correct)
        if self.hand_over is not None:
            self._every(HAND_OVER_EVERY, self.hand_over)
            self._every(CHECKPOINT_EVERY, lambda: checkpoint(self.desk.engine))
        self._jobs.start()
        self._guard.start()

    def stop(self) -> None:
        """Stop after the sweep that may be under way.

        APScheduler waits for it with the lock that putting a job forward needs.
        """
        with self._turn:
            self._stopped.set()
        self._jobs.shutdown(wait=True)

    def _every(self, interval: timedelta, job: Callable[[], object], name: str | None = None) -> None:
        def guarded() -> None:
            try:
                job()
            except DeskError as refusal:
                log.warning("%s", refusal)

        at_once = datetime.now(UTC)
        self._jobs.add_job(
            guarded, "interval", seconds=interval.total_seconds(), id=name, next_run_time=at_once
        )

    def _sweep(self) -> None:
        """Sweep, note that it worked, and come back when something falls due, or after half a second."""
        wait = SWEEP_EVERY
        try:
            swept = sweep(self.desk)
            self._beat()
            if swept.next_due is not None:
                wait = min(wait, max(timedelta(), swept.next_due - self.desk.clock.now()))
                if wait < SWEEP_EVERY:
                    wait += timedelta(seconds=random.uniform(0, JITTER_SECONDS))
        finally:
            self._come_back(SWEEP, wait)

    def _beat(self) -> None:
        if time.monotonic() >= self._beats_at:
            self.desk.transact(
                SYSTEM,
                lambda tx: workplace.beat(tx, self.session, self.login, worker=self.hand_over is not None),
            )
            self._beats_at = time.monotonic() + BEAT_SECONDS

    def _recount(self) -> None:
        """Go on where whoever counted clocks anew was killed, a chunk at a time, since sweeps can't wait."""
        if Fact.RECOUNTED_TO in self.desk.facts():
            clocks.recount_chunk(self.desk, by=SYSTEM)
            self._come_back(RECOUNT, timedelta())

    def _come_back(self, name: str, wait: timedelta) -> None:
        with self._turn:
            if not self._stopped.is_set():
                self._jobs.modify_job(name, next_run_time=datetime.now(UTC) + wait)

    def _watch_wall_clock(self) -> None:
        """Schedule the jobs anew when the wall clock was set: an interval would wait out the difference."""
        wall, monotonic = time.time(), time.monotonic()
        while not self._stopped.wait(GUARD_SECONDS):
            now_wall, now_monotonic = time.time(), time.monotonic()
            drift = (now_wall - wall) - (now_monotonic - monotonic)
            wall, monotonic = now_wall, now_monotonic
            if abs(drift) > DRIFT_SECONDS:
                log.warning("the wall clock was moved by %.0f s", drift)
                for job in self._jobs.get_jobs():
                    self._come_back(job.id, timedelta())
