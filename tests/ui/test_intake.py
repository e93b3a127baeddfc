"""The phone form, driven by keys."""

from __future__ import annotations

from deskterm.desk import Desk
from deskterm.reads import ticket
from tests.ui.console import console, press, shown, type_text


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


async def test_a_form_without_caller_is_refused_and_kept(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c", "ctrl+s")

        assert "A ticket needs a caller and a summary." in shown(pilot)


async def test_the_draft_is_back_after_leaving(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "c", "tab")
        await type_text(pilot, "Scanner broken")
        await press(pilot, "escape", "c")

        assert "Scanner broken" in shown(pilot)


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
