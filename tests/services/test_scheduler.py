"""The scheduler comes back when something falls due, whatever happens to the wall clock (F8)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest

from deskterm.clock import StoppedClock, SystemClock
from deskterm.desk import Desk
from deskterm.scheduler import Scheduler
from tests.desks import one, open_p1

HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 6
CLOCK_READERS = (
    "deskterm.clock.datetime",
    "deskterm.scheduler.datetime",
    "apscheduler.schedulers.base.datetime",
    "apscheduler.triggers.interval.datetime",
)


class Wall:
    """A wall clock that can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta()
        real, wall = time.time, self

        class Stepped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Stepped:
                shown = datetime.now(tz) + wall.ahead
                return cls.fromtimestamp(shown.timestamp(), tz)

        for reader in CLOCK_READERS:
            monkeypatch.setattr(reader, Stepped)
        monkeypatch.setattr("deskterm.scheduler.time.time", lambda: real() + wall.ahead.total_seconds())

    def step(self, by: timedelta) -> None:
        self.ahead += by


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@contextmanager
def running(desk: Desk) -> Iterator[Scheduler]:
    scheduler = Scheduler(desk, session="test")
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def alerts(desk: Desk) -> int:
    count: int = one(desk, "SELECT count(*) FROM alert")
    return count


def test_a_wall_clock_set_back_never_takes_the_desk_back(wall: Wall) -> None:
    clock = SystemClock()
    before = clock.now()

    wall.step(-HOUR)
    after = clock.now()

    assert timedelta() <= after - before < timedelta(seconds=5)
    assert clock.now() >= after


def test_a_wall_clock_set_forward_takes_the_desk_along_and_never_back(wall: Wall) -> None:
    clock = SystemClock()
    before = clock.now()

    wall.step(HOUR)
    ahead = clock.now()
    wall.step(-HOUR)

    assert HOUR <= ahead - before < HOUR + timedelta(seconds=5)
    assert clock.now() >= ahead


def test_the_offset_of_the_database_counts(wall: Wall) -> None:
    offset = timedelta(minutes=3)

    ahead = SystemClock(offset).now() - SystemClock().now()

    assert abs(ahead - offset) < timedelta(seconds=1)


@pytest.mark.parametrize("step", [timedelta(), HOUR, -HOUR, timedelta(days=1)])
def test_what_falls_due_after_the_wall_clock_was_set_still_fires_in_time(
    desk: Desk, clock: StoppedClock, wall: Wall, step: timedelta
) -> None:
    open_p1(desk)
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
        assert alerts(desk) == 0

        wall.step(step)
        clock.advance(timedelta(minutes=5))

        until(lambda: alerts(desk) == 1)


def test_a_desk_whose_worker_was_down_for_a_day_catches_up_at_once(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
    clock.advance(timedelta(days=1))

    with running(desk):
        until(lambda: alerts(desk) == 3)

    assert one(desk, "SELECT count(*) FROM alert WHERE NOT late") == 0


def test_a_process_notes_that_it_swept(desk: Desk, clock: StoppedClock) -> None:
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat WHERE session = 'test'"))
