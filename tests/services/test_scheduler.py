"""The scheduler comes back when something falls due, whatever happens to the wall clock (F8)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from deskterm import scheduler as schedulers
from deskterm.clock import DatabaseClock, StoppedClock, SystemClock
from deskterm.desk import Desk
from deskterm.domain.errors import Busy, Unreachable
from deskterm.reads.status import status
from deskterm.scheduler import Scheduler
from deskterm.services import clocks, standards, sweep
from deskterm.standard.load import shipped
from deskterm.storage import db
from tests.databases import MONDAY_NINE
from tests.desks import one, open_p1, open_ticket, rows

HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 6
CLOCK_READERS = (
    "deskterm.clock.datetime",
    "deskterm.scheduler.datetime",
    "apscheduler.schedulers.base.datetime",
    "apscheduler.triggers.interval.datetime",
)


class Wall:
    """A wall clock that can be set, and a machine that can sleep while a database server's clock goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = self.slept = timedelta()
        real, wall, server_time = time.time, self, db._server_time

        class Stepped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Stepped:
                shown = datetime.now(tz) + wall.ahead
                return cls.fromtimestamp(shown.timestamp(), tz)

        for reader in CLOCK_READERS:
            monkeypatch.setattr(reader, Stepped)
        monkeypatch.setattr("deskterm.scheduler.time.time", lambda: real() + wall.ahead.total_seconds())
        monkeypatch.setattr(db, "_server_time", lambda engine: server_time(engine) + wall.slept)

    def step(self, by: timedelta) -> None:
        self.ahead += by

    def sleep(self, by: timedelta) -> None:
        self.step(by)
        self.slept += by


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@contextmanager
def running(desk: Desk, session: str = "test") -> Iterator[None]:
    scheduler = Scheduler(desk, session=session)
    scheduler.start()
    try:
        yield
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


def test_the_clock_of_a_database_does_not_heed_this_machines_wall_clock(wall: Wall) -> None:
    server = StoppedClock(MONDAY_NINE)
    clock = DatabaseClock(server.now)

    wall.step(HOUR)
    ahead = clock.now()
    wall.step(-2 * HOUR)
    behind = clock.now()

    assert MONDAY_NINE <= ahead <= behind < MONDAY_NINE + timedelta(seconds=5)


def test_the_clock_of_a_database_follows_its_server_and_stands_where_that_was_set_back() -> None:
    server = StoppedClock(MONDAY_NINE)
    clock = DatabaseClock(server.now)

    server.advance(HOUR)
    clock.correct()
    ahead = clock.now()
    server.advance(-HOUR)
    clock.correct()

    assert HOUR <= ahead - MONDAY_NINE < HOUR + timedelta(seconds=5)
    assert clock.now() == ahead


def test_the_clock_of_a_database_goes_on_while_its_server_does_not_answer() -> None:
    answers = [MONDAY_NINE]

    def read() -> datetime:
        if not answers:
            raise Unreachable(reason="gone")
        return answers.pop()

    clock = DatabaseClock(read)
    before = clock.now()
    with pytest.raises(Unreachable):
        clock.correct()

    assert clock.now() > before


def test_a_desk_goes_by_its_databases_clock(database: str, wall: Wall) -> None:
    wall.slept = timedelta(minutes=3)
    with closing(Desk.open(database)) as desk:
        ahead = desk.clock.now() - SystemClock().now()

    expected = timedelta(minutes=3) if database.startswith("postgresql") else timedelta()
    assert abs(ahead - expected) < timedelta(seconds=1)


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


@pytest.fixture
def live(database: str, wall: Wall) -> Iterator[Desk]:
    """A desk that goes by the real time, and on which half of a target is used up in a second."""
    opening = StoppedClock(datetime.now(UTC) - timedelta(minutes=5) + timedelta(seconds=1))
    with closing(Desk.open(database, clock=opening)) as desk:
        open_p1(desk)
    with closing(Desk.open(database)) as desk:
        yield desk


@pytest.mark.parametrize("step", [timedelta(), HOUR, -HOUR])
def test_a_desk_by_the_real_time_alerts_in_time_after_the_wall_clock_was_set(
    live: Desk, wall: Wall, step: timedelta
) -> None:
    half, missed = ("acknowledge", 50), {("acknowledge", 100), ("first_response", 100)}
    is_followed = step > timedelta() and live.engine.dialect.name == "sqlite"

    def fired() -> set[tuple[object, ...]]:
        return set(rows(live, "SELECT target, threshold FROM alert"))

    with running(live):
        until(lambda: one(live, "SELECT count(*) FROM heartbeat"))
        wall.step(step)

        until(lambda: fired() >= (missed if is_followed else {half}))

    assert fired() - {half} == (missed if is_followed else set())


def test_a_desk_by_the_real_time_that_slept_for_a_day_alerts_at_once_and_says_that_it_is_late(
    live: Desk, wall: Wall
) -> None:
    with running(live):
        until(lambda: alerts(live) == 1)
        wall.sleep(timedelta(days=1))

        until(lambda: alerts(live) == 4)

    assert rows(live, "SELECT target, threshold FROM alert WHERE late ORDER BY target") == [
        ("acknowledge", 100),
        ("first_response", 100),
        ("resolution", 100),
    ]


def test_a_desk_whose_worker_was_down_for_a_day_catches_up_at_once(desk: Desk, clock: StoppedClock) -> None:
    open_p1(desk)
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
    clock.advance(timedelta(days=1))

    with running(desk):
        until(lambda: alerts(desk) == 3)

    assert one(desk, "SELECT count(*) FROM alert WHERE NOT late") == 0


def test_who_cannot_sweep_does_not_say_that_somebody_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(_desk: Desk) -> None:
        tried.append(1)
        raise Busy

    monkeypatch.setattr(schedulers, "sweep", refuse)
    with running(desk):
        until(lambda: len(tried) > 1)

    assert not status(desk, by="dana").is_swept


def test_who_begins_to_sweep_forgets_those_that_ended_long_ago(desk: Desk, clock: StoppedClock) -> None:
    sessions = "SELECT session FROM heartbeat ORDER BY session"
    with running(desk, "first"):
        until(lambda: rows(desk, sessions) == [("first",)])
    with running(desk, "second"):
        until(lambda: rows(desk, sessions) == [("first",), ("second",)])

    clock.advance(timedelta(days=2))
    with running(desk, "third"):
        until(lambda: rows(desk, sessions) == [("third",)])


def test_whoever_sweeps_goes_on_where_a_killed_process_left_clocks_uncounted(
    desk: Desk, clock: StoppedClock
) -> None:
    open_ticket(desk)
    standards.store(
        desk, shipped().replace('week.mon-fri = ["08:00-18:00"]', 'week.mon-fri = ["08:00-12:00"]'), by="ada"
    )

    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM desk WHERE name = 'recounted_to'") == 0)

    _, differences = clocks.rebuild_chunk(desk, 0, by="ada")
    assert differences == []
    assert one(desk, "SELECT by FROM event WHERE kind = 'clocks.recounted'") == "system"


def test_who_is_told_hears_of_every_event_soon_and_of_nothing_else(desk: Desk, clock: StoppedClock) -> None:
    told: list[float] = []
    scheduler = Scheduler(desk, session="test", told=lambda: told.append(time.monotonic()))
    scheduler.start()
    try:
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
        time.sleep(0.6)
        before = len(told)
        open_ticket(desk)
        committed = time.monotonic()

        until(lambda: len(told) > before)
    finally:
        scheduler.stop()

    assert before == 0
    assert told[-1] - committed < 1.0


def test_a_desk_that_did_not_answer_is_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    real, answers = sweep.glance, [True]

    def glance(asked: Desk) -> tuple[int, datetime | None]:
        if not answers:
            raise Unreachable(reason="gone")
        return real(asked)

    monkeypatch.setattr(schedulers, "glance", glance)
    scheduler = Scheduler(desk, session="test", told=lambda: told.append(1))
    scheduler.start()
    try:
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
        time.sleep(0.3)
        answers.clear()
        open_ticket(desk)
        time.sleep(0.6)
        unheard = len(told)
        answers.append(True)

        until(lambda: told)
    finally:
        scheduler.stop()

    assert unheard == 0


def test_one_thread_sweeps(desk: Desk) -> None:
    before = threading.active_count()
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))

        assert threading.active_count() == before + 1


def test_a_process_notes_that_it_swept(desk: Desk, clock: StoppedClock) -> None:
    with running(desk):
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat WHERE session = 'test'"))


def test_a_sweep_that_is_put_forward_while_the_scheduler_stops_does_not_hold_it_up(
    desk: Desk, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_p1(desk)
    scheduler = Scheduler(desk, session="test")
    coming_back = threading.Event()
    forward = scheduler._jobs.modify_job

    def slowly(*args: object, **kwargs: object) -> object:
        coming_back.set()
        scheduler._stopped.wait(0.3)
        time.sleep(0.05)
        return forward(*args, **kwargs)

    monkeypatch.setattr(scheduler._jobs, "modify_job", slowly)
    scheduler.start()
    until(lambda: one(desk, "SELECT count(*) FROM heartbeat"))
    clock.advance(timedelta(minutes=5))
    assert coming_back.wait(PATIENCE_SECONDS)
    stopping = threading.Thread(target=scheduler.stop, daemon=True)
    stopping.start()
    stopping.join(PATIENCE_SECONDS)

    assert not stopping.is_alive()


def test_a_bug_in_a_look_at_the_desk_does_not_end_the_sweeps(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def spoilt(_desk: Desk) -> tuple[int, datetime | None]:
        looks.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(schedulers, "glance", spoilt)
    open_p1(desk)
    with running(desk):
        until(lambda: len(looks) > 1)

    assert one(desk, "SELECT count(*) FROM heartbeat") == 1
