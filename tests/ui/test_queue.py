"""The queue, driven by keys."""

from __future__ import annotations

from deskterm.desk import Desk
from deskterm.domain.ticket import Level
from deskterm.reads import ticket
from deskterm.services import intake, tickets
from deskterm.services.drafts import NewTicket
from tests.ui.console import console, press, settle, shown, type_text


async def test_the_queue_shows_my_tickets_with_the_nearest_deadline_first(desk: Desk) -> None:
    async with console(desk) as pilot:
        screen = shown(pilot)

    assert "[1 Mine 3]" in screen
    assert screen.index("INC-5") < screen.index("INC-4") < screen.index("INC-3")


async def test_enter_opens_the_ticket_under_the_cursor(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter")

        assert "INC-4  P1  IN PROGRESS  2 of 3 in Mine" in shown(pilot)


async def test_take_assigns_the_ticket_under_the_cursor(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t")

        assert "INC-10 is yours" in shown(pilot)
    assert ticket.record(desk, "INC-10", by="dana").assignee == "dana"


async def test_an_empty_list_says_whom_the_filter_names_and_nobody_knows(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " a:nobodyatall team:network")
        await press(pilot, "enter")

        assert "There is no agent called nobodyatall." in shown(pilot)
        assert "There is no team" not in shown(pilot)
        assert "Nothing here." in shown(pilot)


async def test_a_list_says_how_many_of_its_tickets_the_view_takes_no_longer(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t")
        after = shown(pilot)
        await press(pilot, "R")

        assert "5 shown, 1 gone (R)" in after
        assert "3 Unassigned 4" in after
        assert "4 shown" in shown(pilot)
        assert "gone" not in shown(pilot)


async def test_a_verb_acts_on_every_marked_ticket(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "space", "space", "t")

    assert [ticket.record(desk, number, by="dana").assignee for number in ("INC-10", "INC-9", "INC-6")] == [
        "dana",
        "dana",
        None,
    ]


async def test_a_ticket_opened_elsewhere_waits_until_it_is_asked_for(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0")
        intake.open_ticket(
            desk, NewTicket(caller=1, summary="Scanner", impact=Level.HIGH, urgency=Level.HIGH), by="kim"
        )
        pilot.app.call_next(pilot.app.poke)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        waiting = shown(pilot)
        await press(pilot, "R")

        assert "1 new (R)" in waiting
        assert "INC-11" not in waiting
        assert "INC-11" in shown(pilot)


async def test_a_change_elsewhere_shows_in_the_row_and_moves_nothing(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "j")
        tickets.assign(desk, "INC-10", "kim", by="kim")
        pilot.app.call_next(pilot.app.poke)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        screen = shown(pilot)

    row = next(line for line in screen.splitlines() if "INC-10" in line)
    assert "kim" in row
    assert next(line for line in screen.splitlines() if line.startswith(">")).split()[2:5] == [
        "!!",
        "-0:00",
        "INC-4",
    ]


async def test_a_filter_narrows_while_it_is_typed_and_escape_brings_back_what_was(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "/")
        await type_text(pilot, " vpn")
        await settle(pilot)
        narrowed = shown(pilot)
        await press(pilot, "escape")

        assert "INC-4" in narrowed
        assert "INC-10" not in narrowed
        assert "INC-10" in shown(pilot)


async def test_a_filter_that_does_not_parse_leaves_the_last_good_result(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "/")
        await type_text(pilot, " asignee:me")

        assert "did you mean" in shown(pilot).lower()
        assert "INC-4" in shown(pilot)


async def test_a_gate_says_at_its_field_what_is_missing_and_keeps_what_was_typed(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "d", "ctrl+s")
        refused = shown(pilot)
        await type_text(pilot, "Rolled the firewall back")
        await press(pilot, "ctrl+s")

        assert "needs a closing summary" in refused
        assert "INC-4 is resolved" in shown(pilot)
    assert ticket.record(desk, "INC-4", by="dana").closing_summary == "Rolled the firewall back"


async def test_hold_asks_for_a_public_message_when_the_caller_is_waited_for(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "b", "ctrl+s")
        refused = shown(pilot)
        await type_text(pilot, "Which profile is it?")
        await press(pilot, "ctrl+s")

        assert "write a public message" in refused
        assert "INC-5 is on hold" in shown(pilot)


async def test_words_where_a_problem_is_named_are_refused_at_their_field_and_stay(desk: Desk) -> None:
    async with console(desk, size=(80, 45)) as pilot:
        await press(pilot, "b")
        pilot.app.screen.query_one("#field-message").focus()
        await type_text(pilot, "Which room?")
        pilot.app.screen.query_one("#field-link").focus()
        await type_text(pilot, "yesterday")
        await press(pilot, "ctrl+s")
        refused = shown(pilot)
        await press(pilot, *["backspace"] * len("yesterday"), "ctrl+s")

        assert "names one: leave “yesterday” out" in refused
        assert "Which room?" in refused
        assert "INC-5 is on hold" in shown(pilot)
    assert ticket.record(desk, "INC-5", by="dana").links == ()


async def test_assigning_picks_a_person_by_typing_a_part_of_the_name(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "a")
        await type_text(pilot, "petr")
        await press(pilot, "enter")

    assert ticket.record(desk, "INC-4", by="dana").assignee == "ivo"


async def test_priority_follows_from_impact_and_urgency(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "p", "h", "tab", "h", "ctrl+s")

    assert ticket.record(desk, "INC-5", by="dana").priority == 1


async def test_an_empty_view_says_what_to_do(desk: Desk) -> None:
    async with console(desk, agent="root") as pilot:
        assert "Nothing here." in shown(pilot)


async def test_hostile_words_are_shown_not_run(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "0", "end", "k")
        screen = shown(pilot)

    assert "Printer [/dev/usb0] ␛]52" in screen
    assert "\x1b" not in screen


async def test_help_lists_the_keys_and_runs_what_is_taken(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "question_mark")
        await type_text(pilot, "assign to me")
        listed = shown(pilot)
        await press(pilot, "enter")

        assert "Assign to me" in listed
        assert " is yours" in shown(pilot)


async def test_arrows_and_home_move_the_cursor_as_letters_do(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "home", "down", "down", "up", "down")
        screen = shown(pilot)

    rows = screen.splitlines()[4:]
    assert next(place for place, line in enumerate(rows) if line.startswith(">")) == 2


async def test_f_asks_for_a_value_of_the_row_then_turns_it_round_then_drops_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "f", "enter")
        equal = shown(pilot)
        await press(pilot, "f")
        unequal = shown(pilot)
        await press(pilot, "f")
        off = shown(pilot)

    assert "/ is:open assignee:" in equal
    assert "/ is:open -assignee:" in unequal
    assert "assignee:" not in off


async def test_tab_completes_fields_and_values_with_how_many_have_them(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " assig")
        await press(pilot, "tab")
        field = shown(pilot)
        await type_text(pilot, "da")
        await press(pilot, "tab")

        assert "/ is:open assignee:" in field
        assert "dana (3)" in shown(pilot)


async def test_a_view_is_saved_and_has_a_digit(desk: Desk) -> None:
    async with console(desk, size=(160, 45)) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " vpn")
        await press(pilot, "enter", "colon")
        await type_text(pilot, "save-view Lyon outage")
        await press(pilot, "enter")
        saved = shown(pilot)
        await press(pilot, "1", "6")

        assert "[6 Lyon outage 1]" in saved
        assert "/ is:open vpn" in shown(pilot)


async def test_minus_goes_to_and_fro(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "minus")
        before = shown(pilot)
        await press(pilot, "minus")

    assert "[1 Mine 3]" in before


async def test_a_frozen_list_stands_still_until_it_is_thawed(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "F")
        tickets.assign(desk, "INC-10", "kim", by="kim")
        pilot.app.call_next(pilot.app.poke)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        frozen = next(line for line in shown(pilot).splitlines() if "INC-10" in line)
        await press(pilot, "F")
        thawed = next(line for line in shown(pilot).splitlines() if "INC-10" in line)

    assert "kim" not in frozen
    assert "kim" in thawed
