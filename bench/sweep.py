"""P17, P18, P19: what an idle sweep costs with few clocks and with many, how fast alerts fire, how late.

On the way to a screen an alert is swept by whoever comes first, consoles or a worker.

python bench/sweep.py [CLOCKS]
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.domain.ticket import Channel, Level
from deskterm.scheduler import Scheduler
from deskterm.services import founding, intake
from deskterm.services.drafts import AgentDraft, NewTicket
from deskterm.services.facts import Fact, put_fact
from deskterm.services.sweep import sweep
from deskterm.storage.tables import ClockRow, Ticket
from deskterm.storage.types import table
from tests.terminal import Terminal

NOW = datetime(2026, 6, 1, 7, tzinfo=UTC)
FEW = 10_000
MANY = 1_000_000
IDLE_ROUNDS = 300
ALERTS = 4_000
IDLE_ALERTS = 20
IDLE_APART = 0.3
BURST = 10_000
CONSOLES = 2
PATIENCE_SECONDS = 30
LOOK = "SELECT (SELECT min(next_alert_at) FROM clock), (SELECT min(due_at) FROM timer)"
RAW = (
    "INSERT INTO alert (ticket_id, target, cycle, threshold, due_at, fired_at, late) VALUES (?,?,?,?,?,?,?)",
    "INSERT INTO event (at, recorded_at, by, kind, subject_type, subject_id, data, prev_hash, payload_hash,"
    " hash) VALUES (?,?,?,?,?,?,?,?,?,?)",
    "INSERT INTO notification (login, ticket_id, kind, details, urgent, at) VALUES (?,?,?,?,?,?)",
    "UPDATE clock SET fired=?, thresholds=?, next_alert_at=? WHERE ticket_id=? AND target=?",
    "UPDATE ticket SET sla_breached=1, version=version+1, team=?, updated_at=? WHERE id=?",
)
"""What one escalation writes."""


def desk_with(file: Path, clock: StoppedClock, tickets: int, *, targets: str = "%") -> Desk:
    """Return a desk with so many copies of one ticket and of those of its clocks that are named."""
    admin = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}), teams=frozenset({"network"}))
    desk = founding.found(f"sqlite:///{file}", admin, clock=clock)
    draft = NewTicket(
        summary="VPN down", channel=Channel.MONITORING, impact=Level.HIGH, urgency=Level.HIGH, team="network"
    )
    intake.open_ticket(desk, draft, by="root")
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("DELETE FROM clock WHERE target NOT LIKE ?", [targets])
        for model, key in ((table(Ticket), "id"), (table(ClockRow), "ticket_id")):
            _copy(raw, model, key, tickets)
        raw.commit()
    return desk


def _copy(raw: sqlite3.Connection, model: Table, key: str, count: int) -> None:
    columns = [f'"{column.name}"' for column in model.columns if column.name != key]
    raw.execute(
        f"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        f" INSERT INTO {model.name} ({key}, {', '.join(columns)})"
        f" SELECT n.i, {', '.join(columns)} FROM n, {model.name} WHERE {key} = 1",
        [count],
    )


def cpu_of(work: Callable[[], object], rounds: int) -> float:
    """Return the CPU seconds of one round, the best of three series."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - began) / rounds)
    return best


def idle(folder: Path, tickets: int) -> tuple[float, float]:
    """Return the CPU seconds of an idle sweep, and of the bare query underneath."""
    file = folder / f"idle-{tickets}.db"
    with (
        closing(desk_with(file, StoppedClock(NOW), tickets, targets="resolution")) as desk,
        closing(sqlite3.connect(file)) as raw,
    ):
        ours = cpu_of(lambda: sweep(desk), IDLE_ROUNDS)
        floor = cpu_of(lambda: raw.execute(LOOK).fetchone(), IDLE_ROUNDS)
    return ours, floor


def escalate(folder: Path) -> float:
    """Return how many escalations a CPU second holds: alert, ledger, effects, notifications, next tier."""
    clock = StoppedClock(NOW)
    with closing(desk_with(folder / "escalate.db", clock, ALERTS, targets="resolution")) as desk:
        clock.advance(timedelta(hours=4))
        began = time.process_time()
        done = sweep(desk).alerts
        spent = time.process_time() - began
    assert done == ALERTS
    return done / spent


def escalate_raw(folder: Path) -> float:
    """Return how many times a CPU second holds the same rows, written by sqlite3 with everything computed."""
    file = folder / "raw.db"
    desk_with(file, StoppedClock(NOW), ALERTS, targets="resolution").close()
    at, hash_, details = 1780297200000000, bytes(32), "{" + 150 * " " + "}"
    rows: tuple[list[tuple[object, ...]], ...] = (
        [(key, "resolution", 1, 100, at, at, 0) for key in range(1, ALERTS + 1)],
        [
            (at, at, SYSTEM, kind, "ticket", key, details, hash_, hash_, hash_)
            for key in range(1, ALERTS + 1)
            for kind in ("alert.fired", "ticket.escalated")
        ],
        [("root", key, "alert.fired", details, 1, at) for key in range(1, ALERTS + 1)],
        [(100, "", at, key, "resolution") for key in range(1, ALERTS + 1)],
        [("infrastructure", at, key) for key in range(1, ALERTS + 1)],
    )
    with closing(sqlite3.connect(file)) as raw:
        began = time.process_time()
        for statement, values in zip(RAW, rows, strict=True):
            raw.executemany(statement, values)
        raw.commit()
        return ALERTS / (time.process_time() - began)


def waiting_desk(file: Path, clocks: int) -> str:
    """Make a desk with so many clocks that no instant is near for, and return its URL."""
    clock = StoppedClock(datetime.now(UTC))
    with closing(desk_with(file, clock, clocks, targets="acknowledge")) as desk:
        desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.DEMO, "root"))
    return f"sqlite:///{file}"


def fall_due(file: Path, apart: float) -> dict[int, float]:
    """Let the clocks reach their first threshold soon, one so many seconds after the other; return when."""
    first = time.time() + 1.5
    with closing(sqlite3.connect(file, timeout=5)) as raw:
        raw.execute(
            "UPDATE clock SET next_alert_at = ? + ? * ticket_id", [int(first * 1e6), int(apart * 1e6)]
        )
        raw.execute(
            "UPDATE clock SET thresholds = '50:' ||"
            " strftime('%Y-%m-%dT%H:%M:%f', next_alert_at / 1e6, 'unixepoch') || '+00:00'"
        )
        raw.commit()
        return dict(raw.execute("SELECT ticket_id, next_alert_at / 1e6 FROM clock"))


def lateness(folder: Path) -> list[float]:
    """Return by how many seconds alerts were committed after their instants, in an idle desk that sweeps."""
    file = folder / "late.db"
    url = waiting_desk(file, IDLE_ALERTS)
    late: dict[int, float] = {}
    with closing(Desk.open(url)) as desk, closing(sqlite3.connect(file)) as raw:
        scheduler = Scheduler(desk, session="bench")
        scheduler.start()
        due = fall_due(file, IDLE_APART)
        while len(late) < IDLE_ALERTS and time.time() < due[IDLE_ALERTS] + PATIENCE_SECONDS:
            time.sleep(0.002)
            for (key,) in raw.execute("SELECT ticket_id FROM alert"):
                late.setdefault(key, time.time() - due[key])
        scheduler.stop()
    assert len(late) == IDLE_ALERTS
    return sorted(late.values())


def burst(folder: Path) -> float:
    """Return by how many seconds a worker committed 99 of 100 alerts of a burst after their instant."""
    file = folder / "burst.db"
    url = waiting_desk(file, BURST)
    command = [sys.executable, "-m", "deskterm", "--database", url, "worker"]
    with (
        closing(sqlite3.connect(file)) as raw,
        subprocess.Popen(command, stdout=subprocess.DEVNULL) as worker,
    ):
        try:
            _wait(lambda: raw.execute("SELECT count(*) FROM heartbeat").fetchone()[0])
            due = fall_due(file, 0)[1]
            _wait(lambda: raw.execute("SELECT count(*) FROM alert").fetchone()[0] >= BURST * 0.99)
            return time.time() - due
        finally:
            worker.terminate()


def on_screens(folder: Path) -> list[float]:
    """Return by how many seconds alerts were on each of several consoles' screens after their instants."""
    file = folder / "screens.db"
    url = waiting_desk(file, IDLE_ALERTS)
    command = [sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url]
    consoles = [Terminal(command) for _ in range(CONSOLES)]
    seen = [dict[int, float]() for _ in consoles]
    try:
        for console in consoles:
            console.until(console.seen("live"), PATIENCE_SECONDS)
        time.sleep(2)
        due = list(fall_due(file, IDLE_APART).values())
        end = due[-1] + PATIENCE_SECONDS
        while time.time() < end and any(len(each) < IDLE_ALERTS for each in seen):
            for console, times in zip(consoles, seen, strict=True):
                console.read(0.002)
                told = re.findall(rb"(\d+) msg", console.output)
                for count in range(len(times), int(told[-1]) if told else 0):
                    times[count] = time.time() - due[count]
    finally:
        for console in consoles:
            console.close()
    assert all(len(each) == IDLE_ALERTS for each in seen)
    return sorted(late for each in seen for late in each.values())


def _wait(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.005)


def p99(values: list[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    return values[min(len(values) - 1, int(len(values) * 0.99))]


def verdict(measured: float, gate: float, *, least: bool = False) -> str:
    """Return how a figure stands to its gate, and how far it is off where it misses it."""
    ratio = gate / measured if least else measured / gate
    word = "at least" if least else "at most"
    return f"({word} {gate:,g}) {'ok' if ratio <= 1 else f'MISSED by {ratio:.2f}'}"


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    few = max(1, min(FEW, many // 10))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (few_ours, floor), (many_ours, _) = idle(folder, few), idle(folder, many)
        raw, ours = escalate_raw(folder), escalate(folder)
        late, in_burst, shown = lateness(folder), burst(folder), on_screens(folder)
    ratio, beyond = many_ours / few_ours, (many_ours - floor) * 1e6
    print(f"P17 idle sweep, {many:,} clocks   floor {floor * 1e6:.0f} µs   ours {many_ours * 1e6:.0f} µs"
          f"   of {few:,}: {ratio:.2f} {verdict(ratio, 1.2)}")  # fmt: skip
    print(f"P17 beyond the bare query   {beyond:.0f} µs a sweep {verdict(beyond, 50)}")
    print(f"P18 escalations per CPU second   floor {raw:,.0f}   ours {ours:,.0f}   ratio {raw / ours:.2f}"
          f" {verdict(ours, 25_000, least=True)}")  # fmt: skip
    print(f"P19 committed after due, idle   median {late[len(late) // 2] * 1e3:.0f} ms"
          f"   p99 {p99(late) * 1e3:.0f} ms {verdict(p99(late) * 1e3, 300)}")  # fmt: skip
    print(f"P19 committed after due, {BURST:,} at once"
          f"   p99 {in_burst * 1e3:.0f} ms {verdict(in_burst * 1e3, 1000)}")  # fmt: skip
    print(f"P19 on the screens of {CONSOLES} consoles   median {shown[len(shown) // 2] * 1e3:.0f} ms"
          f"   p99 {p99(shown) * 1e3:.0f} ms {verdict(p99(shown) * 1e3, 600)}")  # fmt: skip


if __name__ == "__main__":
    main()
