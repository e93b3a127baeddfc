"""Console check 2: what a key reads and paints does not grow with the desk; counted, not timed."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from tests.desks import one, rows
from tests.security.recorded import recorded
from tests.ui.console import press
from tests.ui.lively import TUESDAY

FEW, MANY = 500, 5_000
"""Both more than one window of rows."""
KEYS = ("j", "k", "space", "ctrl+d", "pagedown", "end", "k", "home")
GRAIN = 100
"""Steps of SQLite's machine between two counts; every row that is read takes several."""
SLACK_STEPS = 2_000
"""A screen with other rows; a scan of the table takes tens of thousands."""
PAINTED_BYTES = 6_000
"""The list scrolls by half a page at its edge, and the preview is another's."""


def crowd(file: Path, tickets: int) -> None:
    """Add copies of one open ticket, a second apart and nobody's call, straight into the table."""
    with closing(Desk.open(f"sqlite:///{file}", clock=StoppedClock(TUESDAY))) as desk:
        columns = [str(name) for _id, name, *_rest in rows(desk, "PRAGMA table_info(ticket)")]
        copied = ", ".join(f'"{name}"' for name in columns if name not in ("id", "sla_due_at", "caller_id"))
        first = one(desk, "SELECT max(id) FROM ticket")
        driver = desk.engine.raw_connection()
        driver.execute(
            f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tickets})"
            f" INSERT INTO ticket (id, sla_due_at, {copied})"
            f" SELECT {first} + n.i, sla_due_at + 1000000 * n.i, {copied} FROM n, ticket WHERE id = {first}"
        )
        driver.close()


async def costs(file: Path) -> tuple[list[Counter[str]], int]:
    """Return what each key cost in a console of all open tickets, and how many those are."""
    count: Counter[str] = Counter()

    def step() -> int:
        count["steps"] += GRAIN
        return 0

    def statement(_text: str) -> None:
        count["statements"] += 1

    with closing(Desk.open(f"sqlite:///{file}", clock=StoppedClock(TUESDAY))) as desk:

        @event.listens_for(desk.engine, "checkout")
        def watch(connection: object, *_rest: object) -> None:
            connection.set_progress_handler(step, GRAIN)  # type: ignore[attr-defined]  # it is sqlite3's
            connection.set_trace_callback(statement)  # type: ignore[attr-defined]

        async with recorded(desk) as (app, pilot):
            await press(pilot, "0")
            found = []
            for key in KEYS:
                count.clear()
                app.taken()
                await press(pilot, key)
                count["painted"] = len(app.taken().encode())
                found.append(count.copy())
            return found, app.queue.table.total


async def test_a_key_costs_as_little_among_thousands_of_tickets(template: Path, tmp_path: Path) -> None:
    small, large = (Path(shutil.copy(template, tmp_path / name)) for name in ("small.db", "large.db"))
    crowd(small, FEW)
    crowd(large, MANY)

    few, total = await costs(small)
    many, larger = await costs(large)

    assert larger == total + MANY - FEW
    for key, little, much in zip(KEYS, few, many, strict=True):
        assert much["steps"] <= little["steps"] + SLACK_STEPS, key
        assert much["statements"] <= little["statements"] + 12, key
        assert much["painted"] <= PAINTED_BYTES, key
