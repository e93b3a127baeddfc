"""`report`: key figures with their formula, of a period and a filter."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def one_resolved(cli: Cli) -> Cli:
    number = cli("new", "VPN down", "--caller", "Leo Brandt", "--team", "network").out.strip()
    cli("new", "Audio drops", "--caller", "Leo Brandt", "--team", "service-desk")
    cli("take", number)
    cli("resolve", number, "Restarted")
    return cli


def test_each_figure_prints_its_formula_its_base_and_its_date(one_resolved: Cli) -> None:
    printed = one_resolved("report", "first_level", "--to", "1h").out

    assert "Resolved at first level" in printed
    assert "resolved by a team of tier 1 ÷ resolved" in printed
    assert "no time" in printed


def test_json_has_values_that_programs_can_take(one_resolved: Cli) -> None:
    found = json.loads(one_resolved("report", "backlog", "--to", "1h", "--json").out)

    assert found[0] | {"from": "", "to": ""} == {
        "kpi": "backlog", "title": "Backlog", "value": 1.0, "unit": "count", "over": 1, "from": "", "to": "",
        "time_base": "no time", "counts_by": "open at the end", "formula": "open tickets",
    }  # fmt: skip


def test_csv_has_a_line_for_each_figure(one_resolved: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(one_resolved("report", "--csv").out)))

    assert len(rows) == 22
    assert {row["kpi"] for row in rows} >= {"attainment", "resolution_time"}


def test_a_filter_narrows_what_is_counted(one_resolved: Cli) -> None:
    found = one_resolved("report", "backlog", "--to", "1h", "--query", "team:network", "--json").out

    assert json.loads(found)[0]["value"] == 0


def test_an_empty_denominator_prints_a_dash(cli: Cli) -> None:
    assert "–" in cli("report", "reopened").out


def test_what_is_asked_for_amiss_is_named(cli: Cli) -> None:
    unknown, backwards = cli("report", "mttr"), cli("report", "--from", "2h", "--to", "1h")

    assert (unknown.code, backwards.code) == (2, 2)
    assert "There is no report mttr." in unknown.err
    assert "--from must lie before --to." in backwards.err


def test_a_month_is_named_by_its_dates(one_resolved: Cli) -> None:
    found = one_resolved("report", "backlog", "--from", "2026-05-01", "--to", "2026-06-01", "--json").out

    bounds = [datetime.fromisoformat(json.loads(found)[0][name]).astimezone() for name in ("from", "to")]
    assert [(at.day, at.month, at.hour, at.minute) for at in bounds] == [(1, 5, 0, 0), (1, 6, 0, 0)]


def test_a_duration_is_in_seconds_even_where_there_is_none(cli: Cli) -> None:
    found = json.loads(cli("report", "resolution_time", "--json").out)

    assert {(each["value"], each["unit"]) for each in found} == {(None, "seconds")}


@pytest.mark.parametrize("name", ["problems", "causes"])
def test_figures_of_problems_come_as_csv_too(cli: Cli, name: str) -> None:
    printed = cli("report", name, "--csv")

    assert printed.code == 0
    assert next(csv.reader(io.StringIO(printed.out)))[0] in ("figure", "problems")


def test_a_shift_note_comes_from_the_command_line_too(cli: Cli) -> None:
    assert cli("shift-note", "Watch", "the", "mail", "queue.").code == 0

    refused = cli("shift-note", "  ")

    assert refused.code == 4
    assert "There is nothing written yet." in refused.err
