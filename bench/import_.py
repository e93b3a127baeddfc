"""P23: an import of 24,350 tickets and 139,550 audit rows, in CPU seconds against raw executemany.

The floor is Python's sqlite3 putting the very rows that the import wrote into an empty desk, in as many
transactions. *Load* is our bulk insert putting them there, *import* is everything, from the CSV on. Memory is
the peak of a process that imports the file, beside one that imports a fiftieth of it.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from _figures import gate
from sqlalchemy import select, text

from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.importers.mapped_log import CHUNK_RECORDS, import_log
from deskterm.importers.mapping_file import shipped as mapping
from deskterm.services import founding
from deskterm.services.drafts import AgentDraft
from deskterm.standard.load import shipped
from deskterm.storage import bulk
from deskterm.storage.db import WRITES, migrate
from deskterm.storage.search import SQLITE_PUT
from deskterm.storage.tables import (
    Agent,
    Category,
    ClockRow,
    ConfigurationItem,
    Event,
    Member,
    Person,
    TeamRow,
    Ticket,
)
from deskterm.storage.types import table

SAMPLE = Path(__file__).parent.parent / "tests/data/servicenow/incident_event_log.sample.csv"
TIMES = 50
ZONE = "America/Sao_Paulo"
NAMES = [table(each) for each in (Person, Agent, TeamRow, Member, Category, ConfigurationItem)]


def main() -> None:
    if sys.argv[1:]:
        load_log(Path(sys.argv[1]), Path(sys.argv[2]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        log = grow(folder / "log.csv")
        ours = folder / "import.db"
        spent = cpu(lambda: print(f"P23 {load_log(log, ours)}"))
        raw = min(put_raw(folder / f"raw{turn}.db", ours) for turn in range(2))
        core = min(put_core(folder / f"core{turn}.db", ours) for turn in range(2))
        print(f"P23 raw executemany {raw:6.2f} s CPU")
        print(f"P23 load            {core:6.2f} s   x {core / raw:.2f}   {gate(core / raw, 2)}")
        print(f"P23 import          {spent:6.2f} s   x {spent / raw:.2f}   {gate(spent / raw, 6)}")
        small, large = (peak(file, folder / f"{file.stem}.memory.db") for file in (SAMPLE, log))
        print(f"P23 peak memory     {large:5.1f} MiB, {small:.1f} MiB for a fiftieth of the file")


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that something takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def grow(log: Path) -> Path:
    """Write the sample many times, each time with other incident numbers."""
    header, *lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    with log.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for copy in range(TIMES):
            for line in lines:
                number, rest = line.split(",", 1)
                file.write(f"INC{copy * 100_000 + int(number[3:]):07d},{rest}\n")
    return log


def load_log(log: Path, database: Path) -> str:
    admin = AgentDraft(login="ada", name="Ada", roles=frozenset({Role.ADMIN}))
    desk = founding.found(f"sqlite:///{database}", admin, standard=shipped("servicenow"))
    report = import_log(desk, log, mapping("servicenow"), zone=ZONE, rejects=database.with_suffix(".rejects"))
    desk.close()
    return f"{report.new_tickets:,} tickets, {report.written:,} audit rows"


def parts(last: int) -> Iterator[tuple[str, str, str]]:
    """Yield table, columns, condition of what each transaction puts in; no name begins the next one."""
    for each in NAMES:
        yield each.name, "*", "true"
    for start in range(1, last + 1, CHUNK_RECORDS):
        yield "", "", ""
        span = f"BETWEEN {start} AND {start + CHUNK_RECORDS - 1}"
        yield "ticket", "*", f"id {span}"
        yield "clock", "*", f"ticket_id {span}"
        yield "ticket_words", "rowid, tokens", f"rowid {span}"
        yield "event", "*", f"subject_type = 'ticket' AND subject_id {span}"


def put_raw(database: Path, source: Path) -> float:
    """Put the rows in with nothing but the driver, which is handed what the database had."""
    migrate(f"sqlite:///{database}")
    origin = sqlite3.connect(source)
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    (last,) = origin.execute("SELECT max(id) FROM ticket").fetchone()
    spent = 0.0
    connection.execute("BEGIN IMMEDIATE")
    for name, columns, condition in parts(last):
        if not name:
            spent += cpu(lambda: connection.execute("COMMIT"))
            connection.execute("BEGIN IMMEDIATE")
            continue
        found = origin.execute(f"SELECT {columns} FROM {name} WHERE {condition}")
        named = ", ".join(f'"{each[0]}"' for each in found.description)
        marks = ", ".join("?" * len(found.description))
        rows = found.fetchall()
        insert = f"INSERT INTO {name} ({named}) VALUES ({marks})"
        spent += cpu(partial(connection.executemany, insert, rows))
    return spent + cpu(lambda: connection.execute("COMMIT"))


def put_core(database: Path, source: Path) -> float:
    """Put the rows in as the import does, with statements of SQLAlchemy Core on the tables."""
    migrate(f"sqlite:///{database}")
    tables = {each.name: each for each in (*NAMES, table(Ticket), table(ClockRow), table(Event))}
    origin, desk = Desk.open(f"sqlite:///{source}"), Desk.open(f"sqlite:///{database}")
    spent = 0.0
    with (
        origin.engine.connect() as reading,
        desk.engine.connect().execution_options(**{WRITES: True}) as connection,
    ):
        last = reading.execute(text("SELECT max(id) FROM ticket")).scalar_one()
        for name, _columns, condition in parts(last):
            if not name:
                spent += cpu(connection.commit)
            elif name in tables:
                query = select(tables[name]).where(text(condition))
                rows = [dict(row) for row in reading.execute(query).mappings()]
                spent += cpu(partial(bulk.insert, connection, tables[name], rows))
            else:
                query = text(f"SELECT rowid AS ticket_id, tokens FROM {name} WHERE {condition}")
                rows = [dict(row) for row in reading.execute(query).mappings()]
                spent += cpu(partial(connection.execute, SQLITE_PUT, rows))
        spent += cpu(connection.commit)
    return spent


def peak(log: Path, database: Path) -> float:
    """Return the peak memory in MiB of a process of its own that imports a log."""
    command = [sys.executable, __file__, str(log), str(database)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(printed.split()[-1]) / 1024


if __name__ == "__main__":
    main()
