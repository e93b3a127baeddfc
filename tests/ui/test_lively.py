"""A desk where much happens, or that does not answer, under the fingers."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.domain.query import Query
from deskterm.reads import queue, ticket
from deskterm.services import tickets
from deskterm.ui import screen as screens
from deskterm.ui.app import DeskApp
from tests.ui.console import console, press, settle, shown

CHANGES_A_SECOND = 20


def disturb(desk: Desk, numbers: list[str], until: threading.Event) -> None:
    """Let others change tickets all the time."""
    turn = 0
    while not until.wait(1 / CHANGES_A_SECOND):
        turn += 1
        tickets.tag(desk, numbers[turn % len(numbers)], (f"t{turn}",), by="kim")


async def test_each_act_hits_the_ticket_under_the_cursor_while_the_desk_changes(desk: Desk) -> None:
    numbers = [row.number for row in queue.page(desk, everything(), by="dana")]
    other, until = Desk.open(str(desk.engine.url), clock=desk.clock), threading.Event()
    busy = threading.Thread(target=disturb, args=(other, numbers, until))
    aimed = []
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await press(pilot, "0", "home")
        busy.start()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            row = app.queue.table.row(app.queue.table.cursor or 0)
            assert row is not None
            aimed.append(row.number)
            await pilot.press("W", "j")
            await asyncio.sleep(0.15)
        until.set()
        busy.join()
        await settle(pilot)
    other.close()

    hits = [number for number in numbers if "dana" in ticket.record(desk, number, by="dana").watchers]
    watched_before = {"INC-6"}
    assert {number for number in aimed if aimed.count(number) == 1} - watched_before <= set(hits)
    assert set(hits) <= set(aimed) | watched_before


def everything() -> Query:
    from deskterm.query import parse

    return parse("is:open")


async def test_a_desk_that_does_not_answer_is_said_and_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "RETRY_SECONDS", 0.3)
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        real, answers = app.queue.read, False

        def read() -> object:
            if not answers:
                raise Unreachable(reason="unable to open database file")
            return real()

        monkeypatch.setattr(app.queue, "read", read)
        await pilot.press("R")
        await pilot.pause(0.2)
        lost = shown(pilot)
        answers = True
        await settle(pilot)

        assert "does not answer" in lost
        assert "The desk answers again." in shown(pilot)
