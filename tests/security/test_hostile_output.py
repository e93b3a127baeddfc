"""T1, T13, T20: what stands in the database steers no terminal, spreadsheet or log reader."""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from deskterm.cli.logs import JsonLines
from deskterm.cli.output import FORMULA, guarded
from deskterm.cli.program import main
from deskterm.cli.tree import parser
from tests.security.hostile import C1, CONTROLS, HOSTILE, SHOWN, UNICODE
from tests.security.hostile_desk import TALKATIVE
from tests.ui.lively import TUESDAY

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
FORMS = ("--json", "--csv", "--plain")
TICKET, CHANGE = f"INC-{TALKATIVE}", "CHG-1"
NIGHT = ("2026-06-03T22:00Z", "2026-06-04T02:00Z")
SPEAKING: dict[str, Sequence[str]] = {
    "ls": ("ls", "--all"),
    "show": ("show", TICKET),
    "views": ("views",),
    "log": ("log",),
    "candidates": ("candidates",),
    "report": ("report",),
    "change figures": ("change", "figures"),
    "approvals": ("approvals",),
    "calendar": ("calendar",),
    "calendar spans": ("calendar", "spans"),
    "calendar add": ("calendar", "add", "freeze", "Audit", "--start", "2026-06-03", "--for", "1d"),
    "calendar remove": ("calendar", "remove", "nothing"),
    "change star": ("change", "star", "CHG-1"),
    "change tag": ("change", "tag", "CHG-1", "x"),
    "change watch": ("change", "watch", "CHG-1"),
    "ci": ("ci",),
    "ci relate": ("ci", "relate", "mail-01", "file-01"),
    "delegate": ("delegate", "kim", "--until", "2d"),
    "delegations": ("delegations",),
    "undelegate": ("undelegate", "1"),
    "import ics": ("import", "ics", __file__),
    "clocks explain": ("clocks", "explain", TICKET),
}
"""Verbs with `--json`, which show what is stored → how they are called."""
SPEAKING |= {
    f"change {words[0]}": ("change", words[0], *words[1:])
    for words in (
        ("new", "New firmware"),
        *(
            (verb, CHANGE)
            for verb in ("assess", "begin", "close", "confirm", "edit", "finish", "second", "slot")
        ),
        *((verb, CHANGE) for verb in ("steps", "submit", "undo", "verified", "approve")),
        *((verb, CHANGE, "words") for verb in ("break-glass", "cancel", "note", "propose", "refuse")),
        *((verb, CHANGE, "words") for verb in ("return", "roll-back")),
        ("after", CHANGE, "CHG-2"),
        ("check", CHANGE, "functional", "prints"),
        ("judge", CHANGE, TICKET, "caused"),
        ("review", CHANGE, "failed", "words"),
        ("schedule", CHANGE, *NIGHT),
        ("shift", CHANGE, "1"),
        ("step", CHANGE, "1", "done"),
        ("template", "nothing", "approve"),
    )
}
SPEAKING |= {
    words[0]: (words[0], TICKET, *words[1:])
    for words in (
        *((verb,) for verb in ("resume", "star", "subscribe", "take", "unmerge", "unstar", "unsubscribe")),
        *((verb, "words") for verb in ("approve", "call", "cancel", "confirm", "escalate", "note", "refuse")),
        *((verb, "words") for verb in ("reopen", "reply", "resolve", "tag", "task", "untag")),
        *((verb, "nothing") for verb in ("assign", "macro", "transfer")),
        *((verb, "related", "CHG-1") for verb in ("link", "unlink")),
        ("edit", "--summary", "words"),
        ("finish", "1"),
        ("hold", "--reason", "vendor", "--until", "2d"),
        ("merge", "--into", "INC-2"),
        ("prio", "1", "1"),
        ("status", "resolved", "words"),
        ("time", "10m", "words"),
        ("triage", "--team", "network"),
    )
}
SPEAKING |= {"drafts": ("drafts",), "new": ("new", "words"), "notifications": ("notifications",)}
LONG = (
    ("report", "causes"),
    ("report", "problems", "--json"),
    ("doctor",),
    ("agents",),
    ("show", CHANGE),
    ("show", CHANGE, "--json"),
    ("standard", "document"),
    ("standard", "show"),
    ("clocks", "rebuild"),
)
"""Other verbs that print what is stored."""


def verbs(root: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Yield each verb with its options."""
    if root.get_default("run"):
        yield " ".join(path), {option for each in root._actions for option in each.option_strings}
    for each in root._actions:
        if isinstance(each, argparse._SubParsersAction):
            for name, child in each.choices.items():
                yield from verbs(child, (*path, name))


FORMS_OF = {verb: [form for form in FORMS if form in options] for verb, options in verbs(parser())}
CALLS = [
    (*SPEAKING[verb], *form)
    for verb, forms in FORMS_OF.items()
    if verb in SPEAKING
    for form in ([], *([each] for each in forms))
] + [*LONG]


@pytest.fixture
def rehearsing(hostile_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands run on the hostile desk, as dana."""
    with sqlite3.connect(hostile_file) as connection:
        connection.execute("INSERT INTO desk (name, value) VALUES ('rehearsal', ?)", (TUESDAY.isoformat(),))
    monkeypatch.setenv("DESKTERM_DATABASE", str(hostile_file))
    monkeypatch.setenv("DESKTERM_CONFIG", str(hostile_file.parent / "none.toml"))
    monkeypatch.setenv("DESKTERM_LANG", "en")


def test_every_verb_that_shows_what_is_stored_is_called() -> None:
    assert {verb for verb, forms in FORMS_OF.items() if "--json" in forms} <= set(SPEAKING)


@pytest.mark.usefixtures("rehearsing")
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_no_verb_prints_what_steers(call: Sequence[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = main(["--as", "dana", *call])

    printed = b"".join(capfdbinary.readouterr()).decode()
    assert code in (0, 1, 3, 4), printed[-500:]
    assert not STEERING.findall(printed)


@pytest.mark.usefixtures("rehearsing")
@pytest.mark.parametrize("call", [("ls", "--all"), ("show", TICKET), ("agents",)], ids=" ".join)
def test_attempts_are_printed_to_be_read(call: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--as", "dana", *call]) == 0

    assert SHOWN in capsys.readouterr().out


@pytest.mark.usefixtures("rehearsing")
def test_json_and_csv_are_read_back_whole(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--as", "dana", "ls", "--all", "--json"])
    objects = json.loads(capsys.readouterr().out)

    main(["--as", "dana", "ls", "--all", "--csv", "--cols", "id,summary,caller,team,svc"])
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))

    assert len(objects) == len(rows) - 1
    assert {len(row) for row in rows} == {5}
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", "=cmd|'/C calc'!A0", "@SUM(1)", "\t=1"]
)
def test_no_cell_begins_as_a_formula(beginning: str) -> None:
    assert not guarded(f"{beginning}1").startswith(FORMULA)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_line_is_one_line_of_ascii(text: str) -> None:
    record = logging.LogRecord("deskterm", logging.ERROR, "", 0, "mail %s failed", (text,), None)

    line = JsonLines().format(record)

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == f"mail {text} failed"


def test_a_traceback_in_a_log_is_in_the_same_line() -> None:
    try:
        raise ValueError("\x1b]52;c;ZXZpbA==\x07")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "bad", (), (type(error), error, None))

    assert JsonLines().format(record).isprintable()


def test_what_a_command_refuses_is_said_without_controls(capfd: pytest.CaptureFixture[str]) -> None:
    for text in (*CONTROLS[::5], *C1, *UNICODE[::4]):
        if "\x00" not in text:
            main(["--config", text.encode("utf-8", "replace").decode(), "ls"])
            main(["show", text])

    printed = "".join(capfd.readouterr())
    assert not STEERING.findall(printed)
