"""A triage run, driven by keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.ticket import Level, Resolution
from deskterm.reads import ticket
from deskterm.services import catalogue, intake, progress, tickets
from deskterm.services.drafts import CallerDraft, NewTicket
from tests.ui.console import console, press, shown
from tests.ui.lively import TUESDAY, empty_desk

PREPARED = 20
CATEGORY = "Hardware / Printer"


@pytest.fixture
def prepared(tmp_path: object, clock: StoppedClock) -> Desk:
    """A desk with a solved printer ticket, and twenty new ones that say the same."""
    desk = empty_desk(f"sqlite:///{tmp_path}/triage.db", clock)
    catalogue.add(desk, categories=(CATEGORY,), by="root")

    def opened(summary: str, **fields: object) -> str:
        caller = CallerDraft(name="Tom Okafor", email="tom@example.org")
        draft = NewTicket.model_validate({"caller": caller, "summary": summary, **fields})
        return intake.open_ticket(desk, draft, by="kim")

    solved = opened("Paper jam in the printer", category=CATEGORY, urgency=Level.LOW)
    tickets.take(desk, solved, by="kim")
    progress.resolve(desk, solved, Resolution.FIXED, "The paper was taken out.", by="kim")
    for place in range(PREPARED):
        opened(f"Paper jam in the printer {place}")
    return desk


async def test_twenty_prepared_tickets_take_one_key_each(prepared: Desk, clock: StoppedClock) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T")
        first = shown(pilot)
        for _place in range(PREPARED):
            clock.advance(timedelta(seconds=3))
            await press(pilot, "1")
        end = shown(pilot)

    assert "1 of 20" in first
    assert "20 tickets triaged, 3 s each" in end
    for key in range(2, 2 + PREPARED):
        record = ticket.record(prepared, f"INC-{key}", by="dana")
        assert (record.category, record.assignee) == (CATEGORY, "dana")


async def test_enter_takes_all_suggestions_and_leaves_the_ticket_to_its_team(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T", "enter")
        after = shown(pilot)

    record = ticket.record(prepared, "INC-2", by="dana")
    assert (record.category, record.urgency, record.assignee) == (CATEGORY, Level.LOW, None)
    assert "2 of 20" in after


async def test_a_digit_does_one_suggestion_alone(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T", "2")

    record = ticket.record(prepared, "INC-2", by="dana")
    assert (record.category, record.urgency) == (CATEGORY, Level.MEDIUM)


async def test_k_goes_back_and_j_on_without_doing_anything(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T", "J")
        on = shown(pilot)
        await press(pilot, "K")
        back = shown(pilot)
        await press(pilot, "K")

        assert "2 of 20" in on
        assert "1 of 20" in back
        assert "first ticket" in shown(pilot)


async def test_every_act_goes_on_and_escape_ends_the_run(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T", "t")
        taken = shown(pilot)
        await press(pilot, "escape")

        assert "2 of 20" in taken
        assert "QUEUE" in shown(pilot).splitlines()[0]
    assert ticket.record(prepared, "INC-2", by="dana").assignee == "dana"


async def test_likely_duplicates_are_offered_and_merged_with_a_digit(prepared: Desk) -> None:
    async with console(prepared, size=(160, 45)) as pilot:
        await press(pilot, "T")
        lines = [line for line in shown(pilot).splitlines() if "merge into INC-" in line]
        digit = lines[0].split("merge into")[0].split()[-1]
        await press(pilot, digit)

    assert ticket.record(prepared, "INC-2", by="dana").merged_into.startswith("INC-")


async def test_u_takes_a_verdict_back_as_one(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T", "1", "u")

    record = ticket.record(prepared, "INC-2", by="dana")
    assert (record.category, record.assignee, record.urgency) == (None, None, Level.MEDIUM)


async def test_an_empty_run_says_so(tmp_path: object) -> None:
    desk = empty_desk(f"sqlite:///{tmp_path}/none.db", StoppedClock(TUESDAY))
    async with console(desk) as pilot:
        await press(pilot, "T")

        assert "Nothing was left to triage." in shown(pilot)
    desk.close()


async def test_what_others_took_meanwhile_is_passed_over(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T")
        for number in ("INC-3", "INC-4"):
            tickets.take(prepared, number, by="kim")
        await press(pilot, "1")

        assert "INC-5" in shown(pilot)
        assert "4 of 20" in shown(pilot)


async def test_the_ticket_one_looks_at_stays_though_somebody_takes_it(prepared: Desk) -> None:
    async with console(prepared) as pilot:
        await press(pilot, "T")
        tickets.take(prepared, "INC-2", by="kim")
        await pilot.pause(0.5)
        await press(pilot, "R")

        assert "INC-2" in shown(pilot)
