"""The clock of a rehearsal, and who may set it."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import timedelta

import pytest

from deskterm.cli.opening import set_clock
from deskterm.cli.program import REFUSED, USAGE, main
from deskterm.cli.rehearsal import rehearse
from deskterm.clock import RehearsalClock, StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, NotAllowed
from deskterm.reads.status import DeskStatus
from tests.cli.conftest import Cli
from tests.cli.test_acts import new
from tests.databases import MONDAY_NINE


def test_a_rehearsal_runs_from_where_it_stands_for_all_its_consoles(url: str) -> None:
    wall = StoppedClock(MONDAY_NINE + timedelta(days=3000))
    with closing(Desk.open(url, clock=wall)) as desk, closing(Desk.open(url, clock=wall)) as other:
        rehearse(desk, desk.facts(), at=None, speed=60)
        for console in (desk, other):
            set_clock(console, console.facts())
        wall.advance(timedelta(minutes=1))

        assert isinstance(other.clock, RehearsalClock)
        assert desk.clock.now() == MONDAY_NINE + timedelta(hours=1)
        assert other.clock.now() == desk.clock.now()


def test_an_instant_without_a_zone_is_in_the_zone_of_the_rehearsal(url: str) -> None:
    in_lisbon = {**_facts(url), "rehearsal": "2016-04-01T09:00:00+01:00"}
    with closing(Desk.open(url)) as desk:
        facts = rehearse(desk, in_lisbon, at="2016-04-01T10:00", speed=None)

    assert facts["rehearsal"] == "2016-04-01T10:00:00+01:00"


def _facts(url: str) -> dict[str, str]:
    with closing(Desk.open(url)) as desk:
        return desk.facts()


def test_a_rehearsal_never_runs_back_over_what_has_happened(cli: Cli, url: str) -> None:
    new(cli)
    with closing(Desk.open(url)) as desk, pytest.raises(BadInput, match="has lived until"):
        rehearse(desk, desk.facts(), at="2026-05-01T09:00", speed=None)


def test_a_desk_at_work_has_no_other_time(url: str) -> None:
    with closing(Desk.open(url)) as desk, pytest.raises(NotAllowed):
        rehearse(desk, {}, at="2026-05-01T09:00", speed=None)


@pytest.mark.parametrize(("speed", "swept"), [("1", False), ("60", True)])
def test_whoever_sweeps_a_fast_rehearsal_is_timed_by_the_machine(speed: str, swept: bool) -> None:
    a_beat_ago = MONDAY_NINE - timedelta(minutes=5)

    seen = DeskStatus(MONDAY_NINE, a_beat_ago, a_beat_ago, 0, {"rehearsal_speed": speed})

    assert (seen.is_swept, seen.has_worker) == (swept, swept)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which nothing can be painted."""

    class Line:
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdin", Line())
    monkeypatch.setattr(sys, "__stderr__", Line())


@pytest.mark.parametrize(
    "asked",
    [
        ["--at", "garbage", "ls"],
        ["--at", "2026-06-01T10:00", "--speed", "-5", "ls"],
        ["--speed", "60", "show", "INC-1"],
        ["--at", "2026-06-01T10:00", "demo"],
        ["--at", "2026-06-01T10:00", "wallboard"],
    ],
    ids=" ".join,
)
def test_no_verb_takes_the_clock_of_a_rehearsal_in_silence(cli: Cli, asked: list[str]) -> None:
    ran = cli(*asked)

    assert (ran.code, ran.out) == (USAGE, "")
    assert ran.err == "deskterm: --at and --speed open the console of a rehearsal; they go with no verb.\n"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--at", "garbage"], "garbage is no instant"),
        (["--at", "2026-06-01T10:00", "--speed", "0"], "speed is above 0"),
        (["--speed", "-5", "open", "INC-1"], "speed is above 0"),
        (["--plain", "--at", "garbage"], "garbage is no instant"),
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_set_is_refused_before_a_screen_is_painted(
    url: str, terminal: None, capsys: pytest.CaptureFixture[str], asked: list[str], sentence: str
) -> None:
    code = main(["--database", url, "--as", "dana", *asked])

    ran = capsys.readouterr()
    assert (code, ran.out) == (USAGE, "")
    assert sentence in ran.err


def test_a_desk_at_work_refuses_another_time_before_a_screen_is_painted(
    url: str, terminal: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Desk.open(url)) as desk, desk.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM desk WHERE name = 'rehearsal'")

    code = main(["--database", url, "--at", "2026-06-01T10:00"])

    assert code == REFUSED
    assert "this one is at work" in capsys.readouterr().err


def test_a_desk_without_a_screen_takes_the_time_that_is_asked_for(cli: Cli, url: str) -> None:
    cli("--plain", "--at", "2026-06-01T12:00", "--speed", "2", stdin="quit\n")

    with closing(Desk.open(url)) as desk:
        facts = desk.facts()
    assert facts["rehearsal"].startswith("2026-06-01T12:00")
    assert facts["rehearsal_speed"] == "2.0"
