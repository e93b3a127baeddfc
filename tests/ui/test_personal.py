"""What is an agent's own: stars, time worked, what is left open on leaving; and the card of an item."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.desk import Desk
from deskterm.reads import drafts, ticket
from deskterm.services import catalogue, tickets
from deskterm.services.drafts import Edit
from deskterm.ui.app import DeskApp
from tests.desks import rows
from tests.ui.console import console, press, settle, shown, type_text


async def test_a_star_is_put_on_and_taken_off_by_the_same_key_and_nobody_is_told(desk: Desk) -> None:
    before = rows(desk, "SELECT count(*) FROM event")
    async with console(desk) as pilot:
        await press(pilot, "x", "j", "asterisk")
        told = shown(pilot)
        await press(pilot, "escape", "0", "slash")
        await type_text(pilot, "is:starred")
        await press(pilot, "enter")
        found = shown(pilot)
        await press(pilot, "asterisk")
        taken_off = shown(pilot)

    assert "INC-5: your star is on" in told
    assert "INC-5" in found
    assert "1 shown" in found
    assert "INC-5: your star is off" in taken_off
    assert rows(desk, "SELECT count(*) FROM event") == before
    assert not ticket.record(desk, "INC-5", by="dana").starred


async def test_many_have_a_star_before_any_loses_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "asterisk", "x", "j", "x", "asterisk")
        both = [ticket.record(desk, number, by="dana").starred for number in ("INC-5", "INC-4")]
        await press(pilot, "asterisk")

        assert both == [True, True]
        assert "2 tickets: your star is off" in shown(pilot)
    assert not ticket.record(desk, "INC-4", by="dana").starred
    assert not ticket.record(desk, "INC-4", by="kim").starred


async def test_time_is_logged_taken_back_and_logged_again(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "plus")
        await type_text(pilot, "1h30")
        await press(pilot, "tab")
        await type_text(pilot, "Looked at the profile")
        await press(pilot, "ctrl+s", "colon")
        await type_text(pilot, "log-time 25m and again")
        await press(pilot, "enter")
        logged = ticket.record(desk, "INC-5", by="dana").work_minutes
        await press(pilot, "u", "u")
        taken_back = ticket.record(desk, "INC-5", by="dana").work_minutes
        await press(pilot, "U", "enter", "2")
        page = shown(pilot)

    assert (logged, taken_back) == (115, 0)
    assert "work time          1:30" in page


@pytest.mark.parametrize("span", ["", "soon", "25h", "0"])
async def test_what_is_no_time_is_said_at_the_field(desk: Desk, span: str) -> None:
    async with console(desk) as pilot:
        await press(pilot, "plus")
        await type_text(pilot, span)
        await press(pilot, "ctrl+s")

        assert "Say how long it took, up to a day: 25m, 1h30." in shown(pilot)


async def test_the_card_of_an_item_tells_what_hangs_on_it(desk: Desk) -> None:
    catalogue.add(
        desk,
        services=("Remote access",),
        cis=(("fw-lyo-02", "Remote access"), ("core-1", None), ("vpn-gw", None)),
        relations=(("fw-lyo-02", "core-1"), ("vpn-gw", "fw-lyo-02")),
        by="root",
    )
    for number in ("INC-5", "INC-4"):
        tickets.set_fields(desk, number, Edit(ci="fw-lyo-02"), by="dana")
    async with console(desk) as pilot:
        await press(pilot, "R", "g", "i")
        card = shown(pilot)

    assert "fw-lyo-02" in card
    assert "service      Remote access" in card
    assert "depends on   core-1" in card
    assert "needed by    vpn-gw" in card
    assert "INC-4      P1  in progress  dana       VPN down for Lyon site" in card


async def test_a_ticket_without_an_item_has_no_card(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "g", "i")

        assert "INC-5 names no configuration item." in shown(pilot)


async def test_leaving_asks_where_a_draft_or_a_reply_is_left_open(desk: Desk) -> None:
    async with console(desk) as pilot:
        app = pilot.app
        await press(pilot, "i")
        await type_text(pilot, "half a note")
        await press(pilot, "escape", "q", "Q")
        asked = shown(pilot)
        await press(pilot, "n")
        stayed = app.is_running
        await press(pilot, "Q", "y")

        assert "Leave the desk?" in asked
        assert "1 draft is kept:" in asked
        assert "INC-5 note" in asked
        assert stayed
        assert app._exit


async def test_nothing_left_open_asks_nothing(desk: Desk) -> None:
    async with console(desk, agent="ivo") as pilot:
        await press(pilot, "Q")

        assert pilot.app._exit


async def test_ctrl_q_saves_what_is_typed_asks_and_leaves_when_pressed_again(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "r")
        await pilot.press(*"Dear", "ctrl+q")
        await settle(pilot)
        asked = shown(pilot)
        await press(pilot, "ctrl+q")

        assert "INC-5 reply" in asked
        assert pilot.app._exit
    assert ticket.draft(desk, "INC-5 reply", by="dana") is not None


async def test_a_reply_that_waits_is_named_on_leaving(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "r")
        await type_text(pilot, "Dear all")
        await press(pilot, "ctrl+s", "q", "Q")

        assert "reply has not left the building" in shown(pilot) or "replies have not left" in shown(pilot)
    assert drafts.left_open(desk, by="dana").mails >= 1
    assert drafts.left_open(desk, by="ivo").mails == 0


async def test_an_article_can_not_be_linked_yet_and_it_is_said(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "i")
        await type_text(pilot, "see ??")

        assert "There are no articles yet that ?? could link." in shown(pilot)


@asynccontextmanager
async def restricted(desk: Desk) -> AsyncIterator[Pilot[Any]]:
    """Run a console that may start no other program."""
    app = DeskApp(desk, "dana", may_edit=False, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ready.wait()
        await settle(pilot)
        yield pilot


async def test_a_restricted_console_is_not_suspended(desk: Desk) -> None:
    async with restricted(desk) as pilot:
        await press(pilot, "ctrl+z")

        assert "No other program may be started here." in shown(pilot)
