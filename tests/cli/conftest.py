"""The command line run in this process, on a rehearsal desk whose clock stands at nine on a Monday."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from deskterm.cli.program import main
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services.facts import Fact, put_fact
from tests.databases import MONDAY_NINE, Databases, Furnish
from tests.desks import populate


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class Cli(Protocol):
    """Runs a command."""

    def __call__(self, *arguments: str, stdin: str | None = None) -> Ran: ...


@pytest.fixture
def furnish() -> Furnish:
    return rehearsing


def rehearsing(desk: Desk) -> Desk:
    populate(desk)
    desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.REHEARSAL, MONDAY_NINE.isoformat()))
    return desk


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those that a test makes."""
    monkeypatch.setenv("DESKTERM_CONFIG", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("DESKTERM_LANG", "en")


@pytest.fixture
def url(sqlite: Databases, furnish: Furnish, settings: None) -> Iterator[str]:
    with sqlite.copy(furnish) as url:
        yield url


@pytest.fixture
def cli(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: None) -> Cli:
    """Run commands as dana."""
    monkeypatch.setenv("DESKTERM_DATABASE", url)

    def run(*arguments: str, stdin: str | None = None) -> Ran:
        typed = _Terminal() if stdin is None else io.StringIO(stdin)
        monkeypatch.setattr("sys.stdin", typed)
        named = arguments if "--as" in arguments else ("--as", "dana", *arguments)
        code = main(named)
        return Ran(code, *capsys.readouterr())

    return run


class _Terminal(io.StringIO):
    """A terminal at which nobody types."""

    def isatty(self) -> bool:
        return True
