"""The verbs that came with the console's acts: what they do, what they print, and how they refuse."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_acts import new, shown


def told(cli: Cli, *arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
    """Return what a verb prints of each ticket with `--json`."""
    records: list[dict[str, Any]] = json.loads(cli(*arguments, "--json", stdin=stdin).out)
    return records


def test_a_ticket_goes_through_its_states_by_one_verb(cli: Cli) -> None:
    number = new(cli)

    codes = [
        cli("status", number, "open").code,
        cli("status", number, "pending", "--reason", "vendor", "--until", "fri 14:30").code,
        cli("status", number, "in_progress").code,
        cli("status", number, "resolved", "New", "cable").code,
        cli("status", number, "in_progress", "It broke again").code,
        cli("status", number, "resolved", "Another cable", "--code", "workaround").code,
        cli("status", number, "closed", "Works now").code,
    ]

    assert codes == [0] * 7
    record = shown(cli, number)
    assert (record["status"], record["resolution"], record["reopen_count"]) == ("closed", "workaround", 1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("closed", "Works"), 4, "is new; from there it cannot become closed."),
        (("nonsense",), 4, "nonsense is none of new, awaiting_approval,"),
        (("pending",), 2, "Say what it waits for: --reason vendor, and --until when."),
        (("cancelled",), 4, "Say why INC-1 is cancelled."),
        ((), 2, "Expected STATUS after the numbers."),
    ],
)
def test_a_status_without_a_way_is_refused(cli: Cli, words: tuple[str, ...], code: int, said: str) -> None:
    number = new(cli)

    ran = cli("status", number, *words)

    assert ran.code == code
    assert said in ran.err


def test_each_of_several_goes_its_own_way(cli: Cli) -> None:
    fresh, held, ended = new(cli), new(cli), new(cli)
    cli("take", held)
    cli("hold", held, "--reason", "vendor", "--until", "fri")
    cli("cancel", ended, "Twice")

    ran = cli("status", "in_progress", "--json", stdin=f"{fresh}\n{held}\n{ended}\n")

    assert ran.code == 1
    assert [(each["number"], each["done"]) for each in json.loads(ran.out)] == [
        (fresh, True),
        (held, True),
        (ended, False),
    ]
    assert f"{ended}: {ended} is cancelled; from there it cannot become in progress." in ran.err


def test_what_became_of_each_ticket_is_told_as_json(cli: Cli) -> None:
    mine, free = new(cli, "Mine"), new(cli, "Free")
    cli("take", mine)

    records = told(cli, "take", mine, free, "INC-99")

    assert [(each["number"], each["done"], each["changed"], each["refused"]) for each in records] == [
        (mine, True, False, None),
        (free, True, True, None),
        ("INC-99", False, False, "There is no INC-99."),
    ]
    assert cli("undo", str(records[0]["act"])).out == f"{free}\n"


def test_one_that_refuses_is_told_as_json_and_as_an_exit_code(cli: Cli) -> None:
    ran = cli("take", "INC-99", "--json")

    assert ran.code == 3
    assert json.loads(ran.out)[0]["refused"] == "There is no INC-99."


def test_impact_and_urgency_are_set_by_word_or_number(cli: Cli) -> None:
    one, two = new(cli), new(cli)

    assert cli("prio", one, two, "high", "1").code == 0
    assert cli("prio", one, two, "1", "1").code == 0
    assert [shown(cli, number)["priority"] for number in (one, two)] == [1, 1]
    assert cli("prio", one, "high").code == 2


def test_fields_are_changed_and_emptied(cli: Cli) -> None:
    number = new(cli)
    cli("edit", number, "--extent", "12", "--occurred", "2026-05-31T08:00")

    ran = cli("edit", number, "--summary", "Audio is gone", "--major", "yes", "--empty", "extent")
    cli("edit", number, "--description", "-", stdin="Since Sunday.\n")

    record = shown(cli, number)
    assert ran.code == 0
    assert (record["summary"], record["major"], record["extent"]) == ("Audio is gone", True, None)
    assert record["description"] == "Since Sunday."
    assert record["occurred_at"] is not None


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "Say what to change"),
        (("--summary", ""), 4, "A ticket needs a summary."),
        (("--empty", "summary"), 4, "empty"),
        (("--caller", "nobody@example.org"), 2, "Nobody is known as nobody@example.org."),
        (("--occurred", "someday"), 2, "someday is no instant"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(cli: Cli, options: tuple[str, ...], code: int, said: str) -> None:
    ran = cli("edit", new(cli), *options)

    assert ran.code == code
    assert said in ran.err


def test_a_tag_with_a_minus_is_taken_off(cli: Cli) -> None:
    number = new(cli, "Audio", "--tag", "old")

    assert cli("tag", number, "vip", "-old").code == 0
    assert shown(cli, number)["tags"] == ["vip"]


def test_a_task_is_added_and_ticked_off(cli: Cli) -> None:
    number = new(cli)

    added = cli("task", number, "Call", "them", "back", "--assignee", "kim")
    task = shown(cli, number)["tasks"][0]
    done = cli("finish", number, str(task["id"]))

    assert (added.code, done.code, task["summary"], task["assignee"]) == (0, 0, "Call them back", "kim")
    assert shown(cli, number)["tasks"][0]["done_at"] is not None
    assert cli("finish", number, "first").code == 2


@pytest.mark.parametrize(("span", "minutes"), [("25m", 25), ("1h", 60), ("1h30", 90), ("1:05", 65)])
def test_time_is_logged(cli: Cli, span: str, minutes: int) -> None:
    number = new(cli)

    assert cli("time", number, span, "Looked", "at", "it").code == 0
    assert shown(cli, number)["work_minutes"] == minutes
    assert cli("undo").code == 0
    assert shown(cli, number)["work_minutes"] == 0


@pytest.mark.parametrize("span", ["soon", "0m", "25h", "1h90x"])
def test_what_is_no_time_is_refused(cli: Cli, span: str) -> None:
    ran = cli("time", new(cli), span)

    assert ran.code == 4
    assert "Say how long it took, up to a day: 25m, 1h30." in ran.err


def test_a_star_is_found_by_its_filter(cli: Cli) -> None:
    number = new(cli)

    cli("star", number)
    starred = cli("ls", "is:starred", "--plain", "--cols", "id").out
    cli("unstar", number)

    assert starred == f"{number}\n"
    assert cli("ls", "is:starred", "--plain").out == ""


def test_what_a_caller_said_is_taken_down(cli: Cli) -> None:
    number = new(cli)

    cli("call", number, stdin="It is worse now.\n")

    assert [entry["body"] for entry in shown(cli, number)["timeline"] if entry["voice"] == "caller"] == [
        "It is worse now."
    ]


def test_triage_does_what_is_said_as_one_act(cli: Cli) -> None:
    number = new(cli)

    ran = cli("triage", number, "--impact", "1", "--urgency", "1", "--team", "network", "--take")
    record = shown(cli, number)
    cli("undo")

    assert ran.code == 0
    assert (record["priority"], record["team"], record["assignee"]) == (1, "network", "dana")
    assert shown(cli, number)["team"] == "service-desk"


def test_triage_without_a_suggestion_says_so(cli: Cli) -> None:
    ran = cli("triage", new(cli))

    assert ran.code == 4
    assert "Nothing is suggested for INC-1; say what it is." in ran.err


MAIL = """\
From: Leo Brandt <leo@example.org>
To: desk@example.org
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_Halle_4?=
Content-Type: text/plain; charset=utf-8

The printer blinks.
"""
HTML = """\
From: mia@example.org
Subject: Lamp
Content-Type: text/html

<html><head><style>p {}</style></head><body><p>It is <b>dark</b>.</p><p>Please help.</p></body></html>
"""


def test_a_mail_is_a_ticket(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(MAIL, encoding="utf-8")

    number = json.loads(cli("new", "--from-mail", str(file), "--json").out)["number"]

    record = shown(cli, number)
    assert (record["summary"], record["description"], record["channel"]) == (
        "Grüße aus Halle 4",
        "The printer blinks.",
        "email",
    )
    assert record["caller"]["email"] == "leo@example.org"


def test_of_a_mail_in_html_the_words_are_taken(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(HTML, encoding="utf-8")

    number = cli("new", "Lamp is out", "--from-mail", str(file)).out.strip()

    record = shown(cli, number)
    assert (record["summary"], record["description"]) == ("Lamp is out", "It is dark.\nPlease help.")


def test_a_mail_is_of_whom_answers_go_to(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(
        "From: noreply@example.org\n"
        'Reply-To: "Wong, Mia [IT]" <mia@example.org>, b@example.org\n'
        "Subject: Lamp\n\nOut\n"
    )

    caller = shown(cli, cli("new", "--from-mail", str(file)).out.strip())["caller"]

    assert (caller["name"], caller["email"]) == ("Wong, Mia [IT]", "mia@example.org")


@pytest.mark.parametrize("text", ["", "Subject: x\n\nbody\n", "From: nobody\nSubject: x\n\nbody\n"])
def test_what_nobody_sent_is_no_mail(cli: Cli, tmp_path: Path, text: str) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(text)

    assert cli("new", "--from-mail", str(file)).code == 2
    assert cli("new", "--from-mail", str(tmp_path / "none")).code == 2


def test_a_view_is_exported_to_a_file_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    number = new(cli, "=1+1")
    csv, array = tmp_path / "q.csv", tmp_path / "q.json"

    codes = [
        cli("export", "csv", str(csv), "is:open", "--cols", "id,summary").code,
        cli("export", "json", str(array), "is:open").code,
    ]

    assert codes == [0, 0]
    assert csv.read_text() == f"number,summary\n{number},'=1+1\n"
    assert json.loads(array.read_text())[0]["number"] == number
    assert stat.S_IMODE(csv.stat().st_mode) == 0o600
    assert cli("export", "json", "-", "is:open").out == array.read_text()
    assert cli("export", "csv", str(tmp_path / "no" / "q.csv")).code == 2


def test_a_filter_may_begin_with_a_minus(cli: Cli) -> None:
    kept, _gone = new(cli), new(cli, "Network", "--tag", "vpn")

    ran = cli("ls", "-#vpn", "--plain", "--cols", "id")

    assert (ran.code, ran.out) == (0, f"{kept}\n")


def test_notifications_are_listed_and_read(cli: Cli) -> None:
    number = new(cli)
    cli("assign", number, "dana", "--as", "osei")

    listed = json.loads(cli("notifications", "--json").out)
    cli("notifications", "--read")

    assert (listed[0]["kind"], listed[0]["number"]) == ("ticket.assigned", number)
    assert json.loads(cli("notifications", "--json").out) == []


def test_an_alert_that_is_none_is_not_found(cli: Cli) -> None:
    assert cli("acknowledge", "99").code == 3
    assert cli("acknowledge", "98", "99").code == 1


def test_drafts_are_kept_listed_and_dropped(cli: Cli) -> None:
    number = new(cli)

    cli("drafts", "save", f"{number} reply", stdin="Dear Leo")
    listed = json.loads(cli("drafts", "--json").out)
    cli("drafts", "drop", f"{number} reply")

    assert [(draft["place"], draft["text"]) for draft in listed] == [(f"{number} reply", "Dear Leo")]
    assert cli("drafts", "--json").out == "[]\n"


def test_settings_and_keys_are_checked(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "keys.toml"
    monkeypatch.setenv("DESKTERM_KEYS", str(keys))
    missing = cli("config", "check")
    keys.write_text('"ticket.take" = "ctrl+h"\n')

    wrong = cli("config", "check")

    assert missing.code == 0
    assert f"{keys}  not there: the defaults" in missing.out
    assert wrong.code == 1
    assert f"{keys}  read" in wrong.out
    assert "keys.toml, line 1: ctrl+h can't be used" in wrong.err
