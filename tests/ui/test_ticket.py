"""The ticket, its composer and its pages, driven by keys."""

from __future__ import annotations

from deskterm.desk import Desk
from deskterm.reads import ticket
from deskterm.services import conversation
from tests.ui.console import console, press, settle, shown, type_text


async def test_the_timeline_tells_caller_desk_internal_and_system_apart_by_sign_and_word(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter")
        lines = shown(pilot).splitlines()

    assert any(">  Claire Martin" in line and "public" in line for line in lines)
    assert any("<  Dana Weiss" in line and "public, waiting" in line for line in lines)
    assert any("#  Ivo Petrov" in line and "INTERNAL" in line for line in lines)
    assert any(".  opened" in line and "Kim Lindqvist" in line for line in lines)


async def test_a_reply_is_written_with_control_s(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        frame = shown(pilot)
        await type_text(pilot, "We are on it")
        await press(pilot, "ctrl+s")

        assert "PUBLIC reply to Claire Martin" in frame
        assert "leaves in 10 seconds" in shown(pilot)
    assert ticket.timeline(desk, "INC-4", by="dana")[-1].body == "We are on it"


async def test_a_note_says_internal_and_nobody_outside_reads_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "i")
        frame = shown(pilot)
        await type_text(pilot, "ask the lead")
        await press(pilot, "ctrl+s")

    last = ticket.timeline(desk, "INC-4", by="dana")[-1]
    assert "INTERNAL note" in frame
    assert (last.voice, last.body) == ("internal", "ask the lead")


async def test_escape_keeps_the_draft_and_it_is_back_in_another_console(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "Half a sentence")
        await press(pilot, "escape")

    async with console(desk) as pilot:
        await press(pilot, "j", "r")

        assert "Half a sentence" in shown(pilot)
        assert "Your draft is back." in shown(pilot)


async def test_what_is_being_typed_is_saved_when_the_terminal_hangs_up(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await pilot.press(*"Lost?")
        await pilot.app.leave()  # type: ignore[attr-defined]  # a DeskApp

    saved = ticket.draft(desk, "INC-4 reply", by="dana")
    assert saved is not None
    assert saved[0] == "Lost?"


async def test_an_empty_reply_is_refused_with_a_sentence(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r", "ctrl+s")

        assert "There is nothing written yet." in shown(pilot)


async def test_what_others_write_appears_while_a_draft_is_open(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "i")
        await type_text(pilot, "my words")
        conversation.note(desk, "INC-4", "Rollback approved", by="kim")
        pilot.app.call_next(pilot.app.poke)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        screen = shown(pilot)

    assert "Rollback approved" in screen
    assert "my words" in screen


async def test_f2_turns_a_reply_into_a_note_and_takes_the_text_along(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "careful")
        await press(pilot, "f2")

        assert "INTERNAL note" in shown(pilot)
        assert "careful" in shown(pilot)


async def test_every_tab_has_a_digit(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter")
        pages = []
        for digit in "2345":
            await press(pilot, digit)
            pages.append(shown(pilot))

    assert "Nobody in Lyon gets a tunnel" in pages[0]
    assert "No links." in pages[1]
    assert "calendar" in pages[2]
    assert "assigned to dana" in pages[3]


async def test_capital_j_goes_to_the_next_ticket_of_the_view(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "enter", "J")

        assert "INC-4" in shown(pilot).splitlines()[0]
        assert "2 of 3 in Mine" in shown(pilot)


async def test_q_returns_to_the_row_that_was_left(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "q")

        row = next(line for line in shown(pilot).splitlines() if line.startswith(">"))
    assert "INC-4" in row
