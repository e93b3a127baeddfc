"""`import` with the mappings that ship and one's own, on desks that it makes itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deskterm.cli.program import main
from deskterm.importers.mapping_file import text_of
from tests.cli.conftest import Ran
from tests.logs import PROBLEMS, SAMPLE

Run = Callable[..., Ran]


@pytest.fixture
def run(
    settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run commands in a folder of one's own, on a desk that is not there yet."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        code = main(["--database", str(tmp_path / "desk.db"), *arguments])
        return Ran(code, *capsys.readouterr())

    return run


def test_a_log_of_problems_comes_to_a_desk_that_is_made_for_it(run: Run, tmp_path: Path) -> None:
    ran = run("import", "vinst", str(PROBLEMS), "--as-of", "2012-04-16T12:00+02:00")

    assert ran.code == 1, "some rows are rejected"
    assert "22 written" in ran.out
    assert "27 later than 2012-04-16T12:00:00+02:00, left out" in ran.out
    assert "6 rejected, each with its line and reason in problems.rejects.csv" in ran.out
    assert "6 new problems" in ran.out
    assert "Priorities" not in ran.out
    assert (tmp_path / "problems.rejects.csv").exists()
    listed = json.loads(run("ls", "type:problem", "--all", "--json").out)
    assert [each["number"] for each in listed if each["status"] == "analysis"] == ["PRB-2", "PRB-6"]
    shown = json.loads(run("show", "PRB-1", "--json").out)
    assert (shown["imported_from"], shown["external_id"]) == ("vinst", "1-900100101")


def test_a_log_of_tickets_comes_with_the_standard_of_its_mapping(run: Run) -> None:
    ran = run("import", "servicenow", str(SAMPLE), "--zone", "America/Sao_Paulo")

    assert ran.code == 0
    assert "487 new tickets" in ran.out
    assert 'name = "ServiceNow incident log"' in run("standard", "show").out


def test_a_mapping_that_ships_is_the_beginning_of_ones_own(run: Run, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(run("import", "mapping", "show", "vinst").out, encoding="utf-8")

    checked = run("import", "mapping", "check", str(ours))
    ran = run("import", "log", str(PROBLEMS), "--mapping", str(ours))
    again = run("import", "vinst", str(PROBLEMS))

    assert ours.read_text(encoding="utf-8") == text_of("vinst")
    assert (checked.code, checked.out) == (0, "No errors.\n")
    assert "49 written" in ran.out
    assert "49 known already" in again.out


def test_a_dry_run_makes_no_desk_and_is_in_nobodys_way(run: Run) -> None:
    dry = run("import", "vinst", str(PROBLEMS), "--dry-run")

    assert (dry.code, "make one with: deskterm init" in dry.err) == (5, True)
    assert "49 written" in run("import", "vinst", str(PROBLEMS)).out


def test_mappings_that_ship_are_listed(run: Run) -> None:
    shown = run("import", "mapping", "show").out.splitlines()

    assert [line.split(maxsplit=1) for line in shown[1:]] == [
        ["servicenow", "ServiceNow incident audit log"],
        ["vinst", "VINST problem log"],
    ]


def test_every_error_of_a_mapping_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    broken = text_of("vinst").replace('"high"', '"hgh"', 1).replace('"iso"', '"%y"')
    ours.write_text(broken, encoding="utf-8")

    checked = run("import", "mapping", "check", str(ours))
    refused = run("import", "log", str(PROBLEMS), "--mapping", str(ours))

    assert checked.code == 1
    assert 'impact.Major: there is no "hgh" here; did you mean "high"?' in checked.out
    assert checked.out.endswith("2 errors\n")
    assert refused.code == 4
    assert refused.err.splitlines()[0] == "deskterm: The mapping has 2 errors."
    assert refused.err.splitlines()[1:] == checked.out.splitlines()[:2]
    assert not (tmp_path / "desk.db").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("mapping", "show", "jira"), 4, 'there is no mapping "jira"'),
        (("vinst", "nowhere.csv"), 2, "There is no file nowhere.csv."),
        (("log", str(PROBLEMS), "--mapping", "nowhere.toml"), 2, "nowhere.toml can't be read"),
        (("log", str(PROBLEMS)), 2, "--mapping"),
        (("servicenow", str(PROBLEMS)), 4, "The header lacks columns: number, sys_updated_at"),
    ],
)
def test_what_can_not_be_imported_is_refused_in_a_sentence(
    run: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    ran = run("import", *arguments)

    assert (ran.code, sentence in ran.err) == (code, True), ran.err
