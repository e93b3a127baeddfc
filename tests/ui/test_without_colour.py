"""Console check 7 and 8: with few colours, none, or little room, everything is still said by sign or word."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import TextArea

from deskterm.cli.program import REFUSED, main
from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.services import conversation, sweep, workplace
from deskterm.ui.theme import THEMES
from deskterm.ui.widgets.ticket_table import TicketTable
from deskterm.ui.widgets.timeline import Timeline
from tests.security.recorded import RecordedApp, hit, painted, recorded
from tests.ui.console import press, settle, type_text

TRUE, SIXTEEN, NONE = {"COLORTERM": "truecolor"}, {"TERM": "xterm"}, {"NO_COLOR": "1"}
LOOKS = [("desk-dark", NONE), ("desk-dark", SIXTEEN), ("desk-light", SIXTEEN)] + [
    (theme.name, TRUE) for theme in THEMES
]
NAMES = [f"{theme}-{next(iter(environ))}" for theme, environ in LOOKS]
LOOK = pytest.mark.parametrize(("theme", "environ"), LOOKS, ids=NAMES)
COLOUR = re.compile(r"\x1b\[[0-9;:]*(?:[34]8[;:]|[;\[](?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?=[;m]))[0-9;:]*m")
"""A sequence that asks for a colour, in the foreground or behind."""


@pytest.fixture(autouse=True)
def no_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No bug is written down."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    assert not [file.read_text() for file in (tmp_path / "state").rglob("*.txt")]


def in_trouble(desk: Desk, clock: StoppedClock) -> None:
    """Let time go on until a target is breached and others are at risk, paused, met."""
    conversation.reply(desk, "INC-5", "We look at it.", by="dana")
    clock.advance(timedelta(minutes=40))
    sweep.sweep(desk)


async def told(desk: Desk, theme: str, environ: dict[str, str]) -> list[str]:
    """Return the texts of the queue, a ticket, a reply and a note, as they look in one way."""
    async with recorded(desk, size=(160, 45), theme=theme, environ=environ) as (app, pilot):
        await hit(pilot, "0", "home", "space")
        await pilot.pause(0.4)
        await settle(pilot)
        screens = [painted(app)]
        app.open_ticket("INC-4")
        await settle(pilot)
        screens.append(painted(app))
        for key in ("r", "f2"):
            await hit(pilot, key)
            screens.append(painted(app))
    return screens


@LOOK
async def test_what_matters_is_said_by_sign_or_word(
    desk: Desk, clock: StoppedClock, theme: str, environ: dict[str, str]
) -> None:
    in_trouble(desk, clock)

    queue, ticket, reply, note = await told(desk, theme, environ)

    for word in ("1 marked", "HLD", "*"):
        assert word in queue
    assert re.search(r"^.{0,3}>", queue, re.MULTILINE), "the cursor"
    assert re.search(r"-\d+[:hm]|\bbreach", queue), "a breach"
    for word in ("INTERNAL", "public"):
        assert word in ticket
    assert re.search(r"\bmet\b|\bbreached\b|\bpaused\b|\d+ ?%", ticket), "clocks by words"
    assert "PUBLIC" in reply
    assert "INTERNAL" in note


async def test_looks_differ_in_nothing_but_colour(desk: Desk, clock: StoppedClock) -> None:
    in_trouble(desk, clock)
    await told(desk, *LOOKS[0])
    workplace.read_notifications(desk, by="dana")  # what is unread would differ from look to look

    seen = [await told(desk, theme, environ) for theme, environ in (LOOKS[0], LOOKS[1], LOOKS[3])]

    assert seen[0] == seen[1] == seen[2]


async def test_without_colour_no_colour_is_sent(desk: Desk) -> None:
    async with recorded(desk, environ=NONE) as (app, pilot):
        await press(pilot, "0", "j", "space", "enter")

        assert not COLOUR.findall(app.taken())


@pytest.mark.parametrize("name", ["dumb", "unknown"])
def test_a_terminal_without_a_screen_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    class Line:
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", name)
    monkeypatch.setattr(sys, "stdin", Line())
    monkeypatch.setattr(sys, "__stderr__", Line())

    assert main([]) == REFUSED
    assert f"TERM={name}" in capsys.readouterr().err


async def test_sixty_columns_are_enough_to_work(desk: Desk) -> None:
    async with recorded(desk, size=(60, 20)) as (app, pilot):
        await press(pilot, "0", "j")
        assert re.search(r"INC-\d", painted(app))
        await press(pilot, "enter")
        assert re.search(r"INC-\d", painted(app))
        await press(pilot, "i")
        await type_text(pilot, "short")

        assert "INTERNAL" in painted(app)
        assert "short" in painted(app)


async def test_a_resize_keeps_cursor_draft_and_scroll(desk: Desk) -> None:
    async with recorded(desk, size=(160, 45)) as (app, pilot):
        await press(pilot, "0", "j", "j", "j")
        cursor = app.screen.query_one(TicketTable).cursor
        await press(pilot, "enter", "home")
        top = app.screen.query_one(Timeline).scroll_offset.y
        await press(pilot, "i")
        await type_text(pilot, "half a word")

        for size in ((60, 20), (100, 30), (160, 45)):
            await resized(app, size)
            await settle(pilot)

        assert app.screen.query_one(TextArea).text == "half a word"
        assert app.screen.query_one(Timeline).scroll_offset.y == top
        await press(pilot, "escape", "escape")
        assert app.screen.query_one(TicketTable).cursor == cursor


async def resized(app: RecordedApp, size: tuple[int, int]) -> None:
    """Tell the app that its terminal has another size."""
    from textual import events
    from textual.geometry import Size

    app.post_message(events.Resize(Size(*size), Size(*size)))
