"""P25: a window of the queue on PostgreSQL beside raw psycopg; from a change to its repaint elsewhere.

python bench/postgres.py [TICKETS [CHANGES]]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
from _figures import gate, percentile
from window import NOW, RAW, WINDOW, fill, milliseconds

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.services import facts, founding, tickets
from deskterm.services.drafts import AgentDraft, Edit
from deskterm.services.facts import Fact
from tests import postgres
from tests.databases import url_on
from tests.terminal import Terminal

TICKETS = 10_000
CHANGES = 40
PAUSE_SECONDS = 0.37
"""Between changes; not a multiple of any interval at which a console asks for news."""
PATIENCE_SECONDS = 30.0


def found(url: str, count: int) -> None:
    """Make a desk with so many open tickets, at which anybody may sit down."""
    admin = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}))
    with closing(founding.found(url, admin, clock=StoppedClock(NOW))) as desk:
        fill(desk, count)
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "root"))
        with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def windows(url: str, raw: psycopg.Connection) -> tuple[float, float]:
    """Return the CPU milliseconds that a window takes of this process, by psycopg alone and by us."""
    statement, query = RAW.replace("is_open = 1", "is_open"), parse("is:open")
    with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
        floors, ours = [], []
        for _round in range(3):
            floors.append(milliseconds(lambda: raw.execute(statement).fetchall()))
            ours.append(milliseconds(lambda: queue.page(desk, query, by="root", limit=WINDOW)))
    return min(floors), min(ours)


def repaints(url: str, changes: int) -> list[float]:
    """Return how many seconds after each commit a console showed what was changed."""
    with tempfile.TemporaryDirectory() as state, closing(Desk.open(url)) as desk:
        command = [sys.executable, "-m", "deskterm", "--database", url]
        console = Terminal(command, environ={"XDG_STATE_HOME": state})
        try:
            console.until(console.seen("live"), PATIENCE_SECONDS)
            console.press("0")
            console.until(console.seen("INC-"), PATIENCE_SECONDS)
            console.read(1)
            top = queue.page(desk, parse("is:open"), by="root", limit=10)
            return [change(desk, console, top[each % len(top)].number, each) for each in range(changes)]
        finally:
            console.close()


def change(desk: Desk, console: Terminal, number: str, each: int) -> float:
    """Change a summary that a console shows, and return how long that took to arrive."""
    end = time.monotonic() + PAUSE_SECONDS
    while time.monotonic() < end:
        console.read(0.01)
    word = f"Changed-{each}-"
    tickets.set_fields(desk, number, Edit(summary=word), by="root")
    committed = time.perf_counter()
    seen: Callable[[], bool] = console.seen(word)
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not seen():
        if time.monotonic() > give_up:
            raise TimeoutError(word)
        console.read(0.001)
    return time.perf_counter() - committed


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else CHANGES
    try:
        with postgres.server() as socket:
            measure(socket, count, changes)
    except postgres.NoServerError as error:
        print(f"P25 PostgreSQL not installed: {error}")


def measure(socket: Path, count: int, changes: int) -> None:
    """Print the figures of a running server, and those of SQLite beside the repaints."""
    url = url_on(socket, "desk")
    login = {"host": str(socket), "user": "postgres", "autocommit": True}
    with psycopg.connect(dbname="postgres", **login) as control:
        control.execute("CREATE DATABASE desk")
    found(url, count)
    with psycopg.connect(dbname="desk", **login) as raw:
        floor, ours = windows(url, raw)
    print(f"P25 window, {count:,} tickets   psycopg {floor:.3f} ms CPU   ours {ours:.3f}"
          f"   ratio {ours / floor:.2f} {gate(ours / floor, 3)}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        found(beside := f"sqlite:///{folder}/desk.db", count)
        print(f"P25 change to repaint elsewhere, SQLite   {_spread(repaints(beside, changes))}")
    spent = repaints(url, changes)
    high = 1e3 * percentile(spent, 0.95)
    print(f"P25 change to repaint elsewhere, PostgreSQL   {_spread(spent)}"
          f"   {gate(high, 250)}, then {gate(high, 50)}")  # fmt: skip


def _spread(spent: list[float]) -> str:
    median, high = statistics.median(spent), percentile(spent, 0.95)
    return f"median {1e3 * median:.0f} ms   p95 {1e3 * high:.0f} ms"


if __name__ == "__main__":
    main()
