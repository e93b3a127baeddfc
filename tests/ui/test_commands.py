"""One registry: keys, help, hint bar, palette and `:` line agree, and no command raises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot

from deskterm.commands import COMMANDS, Command, Place, of_place
from deskterm.commands import keymap as keymaps
from deskterm.commands.keys import objection
from deskterm.commands.line import complete, name_of, parse
from deskterm.desk import Desk
from deskterm.reads import ticket
from deskterm.ui.app import DeskApp
from deskterm.ui.bindings import hint_rows
from deskterm.ui.dialogs.help import help_options, palette_options
from deskterm.ui.screens.intake import IntakeScreen
from deskterm.ui.screens.notifications import NotificationsScreen
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.screens.ticket import TicketScreen
from tests.ui.console import console, press, settle, shown, type_text

SCREENS = {
    Place.QUEUE: QueueScreen,
    Place.TICKET: TicketScreen,
    Place.COMPOSER: TicketScreen,
    Place.INTAKE: IntakeScreen,
    Place.NOTIFICATIONS: NotificationsScreen,
}
LEGACY = {
    "enter": "\r", "space": " ", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
    "shift+left": "\x1b[1;2D", "shift+right": "\x1b[1;2C",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
}  # fmt: skip
"""What a terminal without any protocol sends."""
EVERY = [
    pytest.param(place, command, id=f"{place}-{command.name}")
    for place in SCREENS
    for command in of_place(place)
]


def legacy(key: str) -> str:
    if key.startswith("ctrl+"):
        return chr(ord(key[-1]) - 96)
    return LEGACY.get(key, key)


@pytest.mark.parametrize(("place", "command"), EVERY)
def test_every_command_is_an_action_of_its_screen(place: Place, command: Command) -> None:
    assert callable(getattr(SCREENS[place], f"action_{command.action}"))


@pytest.mark.parametrize("place", SCREENS)
def test_no_key_is_bound_twice_and_none_is_forbidden(place: Place) -> None:
    commands = of_place(place)

    counted = Counter(key for command in commands for key in command.keys)
    wrong = [
        (key, objection(key, alone=len(command.keys) == 1))
        for command in commands
        for key in command.keys
        if objection(key, alone=len(command.keys) == 1)
    ]

    assert [key for key, count in counted.items() if count > 1] == []
    assert wrong == []


def test_every_key_arrives_with_the_bytes_of_a_plain_terminal() -> None:
    single = {part for command in COMMANDS for key in command.keys for part in key.split(" ")}

    missing = set()
    for key in single:
        parser = XTermParser()
        found = [
            event for event in (*parser.feed(legacy(key)), *parser.feed("")) if isinstance(event, events.Key)
        ]
        if not any(key in (event.key, event.character) for event in found):
            missing.add(key)

    assert missing == set()


@pytest.mark.parametrize("place", [Place.QUEUE, Place.TICKET, Place.NOTIFICATIONS])
def test_help_palette_hints_and_line_know_the_same_commands(place: Place) -> None:
    commands = of_place(place)
    ids = {command.id for command in commands}

    helped = {option.value.split(" ")[0] for option in help_options(commands, lambda _command: "")}
    offered = {option.value.split(" ")[0] for option in palette_options(commands, lambda _command: "")}
    hinted = {hint.key for hint in hint_rows(commands)}
    typed = {
        parse(
            f"{name_of(command)} {' '.join('x' for argument in command.arguments if argument.required)}",
            place,
        ).command.id
        for command in commands
    }

    assert helped == ids
    assert offered == {command.id for command in commands if not command.parameter.isdigit()}
    assert hinted <= {command.key for command in commands}
    assert typed == ids


def test_every_act_has_a_verb_of_the_command_line() -> None:
    from deskterm.cli import tree
    from deskterm.cli.help import verbs

    here = {
        "copy_number",
        "copy_link",
        "edit",
        "tags",
        "priority",
        "status",
        "watch",
        "tasks",
        "star",
        "log_time",
        "macro",
    }
    """Acts of a screen alone, or that verbs cover under another name: `set`, `tag`, `subscribe`."""
    known = set(dict(verbs(tree.parser())))

    acts = {command.action for command in COMMANDS if command.id.startswith("ticket.") and command.needs}

    assert acts - here - known == set()


@pytest.mark.parametrize("place", [Place.QUEUE, Place.TICKET, Place.NOTIFICATIONS])
async def test_no_command_raises(desk: Desk, place: Place, tmp_path: Path) -> None:
    start = {Place.QUEUE: (), Place.TICKET: ("enter",), Place.NOTIFICATIONS: ("g", "n")}[place]
    quiet = {"desk.leave", "queue.export"}
    async with console(desk) as pilot:
        await press(pilot, *start)
        for command in of_place(place):
            if command.id in quiet or command.parameter.isdigit():
                continue
            await press_keys(pilot, command.keys[0])
            await come_back(pilot, place, start)


async def press_keys(pilot: Pilot[None], keys: str) -> None:
    await pilot.press(*(named(key) for key in keys.split(" ")))
    await settle(pilot)


NAMES = {
    "?": "question_mark", ":": "colon", ".": "full_stop", "/": "slash", "[": "left_square_bracket",
    "]": "right_square_bracket", "-": "minus", "!": "exclamation_mark", "#": "number_sign", "&": "ampersand",
    "*": "asterisk", "+": "plus", "_": "underscore", "<": "less_than_sign", ">": "greater_than_sign",
}  # fmt: skip


def named(key: str) -> str:
    return NAMES.get(key, key)


async def come_back(pilot: Pilot[None], place: Place, start: tuple[str, ...]) -> None:
    """Leave whatever was opened, and go to the place again."""
    app = pilot.app
    assert isinstance(app, DeskApp)
    while len(app.screen_stack) > 2:
        app.pop_screen()
        await pilot.pause()
    app.queue.is_frozen = False
    app.queue.set_focus(app.queue.table)
    await press(pilot, "0", *start)
    assert isinstance(app.screen, SCREENS[place])


async def test_a_typed_command_runs_with_its_argument(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "ass")
        await press(pilot, "tab")
        await type_text(pilot, "iv")
        offered = shown(pilot)
        await press(pilot, "tab", "enter")
        told = shown(pilot)
        await press(pilot, "colon", "up")
        again = shown(pilot)

    assert "ivo" in offered
    assert "INC-5 assigned to ivo" in told
    assert ":assign ivo" in again
    assert ticket.record(desk, "INC-5", by="dana").assignee == "ivo"


async def test_a_command_that_there_is_not_is_said_with_the_nearest(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "asign ivo")
        await press(pilot, "enter")

        assert "did you mean assign?" in shown(pilot)


async def test_the_palette_finds_by_letters_and_runs(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "ctrl+p")
        await type_text(pilot, "freez")
        await press(pilot, "enter")

        assert "FROZEN" in shown(pilot)


async def test_a_key_of_ones_own_takes_the_place_of_ours(desk: Desk) -> None:
    keymap = keymaps.read('"ticket.take" = "X"\n"ticket.asign" = "B"\n', "keys.toml")
    app = DeskApp(desk, "dana", keymap=keymap, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ready.wait()
        await settle(pilot)
        warned = shown(pilot)
        await press(pilot, "escape", "3", "t")
        untouched = ticket.record(desk, "INC-10", by="dana").assignee
        await press(pilot, "X")

        assert "keys.toml, line 2" in warned
        assert untouched is None
        assert ticket.record(desk, "INC-10", by="dana").assignee == "dana"


async def test_an_escape_and_a_key_in_one_packet_are_both_heard(desk: Desk) -> None:
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await press(pilot, "0", "home", "x", "alt+j")

        assert app.queue.table.marks == frozenset()
        assert app.queue.table._place == 1


def test_what_may_be_typed_is_completed() -> None:
    found = complete("tak", 3, Place.QUEUE, lambda _name, _typed: ())

    assert [(each.text, each.help) for each in found] == [("take", "Assign to me")]
