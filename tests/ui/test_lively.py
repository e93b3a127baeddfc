"""A desk where much happens, or that does not answer, under the fingers."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.domain.people import SYSTEM
from deskterm.domain.query import Query
from deskterm.reads import queue, ticket
from deskterm.services import tickets, workplace
from deskterm.ui import live
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


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_console_that_sweeps_gives_no_alarm_before_it_could(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_swept: bool
) -> None:
    monkeypatch.setattr(live, "FIRST_SWEEP_SECONDS", 1.5)
    app = DeskApp(desk, "dana", sweeps=True, environ={})
    async with app.run_test(size=(160, 45)) as pilot:
        await app.ready.wait()
        await settle(pilot)
        at_first = shown(pilot)

        if is_swept:
            desk.transact(SYSTEM, lambda tx: workplace.beat(tx, "another", "kim", worker=False))
        await pilot.pause(1.5 if not is_swept else 0.5)
        await settle(pilot)

        assert "nobody sweeps" not in at_first
        assert ("nobody sweeps" in shown(pilot)) is not is_swept


@contextmanager
def away(desk: Desk) -> Iterator[None]:
    """Take a desk's disk away."""

    def refuse(*_connection: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(desk.engine, "checkout", refuse)
    try:
        yield
    finally:
        event.remove(desk.engine, "checkout", refuse)


async def test_what_happens_after_a_disk_came_back_is_heard_without_a_key(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        assert isinstance(pilot.app, DeskApp)
        unread = pilot.app.unread
        other = Desk.open(str(desk.engine.url), clock=desk.clock)
        with away(desk):
            await pilot.pause(0.6)
            lost = shown(pilot)

        tickets.assign(other, "INC-7", "dana", by="kim")
        other.close()
        await pilot.pause(0.6)
        await settle(pilot)

        assert "NO ANSWER" in lost
        assert "live" in shown(pilot)
        assert "1 new (R)" in shown(pilot)
        assert pilot.app.unread == unread + 1


async def test_a_console_that_a_scheduler_tells_of_news_asks_a_lost_desk_by_itself(desk: Desk) -> None:
    app = DeskApp(desk, "dana", sweeps=True, environ={})
    async with app.run_test(size=(160, 45)) as pilot:
        await app.ready.wait()
        await settle(pilot)
        with away(desk):
            await pilot.press("R")
            await pilot.pause(0.3)
            lost = shown(pilot)

        await pilot.pause(0.6)
        await settle(pilot)

        assert "NO ANSWER" in lost
        assert "NO ANSWER" not in shown(pilot)
