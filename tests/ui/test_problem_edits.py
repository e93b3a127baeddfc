"""Problems edited by keys, one or many: only what somebody changed is written, and each act is taken back."""

from __future__ import annotations

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.reads import problems as reads
from deskterm.services import problems
from deskterm.services.problem_drafts import ProblemEdit
from tests.ui.console import console, press, shown, type_text
from tests.ui.problems import analysed, furnish, incident, new, verifying


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish(desk)


def record(desk: Desk, number: str) -> reads.ProblemRecord:
    return reads.record(desk, number, by="pia")


async def test_editing_many_changes_what_was_typed_and_nothing_else(desk: Desk) -> None:
    first, second = new(desk), new(desk, "Month-end booking hangs")
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "space", "space", "e")
        assert "Edit: 2 problems" in shown(pilot)
        assert "VPN flaps after fw" not in shown(pilot).split("Edit: 2 problems")[1]
        await press(pilot, "tab")
        await type_text(pilot, "remote-access")
        await press(pilot, "ctrl+s")
        assert "each of 2 problems is changed" in shown(pilot)

    found = [
        (record(desk, number).row.summary, record(desk, number).row.service) for number in (first, second)
    ]
    assert found == [
        ("VPN flaps after fw 9.1.4", "remote-access"),
        ("Month-end booking hangs", "remote-access"),
    ]


async def test_one_u_takes_back_an_act_on_many_and_refusals_stay_marked(desk: Desk) -> None:
    numbers = [new(desk, f"Problem {count}") for count in range(3)]
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "space", "space", "space", "t")
        problems.assign(desk, numbers[1], "kim", by="kim")
        await press(pilot, "u")
        assert "1 refused" in shown(pilot)
        assert "has changed since" in shown(pilot)
        await press(pilot, "escape")
        assert "2 problems taken back" in shown(pilot)

    assert [record(desk, number).row.assignee for number in numbers] == [None, "kim", None]


async def test_u_takes_back_what_the_line_says(desk: Desk) -> None:
    number = analysed(desk)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "3", "a")
        await type_text(pilot, "kim")
        await press(pilot, "enter", "i")
        await type_text(pilot, "Asked the vendor")
        await press(pilot, "ctrl+s")
        assert "Note left on PRB-1   u undo" in shown(pilot)
        await press(pilot, "u")
        assert "taken back: Note left on PRB-1" in shown(pilot)
        await press(pilot, "U", "u", "u")
        assert "taken back: PRB-1: the owner is kim now" in shown(pilot)

    assert record(desk, number).row.assignee == "pia"


async def test_only_what_was_changed_in_the_form_is_written(desk: Desk) -> None:
    number = analysed(desk)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "3", "e")
        await press(pilot, "ctrl+s")
        assert "Nothing was changed yet." in shown(pilot)
        await type_text(pilot, " again")
        problems.edit(desk, number, ProblemEdit(description="By Kim"), by="kim")
        await press(pilot, "ctrl+s")

    assert (record(desk, number).row.summary, record(desk, number).description) == (
        "VPN flaps after fw 9.1.4 again",
        "By Kim",
    )


async def test_who_edits_a_field_that_another_edited_meanwhile_is_shown_their_words_first(desk: Desk) -> None:
    number = analysed(desk)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "3", "e")
        await type_text(pilot, " again")
        problems.edit(desk, number, ProblemEdit(summary="VPN drops"), by="kim")
        await press(pilot, "ctrl+s")
        assert "Somebody changed the summary of PRB-1 meanwhile: “VPN drops”." in shown(pilot)
        assert record(desk, number).row.summary == "VPN drops"
        await press(pilot, "ctrl+s")

    assert record(desk, number).row.summary == "VPN flaps after fw 9.1.4 again"


async def test_a_field_is_emptied_where_no_gate_needs_it(desk: Desk) -> None:
    number = new(desk)
    problems.edit(desk, number, ProblemEdit(description="flaps"), by="pia")
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "e", "tab", *["delete"] * 5)
        await press(pilot, "ctrl+s")

    assert record(desk, number).description == ""


@pytest.mark.parametrize("key", ["exclamation_mark", "m"])
async def test_what_is_about_one_problem_is_refused_for_many(desk: Desk, key: str) -> None:
    for number in (new(desk), new(desk, "Another")):
        assert not record(desk, number).row.known_error
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "space", "space", key)

        assert "one problem at a time" in shown(pilot)


async def test_many_are_watched_at_once_and_no_longer(desk: Desk) -> None:
    numbers = (new(desk), new(desk, "Another"))
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        await press(pilot, "g", "b", "space", "space", "W")
        watched = [record(desk, number).watchers for number in numbers]
        await press(pilot, "V", "W")
        watched += [record(desk, number).watchers for number in numbers]
        await press(pilot, "W")
        watched += [record(desk, number).watchers for number in numbers]

    assert watched == [("pia",), ("pia",), (), (), (), ("pia",)]


async def test_nothing_is_offered_for_undo_that_stays(desk: Desk) -> None:
    first, other = new(desk, tickets=(incident(desk),)), new(desk, "The same")
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(first)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "d", "down", "down", "enter")
        await type_text(pilot, other)
        await press(pilot, "ctrl+s")

        said = next(line for line in shown(pilot).splitlines() if "PRB-1 is closed" in line)
        assert "u undo" not in said


async def test_an_action_that_was_finished_by_mistake_is_open_again(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "3", "c", "tab")
        await type_text(pilot, "Watch the log")
        await press(pilot, "ctrl+s", "home", "j", "+")
        assert "corrective action done   u undo" in shown(pilot)
        await press(pilot, "u")
        assert "1 problem taken back: corrective action done" in shown(pilot)

    done = {action.summary: action.done_at is not None for action in record(desk, number).actions}
    assert done == {"Roll back to 9.1.3": True, "Watch the log": False}
