"""Several processes sweep one desk while they are killed: nothing is lost or doubled (G3, G8, F1, F12)."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.ticket import HoldReason
from deskterm.failpoints import Failpoint
from deskterm.services import progress
from tests.desks import open_ticket
from tests.processes.crowd import (
    PATIENCE_SECONDS,
    crowd,
    run_to_death,
    sweep_but_stop,
    sweep_until_killed,
    until,
)
from tests.processes.tickets import (
    all_done,
    audit,
    due_at,
    leave_without_lead,
    open_many,
    queue_mail,
    spooled,
)
from tests.terminal import is_stopped

SWEEPERS = 4
KILLS = 20
"""At most, for each hour; a slow machine would start processes and get nothing done."""
TICKETS = 1400
LED_TICKETS = 30
"""In a team that has a lead and a manager, to whom alerts that nobody hears go on."""
SWEEP_AT = tuple(timedelta(minutes=minutes) for minutes in (20, 150, 260))
"""After the first ticket: the short targets of all are missed; half of the resolution's; all of it."""
IN_SECOND_TRANSACTION = 3
"""Which reading of the clock that is: a sweep compares, and begins a transaction for each chunk."""
POINTS = [point for point in Failpoint if not point.startswith("import.")]


def test_processes_killed_at_random_and_at_every_step_lose_and_double_nothing(
    desk: Desk, database: str, clock: StoppedClock, tmp_path: Path
) -> None:
    leave_without_lead(desk, "service-desk", "desktop")
    open_many(desk, TICKETS, apart=timedelta(milliseconds=500))
    open_many(desk, LED_TICKETS, team="network")
    review_at = clock.now() + timedelta(minutes=30)
    for _ in range(len(POINTS)):
        progress.hold(desk, open_ticket(desk), HoldReason.VENDOR, review_at=review_at, by="dana")
    begin = clock.now()
    expected = due_at(desk, [begin + after for after in SWEEP_AT])
    chance, kills = random.Random(4711), 0

    for after in SWEEP_AT:
        clock.at = begin + after
        queue_mail(desk, 60)
        if after == SWEEP_AT[1]:
            deaths = [run_to_death(sweep_until_killed, database, clock.at, tmp_path, at) for at in POINTS]
            assert deaths == [-signal.SIGKILL] * len(POINTS)
        with crowd(SWEEPERS, sweep_until_killed, database, clock.at, tmp_path) as sweepers:
            while sweepers.kills < KILLS and not all_done(desk):
                time.sleep(chance.uniform(0.005, 0.06))
                sweepers.kill_one(chance)
            until(lambda: all_done(desk))
            kills += sweepers.kills

    assert kills >= 20
    assert len(expected) >= 3 * TICKETS
    audit(desk, expected)
    spooled(desk, tmp_path)


def test_three_workers_of_whom_one_is_stopped_in_the_middle_do_everything_once(
    desk: Desk, database: str, clock: StoppedClock, tmp_path: Path
) -> None:
    open_many(desk, 300)
    clock.advance(timedelta(minutes=20))
    expected = due_at(desk, [clock.now()])

    with crowd(1, sweep_but_stop, database, clock.at, IN_SECOND_TRANSACTION) as stopped:
        (process,) = stopped.processes
        until(lambda: is_stopped(process.pid))
        with crowd(2, sweep_until_killed, database, clock.at, tmp_path):
            time.sleep(2)
            assert process.pid is not None
            os.kill(process.pid, signal.SIGCONT)
            until(lambda: all_done(desk))
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == 0

    audit(desk, expected)


@pytest.mark.parametrize("point", [Failpoint.OUTBOX_SPOOLED, Failpoint.OUTBOX_MARKED])
def test_mail_is_in_the_spool_once_though_its_worker_dies_at_every_message(
    desk: Desk, database: str, clock: StoppedClock, tmp_path: Path, point: Failpoint
) -> None:
    queue_mail(desk, 4)

    deaths = [run_to_death(sweep_until_killed, database, clock.at, tmp_path, point) for _ in range(3)]
    with crowd(3, sweep_until_killed, database, clock.at, tmp_path):
        until(lambda: all_done(desk))

    assert deaths == [-signal.SIGKILL] * 3
    spooled(desk, tmp_path)
