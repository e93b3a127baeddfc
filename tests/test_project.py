"""What the project promises about itself: reproducible set-up, one clock, a quick command line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest

from deskterm.domain.fields import FIELDS, STATES

ROOT = Path(__file__).parents[1]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
)


def normal(name: str) -> str:
    """Return a package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_field_and_state_of_filters_is_told_of() -> None:
    told = (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")

    missing = [name for name in FIELDS if f"`{name}:`" not in told]
    missing += [name for name in STATES if f"`is:{name}`" not in told]

    assert missing == []


def test_every_dependency_is_pinned() -> None:
    pinned = {normal(name) for name in PINS}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]

    named = {normal(re.split(r"[^\w.-]", requirement)[0]) for requirement in wanted} - {"deskterm"}
    indirect = {
        normal(re.split(r"[^\w.-]", requirement)[0])
        for name in named
        for requirement in requires(name) or []
        if ";" not in requirement
    }

    assert named | indirect <= pinned


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "words"])
def test_every_target_sets_itself_up(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text()

    assert re.search(rf"^{target}: \$\(READY\) ## .", makefile, re.MULTILINE)


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = {
        file.relative_to(ROOT / "src" / "deskterm").as_posix()
        for file in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    }

    # The scheduler wakes by the machine's time.
    assert asking == {"clock.py", "scheduler.py"}


def test_asking_for_help_loads_neither_screens_nor_tables() -> None:
    script = (
        "import sys\n"
        "from deskterm.cli.program import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'textual', 'sqlmodel', 'sqlalchemy', 'apscheduler'} & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
