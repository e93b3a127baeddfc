"""One picture for each state of the change screens worth a look."""

from __future__ import annotations

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp
from tests import changes as led
from tests.ui.changing import with_changes
from tests.ui.test_looks import COLOURS, LARGE, SIZES, SMALL, SnapCompare, pressing


@pytest.fixture
def desk(desk: Desk, clock: StoppedClock) -> Desk:
    return with_changes(desk, clock)


@SIZES
def test_the_week(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "c", "tab", "n"))


@pytest.mark.parametrize("view", "134")
def test_the_other_views(desk: Desk, snap_compare: SnapCompare, view: str) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("g", "c", "tab", view))


def test_the_week_without_colour(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "dana", environ={"NO_COLOR": "1"})

    assert snap_compare(app, terminal_size=SMALL, run_before=pressing("g", "c", "tab", "M", "j"))


@SIZES
def test_a_change(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "dana", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "c", "tab", "tab", "enter"))


@SIZES
def test_the_approvals_inbox(desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = DeskApp(desk, "osei", environ=COLOURS)

    assert snap_compare(app, terminal_size=size, run_before=pressing("g", "a"))


def test_the_request_form(desk: Desk, snap_compare: SnapCompare) -> None:
    app = DeskApp(desk, "kim", environ=COLOURS)

    assert snap_compare(app, terminal_size=LARGE, run_before=pressing("g", "c", "c", "enter"))


@SIZES
def test_the_run_sheet_of_what_was_carried_out(
    desk: Desk, snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    app = DeskApp(desk, "kim", environ=COLOURS)
    assert led.steps(desk, "CHG-1"), "the first change has a run sheet"

    keys = ("g", "c", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "enter", "x")
    assert snap_compare(app, terminal_size=size, run_before=pressing(*keys))
