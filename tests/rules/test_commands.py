"""Facts about the command registry, the user's keymap, the `:` line, and what acts on many ask for."""

from __future__ import annotations

import re

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from deskterm.commands import COMMANDS, Argument, Command, Place, of_place
from deskterm.commands.bulk import Change, Confirmation, confirmation, refusals, summed
from deskterm.commands.keymap import bound, read
from deskterm.commands.keys import PREFIXES, USERS_OWN, USERS_PREFIX, objection
from deskterm.commands.line import complete, name_of, parse
from deskterm.domain.errors import BadInput
from deskterm.services.bulk import Difference

LEGACY = {
    "enter": "\r",
    "space": " ",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "shift+right": "\x1b[1;2C",
    "shift+left": "\x1b[1;2D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
}
"""What a terminal without the Kitty protocol sends."""
BOUND = sorted({(command.name, key) for command in COMMANDS for key in command.keys})


def sent(key: str) -> str:
    """Return the bytes that a terminal sends for a key."""
    if key.startswith("ctrl+") and len(key) == 6:
        return chr(ord(key[-1]) - ord("a") + 1)
    return LEGACY.get(key, key)


def arrived(data: str) -> list[Key]:
    """Return the keys that Textual makes of bytes."""
    parser = XTermParser()
    messages = [*parser.feed(data), *parser.feed("")]
    return [message for message in messages if isinstance(message, Key)]


@pytest.mark.parametrize("place", Place)
def test_no_key_is_bound_twice_in_a_place(place: Place) -> None:
    bound = [key for command in of_place(place) for key in command.keys]

    assert sorted(bound) == sorted(set(bound))


@pytest.mark.parametrize("place", Place)
def test_a_key_that_waits_for_a_second_one_does_nothing_by_itself(place: Place) -> None:
    bound = {key for command in of_place(place) for key in command.keys}

    assert not bound & PREFIXES


@pytest.mark.parametrize(("name", "key"), BOUND)
def test_no_command_rests_on_a_key_that_something_else_takes(name: str, key: str) -> None:
    keys = next(command.keys for command in COMMANDS if command.name == name)

    assert objection(key, alone=len(keys) == 1) == ""


def test_the_comma_and_f6_to_f9_are_left_to_users() -> None:
    first = {key.split(" ")[0] for _name, key in BOUND}

    assert not first & (USERS_OWN | {USERS_PREFIX})


@pytest.mark.parametrize("key", sorted({part for _name, key in BOUND for part in key.split(" ")}))
def test_every_key_arrives_with_legacy_bytes(key: str) -> None:
    (heard,) = arrived(sent(key))

    assert key in (heard.key, heard.character)


def test_every_command_has_a_name_of_its_own_and_words() -> None:
    names = [command.name for command in COMMANDS]

    assert sorted(names) == sorted(set(names))
    assert all(command.title and command.help and command.keys and command.places for command in COMMANDS)


@pytest.mark.parametrize("place", Place)
def test_the_line_knows_every_command_of_a_place_by_one_name(place: Place) -> None:
    names = [name_of(command) for command in of_place(place)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("key", "users", "allowed"),
    [
        ("t", False, True),
        ("T", False, True),
        ("#", False, True),
        ("ctrl+s", False, True),
        ("g q", False, True),
        ("f5", False, True),
        ("`", False, False),
        ("~", False, False),
        ("ctrl+i", False, False),
        ("ctrl+h", False, False),
        ("ctrl+b", False, False),
        ("ctrl+w", False, False),
        ("ctrl+enter", False, False),
        ("ctrl+shift+x", False, False),
        ("alt+x", False, False),
        ("f11", False, False),
        ("shift+left", False, False),
        ("x y", False, False),
        ("g ctrl+i", False, False),
        (",", False, False),
        (", t", False, False),
        ("f6", False, False),
        (", t", True, True),
        ("f6", True, True),
        ("f10", True, False),
        ("nonsense", True, False),
        ("", True, False),
    ],
)
def test_keys_are_allowed_or_refused_with_a_reason(key: str, *, users: bool, allowed: bool) -> None:
    assert (objection(key, users=users) == "") is allowed


EVERYWHERE = frozenset(Place)
TWO = (
    Command("desk.go", "go", "Go somewhere", ("g q",), EVERYWHERE),
    Command("ticket.take", "take", "Assign to me", ("t",), EVERYWHERE),
    Command("ticket.note", "note", "Write a note", ("i",), EVERYWHERE),
    Command("composer.send", "send", "Send", ("ctrl+s",), frozenset({Place.COMPOSER})),
)


def test_a_users_keys_replace_those_that_a_command_had() -> None:
    keymap = read('"ticket.take" = ["T", ", t"]\n"ticket.note" = "f6"\n', "keys.toml", TWO)

    assert keymap.problems == ()
    assert [keymap.of(command) for command in TWO[1:]] == [("T", ", t"), ("f6",), ("ctrl+s",)]


def test_two_commands_may_change_their_keys_with_each_other() -> None:
    keymap = read('"ticket.take" = "i"\n"ticket.note" = "t"\n', "keys.toml", TWO)

    assert keymap.problems == ()
    assert (keymap.of(TWO[1]), keymap.of(TWO[2])) == (("i",), ("t",))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '# mine\n"ticket.tkae" = "T"',
            'keys.toml, line 2: there is no command ticket.tkae; did you mean "ticket.take"?',
        ),
        ('"ticket.take" = "i"', "keys.toml, line 1: i is taken by ticket.note in the same place"),
        (
            '"ticket.take" = "ctrl+i"',
            "keys.toml, line 1: ctrl+i can't be used: terminals send the same byte for another key",
        ),
        ('"ticket.take" = 7', 'keys.toml, line 1: write a key such as "T", or several such as ["T", ", t"]'),
        ('"ticket.take" = []', 'keys.toml, line 1: write a key such as "T", or several such as ["T", ", t"]'),
        ('"ticket.take" = "g"', "keys.toml, line 1: g is taken by desk.go in the same place"),
        ('\n"ticket.take" = "T', "keys.toml, line 2: this is not TOML: "),
        ('"ticket.take" = "\x1b"', "keys.toml, line 1: this is not TOML: "),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line_and_the_default_used(text: str, problem: str) -> None:
    keymap = read(text, "keys.toml", TWO)

    assert [str(each)[: len(problem)] for each in keymap.problems] == [problem]
    assert keymap.of(TWO[1]) == ("t",)


def test_one_mistake_spoils_no_other_entry() -> None:
    keymap = read('"ticket.take" = "i"\n"ticket.note" = "alt+n"\n"desk.go" = ", q"', "keys.toml", TWO)

    assert [problem.line for problem in keymap.problems] == [1, 2]
    assert keymap.keys == {"desk.go": (", q",)}


def test_a_default_that_comes_back_is_not_taken_by_another_entry() -> None:
    keymap = read('"ticket.take" = "ctrl+s"\n"ticket.note" = "t"', "keys.toml", TWO)

    assert len(keymap.problems) == 2
    assert keymap.keys == {}


@pytest.mark.parametrize(
    ("name", "key", "other"),
    [
        ("ticket.note", "ctrl+g", "composer.editor"),
        ("composer.send", "ctrl+d", "ticket.move half_page_down"),
        ("ticket.take", "f3", "composer.then"),
    ],
)
def test_a_key_is_taken_by_what_stands_inside_the_same_screen(name: str, key: str, other: str) -> None:
    keymap = read(f'"{name}" = "{key}"', "keys.toml")

    assert [problem.sentence for problem in keymap.problems] == [
        f"{key} is taken by {other} in the same place"
    ]


def test_a_key_that_both_have_by_default_may_be_written_down() -> None:
    assert read('"ticket.unwind" = "escape"', "keys.toml").problems == ()


def test_a_key_is_bound_beside_those_that_are_ones_own_already() -> None:
    own = read('"ticket.take" = ", t"', "keys.toml")

    both = bound(own, "ticket.note", ", n")

    assert both.keys == {"ticket.take": (", t",), "ticket.note": (", n",)}
    with pytest.raises(BadInput, match=re.escape(", t is taken by ticket.take in the same place")):
        bound(own, "ticket.note", ", t")


def test_the_shipped_keys_clash_with_nothing_when_nothing_is_changed() -> None:
    assert read("", "keys.toml") == read("# nothing", "other.toml")


def test_a_line_is_a_command_with_its_arguments() -> None:
    typed = parse("assign dana", Place.QUEUE)

    assert (typed.command.id, typed.arguments) == ("ticket.assign", {"login": "dana"})
    assert parse("ticket.assign dana", Place.TICKET).command.id == "ticket.assign"
    assert parse("Show-View 3", Place.QUEUE).command.parameter == "3"
    assert parse("redraw", Place.TICKET).arguments == {}


def test_the_last_argument_takes_the_rest_with_or_without_quotes() -> None:
    plain, quoted = parse("save-view night shift", Place.QUEUE), parse('save-view "night shift"', Place.QUEUE)

    assert plain.arguments == quoted.arguments == {"name": "night shift"}


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Type a command"),
        ("asign dana", "There is no command asign here: did you mean assign"),
        ("xyzzy", "There is no command xyzzy here."),
        ("assign", "assign needs: login"),
        ("redraw now", "redraw takes nothing after it"),
        ('assign "dana', "The quote is not closed"),
        ("send", "There is no command send here"),
    ],
)
def test_a_line_that_means_nothing_says_why(text: str, refusal: str) -> None:
    with pytest.raises(BadInput, match=refusal):
        parse(text, Place.QUEUE)


def offer(argument: str, _word: str) -> list[str]:
    return {"login": ["dana", "kim"], "name": ["night shift"], "team": ["network"]}.get(argument, [])


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("assi", ["assign"]),
        ("assign ", ["dana", "kim"]),
        ("assign k", ["kim"]),
        ("transfer n", ["network"]),
        ("redraw ", []),
        ("xyzzy ", []),
        ("view n", ["'night shift'"]),
    ],
)
def test_the_line_completes_commands_and_their_arguments(text: str, offered: list[str]) -> None:
    found = complete(text, len(text), Place.QUEUE, offer)

    assert [each.text for each in found] == offered
    assert all(text[each.start :] in ("", *text.split(" ")) for each in found)


def test_arguments_that_may_be_left_out_are_the_last() -> None:
    for command in COMMANDS:
        required = [argument.required for argument in command.arguments]
        assert required == sorted(required, reverse=True), command.name
    assert Argument("x").required


@pytest.mark.parametrize(
    ("count", "asked"),
    [
        (1, Confirmation.NONE),
        (10, Confirmation.NONE),
        (11, Confirmation.YES),
        (50, Confirmation.YES),
        (51, Confirmation.COUNT),
    ],
)
def test_an_act_on_many_asks_first(count: int, asked: Confirmation) -> None:
    assert confirmation(count) is asked


def test_a_preview_counts_equal_changes_and_names_who_would_refuse() -> None:
    differences = [
        Difference("INC-1", {"assignee": (None, "kim"), "status": ("new", "in_progress")}),
        Difference("INC-2", {"assignee": (None, "kim")}),
        Difference("INC-3", refusal=BadInput("It is closed.")),
    ]

    assert summed(differences) == (
        Change("assignee", None, "kim", 2),
        Change("status", "new", "in_progress", 1),
    )
    assert refusals(differences) == {"INC-3": "It is closed."}
