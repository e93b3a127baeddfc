"""How the program starts: what it imports, what it says when it cannot go on."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskterm.cli.help import verbs
from deskterm.cli.opening import login
from deskterm.cli.program import main
from deskterm.cli.tree import parser
from deskterm.standard.load import shipped

HEAVY = ("textual", "rich", "apscheduler", "sqlalchemy", "pydantic", "lark")


def imported(*arguments: str) -> set[str]:
    """Return the packages that a command imports."""
    script = (
        "import sys; from deskterm.cli.program import main; code = main(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    return set(ran.stderr.split())


def leaves(tree: ArgumentParser) -> Iterator[str]:
    """Yield the function that each verb names."""
    run = tree.get_default("run")
    if run:
        yield run
    for action in tree._actions:
        if isinstance(action, _SubParsersAction):
            for below in action.choices.values():
                yield from leaves(below)


def test_help_imports_nothing_heavy() -> None:
    assert not imported("--help") & set(HEAVY)


def test_a_list_imports_neither_screens_nor_scheduler(url: str) -> None:
    found = imported("--database", url, "--as", "dana", "ls", "is:open", "--json")

    assert not found & {"textual", "rich", "apscheduler", "alembic", "psycopg"}


@pytest.mark.parametrize("named", sorted(set(leaves(parser()))))
def test_what_the_tree_names_is_there(named: str) -> None:
    module, _colon, function = named.partition(":")

    assert callable(getattr(importlib.import_module(f"deskterm.cli.{module}"), function))


def test_a_desk_is_made_and_works_for_who_made_it(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--database", str(tmp_path / "desk.db"))

    codes = [main([*here, "init", "--name", "Ada"]), main([*here, "new", "Audio drops", "--caller", "Leo"])]

    assert codes == [0, 0]
    said = capsys.readouterr().out
    assert said.endswith("INC-1\n")
    assert "Warning" not in said
    assert (tmp_path / "desk.db").stat().st_mode & 0o077 == 0


def test_whoever_makes_a_desk_leads_every_team_of_it(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--database", str(tmp_path / "desk.db"))
    main([*here, "init"])

    main([*here, "standard", "show"])
    named = set(re.findall(r"^(?:lead|manager) = (.*)$", capsys.readouterr().out, re.MULTILINE))
    main([*here, "doctor"])

    assert named == {f'"{login()}"'}
    assert "ok  Every lead and manager can be told" in capsys.readouterr().out


def test_a_desk_by_a_standard_of_ones_own_warns_of_whom_nobody_knows(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "standard.toml"
    file.write_text(shipped(led_by=login()).replace(f'lead = "{login()}"', 'lead = "ghost"', 1))

    main(["--database", str(tmp_path / "desk.db"), "init", "--standard", str(file)])

    assert "Warning: ghost leads or manages a team, but no active agent has" in capsys.readouterr().out


def test_where_there_is_no_desk_it_says_how_to_make_one(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--database", str(tmp_path / "desk.db"), "ls"])

    assert code == 5
    assert capsys.readouterr().err.endswith("make one with: deskterm init\n")


@pytest.mark.parametrize("command", [("ls",), ("init",), ("worker",), ("migrate",), ("doctor",)])
def test_a_file_that_is_no_database_is_said_to_be_none_and_left_alone(
    tmp_path: Path, settings: None, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    file = tmp_path / "desk.db"
    file.write_text("Dear diary, " * 100)

    code = main(["--database", str(file), *command])

    assert code == 5
    said = capsys.readouterr().err
    assert said == "deskterm: The desk's database does not answer: file is not a database\n"
    assert file.read_text() == "Dear diary, " * 100


def test_a_database_of_another_kind_is_refused_by_name(
    settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--database", "mysql://x", "ls"])

    assert code == 2
    assert capsys.readouterr().err.startswith("deskterm: database: it is neither sqlite:///")


def test_a_console_without_a_terminal_is_refused(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert main(["--database", url]) == 4
    assert capsys.readouterr().err.startswith("deskterm: The console needs a terminal.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0

    script = capsys.readouterr().out
    assert all(verb in script for verb, _words in verbs(parser()))


def test_keys_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 0

    assert "Assign to me" in capsys.readouterr().out
