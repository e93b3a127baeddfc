"""P6 and P7: a window of 40 tickets, ours and raw sqlite3 with the same columns, few and many tickets."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _figures import gate
from sqlalchemy import insert

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.reads.listing import Listing
from deskterm.services import founding
from deskterm.services.drafts import AgentDraft
from deskterm.storage.db import WRITES
from deskterm.storage.tables import Person, Ticket

NOW = datetime(2026, 6, 2, 12, 30, tzinfo=UTC)
WINDOW = 40
ROUNDS = 200
FEW = 10_000
MANY = 1_000_000
TICKETS_OF_ONE = 50
"""So many a caller has in the life of a large desk."""
RAW = """
SELECT t.id, t.version, t.kind, t.status, t.summary, t.priority, t.impact, t.urgency, t.assignee, t.team,
       p.name, t.service, t.opened_at, t.updated_at, t.hold_reason, t.major, t.vip, t.waiting_since,
       t.parent_id,
       t.sla_target, t.sla_due_at, t.sla_risk_at, t.sla_paused, t.sla_remaining_seconds, t.sla_span_seconds,
       t.sla_breached
FROM ticket t LEFT JOIN person p ON p.id = t.caller_id
WHERE t.is_open = 1 ORDER BY t.sla_due_at, t.id LIMIT 40
"""


def desk_with(file: Path, tickets: int) -> Desk:
    """Return a desk with so many open tickets."""
    admin = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}))
    desk = founding.found(f"sqlite:///{file}", admin, clock=StoppedClock(NOW))
    fill(desk, tickets)
    return desk


def fill(desk: Desk, tickets: int) -> None:
    """Write so many open tickets straight into the table of an empty desk."""
    callers = max(100, tickets // TICKETS_OF_ONE)
    people = [{"name": f"Caller {n}", "name_key": f"caller {n}", "vip": False} for n in range(callers)]
    with desk.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(insert(Person), people)
        for first in range(1, tickets + 1, 10_000):
            rows = [_ticket(key, key % callers + 1) for key in range(first, min(first + 10_000, tickets + 1))]
            connection.execute(insert(Ticket), rows)


def _ticket(key: int, caller: int) -> dict[str, object]:
    due = NOW + timedelta(seconds=(key * 7919) % 1_000_003)
    return {
        "id": key,
        "kind": "incident",
        "status": "new",
        "is_open": True,
        "summary": f"VPN down for site {key}",
        "caller_id": caller,
        "channel": "phone",
        "impact": 3,
        "urgency": 2,
        "priority": 4,
        "reported_at": NOW,
        "opened_at": NOW,
        "updated_at": NOW,
        "standard_version": 1,
        "sla_target": "resolution",
        "sla_due_at": due,
        "sla_span_seconds": 3600,
    }


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the CPU time of one run, the best of three."""
    best = []
    for _ in range(3):
        started = time.process_time()
        for _ in range(rounds):
            work()
        best.append((time.process_time() - started) * 1000 / rounds)
    return min(best)


def measure(tickets: int) -> tuple[float, float, float]:
    """Return milliseconds of a raw window, of ours from the top, and of ours in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        desk = desk_with(file, tickets)
        raw = sqlite3.connect(file, isolation_level=None)
        query = parse("is:open")
        listing = Listing(desk, query, "root")
        listing.open(WINDOW)
        listing.freeze()
        middle = tickets // 2
        listing.window(middle, WINDOW)
        try:
            return (
                milliseconds(lambda: raw.execute(RAW).fetchall()),
                milliseconds(lambda: queue.page(desk, query, by="root", limit=WINDOW)),
                milliseconds(lambda: listing.window(middle, WINDOW), rounds=50),
            )
        finally:
            raw.close()
            desk.close()


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    top = {}
    for tickets in (FEW, many):
        raw, ours, middle = measure(tickets)
        top[tickets] = ours
        print(
            f"P6 {tickets:>9,} tickets   raw {raw:.3f} ms   ours {ours:.3f} ms   ratio {ours / raw:.2f}"
            f" {gate(ours / raw, 2)}   middle {middle:.3f} ms"
        )
    ratio = top[many] / top[FEW]
    print(f"P7 window at {many:,} / at {FEW:,}: {ratio:.2f} {gate(ratio, 1.25)}")


if __name__ == "__main__":
    main()
