"""What is copied is shown too: nobody tells whether a terminal took it."""

from __future__ import annotations

import base64
import re

import pytest

from deskterm.desk import Desk
from tests.security.recorded import hit, painted, recorded

COPIED = re.compile(r"\x1b\]52;c;([^\x1b]*)\x1b\\")
HERE = "Copied, if the terminal allows. Here it is as well."


def copied(sent: str) -> list[str]:
    return [base64.b64decode(found).decode() for found in COPIED.findall(sent)]


async def test_one_number_is_copied_and_named_on_the_status_line(desk: Desk) -> None:
    async with recorded(desk) as (app, pilot):
        number = str(app.queue.table.cursor)
        app.taken()

        await hit(pilot, "y")

        assert copied(app.taken()) == [f"INC-{number}"]
        assert f"Copied: INC-{number}" in painted(app)


async def test_what_fits_on_no_line_is_shown_whole(desk: Desk) -> None:
    async with recorded(desk, size=(60, 20)) as (app, pilot):
        await hit(pilot, "0", "V")
        numbers = [subject.number for subject in app.queue.subjects()]
        app.taken()

        await hit(pilot, "y")

        shown = painted(app)
        assert copied(app.taken()) == [" ".join(numbers)]
        assert HERE in " ".join(re.sub(r"[│┃]", " ", shown).split())
        assert all(number in shown for number in numbers)


async def test_links_of_several_tickets_are_shown_line_by_line(desk: Desk) -> None:
    async with recorded(desk) as (app, pilot):
        await hit(pilot, "x", "j", "x", "Y")

        assert painted(app).count("deskterm open ") == 2


async def test_what_no_clipboard_takes_is_not_said_to_be_copied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.ui.terminal.CLIPBOARD_BYTES", 4)
    async with recorded(desk) as (app, pilot):
        number = f"INC-{app.queue.table.cursor}"
        app.taken()

        await hit(pilot, "y")

        shown = painted(app)
        assert copied(app.taken()) == []
        assert "Too long for the terminal's clipboard. Here it is." in shown
        assert number in shown
        assert "Copied" not in shown
