"""A desk at nine on a Monday with its clock stopped, on each database that deskterm supports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from tests import postgres
from tests.databases import MONDAY_NINE, Databases, Files, Furnish, Server, leave_empty
from tests.desks import populate

SWITCH = "DESKTERM_TEST_POSTGRES"
"""Set to `off` to leave PostgreSQL out on your own machine; CI never does."""


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """SQLite databases."""
    return Files(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """PostgreSQL databases, on a server for this process of pytest."""
    if os.environ.get(SWITCH) == "off":
        pytest.skip(f"{SWITCH}=off")
    with (
        postgres.server() as socket,
        psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as control,
    ):
        yield Server(socket, control)


@pytest.fixture
def furnish() -> Furnish:
    """What desks hold: the shipped standard and one person of every role; a folder may override it."""
    return populate


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each kind of database. Not for snapshots: their names would differ."""
    kind: Databases = request.getfixturevalue(request.param)
    return kind


@pytest.fixture
def database(databases: Databases, furnish: Furnish) -> Iterator[str]:
    """The URL of a furnished desk's database, the one that `desk` works on."""
    with databases.copy(furnish) as url:
        yield url


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The URL of a migrated database that holds no desk yet."""
    with databases.copy(leave_empty) as url:
        yield url


@pytest.fixture
def clock() -> StoppedClock:
    """A clock that stands at nine on Monday the first of June 2026, in Paris."""
    return StoppedClock(MONDAY_NINE)


@pytest.fixture
def desk(database: str, clock: StoppedClock) -> Iterator[Desk]:
    """A desk on each kind of database."""
    with closing(Desk.open(database, clock=clock)) as desk:
        yield desk


@pytest.fixture
def second_console(desk: Desk, database: str) -> Iterator[Desk]:
    """Another console of the same desk, with the same clock."""
    with closing(Desk.open(database, clock=desk.clock)) as other:
        yield other


@pytest.fixture
def sqlite_desk(sqlite: Databases, furnish: Furnish, clock: StoppedClock) -> Iterator[Desk]:
    """A desk on SQLite alone, for screens and their snapshots."""
    with sqlite.copy(furnish) as url, closing(Desk.open(url, clock=clock)) as desk:
        yield desk
