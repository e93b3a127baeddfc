"""Problems at the command line: the whole way in verbs, and refusals in one line."""

from __future__ import annotations

import json
import shlex
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services.facts import Fact, put_fact
from tests.cli.conftest import Cli
from tests.databases import MONDAY_NINE
from tests.services.problem_desks import furnish_firewall, vpn


@pytest.fixture
def furnished(cli: Cli) -> Cli:
    """A desk with three tickets about one thing."""
    for _ in range(3):
        assert cli("new", "VPN drops", "--caller", "Leo Brandt <leo@example.org>").code == 0
    return cli


def test_a_problem_is_led_to_its_fix_in_verbs(furnished: Cli) -> None:
    cli = furnished
    number = cli("problem", "new", "VPN flaps", "--ticket", "INC-1", "--ticket", "INC-2").out.strip()
    refused = cli("problem", "move", number, "assess")
    cause = cli("problem", "why", number, "Firmware bug", "--branch", "technology").out.strip()
    cli("problem", "cause", number, cause, "--verdict", "confirmed", "--evidence", "vendor case")
    cli("problem", "action", number, "Roll back", "--type", "patch", "--owner", "kim", "--due", "2026-06-05")

    shown = cli("show", number).out
    listed = json.loads(cli("ls", "type:problem is:open", "--json").out)

    assert (number, cause, refused.code) == ("PRB-1", "1", 4)
    assert "PRB-1 needs a category" in refused.err
    assert "to assessment: category, service, priority" in shown
    assert "+ Firmware bug" in shown
    assert "Roll back  kim" in shown
    assert [(row["number"], row["linked"], row["linked_open"]) for row in listed] == [("PRB-1", 2, 2)]


def test_undo_says_what_it_took_back(furnished: Cli) -> None:
    number = furnished("problem", "new", "VPN flaps").out.strip()
    furnished("problem", "assign", number, "kim")
    furnished("problem", "note", number, "asked the vendor")

    said = [furnished("problem", "undo", number).out for _each in range(2)]

    assert said == ["note written\n", "assigned\n"]
    assert "kim" not in furnished("show", number).out.split("owner:")[1].splitlines()[0]


def test_a_problem_is_marked_and_parked_in_verbs(furnished: Cli) -> None:
    cli = furnished
    number = cli("problem", "new", "VPN flaps").out.strip()
    for marked in (("tag", number, "toner"), ("star", number)):
        assert cli("problem", *marked).code == 0

    refused = cli("problem", "park", number, "the vendor", "--until", "2026-01-05")
    silent = cli("problem", "park", number, "--until", "2026-06-05")
    parked = cli("problem", "park", number, "the vendor", "--until", "2026-06-05")
    shown = cli("show", number).out
    found = [cli("ls", f"type:problem {word}", "--plain").out[:5] for word in ("#toner", "is:starred")]
    taken_up = cli("problem", "park", number)

    assert (refused.code, "a day ahead" in refused.err) == (4, True)
    assert (silent.code, "waits for" in silent.err) == (4, True)
    assert (parked.code, taken_up.code, found) == (0, 0, ["PRB-1", "PRB-1"])
    assert "parked until: 2026-06-0" in shown
    assert "parked until" not in cli("show", number).out


def test_an_action_is_changed_and_an_article_written_in_verbs(furnished: Cli) -> None:
    number = furnished("problem", "new", "VPN flaps").out.strip()
    planned = ("problem", "action", number, "Roll back", "--type", "patch", "--owner", "kim", "--due", "fri")
    action = furnished(*planned).out.strip()

    changed = furnished("problem", "edit-action", number, action, "--owner", "ivo", "--summary", "Upgrade")
    refused = furnished("problem", "edit-action", number, action, "--due", "2026-01-05")
    known = ("--symptom", "drops", "--workaround", "hotspot", "--article", "# VPN")
    furnished("--as", "pia", "problem", "known-error", number, *known)
    shown = json.loads(furnished("show", number, "--json").out)

    assert (changed.code, refused.code, shown["article"]) == (0, 4, "# VPN")
    assert [(each["summary"], each["assignee"]) for each in shown["actions"]] == [("Upgrade", "ivo")]


def test_an_analysis_is_printed_in_three_forms(furnished: Cli) -> None:
    number = furnished("problem", "new", "VPN flaps").out.strip()
    furnished("problem", "why", number, "No test firewall", "--branch", "process")

    text, markdown, svg = (
        furnished("problem", "analysis", number, "--format", form).out for form in ("text", "markdown", "svg")
    )

    assert "? No test firewall" in text
    assert "## Fishbone" in markdown
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_a_workaround_is_sent_only_after_a_look(furnished: Cli) -> None:
    number = furnished("problem", "new", "VPN flaps", "--ticket", "INC-1", "--ticket", "INC-2").out.strip()
    furnished(
        "--as",
        "pia",
        "problem",
        "known-error",
        number,
        "--symptom",
        "drops",
        "--workaround",
        "Use the hotspot",
    )

    looked = furnished("--as", "pia", "problem", "send", number)
    sent = furnished("--as", "pia", "problem", "send", number, "--yes")

    assert "To 2 tickets: INC-1 INC-2" in looked.out
    assert "Nothing was sent" in looked.out
    assert sent.out == "INC-1 INC-2\n"
    assert "deskterm undo" in sent.err


def test_reports_name_causes_and_formulas(furnished: Cli) -> None:
    for _ in range(2):
        number = furnished("problem", "new", "VPN flaps").out.strip()
        furnished("problem", "why", number, "No test firewall")

    causes = json.loads(furnished("report", "causes", "--json").out)
    figures = furnished("report", "problems").out

    assert [(each["statement"], each["problems"]) for each in causes] == [("No test firewall", [1, 2])]
    assert "median of now − opened" in figures


def test_candidates_are_looked_for_and_listed(furnished: Cli) -> None:
    listed = furnished("candidates", "--look")

    assert (listed.code, listed.out) == (0, "id  signal  weeks  problem  reason\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "PRB-9"), 3),
        (("problem", "move", "PRB-9", "assess"), 3),
        (("problem", "move", "PRB-9", "nowhere"), 2),
        (("problem", "dismiss", "1", "noise"), 4),
        (("ls", "type:nonsense"), 2),
    ],
)
def test_a_refusal_has_its_exit_code(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    assert cli(*arguments).code == code


def test_the_walk_in_the_documentation_works_as_it_is_written(cli: Cli, url: str) -> None:
    """The clock stands until the effect is verified; then it is sixteen days later."""
    with closing(Desk.open(url, clock=StoppedClock(MONDAY_NINE - timedelta(hours=1)))) as desk:
        furnish_firewall(desk)
        for _ in range(5):
            vpn(desk)

    said = []
    for line in walk():
        if line.endswith("move PRB-1 resolved"):
            later(url, MONDAY_NINE + timedelta(days=16))
            assert cli("problem", "evaluate", "PRB-1").out == "quiet\n"
        ran = cli("--as", "pia", *shlex.split(line)[1:])
        assert ran.code == 0, (line, ran.err)
        said.append(ran.out)

    assert "fw-lyon-1: 5 incidents in 14 days" in said[0]
    shown = cli("show", "PRB-1", "--json")
    assert (shown.code, shown.err) == (0, "")
    assert json.loads(shown.out)["closure"] == "effective"


def walk() -> list[str]:
    """Return the commands of the guide's walk, in order."""
    text = (Path(__file__).parents[2] / "docs" / "problems.md").read_text(encoding="utf-8")
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ deskterm")]


def later(url: str, instant: datetime) -> None:
    """Set the rehearsal's clock."""
    with closing(Desk.open(url)) as desk:
        desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.REHEARSAL, instant.isoformat()))
