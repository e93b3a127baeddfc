"""A desk at nine on a Monday with its clock stopped, on each database that deskterm supports."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.storage.db import migrate
from tests import postgres

MONDAY_NINE = datetime(2026, 6, 1, 7, tzinfo=UTC)
"""Nine o'clock in Paris."""
SWITCH = "DESKTERM_TEST_POSTGRES"
"""Set to `off` to leave PostgreSQL out on your own machine; CI never does."""
TEMPLATE = "template_desk"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    socket: Path
    control: psycopg.Connection

    def url(self, name: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database; copying files is twice as fast here as replaying them from the log."""
        self.control.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A server for this process of pytest, with one migrated database to copy."""
    if os.environ.get(SWITCH) == "off":
        pytest.skip(f"{SWITCH}=off")
    with (
        postgres.server() as socket,
        psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as control,
    ):
        server = Postgres(socket, control)
        server.create(TEMPLATE)
        migrate(server.url(TEMPLATE))
        yield server


@pytest.fixture
def postgres_database(postgres_server: Postgres) -> Iterator[str]:
    """The URL of an empty desk's database on PostgreSQL."""
    name = f"desk_{uuid.uuid4().hex}"
    postgres_server.create(name, TEMPLATE)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, closed, so that nothing of it is left in a write-ahead log."""
    file = tmp_path_factory.mktemp("template") / "desk.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_database(sqlite_template: Path) -> Iterator[str]:
    """The URL of an empty desk's database on SQLite, in memory if that has room: commits sync."""
    with tempfile.TemporaryDirectory(prefix="deskterm-", dir=postgres.place()) as folder:
        yield f"sqlite:///{shutil.copy(sqlite_template, folder)}"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty desk's database, once on each kind; not for snapshots, whose names would differ."""
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture
def clock() -> StoppedClock:
    """A clock that stands at nine on Monday the first of June 2026, in Paris."""
    return StoppedClock(MONDAY_NINE)


@pytest.fixture
def desk(database: str, clock: StoppedClock, furnish: Callable[[Desk], None]) -> Iterator[Desk]:
    """A furnished desk, on each database."""
    with closing(Desk.open(database, clock=clock)) as desk:
        furnish(desk)
        yield desk


@pytest.fixture
def second_console(desk: Desk, database: str) -> Iterator[Desk]:
    """Another console of the same desk, with the same clock."""
    with closing(Desk.open(database, clock=desk.clock)) as other:
        yield other


@pytest.fixture
def sqlite_desk(sqlite_database: str, clock: StoppedClock, furnish: Callable[[Desk], None]) -> Iterator[Desk]:
    """A furnished desk on SQLite alone, for screens and their snapshots."""
    with closing(Desk.open(sqlite_database, clock=clock)) as desk:
        furnish(desk)
        yield desk


@pytest.fixture
def furnish() -> Callable[[Desk], None]:
    """Put the standard and the people into an empty desk; a folder of tests may override it."""
    return lambda desk: None
