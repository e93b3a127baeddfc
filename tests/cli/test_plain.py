"""`--plain`: triage, reply, note, resolve and search without a screen; what is told are sentences."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from deskterm.cli.plain import spoken
from tests.cli.conftest import Cli


@pytest.fixture
def two(cli: Cli) -> Cli:
    cli("new", "VPN down in Lyon", "--caller", "Leo Brandt", "--impact", "1", "--urgency", "1")
    cli("new", "Printer jams", "--caller", "Mia Wong", "--assignee", "dana")
    return cli


def typed(cli: Cli, *said: str) -> str:
    return cli("--plain", stdin="\n".join((*said, "quit", ""))).out


def fields(cli: Cli, number: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(cli("show", number, "--json").out)
    return found


def test_one_begins_with_ones_own_tickets_as_sentences(two: Cli) -> None:
    told = typed(two)

    assert "1 ticket." in told
    assert "1. INC-2, priority 4, " in told
    assert ", assigned to dana, from Mia Wong. Printer jams" in told
    assert not {"│", "─", "\x1b"} & set(told)


def test_a_reply_is_written_over_several_lines(two: Cli) -> None:
    told = typed(two, "1", "reply", "We look at it.", "Tomorrow.", ".")

    assert "Done: reply INC-2." in told
    assert "We look at it.\\nTomorrow." in two("show", "INC-2", "--json").out


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ("resolve --code fixed", "resolution", "fixed"),
        ("resolve INC-2 --code workaround", "resolution", "workaround"),
    ],
)
def test_options_with_values_leave_a_text_to_be_asked_for(
    two: Cli, command: str, field: str, value: str
) -> None:
    told = typed(two, "1", command, "New roller.", ".", "again")

    assert told.index("Write; a line with a dot alone ends it.") < told.index("Done: resolve INC-2.")
    assert told.count("INC-2, priority 4") > 1
    assert fields(two, "INC-2")[field] == value
    assert fields(two, "INC-2")["closing_summary"] == "New roller."


def test_a_verb_on_records_of_another_kind_asks_for_its_text_too(two: Cli) -> None:
    told = typed(two, "problem new 'Rollers wear out'", "problem note PRB-1", "Seen twice.", ".", "list")

    assert "Write; a line with a dot alone ends it." in told
    assert told.count("1 ticket.") == 2
    assert "Seen twice." in two("show", "PRB-1").out


def test_verbs_act_on_the_open_ticket_or_on_the_one_named(two: Cli) -> None:
    told = typed(two, "INC-2", "note heard", "take INC-1", "resolve New roller", "undo")

    assert "INC-2>" in told
    assert fields(two, "INC-1")["assignee"] == "dana"
    assert "heard" in two("show", "INC-2", "--json").out
    assert fields(two, "INC-2")["status"] == "in_progress"


def test_a_search_looks_everywhere(two: Cli) -> None:
    assert "1. INC-1, priority 1" in typed(two, "search lyon")


def test_a_triage_run_tells_what_each_digit_does(two: Cli) -> None:
    told = typed(two, "triage", "1")

    assert "1 of 1." in told
    assert "1. " in told.split("1 of 1.")[1]
    assert fields(two, "INC-1")["assignee"] == "dana"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("reply", "Open a ticket first"),
        ("INC-99", "INC-99"),
        ("next 'x", "The quote is not closed."),
        ("list asignee:me", "did you mean assignee?"),
        ("again", "There is no ticket here."),
    ],
)
def test_what_can_not_be_done_is_said_and_nobody_is_thrown_out(two: Cli, said: str, refused: str) -> None:
    ran = two("--plain", stdin=f"{said}\nsearch lyon\nquit\n")

    assert refused in ran.err
    assert "VPN down" in ran.out
    assert ran.code == 0


def test_the_end_of_the_input_leaves(two: Cli) -> None:
    assert two("--plain", stdin="").code == 0


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=2, minutes=1), "2 hours 1 minute"),
        (timedelta(days=1, hours=3, minutes=9), "1 day 3 hours"),
        (timedelta(days=1, minutes=9), "1 day 9 minutes"),
    ],
)
def test_durations_are_said_in_words(span: timedelta, words: str) -> None:
    assert spoken(span) == words
