"""T19, F19, G14, G15: a bug is written down and said in a line, the console lives, and no secret gets out."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from textual.pilot import Pilot
from textual.widgets import Input

from deskterm.cli.program import BUG, main
from deskterm.commands import Place
from deskterm.desk import Desk
from deskterm.domain.errors import BadSettings
from deskterm.storage import db
from deskterm.ui import screens
from deskterm.ui.bindings import call_of
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.screen import DeskScreen, _inside
from deskterm.ui.widgets.ticket_table import TicketTable
from tests.security.recorded import RecordedApp, asked_first, calm, classes, hit, leaks, painted, recorded

Reports = Callable[[], list[str]]
CANARY = "S3CRETcanary"
URLS = (
    f"postgresql+psycopg://desk:{CANARY}@127.0.0.1:1/desk",
    f"postgresql+psycopg://desk@127.0.0.1:1/desk?password={CANARY}",
    f"postgresql+psycopg://desk@127.0.0.1:1/desk?sslpassword={CANARY}",
    f"postgresql+psycopg://desk:{CANARY}/x@127.0.0.1:port/desk",
    f"mysql://desk:{CANARY}@127.0.0.1/desk",
    f"://{CANARY}",
)
"""Settings with a password, none of which leads to a desk."""
WAYS: dict[Place, tuple[str, ...]] = {
    Place.QUEUE: ("0",),
    Place.TICKET: ("0", "enter"),
    Place.COMPOSER: ("0", "enter", "i"),
    Place.INTAKE: ("c", "enter"),
    Place.NOTIFICATIONS: ("g", "n"),
    Place.TRIAGE: ("0", "T"),
    Place.BOARD: ("g", "b"),
    Place.CANDIDATES: ("g", "k"),
    Place.CALENDAR: ("g", "c"),
    Place.APPROVALS: ("g", "a"),
    Place.DASHBOARD: ("g", "d"),
    Place.WALLBOARD: ("g", "d", "w"),
    Place.PROBLEM: ("problem.ProblemScreen", "PRB-1"),
    Place.CHANGE: ("change.ChangeScreen", "CHG-1"),
    Place.RUNSHEET: ("runsheet.RunSheetScreen", "CHG-1"),
}
"""Which keys lead to each place, or which screen of which record is one."""
NAMED = {"/": "slash", "?": "question_mark", "!": "exclamation_mark", ":": "colon", ".": "full_stop"}


def fail(*_args: object) -> None:
    password = CANARY
    assert password
    raise RuntimeError("a bug")


def test_every_place_is_led_to() -> None:
    kinds = [kind for kind in classes(screens, DeskScreen).values() if "PLACE" in vars(kind)]

    assert {place for kind in kinds for place in _inside(kind.PLACE)} == set(WAYS)


async def lead(app: RecordedApp, pilot: Pilot[None], *way: str) -> None:
    """Press keys, or open the screen of a record."""
    module, dot, name = way[0].partition(".")
    if not dot:
        await hit(pilot, *way)
        return
    kind = getattr(importlib.import_module(f"deskterm.ui.screens.{module}"), name)
    app.push_screen(kind(way[1]))
    await calm(pilot)


@pytest.mark.parametrize("place", WAYS)
async def test_a_bug_in_any_command_is_written_down_and_survived(
    hostile_desk: Desk, reports: Reports, place: Place
) -> None:
    async with recorded(hostile_desk, size=(100, 24)) as (app, pilot):
        await lead(app, pilot, *WAYS[place])
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        for command in asked_first(place, WAYS):
            if screen.hindrance(command):
                continue
            known = len(reports())
            setattr(screen, f"action_{command.action}", fail)

            await hit(pilot, *(NAMED.get(key, key) for key in command.keys[0].split(" ")))
            if len(reports()) == known:
                screen.call_later(screen.run_action, call_of(command))
                await calm(pilot)

            assert len(reports()) == known + 1, command.id
            assert "Something failed" in painted(app)
            assert app.is_running
            delattr(screen, f"action_{command.action}")
            app.clear_notifications()
        assert app.screen is screen

        app.push_screen(Picker("Still here", [Option("x", "x")]))
        await hit(pilot, "x")
        assert app.screen.query_one(Input).value == "x"
        assert CANARY not in app.taken()
    assert not [report for report in reports() if CANARY in report]


async def test_a_bug_in_a_worker_a_timer_and_a_handler_is_survived(
    hostile_desk: Desk, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recorded(hostile_desk) as (app, pilot):
        await hit(pilot, "0")
        screen = app.screen
        assert isinstance(screen, DeskScreen)

        monkeypatch.setattr(screen, "read", fail)
        await hit(pilot, "R")
        screen.set_timer(0.001, fail)
        await pilot.pause(0.05)
        screen.call_later(fail)
        await calm(pilot)
        monkeypatch.undo()

        assert len(reports()) == 3
        before = screen.query_one(TicketTable).cursor
        await hit(pilot, "j")
        assert screen.query_one(TicketTable).cursor != before


async def test_a_report_that_cannot_be_written_does_not_end_the_console(
    hostile_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    async with recorded(hostile_desk) as (app, pilot):
        app.screen.call_later(fail)
        await calm(pilot)

        assert app.is_running
        assert "Something failed" in painted(app)


async def test_a_desk_that_cannot_be_opened_tells_no_password(
    hostile_desk: Desk, reports: Reports, capfd: pytest.CaptureFixture[str]
) -> None:
    del hostile_desk
    for url in URLS[:3]:
        app = RecordedApp(lambda url=url: Desk.open(url), "dana", environ={})  # type: ignore[misc]  # its default
        async with app.run_test() as pilot:
            await pilot.pause(0.5)
            sent = app.taken()

        assert CANARY not in sent + "".join(map(str, app._exit_renderables)) + "".join(capfd.readouterr())
        assert not leaks(sent)
        assert not reports()


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("verb", ["ls", "doctor", "migrate"])
def test_no_command_tells_a_password(
    url: str,
    verb: str,
    reports: Reports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("DESKTERM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("DESKTERM_DATABASE", url)
    with caplog.at_level(logging.DEBUG):
        code = main([verb])

    assert code != 0
    assert CANARY not in "".join([*capfd.readouterr(), caplog.text, *reports()])


@pytest.mark.parametrize("line", ["database = ['{}']", "database = '{}", "{} = 1 1", "sender = '{}'"])
def test_bad_settings_repeat_no_value(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text(line.format(CANARY))
    monkeypatch.setenv("DESKTERM_CONFIG", str(tmp_path / "settings.toml"))

    assert main(["ls"]) == 2
    assert CANARY not in "".join(capfd.readouterr())


@pytest.mark.parametrize("url", URLS[:3])
def test_a_place_is_shown_without_its_password(url: str) -> None:
    shown = db.place(url)

    assert CANARY not in shown
    assert "127.0.0.1" in shown


def test_what_is_no_url_is_not_repeated() -> None:
    with pytest.raises(BadSettings) as refused:
        db.open_engine(f"{CANARY}")

    assert CANARY not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_bug_of_a_command_is_one_line_and_a_report(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deskterm.cli.program.run", fail)

    assert main(["ls"]) == BUG

    assert capfd.readouterr().err.count("\n") == 1
    assert len(reports()) == 1
    assert CANARY not in reports()[0]


def test_an_error_of_the_database_names_no_values(hostile_desk: Desk) -> None:
    with hostile_desk.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.exec_driver_sql("SELECT * FROM no_table WHERE a = ?", (CANARY,))

    assert CANARY not in str(error.value)
