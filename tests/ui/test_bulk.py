"""Acts on many tickets, taken back and done again, by keys."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.ticket import Status
from deskterm.reads import history, ticket
from deskterm.services import intake, progress, tickets, undo
from deskterm.services.drafts import NewTicket
from deskterm.ui.app import DeskApp
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.report import Report
from deskterm.ui.screens.queue import QueueScreen
from tests.ui.console import console, press, shown, type_text


def opened(desk: Desk, count: int) -> list[str]:
    """Open so many tickets that a filter finds by the word `bulk`."""
    return [
        intake.open_ticket(desk, NewTicket(caller=1, summary=f"Bulk {place}", team="service-desk"), by="kim")
        for place in range(count)
    ]


def bodies(desk: Desk, number: str) -> list[str]:
    """Return what is written on a ticket and was not recalled."""
    return [entry.body for entry in ticket.timeline(desk, number, by="dana") if not entry.recalled]


def resolved(desk: Desk, numbers: list[str]) -> int:
    return sum(ticket.record(desk, number, by="dana").status is Status.RESOLVED for number in numbers)


async def test_forty_are_resolved_but_for_three_and_one_key_takes_all_of_it_back(desk: Desk) -> None:
    numbers = opened(desk, 40)
    for number in numbers:
        tickets.take(desk, number, by="kim")
    for number in numbers[:3]:
        tickets.add_task(desk, number, "Call them back", by="kim")
    async with console(desk) as pilot:
        queue = pilot.app.screen
        assert isinstance(queue, QueueScreen)
        await press(pilot, "0", "slash")
        await type_text(pilot, " bulk")
        await press(pilot, "enter", "V", "d", "tab")
        await type_text(pilot, "Restarted")
        await press(pilot, "ctrl+s")
        asked, screen = shown(pilot), pilot.app.screen
        await press(pilot, "y")
        told, report = shown(pilot), pilot.app.screen
        done = resolved(desk, numbers)
        await press(pilot, "escape")
        left = {number for key, row in queue._marked.items() if (number := row.number)}

        await press(pilot, "u")
        undone = shown(pilot)

    assert isinstance(screen, Confirm)
    assert "37 of 40 tickets would change" in asked
    assert isinstance(report, Report)
    assert done == 37
    assert "3 refused" in told
    assert all(number in told for number in numbers[:3])
    assert left == set(numbers[:3])
    assert resolved(desk, numbers) == 0
    assert "37 tickets taken back" in undone


async def test_what_was_taken_back_is_done_again(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t", "u")
        undone = ticket.record(desk, "INC-10", by="dana").assignee
        await press(pilot, "U")

        assert undone is None
        assert ticket.record(desk, "INC-10", by="dana").assignee == "dana"


async def test_over_fifty_the_count_is_typed(desk: Desk) -> None:
    numbers = opened(desk, 51)
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " bulk")
        await press(pilot, "enter", "V", "t", "y", "enter")
        before = ticket.record(desk, numbers[0], by="dana").assignee
        await press(pilot, "backspace")
        await type_text(pilot, "51")
        await press(pilot, "enter")

    assert before is None
    assert ticket.record(desk, numbers[-1], by="dana").assignee == "dana"


async def test_no_leaves_everything_as_it_was(desk: Desk) -> None:
    numbers = opened(desk, 12)
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " bulk")
        await press(pilot, "enter", "V", "t", "n")

        assert "Nothing was changed." in shown(pilot)
    assert ticket.record(desk, numbers[0], by="dana").assignee is None


async def test_the_last_act_is_repeated_on_another_ticket(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t", "j", "full_stop")

    assert [ticket.record(desk, number, by="dana").assignee for number in ("INC-10", "INC-9")] == ["dana"] * 2


async def test_watching_is_ended_by_the_same_key(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "W")
        watching = ticket.record(desk, "INC-5", by="dana").watchers
        await press(pilot, "W")

        assert "You no longer watch INC-5" in shown(pilot)
    assert "dana" in watching
    assert "dana" not in ticket.record(desk, "INC-5", by="dana").watchers


async def test_marks_outside_the_window_are_acted_on(desk: Desk) -> None:
    opened(desk, 300)
    async with console(desk) as pilot:
        await press(pilot, "0", "x", "G", "x")
        screen = pilot.app.screen
        assert isinstance(screen, QueueScreen)

        subjects = screen.subjects()

    assert len(subjects) == 2


async def test_after_an_act_the_cursor_goes_on_where_that_is_wanted(desk: Desk) -> None:
    app = DeskApp(desk, "dana", advance="next", environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ready.wait()
        await press(pilot, "3")
        queue = app.queue
        before = queue.table.cursor
        await press(pilot, "t")

        assert queue.table.cursor != before


async def test_a_status_that_cannot_follow_is_refused_before_the_form(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " OR status:resolved")
        await press(pilot, "enter", "G", "b")

        assert "cannot become on hold" in shown(pilot)


async def test_an_act_that_changes_nothing_says_so_and_is_not_taken_back(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t", "t")
        told = shown(pilot)
        await press(pilot, "u")

    assert "Nothing changed: INC-10 was so already." in told
    assert "u undo" not in told
    assert ticket.record(desk, "INC-10", by="dana").assignee is None


async def test_of_many_those_that_were_so_already_are_counted(desk: Desk) -> None:
    tickets.take(desk, "INC-10", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " team:service-desk,network")
        await press(pilot, "enter", "V", "t")
        told = shown(pilot)

    assert "were so already" in told


async def test_an_act_that_cannot_be_taken_back_does_not_bar_the_one_before(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", "t", "j", "t")
        tickets.assign(desk, "INC-9", "kim", by="kim")
        await press(pilot, "u")
        refused = shown(pilot)
        await press(pilot, "u")

    assert "INC-9" in refused
    assert [ticket.record(desk, number, by="dana").assignee for number in ("INC-10", "INC-9")] == [
        None,
        "kim",
    ]


async def test_what_was_done_before_the_console_began_is_taken_back_and_done_again(desk: Desk) -> None:
    tickets.take(desk, "INC-10", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "u")
        told = shown(pilot)
        after = ticket.record(desk, "INC-10", by="dana").assignee
        await press(pilot, "U")

    assert "1 ticket taken back" in told
    assert after is None
    assert ticket.record(desk, "INC-10", by="dana").assignee == "dana"


async def test_what_was_taken_back_before_the_console_began_is_done_again(desk: Desk) -> None:
    numbers = ["INC-9", "INC-10"]
    for number in numbers:
        tickets.take(desk, number, by="dana")
    undo.undo(desk, history.acts(desk, by="dana")[0].what, by="dana")
    async with console(desk) as pilot:
        await press(pilot, "U", "u", "u")

    assert [ticket.record(desk, number, by="dana").assignee for number in numbers] == [None, None]


async def test_the_log_of_acts_has_no_codes(desk: Desk) -> None:
    tickets.take(desk, "INC-10", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "g", "l")

        assert "assigned: INC-10" in shown(pilot)


async def test_a_preview_sums_up_what_would_change(desk: Desk) -> None:
    numbers = opened(desk, 12)
    tickets.take(desk, numbers[0], by="dana")
    progress.cancel(desk, numbers[1], "Twice", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "0", "slash", "ctrl+u")
        await type_text(pilot, "bulk")
        await press(pilot, "enter", "V", "t")
        asked = shown(pilot)

    assert "10 of 12 tickets would change" in asked
    assert "10 × assignee - → dana" in asked
    assert "1 × nothing changes" in asked
    assert f"{numbers[1]}     ! " in asked


@pytest.mark.parametrize(("key", "title"), [("r", "PUBLIC reply"), ("i", "INTERNAL note")])
async def test_one_text_is_written_on_all_that_are_marked(desk: Desk, key: str, title: str) -> None:
    async with console(desk) as pilot:
        await press(pilot, "x", "j", "x", key)
        asked = shown(pilot)
        await type_text(pilot, "Known, being mended.")
        await press(pilot, "ctrl+s")
        told = shown(pilot)
        written = [
            [
                entry.body
                for entry in ticket.timeline(desk, number, by="dana")
                if entry.body and not entry.recalled
            ]
            for number in ("INC-5", "INC-4", "INC-3")
        ]
        await press(pilot, "u")

    assert f"{title}" in asked
    assert "2 tickets" in asked
    assert "each of 2 tickets" in told
    assert ["Known, being mended." in each for each in written] == [True, True, False]
    assert "Known, being mended." not in bodies(desk, "INC-5")


async def test_a_reply_to_more_than_five_callers_asks_first(desk: Desk) -> None:
    opened(desk, 6)
    async with console(desk) as pilot:
        await press(pilot, "0", "slash")
        await type_text(pilot, " bulk")
        await press(pilot, "enter", "V", "r")
        await type_text(pilot, "Known.")
        await press(pilot, "ctrl+s")

        assert "6 of 6 tickets would change" in shown(pilot)
