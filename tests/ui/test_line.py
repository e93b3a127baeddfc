"""Acts typed whole on the `:` line, and commands found by their names."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.commands import Command, Place, of_place
from deskterm.desk import Desk
from deskterm.domain.ticket import HoldReason, Resolution, Status
from deskterm.reads import ticket
from deskterm.reads.ticket import TicketRecord
from deskterm.services import conversation, tickets
from deskterm.ui.app import DeskApp
from deskterm.ui.dialogs.help import palette_options
from deskterm.ui.dialogs.picker import best
from tests.ui.console import console, press, shown, type_text


async def typed(pilot: Pilot[Any], line: str) -> str:
    """Type a line and return what is shown then."""
    await press(pilot, "colon")
    await type_text(pilot, line)
    await press(pilot, "enter")
    return shown(pilot)


def record(desk: Desk, number: str = "INC-5") -> TicketRecord:
    return ticket.record(desk, number, by="dana")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("assign kim", "assignee", "kim"),
        ("transfer network", "team", "network"),
        ("priority high low", "priority", 3),
        ("prio 1 1", "priority", 1),
        ("tag vip -old", "tags", ("vip",)),
        ("tags #vip", "tags", ("old", "vip")),
        ("hold vendor fri 14:00", "hold_reason", HoldReason.VENDOR),
        ('hold evidence until "fri 14:00"', "hold_reason", HoldReason.EVIDENCE),
        ("resolve fixed It's the cable", "closing_summary", "It's the cable"),
        ("resolve fixed It's the cable", "resolution", Resolution.FIXED),
        ("status resolved", "status", Status.IN_PROGRESS),
        ("take", "assignee", "dana"),
    ],
)
async def test_an_act_is_typed_whole(desk: Desk, line: str, field: str, value: object) -> None:
    tickets.tag(desk, "INC-5", ("old",), by="dana")
    async with console(desk) as pilot:
        await typed(pilot, line)

    assert getattr(record(desk), field) == value


async def test_a_text_is_the_rest_of_the_line(desk: Desk) -> None:
    async with console(desk) as pilot:
        await typed(pilot, 'note it\'s "odd", look again')
        told = await typed(pilot, "reply We are on it.")

    assert [entry.body for entry in ticket.timeline(desk, "INC-5", by="dana")][-2:] == [
        'it\'s "odd", look again',
        "We are on it.",
    ]
    assert "it leaves in 10 seconds" in told


async def test_one_u_takes_tags_off_and_puts_tags_on_that_came_in_one_line(desk: Desk) -> None:
    tickets.tag(desk, "INC-5", ("old",), by="dana")
    async with console(desk) as pilot:
        await typed(pilot, "tag vip -old")
        await press(pilot, "u")

    assert record(desk).tags == ("old",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("status closed", "INC-5 is in progress; from there it cannot become closed."),
        ("status nonsense", "nonsense is none of new, awaiting_approval, in_progress, on_hold"),
        ("status new", "INC-5 is in progress; from there it cannot become new."),
        ("hold nonsense", "nonsense is none of caller, vendor, problem, change, evidence"),
        ("hold vendor someday", "“someday” is no date"),
        ("priority huge low", "huge is none of 1, 2, 3"),
        ("macro nonsense", "There is no macro nonsense."),
        ("open INC-x", "There is no INC-x."),
        ("set theme=pink", "pink is none of desk-dark, desk-light, desk-contrast."),
        ("set colour=pink", "colour can't be set here. There are: theme, advance, bell."),
        ("bind ticket.take", "Say which key ticket.take shall have."),
        ("bind ticket.take w", "w is taken by queue.preview in the same place"),
        ("bind ticket.tke X", 'there is no command ticket.tke; did you mean "ticket.take"?'),
        ("lock now", "lock takes nothing after it."),
    ],
)
async def test_what_cannot_be_done_is_said(desk: Desk, line: str, said: str) -> None:
    async with console(desk, size=(120, 24)) as pilot:
        assert said in await typed(pilot, line)


@pytest.mark.parametrize("word", ["pending", "on_hold", "on hold", "hold", "Pending"])
async def test_a_status_has_other_words(desk: Desk, word: str) -> None:
    async with console(desk) as pilot:
        shown_form = await typed(pilot, f'status "{word}" until fri 09:00')

        assert "Hold: INC-5" in shown_form
        assert "fri 09:00" in shown_form


async def test_a_macro_is_run_by_its_name(desk: Desk) -> None:
    async with console(desk) as pilot:
        told = await typed(pilot, "macro ask-details")

    assert "INC-5: ask-details was run" in told


async def test_what_others_did_since_the_line_was_opened_is_asked_about(
    desk: Desk, clock: StoppedClock
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "resolve fixed Restarted")
        clock.at = clock.at.replace(second=30)
        conversation.note(desk, "INC-5", "No!", by="ivo")
        await press(pilot, "enter")

        assert "INC-5 changed while you were writing" in shown(pilot)


@pytest.mark.parametrize("number", ["INC-9", "inc-9", "9"])
async def test_a_record_is_opened_by_its_number(desk: Desk, number: str) -> None:
    async with console(desk) as pilot:
        assert "INC-9" in (await typed(pilot, f"open {number}")).splitlines()[0]


async def test_without_a_number_what_is_under_the_cursor_is_opened(desk: Desk) -> None:
    async with console(desk) as pilot:
        assert "INC-5" in (await typed(pilot, "open")).splitlines()[0]


async def test_a_setting_holds_until_the_console_is_left(desk: Desk) -> None:
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await typed(pilot, "set theme=desk-light")
        await typed(pilot, "set advance=next")

        assert (app.theme, app.advance) == ("desk-light", "next")


async def test_settings_are_asked_for_with_g_s(desk: Desk) -> None:
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await press(pilot, "g", "s")
        asked = shown(pilot)
        await press(pilot, "right", "tab", "right", "tab", "right", "ctrl+s")

        assert "desk-dark" in asked
        assert (app.theme, app.advance, app.rings) == ("desk-light", "next", False)


async def test_a_key_is_bound_until_the_console_is_left(desk: Desk) -> None:
    async with console(desk) as pilot:
        told = await typed(pilot, "bind ticket.take , t")
        await press(pilot, "3", "comma", "t")
        taken = record(desk, "INC-10").assignee
        own = await typed(pilot, "bind")

    assert '"ticket.take" = ", t"' in told
    assert taken == "dana"
    assert ", t" in own
    assert "ticket.take" in own


async def test_a_point_is_given_away_like_any_other_key(desk: Desk) -> None:
    async with console(desk) as pilot:
        await typed(pilot, "bind desk.repeat , r")
        await press(pilot, "3", "t", "j", "full_stop")
        left = record(desk, "INC-9").assignee
        await press(pilot, "comma", "r")

    assert left is None
    assert record(desk, "INC-9").assignee == "dana"


@pytest.mark.parametrize(
    ("typed_text", "first"),
    [
        ("take", "ticket.take"),
        ("assign", "ticket.assign"),
        ("team", "ticket.transfer"),
        ("transfer", "ticket.transfer"),
        ("sort", "queue.sort"),
        ("prio", "ticket.priority"),
        ("save", "queue.save_view"),
        ("refr", "desk.refresh"),
        ("clmns", "queue.columns_left"),
    ],
)
def test_the_palette_puts_what_is_called_so_first(typed_text: str, first: str) -> None:
    options = palette_options(of_place(Place.QUEUE), lambda _command: "")

    assert best(options, typed_text)[0].value == first


@pytest.mark.parametrize("command", {command.id: command for command in of_place(Place.QUEUE)}.values())
def test_an_action_takes_what_its_command_says(command: Command) -> None:
    from deskterm.ui.screens.queue import QueueScreen

    action = signature(getattr(QueueScreen, f"action_{command.action}"))
    wanted = [*([command.parameter] if command.parameter else []), *command.arguments]

    assert len(action.parameters) - 1 >= len(wanted)
