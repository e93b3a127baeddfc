"""APScheduler in every console and worker: it runs the sweeps and holds no truth, for timers are rows."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from deskterm.desk import Desk
from deskterm.domain.errors import DeskError
from deskterm.domain.people import SYSTEM
from deskterm.services import workplace
from deskterm.services.sweep import sweep
from deskterm.storage.db import checkpoint

SWEEP = "sweep"
SWEEP_EVERY = timedelta(seconds=0.5)
JITTER_SECONDS = 0.2
"""Consoles that wait for the same deadline come one after the other, not as a herd (team.md, section 3)."""
BEAT_EVERY = timedelta(seconds=5)
HAND_OVER_EVERY = timedelta(seconds=1)
CHECKPOINT_EVERY = timedelta(minutes=5)
DRIFT_SECONDS = 1.0
"""How far wall and monotonic time may drift apart before the sweep is scheduled anew."""
GUARD_SECONDS = 1.0

log = logging.getLogger(__name__)


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
        self._stopped = threading.Event()
        self._guard = threading.Thread(target=self._watch_wall_clock, name="clock-guard", daemon=True)
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin to sweep, at once."""
        at_once = datetime.now(UTC)
        self._jobs.add_job(
            self._sweep, "interval", seconds=SWEEP_EVERY.total_seconds(), id=SWEEP, next_run_time=at_once
        )
        self._every(BEAT_EVERY, self._beat)
        if self.hand_over is not None:
            self._every(HAND_OVER_EVERY, self.hand_over)
            self._every(CHECKPOINT_EVERY, lambda: checkpoint(self.desk.engine))
        self._jobs.start()
        self._guard.start()

    def stop(self) -> None:
        """Stop after the sweep that may be under way."""
        self._stopped.set()
        self._jobs.shutdown(wait=True)

    def _every(self, interval: timedelta, job: Callable[[], object]) -> None:
        def guarded() -> None:
            try:
                job()
            except DeskError as refusal:
                log.warning("%s", refusal)

        self._jobs.add_job(
            guarded, "interval", seconds=interval.total_seconds(), next_run_time=datetime.now(UTC)
        )

    def _sweep(self) -> None:
        """Sweep, then come back when something falls due, at the latest after half a second."""
        wait = SWEEP_EVERY
        try:
            swept = sweep(self.desk)
            if swept.next_due is not None:
                wait = min(wait, max(timedelta(), swept.next_due - self.desk.clock.now()))
                if wait < SWEEP_EVERY:
                    wait += timedelta(seconds=random.uniform(0, JITTER_SECONDS))
        except DeskError as refusal:
            log.warning("the sweep waits: %s", refusal)
        self._come_back(wait)

    def _beat(self) -> None:
        self.desk.transact(
            SYSTEM,
            lambda tx: workplace.beat(tx, self.session, self.login, worker=self.hand_over is not None),
        )

    def _come_back(self, wait: timedelta) -> None:
        if self._stopped.is_set():
            return
        try:
            self._jobs.modify_job(SWEEP, next_run_time=datetime.now(UTC) + wait)
        except JobLookupError:
            log.debug("the scheduler stopped meanwhile")

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
                    job.modify(next_run_time=datetime.now(UTC))
