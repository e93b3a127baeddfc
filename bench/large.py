"""P12 and P13: keys while somebody else writes, first rows and memory, with few tickets and with many.

Every second ticket is closed; the console is a process on a terminal of its own.

python bench/large.py [TICKETS [KEYS]]
"""

from __future__ import annotations

import multiprocessing
import os
import random
import select
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

from _figures import gate, percentile
from window import desk_with

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services import facts, tickets
from deskterm.services.drafts import Edit
from deskterm.services.facts import Fact
from tests.terminal import Terminal

FEW = 10_000
MANY = 1_000_000
KEYS = 300
ROUNDS = 3
A_SECOND = 50
BUSY = 500
"""So many of the nearest deadlines are what the writer changes: those on the screen are among them."""
TYPING_SECONDS = 0.04
SETTLE_SECONDS = 4.0
PATIENCE_SECONDS = 60.0
CURSOR, ROW = b">", b"INC-"
"""What is painted where the cursor comes to stand, and in every row."""
VIEWS = {"open": "is:open", "all": ""}


@dataclass(frozen=True, slots=True)
class Start:
    """What it took until a view's first rows stood, and what the console held a while after."""

    cpu_seconds: float
    mebibytes: float


def prepare(file: Path, count: int) -> str:
    """Make a desk that anybody may sit down at, and return its URL."""
    with closing(desk_with(file, count)) as desk:
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "root"))
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE ticket SET is_open = 0, status = 'closed', sla_target = NULL WHERE id % 2")
        raw.commit()
    return f"sqlite:///{file}"


@contextmanager
def console(url: str, state: Path) -> Iterator[Terminal]:
    """Start a console that remembers in a folder of its own where it was."""
    command = [sys.executable, "-m", "deskterm", "--database", url]
    opened = Terminal(command, environ={"XDG_STATE_HOME": str(state)})
    try:
        yield opened
    finally:
        opened.close()


def painted(opened: Terminal, sign: bytes) -> float:
    """Wait for a sign to be painted from now on; return the seconds that took."""
    began, seen = time.perf_counter(), b""
    while sign not in seen:
        left = began + PATIENCE_SECONDS - time.perf_counter()
        if left <= 0 or not select.select([opened.terminal], [], [], left)[0]:
            raise TimeoutError(seen[-2000:])
        seen += os.read(opened.terminal, 65536)
    return time.perf_counter() - began


def remember(url: str, state: Path, text: str) -> None:
    """Leave a console at a view, so that the next one begins there."""
    with console(url, state) as opened:
        painted(opened, b"live")
        opened.press("0")
        painted(opened, ROW)
        opened.press("/")
        opened.read(0.3)
        opened.press("\x15" + text + "\r")
        opened.read(1)
        opened.press("Q")
        opened.process.wait(PATIENCE_SECONDS)


def start(url: str, state: Path) -> Start:
    """Start a console where the last one was left."""
    with console(url, state) as opened:
        painted(opened, ROW)
        cpu = opened.cpu_seconds()
        end = time.monotonic() + SETTLE_SECONDS
        opened.until(lambda: time.monotonic() > end, 2 * SETTLE_SECONDS)
        status = Path(f"/proc/{opened.process.pid}/status").read_text()
        return Start(cpu, int(status.partition("VmRSS:")[2].split()[0]) / 1024)


def write(url: str, done: Event, written: str) -> None:
    """Change tickets at a steady pace until told to stop; runs in a process of its own."""
    dice = random.Random(12)
    count, began = 0, time.monotonic()
    with closing(Desk.open(url)) as desk, desk.look(SYSTEM) as look:
        nearest = f"SELECT id FROM ticket WHERE is_open ORDER BY sla_due_at, id LIMIT {BUSY}"
        numbers = [f"INC-{key}" for (key,) in look.connection.exec_driver_sql(nearest)]
    with closing(Desk.open(url)) as desk:
        while not done.wait(max(0.0, began + count / A_SECOND - time.monotonic())):
            count += 1
            tickets.set_fields(desk, dice.choice(numbers), Edit(extent=count), by="root")
    Path(written).write_text(str(count / (time.monotonic() - began)))


def keys(url: str, state: Path, presses: int) -> list[float]:
    """Return how many seconds passed between each `j` and the cursor's new row, past the first few."""
    with console(url, state) as opened:
        painted(opened, ROW)
        opened.read(1)
        spent = []
        for _press in range(presses):
            opened.read(TYPING_SECONDS)
            opened.press("j")
            spent.append(painted(opened, CURSOR))
        return spent[20:]


def keys_beside_a_writer(url: str, state: Path, presses: int) -> tuple[list[float], float]:
    """Return the same while another process writes, and how many transactions a second it did."""
    spawning = multiprocessing.get_context("spawn")
    done, written = spawning.Event(), state / "written"
    writer = spawning.Process(target=write, args=(url, done, str(written)))
    writer.start()
    try:
        spent = keys(url, state, presses)
    finally:
        done.set()
        writer.join()
    return spent, float(written.read_text())


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    presses = int(sys.argv[2]) if len(sys.argv) > 2 else KEYS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = min(FEW, many // 10)
        urls = {count: prepare(folder / f"{count}.db", count) for count in (few, many)}
        for view, text in VIEWS.items():
            for count, url in urls.items():
                remember(url, folder / f"{view}-{count}", text)
        for view in VIEWS:
            first_rows(view, {count: (url, folder / f"{view}-{count}") for count, url in urls.items()})
        quiet = keys(urls[few], folder / f"open-{few}", presses)
        busy, rate = keys_beside_a_writer(urls[many], folder / f"open-{many}", presses)
    print(f"P12 floor: {few:,} tickets, nobody writes   {_spread(quiet)}")
    ratio = percentile(busy, 0.95) / statistics.median(busy)
    print(f"P12 {many:,} tickets, {rate:.0f} transactions a second beside   {_spread(busy)}"
          f"   ratio {ratio:.2f} {gate(ratio, 2.5)}")  # fmt: skip


def first_rows(view: str, places: dict[int, tuple[str, Path]]) -> None:
    """Measure the starts into one view in turn, few tickets and many, and print them."""
    starts: dict[int, list[Start]] = {count: [] for count in places}
    for _round in range(ROUNDS):
        for count, place in places.items():
            starts[count].append(start(*place))
    few, many = (
        Start(min(one.cpu_seconds for one in each), statistics.median(one.mebibytes for one in each))
        for each in starts.values()
    )
    ratio, more = many.cpu_seconds / few.cpu_seconds, many.mebibytes - few.mebibytes
    print(f"P13 {view:<4} first rows   {few.cpu_seconds:.2f} s CPU   {many.cpu_seconds:.2f}"
          f"   ratio {ratio:.2f} {gate(ratio, 1.15)}")  # fmt: skip
    print(f"P13 {view:<4} memory   {few.mebibytes:.1f} MiB   {many.mebibytes:.1f}"
          f"   {more:+.1f} MiB {gate(more, 4)}")  # fmt: skip


def _spread(spent: list[float]) -> str:
    median, high = statistics.median(spent), percentile(spent, 0.95)
    return f"median {1e3 * median:.1f} ms   p95 {1e3 * high:.1f} ms"


if __name__ == "__main__":
    main()
