"""A year with 10,000 changes: the calendar's paint, a step of a moved change, and what its conflicts cost.

*Conflicts* asks the interval index what one change collides with, next to comparing it with every other.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from console import BUDGET_SECONDS, ROUNDS, SIZE, reached
from sqlalchemy import insert
from window import NOW, desk_with, milliseconds

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import Booking, Planner
from deskterm.reads import calendar
from deskterm.storage.db import WRITES
from deskterm.storage.tables import Change, ConfigurationItem
from deskterm.ui.app import DeskApp
from deskterm.ui.screens.calendar import CalendarScreen

CHANGES = 10_000
ITEMS = 400
YEAR = timedelta(days=365)
STEPS = ("first paint", "next week", "take up", "a step", "month")


def desk_of_changes(file: Path) -> None:
    """Make a desk with so many planned changes around now."""
    with closing(desk_with(file, 0)) as desk:
        writing = desk.engine.connect().execution_options(**{WRITES: True})
        with writing as connection, connection.begin():
            connection.execute(insert(ConfigurationItem), [{"key": f"ci-{n}"} for n in range(ITEMS)])
            connection.execute(insert(Change), [_change(key) for key in range(1, CHANGES + 1)])


def _change(key: int) -> dict[str, Any]:
    quarter = timedelta(minutes=15)
    start = NOW - YEAR / 2 + (key * 7919 % (YEAR // quarter)) * quarter
    return {
        "id": key,
        "version": 1,
        "kind": "normal",
        "status": "scheduled",
        "summary": f"Patch host {key}",
        "requester": "root",
        "assignee": "root",
        "ci": f"ci-{key % ITEMS}",
        "planned_start": start,
        "planned_end": start + timedelta(hours=1 + key % 4),
        "standard_version": 1,
        "opened_at": NOW,
        "updated_at": NOW,
    }


async def one_round(url: str) -> list[float]:
    """Return how long each step took, in seconds."""
    with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
        app = DeskApp(desk, "root", environ={"COLORTERM": "truecolor"})
        async with app.run_test(size=SIZE) as pilot:
            taken = []

            async def step(act: Callable[[], object], holds: Callable[[], bool]) -> None:
                start = time.perf_counter()
                act()
                await reached(pilot, holds)
                taken.append(time.perf_counter() - start)

            await reached(pilot, app.ready.is_set)
            await reached(pilot, lambda: app.queue.is_read)
            await step(app.queue.action_go_calendar, lambda: _page(app) is not None)
            screen = app.screen
            assert isinstance(screen, CalendarScreen)
            shown = screen._page
            await step(lambda: screen.action_travel("week_on"), lambda: screen._page is not shown)
            screen.action_next_change()
            await step(screen.action_move, lambda: screen.moving is not None)
            before = screen.moving
            await step(lambda: screen.action_travel("down"), lambda: screen.moving is not before)
            screen.action_unwind()
            shown = screen._page
            await step(lambda: screen.action_show_view("3"), lambda: screen._page is not shown)
            return taken


def _page(app: DeskApp) -> object:
    return app.screen._page if isinstance(app.screen, CalendarScreen) else None


def by_comparing(planner: Planner, asked: Booking) -> list[int]:
    """Return what overlaps a booking and shares an item, a service or a person, by looking at all."""
    return [
        other.key
        for other in planner.index.bookings.values()
        if other.key != asked.key
        and other.start < asked.end
        and asked.start < other.end
        and (asked.cis & other.cis or asked.services & other.services or asked.people & other.people)
    ]


def main() -> None:
    """Print each step's median and whether it keeps its budget, then the cost of a conflict check."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        desk_of_changes(file)
        url = f"sqlite:///{file}"
        rounds = [asyncio.run(one_round(url)) for _ in range(ROUNDS)]
        with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
            planner = calendar.planner(desk, NOW - YEAR, NOW + YEAR, by="root")
    print(f"{CHANGES:,} changes in a year, {SIZE[0]}x{SIZE[1]}, median of {ROUNDS} rounds")
    print(f"budget {BUDGET_SECONDS} s a step")
    for name, *times in zip(STEPS, *rounds, strict=True):
        seconds = statistics.median(times)
        print(f"  {name:<12} {1000 * seconds:7.0f} ms  {'ok' if seconds <= BUDGET_SECONDS else 'OVER'}")
    asked = planner.index.bookings[CHANGES // 2]
    ours = milliseconds(lambda: planner.conflicts(asked))
    brute = milliseconds(lambda: by_comparing(planner, asked), rounds=5)
    print(f"  conflicts    {ours:7.3f} ms, by comparing with all {brute:.3f} ms: {ours / brute:.4f}")


if __name__ == "__main__":
    main()
