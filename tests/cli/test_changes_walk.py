"""The walk through docs/changes.md, command by command, on the demo desk that it is written for."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from deskterm.importers.demo.build import build
from tests.cli.conftest import Cli
from tests.cli.test_problems import later

GUIDE = Path(__file__).parents[2] / "docs" / "changes.md"
BEGINS = "$ deskterm demo --reset --at "
REFUSED = "deskterm: "


@pytest.fixture
def url(tmp_path: Path, settings: None) -> str:
    """The desk that the walk begins with."""
    (begin,) = (line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith(BEGINS))
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    build(url, datetime.fromisoformat(begin.removeprefix(BEGINS)), rehearsal=True)
    return url


def walk() -> Iterator[tuple[list[str], list[str]]]:
    """Yield each command of the guide with the lines that it prints; `…` stands for others."""
    text = GUIDE.read_text(encoding="utf-8").replace(" \\\n", " ")
    for block in text.split("```console\n")[1:]:
        for part in block.partition("```")[0].split("$ ")[1:]:
            command, *printed = part.splitlines()
            if command.startswith("deskterm ") and f"$ {command}".startswith(BEGINS) is False:
                yield shlex.split(command)[1:], [line for line in printed if line != "…"]


def test_every_command_does_and_prints_what_the_guide_says(cli: Cli, url: str) -> None:
    for arguments, printed in walk():
        if arguments[0] == "--at":
            later(url, datetime.fromisoformat(arguments[1]))
            continue
        ran = cli(*arguments)
        refused = any(line.startswith(REFUSED) for line in printed)
        said = (ran.err if refused else ran.out).splitlines()

        assert ran.code == (4 if refused else 0), (arguments, ran.err)
        for line in printed:
            assert line.rstrip("…") in "\n".join(said), (arguments, said)


@pytest.mark.parametrize("number", ["CHG-7", "CHG-8", "CHG-9"])
def test_the_guide_leads_a_change_of_each_kind_to_its_end(number: str) -> None:
    commands = [arguments for arguments, _printed in walk() if number in arguments]

    assert commands[-1][-3:] == ["change", "close", number]
