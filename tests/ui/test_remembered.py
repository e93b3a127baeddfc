"""What a console keeps: where one was, one's own keys, columns, and what is exported."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from deskterm.cli.own_keys import own_keys
from deskterm.config import Settings
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp
from deskterm.ui.session import Session, load, save
from tests.ui.console import console, press, settle, shown, type_text

COLOURS = {"COLORTERM": "truecolor"}


async def test_the_next_start_is_where_the_last_one_was_left(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "sessions" / "here.json"
    app = DeskApp(desk, "dana", remembered=file, environ=COLOURS)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "0", "j", "j")
        left = app.queue.table.cursor
        await app.leave()

    app = DeskApp(desk, "dana", remembered=file, environ=COLOURS)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        assert app.queue.table.cursor == left
        assert "/ is:open " in shown(pilot)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("told", ["", "{", "[]", '{"view": 1, "colour": 2}', '"view"', "\x00"])
def test_what_is_remembered_amiss_is_nothing(tmp_path: Path, told: str) -> None:
    file = tmp_path / "here.json"
    file.write_text(told)

    assert load(file) == Session()


def test_where_nothing_can_be_remembered_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    save(tmp_path / "file" / "here.json", Session("Mine"))


async def test_columns_are_chosen_and_stand_in_the_filter(desk: Desk) -> None:
    async with console(desk, size=(120, 40)) as pilot:
        await press(pilot, "0", "colon")
        await type_text(pilot, "sort id")
        await press(pilot, "enter", "C")
        assert "Columns: none marked for the usual" in shown(pilot)
        await press(pilot, "tab", "enter")

        assert " cols:" in shown(pilot)


async def test_a_view_is_exported_to_a_file_of_ones_own(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "view.csv"
    async with console(desk, size=(120, 40)) as pilot:
        await press(pilot, "0", "colon")
        await type_text(pilot, f"export {file}")
        await press(pilot, "enter")
        assert "tickets written to" in shown(pilot)
        await press(pilot, "colon")
        await type_text(pilot, f"export {file}")
        await press(pilot, "enter")
        assert "File exists" in shown(pilot)

    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 9
    assert {row["status"] for row in rows} >= {"new", "in_progress"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_ones_own_keys_are_read_from_the_file_that_the_settings_name(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('"ticket.take" = "X"\n"ticket.note" = "X"\n')

    keymap = own_keys(Settings(keys=str(file)))
    missing = own_keys(Settings(keys=str(tmp_path / "none.toml")))

    assert keymap.problems
    assert all(str(file) in str(each) for each in keymap.problems)
    assert missing.problems == ()
