"""The approvals inbox: read the whole request, decide in two keys, refuse with a comment."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus
from tests import changes as led
from tests.ui.changing import with_board
from tests.ui.console import console, press, shown, type_text


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


async def test_whoever_asked_for_it_finds_nothing_to_decide(desk: Desk) -> None:
    led.assessed(desk)

    async with console(desk, agent="kim") as pilot:
        await press(pilot, "g", "a")

        assert "Nothing waits for your decision." in shown(pilot)
