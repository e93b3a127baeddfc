"""The ticket, its composer and its pages, driven by keys."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.ticket import Level
from deskterm.reads import ticket
from deskterm.services import conversation, tickets
from deskterm.services.drafts import Edit
from deskterm.ui.app import DeskApp
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


async def test_what_the_caller_asked_for_is_the_first_entry(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter")
        lines = shown(pilot).splitlines()

    head = next(place for place, line in enumerate(lines) if ">  Claire Martin" in line)
    assert "public" in lines[head]
    assert "Nobody in Lyon gets a tunnel" in lines[head + 1]
    assert ".  opened for Claire Martin" in lines[head + 2]


async def test_long_entries_unfold_and_fold_with_enter(desk: Desk) -> None:
    conversation.note(desk, "INC-4", "\n".join(f"line {number}" for number in range(40)), by="ivo")
    async with console(desk, size=(100, 60)) as pilot:
        await press(pilot, "j", "enter")
        folded = shown(pilot)
        await press(pilot, "enter")

        assert "28 more lines (Enter)" in folded
        assert "line 39" not in folded
        assert "line 39" in shown(pilot)


async def test_evidence_keeps_every_blank(desk: Desk) -> None:
    conversation.note(desk, "INC-4", "PID   USER     COMMAND\n  1   root     init", evidence=True, by="ivo")
    async with console(desk) as pilot:
        await press(pilot, "j", "enter")

        assert "PID   USER     COMMAND" in shown(pilot)
        assert "  1   root     init" in shown(pilot)


async def test_what_others_wrote_is_unread_until_the_ticket_was_shown(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter", "n")
        first = shown(pilot)
        await press(pilot, "q", "enter")
        second = shown(pilot)

    cursor = next(line for line in first.splitlines() if line.startswith(">"))
    own = next(line for line in first.splitlines() if "<  Dana Weiss" in line)
    assert "UNREAD" in cursor
    assert "UNREAD" not in own
    assert "UNREAD" not in second


async def test_a_word_is_found_in_the_timeline_from_match_to_match(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter", "slash")
        await type_text(pilot, "tunnel")
        await press(pilot, "enter")
        first = shown(pilot)
        await press(pilot, "n")
        second = shown(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "nowhere to be found")
        await press(pilot, "enter")

        assert "is nowhere in what is shown" in shown(pilot)
    marked = [next(line for line in page.splitlines() if line.startswith(">")) for page in (first, second)]
    assert {"Claire" in line or "Ivo" in line for line in marked} == {True}
    assert marked[0] != marked[1]


async def test_v_shows_only_what_callers_can_read(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter", "v")

        assert "show: public" in shown(pilot)
        assert "Tunnel flaps" not in shown(pilot)
        assert "Still down" in shown(pilot)


async def test_a_recalled_reply_says_that_nobody_got_it(desk: Desk) -> None:
    conversation.reply(desk, "INC-4", "Never mind", by="dana")
    waiting = ticket.timeline(desk, "INC-4", by="dana")[-1].outgoing_id
    assert waiting is not None
    conversation.recall(desk, waiting, by="dana")
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter")

        assert "RECALLED, nobody got it" in shown(pilot)
        assert "reply recalled" in shown(pilot)


async def test_clocks_are_explained_as_if_the_priority_were_another(desk: Desk) -> None:
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter", "E")
        own = shown(pilot)
        await press(pilot, "E")
        await type_text(pilot, "priority 4")
        await press(pilot, "enter")
        supposed = shown(pilot)

    assert "policy p1" in own
    assert "AS IF the priority were P4; it is P1" in supposed
    assert ticket.record(desk, "INC-4", by="dana").priority == 1


async def test_the_ledger_reads_like_sentences(desk: Desk) -> None:
    tickets.classify(desk, "INC-4", Edit(urgency=Level.MEDIUM), by="ivo")
    tickets.tag(desk, "INC-4", ("vpn",), by="ivo")
    async with console(desk, size=(100, 40)) as pilot:
        await press(pilot, "j", "enter", "5")

        assert "priority 1 → 2" in shown(pilot)
        assert "urgency high → medium" in shown(pilot)
        assert "tagged #vpn" in shown(pilot)
        assert "status new → in progress" in shown(pilot)


async def test_the_ledger_names_the_caller_and_wraps_inside_its_column(desk: Desk) -> None:
    tickets.set_fields(
        desk, "INC-4", Edit(description="Nobody gets a tunnel since the morning " * 3), by="dana"
    )
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "5")
        narrow = shown(pilot).splitlines()[5:-2]
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        wide = shown(pilot).splitlines()[4:-2]

    for lines in (narrow, wide):
        assert any("caller Claire Martin" in line for line in lines)
        assert all(line[:31].isspace() for line in lines if line.strip() and "gets a tunnel" in line)
    assert any("morning" in line[80:] for line in wide)


async def test_what_is_taken_back_is_told_without_what_was_true_before(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "r")
        await type_text(pilot, "Fixed")
        await press(pilot, "ctrl+s")
        said = shown(pilot)
        await press(pilot, "u")

        assert "Reply on INC-4: it leaves in 10 seconds." in said
        assert "1 ticket taken back: Reply on INC-4 " in shown(pilot)


@pytest.mark.parametrize(("advance", "heading"), [("stay", "INC-4"), ("next", ""), ("list", "QUEUE")])
async def test_after_an_act_the_console_goes_where_one_wants(desk: Desk, advance: str, heading: str) -> None:
    app = DeskApp(desk, "dana", advance=advance, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "0", "home")
        app.open_ticket("INC-4")
        await settle(pilot)
        following = app.queue.neighbour(4, 1) or ""
        await press(pilot, "W")

        first = shown(pilot).splitlines()[0]
        assert (following if advance == "next" else heading) in first
        assert "INC-4" in shown(pilot).splitlines()[-2]


async def test_after_a_reply_the_console_goes_on_and_the_draft_is_gone(desk: Desk) -> None:
    app = DeskApp(desk, "dana", advance="list", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.open_ticket("INC-4")
        await settle(pilot)
        await press(pilot, "r")
        await type_text(pilot, "Fixed")
        await press(pilot, "ctrl+s")

        assert "QUEUE" in shown(pilot)
        assert "Reply on INC-4: it leaves in 10 seconds." in shown(pilot)
    assert ticket.draft(desk, "INC-4 reply", by="dana") is None
