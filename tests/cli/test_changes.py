"""Changes at the command line: a normal change from draft to closed in verbs, its calendar and its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

PLANS = ("purpose", "description", "implementation-plan", "risks", "rollback-plan", "test-plan", "resources")


@pytest.fixture
def number(cli: Cli) -> str:
    """A complete request for change by kim."""
    texts = [part for name in PLANS for part in (f"--{name}", f"the {name}")]
    opened = cli("--as", "kim", "change", "new", "New firmware", *texts, "--service", "Printing")
    assert (opened.out, opened.err) == ("CHG-1\n", "")
    return "CHG-1"


def done(cli: Cli, by: str, *arguments: str) -> str:
    """Run a verb of changes that is not refused, and return what it printed."""
    ran = cli("--as", by, "change", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def scheduled(cli: Cli, number: str) -> None:
    answers = ("done-before=often", "tested=all of it", "back=at once", "noticed=nobody")
    done(cli, "kim", "submit", number)
    given = [part for answer in answers for part in ("--answer", answer)]
    done(cli, "chen", "assess", number, "--necessity", "old", "--feasibility", "yes", *given)
    done(cli, "osei", "approve", number)
    done(cli, "kim", "schedule", number, "2026-06-01T22:00+02:00", "2026-06-02T00:00+02:00")
    done(cli, "kim", "steps", number, "--step", "30::Load", "--back", "20::Boot the old one")
    done(cli, "kim", "confirm", number)


def test_a_change_is_led_to_its_review_in_verbs(cli: Cli, number: str) -> None:
    scheduled(cli, number)
    refused = cli("--as", "kim", "change", "begin", number)
    done(cli, "kim", "break-glass", number, "the printer is on fire")
    done(cli, "chen", "second", number)
    done(cli, "kim", "begin", number)
    done(cli, "kim", "step", number, "1", "start")
    done(cli, "kim", "step", number, "1", "done")
    done(cli, "kim", "finish", number)
    done(cli, "kim", "check", number, "functional", "prints")
    done(cli, "kim", "check", number, "performance", "as fast")
    done(cli, "kim", "verified", number)
    done(cli, "chen", "review", number, "successful", "keep a spare")
    unstable = cli("--as", "kim", "change", "close", number)

    shown = cli("show", number).out

    assert refused.code == unstable.code == 4
    assert "outside its window" in refused.err
    assert "prove stable" in unstable.err
    assert "CHG-1  normal  review  risk low  New firmware" in shown
    assert "glass reason: the printer is on fire" in shown
    assert json.loads(cli("show", number, "--json").out)["steps"][0]["state"] == "done"


def test_lists_take_changes(cli: Cli, number: str) -> None:
    scheduled(cli, number)

    [row] = json.loads(cli("ls", "type:change start:today..fri is:open", "--json").out)

    assert (row["number"], row["status"], row["planned_start"]) == (
        number,
        "scheduled",
        "2026-06-01T20:00:00Z",
    )
    assert cli("ls", "type:change risk:3").out.splitlines()[1:] == []


def test_an_inbox_lists_what_waits(cli: Cli, number: str) -> None:
    questions = cli("--as", "chen", "change", "assess", number).out
    done(cli, "kim", "submit", number)
    answers = ("done-before=often", "tested=no", "back=at once", "noticed=nobody")
    given = [f"--answer={answer}" for answer in answers]
    done(cli, "chen", "assess", number, "--necessity", "old", "--feasibility", "yes", *given)

    waiting = json.loads(cli("--as", "osei", "approvals", "--json").out)

    assert "tested: Was it tested" in questions
    assert [(row["number"], row["tier"]) for row in waiting] == [(number, "IT lead")]


def test_a_calendar_goes_out_and_comes_back(cli: Cli, number: str, tmp_path: Path) -> None:
    scheduled(cli, number)
    file = tmp_path / "calendar.ics"

    cli("--as", "chen", "export", "ics", str(file))
    back = cli("--as", "chen", "import", "ics", str(file))
    slot = cli("--as", "kim", "change", "slot", number).out
    shown = cli("calendar", "--days", "2").out

    assert back.out == "moved: –; windows and freezes taken: 0; as they were: 5\n"
    assert slot == "2026-06-01T20:00:00Z 2026-06-01T22:00:00Z\n"
    assert "Night maintenance" in shown
    assert "New firmware" in shown
