"""P20, P21, P22: an update with its ledger row, durable creates per second, four processes that write.

python bench/writes.py [ACTS]
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from _figures import gate

from deskterm.desk import Desk, Transaction
from deskterm.domain.errors import Busy
from deskterm.domain.people import Role
from deskterm.domain.ticket import Channel
from deskterm.services import founding, intake, journal, tickets
from deskterm.services.drafts import AgentDraft, Edit, NewTicket
from deskterm.storage.tables import Ticket
from deskterm.storage.types import table

ACTS = 300
WRITERS = 4
PACE_SECONDS = 0.05
"""Between two acts of one writer: eighty acts a second in all, far above what a desk sees."""
PEERS = {"django-helpdesk": "helpdesk", "roundup": "roundup"}
COLUMNS = ", ".join(f'"{column.name}"' for column in table(Ticket).columns)


def found(file: Path) -> Desk:
    """Return a new desk with somebody who may work."""
    roles = frozenset({Role.ADMIN, Role.AGENT})
    return founding.found(f"sqlite:///{file}", AgentDraft(login="root", name="Root", roles=roles))


def open_one(desk: Desk, place: int) -> str:
    draft = NewTicket(summary=f"Audio drops in calls {place}", channel=Channel.MONITORING)
    return intake.open_ticket(desk, draft, by="root")


def update(desk: Desk, acts: int) -> float:
    """Return the CPU seconds of changing a ticket's extent: the row and its ledger entry."""
    number = open_one(desk, 0)
    tickets.set_fields(desk, number, Edit(extent=acts + 1), by="root")  # what a process does once
    began = time.process_time()
    for place in range(acts):
        tickets.set_fields(desk, number, Edit(extent=place + 1), by="root")
    return (time.process_time() - began) / acts


def update_raw(file: Path, acts: int) -> float:
    """Return the CPU seconds of reading and writing the same rows by sqlite3, durably."""
    hash_, details = bytes(32), '{"changes":{"extent":[1,2]}}'
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous = FULL")
        began = time.process_time()
        for place in range(acts):
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("SELECT roles FROM agent WHERE login = 'root'").fetchall()
            raw.execute(f"SELECT {COLUMNS} FROM ticket WHERE id = 1").fetchone()
            raw.execute("SELECT * FROM event WHERE subject_type = 'ticket' AND subject_id = 1").fetchone()
            raw.execute("SELECT * FROM clock WHERE ticket_id = 1").fetchall()
            raw.execute(
                "UPDATE ticket SET extent = ?, version = version + 1, updated_at = ? WHERE id = 1",
                (place, time.time_ns() // 1000),
            )
            raw.execute("SELECT hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
            raw.execute(
                "INSERT INTO event (at, recorded_at, by, kind, subject_type, subject_id, data, prev_hash,"
                " payload_hash, hash) VALUES (1, 1, 'root', 'ticket.changed', 'bench', 1, ?, ?, ?, ?)",
                (details, hash_, hash_, hash_),
            )
            raw.execute("COMMIT")
        return (time.process_time() - began) / acts


def create(desk: Desk, acts: int) -> float:
    """Return how many tickets a second are opened, each durable before the next."""
    began = time.perf_counter()
    for place in range(acts):
        open_one(desk, place)
    return acts / (time.perf_counter() - began)


def write(url: str, number: str, acts: int, results: str, start: Barrier) -> None:
    """Add one to a ticket's extent again and again, as people do, and note how long each took."""
    desk = Desk.open(url)
    desk.transact("root", lambda tx: journal.changes_of(tx.take(number)))  # what a process does once
    spent, busy = [], 0
    start.wait()
    for _ in range(acts):
        time.sleep(PACE_SECONDS)
        began = time.perf_counter()
        try:
            desk.transact("root", lambda tx: _one_more(tx, number))
        except Busy:
            busy += 1
        spent.append(time.perf_counter() - began)
    Path(results, str(os.getpid())).write_text(f"{busy} " + " ".join(map(str, spent)))


def _one_more(tx: Transaction, number: str) -> None:
    extent = tx.take(number).extent or 0
    tickets.set_fields.work(tx, number, Edit(extent=extent + 1), by="root")


def write_together(folder: Path, acts: int) -> tuple[float, int, int]:
    """Return the 99th percentile in seconds, the updates that were lost, and how often the desk was busy."""
    file, results = folder / "together.db", folder / "results"
    results.mkdir()
    with closing(found(file)) as desk:
        number = open_one(desk, 0)
    spawning = multiprocessing.get_context("spawn")
    given = (f"sqlite:///{file}", number, acts, str(results), spawning.Barrier(WRITERS))
    writers = [spawning.Process(target=write, args=given) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    busy = 0
    spent: list[float] = []
    for result in results.iterdir():
        refused, *each = result.read_text().split()
        busy += int(refused)
        spent += map(float, each)
    with closing(sqlite3.connect(file)) as raw:
        (extent,) = raw.execute("SELECT extent FROM ticket").fetchone()
    return sorted(spent)[int(len(spent) * 0.99)], WRITERS * acts - busy - extent, busy


def main() -> None:
    acts = int(sys.argv[1]) if len(sys.argv) > 1 else ACTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(found(folder / "update.db")) as desk:
            ours = update(desk, 30)  # a ledger of thirty entries is a long one
            floor = update_raw(folder / "update.db", acts)
        with closing(found(folder / "create.db")) as desk:
            create(desk, 20)
            rate = create(desk, acts)
        p99, lost, busy = write_together(folder, acts // 3)
    print(f"P20 update with ledger   floor {floor * 1e6:.0f} µs   ours {ours * 1e6:.0f} µs"
          f"   ratio {ours / floor:.1f} {gate(ours / floor, 3.5)}")  # fmt: skip
    print(f"P21 durable creates a second   ours {rate:.0f}")
    for peer, module in PEERS.items():
        known = "installed: run its own bench" if importlib.util.find_spec(module) else "not installed"
        print(f"P21 {peer}   {known} (gate: ours at least 4 times its rate)")
    print(f"P22 {WRITERS} writing processes   p99 {p99 * 1e3:.0f} ms {gate(p99 * 1e3, 50)}"
          f"   lost {lost} {gate(lost, 0)}   busy {busy} {gate(busy, 0)}")  # fmt: skip


if __name__ == "__main__":
    main()
