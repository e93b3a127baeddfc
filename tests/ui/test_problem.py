"""A problem through the console: led from a recurrence to a verified effect, edited by several at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.rca import Verdict
from deskterm.reads import problems as reads
from deskterm.services import causes, known_errors
from deskterm.services.problem_drafts import KnownErrorDraft
from deskterm.services.sweep import sweep
from tests.ui.console import console, press, settle, shown, type_text
from tests.ui.problems import DAY, analysed, furnish, incident, new, verifying, with_causes


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish(desk)


async def test_a_recurrence_is_led_to_closed_with_its_effect_verified_by_keys_alone(
    desk: Desk, clock: StoppedClock
) -> None:
    for _each in range(5):
        incident(desk)
    clock.advance(DAY)
    sweep(desk)
    async with console(desk, agent="pia", size=(100, 30)) as pilot:
        await press(pilot, "g", "b")
        assert "candidates (g k)" in shown(pilot)
        await press(pilot, "g", "k")
        assert f"{5} incidents in 14 days" in shown(pilot)
        await press(pilot, "c", "ctrl+s")
        assert "PRB-1" in shown(pilot)

        await press(pilot, "L")
        assert "PRB-1" in shown(pilot)
        await press(pilot, "L", "tab")
        await type_text(pilot, "network service-desk")
        await press(pilot, "ctrl+s")
        assert "ROOT CAUSE ANALYSIS" in shown(pilot)

        await press(pilot, "2", "c")
        await type_text(pilot, "Rekey fails")
        await press(pilot, "ctrl+s", "+", "c")
        await type_text(pilot, "Firmware 9.1.4 has a bug")
        await press(pilot, "ctrl+s", "+", "*")
        assert "+ Firmware 9.1.4 has a bug * root" in shown(pilot)

        await press(pilot, "L")
        await type_text(pilot, "IKE rekey fails")
        await press(pilot, "tab", "tab")
        await type_text(pilot, "Roll back to 9.1.3")
        await press(pilot, "ctrl+s")
        assert "FIX IN PROGRESS" in shown(pilot)

        await press(pilot, "3", "+")
        assert "ok done" in shown(pilot)
        await press(pilot, "L", "tab", "tab", "tab", "backspace")
        await type_text(pilot, "1")
        await press(pilot, "ctrl+s", "4")
        assert "VERIFYING" in shown(pilot)
        assert "before: 5 in 14 days" in shown(pilot)
        for _each in range(15):
            clock.advance(DAY)
            sweep(desk)
        await press(pilot, "R", "A")
        assert "RESOLVED" in shown(pilot)
        await press(pilot, "L")
        await type_text(pilot, "Test firmware first.")
        await press(pilot, "ctrl+s")
        assert "CLOSED" in shown(pilot)

    record = reads.record(desk, "PRB-1", by="pia")
    assert record.row.closure is not None
    assert (record.row.closure.value, record.baseline, record.row.linked) == ("effective", 5, 5)


async def test_two_consoles_edit_one_tree_and_nothing_is_lost(desk: Desk) -> None:
    number = analysed(desk)
    async with console(desk, agent="pia") as hers, console(desk, agent="kim") as his:
        for pilot in (hers, his):
            await press(pilot, "g", "t")
            await type_text(pilot, number)
            await press(pilot, "enter", "2")
        await press(hers, "c")
        await press(his, "c")
        await type_text(hers, "Rekey fails")
        await type_text(his, "Nobody tested it")
        await press(his, "ctrl+s")
        await press(hers, "ctrl+s")
        await settle(his)
        await press(his, "R")

        assert "Rekey fails" in shown(his)
        assert "Nobody tested it" in shown(his)

    statements = {cause.statement for cause in reads.causes(desk, number, by="pia")}
    assert statements == {"Rekey fails", "Nobody tested it"}


async def test_who_words_a_cause_that_another_worded_meanwhile_is_shown_their_words_first(desk: Desk) -> None:
    number = analysed(desk)
    cause = causes.add(desk, number, "Rekey", by="kim")
    async with console(desk, agent="pia", size=(100, 30)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "2", "enter")
        await type_text(pilot, " fails")
        causes.edit(desk, number, cause, statement="Rekey breaks", evidence="log 7", by="kim")
        await press(pilot, "ctrl+s")
        assert "Rekey breaks" in shown(pilot)
        assert "Rekey fails" in shown(pilot)
        await press(pilot, "ctrl+s")

    (found,) = reads.causes(desk, number, by="pia")
    assert (found.statement, found.evidence) == ("Rekey fails", "log 7")


async def test_an_edit_of_a_cause_is_taken_back_and_done_again(desk: Desk) -> None:
    number = analysed(desk)
    with_causes(desk, number)
    async with console(desk, agent="pia") as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "2", "j", "x")
        assert "x Firmware 9.1.4" in shown(pilot)
        await press(pilot, "u")
        assert "? Firmware 9.1.4" in shown(pilot)
        await press(pilot, "U")

    verdicts = [cause.verdict for cause in reads.causes(desk, number, by="pia")]
    assert verdicts == [Verdict.CONFIRMED, Verdict.REFUTED]


async def test_causes_are_promoted_demoted_moved_and_put_on_branches(desk: Desk) -> None:
    number = analysed(desk)
    first, second = with_causes(desk, number)
    third = causes.add(desk, number, "Nobody tested it", by="kim")
    async with console(desk, agent="pia") as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "2", "end", "K", "K", "J", ">", "b")
        await type_text(pilot, "process")
        await press(pilot, "enter", "home", "j", "<", "f")

    found = {cause.id: cause for cause in reads.causes(desk, number, by="pia")}
    assert found[third].branch is not None
    assert (found[third].parent_id, found[second].parent_id) == (first, None)


async def test_a_refusal_stays_in_the_form_with_what_was_typed(desk: Desk) -> None:
    number = analysed(desk)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "L")
        await type_text(pilot, "IKE rekey fails")
        await press(pilot, "tab", "tab")
        await type_text(pilot, "Roll back")
        await press(pilot, "ctrl+s")

        assert "needs one confirmed chain" in shown(pilot)
        assert "IKE rekey fails" in shown(pilot)


async def test_a_workaround_goes_to_the_linked_open_tickets_and_is_recalled(desk: Desk) -> None:
    tickets = (incident(desk), incident(desk))
    number = new(desk, tickets=tickets)
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "exclamation_mark")
        await type_text(pilot, "Tunnel drops")
        await press(pilot, "tab")
        await type_text(pilot, "Reconnect")
        await press(pilot, "ctrl+s", "m")
        assert "2 linked tickets" in shown(pilot)
        await press(pilot, "enter", "ctrl+s", "y")
        assert "goes to 2 tickets" in shown(pilot)
        await press(pilot, "u")
        assert "taken back" in shown(pilot)
        await press(pilot, "m", "enter")

        assert "Reconnect" in shown(pilot)


async def test_a_risk_is_accepted_and_a_duplicate_moves_its_tickets(desk: Desk) -> None:
    first, other = analysed(desk, tickets=(incident(desk),)), analysed(desk, "The same")
    async with console(desk, agent="pia", size=(100, 40)) as pilot:
        pilot.app.open_ticket(first)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "d", "down", "down", "enter")
        await type_text(pilot, other)
        await press(pilot, "ctrl+s", "escape")
        pilot.app.open_ticket(other)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "d", "down", "enter")
        await type_text(pilot, "Replaced in autumn")
        await press(pilot, "tab")
        await type_text(pilot, "pia")
        await press(pilot, "tab")
        await type_text(pilot, "26w")
        await press(pilot, "ctrl+s")
        assert "risk accepted" in shown(pilot)

    assert reads.record(desk, first, by="pia").duplicate_of == other
    assert reads.record(desk, other, by="pia").row.linked == 1


async def test_the_report_is_written_as_markdown_and_svg(desk: Desk, tmp_path: Path) -> None:
    number = analysed(desk)
    with_causes(desk, number)
    async with console(desk, agent="pia", size=(120, 30)) as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "E")
        await press(pilot, *["backspace"] * 8)
        await type_text(pilot, str(tmp_path / "report"))
        await press(pilot, "ctrl+s")

    assert "Rekey fails under load" in (tmp_path / "report.md").read_text()
    assert (tmp_path / "report.svg").read_text().startswith("<svg")


async def test_a_problem_that_comes_back_shows_it_without_a_key(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    async with console(desk, agent="pia") as pilot:
        pilot.app.open_ticket(number)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        clock.advance(DAY)
        incident(desk)
        incident(desk)
        pilot.app.poke()  # type: ignore[attr-defined]  # a DeskApp
        await pilot.pause(0.5)
        await settle(pilot)

        assert "came back 1 time" in shown(pilot)


async def test_the_ticket_leads_to_its_problem(desk: Desk) -> None:
    ticket = incident(desk)
    number = new(desk, tickets=(ticket,))
    async with console(desk, agent="pia") as pilot:
        pilot.app.open_ticket(ticket)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "g", "p")

        assert f"{number}  NEW" in shown(pilot)


async def test_a_problem_that_does_not_exist_is_refused_with_a_sentence(desk: Desk) -> None:
    async with console(desk, agent="pia") as pilot:
        pilot.app.open_ticket("PRB-99")  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)

        assert "There is no PRB-99." in shown(pilot)
        await press(pilot, "L", "2", "c", "escape", "3", "+", "4", "A")

        assert "There is no PRB-99." in shown(pilot)


async def test_a_known_error_is_shown_on_every_ticket_that_matches(desk: Desk) -> None:
    number = new(desk)
    draft = KnownErrorDraft(symptom="Tunnel drops", workaround="Reconnect twice")
    known_errors.declare(desk, number, draft, by="pia")
    ticket = incident(desk)
    async with console(desk, size=(160, 45)) as pilot:
        pilot.app.open_ticket(ticket)  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        beside = shown(pilot)
    async with console(desk) as pilot:
        pilot.app.open_ticket(ticket)  # type: ignore[attr-defined]  # a DeskApp
        await press(pilot, "2")
        page = shown(pilot)

    for screen in (beside, page):
        assert "Known errors" in screen
        assert "workaround: Reconnect twice" in screen
