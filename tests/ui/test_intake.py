"""The phone form, driven by keys."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from deskterm.desk import Desk
from deskterm.domain.ticket import Status
from deskterm.reads import ticket
from deskterm.reads.people import Caller, OpenTicket
from deskterm.ui.widgets import callers
from tests.ui.console import console, press, shown, type_text
from tests.ui.lively import TUESDAY


async def test_a_caller_is_found_by_the_beginning_of_a_name_with_the_open_tickets(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "cla")

        assert "> Claire Martin" in shown(pilot)
        assert "INC-4" in shown(pilot)


async def test_a_caller_is_found_by_the_end_of_a_phone_number(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "50 881")

        assert "> Leo Brandt" in shown(pilot)


async def test_a_ticket_is_created_with_the_caller_found(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "leo")
        await press(pilot, "enter")
        await type_text(pilot, "No sound in calls")
        await press(pilot, "ctrl+s")

        assert "INC-11" in shown(pilot)
    record = ticket.record(desk, "INC-11", by="dana")
    assert record.caller is not None
    assert (record.caller.name, record.summary) == ("Leo Brandt", "No sound in calls")


async def test_the_priority_explains_itself_while_impact_changes(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        before = shown(pilot)
        pilot.app.screen.query_one("#field-impact").focus()
        await press(pilot, "h")

        assert "P4: impact low and urgency medium" in before
        assert "P2: impact high and urgency medium" in shown(pilot)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "A ticket needs a caller and a summary."),
        ({"caller": "leo"}, "A ticket needs a summary."),
        ({"summary": "No sound"}, "A ticket needs a caller."),
    ],
    ids=str,
)
async def test_a_refusal_names_what_is_missing_and_goes_when_it_is_there(
    desk: Desk, typed: dict[str, str], sentence: str
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        for name, text in typed.items():
            pilot.app.screen.query_one(f"#field-{name}").focus()
            await type_text(pilot, text)
        await press(pilot, "ctrl+s")
        refused = shown(pilot)
        await type_text(pilot, "x")

        assert sentence in refused
        assert sentence not in shown(pilot)
        assert "NEW TICKET" in shown(pilot)


@pytest.mark.parametrize(
    ("typed", "key", "taken"),
    [
        ("acc", "enter", "Access / Account locked"),
        ("acc", "tab", "Access / Account locked"),
        ("VPN", "enter", "Network / VPN"),
        ("network / vpn", "tab", "Network / VPN"),
        ("", "enter", ""),
    ],
)
async def test_what_is_meant_in_a_list_is_taken_by_going_on(
    desk: Desk, typed: str, key: str, taken: str
) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        field = pilot.app.screen.query_one("#field-category", Input)
        field.focus()
        await type_text(pilot, typed)
        await press(pilot, key)

        assert field.value == taken
        assert pilot.app.focused is pilot.app.screen.query_one("#field-team")


async def test_what_several_names_hold_is_picked_from_a_list(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        pilot.app.screen.query_one("#field-category").focus()
        await type_text(pilot, "/ a")
        await press(pilot, "enter")
        offered = shown(pilot)
        await press(pilot, "enter")

        assert "Enter take   Up Down choose" in offered
        assert pilot.app.screen.query_one("#field-category", Input).value in offered
        assert pilot.app.focused is pilot.app.screen.query_one("#field-team")


async def test_down_lists_the_teams_and_the_one_that_is_picked_gets_the_ticket(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "leo")
        await press(pilot, "enter")
        await type_text(pilot, "No sound")
        pilot.app.screen.query_one("#field-team").focus()
        await press(pilot, "down")
        offered = shown(pilot)
        await type_text(pilot, "identity")
        await press(pilot, "enter", "ctrl+s")

        assert "Identity and access (tier 2)" in offered
        assert "INC-11" in shown(pilot)
    assert ticket.record(desk, "INC-11", by="dana").team == "identity"


async def test_sending_takes_the_ghost_that_is_seen(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "leo")
        await press(pilot, "enter")
        await type_text(pilot, "No sound")
        await press(pilot, "enter")
        await type_text(pilot, "acc")
        await press(pilot, "ctrl+s")

    assert ticket.record(desk, "INC-11", by="dana").category == "Access / Account locked"


async def test_what_is_in_no_list_is_told_while_it_is_typed_and_refused_at_its_field(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "leo")
        await press(pilot, "enter")
        await type_text(pilot, "No sound")
        await press(pilot, "enter")
        await type_text(pilot, "prinx")
        told = shown(pilot)
        pilot.app.screen.query_one("#field-summary").focus()
        await press(pilot, "ctrl+s")

        assert "Missing: nothing.   Category: there is no “prinx”" in told
        assert "Category: there is no “prinx”; Down lists what there is." in shown(pilot).splitlines()[-2]
        assert pilot.app.focused is pilot.app.screen.query_one("#field-category")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_callers_open_tickets_stay_in_sight(desk: Desk, size: tuple[int, int]) -> None:
    async with console(desk, size=size) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "cla")
        found = shown(pilot)
        await press(pilot, "enter")
        await type_text(pilot, "Headset")
        taken = shown(pilot)

        for screen in (found, taken):
            assert "INC-10" in screen
            assert "INC-4" in screen
            assert "VPN down" in screen


async def noted(pilot: Pilot[None], summary: str) -> None:
    """Note the summary of a call that is not finished."""
    pilot.app.screen.query_one("#field-summary").focus()
    await type_text(pilot, summary)


async def test_the_draft_is_back_when_it_is_asked_for(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await noted(pilot, "Scanner broken")
        await press(pilot, "escape", "c")
        asked = shown(pilot)
        await press(pilot, "enter")

        assert "A call was not finished" in asked
        assert pilot.app.screen.query_one("#field-summary", Input).value == "Scanner broken"


async def test_a_new_call_begins_with_an_empty_form_and_the_old_one_is_a_key_away(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await noted(pilot, "Scanner broken")
        await press(pilot, "escape", "c", "n")
        empty = [field.value for field in pilot.app.screen.query(Input)]
        await noted(pilot, "Printer on fire")
        await press(pilot, "f5")
        before = pilot.app.screen.query_one("#field-summary", Input).value
        await press(pilot, "f5")

        assert empty == [""] * len(empty)
        assert before == "Scanner broken"
        assert pilot.app.screen.query_one("#field-summary", Input).value == "Printer on fire"
        assert "Missing: Caller" in shown(pilot)


async def test_two_calls_that_were_not_finished_are_both_offered_in_another_console(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await noted(pilot, "Scanner broken")
        await press(pilot, "f5")
        await noted(pilot, "Printer on fire")
        await press(pilot, "escape")

    async with console(desk) as pilot:
        await press(pilot, "c")
        asked = shown(pilot)
        await press(pilot, "2")

        assert asked.index("Printer on fire") < asked.index("Scanner broken")
        assert pilot.app.screen.query_one("#field-summary", Input).value == "Scanner broken"


async def test_no_call_is_begun_when_the_question_is_left(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await noted(pilot, "Scanner broken")
        await press(pilot, "escape", "c", "escape")

        assert "QUEUE" in shown(pilot)
        await press(pilot, "c", "enter")
        assert "Scanner broken" in shown(pilot)


async def test_a_form_that_was_emptied_is_no_call(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await noted(pilot, "ab")
        await press(pilot, "backspace", "backspace", "f5")
        said = shown(pilot)
        await press(pilot, "escape", "c")

        assert "No other call was put aside." in said
        assert "draft saved" not in said
        assert "NEW TICKET" in shown(pilot)
        assert not pilot.app.screen.is_modal


async def test_a_call_about_an_open_ticket_is_added_to_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "claire")
        await press(pilot, "enter")
        await type_text(pilot, "VPN down for Lyon")
        offered = shown(pilot)
        pilot.app.screen.query_one("#intake-alike").focus()
        await press(pilot, "enter")
        after = shown(pilot)

    last = ticket.timeline(desk, "INC-4", by="dana")[-1]
    assert "Looks like an open ticket" in offered
    assert "INC-4" in after.splitlines()[0]
    assert (last.voice, last.body) == ("caller", "VPN down for Lyon")


async def test_somebody_elses_call_about_it_becomes_a_note(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c")
        await type_text(pilot, "Mia Moor")
        await press(pilot, "tab")
        await type_text(pilot, "VPN down for Lyon")
        pilot.app.screen.query_one("#intake-alike").focus()
        await press(pilot, "enter")

    last = ticket.timeline(desk, "INC-4", by="dana")[-1]
    assert last.voice == "internal"
    assert "Mia Moor called about the same" in last.body


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (0, ""),
        (1, "1 open: INC-101 Printer jams on floor 3 and 4"),
        (2, "2 open: INC-101 Printer jams on f…  INC-102 Printer jams on f…"),
        (4, "4 open:  INC-101  INC-102  INC-103  INC-104"),
        (9, "9 open:  INC-101  INC-102  INC-103  INC-104  INC-105  INC-106  …"),
    ],
)
def test_open_tickets_are_told_in_one_line_and_none_is_left_out_unseen(count: int, line: str) -> None:
    tickets = tuple(
        OpenTicket(f"INC-{101 + place}", Status.NEW, 3, "Printer jams on floor 3 and 4", TUESDAY)
        for place in range(count)
    )

    assert callers.still_open(Caller(1, "Leo", "", "", "", "", False, tickets)) == line
