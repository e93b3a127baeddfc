"""The programs themselves, killed at random while thresholds fall due by the real time (G3, G8, F1, F12)."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.domain.standard import TargetName
from tests.desks import one
from tests.processes.crowd import until
from tests.processes.programs import go_live, start_console, start_worker
from tests.processes.tickets import CLOCK, AlertKey, audit, open_many
from tests.terminal import Terminal

TICKETS = 200
TARGET = timedelta(hours=4)
"""In which a ticket of priority 1 is to be resolved."""
LASTS = timedelta(seconds=6)
"""From the first missed target to the last."""
KILLS = 6
PAUSE_SECONDS = (0.8, 1.2)
"""Between two kills: a program takes a second of a processor to start, and should do something then."""

Program = subprocess.Popen[bytes] | Terminal


@pytest.fixture
def live(database: str) -> str:
    return go_live(database)


def test_real_workers_and_a_console_killed_at_random_lose_and_double_nothing(live: str) -> None:
    chance = random.Random(4711)
    with closing(Desk.open(live)) as desk, programs(live) as running:
        until(lambda: one(desk, "SELECT count(*) FROM heartbeat") == len(running))
        with closing(Desk.open(live, clock=StoppedClock(datetime.now(UTC) - TARGET))) as opening:
            open_many(opening, TICKETS, apart=LASTS / TICKETS, team="network")

        fired_between = []
        for turn in range(KILLS):
            fired_between.append(fired(desk))
            look_on(running, chance.uniform(*PAUSE_SECONDS))
            place = chance.randrange(len(running)) if turn >= len(running) else turn
            running[place] = kill_and_start_again(*running[place])
        until(lambda: fired(desk) >= TICKETS)
        look_on(running, 1.0)  # whoever would do it twice has time to

        assert len(set(fired_between)) > 2, "kills should find alerts under way"
        audit(desk, missed(desk))


def fired(desk: Desk) -> int:
    count: int = one(desk, "SELECT count(*) FROM alert")
    return count


def missed(desk: Desk) -> list[AlertKey]:
    """Return the alerts of every target that was missed; what came before the desk went live has none."""
    resolution = select(CLOCK).where(CLOCK.c.target == TargetName.RESOLUTION, CLOCK.c.ticket_id > 1)
    with desk.look(SYSTEM) as look:
        return [
            (row.ticket_id, row.target, row.cycle, 100, row.due_at)
            for row in look.connection.execute(resolution)
        ]


Start = Callable[[], Program]


@contextmanager
def programs(url: str) -> Iterator[list[tuple[Start, Program]]]:
    """Start a console and two workers, each with what starts it again; none of them survives."""
    starts: list[Start] = [lambda: start_console(url, "dana"), *[lambda: start_worker(url)] * 2]
    running = [(start, start()) for start in starts]
    try:
        yield running
    finally:
        for _start, program in running:
            kill(program)


def kill_and_start_again(start: Start, program: Program) -> tuple[Start, Program]:
    kill(program)
    return start, start()


def kill(program: Program) -> None:
    """Kill with -9."""
    if isinstance(program, Terminal):
        program.close()
    else:
        program.kill()
        program.wait()


def look_on(running: list[tuple[Start, Program]], seconds: float) -> None:
    """Take for some time what consoles paint, as terminals do."""
    for _start, program in running:
        if isinstance(program, Terminal):
            program.read(seconds / 2)
