"""APScheduler in every console and worker: it runs the sweeps and holds no truth, for timers are rows."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_STOPPED

from deskterm.desk import Desk
from deskterm.domain.errors import DeskError, Unreachable
from deskterm.domain.people import SYSTEM
from deskterm.services import clocks, workplace
from deskterm.services.facts import Fact
from deskterm.services.sweep import glance, sweep
from deskterm.storage.db import checkpoint
from deskterm.storage.file_watch import FileWatch

SWEEP, RECOUNT = "sweep", "recount"
GLANCE_SECONDS = 0.25
"""How often the desk is looked at: whether anything happened, or fell due."""
DISTANT_GLANCE_SECONDS = 0.5
"""The same where a database server has to answer, which gives hints of what happened, too."""
JITTER_SECONDS = 0.2
"""Consoles that wait for the same deadline come one after the other, not as a herd (team.md, section 3)."""
BEAT_EVERY = timedelta(seconds=5)
"""How often somebody sweeps whatever a glance says, and notes it."""
TRY_AGAIN_SECONDS = 0.5
RECOUNT_EVERY = timedelta(seconds=30)
CORRECT_EVERY = timedelta(minutes=5)
HAND_OVER_EVERY = timedelta(seconds=1)
CHECKPOINT_EVERY = timedelta(minutes=5)
DRIFT_SECONDS = 1.0
"""How far wall and monotonic time may drift apart before the jobs are scheduled anew."""

log = logging.getLogger(__name__)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # long sweeps may miss their turns


class Jobs(BackgroundScheduler):  # type: ignore[misc]  # APScheduler says nothing of its types
    """APScheduler with one thread: it runs its jobs itself, and looks at the desk between them.

    Args:
        look: says, after at most how many seconds it wants to be called again.
    """

    def __init__(self, look: Callable[[], float]) -> None:
        super().__init__(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._look = look

    def _main_loop(self) -> None:
        jobs_at = 0.0
        while self.state != STATE_STOPPED:
            if self._event.is_set() or time.monotonic() >= jobs_at:
                self._event.clear()
                jobs_at = time.monotonic() + (self._process_jobs() or 0)
            try:
                wait = self._look()
            except Exception:  # as APScheduler does for its jobs: a bug must not end all sweeps
                log.exception("no look at the desk")
                wait = TRY_AGAIN_SECONDS
            self._event.wait(max(0.0, min(wait, jobs_at - time.monotonic())))


class Scheduler:
    """The sweeps of one process, on a thread of their own.

    Args:
        session: names this process among those that sweep.
        login: whose console it is; `system` for a worker.
        hand_over: what empties the outbox; only a worker has it.
        told: called, on that thread, when something happened on the desk.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        session: str,
        login: str = SYSTEM,
        hand_over: Callable[[], int] | None = None,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self.desk = desk
        self.session = session
        self.login = login
        self.hand_over = hand_over
        self.told = told
        is_distant = desk.engine.dialect.name != "sqlite"
        self._pause = DISTANT_GLANCE_SECONDS if is_distant else GLANCE_SECONDS
        self._watch = FileWatch(desk.engine)
        self._newest: int | None = None
        """The newest event that was seen; None before any."""
        self._due: datetime | None = None
        """What falls due next, as far as is known."""
        self._is_behind = True
        """Whether the database must be asked, since it did not answer the last time."""
        self._sweeps_at = 0.0
        """From when on a sweep makes sense again, in monotonic time."""
        self._beats_at = 0.0
        """From when on a sweep that worked is noted again, in monotonic time."""
        self._is_counting = False
        """Whether clocks are left to be counted anew."""
        self._drift = time.time() - time.monotonic()
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        """Held while a job is put forward, so that none is once the scheduler has begun to stop."""
        self._jobs = Jobs(self._look)

    def start(self) -> None:
        """Begin to sweep, at once."""
        self._every(BEAT_EVERY, self._sweep, SWEEP)
        self._every(RECOUNT_EVERY, self._recount, RECOUNT)
        self._every(CORRECT_EVERY, self.desk.clock.correct)
        if self.hand_over is not None:
            self._every(HAND_OVER_EVERY, self.hand_over)
            self._every(CHECKPOINT_EVERY, lambda: checkpoint(self.desk.engine))
        self._jobs.start()

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

    def _look(self) -> float:
        """Say what happened, sweep if something is due, and return when to look again.

        Whatever the clock shows then decides: it may have been set, or run faster than the machine's.
        """
        self._heed_wall_clock()
        if self._is_counting:
            self._put_forward(RECOUNT)
        try:
            self._glance()
        except Unreachable as error:
            log.info("no glance at the desk: %s", error)
            return self._pause
        if self._due is None:
            return self._pause
        left = (self._due - self.desk.clock.now()).total_seconds()
        if left > 0:
            return min(self._pause, left + random.uniform(0, JITTER_SECONDS))
        if time.monotonic() >= self._sweeps_at:
            self._put_forward(SWEEP)
        return self._pause

    def _glance(self) -> None:
        """See what is new and what falls due next; the database is asked only if it may have changed."""
        self._is_behind = self._watch.has_changed() or self._is_behind
        if not self._is_behind:
            return
        before = self._newest
        self._newest, self._due = glance(self.desk)
        self._is_behind = False
        if before not in (None, self._newest):
            self.told()

    def _sweep(self) -> None:
        """Sweep, and note that it worked."""
        self._sweeps_at = time.monotonic() + TRY_AGAIN_SECONDS
        sweep(self.desk)
        self._sweeps_at = time.monotonic() + JITTER_SECONDS
        if time.monotonic() >= self._beats_at:
            self.desk.transact(
                SYSTEM,
                lambda tx: workplace.beat(tx, self.session, self.login, worker=self.hand_over is not None),
            )
            self._beats_at = time.monotonic() + BEAT_EVERY.total_seconds() / 2

    def _recount(self) -> None:
        """Go on where whoever counted clocks anew was killed, a chunk at a time, since sweeps can't wait."""
        self._is_counting = Fact.RECOUNTED_TO in self.desk.facts()
        if self._is_counting:
            clocks.recount_chunk(self.desk, by=SYSTEM)

    def _put_forward(self, *names: str) -> None:
        """Let jobs run at once."""
        with self._turn:
            if not self._stopped.is_set():
                for name in names:
                    self._jobs.modify_job(name, next_run_time=datetime.now(UTC))

    def _heed_wall_clock(self) -> None:
        """Schedule the jobs anew when the wall clock was set: an interval would wait out the difference."""
        drift = time.time() - time.monotonic()
        moved, self._drift = drift - self._drift, drift
        if abs(moved) > DRIFT_SECONDS:
            log.warning("the wall clock was moved by %.0f s", moved)
            self._put_forward(*(job.id for job in self._jobs.get_jobs()))
