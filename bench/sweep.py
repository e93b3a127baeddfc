"""P17, P18, P19: what an idle sweep costs with few clocks and with many, how fast alerts fire, how late.

python bench/sweep.py [CLOCKS]
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, func, select

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM, Role
from deskterm.domain.ticket import Channel, Level
from deskterm.scheduler import Scheduler
from deskterm.services import founding, intake
from deskterm.services.drafts import AgentDraft, NewTicket
from deskterm.services.sweep import sweep
from deskterm.storage.tables import Alert, ClockRow, Ticket
from deskterm.storage.types import table

NOW = datetime(2026, 6, 1, 7, tzinfo=UTC)
FEW = 10_000
MANY = 1_000_000
IDLE_ROUNDS = 300
ALERTS = 4_000
IDLE_ALERTS = 20
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


def lateness(folder: Path) -> list[float]:
    """Return by how many seconds alerts were committed after their instants, in an idle desk that sweeps."""
    file = folder / "late.db"
    clock = StoppedClock(datetime.now(UTC) - timedelta(minutes=5) + timedelta(seconds=2))
    desk_with(file, clock, IDLE_ALERTS, targets="acknowledge").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE clock SET next_alert_at = next_alert_at + 300000 * ticket_id")
        raw.execute(
            "UPDATE clock SET thresholds = '50:' ||"
            " strftime('%Y-%m-%dT%H:%M:%f', next_alert_at / 1e6, 'unixepoch') || '+00:00'"
        )
        raw.commit()
        due = dict(raw.execute("SELECT ticket_id, next_alert_at / 1e6 FROM clock"))
    late: dict[int, float] = {}
    stopped = threading.Event()
    with closing(Desk.open(f"sqlite:///{file}")) as desk, closing(sqlite3.connect(file)) as raw:
        scheduler = Scheduler(desk, session="bench")
        scheduler.start()
        end = time.monotonic() + 3 + 0.3 * IDLE_ALERTS + 3
        while len(late) < IDLE_ALERTS and time.monotonic() < end:
            stopped.wait(0.002)
            for (key,) in raw.execute("SELECT ticket_id FROM alert"):
                late.setdefault(key, time.time() - due[key])
        scheduler.stop()
        with desk.look(SYSTEM) as look:
            count = look.connection.execute(select(func.count()).select_from(table(Alert))).scalar_one()
    assert count == IDLE_ALERTS
    return sorted(late.values())


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (few_ours, floor), (many_ours, _) = idle(folder, min(FEW, many)), idle(folder, many)
        raw, ours = escalate_raw(folder), escalate(folder)
        late = lateness(folder)
    p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
    print(f"P17 idle sweep, {many:,} clocks   floor {floor * 1e6:.0f} µs   ours {many_ours * 1e6:.0f} µs"
          f"   of {min(FEW, many):,}: {many_ours / few_ours:.2f} (gate 1.2)")  # fmt: skip
    print(f"P17 beyond the bare query   {(many_ours - floor) * 1e6:.0f} µs a sweep (gate 50)")
    print(f"P18 escalations per CPU second   floor {raw:,.0f}   ours {ours:,.0f}"
          f"   ratio {raw / ours:.2f} (gate 25,000 a second)")  # fmt: skip
    print(f"P19 committed after due, idle   median {late[len(late) // 2] * 1e3:.0f} ms"
          f"   p99 {p99 * 1e3:.0f} ms (gate 300)")  # fmt: skip


if __name__ == "__main__":
    main()
