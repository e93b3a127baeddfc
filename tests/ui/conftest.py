"""Fixtures of the console's tests: a desk on SQLite whose clock stands at half past two on a Tuesday."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from tests.ui.lively import TUESDAY, lively_desk


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(TUESDAY)


@pytest.fixture
def desk(tmp_path: Path, clock: StoppedClock) -> Iterator[Desk]:
    desk = lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", clock)
    yield desk
    desk.close()
