"""The verbs that act: numbers and words, exit codes, who acts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.reads import ticket
from tests.cli.conftest import Cli
from tests.databases import MONDAY_NINE


def new(cli: Cli, summary: str = "Audio drops", *more: str) -> str:
    """Open a ticket and return its number."""
    ran = cli("new", summary, "--caller", "Leo Brandt <leo@example.org>", "--team", "service-desk", *more)
    assert ran.code == 0, ran.err
    return ran.out.strip()


def shown(cli: Cli, number: str) -> dict[str, Any]:
    """Return a ticket as `show --json` has it."""
    record: dict[str, Any] = json.loads(cli("show", number, "--json").out)
    return record


def test_a_ticket_is_opened_and_its_number_printed(cli: Cli) -> None:
    ran = cli("new", "Audio drops", "--caller", "Leo Brandt <leo@example.org>")

    assert (ran.code, ran.out) == (0, "INC-1\n")


def test_a_caller_is_known_by_the_address(cli: Cli) -> None:
    new(cli)

    number = cli("new", "Again", "--caller", "leo@example.org").out.strip()

    assert shown(cli, number)["caller"]["name"] == "Leo Brandt"


@pytest.mark.parametrize("name", ["Leo [Contractor]", "Brandt, Leo", "Leo (Berlin)"])
def test_a_caller_may_be_called_as_people_are(cli: Cli, name: str) -> None:
    numbers = [
        cli("new", "Audio drops", "--caller", caller).out.strip()
        for caller in (f"{name} <leo@example.org>", f'"{name}" <leo@example.org>')
    ]

    assert [shown(cli, number)["caller"]["name"] for number in numbers] == [name] * 2


def test_a_ticket_goes_from_hand_to_hand_until_it_closes(cli: Cli) -> None:
    number = new(cli)

    codes = [
        cli("take", number).code,
        cli("assign", number, "kim").code,
        cli("note", number, "looked", "at", "it").code,
        cli("reply", number, "We look at it").code,
        cli("hold", number, "--reason", "vendor", "--until", "fri 14:30").code,
        cli("resume", number).code,
        cli("tag", number, "audio", "vip").code,
        cli("resolve", number, "New cable", "--code", "fixed").code,
        cli("confirm", number, "Works").code,
    ]

    assert codes == [0] * 9
    record = shown(cli, number)
    assert (record["status"], record["assignee"], record["tags"]) == ("closed", "kim", ["audio", "vip"])
    assert [entry["body"] for entry in record["timeline"] if entry["body"]] == [
        "looked at it",
        "We look at it",
    ]


def test_what_is_not_there_is_not_found(cli: Cli) -> None:
    ran = cli("take", "INC-99")

    assert (ran.code, ran.out, ran.err) == (3, "", "deskterm: There is no INC-99.\n")


def test_what_the_process_does_not_have_is_refused_in_one_line(cli: Cli) -> None:
    number = new(cli)

    ran = cli("confirm", number, "Works")

    assert ran.code == 4
    assert ran.err == f"deskterm: {number} is new; from there it cannot become closed.\n"


def test_of_several_tickets_those_that_refuse_are_named_and_the_others_done(cli: Cli) -> None:
    first, second = new(cli), new(cli)

    ran = cli("assign", first, "INC-99", second, "kim")

    assert (ran.code, ran.err) == (1, "INC-99: There is no INC-99.\n")
    assert [shown(cli, number)["assignee"] for number in (first, second)] == ["kim", "kim"]


def test_an_act_on_several_tickets_is_one_batch(cli: Cli, url: str) -> None:
    numbers = [new(cli), new(cli)]

    cli("take", *numbers)

    desk = Desk.open(url, clock=StoppedClock(MONDAY_NINE))
    with desk.look("dana") as look:
        rows = look.connection.exec_driver_sql(
            "select count(*), count(distinct batch) from event where kind = 'ticket.assigned'"
        ).all()
    desk.close()
    assert [tuple(row) for row in rows] == [(2, 1)]


def test_numbers_come_from_the_standard_input(cli: Cli) -> None:
    numbers = [new(cli), new(cli)]
    listed = cli("ls", "--plain", "--cols", "number,summary").out

    ran = cli("assign", "kim", stdin=listed)

    assert ran.code == 0
    assert [shown(cli, number)["assignee"] for number in numbers] == ["kim", "kim"]


def test_the_output_of_a_command_becomes_evidence(cli: Cli) -> None:
    number = new(cli)

    cli("note", number, "--evidence", stdin="nginx: \x1b[31mfailed\x1b[0m\n  at line 3")

    entry = shown(cli, number)["timeline"][-1]
    assert (entry["evidence"], entry["body"]) == (True, "nginx: ␛[31mfailed␛[0m\n  at line 3")


@pytest.mark.parametrize(
    "arguments",
    [
        ("take",),
        ("assign", "INC-1"),
        ("take", "INC-1", "please"),
        ("link", "INC-1", "loves", "INC-2"),
        ("hold", "INC-1", "--reason", "vendor", "--until", "whenever"),
        ("resolve", "INC-1", "x", "--code", "magic"),
        ("dance",),
        ("ls", "colour:red"),
        ("ls", "--cols", "colour"),
    ],
)
def test_wrong_usage_is_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    new(cli)

    assert cli(*arguments).code == 2


def test_nobody_acts_as_another_on_a_desk_at_work(
    cli: Cli, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.open(url)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("delete from desk where name = 'rehearsal'")
    desk.close()

    ran = cli("ls", "--as", "osei")

    assert (ran.code, ran.err) == (4, "deskterm: --as works only on demo and rehearsal desks.\n")


def test_linked_and_merged_tickets_are_shown_with_each_other(cli: Cli, url: str) -> None:
    first, second, third = new(cli), new(cli), new(cli)

    codes = [cli("link", second, "child_of", first).code, cli("merge", third, "--into", first).code]

    desk = Desk.open(url, clock=StoppedClock(MONDAY_NINE))
    links = ticket.record(desk, first, by="dana").links
    desk.close()
    assert codes == [0, 0]
    assert {(link.kind.value, link.number) for link in links} == {
        ("child_of", second),
        ("duplicate_of", third),
    }
