"""Imports that are killed with -9: taken up again, they end in what one run would have made."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.desk import Desk
from deskterm.failpoints import Failpoint
from tests.databases import MONDAY_NINE, Databases, Furnish
from tests.desks import one
from tests.logs import PROBLEMS, ROWS, dump, found, row, write
from tests.processes.crowd import FORKS, PATIENCE_SECONDS, run_to_death
from tests.processes.importing import bring, bring_problems

DIRTY = [row("INC9999999", at="soon"), row("INC9999998", state="Lost")]
"""Rows to reject, at the beginning and at the end."""


@pytest.fixture
def furnish() -> Furnish:
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write(tmp_path / "log.csv", [DIRTY[0], *ROWS, DIRTY[1]])


@pytest.fixture
def unharmed(databases: Databases, log: Path, tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A desk into which the log came in one run, and what was rejected."""
    rejects = tmp_path / "unharmed.csv"
    with databases.copy(found) as url:
        assert run_to_death(bring, url, log, rejects, MONDAY_NINE) == 0
        with closing(Desk.open(url)) as desk:
            yield desk, rejects.read_text()


def test_an_import_killed_at_every_chunk_ends_the_same(
    database: str, unharmed: tuple[Desk, str], log: Path, tmp_path: Path
) -> None:
    rejects = tmp_path / "killed.csv"

    deaths = 0
    for point in (Failpoint.IMPORT_CHUNK_WRITTEN, Failpoint.TRANSACTION_WRITTEN):
        assert run_to_death(bring, database, log, rejects, MONDAY_NINE, point) == -signal.SIGKILL
    while run_to_death(bring, database, log, rejects, MONDAY_NINE, Failpoint.IMPORT_CHUNK_COMMITTED):
        deaths += 1
        assert deaths < 20, "it does not get on"

    with closing(Desk.open(database)) as desk:
        assert dump(desk) == dump(unharmed[0])
        assert one(desk, "SELECT count(*) FROM event WHERE kind = 'ticket.imported'") == len(ROWS)
    assert rejects.read_text() == unharmed[1]
    assert deaths == 4


def test_an_import_killed_at_random_ends_the_same(
    database: str, unharmed: tuple[Desk, str], log: Path, tmp_path: Path
) -> None:
    rejects, chance = tmp_path / "killed.csv", random.Random(4711)

    for _ in range(3):
        process = FORKS.Process(target=bring, args=(database, log, rejects, MONDAY_NINE), daemon=True)
        process.start()
        process.join(chance.uniform(0.05, 0.9))
        process.kill()
        process.join(PATIENCE_SECONDS)
    assert run_to_death(bring, database, log, rejects, MONDAY_NINE) == 0

    with closing(Desk.open(database)) as desk:
        assert dump(desk) == dump(unharmed[0])
    assert rejects.read_text() == unharmed[1]


def test_an_import_of_problems_killed_at_every_chunk_ends_the_same(
    databases: Databases, database: str, tmp_path: Path
) -> None:
    rejects, unharmed = tmp_path / "killed.csv", tmp_path / "unharmed.csv"

    deaths = 0
    for point in (Failpoint.IMPORT_CHUNK_WRITTEN, Failpoint.TRANSACTION_WRITTEN):
        code = run_to_death(bring_problems, database, PROBLEMS, rejects, MONDAY_NINE, point)
        assert code == -signal.SIGKILL
    while run_to_death(
        bring_problems, database, PROBLEMS, rejects, MONDAY_NINE, Failpoint.IMPORT_CHUNK_COMMITTED
    ):
        deaths += 1
        assert deaths < 20, "it does not get on"

    with databases.copy(found) as url:
        assert run_to_death(bring_problems, url, PROBLEMS, unharmed, MONDAY_NINE) == 0
        with closing(Desk.open(url)) as whole, closing(Desk.open(database)) as desk:
            assert dump(desk) == dump(whole)
            assert one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.imported'") == 49
    assert rejects.read_text() == unharmed.read_text()
    assert deaths == 4
