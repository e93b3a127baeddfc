"""Standard, clocks, agents, doctor and worker at the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
import time
import tty
from contextlib import closing
from pathlib import Path

import pytest

from deskterm.cli import terminal_answers
from deskterm.cli.doctor import answers, terminal
from deskterm.cli.terminal_answers import Answers
from deskterm.desk import Desk
from deskterm.standard.load import shipped
from tests.cli.conftest import Cli
from tests.cli.test_acts import new


def test_every_error_of_a_standard_is_named_with_its_line(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "standard.toml"
    file.write_text(shipped().replace('default_team = "service-desk"', 'default_team = "nobody"'))

    ran = cli("standard", "check", str(file))

    assert ran.code == 1
    assert "line 15: default_team:" in ran.out
    assert ran.out.endswith("1 error\n")


def test_a_standard_is_applied_shown_and_printed(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "standard.toml"
    file.write_text(shipped().replace('"Default standard"', '"Ours"'))

    codes = [cli("standard", verb, str(file), "--as", "ada").code for verb in ("check", "apply")]

    assert codes == [0, 0]
    assert 'name = "Ours"' in cli("standard", "show").out
    assert cli("standard", "document").out.startswith("# Ours")


def test_whom_a_standard_names_and_nobody_knows_is_a_warning_and_what_the_doctor_finds(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "standard.toml"
    file.write_text(shipped().replace('manager = "martin"', 'manager = "ghost"', 1))

    applied = cli("standard", "apply", str(file), "--as", "ada")
    examined = cli("doctor")

    sentence = "ghost leads or manages a team, but no active agent has this login; the next person up is told"
    assert applied == (0, f"Version 2 of the standard is in force.\nWarning: {sentence}\n", "")
    assert f"!!  {sentence}" in examined.out


def test_a_language_without_words_is_refused_and_not_answered_in_english(cli: Cli) -> None:
    assert cli("standard", "document", "--lang", "en").code == 0

    ran = cli("standard", "document", "--lang", "xx")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "deskterm: There are no words in xx; there are: en.\n"


@pytest.mark.parametrize("verb", ["check", "apply", "document"])
def test_a_standard_in_another_encoding_is_named_with_the_line(cli: Cli, tmp_path: Path, verb: str) -> None:
    file = tmp_path / "standard.toml"
    file.write_bytes(shipped().replace('"Default standard"', '"Déjà vu"', 1).encode("latin-1", "replace"))

    ran = cli("standard", verb, str(file), "--as", "ada")

    assert (ran.code, ran.err) == (2, f"deskterm: {file} is not UTF-8: see line 12.\n")


def test_only_an_admin_applies_a_standard(cli: Cli) -> None:
    assert cli("standard", "apply", "-", stdin=shipped()).code == 4


def test_a_clock_is_explained_as_it_is_and_as_it_would_be(cli: Cli) -> None:
    number = new(cli)

    is_so = json.loads(cli("clocks", "explain", number, "--target", "resolution", "--json").out)
    would = json.loads(
        cli("clocks", "explain", number, "--target", "resolution", "--if-priority", "1", "--json").out
    )

    assert [(each["policy"], each["target_seconds"]) for each in is_so] == [("p4", 50 * 3600)]
    assert [(each["policy"], each["due_at"]) for each in would] == [("p1", "2026-06-01T11:00:00Z")]
    assert "policy p4: kind = incident, priority = 4" in cli("clocks", "explain", number).out


def test_a_rebuild_says_what_differed_and_mends_it(cli: Cli, url: str) -> None:
    new(cli)
    with closing(Desk.open(url)) as desk, desk.engine.begin() as connection:
        connection.exec_driver_sql("update clock set due_at = due_at + 60000000 where target = 'resolution'")

    first, second = (cli("clocks", "rebuild", "--as", "ada") for _ in range(2))

    assert (first.code, first.out.splitlines()[-1]) == (1, "1 difference")
    assert first.out.startswith("1 resolution due_at: ")
    assert (second.code, second.out) == (0, "0 differences\n")


def test_agents_come_and_go(cli: Cli) -> None:
    added = cli("agents", "add", "zed", "--name", "Zed", "--team", "network", "--as", "ada")
    listed = cli("agents").out

    gone = cli("agents", "deactivate", "zed", "--as", "ada")

    assert (added.code, gone.code) == (0, 0)
    assert "zed" in listed
    assert "zed" not in cli("agents").out


def test_the_doctor_says_that_nobody_sweeps(cli: Cli) -> None:
    ran = cli("doctor")

    assert ran.code == 1
    assert "!!  Nobody sweeps the clocks" in ran.out
    assert "ok  Everything that fell due was done" in ran.out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_worker_sweeps_until_it_is_told_to_stop(cli: Cli, url: str, number: signal.Signals) -> None:
    environ = {**os.environ, "DESKTERM_DATABASE": url}
    command = [sys.executable, "-m", "deskterm", "worker"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().startswith("Sweeping ")
        _wait_until_swept(cli)

        worker.send_signal(number)

        assert worker.wait(10) == 0


def _wait_until_swept(cli: Cli) -> None:
    deadline = time.monotonic() + 20
    while "ok  Clocks are swept" not in cli("doctor").out:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("environ", "encoding", "said"),
    [
        ({"TERM": "dumb"}, "utf-8", "!! It has no screen: use --plain"),
        ({"TERM": "xterm"}, "ascii", "!! It is not UTF-8: set glyphs to ascii, or LANG to C.UTF-8"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "utf-8", "ok Colours: none, as NO_COLOR asks"),
        ({"TERM": "xterm"}, "utf-8", "ok Colours: its own sixteen; COLORTERM=truecolor if it has more"),
        ({"TERM": "xterm-256color"}, "UTF-8", "ok Colours: all that a theme asks for"),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/x"},
            "utf-8",
            "ok What is copied arrives with: set -g set-clipboard on, set -g allow-passthrough on",
        ),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/x"},
            "utf-8",
            "ok Colours, links and focus arrive with: set -g focus-events on, "
            "set -as terminal-features ',*:RGB:hyperlinks:clipboard:title:extkeys'",
        ),
        ({"TERM": ""}, "utf-8", "!! It has no screen: use --plain"),
        (
            {"TERM": "screen", "STY": "1.x"},
            "utf-8",
            "ok What is copied is handed through screen to the terminal around it",
        ),
    ],
)
def test_the_doctor_tells_what_a_terminal_can_do(environ: dict[str, str], encoding: str, said: str) -> None:
    found = [f"{'ok' if well else '!!'} {words}" for well, words in terminal(environ, encoding)]

    assert said in found


NEWEST = b"\x1bP>|foot(1.2)\x1b\\\x1b[?2026;2$y\x1b[?0u\x1b[?62;4c"
OLDEST = b"\x1b[?2026;0$y\x1b[?1;2c"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (NEWEST, Answers("foot(1.2)", has_frames=True, has_all_keys=True)),
        (OLDEST, Answers("", has_frames=False, has_all_keys=False)),
        (b"\x1bP>|\x07evil\x1b\\\x1b[?1c", Answers("\u2407evil", has_frames=False, has_all_keys=False)),
        (b"ls\r", None),
    ],
)
def test_a_terminal_is_asked_what_it_is(
    monkeypatch: pytest.MonkeyPatch, said: bytes, told: Answers | None
) -> None:
    monkeypatch.setattr(terminal_answers, "PATIENCE_SECONDS", 0.3)
    ours, its = os.openpty()
    try:
        before = termios.tcgetattr(its)
        before[tty.LFLAG] &= ~termios.ECHO
        termios.tcsetattr(its, termios.TCSANOW, before)
        os.write(ours, said)

        assert terminal_answers.ask(its) == told
        assert os.read(ours, 100) == terminal_answers.QUESTIONS
        assert termios.tcgetattr(its) == before
    finally:
        os.close(ours)
        os.close(its)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((80, 24), "ok Its size is 80x24"),
        ((160, 20), "!! Its size is 160x20: below 80x24 some things are left out"),
        ((79, 50), "!! Its size is 79x50: below 80x24 some things are left out"),
    ],
)
def test_the_doctor_tells_what_the_terminal_answered(size: tuple[int, int], said: str) -> None:
    newest = Answers("foot(1.2)", has_frames=True, has_all_keys=True)
    found = [f"{'ok' if well else '!!'} {words}" for well, words in answers(newest, os.terminal_size(size))]

    assert found == ["ok It is foot(1.2)", "ok It shows frames at once", "ok It tells all keys apart", said]


def test_the_doctor_tells_of_the_terminal_where_no_desk_answers(cli: Cli, tmp_path: Path) -> None:
    told = cli("doctor", "--database", str(tmp_path / "none" / "desk.db"))

    assert told.code == 5
    assert "ok  Terminal: TERM=" in told.out
