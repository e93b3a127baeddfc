"""The composer: text modules, people, variables, what becomes of the ticket, collisions; by keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.commands import keymap as keymaps
from deskterm.desk import Desk
from deskterm.domain.ticket import HoldReason, Level, Status
from deskterm.reads import notifications, ticket
from deskterm.services import conversation, intake, tickets, workplace
from deskterm.services.drafts import Edit
from deskterm.ui.app import DeskApp
from tests.ui.console import console, press, settle, shown, type_text


async def poke(pilot: Pilot[Any]) -> None:
    """Let the console hear what was done elsewhere."""
    pilot.app.poke()  # type: ignore[attr-defined]  # a DeskApp
    await settle(pilot)


def bodies(desk: Desk) -> list[str]:
    return [entry.body for entry in ticket.timeline(desk, "INC-4", by="dana")]


async def test_a_text_module_is_put_in_with_its_variables_filled(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "::")
        offered = shown(pilot)
        await type_text(pilot, "greet")
        await press(pilot, "enter")

        assert "Text module" in offered
        assert "Hello Claire," in shown(pilot)


async def test_a_colleague_named_in_a_note_is_told(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "i")
        await type_text(pilot, "Please look @@")
        await type_text(pilot, "kim")
        await press(pilot, "enter")
        named = shown(pilot)
        await press(pilot, "ctrl+s")

    assert "Please look @@kim" in named
    assert any(row.kind == "mention" for row in notifications.unread(desk, by="kim"))


async def test_variables_are_shown_before_they_are_sent_and_filled_when_they_are(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "Hello {{caller.first_name}}, until {{now+20m}}")
        preview = shown(pilot)
        await press(pilot, "ctrl+s")

    assert "caller.first_name = Claire" in preview
    assert bodies(desk)[-1].startswith("Hello Claire, until ")


async def test_a_missing_variable_blocks_the_send_and_the_text_stays(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "About {{ticket.service}}")
        preview = shown(pilot)
        await press(pilot, "ctrl+s")

        assert "MISSING ticket.service" in preview
        assert "Nothing is known for ticket.service" in shown(pilot)
        assert "About {{ticket.service}}" in shown(pilot)


async def test_f3_lets_the_ticket_wait_for_the_caller_once_the_reply_is_sent(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "Is it better now?")
        await press(pilot, "f3")
        foot = shown(pilot)
        await press(pilot, "ctrl+s", "ctrl+s")

    record = ticket.record(desk, "INC-4", by="dana")
    assert "F3 then: wait for the caller" in foot
    assert (record.status, record.hold_reason) == (Status.ON_HOLD, HoldReason.CALLER)
    assert bodies(desk).count("Is it better now?") == 1


async def test_f3_twice_asks_how_service_was_restored_once_the_reply_is_sent(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "It works again")
        await press(pilot, "f3", "f3", "ctrl+s")

        assert "Resolve: INC-4" in shown(pilot)
    assert "It works again" in bodies(desk)


@pytest.mark.parametrize(("key", "is_sent"), [("s", True), ("l", False), ("escape", False)])
async def test_a_send_asks_first_if_others_wrote_meanwhile(
    desk: Desk, clock: StoppedClock, key: str, is_sent: bool
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "We are on it")
        clock.advance(timedelta(seconds=5))
        tickets.classify(desk, "INC-4", Edit(urgency=Level.MEDIUM), by="ivo")
        await poke(pilot)
        await press(pilot, "ctrl+s")
        question = shown(pilot)
        await press(pilot, key)
        after = shown(pilot)

    assert "INC-4 changed while you were writing" in question
    assert "priority 1 → 2" in question
    assert ("We are on it" in bodies(desk)) is is_sent
    assert "We are on it" in after


async def test_a_resolve_asks_first_and_keeps_what_was_typed(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "d", "tab")
        await type_text(pilot, "Rolled back")
        tickets.classify(desk, "INC-4", Edit(urgency=Level.MEDIUM), by="ivo")
        await press(pilot, "ctrl+s")
        question = shown(pilot)
        await press(pilot, "escape")
        kept = shown(pilot)
        await press(pilot, "ctrl+s", "s")

    assert "priority 1 → 2" in question
    assert "Rolled back" in kept
    assert ticket.record(desk, "INC-4", by="dana").status is Status.RESOLVED


@pytest.mark.parametrize(
    ("key", "status"), [("s", Status.RESOLVED), ("l", Status.IN_PROGRESS), ("escape", Status.IN_PROGRESS)]
)
async def test_a_resolve_asks_first_where_only_something_was_written(
    desk: Desk, clock: StoppedClock, key: str, status: Status
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "d", "tab")
        await type_text(pilot, "Rolled back")
        clock.advance(timedelta(seconds=5))
        intake.receive_message(desk, "INC-4", "It broke again.", by="kim")
        await press(pilot, "ctrl+s")
        question = shown(pilot)
        await press(pilot, key)
        after = shown(pilot)
        if key == "l":
            await press(pilot, "d")
            after = shown(pilot)

    assert "INC-4 changed while you were writing" in question
    assert "kim" in question
    assert ticket.record(desk, "INC-4", by="dana").status is status
    assert ("Rolled back" in after) is (status is not Status.RESOLVED)


async def test_a_resolve_of_many_names_those_that_changed(desk: Desk, clock: StoppedClock) -> None:
    async with console(desk) as pilot:
        await press(pilot, "x", "j", "x", "d", "tab")
        await type_text(pilot, "Rolled back")
        clock.advance(timedelta(seconds=5))
        conversation.note(desk, "INC-4", "Not yet!", by="ivo")
        await press(pilot, "ctrl+s")
        question = shown(pilot)
        await press(pilot, "l")
        looked = shown(pilot)

    assert "INC-4      12:30  ivo" in question
    assert "INC-5      " not in question
    assert "Not yet!" in looked


async def test_what_was_written_before_the_form_was_opened_is_not_asked_about(
    desk: Desk, clock: StoppedClock
) -> None:
    conversation.note(desk, "INC-4", "Long ago.", by="ivo")
    clock.advance(timedelta(seconds=5))
    async with console(desk) as pilot:
        await press(pilot, "j", "d", "tab")
        await type_text(pilot, "Rolled back")
        await press(pilot, "ctrl+s")

    assert ticket.record(desk, "INC-4", by="dana").status is Status.RESOLVED


async def test_a_macro_asks_first_if_others_wrote_while_it_was_picked(
    desk: Desk, clock: StoppedClock
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "m")
        clock.advance(timedelta(seconds=5))
        conversation.note(desk, "INC-4", "I am on it.", by="ivo")
        await press(pilot, "enter")

        assert "INC-4 changed while you were writing" in shown(pilot)


async def test_who_is_typing_is_shown(desk: Desk) -> None:
    workplace.here(desk, "elsewhere", "INC-4", typing=True, by="ivo")
    async with console(desk, size=(100, 30)) as pilot:
        await press(pilot, "j", "enter")

        assert "ivo typing" in shown(pilot).splitlines()[0]


async def test_u_recalls_a_reply_into_the_composer(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "Sent too soon")
        await press(pilot, "ctrl+s", "u")

        assert "PUBLIC reply to Claire Martin" in shown(pilot)
        assert "Sent too soon" in shown(pilot)


async def test_own_notes_meanwhile_ask_nothing(desk: Desk, clock: StoppedClock) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "r")
        await type_text(pilot, "Answer")
        clock.advance(timedelta(seconds=5))
        conversation.note(desk, "INC-4", "from my other window", by="dana")
        await poke(pilot)
        await press(pilot, "ctrl+s")

    assert "Answer" in bodies(desk)


async def test_the_composer_hints_at_ones_own_keys(desk: Desk) -> None:
    keymap = keymaps.read('"composer.switch" = "f6"', "keys.toml")
    app = DeskApp(desk, "dana", keymap=keymap, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ready.wait()
        await settle(pilot)
        await press(pilot, "r")

        assert "F6 public/internal" in shown(pilot)
