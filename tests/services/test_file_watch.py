from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from deskterm.storage.file_watch import SETTLED_NS, FileWatch

HOUR_NS = 3_600_000_000_000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The write-ahead log of a database, written to an hour ago."""
    file = tmp_path / "desk.db-wal"
    file.write_bytes(b"page")
    put_back(file, HOUR_NS)
    return file


def watch(log: Path) -> FileWatch:
    return FileWatch(create_engine(f"sqlite:///{str(log).removesuffix('-wal')}"))


def put_back(file: Path, by_ns: int) -> None:
    changed = file.stat().st_mtime_ns - by_ns
    os.utime(file, ns=(changed, changed))


def test_a_log_that_nobody_wrote_to_has_not_changed(log: Path) -> None:
    watched = watch(log)
    first = watched.has_changed()

    assert first
    assert not watched.has_changed()


def test_a_log_that_grew_or_was_written_over_has_changed(log: Path) -> None:
    watched = watch(log)
    watched.has_changed()

    log.write_bytes(b"page page")
    put_back(log, HOUR_NS)
    grown = watched.has_changed()
    put_back(log, SETTLED_NS)
    overwritten = watched.has_changed()

    assert (grown, overwritten) == (True, True)


def test_a_change_that_was_just_seen_may_hide_a_second_one_of_the_same_date(log: Path) -> None:
    watched = watch(log)
    log.write_bytes(b"news")

    seen = [watched.has_changed(), watched.has_changed()]

    assert seen == [True, True]


def test_what_is_no_file_may_always_have_changed(tmp_path: Path) -> None:
    without_log = watch(tmp_path / "desk.db-wal")
    in_memory = FileWatch(create_engine("sqlite://"))

    assert all(each.has_changed() for each in (without_log, in_memory, without_log, in_memory))
