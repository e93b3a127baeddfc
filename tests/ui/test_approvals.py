"""The approvals inbox: read the whole request, decide in two keys, refuse with a comment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus
from deskterm.reads import approvals as reads
from deskterm.services import approvals
from tests import changes as led
from tests.ui.changing import with_board
from tests.ui.console import console, press, shown, type_text

DAY = timedelta(days=1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return with_board(desk)


async def test_the_whole_request_is_there_to_read(desk: Desk) -> None:
    led.assessed(desk)

    async with console(desk, agent="osei", size=(160, 60)) as pilot:
        await press(pilot, "g", "a")

        seen = shown(pilot)
        for words in ("0 of 1, one more", *(led.RFC[name] for name in ("purpose", "risks", "rollback_plan"))):
            assert words in seen


async def test_the_inbox_is_filtered_like_the_calendar(desk: Desk) -> None:
    number = led.assessed(desk)

    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a", "/")
        await type_text(pilot, "status:draft")
        await press(pilot, "enter")
        none = shown(pilot)
        await press(pilot, "escape")

        assert "No change that waits for you is taken by the filter." in none
        assert number in shown(pilot)
        assert "/ status:" not in shown(pilot)


async def test_two_keys_approve(desk: Desk) -> None:
    number = led.assessed(desk)

    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a", "a", "enter")
        assert "Nothing waits for your decision." in shown(pilot)

    assert led.status(desk, number) is ChangeStatus.SCHEDULED


async def test_a_refusal_needs_a_comment(desk: Desk) -> None:
    number = led.assessed(desk)

    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a", "r", "enter")
        assert f"Say why {number} is refused." in shown(pilot)
        await type_text(pilot, "Not this week")
        await press(pilot, "enter")

    assert led.status(desk, number) is not ChangeStatus.SCHEDULED


async def test_a_delegate_votes_in_anothers_place(desk: Desk) -> None:
    number = led.assessed(desk)
    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a", "D", "tab", "tab")
        await type_text(pilot, "5d")
        await press(pilot, "ctrl+s")
        assert "votes in your place" in shown(pilot)

    assert led.status(desk, number) is ChangeStatus.AUTHORISE


async def test_who_decides_is_there_at_every_size(desk: Desk) -> None:
    led.assessed(desk)

    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a")

        assert "IT lead" in shown(pilot)


async def test_delegations_are_seen_and_one_is_taken_back(desk: Desk, clock: StoppedClock) -> None:
    now = clock.now()
    approvals.delegate(desk, "abe", now, now + DAY, by="osei")
    approvals.delegate(desk, "chen", now + DAY, now + 2 * DAY, by="osei")

    async with console(desk, agent="osei") as pilot:
        await press(pilot, "g", "a")
        assert "osei is voted for by abe until Wed 12:30" in shown(pilot)
        assert "osei is voted for by chen from Wed 12:30 until Thu 12:30" in shown(pilot)
        await press(pilot, "X", "enter")
        assert "The delegation is over." in shown(pilot)
        assert "by abe" not in shown(pilot)

    assert [each.to for each in reads.endable(desk, by="osei")] == ["chen"]


async def test_nobody_ends_what_concerns_others_but_a_lead(desk: Desk, clock: StoppedClock) -> None:
    now = clock.now()
    approvals.delegate(desk, "abe", now, now + DAY, by="chen")

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "a", "X")
        assert "No delegation is in force or to come that you could end." in shown(pilot)
    async with console(desk, agent="dana") as pilot:
        await press(pilot, "g", "a", "X", "enter")
        assert "The delegation is over." in shown(pilot)


async def test_whoever_asked_for_it_finds_nothing_to_decide(desk: Desk) -> None:
    led.assessed(desk)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "a")

        assert "Nothing waits for your decision." in shown(pilot)
