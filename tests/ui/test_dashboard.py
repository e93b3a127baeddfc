"""The dashboard: every number opens what it counts; the wallboard asks for nothing and writes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskterm.desk import Desk
from deskterm.domain.dashboard import Reach
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.reads.dashboard import alerts, dashboard
from deskterm.services import standards
from deskterm.services.sweep import sweep
from deskterm.standard.load import shipped
from deskterm.ui.app import DeskApp
from deskterm.ui.blocks import FONT, Door, Look, Placed, Preset, Row, bar, beside, big, doors, placed
from deskterm.ui.gate import clip
from deskterm.ui.screens.dashboard import WallboardScreen
from deskterm.ui.widgets.dashboard import DashboardView
from tests.desks import one
from tests.ui.console import console, press, settle, shown, type_text


def all_doors(desk: Desk, look: Look) -> list[Door]:
    board = dashboard(desk, look.scope, look.reach, by="dana")
    return [each.row.door for each in placed(board, look, 160) if each.row.door is not None]


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize("scope", ["", "team:network"])
def test_each_number_is_what_its_filter_takes(desk: Desk, reach: Reach, scope: str) -> None:
    board = dashboard(desk, scope, reach, by="dana")
    flow = reach.flow(board.now)

    came = sum(each.came for each in board.flow)
    went = sum(each.went for each in board.flow)
    ages = sum(board.counts[key] for key in ("under_4h", "under_1d", "under_3d", "under_7d", "over_7d"))

    opened = queue.count(desk, parse(f"{scope} {flow['in'].query}"), by="dana")
    resolved = queue.count(desk, parse(f"{scope} {flow['out'].query}"), by="dana")
    assert (came, went) == (opened, resolved) == (board.counts["in"], board.counts["out"])
    assert ages == queue.count(desk, parse(f"{scope} is:open"), by="dana")


@pytest.mark.parametrize("preset", Preset)
def test_every_door_is_a_filter_that_holds(desk: Desk, preset: Preset) -> None:
    for door in all_doors(desk, Look(preset=preset)):
        if door.query:
            queue.count(desk, parse(door.query), by="dana")
        else:
            assert door.number


@pytest.mark.parametrize("reach", Reach)
def test_what_came_in_an_hour_or_on_a_day_is_what_its_door_takes(desk: Desk, reach: Reach) -> None:
    board = dashboard(desk, "", reach, by="dana")

    for each in board.flow:
        assert queue.count(desk, parse(f"created:{each.span}"), by="dana") == each.came


def test_load_and_teams_are_what_their_doors_take(desk: Desk) -> None:
    board = dashboard(desk, "", Reach.TODAY, by="dana")

    for person in board.people:
        query = f"is:open {f'assignee:{person.login}' if person.login else 'no:assignee'}"
        assert queue.count(desk, parse(query), by="dana") == person.open
    for team in board.teams:
        assert queue.count(desk, parse(f"is:open is:breached team:{team.key}"), by="dana") == team.breached


def test_the_cursor_goes_to_the_nearest_number() -> None:
    row = Row("1", door=Door("x", "is:open"))
    lines = doors(
        [Placed(0, 0, 10, row), Placed(12, 0, 10, row), Placed(12, 3, 10, row), Placed(0, 5, 10, row)]
    )

    right, down, below, back = (
        beside(lines, at, dx, dy) for at, dx, dy in ((0, 1, 0), (1, 0, 1), (0, 0, 1), (3, 0, -1))
    )
    assert (right, down, below, back) == (1, 2, 3, 0)
    assert beside(lines, 0, 0, -1) == 0


def test_big_digits_are_of_one_size() -> None:
    assert {len(line) for digit in FONT.values() for line in digit} == {4}
    assert {len(digit) for digit in FONT.values()} == {5}
    assert big(10)[0] == "  #   ####"


@pytest.mark.parametrize(("share", "drawn"), [(-1, "[----]"), (0, "[----]"), (0.5, "[##--]"), (2, "[####]")])
def test_a_bar_needs_no_colour_and_never_overflows(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


async def test_enter_opens_the_tickets_behind_a_number(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "d", "l", "l")
        assert "Enter opens is:open no:assignee" in shown(pilot)
        await press(pilot, "enter")

        assert "/ is:open no:assignee sort:breach" in shown(pilot)
        assert "QUEUE" in shown(pilot)


async def test_tickets_are_reassigned_from_a_number(desk: Desk) -> None:
    before = queue.count(desk, parse("is:open no:assignee"), by="dana")
    async with console(desk) as pilot:
        await press(pilot, "g", "d", "l", "l", "a", "down", "enter", "enter")
        said = shown(pilot)
        await press(pilot, "u")

    assert "assigned to" in said
    assert queue.count(desk, parse("is:open no:assignee"), by="dana") == before


async def test_an_alert_is_acknowledged_from_its_line(desk: Desk) -> None:
    sweep(desk)
    waiting = alerts(desk, "", by="dana")
    assert waiting
    async with console(desk) as pilot:
        await press(pilot, "g", "d", "2", "G", "x")
        assert "1 alert acknowledged" in shown(pilot)

    assert len(alerts(desk, "", by="dana")) == len(waiting) - 1


async def test_pages_and_reach_are_a_key_each(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "4")
        assert "[4 Flow]" in shown(pilot)
        await press(pilot, "greater_than_sign")
        assert "< 7 days >" in shown(pilot)
        assert "In, 7 days" in shown(pilot)


async def test_a_wallboard_turns_its_pages_and_names_nobody(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "w")
        screen = pilot.app.screen
        assert isinstance(screen, WallboardScreen)
        first = shown(pilot)
        screen._next_page()
        await settle(pilot)
        second = shown(pilot)

    assert "####" in first
    assert "People" not in first
    assert ("[1 Shift]" in first, "[2 SLA]" in second) == (True, True)


async def test_a_wallboard_needs_no_right_to_write(desk: Desk) -> None:
    last = one(desk, "SELECT max(id) FROM event")
    app = DeskApp(desk, "audrey", wallboard="team:network", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        assert "WALLBOARD  team:network" in shown(pilot)

    assert one(desk, "SELECT max(id) FROM event") == last


def alert_lines(*alerts: int) -> tuple[Placed, ...]:
    """Return lines of alerts on one ticket, below a tile."""
    tile = Placed(0, 0, 20, Row("38", door=Door("BREACHED", "is:open is:breached")))
    rows = [Row(f"alert {key}", door=Door("INC-1", number="INC-1", alert=key)) for key in alerts]
    return (tile, *(Placed(0, line, 20, row) for line, row in enumerate(rows, 2)))


def test_the_cursor_stays_on_its_alert_whatever_else_the_ticket_alerts_of() -> None:
    view = DashboardView()
    view.show(alert_lines(7, 6))
    view.jump("bottom")
    view.show(alert_lines(8, 7, 6))

    assert view.door is not None
    assert view.door.alert == 6


def test_the_cursor_goes_to_the_neighbour_of_what_was_acknowledged() -> None:
    view = DashboardView()
    view.show(alert_lines(8, 7, 6))
    view.jump("bottom")
    view.show(alert_lines(8, 7))

    assert view.door is not None
    assert view.door.alert == 7


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("count", [0, 48, 116, 9_999])
def test_no_number_on_the_wall_is_cut(desk: Desk, width: int, count: int) -> None:
    board = dashboard(desk, "", Reach.TODAY, by="dana")
    full = replace(board, counts=dict.fromkeys(board.counts, count))

    for line in placed(full, Look(wall=True), width):
        if line.width < width // 4:
            assert clip(line.row.text, line.width).rstrip() == line.row.text.rstrip()


async def test_nothing_is_done_from_the_wall(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "w")
        wall = pilot.app.screen
        await press(pilot, "a", "x", "enter", "o", "u")

        assert pilot.app.screen is wall
        assert isinstance(wall, WallboardScreen)


async def test_a_console_that_is_nothing_but_a_wallboard_ends_with_it(desk: Desk) -> None:
    app = DeskApp(desk, "audrey", wallboard="", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        await press(pilot, "w")

        assert app._exit


async def test_a_note_for_the_next_shift_stands_on_every_dashboard(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "i")
        await type_text(pilot, "Mail is slow [/x] after 22:00.")
        await press(pilot, "ctrl+s")

        assert "dana     Mail is slow [/x] after 22:00." in shown(pilot)
        assert "Shift notes" in shown(pilot)


async def test_an_empty_note_is_refused_and_the_form_stays(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "i", "ctrl+s")

        assert "There is nothing written yet." in shown(pilot)


async def test_the_dashboard_is_narrowed_to_what_a_filter_takes(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "slash")
        await type_text(pilot, "tem:network")
        await press(pilot, "enter", "ctrl+s")
        refused = shown(pilot)
        await press(pilot, *["home"], *["delete"] * 11)
        await type_text(pilot, "team:network")
        await press(pilot, "enter", "ctrl+s")

        assert "There is no field tem" in refused
        assert "DASHBOARD  team:network" in shown(pilot)


async def test_f_narrows_to_the_team_under_the_cursor_and_widens_again(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "f")
        assert "f narrows to a team or a person" in shown(pilot)
        await press(pilot, "2", "j", "f")
        narrowed = shown(pilot)
        await press(pilot, "j", "f")

        assert "DASHBOARD  team:" in narrowed
        assert "DASHBOARD  team:" not in shown(pilot)


async def test_a_ticket_is_escalated_from_a_number(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "g", "d", "exclamation_mark", "down", "enter")

        assert "Escalate" in shown(pilot)


def test_the_goal_is_the_standards(desk: Desk) -> None:
    standards.apply(desk, shipped().replace("goal_percent = 95", "goal_percent = 80"), by="root")

    board = dashboard(desk, "", Reach.TODAY, by="dana")
    titles = [line.row.text for line in placed(board, Look(), 160) if line.row.meaning == "heading"]

    assert any("goal 80%" in title for title in titles)
