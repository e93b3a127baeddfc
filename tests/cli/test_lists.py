"""`ls` and `show`: what is printed, in every form."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from deskterm.cli.output import guarded
from deskterm.services.facts import Fact, put_fact
from tests.cli.conftest import Cli
from tests.cli.test_acts import new

HOSTILE = "Printer \x1b]0;owned\x07 [bold]x[/] \u202egpj"


def test_a_ticket_in_json_is_exactly_this(cli: Cli) -> None:
    new(cli, "VPN 数据库 down", "--impact", "2", "--urgency", "1", "--service", "Network")

    ran = cli("ls", "--json")

    assert ran.code == 0
    assert json.loads(ran.out) == [
        {
            "number": "INC-1",
            "kind": "incident",
            "status": "new",
            "priority": 2,
            "summary": "VPN 数据库 down",
            "caller": "Leo Brandt",
            "vip": False,
            "assignee": None,
            "team": "service-desk",
            "service": "Network",
            "major": False,
            "hold_reason": None,
            "parent": None,
            "opened_at": "2026-06-01T07:00:00Z",
            "updated_at": "2026-06-01T07:00:00Z",
            "waiting_since": None,
            "target": "acknowledge",
            "due_at": "2026-06-01T07:30:00Z",
            "paused": False,
            "remaining_seconds": None,
            "span_seconds": 1800,
            "breached": False,
            "version": 1,
        }
    ]


def test_no_tickets_are_an_empty_array(cli: Cli) -> None:
    assert cli("ls", "--json").out == "[]\n"


def test_a_shown_ticket_in_json_has_exactly_these_fields(cli: Cli) -> None:
    number = new(cli)

    record = json.loads(cli("show", number, "--json").out)

    assert list(record) == [
        "number", "kind", "status", "summary", "description", "priority", "impact", "urgency", "extent",
        "major", "vip", "caller", "channel", "team", "assignee", "tier", "service", "ci", "category",
        "hold_reason", "review_at", "resolution", "closing_summary", "occurred_at", "reported_at",
        "opened_at", "updated_at", "resolved_at", "closed_at", "reopen_count", "reassignment_count", "tags",
        "watchers", "starred", "work_minutes", "version", "clocks", "links", "tasks", "known_errors",
        "recent_changes", "timeline",
    ]  # fmt: skip
    assert list(record["clocks"][0]) == [
        "target", "stage", "policy", "calendar", "started_at", "due_at", "stopped_at", "breached_at",
        "target_seconds", "elapsed_seconds",
    ]  # fmt: skip
    assert list(record["timeline"][0]) == [
        "at", "voice", "by", "body", "evidence", "recalled", "event", "changes",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["--json", "--csv", "--plain", "--limit=9"])
def test_nothing_but_text_reaches_the_terminal(cli: Cli, form: str) -> None:
    new(cli, HOSTILE)

    out = cli("ls", form).out

    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "␛]0;owned␇" in out


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_csv_has_a_header_and_a_line_for_each_ticket(cli: Cli) -> None:
    new(cli, '=HYPERLINK("http://evil.example";"click")')

    rows = list(csv.reader(io.StringIO(cli("ls", "--csv", "--cols", "id,prio,summary").out)))

    assert rows == [
        ["number", "prio", "summary"],
        ["INC-1", "4", '\'=HYPERLINK("http://evil.example";"click")'],
    ]


def test_plain_lines_are_separated_by_tabs(cli: Cli) -> None:
    new(cli, "Audio drops")

    assert cli("ls", "--plain", "--cols", "id,status,assignee,summary").out == "INC-1\tnew\t\tAudio drops\n"


def test_only_what_the_filter_takes_is_listed(cli: Cli) -> None:
    first, second = new(cli, "VPN down"), new(cli, "Audio drops")
    cli("take", second)

    assert cli("ls", "assignee:me", "--plain", "--cols", "id").out == f"{second}\n"
    assert cli("ls", "vpn", "--plain", "--cols", "id").out == f"{first}\n"


def test_without_a_filter_only_open_tickets_are_listed(cli: Cli) -> None:
    number = new(cli)
    cli("cancel", number, "not needed")

    assert cli("ls", "--plain").out == ""
    assert cli("ls", "--all", "--plain", "--cols", "id").out == f"{number}\n"
    assert cli("ls", "status:cancelled", "--plain", "--cols", "id").out == f"{number}\n"


def test_the_past_is_listed_as_it_was(cli: Cli, url: str) -> None:
    number = new(cli, "Audio drops")
    _go_on_until(url, "2026-06-01T09:00:00+00:00")
    cli("take", number)
    cli("tag", number, "audio")
    later = new(cli, "VPN down")

    then = cli("ls", "is:new", "--as-of", "2026-06-01T08:00+00:00", "--json")
    now = cli("ls", "sort:id", "--as-of", "2026-06-01T09:30+00:00", "--plain", "--cols", "id,status,assignee")

    assert [(row["number"], row["assignee"]) for row in json.loads(then.out)] == [(number, None)]
    assert now.out == f"{number}\tin_progress\tdana\n{later}\tnew\t\n"
    assert cli("ls", "tag:audio", "--as-of", "2026-06-01T08:00+00:00", "--plain").out == ""


def test_today_by_the_ledger_is_today_by_the_database(cli: Cli) -> None:
    numbers = [new(cli, f"Number {i}", "--impact", str(i), "--tag", "x") for i in (1, 2, 3)]
    cli("take", numbers[0])
    cli("hold", numbers[1], "--reason", "vendor", "--until", "fri")
    cli("resolve", numbers[2], "done")
    cli("note", numbers[0], "The toner is new.")
    cli("reply", numbers[0], "We are on it.")

    for query in (
        *("is:open", "tag:x sort:-prio", "is:resolved", "assignee:none", "prio:<3", "by:dana", "note:toner"),
        *("msgs:0", "msgs:2", "replied:any", "respond:any", "respond:none", "problem:none", "PRB-1"),
    ):
        replayed = json.loads(cli("ls", query, "--json", "--as-of", "2026-06-01T07:00+00:00").out)
        assert replayed == json.loads(cli("ls", query, "--json").out), query


def _go_on_until(url: str, instant: str) -> None:
    from deskterm.desk import Desk
    from deskterm.domain.people import SYSTEM

    desk = Desk.open(url)
    desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.REHEARSAL, instant))
    desk.close()


def test_every_field_of_the_json_is_documented(cli: Cli) -> None:
    number = new(cli)
    documented = set(re.findall(r"\w+", (Path(__file__).parents[2] / "docs/cli.md").read_text("utf-8")))

    listed = json.loads(cli("ls", "--json").out)[0]
    record = json.loads(cli("show", number, "--json").out)
    clock = json.loads(cli("clocks", "explain", number, "--json").out)[0]

    named = {*listed, *record, *record["clocks"][0], *record["timeline"][0], *record["caller"], *clock}
    assert named <= documented


def test_a_wallboard_of_a_view_that_is_not_there_is_refused_before_it_paints(cli: Cli) -> None:
    refused = cli("wallboard", "--view", "Nonesuch")

    assert refused.code == 4
    assert "Nonesuch" in refused.err


@pytest.mark.parametrize("form", [[], ["--json"], ["--as-of", "2026-06-01T09:00"]])
def test_an_empty_list_names_whom_nobody_knows_on_the_error_stream(cli: Cli, form: list[str]) -> None:
    new(cli)

    ran = cli("ls", "a:mebogus:1 team:nowhere", *form)

    assert ran.code == 0
    assert ran.err == (
        "deskterm: There is no agent called mebogus:1.\ndeskterm: There is no team called nowhere.\n"
    )
    assert cli("ls", "a:none").err == ""
