"""`^G`: somebody's own editor gets the text, and nothing but what it writes comes back."""

from __future__ import annotations

import stat
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import BadInput
from deskterm.reads import ticket
from deskterm.ui.app import DeskApp
from deskterm.ui.editor import command_of, headed, written
from tests.ui.console import press, settle, shown, type_text

EDITOR = """
import os, sys
from pathlib import Path
file = Path(sys.argv[-1])
modes = oct(file.stat().st_mode), oct(file.parent.stat().st_mode)
Path(sys.argv[1]).write_text("\\n".join((*modes, file.read_text())))
file.write_text(file.read_text() + "\\nand more")
sys.exit(int(sys.argv[2]))
"""


@pytest.mark.parametrize("text", ["", "one line", "two\n\nlines", "# a heading of my own", "---- "])
def test_what_is_not_changed_comes_back_as_it_was(text: str) -> None:
    assert written(headed(text, ["INC-5 VPN", "Leo:\nit fails"])) == text


def test_without_the_marker_only_the_comments_at_the_top_go() -> None:
    assert written("# INC-5\n# VPN\nHello\n# not a comment") == "Hello\n# not a comment"


def test_controls_that_an_editor_leaves_are_shown() -> None:
    assert "\x1b" not in written("\x1b]52;c;x\x07")


@pytest.mark.parametrize("environ", [{}, {"EDITOR": " "}, {"VISUAL": "vi 'x"}])
def test_without_an_editor_one_is_told_what_to_set(environ: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        command_of(environ)


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    (tmp_path / "editor.py").write_text(EDITOR)
    return tmp_path / "seen.txt"


def console_with(desk: Desk, seen: Path, *, code: int = 0, may_edit: bool = True) -> DeskApp:
    editor = f"{sys.executable} {seen.parent / 'editor.py'} {seen} {code}"
    app = DeskApp(desk, "dana", may_edit=may_edit, environ={"COLORTERM": "truecolor", "VISUAL": editor})
    app.suspend = nullcontext  # type: ignore[assignment]  # a headless driver has no terminal to give away
    return app


@pytest.mark.parametrize(("code", "text"), [(0, "Hello\n\nand more"), (1, "Hello")])
async def test_the_text_comes_back_unless_the_editor_failed(
    desk: Desk, seen: Path, code: int, text: str
) -> None:
    app = console_with(desk, seen, code=code)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.open_ticket("INC-5")
        await settle(pilot)
        await press(pilot, "r")
        await type_text(pilot, "Hello")
        await press(pilot, "ctrl+g")
        for _ in range(100):
            if seen.exists() and not [each for each in app.workers if each.group == "editor"]:
                break
            await pilot.pause(0.05)
        await settle(pilot)

    modes, about = seen.read_text().splitlines()[:2], seen.read_text()
    assert [stat.S_IMODE(int(mode, 8)) for mode in modes] == [0o600, 0o700]
    assert "# INC-5  P" in about
    assert ticket.draft(desk, "INC-5 reply", by="dana") is not None
    assert (ticket.draft(desk, "INC-5 reply", by="dana") or ("",))[0] == text


async def test_where_no_program_may_be_started_none_is(desk: Desk, seen: Path) -> None:
    app = console_with(desk, seen, may_edit=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.open_ticket("INC-5")
        await settle(pilot)
        await press(pilot, "r", "ctrl+g")

        assert "No other program may be started here." in shown(pilot)
    assert not seen.exists()
