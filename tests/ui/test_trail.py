"""Back, forward, and to and fro between the last two places, by keys."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.commands import Place
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp
from deskterm.ui.trail import Location, Trail
from tests.ui.console import burst, console, press, shown

KEYS = {"[": "left_square_bracket", "]": "right_square_bracket", "-": "minus"}


def here(pilot: Pilot[Any]) -> str:
    """Return where somebody is: the place, a record's number, or the queue's view."""
    app = pilot.app
    assert isinstance(app, DeskApp)
    screen = app.screen
    place: Place = screen.PLACE  # type: ignore[attr-defined]  # a DeskScreen
    if place is Place.QUEUE:
        return app.queue.view.name
    return getattr(screen, "number", "") or place.value


async def walked(pilot: Pilot[Any], keys: str) -> list[str]:
    """Press keys one after the other and return where each of them led."""
    places = []
    for key in keys.split():
        await press(pilot, *(KEYS.get(each, each) for each in key))
        places.append(here(pilot))
    return places


@pytest.mark.parametrize(
    ("keys", "places"),
    [
        ("o q 3 [ [ [ ] ] ] ]", "INC-5 Mine Unassigned Mine INC-5 Mine INC-5 Mine Unassigned Unassigned"),
        ("0 o q - - -", "All INC-5 All INC-5 All INC-5"),
        ("3 0 - - [ ]", "Unassigned All Unassigned All Unassigned All"),
        ("3 [ [ 2 ]", "Unassigned Mine Mine Team Team"),
        ("gb gq 3 - [", "board Mine Unassigned Mine board"),
        ("gc gn q [", "calendar notifications calendar notifications"),
        ("o J [ ]", "INC-5 INC-4 Mine INC-4"),
        ("3 o [ ] -", "Unassigned INC-10 Unassigned INC-10 Unassigned"),
    ],
)
async def test_keys_lead_back_and_forward(desk: Desk, keys: str, places: str) -> None:
    async with console(desk) as pilot:
        assert await walked(pilot, keys) == places.split()


async def test_beyond_the_end_there_is_no_further_place(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "3", KEYS["["], KEYS["]"], KEYS["]"])

        assert "There is no further place." in shown(pilot)


async def test_a_filter_is_a_place_of_its_own(desk: Desk) -> None:
    async with console(desk) as pilot:
        await burst(pilot, "0", "/", *"badge", "enter")
        filtered = shown(pilot)
        await press(pilot, KEYS["["])
        before = shown(pilot)
        await press(pilot, KEYS["]"])

        assert "/ is:open badge" in filtered
        assert "badge" not in before.splitlines()[2]
        assert "/ is:open badge" in shown(pilot)


def test_going_to_and_fro_keeps_what_lies_ahead() -> None:
    trail = Trail()
    for view in "abc":
        trail.visit(Location(view, ""))

    moves = [trail.step(-1), trail.toggle(), trail.toggle(), trail.step(1), trail.step(1)]

    assert [place.view if place else None for place in moves] == ["b", "c", "b", "c", None]


def test_from_a_new_place_one_goes_back_to_the_one_before_though_it_was_forgotten() -> None:
    trail = Trail()
    for view in "abc":
        trail.visit(Location(view, ""))
    trail.step(-1)
    trail.step(-1)
    trail.visit(Location("d", ""))

    moves = [trail.toggle(), trail.toggle(), trail.step(-1)]

    assert [place.view if place else None for place in moves] == ["a", "d", "a"]
