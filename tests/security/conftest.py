"""Fixtures of the security tests: a desk full of payloads, and where bugs are written down."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from tests.security.hostile_desk import spoil
from tests.ui.lively import TUESDAY, lively_desk


@pytest.fixture(scope="session")
def hostile_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that is spoilt once and copied for each test."""
    file = tmp_path_factory.mktemp("hostile") / "desk.db"
    with closing(lively_desk(f"sqlite:///{file}", StoppedClock(TUESDAY))) as desk:
        pass
    spoil(f"sqlite:///{file}")
    with closing(Desk.open(f"sqlite:///{file}")) as desk, desk.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def hostile_file(hostile_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(hostile_template, tmp_path / "hostile.db"))


@pytest.fixture
def hostile_desk(hostile_file: Path) -> Iterator[Desk]:
    """A desk in whose every text column stands a payload."""
    with closing(Desk.open(f"sqlite:///{hostile_file}", clock=StoppedClock(TUESDAY))) as desk:
        yield desk


@pytest.fixture(autouse=True)
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Let bugs be written down here; returns their texts."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def read() -> list[str]:
        return [file.read_text() for file in (tmp_path / "state").rglob("*.txt")]

    return read
