"""One picture for each state worth a look; each at 80x24 and 160x45 where that differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.reads import feed
from deskterm.ui.app import DeskApp
from deskterm.ui.screens.queue import QueueScreen
from tests.ui.console import press, settle, type_text
from tests.ui.lively import TUESDAY, empty_desk

SnapCompare = Callable[..., bool]
SMALL = (80, 24)
LARGE = (160, 45)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])
COLOURS = {"COLORTERM": "truecolor"}


def pressing(*keys: str, text: str = "") -> Callable[[Pilot[None]], object]:
    """Return what brings a console into a state: it reads, keys are pressed, a text is typed."""

    async def run(pilot: Pilot[None]) -> None:
        await pilot.app.ready.wait()  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        await press(pilot, *keys)
        if text:
            await type_text(pilot, text)

    return run


@SIZES
def test_the_queue(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("0", "j", "space"))


@SIZES
def test_a_ticket(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("j", "enter"))


@SIZES
def test_the_composer(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("j", "r", text="We are on it"))


@SIZES
def test_the_phone_form(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("c", text="cla"))


@SIZES
def test_without_colour(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ={"NO_COLOR": "1"})

    assert snap_compare(app, terminal_size=size, run_before=pressing("0", "j", "space"))


def test_an_internal_note(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("j", "i", text="ask the lead"))


def test_the_gate_to_resolved(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("j", "d", "ctrl+s"))


def test_hostile_words(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("0", "G", "k", "enter"))


def test_the_notifications(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("g", "n"))


def test_the_clocks_explained(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("j", "enter", "E"))


def test_help(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("question_mark"))


def test_an_empty_desk(tmp_path: Path, snap_compare: SnapCompare) -> None:
    desk = empty_desk(f"sqlite:///{tmp_path / 'empty.db'}", StoppedClock(TUESDAY))
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("0"))
    desk.close()


def test_a_filter_with_an_error(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("0", "slash", text=" asignee:me"))


@SIZES
def test_the_dashboard(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "d"))


def test_the_wallboard(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("g", "d", "w"))


@SIZES
def test_a_desk_that_does_not_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    def lost(*_asked: object, **_how: object) -> None:
        raise Unreachable(reason="unable to open database file")

    async def lose(pilot: Pilot[None]) -> None:
        await pilot.app.ready.wait()  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        monkeypatch.setattr(QueueScreen, "read", lost)
        monkeypatch.setattr(feed, "news", lost)
        await pilot.press("R")
        await pilot.pause(0.5)

    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=lose)
