"""Keys that are faster than the desk: they wait for the screen they are meant for."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.events import AppBlur
from textual.pilot import Pilot
from textual.selection import SELECT_ALL
from textual.widgets import Input, TextArea

from deskterm.desk import Desk
from deskterm.reads import ticket as reads
from deskterm.services import intake, tickets
from deskterm.services.drafts import NewTicket
from deskterm.ui.app import DeskApp
from deskterm.ui.dialogs.collision import Collision
from deskterm.ui.dialogs.help import HelpDialog
from deskterm.ui.screen import DeskScreen
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.widgets.status_line import StatusLine
from tests.desks import one
from tests.ui.console import burst, console, press, settle, shown, type_text

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


def record(desk: Desk, number: str) -> reads.TicketRecord:
    return reads.record(desk, number, by="dana")


def opened(desk: Desk, place: int) -> str:
    draft = NewTicket(caller=1, summary=f"Bulk {place}", team="service-desk")
    return intake.open_ticket(desk, draft, by="kim")


def events(desk: Desk) -> int:
    """Return how much has happened on the desk."""
    return int(one(desk, "SELECT count(*) FROM event"))


def typed(pilot: Pilot[None]) -> str:
    """Return what stands in the field that has the keys."""
    field = pilot.app.focused
    assert isinstance(field, Input | TextArea)
    return field.value if isinstance(field, Input) else field.text


ASKING = ("a", "m", "!", "e", "#", "M", "+", "g t", "g v", "?", "f1", "ctrl+p", ":", "i", "r")
"""Keys that ask for something to be typed, at once or when something has been read."""


@pytest.mark.parametrize("key", ASKING)
async def test_letters_typed_with_a_key_that_asks_are_typed_there(desk: Desk, key: str) -> None:
    before = events(desk)
    async with console(desk) as pilot:
        tabs = ("tab",) if key == "!" else ()
        await burst(pilot, *key.split(" "), *tabs, *"tsd")

        assert typed(pilot).endswith("tsd")
    assert events(desk) == before


@pytest.mark.parametrize("key", ["A", "s", "p", "d", "b", "&", "S", "C", "f"])
async def test_letters_typed_with_a_key_that_offers_a_choice_do_nothing_below(desk: Desk, key: str) -> None:
    before = events(desk)
    async with console(desk) as pilot:
        await burst(pilot, key, "t", "W")

        assert pilot.app.screen.is_modal
    assert events(desk) == before


async def test_a_whole_act_may_be_typed_at_once(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", *"aivo", "enter", *"jakim", "enter")

    assert [record(desk, number).assignee for number in ("INC-10", "INC-9")] == ["ivo", "kim"]


async def test_a_command_typed_at_once_acts_before_the_cursor_goes_on(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", *":assign", "space", *"kim", "enter", "j", "t")

    assert [record(desk, number).assignee for number in ("INC-10", "INC-9")] == ["kim", "dana"]


async def test_a_line_handed_in_before_its_completions_are_read_is_carried_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, read = threading.Event(), DeskScreen._known_values

    def late(screen: DeskScreen[Any]) -> dict[str, list[str]]:
        assert known.wait(PATIENCE_SECONDS)
        return read(screen)

    monkeypatch.setattr(DeskScreen, "_known_values", late)
    async with console(desk) as pilot:
        await press(pilot, "3")
        await pilot.press("colon", *"help", "enter")
        known.set()
        await settle(pilot)

        assert isinstance(pilot.app.screen, HelpDialog)


async def test_a_key_after_another_view_acts_on_that_view(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", "t")

    assert record(desk, "INC-10").assignee == "dana"


async def test_a_key_after_a_filter_acts_on_what_it_takes(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0")
        await burst(pilot, "/", "space", *"badge", "enter", "t")

    assert record(desk, "INC-10").assignee == "dana"


async def test_what_is_marked_by_reading_is_marked_for_the_next_key(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", "V", "t")

    assert {record(desk, f"INC-{number}").assignee for number in (6, 7, 8, 9, 10)} == {"dana"}


async def test_where_every_act_goes_on_each_key_takes_the_next(desk: Desk) -> None:
    app = DeskApp(desk, "dana", advance="next", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ready.wait()
        await burst(pilot, "3", "t", "t")

    assert [record(desk, number).assignee for number in ("INC-10", "INC-9", "INC-8")] == [
        "dana",
        "dana",
        None,
    ]


async def test_keys_after_the_last_row_wait_until_it_is_read(desk: Desk) -> None:
    numbers = [opened(desk, place) for place in range(300)]
    async with console(desk) as pilot:
        await burst(pilot, "0", "/", "space", *"bulk", "space", *"sort:id", "enter", "G", "t")

    assert record(desk, numbers[-1]).assignee == "dana"


async def test_the_next_ticket_is_read_before_a_key_acts_on_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", "enter", "J", "t")

    assert [record(desk, number).assignee for number in ("INC-10", "INC-9")] == [None, "dana"]


async def test_a_form_that_is_handed_in_is_over_before_the_next_key(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "3", "t", "d", "tab", *"done", "ctrl+s", "j", "t")

    assert record(desk, "INC-10").closing_summary == "done"
    assert record(desk, "INC-9").assignee == "dana"


async def test_a_text_typed_with_its_key_is_kept_when_escape_leaves_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "i", *"seen", "escape")
        left = shown(pilot)
        await press(pilot, "i")

        assert typed(pilot) == "seen"
    assert "Your draft is kept." in left


async def test_letters_after_a_sign_in_a_text_narrow_what_it_offers(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "i", *"@@iv", "enter", *"look")

        assert typed(pilot) == "@@ivo look"


async def test_keys_do_not_answer_a_question_that_came_by_itself(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "F")
        tickets.assign(desk, "INC-10", "kim", by="kim")
        await burst(pilot, "t", "s", "s")

        assert isinstance(pilot.app.screen, Collision)
    assert record(desk, "INC-10").assignee == "kim"


async def test_two_escapes_let_go_of_what_does_not_come(desk: Desk, gate: threading.Event) -> None:
    async with console(desk) as pilot:
        gate.clear()
        await pilot.press("e")
        await pilot.pause(0.1)
        await pilot.press("t", "escape", "escape", "j")
        await pilot.pause(0.2)
        moved = pilot.app.screen
        gate.set()
        await settle(pilot)

        assert isinstance(moved, QueueScreen)
        assert moved.table._place == 1


async def test_a_key_after_the_terminal_lost_the_focus_goes_where_keys_went(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "slash")
        pilot.app.post_message(AppBlur())
        await settle(pilot)
        await type_text(pilot, "c")

        assert typed(pilot).endswith("c")


async def test_escape_clears_what_the_mouse_selected(desk: Desk) -> None:
    async with console(desk) as pilot:
        screen = pilot.app.screen
        screen.selections = {screen.query_one(StatusLine): SELECT_ALL}
        await press(pilot, "escape")

        assert not screen.selections
