"""P1, P2, P14, P24: what a start costs until frame and rows stand, what an idle console and a worker cost.

python bench/start.py [ROUNDS]

An idle console costs what it does, which valgrind counts as instructions, and what the machine takes for
waking it; a bare process that only sleeps and wakes as often shows how much that is here.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _figures import gate

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskterm.importers.demo.build import PLAYER, build
from tests.terminal import Terminal

ROUNDS = 3
SIZE = (45, 160)
IDLE_SECONDS = 10.0
SETTLE_SECONDS = 6.0
COUNTED_SECONDS = 60.0
"""So long a console is idle where its instructions are counted: once in it the minute ticks on the screen."""
COUNTED_SETTLE_SECONDS = 60.0
"""The same as `SETTLE_SECONDS` under valgrind, where a start takes fifty times as long."""
A_MILLISECOND = 1.88e6
"""Instructions in a millisecond of CPU, from the key of the figures' first measuring: 2.35 M took 1.25 ms."""
LATER = timedelta(days=30) // timedelta(microseconds=1)
SLEEPER = "import time\nwhile True: time.sleep({pause})"
WARM = "P3 to P5  no warm start is built: a parent that forks consoles is not worth it below some 50 agents"
DAEMON = """
import time
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Field, Session, SQLModel, create_engine, select
class Row(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
engine = create_engine("sqlite://")
SQLModel.metadata.create_all(engine)
def look():
    with Session(engine) as session:
        session.exec(select(Row)).all()
scheduler = BackgroundScheduler()
scheduler.add_job(look, "interval", seconds=0.5)
scheduler.start()
time.sleep(60)
"""


def imports(rounds: int, *modules: str) -> float:
    """Return the median CPU seconds of importing modules in a new process."""
    taken = []
    for _round in range(rounds):
        before = os.times()
        subprocess.run([sys.executable, "-c", "import " + ", ".join(modules)], check=True)
        after = os.times()
        taken.append(
            after.children_user - before.children_user + after.children_system - before.children_system
        )
    return statistics.median(taken)


def start(url: str) -> tuple[float, float]:
    """Return the CPU seconds of a console until its frame stands, and until its rows do."""
    console = Terminal([sys.executable, "-m", "deskterm", "--database", url, "--as", PLAYER])
    try:
        console.until(console.seen("QUEUE"), 30)
        frame = console.cpu_seconds()
        console.until(console.seen("INC-"), 30)
        return frame, console.cpu_seconds()
    finally:
        console.close()


def quieten(file: Path) -> None:
    """Let nothing fall due on a desk for a month, so that no clock counts seconds on the screen."""
    with closing(sqlite3.connect(file)) as desk, desk:
        desk.execute("UPDATE clock SET due_at = due_at + ?", (LATER,))
        desk.execute(
            "UPDATE clock SET next_alert_at = next_alert_at + ? WHERE next_alert_at < 4e18", (LATER,)
        )
        desk.execute("UPDATE ticket SET sla_due_at = sla_due_at + ?", (LATER,))
        desk.execute("UPDATE timer SET due_at = due_at + ?", (LATER,))


def idle(command: list[str], ready: str) -> tuple[float, int]:
    """Return the CPU milliseconds and the wake-ups of ten seconds in which nobody touches a program."""
    console = Terminal(command, size=SIZE)
    try:
        console.until(console.seen(ready), 30)
        rest(console, SETTLE_SECONDS)
        cpu, wakeups = console.cpu_milliseconds(), console.wakeups()
        rest(console, IDLE_SECONDS)
        return console.cpu_milliseconds() - cpu, console.wakeups() - wakeups
    finally:
        console.close()


def rest(console: Terminal, seconds: float) -> None:
    """Touch nothing for a while."""
    end = time.monotonic() + seconds
    console.until(lambda: time.monotonic() > end, seconds + 5)


def counted(command: list[str]) -> int:
    """Return how many instructions a console takes while it is idle for `COUNTED_SECONDS`."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "counted"
        valgrind = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={found}"]
        console = Terminal([*valgrind, *command], size=SIZE, environ={"PYTHONHASHSEED": "0"})
        dump = ["callgrind_control", "--dump", str(console.process.pid)]
        try:
            console.until(console.seen("INC-"), 300)
            for seconds in (COUNTED_SETTLE_SECONDS, COUNTED_SECONDS):
                rest(console, seconds)
                subprocess.run(dump, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            console.close()
        return int(Path(f"{found}.2").read_text().rpartition("totals:")[2])


def memory(*command: str) -> float:
    """Return the resident memory of a command that has run for some seconds, in MiB."""
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    time.sleep(SETTLE_SECONDS)
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Measure on a demo desk, and print each figure with its floor and its gate."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.db"
        build(url, datetime.now(UTC).replace(microsecond=0))
        textual = imports(rounds, "textual.app")
        both = imports(rounds, "textual.app", "sqlmodel")
        starts = [start(url) for _round in range(rounds)]
        frame = statistics.median(taken[0] for taken in starts)
        rows = statistics.median(taken[1] for taken in starts)
        ratio("P1  first frame, s CPU / import textual.app", frame, textual, 1.25)
        ratio("P2  first rows, s CPU / import textual.app and sqlmodel", rows, both, 1.20)
        print(WARM)
        quieten(Path(folder) / "desk.db")
        show_idle([sys.executable, "-m", "deskterm", "--database", url, "--as", PLAYER])
        ours = memory("-m", "deskterm", "--database", url, "worker")
        ratio("P24 worker, MiB / APScheduler with SQLModel", ours, memory("-c", DAEMON), 1.3)


def show_idle(console: list[str]) -> None:
    """Measure an idle console, and print its figures with their gates."""
    cpu, wakeups = idle(console, "INC-")
    print(f"P14 idle 10 s: {wakeups} wake-ups {gate(wakeups, 160)}, then {gate(wakeups, 70)}")
    pause = IDLE_SECONDS / wakeups
    bare, _times = idle([sys.executable, "-I", "-S", "-c", SLEEPER.format(pause=pause)], "")
    print(f"P14 idle 10 s: {cpu:.0f} ms CPU, of which a process that only wakes as often takes {bare:.0f}")
    if shutil.which("valgrind") is None:
        print("P14 valgrind: not installed")
        return
    taken = counted(console) * IDLE_SECONDS / COUNTED_SECONDS
    spent = taken / A_MILLISECOND
    print(f"P14 idle 10 s: {taken / 1e6:.1f} M instructions, {spent:.1f} ms"
          f" {gate(spent, 20)}, then {gate(spent, 5)}")  # fmt: skip


def ratio(figure: str, ours: float, floor: float, limit: float) -> None:
    """Print a figure over its floor."""
    print(f"{figure}: {ours:.2f} / {floor:.2f} = {ours / floor:.2f} {gate(ours / floor, limit)}")


if __name__ == "__main__":
    main()
