"""Fixtures of the console's tests: a desk on SQLite whose clock stands at half past two on a Tuesday."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services import facts
from deskterm.services.facts import Fact
from deskterm.ui import resting
from tests.ui.lively import TUESDAY, lively_desk


@pytest.fixture(autouse=True)
def zone() -> Iterator[None]:
    """The zone of the wall that screens show: the same on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def _short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits until the keys rest follows sooner, so that tests wait less for it."""
    monkeypatch.setattr(resting, "REST_SECONDS", 0.02)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that is built once and copied for each test."""
    file = tmp_path_factory.mktemp("template") / "desk.db"
    desk = lively_desk(f"sqlite:///{file}", StoppedClock(TUESDAY))
    with desk.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    return file


@pytest.fixture
def url(template: Path, tmp_path: Path) -> str:
    """A desk of one's own that lets anybody in."""
    file = tmp_path / "desk.db"
    shutil.copy(template, file)
    url = f"sqlite:///{file}"
    with closing(Desk.open(url)) as desk:
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "dana"))
    return url


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(TUESDAY)


@pytest.fixture
def desk(template: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Desk]:
    file = tmp_path / "desk.db"
    shutil.copy(template, file)
    desk = Desk.open(f"sqlite:///{file}", clock=clock)
    yield desk
    desk.close()
