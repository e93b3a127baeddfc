"""Keys that are faster than the desk: they wait for the screen they are meant for."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.desk import Desk
from deskterm.reads import ticket as reads
from tests.ui.console import console, press, settle, shown, type_text

PATIENCE_SECONDS = 10


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let every reading of a ticket wait while the gate is closed."""
    opened, record = threading.Event(), reads.record
    opened.set()

    def waiting(*args: Any, **kwargs: Any) -> Any:
        assert opened.wait(PATIENCE_SECONDS)
        return record(*args, **kwargs)

    monkeypatch.setattr(reads, "record", waiting)
    return opened


async def open_first(pilot: Pilot[None], gate: threading.Event) -> None:
    """Open a ticket whose reading does not end."""
    gate.clear()
    await pilot.press("enter")
    await pilot.pause(0.1)


async def test_a_key_waits_for_the_ticket_that_is_still_being_read(desk: Desk, gate: threading.Event) -> None:
    async with console(desk) as pilot:
        await open_first(pilot, gate)
        await pilot.press("i")
        gate.set()
        await settle(pilot)
        await type_text(pilot, "Seen on site")
        await press(pilot, "ctrl+s")

        assert "Seen on site" in shown(pilot)


async def test_keys_that_wait_keep_their_order(desk: Desk, gate: threading.Event) -> None:
    async with console(desk) as pilot:
        await open_first(pilot, gate)
        await pilot.press("4", "2", "3")
        gate.set()
        await settle(pilot)

        assert "[3 " in shown(pilot)


async def test_escape_leaves_a_ticket_that_cannot_be_read_and_forgets_what_was_typed(
    desk: Desk, gate: threading.Event
) -> None:
    async with console(desk) as pilot:
        before = shown(pilot)
        await open_first(pilot, gate)
        await pilot.press("i", "escape")
        gate.set()
        await settle(pilot)

        assert shown(pilot) == before
