"""Changes led by keys alone, from draft to closed, and what their screen says on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus
from deskterm.reads import change
from deskterm.services import changes, intake
from deskterm.services.drafts import CallerDraft, NewTicket
from deskterm.ui.change_words import risk_words
from deskterm.ui.screens.change import ChangeScreen
from tests import changes as led
from tests.changes import WINDOW
from tests.desks import one
from tests.ui.changing import NIGHT, with_board
from tests.ui.console import console, press, settle, shown, type_text

SKIP = ""
"""Leaves a field as it is."""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return with_board(desk)


@asynccontextmanager
async def at_change(desk: Desk, number: str, agent: str) -> AsyncIterator[Pilot[None]]:
    """Sit somebody down before a change."""
    async with console(desk, agent=agent, size=(120, 40)) as pilot:
        await press(pilot, "g", "h")
        await type_text(pilot, number)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ChangeScreen)
        yield pilot


async def fill(pilot: Pilot[None], *values: str) -> None:
    """Type into a form field after field, then hand it in; `<key>` presses a key instead."""
    for value in values:
        if value.startswith("<"):
            await pilot.press(value.strip("<>"))
        elif value:
            keys = {" ": "space", "\n": "enter"}
            await pilot.press("ctrl+u", *(keys.get(letter, letter) for letter in value))
        await pilot.press("tab")
    await press(pilot, "ctrl+s")


async def vote_yes(desk: Desk, agent: str) -> None:
    """Approve what waits for somebody, in two keys."""
    async with console(desk, agent=agent) as pilot:
        await press(pilot, "g", "a", "a", "enter")


async def work_sheet(pilot: Pilot[None], steps: int) -> None:
    """End every step as done and the run sheet with them, then go back to the change."""
    for _step in range(steps):
        await press(pilot, "enter", "d", "j")
    await press(pilot, "e", "q")


async def verify_and_review(desk: Desk, number: str, *review: str) -> None:
    """Record both checks, then say what came of it."""
    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s")
        await fill(pilot, "Every floor prints", SKIP, "As fast as before", SKIP)
    async with at_change(desk, number, "chen") as pilot:
        await press(pilot, "s")
        await fill(pilot, *review)


async def test_a_normal_change_is_led_from_draft_to_closed_by_keys_alone(
    desk: Desk, clock: StoppedClock
) -> None:
    async with console(desk, agent="kim", size=(120, 40)) as pilot:
        await press(pilot, "g", "c", "c", "enter")
        texts = ("Support ends", "Firmware 9", "Load and reload", "It stays down", "Old image", "Ping", "Kim")
        await fill(pilot, "New firmware", "2026-06-02 22:00", "2h", *texts, "Printing", "file-01")
        number = "CHG-1"
        assert led.status(desk, number) is ChangeStatus.DRAFT
        await press(pilot, "s", "ctrl+s")
        assert led.status(desk, number) is ChangeStatus.ASSESS

    async with at_change(desk, number, "chen") as pilot:
        await press(pilot, "s")
        await fill(pilot, "Support ends", "Done before", "<right>", "<right>", "<right>", "<right>")
        assert led.status(desk, number) is ChangeStatus.AUTHORISE

    await vote_yes(desk, "osei")
    assert led.status(desk, number) is ChangeStatus.SCHEDULED

    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "w")
        await fill(pilot, *(SKIP, SKIP))
        await press(pilot, "p")
        await fill(pilot, "30:kim:Load\n30:kim:Reload", "30:kim:Old image")
        await press(pilot, "C")
        clock.advance(timedelta(hours=10))
        await press(pilot, "s", "ctrl+s")
        assert led.status(desk, number) is ChangeStatus.IMPLEMENTING
        await work_sheet(pilot, 2)
        assert led.status(desk, number) is ChangeStatus.VERIFYING

    await verify_and_review(desk, number, "<space>", "Begin earlier")
    clock.advance(timedelta(days=4))
    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s")

    assert led.status(desk, number) is ChangeStatus.CLOSED


async def test_a_standard_change_is_led_by_keys_alone_and_needs_no_approval(
    desk: Desk, clock: StoppedClock
) -> None:
    number = "CHG-1"
    async with console(desk, agent="kim", size=(120, 40)) as pilot:
        await press(pilot, "g", "c", "c")
        await type_text(pilot, "certificate")
        await press(pilot, "enter")
        await fill(pilot, SKIP, "2026-06-02 22:00", "2h", "Printing", "file-01")
        await press(pilot, "s", "ctrl+s")
        assert led.status(desk, number) is ChangeStatus.SCHEDULED
        clock.advance(timedelta(hours=10))
        await press(pilot, "C", "s", "ctrl+s")
        await work_sheet(pilot, 3)

    await verify_and_review(desk, number, SKIP, SKIP)
    clock.advance(timedelta(days=4))
    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s")

    assert led.status(desk, number) is ChangeStatus.CLOSED


async def test_an_emergency_is_led_by_keys_alone_and_completed_afterwards(
    desk: Desk, clock: StoppedClock
) -> None:
    number = "CHG-1"
    async with console(desk, agent="kim", size=(120, 40)) as pilot:
        await press(pilot, "g", "c", "!")
        texts = ("The disk failed", "Swap it", SKIP, SKIP, "Put it back", SKIP, SKIP)
        await fill(pilot, "Swap a disk", "2026-06-02 14:30", "2h", *texts, "Printing", "file-01")
        await press(pilot, "s", "ctrl+s")
        assert led.status(desk, number) is ChangeStatus.AUTHORISE

    await vote_yes(desk, "osei")

    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "p")
        await fill(pilot, "30:kim:Swap", "30:kim:Put it back")
        clock.advance(timedelta(hours=2, minutes=5))
        await press(pilot, "C", "s", "ctrl+s")
        await work_sheet(pilot, 1)

    await verify_and_review(
        desk, number, SKIP, "Keep a spare", "Pull, push", "Wrong disk", "Read it back", "Kim, a disk"
    )
    clock.advance(timedelta(days=4))
    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s")

    assert led.status(desk, number) is ChangeStatus.CLOSED


async def test_what_is_missing_is_said_at_its_field_of_the_form(desk: Desk) -> None:
    number = led.open_change(desk, purpose="")

    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s", "ctrl+s")

        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "field-purpose"
        assert "needs a purpose: why is it done?" in shown(pilot)


async def test_the_glass_is_broken_by_two(desk: Desk, clock: StoppedClock) -> None:
    number = led.scheduled(desk, window=NIGHT)

    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "!")
        await type_text(pilot, "Printing is down")
        await press(pilot, "enter", "A")
        assert "You may not do that" in shown(pilot)
    async with at_change(desk, number, "chen") as pilot:
        await press(pilot, "A")
    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "s", "ctrl+s")

    assert led.status(desk, number) is ChangeStatus.IMPLEMENTING
    assert "change.glass_broken" in led.kinds(desk, number)


async def test_the_next_room_is_offered_as_the_window(desk: Desk) -> None:
    led.scheduled(desk, window=NIGHT)
    number = led.open_change(desk, planned_start=NIGHT[0], planned_end=NIGHT[1])

    async with at_change(desk, number, "kim") as pilot:
        await press(pilot, "S")

        assert "Window: CHG-2" in shown(pilot)
        await press(pilot, "ctrl+s")
    assert one(desk, "SELECT planned_start FROM change WHERE id = 2") != str(NIGHT[0])


async def test_what_another_console_does_is_seen_at_once(desk: Desk) -> None:
    number = led.open_change(desk)

    async with at_change(desk, number, "chen") as pilot:
        changes.submit(desk, number, by="kim")
        await pilot.pause(0.4)
        await settle(pilot)

        assert "ASSESSMENT" in shown(pilot)


async def test_every_page_of_a_change_that_has_passed_through_everything(
    desk: Desk, clock: StoppedClock
) -> None:
    clock.at = WINDOW[0] - timedelta(days=1)
    number = led.reviewed(desk, clock)

    async with at_change(desk, number, "kim") as pilot:
        pages = []
        for tab in "123456":
            await press(pilot, tab)
            pages.append(shown(pilot))

    for page, words in zip(
        pages,
        ("The vendor ends support", "Boot the old image", "IT lead   granted   1 of 1", "Point of no return",
         "all floors answer", "reviewed"),
        strict=True,
    ):  # fmt: skip
        assert words in page


async def test_recent_changes_on_the_same_item_are_shown_on_the_ticket(
    desk: Desk, clock: StoppedClock
) -> None:
    number = led.begun(desk, clock)
    caller = CallerDraft(name="Claire Martin", email="claire.martin@example.org")
    draft = NewTicket(caller=caller, summary="Shares are gone", ci="file-01")
    ticket = intake.open_ticket(desk, draft, by="kim")
    async with console(desk, size=(160, 45)) as pilot:
        pilot.app.open_ticket(ticket)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)

        assert "Recent changes" in shown(pilot)
        assert number in shown(pilot)
        await press(pilot, "2")
        assert "[2 Details +]" in shown(pilot)


async def test_a_request_names_further_items_and_a_team_from_what_there_is(desk: Desk) -> None:
    async with console(desk, agent="kim", size=(160, 45)) as pilot:
        await press(pilot, "g", "c", "c", "enter")
        await type_text(pilot, "New firmware")
        await press(pilot, *["tab"] * 10, "down")
        await type_text(pilot, "print")
        await press(pilot, "enter", "tab", "tab", "down", "enter", "down", "down", "enter")
        await press(pilot, "tab", "tab", "tab", "tab", "down")
        await type_text(pilot, "network")
        await press(pilot, "enter", "ctrl+s")

    record = change.record(desk, "CHG-1", by="kim")
    assert (record.row.service, record.row.team) == ("Printing", "network")
    assert len(record.items) == 2


async def test_a_window_that_has_passed_is_refused_at_its_field(desk: Desk) -> None:
    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "c", "c", "enter")
        await type_text(pilot, "New firmware")
        await press(pilot, "tab", "ctrl+u")
        await type_text(pilot, "2020-01-04 10:00")
        await press(pilot, "tab", "ctrl+u")
        await type_text(pilot, "2h")
        await press(pilot, "ctrl+s")

        assert "That window passed on 2020-01-04; say one that is to come." in shown(pilot)


def test_no_risk_is_claimed_before_anybody_was_asked(desk: Desk) -> None:
    number = led.open_change(desk)

    first, *reasons = risk_words(change.record(desk, number, by="kim"))

    assert first == "Risk not assessed yet"
    assert reasons == ["  4 questions are asked when it is assessed"]
