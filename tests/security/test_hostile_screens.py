"""T1, T2, G1: what stands in the database never steers the terminal, on no screen and in no dialog."""

from __future__ import annotations

import importlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from deskterm.commands import COMMANDS, Command, Place
from deskterm.desk import Desk
from deskterm.domain.errors import NotFound
from deskterm.domain.macro import Act
from deskterm.reads.macros import MacroPreview, StepPreview
from deskterm.services import escalation, workplace
from deskterm.text import plain
from deskterm.ui import dialogs, screens
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.dialogs.form import Area, Choice, Line
from deskterm.ui.dialogs.picker import Option
from deskterm.ui.screen import DeskScreen
from deskterm.ui.screens.ticket import TABS
from tests.security.hostile import ATTEMPT, LONG, SHOWN, STORABLE
from tests.security.hostile_desk import PLANTED, TALKATIVE, text_columns
from tests.security.recorded import (
    RecordedApp,
    asked_first,
    bound,
    calm,
    classes,
    hit,
    leaks,
    painted,
    recorded,
)

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Keys follow each other faster than workers start: a worker replaced before that was never awaited."""

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])
Reports = Callable[[], list[str]]
Visit = Callable[[RecordedApp, Pilot[None]], Awaitable[None]]


def test_every_text_column_says_how_it_comes_to_harm() -> None:
    columns = {f"{table.name}.{column.name}" for table, column in text_columns()}

    assert columns == set(PLANTED)


def check(app: RecordedApp) -> None:
    """Nothing steers, nothing is bound; what was tried is on the screen to be read."""
    assert not leaks(app.taken())
    assert not bound(app)


async def queue(app: RecordedApp, pilot: Pilot[None]) -> None:
    """Every summary, every column, every preview place."""
    await hit(pilot, "0")
    assert SHOWN in painted(app)
    for key in ("end", "pageup", "pageup", "pageup", "pageup", "L", "L", "w", "w", "w", "w", "space", "j"):
        await hit(pilot, key)
        check(app)
    await pilot.pause(0.2)
    await calm(pilot)
    for key in "123456789":
        await hit(pilot, key)
    check(app)


async def ticket(app: RecordedApp, pilot: Pilot[None]) -> None:
    """Every tab of the ticket that has most around it, and the composer with its draft; then others."""
    app.open_ticket(f"INC-{TALKATIVE}")
    await calm(pilot)
    assert SHOWN in painted(app)
    for tab in range(1, len(TABS) + 1):
        await hit(pilot, str(tab))
        assert SHOWN in painted(app)
        for key in ("pagedown", "end"):
            await hit(pilot, key)
            check(app)
    await hit(pilot, "1", "v", "v", "v", "v", "r")
    assert SHOWN in painted(app)
    await hit(pilot, "f2", "escape", "escape")
    check(app)
    for number in (1, 119):
        app.open_ticket(f"INC-{number}")
        await calm(pilot)
        check(app)
        await hit(pilot, "escape")


def led_by(*keys: str) -> Visit:
    """Return what looks at a list or a reader that these keys lead to: at its top, middle and end."""

    async def visit(app: RecordedApp, pilot: Pilot[None]) -> None:
        await hit(pilot, "0", *keys)
        for key in ("home", "j", "pagedown", "pagedown", "end"):
            check(app)
            await hit(pilot, key)

    return visit


def opened(module: str, name: str, number: str) -> Visit:
    """Return what looks at a record's screen."""

    async def visit(app: RecordedApp, pilot: Pilot[None]) -> None:
        kind = getattr(importlib.import_module(f"deskterm.ui.screens.{module}"), name)
        app.push_screen(kind(number))
        await calm(pilot)
        for key in ("j", "pagedown", "pagedown", "end", "l", "pagedown", "l", "l", "l"):
            await hit(pilot, key)
            check(app)

    return visit


async def intake(app: RecordedApp, pilot: Pilot[None]) -> None:
    """The phone form with a draft that is asked for, people found, catalogue offered and listed."""
    await hit(pilot, "c")
    check(app)
    await hit(pilot, "enter")
    check(app)
    await hit(pilot, *ATTEMPT[4:8].replace("\x9b", "").replace("\u202e", "").replace("\x00", ""))
    await pilot.pause(0.2)
    await calm(pilot)
    check(app)
    for name in ("summary", "category", "team", "service", "ci"):
        app.screen.query_one(f"#field-{name}").focus()
        await pilot.press("a")
    await calm(pilot)
    await hit(pilot, "down")
    check(app)
    await hit(pilot, "escape", "f5")
    check(app)
    await hit(pilot, "escape")


async def notifications(app: RecordedApp, pilot: Pilot[None]) -> None:
    """Every unread notification, and a toast that arrives meanwhile."""
    await hit(pilot, "g", "n")
    assert SHOWN in painted(app)
    escalation.escalate(app.desk, "INC-1", ATTEMPT, hierarchical=True, by="kim")
    await pilot.pause(0.3)
    for key in ("pagedown", "pagedown", "pagedown", "end", "x", "a", "escape"):
        await hit(pilot, key)
        check(app)


SCREENS: dict[str, Visit] = {
    "QueueScreen": queue,
    "TicketScreen": ticket,
    "IntakeScreen": intake,
    "NotificationsScreen": notifications,
    "TriageScreen": led_by("T"),
    "BoardScreen": led_by("g", "b"),
    "ProblemScreen": opened("problem", "ProblemScreen", "PRB-1"),
    "CandidatesScreen": led_by("g", "k"),
    "DashboardScreen": led_by("g", "d"),
    "WallboardScreen": led_by("g", "d", "w"),
    "CalendarScreen": led_by("g", "c"),
    "ApprovalsScreen": led_by("g", "a"),
    "ChangeScreen": opened("change", "ChangeScreen", "CHG-1"),
    "RunSheetScreen": opened("runsheet", "RunSheetScreen", "CHG-1"),
}
"""Classes of `ui/screens` → what looks at all of one."""


def a_picker(kind: Any) -> Any:
    return kind(ATTEMPT, [Option(text, ATTEMPT + text) for text in STORABLE])


def a_form(kind: Any) -> Any:
    async def refuse(_values: dict[str, str]) -> None:
        raise NotFound(what=ATTEMPT)

    pairs = tuple((text, ATTEMPT + text) for text in STORABLE[:9])
    fields = (
        Choice("how", ATTEMPT, pairs),
        Line("line", ATTEMPT, ATTEMPT, ATTEMPT),
        Area("area", ATTEMPT, ATTEMPT + LONG[0]),
    )
    return kind(ATTEMPT, fields, refuse)


def a_report(kind: Any) -> Any:
    return kind(ATTEMPT, [ATTEMPT + text for text in STORABLE])


def a_list(kind: Any) -> Any:
    return kind([ATTEMPT + text for text in STORABLE])


def a_question(kind: Any) -> Any:
    return kind(ATTEMPT, [ATTEMPT + text for text in STORABLE], count=3)


def commands(kind: Any) -> Any:
    registered = Command("ticket.x", ATTEMPT, ATTEMPT, ("x",), frozenset(Place))
    return kind([registered, *COMMANDS], lambda _command: ATTEMPT)


def macros(kind: Any) -> Any:
    steps = (StepPreview(Act.REPLY, {"text": ATTEMPT, "tags": [ATTEMPT]}, ATTEMPT + LONG[0]),)
    previews = [MacroPreview(text, ATTEMPT + text, steps, (ATTEMPT,)) for text in STORABLE]
    return kind(ATTEMPT, previews)


def a_line(kind: Any) -> Any:
    return kind(Place.QUEUE, [ATTEMPT + text for text in STORABLE], ATTEMPT)


DIALOGS: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "Picker": (a_picker, ("down", "up", "up")),
    "FormDialog": (a_form, ("right", "ctrl+s")),
    "Report": (a_report, ("j", "k")),
    "CommandLine": (a_line, ("up", "up", "down")),
    "Collision": (a_report, ()),
    "Unfinished": (a_list, ()),
    "MacroPicker": (macros, ("down", "up", "up")),
    "Confirm": (a_question, ("j", "k")),
    "HelpDialog": (commands, ("down", "up")),
    "PaletteDialog": (commands, ("down", "up")),
}
"""Classes of `ui/dialogs` → what makes one that is about payloads, and the keys to press in it."""


def every_dialog() -> dict[str, Any]:
    """Return the classes of dialogs by name, without what they share."""
    return {name: kind for name, kind in classes(dialogs, ModalScreen).items() if kind is not Dialog}


def test_every_screen_and_dialog_is_looked_at() -> None:
    shown = {name for name, kind in classes(screens, DeskScreen).items() if "PLACE" in vars(kind)}

    assert shown == set(SCREENS)
    assert every_dialog().keys() == DIALOGS.keys()


@SIZES
@pytest.mark.parametrize("name", SCREENS)
async def test_no_screen_sends_what_stands_in_the_database(
    hostile_desk: Desk, reports: Reports, name: str, size: tuple[int, int]
) -> None:
    async with recorded(hostile_desk, size=size) as (app, pilot):
        await SCREENS[name](app, pilot)

        check(app)
        assert app.is_running
    assert not reports()


@SIZES
async def test_no_dialog_sends_what_it_is_about(
    hostile_desk: Desk, reports: Reports, size: tuple[int, int]
) -> None:
    async with recorded(hostile_desk, size=size) as (app, pilot):
        for name, kind in every_dialog().items():
            make, keys = DIALOGS[name]
            app.push_screen(make(kind))
            await calm(pilot)
            assert SHOWN in painted(app), name
            for key in keys:
                await hit(pilot, key)
                check(app)
            await hit(pilot, "escape")
        app.announce(ATTEMPT + LONG[0], urgent=True)
        app.open_url(f"http://evil.example/{ATTEMPT}")
        await calm(pilot)

        check(app)
        assert app.is_running
    assert not reports()


@pytest.mark.parametrize("place", [Place.QUEUE, Place.TICKET, Place.NOTIFICATIONS])
async def test_no_key_sends_what_stands_in_the_database(
    hostile_desk: Desk, reports: Reports, place: Place
) -> None:
    async with recorded(hostile_desk, size=(120, 30)) as (app, pilot):
        ways = {Place.QUEUE: ("0",), Place.TICKET: ("0", "enter"), Place.NOTIFICATIONS: ("g", "n")}
        await hit(pilot, *ways[place])
        home = len(app.screen_stack)
        for command in asked_first(place, ways):
            if command.action in ("leave", "close", "unwind", "go_queue", "go_mine"):
                continue
            await hit(pilot, *(NAMED.get(key, key) for key in command.keys[0].split(" ")))
            check(app)
            while len(app.screen_stack) > home:
                await hit(pilot, "escape")
            assert app.is_running
            assert not reports(), command.id
            if len(app.screen_stack) < home:
                await hit(pilot, *ways[place])


NAMED = {"/": "slash", "?": "question_mark", "!": "exclamation_mark", ":": "colon", ".": "full_stop"}
"""Keys that Textual calls otherwise."""


async def test_a_draft_of_another_version_is_not_lost(hostile_desk: Desk, reports: Reports) -> None:
    fields = {"summary": f"{ATTEMPT} \ud800", "gone": "x", "description": "kept"}
    workplace.save_draft(hostile_desk, "new", json.dumps(fields), by="dana")
    async with recorded(hostile_desk) as (app, pilot):
        await hit(pilot, "c", "enter")
        summary = app.screen.query_one("#field-summary", Input)

        assert SHOWN in plain(summary.value)
        assert not leaks(app.taken())
    assert not reports()


async def test_clicks_on_payloads_run_nothing(hostile_desk: Desk, reports: Reports) -> None:
    async with recorded(hostile_desk, size=(120, 40)) as (app, pilot):
        await hit(pilot, "0")
        for row in range(4, 38, 8):
            await pilot.click(offset=(30, row))
            await pilot.click(offset=(100, row))
        await calm(pilot)

        assert app.is_running
        assert not leaks(app.taken())
    assert not reports()
