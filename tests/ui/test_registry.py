"""One registry over all places: what has a verb, what changes nothing, and no command that raises."""

from __future__ import annotations

import ast
import importlib
from argparse import ArgumentParser, _SubParsersAction
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerState

import deskterm
from deskterm.cli.tree import parser
from deskterm.clock import StoppedClock
from deskterm.commands import COMMANDS, Command, Place, of_place
from deskterm.commands.command import SCREENS as WITH_SINGLE_KEYS
from deskterm.commands.keys import objection
from deskterm.commands.verbs import TWINS, VERBS
from deskterm.desk import Action, Desk
from deskterm.ui.app import DeskApp
from deskterm.ui.dialogs.collision import Collision
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import FormDialog
from deskterm.ui.dialogs.line import CommandLine
from deskterm.ui.dialogs.picker import Picker
from deskterm.ui.dialogs.report import Report
from deskterm.ui.dialogs.unfinished import Unfinished
from deskterm.ui.screens.approvals import ApprovalsScreen
from deskterm.ui.screens.board import BoardScreen
from deskterm.ui.screens.calendar import CalendarScreen
from deskterm.ui.screens.candidates import CandidatesScreen
from deskterm.ui.screens.change import ChangeScreen
from deskterm.ui.screens.dashboard import DashboardScreen, WallboardScreen
from deskterm.ui.screens.intake import IntakeScreen
from deskterm.ui.screens.notifications import NotificationsScreen
from deskterm.ui.screens.problem import ProblemScreen
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.screens.runsheet import RunSheetScreen
from deskterm.ui.screens.ticket import TicketScreen
from deskterm.ui.screens.triage import TriageScreen
from deskterm.ui.widgets.filter_bar import FilterBar
from tests.desks import one
from tests.ui import changing, problems
from tests.ui.console import ACTING, LASTING, console, is_asking
from tests.ui.test_commands import named

ASKED: dict[Place, type[Any]] = {
    Place.QUEUE: QueueScreen,
    Place.TICKET: TicketScreen,
    Place.COMPOSER: TicketScreen,
    Place.INTAKE: IntakeScreen,
    Place.NOTIFICATIONS: NotificationsScreen,
    Place.BOARD: BoardScreen,
    Place.PROBLEM: ProblemScreen,
    Place.CANDIDATES: CandidatesScreen,
    Place.TRIAGE: TriageScreen,
    Place.CALENDAR: CalendarScreen,
    Place.CHANGE: ChangeScreen,
    Place.APPROVALS: ApprovalsScreen,
    Place.RUNSHEET: RunSheetScreen,
    Place.DASHBOARD: DashboardScreen,
    Place.WALLBOARD: WallboardScreen,
    Place.FILTER: FilterBar,
    Place.LINE: CommandLine,
    Place.PICKER: Picker,
    Place.MARKING: Picker,
    Place.FORM: FormDialog,
    Place.CONFIRM: Confirm,
    Place.COLLISION: Collision,
    Place.REPORT: Report,
    Place.UNFINISHED: Unfinished,
}
"""Every place → what its commands are actions of."""
PULSE = {"presence.show", "presence.leave"}
"""What a console says of itself while somebody sits at it; a verb is over before anybody could see it."""
APART = {"desk.leave", "desk.suspend", "desk.lock", "composer.editor"}
"""Commands that leave the console, or start another program."""
DIGITS = frozenset("023456789")
"""Of commands that only differ by a digit, one is pressed."""


def leaves(tree: ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield every verb with what runs it: `problem move`, `problems:move`."""
    if before and "run" in tree._defaults:
        yield " ".join(before), tree._defaults["run"]
    for action in tree._actions:
        if isinstance(action, _SubParsersAction):
            for name, below in action.choices.items():
                yield from leaves(below, (*before, name))


TREE = dict(leaves(parser()))


def test_every_place_is_known_here() -> None:
    assert set(ASKED) == set(Place)


@pytest.mark.parametrize("place", Place)
def test_every_command_is_an_action_of_what_it_is_asked_of(place: Place) -> None:
    known = dir(ASKED[place])
    missing = [each.id for each in of_place(place) if f"action_{each.action}" not in known]

    assert missing == []


@pytest.mark.parametrize("place", Place)
def test_no_key_is_bound_twice_on_one_screen_and_none_is_forbidden(place: Place) -> None:
    counted = Counter(key for command in of_place(place) for key in command.keys)
    objections = [
        (command.id, key, why)
        for command in of_place(place)
        for key in command.keys
        if (why := objection(key, alone=len(command.keys) == 1))
    ]

    assert [key for key, count in counted.items() if count > 1] == []
    assert objections == []


def test_verbs_are_named_by_commands_that_there_are_and_are_in_the_tree() -> None:
    assert TWINS.keys() - {command.id for command in COMMANDS} == set()
    assert {verb for verbs in TWINS.values() for verb in verbs} - TREE.keys() == set()


def test_whatever_takes_an_action_has_a_verb() -> None:
    assert [command.id for command in COMMANDS if command.takes and not command.verbs] == []


def test_every_verb_that_acts_on_tickets_is_a_commands() -> None:
    named_by = {verb for command in COMMANDS for verb in command.verbs}

    assert VERBS.keys() - named_by == set()
    assert {name: TREE[name] for name in VERBS} == {name: verb.run for name, verb in VERBS.items()}


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_that_acts_on_tickets_takes_numbers_and_speaks_json(name: str) -> None:
    asked = parser(name).parse_args([name, "INC-1", "INC-2", "--json", *NEEDED.get(name, ())])

    assert asked.words[:2] == ["INC-1", "INC-2"]
    assert asked.json


NEEDED = {"hold": ("--reason", "vendor", "--until", "fri"), "merge": ("--into", "INC-3")}


def test_every_action_of_a_screen_is_taken_by_a_verb() -> None:
    screens, verbs = actions_of("ui"), actions_of("cli")

    assert len(screens) > 60
    assert screens - verbs - PULSE == set()


def actions_of(folder: str) -> set[str]:
    """Return the actions of the permission matrix that the modules of a folder call by name."""
    root = Path(deskterm.__file__).parent / folder
    return {
        name
        for file in sorted(root.rglob("*.py"))
        if file.name != "plain.py"
        for name in _called(ast.parse(file.read_text(encoding="utf-8")))
    }


def _called(tree: ast.AST) -> Iterator[str]:
    known: dict[str, set[Any]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("deskterm.services"):
            for alias in node.names:
                known.setdefault(alias.asname or alias.name, set()).add(_imported(node.module, alias.name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            for module in known.get(node.value.id, ()):
                yield from _actions(getattr(module, node.attr, None))
        elif isinstance(node, ast.Name):
            for value in known.get(node.id, ()):
                yield from _actions(value)


def _imported(module: str, name: str) -> Any:
    found = getattr(importlib.import_module(module), name, None)
    return found if found is not None else importlib.import_module(f"{module}.{name}")


def _actions(value: Any) -> Iterator[str]:
    """Yield the action that a value is, or those that a service function of the same module takes."""
    if isinstance(value, Action):
        yield value.name
    elif callable(value) and not isinstance(value, type | ModuleType) and hasattr(value, "__code__"):
        for name in value.__code__.co_names:
            inner = value.__globals__.get(name)
            if isinstance(inner, Action):
                yield inner.name


@pytest.fixture
def full(desk: Desk, clock: StoppedClock) -> Desk:
    """The lively desk with a problem, its candidates, and changes."""
    problems.furnish(desk)
    problems.new(desk, tickets=(problems.incident(desk),))
    return changing.with_changes(desk, clock)


SCREENS = [place for place in ASKED if place in WITH_SINGLE_KEYS]


@pytest.mark.parametrize("place", SCREENS)
async def test_no_command_raises_and_those_without_a_verb_change_nothing(full: Desk, place: Place) -> None:
    commands = [each for each in of_place(place) if each.id not in APART and each.parameter not in DIGITS]
    changed = []
    async with console(full) as pilot:
        await begin(pilot, place)
        for command in sorted(commands, key=lambda command: bool(command.verbs)):
            before = one(full, "SELECT max(id) FROM event")
            await run(pilot, command)
            if one(full, "SELECT max(id) FROM event") != before and not command.verbs:
                changed.append(command.id)
            if not is_at(pilot, place):
                await begin(pilot, place)

    assert changed == []


async def run(pilot: Pilot[Any], command: Command) -> None:
    """Press a command's first key and wait for what comes of it."""
    await pilot.press(*(named(key) for key in command.keys[0].split(" ")))
    await briefly(pilot)


async def briefly(pilot: Pilot[Any]) -> None:
    """Wait until nothing is read or done any more; what waits for an answer may wait."""
    for _round in range(100):
        await pilot.pause(0.01)
        still = {LASTING, *ACTING} if is_asking(pilot) else {LASTING}
        if not any(
            worker.group not in still and worker.state in (WorkerState.PENDING, WorkerState.RUNNING)
            for worker in pilot.app.workers
        ):
            return


def is_at(pilot: Pilot[Any], place: Place) -> bool:
    """Return whether the keys still go to a place."""
    focused = pilot.app.focused
    is_typing = focused is not None and focused.check_consume_key("a", "a")
    return type(pilot.app.screen) is ASKED[place] and not is_typing


async def begin(pilot: Pilot[Any], place: Place) -> None:
    """Go to a place anew, from wherever that is."""
    app = pilot.app
    assert isinstance(app, DeskApp)
    app.workers.cancel_group(app.screen, "perform")
    while len(app.screen_stack) > 2:
        app.pop_screen()
        await pilot.pause()
    app.queue.set_focus(app.queue.table)
    app.type_ahead.drop()
    numbers = {Place.TICKET: "INC-5", Place.PROBLEM: "PRB-1", Place.CHANGE: "CHG-1"}
    if place is Place.QUEUE:
        app.show_view("0")
    elif place in numbers:
        app.open_ticket(numbers[place])
    elif place is Place.RUNSHEET:
        app.push_screen(RunSheetScreen("CHG-1"))
    elif place is Place.TRIAGE:
        app.push_screen(TriageScreen())
    elif place is Place.WALLBOARD:
        app.push_screen(WallboardScreen(""))
    else:
        app.go(place)
    await briefly(pilot)
