"""Console check 2: 50,000 tickets on the screen: first paint, filter, sort and `G`, each from key to rows.

How long a console takes to start is measured in start.py.

python bench/console.py [TICKETS [ROUNDS]]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from _figures import gate
from textual.pilot import Pilot
from window import NOW, desk_with

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp

TICKETS = 50_000
ROUNDS = 5
BUDGET_SECONDS = 0.5
SIZE = (160, 45)
PATIENCE_SECONDS = 30.0
STEPS = ("first paint", "filter", "sort", "G")


async def reached(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Wait until something holds and is painted."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > give_up:
            raise TimeoutError
        await asyncio.sleep(0.001)
    await pilot.pause()


async def one_round(url: str, tickets: int) -> list[float]:
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

            screen = app.queue
            await reached(pilot, app.ready.is_set)
            await reached(pilot, lambda: screen.is_read)
            await step(lambda: screen.action_show_view("0"), lambda: screen.table.total > 0)
            await reached(pilot, lambda: screen.table.total == tickets)
            await step(
                lambda: screen.show_filter("is:open breach<1d"), lambda: 0 < screen.table.total < tickets
            )
            await reached(pilot, lambda: screen.table.total > SIZE[1])
            screen.show_filter("is:open")
            await reached(pilot, lambda: screen.table.total == tickets)
            first = screen.table.cursor
            await step(
                lambda: screen.action_sort("-id"),
                lambda: screen.table.row(tickets) is not None and screen.table.cursor is not None,
            )
            await reached(pilot, lambda: screen.table.total == tickets)
            await step(
                lambda: screen.action_move("bottom"),
                lambda: screen.table.cursor not in (None, first, tickets),
            )
            return taken


def main() -> None:
    """Print each step's median and whether it keeps its budget."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    count = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        desk_with(file, tickets).close()
        rounds = [asyncio.run(one_round(f"sqlite:///{file}", tickets)) for _ in range(count)]
    print(f"{tickets:,} tickets, {SIZE[0]}x{SIZE[1]}, median of {count} rounds")
    for name, *times in zip(STEPS, *rounds, strict=True):
        seconds = statistics.median(times)
        print(f"  {name:<12} {1000 * seconds:7.0f} ms  {gate(1000 * seconds, 1000 * BUDGET_SECONDS)}")


if __name__ == "__main__":
    main()
