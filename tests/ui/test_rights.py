"""What the console lets people begin, and whom it offers work for, by their roles."""

from __future__ import annotations

from contextlib import closing

import pytest

from deskterm.clock import StoppedClock
from deskterm.commands import of_place
from deskterm.commands.command import Place
from deskterm.desk import Desk
from deskterm.domain.people import MAY, Role
from deskterm.services import people
from deskterm.services.drafts import AgentDraft
from deskterm.ui.app import DeskApp
from deskterm.ui.screens.queue import QueueScreen
from tests.ui.console import console, press, settle, shown


def let_in(desk: Desk, login: str, *roles: Role) -> None:
    draft = AgentDraft(login=login, name=login.title(), roles=frozenset(roles))
    people.add_agent(desk, draft, by="root")


@pytest.mark.parametrize("place", [Place.QUEUE, Place.TICKET])
def test_every_key_that_changes_a_ticket_says_what_it_takes(place: Place) -> None:
    verbs = [command for command in of_place(place) if command.id.startswith("ticket.") and command.needs]

    silent = {command.id for command in verbs if not command.takes}
    assert silent <= {"ticket.copy_number", "ticket.copy_link", "ticket.open_link"}
    assert all(command.takes in MAY for command in verbs if command.takes)


@pytest.mark.parametrize("key", [*"tapdbriesAcTmM!", "ampersand", "number_sign", "plus"])
async def test_who_only_reads_is_told_so_before_anything_is_typed(desk: Desk, key: str) -> None:
    let_in(desk, "audrey", Role.AUDITOR)
    async with console(desk, agent="audrey") as pilot:
        await press(pilot, "0", "exclamation_mark" if key == "!" else key)

        assert isinstance(pilot.app.screen, QueueScreen)
        assert "You may not do that: it takes the role agent" in shown(pilot)


@pytest.mark.parametrize("key", ["r", "i"])
async def test_no_composer_opens_for_who_may_not_write(desk: Desk, key: str) -> None:
    let_in(desk, "audrey", Role.AUDITOR)
    async with console(desk, agent="audrey") as pilot:
        await press(pilot, "0", "enter", key)

        assert "You may not do that: it takes the role agent" in shown(pilot)
        assert "draft" not in shown(pilot)


async def test_who_only_reads_may_still_watch(desk: Desk) -> None:
    let_in(desk, "audrey", Role.AUDITOR)
    async with console(desk, agent="audrey") as pilot:
        await press(pilot, "0", "W")

        assert "You watch REQ-2" in shown(pilot)


async def test_a_role_that_is_given_counts_at_once(desk: Desk, clock: StoppedClock) -> None:
    let_in(desk, "audrey", Role.AUDITOR)
    async with console(desk, agent="audrey") as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await press(pilot, "0", "c")
        refused = isinstance(pilot.app.screen, QueueScreen)

        url = desk.engine.url.render_as_string(hide_password=False)
        with closing(Desk.open(url, clock=clock)) as other:
            let_in(other, "audrey", Role.AGENT)
        app.poke()
        await settle(pilot)
        await press(pilot, "c")

        assert refused
        assert "NEW TICKET" in shown(pilot)


async def test_who_may_not_work_is_not_offered_for_assignment(desk: Desk) -> None:
    let_in(desk, "audrey", Role.AUDITOR)
    async with console(desk) as pilot:
        await press(pilot, "a")

        offered = shown(pilot)
        assert "kim" in offered
        assert "audrey" not in offered
