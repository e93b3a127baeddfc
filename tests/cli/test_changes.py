"""Changes at the command line: a normal change from draft to closed in verbs, its calendar and its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deskterm.cli import watch
from deskterm.cli.opening import Opened
from deskterm.desk import Desk
from deskterm.query import parse
from deskterm.reads import feed
from deskterm.services import changes
from tests.changes import open_change
from tests.cli.conftest import Cli
from tests.desks import open_ticket

PLANS = ("purpose", "description", "implementation-plan", "risks", "rollback-plan", "test-plan", "resources")


@pytest.fixture
def number(cli: Cli) -> str:
    """A complete request for change by kim."""
    texts = [part for name in PLANS for part in (f"--{name}", f"the {name}")]
    opened = cli("--as", "kim", "change", "new", "New firmware", *texts, "--service", "Printing")
    assert (opened.out, opened.err) == ("CHG-1\n", "")
    return "CHG-1"


def done(cli: Cli, by: str, *arguments: str) -> str:
    """Run a verb of changes that is not refused, and return what it printed."""
    ran = cli("--as", by, "change", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def scheduled(cli: Cli, number: str) -> None:
    answers = ("done-before=often", "tested=all of it", "back=at once", "noticed=nobody")
    done(cli, "kim", "submit", number)
    given = [part for answer in answers for part in ("--answer", answer)]
    done(cli, "chen", "assess", number, "--necessity", "old", "--feasibility", "yes", *given)
    done(cli, "osei", "approve", number)
    done(cli, "kim", "schedule", number, "2026-06-01T22:00+02:00", "2026-06-02T00:00+02:00")
    done(cli, "kim", "steps", number, "--step", "30::Load", "--back", "20::Boot the old one")
    done(cli, "kim", "confirm", number)


def test_a_change_is_led_to_its_review_in_verbs(cli: Cli, number: str) -> None:
    scheduled(cli, number)
    refused = cli("--as", "kim", "change", "begin", number)
    done(cli, "kim", "break-glass", number, "the printer is on fire")
    done(cli, "chen", "second", number)
    done(cli, "kim", "begin", number)
    done(cli, "kim", "step", number, "1", "start")
    done(cli, "kim", "step", number, "1", "done")
    done(cli, "kim", "finish", number)
    done(cli, "kim", "check", number, "functional", "prints")
    done(cli, "kim", "check", number, "performance", "as fast")
    done(cli, "kim", "verified", number)
    done(cli, "chen", "review", number, "successful", "keep a spare")
    unstable = cli("--as", "kim", "change", "close", number)

    shown = cli("show", number).out

    assert refused.code == unstable.code == 4
    assert "outside its window" in refused.err
    assert "prove stable" in unstable.err
    assert "CHG-1  normal  review  risk low  New firmware" in shown
    assert "glass reason: the printer is on fire" in shown
    assert json.loads(cli("show", number, "--json").out)["steps"][0]["state"] == "done"


def test_lists_take_changes(cli: Cli, number: str) -> None:
    scheduled(cli, number)

    [row] = json.loads(cli("ls", "type:change start:today..fri is:open", "--json").out)

    assert (row["number"], row["status"], row["planned_start"]) == (
        number,
        "scheduled",
        "2026-06-01T20:00:00Z",
    )
    assert cli("ls", "type:change risk:3").out.splitlines()[1:] == []


def test_an_inbox_lists_what_waits(cli: Cli, number: str) -> None:
    questions = cli("--as", "chen", "change", "assess", number).out
    done(cli, "kim", "submit", number)
    answers = ("done-before=often", "tested=no", "back=at once", "noticed=nobody")
    given = [f"--answer={answer}" for answer in answers]
    done(cli, "chen", "assess", number, "--necessity", "old", "--feasibility", "yes", *given)

    waiting = json.loads(cli("--as", "osei", "approvals", "--json").out)

    assert "tested: Was it tested" in questions
    assert [(row["number"], row["tier"]) for row in waiting] == [(number, "IT lead")]


def test_what_is_watched_starred_or_tagged_is_found_by_it(cli: Cli, number: str) -> None:
    done(cli, "ivo", "watch", number)
    done(cli, "ivo", "star", number)
    done(cli, "ivo", "tag", number, "vpn", "lyon")
    done(cli, "ivo", "tag", number, "lyon", "--gone")

    for query in ("is:watched", "is:starred", "#vpn", "-#lyon"):
        listed = cli("--as", "ivo", "ls", f"type:change {query}", "--plain")
        assert listed.out.startswith(number), query
    assert cli("--as", "kim", "ls", "type:change is:starred", "--plain").out == ""


def test_a_calendar_goes_out_and_comes_back(cli: Cli, number: str, tmp_path: Path) -> None:
    scheduled(cli, number)
    file = tmp_path / "calendar.ics"

    cli("--as", "chen", "export", "ics", str(file))
    back = cli("--as", "chen", "import", "ics", str(file))
    slot = cli("--as", "kim", "change", "slot", number).out
    shown = cli("calendar", "--days", "2").out

    assert back.out == "moved: –; windows and freezes taken: 0; as they were: 5\n"
    assert slot == "2026-06-01T20:00:00Z 2026-06-01T22:00:00Z\n"
    assert "Night maintenance" in shown
    assert "New firmware" in shown


ACTS = (
    ("kim", "edit {n} --risks none"),
    ("kim", "schedule {n} 2026-06-01T22:00+02:00 2026-06-02T00:00+02:00"),
    ("kim", "shift {n} 1"),
    ("kim", "undo {n}"),
    ("kim", "submit {n}"),
    ("chen", "assess {n} --necessity old --feasibility yes --answer=done-before=often "
     "--answer=tested=all_of_it --answer=back=at_once --answer=noticed=nobody"),
    ("osei", "approve {n}"),
    ("kim", "steps {n} --step 30::Load --back 20::Restore"),
    ("kim", "confirm {n}"),
    ("kim", "note {n} seen"),
    ("kim", "break-glass {n} fire"),
    ("chen", "second {n}"),
    ("kim", "begin {n}"),
    ("kim", "step {n} 1 done"),
    ("kim", "finish {n}"),
    ("kim", "check {n} functional prints"),
    ("kim", "check {n} performance fast"),
    ("kim", "verified {n}"),
    ("chen", "review {n} failed never"),
    ("kim", "close {n}"),
)  # fmt: skip


def test_every_verb_prints_the_change_as_json(cli: Cli, number: str) -> None:
    told = []

    for by, words in ACTS:
        arguments = [
            word.replace("_", " ") if "=" in word else word for word in words.format(n=number).split()
        ]
        record = json.loads(done(cli, by, *arguments, "--json"))
        told.append(record["status"])

    assert list(dict.fromkeys(told)) == [
        "draft", "assess", "authorise", "scheduled", "implementing", "verifying", "review", "closed",
    ]  # fmt: skip
    assert record == json.loads(cli("show", number, "--json").out)
    assert record["approvals"][0] == {"tier": "IT lead", "verdict": "granted", "yes": 1, "need": 1}
    assert [check["kind"] for check in record["checks"]] == ["functional", "performance"]


def test_a_change_is_opened_and_given_up_in_json(cli: Cli) -> None:
    opened = json.loads(done(cli, "kim", "new", "New firmware", "--service", "Printing", "--json"))
    other = json.loads(done(cli, "kim", "new", "Later", "--json"))["number"]
    number = opened["number"]

    questions = json.loads(done(cli, "chen", "assess", number, "--json"))
    slot = cli("--as", "kim", "change", "slot", number, "--json")
    later = json.loads(done(cli, "kim", "after", other, number, "--json"))
    given_up = json.loads(done(cli, "kim", "cancel", number, "by mistake", "--json"))
    refused = cli("--as", "kim", "change", "submit", number, "--json")

    assert (opened["status"], given_up["status"]) == ("draft", "cancelled")
    assert questions[0]["key"] == "done-before"
    assert (slot.out, slot.code) == ("", 4)
    assert later["after"] == [number]
    assert (refused.out, refused.code) == ("", 4)


def test_what_is_in_the_way_now_is_told_to_whoever_breaks_the_glass(cli: Cli, number: str) -> None:
    scheduled(cli, number)
    cli("--as", "chen", "calendar", "add", "freeze", "Audit", "--start", "2026-06-01", "--for", "1d")

    asked = done(cli, "kim", "break-glass", number, "the printer is on fire")
    agreed = done(cli, "chen", "second", number)

    assert asked == agreed == "!! It is inside the freeze Audit.\n"


def test_windows_and_freezes_are_added_listed_and_taken_out(cli: Cli) -> None:
    add = (
        "--as",
        "chen",
        "calendar",
        "add",
        "freeze",
        "Stock-taking",
        "--start",
        "2026-06-06",
        "--for",
        "1d 2h",
    )
    uid = cli(*add, "--repeat", "FREQ=WEEKLY", "--service", "Printing").out.strip()
    other = json.loads(cli(*add, "--zone", "Asia/Shanghai", "--json").out)["uid"]

    listed = json.loads(cli("calendar", "spans", "--json").out)
    page = json.loads(cli("calendar", "--days", "7", "--json").out)
    cli("--as", "chen", "calendar", "remove", other)
    left = cli("calendar", "spans").out

    assert listed[0] == {
        "uid": uid, "kind": "freeze", "name": "Stock-taking", "zone": "Europe/Paris",
        "start": "2026-06-06T00:00:00", "days": 1, "minutes": 120, "rule": "FREQ=WEEKLY",
        "services": ["Printing"],
    }  # fmt: skip
    assert listed[1]["zone"] == "Asia/Shanghai"
    assert {span["start"] for span in page["spans"] if span["kind"] == "freeze"} == {
        "2026-06-05T16:00:00Z", "2026-06-05T22:00:00Z",
    }  # fmt: skip
    assert uid in left
    assert other not in left


@pytest.mark.parametrize(
    ("wrong", "code", "why"),
    [
        (("--start", "noon"), 2, "no time by the zone's clock"),
        (("--start", "2026-06-06T00:00Z"), 2, "no time by the zone's clock"),
        (("--for", "long"), 2, "--for: write a length of time"),
        (("--repeat", "FREQ=HOURLY"), 4, "daily at most"),
        (("--zone", "Mars/Base"), 4, "Mars/Base"),
        (("--service", "Tea"), 4, "no service called Tea"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(
    cli: Cli, wrong: tuple[str, str], code: int, why: str
) -> None:
    given = {"--start": "2026-06-06", "--for": "8h", **dict([wrong])}

    ran = cli(
        "--as",
        "chen",
        "calendar",
        "add",
        "window",
        "Night",
        *(part for pair in given.items() for part in pair),
    )

    assert ran.code == code
    assert why in ran.err
    assert cli("calendar", "spans", "--json").out == "[]\n"


def test_the_calendar_is_for_those_who_answer_for_it(cli: Cli) -> None:
    add = ("calendar", "add", "freeze", "Never", "--start", "2026-06-06", "--for", "1d")

    assert cli("--as", "kim", *add).code == 4
    assert cli("--as", "chen", "calendar", "remove", "nothing").code == 3


def test_what_an_item_depends_on_is_said_and_taken_back(cli: Cli) -> None:
    cli("--as", "chen", "ci", "relate", "core-sw-01", "mail-01")
    related = {row["name"]: row["depends_on"] for row in json.loads(cli("ci", "--json").out)}
    gone = json.loads(cli("--as", "chen", "ci", "relate", "core-sw-01", "mail-01", "--gone", "--json").out)

    assert related["core-sw-01"] == ["mail-01"]
    assert gone == {"ci": "core-sw-01", "depends_on": "mail-01", "gone": True}
    assert "vpn-gw-01" in cli("ci").out
    assert cli("--as", "chen", "ci", "relate", "core-sw-01", "tea").code == 4
    assert cli("--as", "kim", "ci", "relate", "core-sw-01", "mail-01").code == 4


def test_delegations_are_listed_and_taken_back(cli: Cli) -> None:
    given = cli("--as", "osei", "delegate", "ivo", "--until", "2026-06-05T00:00Z").out
    later = ("--from", "2026-06-08T00:00Z", "--until", "2026-06-09T00:00Z")
    other = json.loads(cli("--as", "osei", "delegate", "kim", "--of", "abe", *later, "--json").out)

    listed = json.loads(cli("delegations", "--json").out)
    strange = cli("--as", "dana", "undelegate", given.strip())
    cli("--as", "osei", "undelegate", given.strip())

    assert [(row["login"], row["to"]) for row in listed] == [("osei", "ivo"), ("abe", "kim")]
    assert listed[1] == other
    assert strange.code == 3
    assert cli("delegations").out.splitlines()[1:] == [
        f"{other['id']}   abe    kim  2026-06-08T00:00:00Z  2026-06-09T00:00:00Z"
    ]


def test_one_odd_event_does_not_keep_the_others_out(cli: Cli, tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\nUID:{0}\nSUMMARY:{0}\n{1}DURATION:P1D\nEND:VEVENT\n"
    start = "DTSTART;VALUE=DATE:20260603\n"
    file = tmp_path / "two.ics"
    events = (
        event.format(*each) for each in (("fair", start), ("odd", ""), ("off", f"{start}STATUS:CANCELLED\n"))
    )
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(events)}END:VCALENDAR\n")

    ran = cli("--as", "osei", "import", "ics", str(file), "--kind", "freeze")
    again = json.loads(cli("--as", "osei", "import", "ics", str(file), "--kind", "freeze", "--json").out)

    assert ran.code == 1
    assert ran.out.splitlines() == [
        "moved: –; windows and freezes taken: 1; as they were: 0",
        "off: It is cancelled there, and left out.",
        "odd: This event can't be read: No DTSTART given.",
    ]
    assert (again["added"], again["same"], again["refused"][0][0]) == (0, 1, "odd")


def test_key_figures_are_of_any_period(cli: Cli, number: str) -> None:
    scheduled(cli, number)
    done(cli, "kim", "break-glass", number, "the printer is on fire")
    done(cli, "chen", "second", number)
    done(cli, "kim", "begin", number)

    def begun(*period: str) -> int:
        found = json.loads(done(cli, "dana", "figures", *period, "--json"))
        return next(int(each["over"]) for each in found if each["key"] == "emergency_share")

    assert begun("--from", "2026-06-01T00:00Z", "--to", "2026-06-02T00:00Z") == 1
    assert begun("--from", "2026-05-01T00:00Z", "--to", "2026-06-01T00:00Z") == 0
    assert cli("change", "figures", "--from", "2026-06-02", "--to", "2026-06-01").code == 2


def test_changes_are_watched_until_they_leave_the_filter(sqlite_desk: Desk) -> None:
    number = open_change(sqlite_desk)
    stream = watch.changes(Opened(sqlite_desk, "dana", {}), parse("type:change status:draft"))

    told = []
    with pytest.MonkeyPatch.context() as patch:
        mark = feed.head(sqlite_desk)
        patch.setattr(feed, "head", lambda _desk: mark)
        changes.note(sqlite_desk, number, "seen", by="ivo")
        told.append(next(stream))
        open_ticket(sqlite_desk)
        changes.submit(sqlite_desk, number, by="kim")
        told.append(next(stream))

    assert [(line["number"], line["kind"], line["in"]) for line in told] == [
        (number, "change.noted", True),
        (number, "change.submitted", False),
    ]
    assert told[1]["change"]["status"] == "assess"


def test_changes_are_watched_as_they_happen(cli: Cli, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskterm.reads.feed.head", lambda _desk: 0)

    lines = cli("watch", "type:change", "--limit", "1").out.splitlines()

    assert [(line["kind"], line["number"]) for line in map(json.loads, lines)] == [("change.opened", number)]
    assert cli("watch", "type:problem").code == 2
