"""One registry: keys, help, hint bar, palette and `:` line agree, and no command raises."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from deskterm.commands import COMMANDS, Place, of_place
from deskterm.commands import keymap as keymaps
from deskterm.commands.line import complete, name_of, parse
from deskterm.desk import Desk
from deskterm.reads import ticket
from deskterm.ui.app import DeskApp
from deskterm.ui.bindings import hint_rows
from deskterm.ui.dialogs.help import HelpDialog, help_options, palette_options
from deskterm.ui.widgets.composer import Composer
from tests.ui.console import console, press, settle, shown, type_text

LEGACY = {
    "enter": "\r", "space": " ", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
    "shift+left": "\x1b[1;2D", "shift+right": "\x1b[1;2C",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
}  # fmt: skip
"""What a terminal without any protocol sends."""


def legacy(key: str) -> str:
    if key.startswith("ctrl+"):
        return chr(ord(key[-1]) - 96)
    return LEGACY.get(key, key)


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


NAMES = {
    "?": "question_mark", ":": "colon", ".": "full_stop", "/": "slash", "[": "left_square_bracket",
    "]": "right_square_bracket", "-": "minus", "!": "exclamation_mark", "#": "number_sign", "&": "ampersand",
    "*": "asterisk", "+": "plus", "_": "underscore", "<": "less_than_sign", ">": "greater_than_sign",
}  # fmt: skip


def named(key: str) -> str:
    return NAMES.get(key, key)


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


async def test_an_escape_in_one_packet_with_a_key_ends_a_prefix_only(desk: Desk) -> None:
    async with console(desk) as pilot:
        app = pilot.app
        assert isinstance(app, DeskApp)
        await press(pilot, "0", "home", "enter", "g", "alt+i")
        standing = app.screen.query(Composer)

        assert standing
        assert "nothing here" not in shown(pilot)


async def test_the_keys_of_a_screen_are_shown_to_someone_who_holds_a_prefix(desk: Desk) -> None:
    async with console(desk) as pilot:
        await press(pilot, "0", "g", "?")

        assert isinstance(pilot.app.screen, HelpDialog)


def test_what_may_be_typed_is_completed() -> None:
    found = complete("tak", 3, Place.QUEUE, lambda _name, _typed: ())

    assert [(each.text, each.help) for each in found] == [("take", "Assign to me")]
