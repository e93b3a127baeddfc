"""Fields, tags, links, merges, tasks, macros and decisions, driven by keys."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.people import Role
from deskterm.domain.ticket import Kind, LinkKind, Status
from deskterm.reads import ticket
from deskterm.services import catalogue, intake, links, people, tickets
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket
from tests.ui.console import console, press, settle, shown, type_text
from tests.ui.lively import HOSTILE

ACCESS = "Access / Permissions"


async def test_e_changes_fields_and_leaves_the_others(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "e", "end")
        await type_text(pilot, ", again")
        await press(pilot, "ctrl+s")

        assert "changed INC-4" in shown(pilot)
    record = ticket.record(desk, "INC-4", by="dana")
    assert record.summary == "VPN down for Lyon site (47 users), again"
    assert record.category == "Network / VPN"


async def test_a_category_that_nobody_knows_is_refused_at_its_field_and_kept(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "e", "tab", "tab")
        await type_text(pilot, " Nonsense")
        await press(pilot, "ctrl+s")
        lines = shown(pilot).splitlines()

    at = next(place for place, line in enumerate(lines) if "Nonsense" in line)
    assert "The catalogue has no category" in lines[at + 1]


async def test_many_tickets_get_a_category_at_once(desk: Desk) -> None:
    catalogue.add(desk, categories=("Network / Wi-Fi",), by="root")
    async with console(desk) as pilot:
        await press(pilot, "space", "space", "e")
        await type_text(pilot, "Network / Wi-Fi")
        await press(pilot, "ctrl+s")

        assert "changed each of 2 tickets" in shown(pilot)
    assert {ticket.record(desk, number, by="dana").category for number in ("INC-4", "INC-5")} == {
        "Network / Wi-Fi"
    }


async def test_tags_are_put_on_and_taken_off_in_one_line(desk: Desk) -> None:
    tickets.tag(desk, "INC-4", ("lyon",), by="dana")
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "number_sign")
        offered = shown(pilot)
        await type_text(pilot, "vpn -lyon")
        await press(pilot, "ctrl+s")

    assert "#lyon" in offered
    assert ticket.record(desk, "INC-4", by="dana").tags == ("vpn",)


async def test_a_link_is_put_and_leads_to_the_other_ticket(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "ampersand", "tab", "tab")
        await type_text(pilot, "INC-5")
        await press(pilot, "ctrl+s", "3")
        tab = shown(pilot)
        await press(pilot, "enter")

        assert "related to       INC-5" in tab
        assert "INC-5" in shown(pilot).splitlines()[0]


async def test_a_link_to_nothing_says_why(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "ampersand", "ctrl+s")

        assert "Name the other record" in shown(pilot)


@pytest.mark.parametrize(("answer", "status"), [("y", Status.MERGED), ("n", Status.IN_PROGRESS)])
async def test_a_merge_asks_before_it_is_done(desk: Desk, answer: str, status: Status) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "M")
        await type_text(pilot, "INC-5")
        await press(pilot, "ctrl+s")
        question = shown(pilot)
        await press(pilot, answer)

    assert "Merge INC-4 into INC-5?" in question
    assert ticket.record(desk, "INC-4", by="dana").status is status


async def test_a_merge_into_nothing_is_refused_at_its_field(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "M")
        await type_text(pilot, "INC-4711")
        await press(pilot, "ctrl+s")

        assert "There is no INC-4711." in shown(pilot)


async def test_a_merged_ticket_is_taken_out_again(desk: Desk) -> None:
    links.merge(desk, "INC-4", "INC-5", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "g", "t")
        await type_text(pilot, "INC-4")
        await press(pilot, "enter", "M", "y")

    assert ticket.record(desk, "INC-4", by="dana").status is Status.IN_PROGRESS


async def test_a_task_is_added_and_ticked_off(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "D")
        await type_text(pilot, "Ask the vendor")
        await press(pilot, "ctrl+s", "2")
        page = shown(pilot)
        await press(pilot, "D", "enter")

    assert "[ ] Ask the vendor" in page
    assert ticket.record(desk, "INC-4", by="dana").tasks[0].done_at is not None


async def test_a_macro_shows_what_it_does_and_u_takes_all_of_it_back(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "j", "enter", "m")
        await type_text(pilot, "major")
        preview = shown(pilot)
        await press(pilot, "enter")
        done = ticket.record(desk, "INC-4", by="dana").tags
        await press(pilot, "u")

    assert "PUBLIC reply" in preview
    assert "we know about this and are working on it (INC-4)" in preview
    assert done == ("major-update",)
    assert ticket.record(desk, "INC-4", by="dana").tags == ()


@pytest.mark.parametrize(
    ("down", "status"), [(0, Status.NEW), (1, Status.CANCELLED)], ids=["approve", "refuse"]
)
async def test_a_request_is_decided_from_its_status(desk: Desk, down: int, status: Status) -> None:
    approver = AgentDraft(login="abe", name="Abe Abel", roles=frozenset({Role.AGENT, Role.APPROVER}))
    people.add_agent(desk, approver, by="root")
    draft = NewTicket(
        kind=Kind.REQUEST, caller=CallerDraft(name="Mia Moor"), summary="Rights", category=ACCESS
    )
    number = intake.open_ticket(desk, draft, by="kim")
    async with console(desk, agent="abe") as pilot:
        await press(pilot, "g", "t")
        await type_text(pilot, number)
        await press(pilot, "enter", "2")
        waiting = shown(pilot)
        await press(pilot, "s", *["down"] * down, "enter")
        await type_text(pilot, "as agreed")
        await press(pilot, "enter")

    record = ticket.record(desk, number, by="dana")
    assert "waits for the role approver" in waiting
    assert (record.status, record.approvals[0].comment) == (status, "as agreed")


async def test_hostile_words_in_forms_and_pickers_are_shown_as_text(desk: Desk) -> None:
    tickets.add_task(desk, "INC-5", HOSTILE, by="dana")
    links.link(desk, "INC-5", LinkKind.RELATED, "INC-8", by="dana")
    async with console(desk) as pilot:
        await press(pilot, "enter", "D")
        picker = shown(pilot)
        await press(pilot, "escape", "3")
        tab = shown(pilot)
        await press(pilot, "2")

        assert "[/dev/usb0]" in picker
        assert "[/dev/usb0]" in tab
        assert "[/dev/usb0]" in shown(pilot)


async def test_a_field_is_emptied_and_u_brings_it_back(desk: Desk) -> None:
    before = ticket.record(desk, "INC-4", by="dana").category
    assert before
    async with console(desk) as pilot:
        pilot.app.open_ticket("INC-4")  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        await press(pilot, "e", "tab", "tab", "ctrl+u", "ctrl+k", "ctrl+s")
        emptied = ticket.record(desk, "INC-4", by="dana").category
        await press(pilot, "u")

    assert emptied is None
    assert ticket.record(desk, "INC-4", by="dana").category == before


async def test_when_it_occurred_is_written_as_one_says_it(desk: Desk) -> None:
    async with console(desk) as pilot:
        pilot.app.open_ticket("INC-4")  # type: ignore[attr-defined]  # a DeskApp
        await settle(pilot)
        await press(pilot, "e", *["tab"] * 6)
        await type_text(pilot, "tomorrow")
        await press(pilot, "ctrl+s")
        refused = shown(pilot)
        await press(pilot, "ctrl+u")
        await type_text(pilot, "2026-06-02 07:15")
        await press(pilot, "ctrl+s")

    occurred = ticket.record(desk, "INC-4", by="dana").occurred_at
    assert "is no moment in the past" in refused
    assert occurred is not None
    assert f"{occurred:%Y-%m-%dT%H:%M}" == "2026-06-02T07:15"
