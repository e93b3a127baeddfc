"""`single_keys = false`: no letter, digit or sign does anything by itself (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot

from deskterm.commands.keymap import Keymap
from deskterm.desk import Desk
from deskterm.reads import ticket
from deskterm.ui.app import DeskApp
from deskterm.ui.dialogs.line import CommandLine
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.screens.ticket import TicketScreen
from tests.ui.console import press, settle, shown, type_text

SINGLE = ("t", "x", "T", "3", "!", "g", "n", "?", "c")


@pytest.fixture
async def pilot(desk: Desk) -> AsyncIterator[Pilot[None]]:
    app = DeskApp(desk, "dana", keymap=Keymap(has_single=False), environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        yield pilot


async def test_single_keys_do_nothing(pilot: Pilot[None]) -> None:
    before = shown(pilot)

    await press(pilot, *SINGLE)

    assert isinstance(pilot.app.screen, QueueScreen)
    assert shown(pilot) == before


async def test_other_keys_work_as_ever(pilot: Pilot[None]) -> None:
    await press(pilot, "down", "enter")
    opened = pilot.app.screen
    await press(pilot, "f1")

    assert isinstance(opened, TicketScreen)
    assert pilot.app.screen is not opened


async def test_every_command_is_reached_by_its_name(pilot: Pilot[None], desk: Desk) -> None:
    app = pilot.app
    assert isinstance(app, DeskApp)
    number = str(app.queue.table.cursor)
    await press(pilot, ":")
    line = app.screen
    await type_text(pilot, "assign kim")
    await press(pilot, "enter")

    assert isinstance(line, CommandLine)
    assert ticket.record(desk, number, by="dana").assignee == "kim"


async def test_the_hints_name_only_keys_that_do_something(pilot: Pilot[None]) -> None:
    hints = shown(pilot).splitlines()[-1]

    assert hints.split() == ["Enter", "open", ":", "command", "^P", "palette", "F1", "keys"]
