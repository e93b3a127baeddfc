"""P1, P2, P14, P24: what a start costs until frame and rows stand, what an idle console and a worker cost.

python bench/start.py [ROUNDS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from _figures import gate

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskterm.importers.demo.build import PLAYER, build
from tests.terminal import Terminal

ROUNDS = 3
IDLE_SECONDS = 10.0
SETTLE_SECONDS = 6.0
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


def idle(url: str) -> tuple[float, int]:
    """Return the CPU milliseconds and the wake-ups of ten seconds in which nobody touches a console."""
    console = Terminal([sys.executable, "-m", "deskterm", "--database", url, "--as", PLAYER])
    try:
        console.until(console.seen("INC-"), 30)
        end = time.monotonic() + SETTLE_SECONDS
        console.until(lambda: time.monotonic() > end, SETTLE_SECONDS + 5)
        cpu, wakeups = console.cpu_milliseconds(), console.wakeups()
        end = time.monotonic() + IDLE_SECONDS
        console.until(lambda: time.monotonic() > end, IDLE_SECONDS + 5)
        return console.cpu_milliseconds() - cpu, console.wakeups() - wakeups
    finally:
        console.close()


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
        cpu, wakeups = idle(url)
        print(f"P14 idle 10 s: {cpu:.0f} ms CPU {gate(cpu, 20)}, then {gate(cpu, 5)};"
              f" {wakeups} wake-ups {gate(wakeups, 160)}, then {gate(wakeups, 70)}")  # fmt: skip
        ours = memory("-m", "deskterm", "--database", url, "worker")
        ratio("P24 worker, MiB / APScheduler with SQLModel", ours, memory("-c", DAEMON), 1.3)


def ratio(figure: str, ours: float, floor: float, limit: float) -> None:
    """Print a figure over its floor."""
    print(f"{figure}: {ours:.2f} / {floor:.2f} = {ours / floor:.2f} {gate(ours / floor, limit)}")


if __name__ == "__main__":
    main()
