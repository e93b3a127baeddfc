"""The demo desk: it looks alive, adds up, and something happens within minutes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskterm.cli.program import main
from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.calendar import ConflictKind, sentence
from deskterm.domain.people import SYSTEM
from deskterm.domain.verification import Effect, doubt
from deskterm.importers.demo.build import PLAYER, build
from deskterm.query import parse
from deskterm.reads import calendar, candidates, notifications, problems, queue
from deskterm.services.clocks import rebuild_chunk
from deskterm.services.sweep import sweep

NOW = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
"""A Sunday night: whatever must be alive is alive even then."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    build(f"sqlite:///{file}", NOW)
    return file


@pytest.fixture(scope="module")
def desk(built: Path) -> Iterator[Desk]:
    file = shutil.copyfile(built, built.with_name("looked-at.db"))
    with closing(Desk.open(f"sqlite:///{file}", clock=StoppedClock(NOW))) as desk:
        yield desk


def count(desk: Desk, text: str) -> int:
    return queue.count(desk, parse(text), by=PLAYER)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("is:open", 150),
        ("is:new", 20),
        ("is:pending", 15),
        ("is:paused", 15),
        ("is:breached is:open", 10),
        ("status:awaiting_approval", 5),
        ("status:closed", 20),
        ("status:merged", 1),
        ("prio:1", 3),
        ("is:vip", 5),
        ("数据", 1),
        ("assignee:me", 15),
        ("team:mine", 20),
    ],
)
def test_there_is_something_of_everything(desk: Desk, text: str, least: int) -> None:
    assert count(desk, text) >= least


def test_two_changes_meet_on_items_of_which_one_hangs_on_the_other(desk: Desk) -> None:
    page = calendar.page(desk, NOW, NOW + timedelta(days=7), by=PLAYER)

    related = [conflict for _entry, conflict in page.collisions if conflict.kind is ConflictKind.RELATED_CI]
    assert [(conflict.shared, conflict.hard) for conflict in related] == [("vpn-gw-01", False)]
    assert "which is related" in sentence(related[0])


def test_few_candidates_wait_and_the_fix_that_is_watched_has_helped(desk: Desk) -> None:
    waiting = candidates.waiting(desk, by="osei")
    watched = problems.record(desk, "PRB-2", by="osei").verification

    assert {each.subject for each in waiting} == {
        "file-01",
        "Identity · Access / Account locked",
        "Network · Network / Wi-Fi",
    }
    assert watched is not None
    assert (watched.plan.baseline, watched.plan.threshold, watched.count) == (7, 2, 1)
    assert (watched.effect, doubt(watched.plan)) == (Effect.QUIET, "")


def test_the_ledger_and_the_clocks_agree(desk: Desk) -> None:
    assert rebuild_chunk(desk, 0, by=SYSTEM)[1] == []


def test_the_newcomer_is_alerted_within_five_minutes_and_not_before(desk: Desk) -> None:
    clock = desk.clock
    assert isinstance(clock, StoppedClock)
    before = {row.id for row in notifications.unread(desk, by=PLAYER)}

    at_once = sweep(desk)
    clock.advance(timedelta(minutes=5))
    later = sweep(desk)

    assert at_once.alerts == 0
    assert later.alerts >= 4
    fresh = [row for row in notifications.unread(desk, by=PLAYER) if row.id not in before]
    assert any(row.kind == "alert.fired" for row in fresh)


def test_the_newcomer_hears_an_alert_within_two_minutes_and_loses_a_ticket_within_five(built: Path) -> None:
    file, clock = shutil.copyfile(built, built.with_name("played.db")), StoppedClock(NOW)
    heard: dict[str, timedelta] = {}
    with closing(Desk.open(f"sqlite:///{file}", clock=clock)) as desk:
        at_first = {row.id for row in notifications.unread(desk, by=PLAYER)}
        for second in range(1, 300):
            clock.at = NOW + timedelta(seconds=second)
            if sweep(desk).alerts:
                for row in notifications.unread(desk, by=PLAYER):
                    if row.id not in at_first:
                        heard.setdefault(row.kind, clock.at - NOW)

    assert heard["alert.fired"] <= timedelta(minutes=2)
    assert heard["ticket.passed_up"] <= timedelta(minutes=5)


def test_without_a_terminal_it_says_how_to_open_it(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.importers.demo.build._plot", lambda stage, now: iter(()))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")

    code = main(["demo", "--place", str(tmp_path)])

    assert code == 0
    assert capsys.readouterr().out.endswith(f"    deskterm --database {tmp_path / 'demo.db'}\n")
    assert main(["--database", str(tmp_path / "demo.db"), "ls", "--plain"]) == 0
