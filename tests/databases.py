"""Databases that tests may spoil: copies of templates, which are made once in a process of pytest."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import psycopg

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.storage.db import migrate
from tests.postgres import place

MONDAY_NINE = datetime(2026, 6, 1, 7, tzinfo=UTC)
"""Nine o'clock in Paris."""

Furnish = Callable[[Desk], object]
"""Puts into an empty desk what a folder of tests wants to find there."""


def leave_empty(desk: Desk) -> None:
    """Furnish with nothing."""


class Databases(Protocol):
    """A kind of database."""

    def copy(self, furnish: Furnish) -> AbstractContextManager[str]:
        """Give the URL of a database of one's own, migrated and furnished, and take it away at the end."""


class Files:
    """SQLite, in memory if that has room, since every commit is synced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._templates: dict[Furnish, Path] = {}

    @contextmanager
    def copy(self, furnish: Furnish) -> Iterator[str]:
        """Copy a file, which its last connection left without a write-ahead log."""
        if furnish not in self._templates:
            file = self.folder / f"template{len(self._templates)}.db"
            make(f"sqlite:///{file}", furnish)
            self._templates[furnish] = file
        with tempfile.TemporaryDirectory(prefix="deskterm-", dir=place()) as folder:
            yield f"sqlite:///{shutil.copyfile(self._templates[furnish], Path(folder, 'desk.db'))}"


class Server:
    """PostgreSQL, on a running server."""

    def __init__(self, socket: Path, control: psycopg.Connection) -> None:
        self.socket = socket
        self.control = control
        self._templates: dict[Furnish, str] = {}

    @contextmanager
    def copy(self, furnish: Furnish) -> Iterator[str]:
        """Copy a database: 40 ms for it and 40 ms to drop it; emptying all tables would take longer."""
        if furnish not in self._templates:
            template = self._create("template0")
            make(url_on(self.socket, template), furnish)
            self._templates[furnish] = template
        name = self._create(self._templates[furnish])
        yield url_on(self.socket, name)
        self.control.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"desk_{uuid.uuid4().hex}"
        self.control.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name


def url_on(socket: Path, name: str) -> str:
    """Return the URL of a database on a PostgreSQL server."""
    return f"postgresql+psycopg://postgres@/{name}?host={socket}"


def make(url: str, furnish: Furnish) -> None:
    """Migrate an empty database and furnish it."""
    migrate(url)
    with closing(Desk.open(url, clock=StoppedClock(MONDAY_NINE))) as desk:
        furnish(desk)
