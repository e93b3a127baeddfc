from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput
from deskterm.domain.ledger import replay
from deskterm.importers.report import Report
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.services import clocks, conversation, journal
from deskterm.services.imported_names import login_of, team_key
from deskterm.services.sweep import sweep
from deskterm.storage.chain import history
from deskterm.storage.tables import Ticket
from tests.databases import Databases, Furnish
from tests.desks import one, open_ticket, rows
from tests.logs import HEADER, LEAKED, ROWS, SAMPLE, ZONE, dump, found, import_log, row, write

APRIL = datetime(2016, 4, 1, 3, tzinfo=UTC)
"""Midnight in São Paulo."""
MAY = datetime(2016, 5, 1, 3, tzinfo=UTC)
LAST = {each["number"]: each for each in ROWS}
"""The last row of each incident."""


def with_sample(desk: Desk) -> None:
    """Furnish a desk with the whole sample."""
    found(desk)
    import_log(desk, SAMPLE, zone=ZONE, rejects=Path("/nonexistent/rejects.csv"))


@pytest.fixture
def furnish() -> Furnish:
    return found


@pytest.fixture
def sampled(databases: Databases, clock: StoppedClock) -> Iterator[Desk]:
    """A desk that has the whole sample."""
    with databases.copy(with_sample) as url, closing(Desk.open(url, clock=clock)) as desk:
        yield desk


@pytest.fixture
def second(databases: Databases, clock: StoppedClock) -> Iterator[Desk]:
    """Another desk, that has nothing to do with the first."""
    with databases.copy(found) as url, closing(Desk.open(url, clock=clock)) as desk:
        yield desk


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    return tmp_path / "rejects.csv"


def bring(desk: Desk, file: Path, **options: Any) -> Report:
    return import_log(desk, file, zone=ZONE, rejects=file.with_suffix(".rejects.csv"), **options)


def reasons(file: Path) -> list[tuple[str, str]]:
    """Return the line and the reason of each reject."""
    listed = file.with_suffix(".rejects.csv")
    if not listed.exists():
        return []
    return [(each["line"], each["reason"]) for each in csv.DictReader(io.StringIO(listed.read_text()))]


def utc(stamp: str) -> datetime:
    """Return a date of the log as an instant; the site's summer began on 16 October."""
    wall = datetime.strptime(stamp, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    return wall + timedelta(hours=3 if wall < datetime(2016, 10, 16, tzinfo=UTC) else 2)


def test_every_row_of_the_sample_is_accounted_for(desk: Desk, rejects: Path) -> None:
    seen: list[tuple[int, int]] = []

    report = import_log(
        desk, SAMPLE, zone=ZONE, rejects=rejects, progress=lambda read, total: seen.append((read, total))
    )

    assert (report.rows, report.written, report.new_tickets, report.rejected) == (2791, 2791, 487, 0)
    assert (report.priorities, report.reopen_differences, report.reassignment_differences) == (0, 0, 1)
    assert [each.number for each in report.differences] == ["INC0020350"]
    assert "INC0020350 reassignment_count: 0 here, 1 in the log" in report.summary()
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'ticket.imported'") == 2791
    assert not rejects.exists()
    assert seen == sorted(seen)
    assert seen[-1] == (SAMPLE.stat().st_size, SAMPLE.stat().st_size)


def test_the_ledger_has_each_row_at_its_time_by_its_person_with_its_priority(sampled: Desk) -> None:
    logged = defaultdict(list)
    for each in ROWS:
        logged[each["number"]].append(each)

    told = defaultdict(list)
    with sampled.engine.connect() as connection:
        for key, number in connection.execute(text("SELECT id, external_id FROM ticket")).all():
            told[number] = sorted(history(connection, "ticket", key), key=lambda entry: entry.id)

    assert told.keys() == logged.keys()
    for number, entries in told.items():
        for place, (entry, each) in enumerate(zip(entries, logged[number], strict=True), 1):
            clamped = entry.details.get("clamped_from")
            assert (datetime.fromisoformat(clamped) if clamped else entry.at) == utc(each["sys_updated_at"])
            assert entry.by == login_of(each["sys_updated_by"])
            assert replay(entries[:place])["priority"] == int(each["priority"][0])
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_reopen_counts_are_the_logs_and_reassignment_counts_but_for_the_listed(sampled: Desk) -> None:
    counted = {
        number: (reopened, reassigned)
        for number, reopened, reassigned in rows(
            sampled, "SELECT external_id, reopen_count, reassignment_count FROM ticket"
        )
    }

    assert {number: reopened for number, (reopened, _) in counted.items()} == {
        number: int(each["reopen_count"]) for number, each in LAST.items()
    }
    assert [
        number for number, each in LAST.items() if counted[number][1] != int(each["reassignment_count"])
    ] == ["INC0020350"]


def test_the_ledger_alone_rebuilds_every_ticket(sampled: Desk) -> None:
    with Session(sampled.engine) as session:
        for ticket in session.exec(select(Ticket).order_by(col(Ticket.id))):
            fields = replay(history(session.connection(), "ticket", journal.key(ticket)))

            shown = {name: journal.code_of(getattr(ticket, name)) for name in Ticket.LEDGER}

            assert {name: fields.get(name) for name in Ticket.LEDGER} == shown


@pytest.mark.parametrize("as_of", [None, APRIL])
def test_clocks_are_what_a_rebuild_makes_of_the_ledger(
    desk: Desk, rejects: Path, clock: StoppedClock, as_of: datetime | None
) -> None:
    import_log(desk, SAMPLE, zone=ZONE, rejects=rejects, as_of=as_of)
    clock.at = as_of or clock.at

    after, differences = clocks.rebuild_chunk(desk, 0, by="ada")

    assert differences == []
    assert after is None
    assert one(desk, "SELECT count(*) FROM clock") > 0


def test_a_second_run_changes_nothing_and_says_so(sampled: Desk, rejects: Path) -> None:
    before = dump(sampled)

    report = import_log(sampled, SAMPLE, zone=ZONE, rejects=rejects)

    assert (report.written, report.known, report.rejected) == (0, 2791, 0)
    assert "nothing was changed" in report.summary()
    assert dump(sampled) == before
    assert one(sampled, "SELECT count(*) FROM event WHERE kind = 'desk.imported'") == 1


def test_a_dry_run_tells_the_same_and_changes_nothing(desk: Desk, rejects: Path) -> None:
    before = dump(desk)

    report = import_log(desk, SAMPLE, zone=ZONE, rejects=rejects, dry_run=True)

    assert (report.written, report.new_tickets, report.reassignment_differences) == (2791, 487, 1)
    assert dump(desk) == before
    done = import_log(desk, SAMPLE, zone=ZONE, rejects=rejects)
    assert replace(done, is_dry_run=True) == report


def test_only_what_was_known_at_the_instant_shows(desk: Desk, second: Desk, tmp_path: Path) -> None:
    known = [each if is_final(each) else each | dict.fromkeys(LEAKED, "?") for each in ROWS if is_known(each)]

    report = import_log(desk, SAMPLE, zone=ZONE, rejects=tmp_path / "r", as_of=APRIL)
    bring(second, write(tmp_path / "known.csv", known), as_of=APRIL)

    assert (report.written, report.later) == (len(known), 2791 - len(known))
    assert dump(desk)[2:] == dump(second)[2:], "later rows or leaked values show"
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'ticket.imported'") == len(known)
    states = {each["number"]: each["incident_state"] for each in known}
    open_then = {number for number, state in states.items() if state not in ("Resolved", "Closed")}
    assert {number for (number,) in rows(desk, "SELECT external_id FROM ticket WHERE is_open")} == open_then


def is_known(each: dict[str, str]) -> bool:
    """Whether a row was there in April; INC0000137, whose time runs backwards, was long closed."""
    return utc(each["sys_updated_at"]) <= APRIL


def is_final(each: dict[str, str]) -> bool:
    """Whether what leaks into all rows of an incident was known when this one was recorded."""
    return each["incident_state"] == "Closed" and utc(each["sys_updated_at"]) >= utc(each["closed_at"])


def test_a_later_instant_brings_the_rows_since(desk: Desk, second: Desk, tmp_path: Path) -> None:
    import_log(desk, SAMPLE, zone=ZONE, rejects=tmp_path / "r", as_of=APRIL)

    report = import_log(desk, SAMPLE, zone=ZONE, rejects=tmp_path / "r", as_of=MAY)
    import_log(second, SAMPLE, zone=ZONE, rejects=tmp_path / "r", as_of=MAY)

    assert report.extended_tickets > 0
    assert histories(desk) == histories(second)
    assert one(desk, "SELECT value FROM desk WHERE name = 'rehearsal'") == MAY.isoformat()
    assert one(desk, "SELECT value FROM desk WHERE name = 'go_live'") == MAY.isoformat()


def histories(desk: Desk) -> dict[str, list[Any]]:
    """Return the tickets by their foreign numbers: what they are, and each thing that happened to them."""
    told: dict[str, list[Any]] = {}
    with Session(desk.engine) as session:
        for ticket in session.exec(select(Ticket)):
            columns = ticket.model_dump(exclude={"id", "caller_id"})
            entries = history(session.connection(), "ticket", journal.key(ticket))
            happened = [(entry.at, entry.by, sorted(entry.changes), entry.details) for entry in entries]
            told[str(ticket.external_id)] = [columns, *happened]
    return told


def test_a_ticket_that_people_touched_takes_no_more_rows(
    desk: Desk, clock: StoppedClock, tmp_path: Path
) -> None:
    file = write(tmp_path / "log.csv", [row(), row(at="2/3/2016 10:00", state="Active")])
    bring(desk, file, as_of=utc("1/3/2016 12:00"))
    clock.at = utc("1/3/2016 13:00")
    conversation.note(desk, "INC-1", "I look at it", by="ada")

    report = bring(desk, file, as_of=utc("3/3/2016 12:00"))

    assert (report.written, report.known, report.rejected) == (0, 1, 1)
    assert reasons(file) == [("3", "INC-1 was worked on since it was imported.")]
    assert one(desk, "SELECT status FROM ticket") == "new"


def test_what_fell_due_before_is_breached_and_alerts_nobody(
    desk: Desk, clock: StoppedClock, rejects: Path
) -> None:
    clock.at = APRIL

    import_log(desk, SAMPLE, zone=ZONE, rejects=rejects, as_of=APRIL)

    assert one(desk, "SELECT count(*) FROM ticket WHERE is_open AND sla_breached") > 0
    assert sweep(desk).alerts == 0
    clock.advance(timedelta(days=1))
    assert sweep(desk).alerts > 0, "what falls due in the rehearsal does alert"


def test_what_was_resolved_closes_by_silence_if_that_falls_due_after_going_live(
    desk: Desk, clock: StoppedClock, tmp_path: Path
) -> None:
    clock.at = APRIL
    old = row("INC0000001", "1/3/2016 09:00", state="Resolved")
    new = row("INC0000002", "30/3/2016 09:00", state="Resolved")
    bring(desk, write(tmp_path / "log.csv", [old, new]), as_of=APRIL)

    clock.advance(timedelta(days=30))
    sweep(desk)

    assert rows(desk, "SELECT external_id, status FROM ticket ORDER BY id") == [
        ("INC0000001", "resolved"),
        ("INC0000002", "closed"),
    ]


def test_a_desk_at_work_never_becomes_a_rehearsal(desk: Desk, rejects: Path) -> None:
    open_ticket(desk, by="ada", team="service-desk")
    before = dump(desk)

    with pytest.raises(BadInput, match="at work"):
        import_log(desk, SAMPLE, zone=ZONE, rejects=rejects, as_of=APRIL)

    assert dump(desk) == before


def test_a_rehearsal_must_be_told_up_to_when(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "log.csv", [row()])
    bring(desk, file, as_of=APRIL)

    with pytest.raises(BadInput, match="rehearses"):
        bring(desk, file)


def test_numbers_go_on_from_the_desks_own(desk: Desk, tmp_path: Path) -> None:
    assert open_ticket(desk, by="ada", team="service-desk") == "INC-1"

    bring(desk, write(tmp_path / "log.csv", [row(), row("INC0000002")]))

    assert rows(desk, "SELECT id, source, external_id FROM ticket ORDER BY id") == [
        (1, None, None),
        (2, "servicenow", "INC0000001"),
        (3, "servicenow", "INC0000002"),
    ]
    assert open_ticket(desk, by="ada", team="service-desk") == "INC-4"


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        ("New", "new", None),
        ("Active", "in_progress", None),
        ("Awaiting User Info", "on_hold", "caller"),
        ("Awaiting Problem", "on_hold", "problem"),
        ("Awaiting Vendor", "on_hold", "vendor"),
        ("Awaiting Evidence", "on_hold", "evidence"),
        ("Resolved", "resolved", None),
        ("Closed", "closed", None),
        ("-100", "new", None),
    ],
)
def test_states_are_mapped(desk: Desk, tmp_path: Path, state: str, status: str, reason: str | None) -> None:
    bring(desk, write(tmp_path / "log.csv", [row(state=state)]))

    assert rows(desk, "SELECT status, hold_reason FROM ticket") == [(status, reason)]


def test_a_state_without_a_name_leaves_a_ticket_as_it_is(desk: Desk, tmp_path: Path) -> None:
    held = row(state="Awaiting Vendor")

    bring(desk, write(tmp_path / "log.csv", [held, row(at="2/3/2016 09:00", state="-100")]))

    assert rows(desk, "SELECT status, hold_reason FROM ticket") == [("on_hold", "vendor")]
    assert '"incident_state":"-100"' in one(
        desk, "SELECT data FROM event WHERE kind LIKE 'ticket.%' ORDER BY id DESC"
    )


def test_a_closed_ticket_may_reopen_in_a_log(desk: Desk, tmp_path: Path) -> None:
    states = ["New", "Closed", "Active"]
    log = [row(at=f"{day}/3/2016 09:00", state=state) for day, state in enumerate(states, 1)]

    report = bring(desk, write(tmp_path / "log.csv", [*log[:2], log[2] | {"reopen_count": "1"}]))

    assert report.reopen_differences == 0
    assert rows(desk, "SELECT status, reopen_count, closed_at, resolved_at FROM ticket") == [
        ("in_progress", 1, None, None)
    ]


def test_a_ticket_is_found_by_the_number_it_had_where_it_came_from(desk: Desk, tmp_path: Path) -> None:
    bring(desk, write(tmp_path / "log.csv", [row("INC0000100"), row("INC0000101")]))

    found = queue.page(desk, parse("inc0000101"), by="ada")

    assert [each.number for each in found] == ["INC-2"]


def test_time_that_runs_backwards_is_clamped_and_kept(desk: Desk, tmp_path: Path) -> None:
    log = [row(at="1/3/2016 11:10"), row(at="1/3/2016 09:52", sys_mod_count="1")]

    report = bring(desk, write(tmp_path / "log.csv", log))

    assert report.clamped == 1
    with desk.engine.connect() as connection:
        first, second = history(connection, "ticket", 1)
    assert first.at == second.at == utc("1/3/2016 11:10")
    assert second.details["clamped_from"] == utc("1/3/2016 09:52").isoformat()


def test_rows_that_come_back_later_in_the_file_are_appended(desk: Desk, tmp_path: Path) -> None:
    others = [row(f"INC1{n:06d}") for n in range(410)]
    back = row(at="2/3/2016 09:00", state="Resolved", sys_mod_count="1")

    report = bring(desk, write(tmp_path / "log.csv", [row(), *others, back]))

    assert (report.written, report.new_tickets) == (412, 411)
    assert one(desk, "SELECT status FROM ticket WHERE external_id = 'INC0000001'") == "resolved"
    assert clocks.rebuild_chunk(desk, 0, by="ada")[1] == []


def test_a_row_that_stands_twice_is_taken_once(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "log.csv", [row(), row()])

    report = bring(desk, file)

    assert (report.written, report.rejected) == (1, 1)
    assert reasons(file) == [("3", "The same row stands above.")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sys_updated_at": "31/2/2016 09:00"}, "is no date"),
        ({"sys_updated_at": "2016-03-01 09:00"}, "is no date"),
        ({"sys_updated_at": "1/1/0001 00:00"}, "is no date"),
        ({"sys_updated_at": "?"}, "is no date"),
        ({"incident_state": "Gone fishing"}, "incident_state: Gone fishing is not known"),
        ({"impact": "9 - Cosmic"}, "impact: 9 - Cosmic is not known"),
        ({"priority": "\x1b]52;c;x"}, "priority: ␛]52;c;x is not known"),
        ({"reopen_count": "-1"}, "no count"),
        ({"reassignment_count": "9" * 5000}, "no count"),
        ({"number": "../../etc/passwd"}, "no incident number"),
        ({"number": "=cmd()"}, "no incident number"),
        ({"caller_id": "Cal\0ler"}, "NUL"),
        ({"assignment_group": "G" * 501}, "longer than 500"),
        ({"category": "C" * 70_000}, "too long"),
        ({"sys_updated_by": 'x" y'}, ""),
    ],
)
def test_hostile_rows_are_rejected_with_line_and_reason(
    desk: Desk, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    file = write(tmp_path / "log.csv", [row("INC0000001"), row("INC0000002") | change, row("INC0000003")])

    report = bring(desk, file)

    assert report.rows == 3
    assert [line for line, _ in reasons(file)] == (["3"] if reason else [])
    assert all(reason in given for _, given in reasons(file))
    assert report.written == 3 - len(reasons(file))


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\xfa,garbage\n",
        b"one,two\n",
        b'INC0000002,"never closed\n',
        b'INC0000002,"a"b,c\n',
        b"\x00" * 50 + b"\n",
        b"," * 10_000 + b"\n",
        b"x" * 200_000 + b"\n",
    ],
)
def test_hostile_lines_are_rejected_and_swallow_no_others(desk: Desk, tmp_path: Path, line: bytes) -> None:
    file = write(tmp_path / "log.csv", [row("INC0000001"), row("INC0000003")])
    header, first, last = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(header + first + line + last)

    report = bring(desk, file)

    assert (report.written, report.rejected) == (2, 1)
    assert [line for line, _ in reasons(file)] == ["3"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        ",".join(HEADER[1:]).encode(),
        SAMPLE.read_bytes()[:3000].decode().encode("utf-16"),
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_a_file_that_is_no_such_log_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)

    with pytest.raises(BadInput):
        bring(desk, file)


def test_an_unknown_zone_is_refused(desk: Desk, rejects: Path) -> None:
    with pytest.raises(BadInput, match="Europe/Atlantis"):
        import_log(desk, SAMPLE, zone="Europe/Atlantis", rejects=rejects)


def test_a_byte_order_mark_and_windows_line_ends_are_read(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "log.csv", [row()])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert bring(desk, file).written == 1


def test_rejects_can_do_no_harm_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "log.csv", [row("=1+1")])

    bring(desk, file)

    assert file.with_suffix(".rejects.csv").read_text() == (
        "line,number,reason\n2,'=1+1,'=1+1 is no incident number.\n"
    )
    assert file.with_suffix(".rejects.csv").stat().st_mode & 0o777 == 0o600


def test_a_ticket_that_the_database_refuses_is_rejected_alone(sqlite_desk: Desk, tmp_path: Path) -> None:
    with sqlite_desk.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON ticket WHEN new.external_id = 'INC0000002' "
            "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
    file = write(tmp_path / "log.csv", [row("INC0000001"), row("INC0000002"), row("INC0000003")])

    report = bring(sqlite_desk, file)

    assert (report.written, report.rejected) == (2, 1)
    assert reasons(file) == [("3", "The desk can't keep this ticket: poison")]


def test_an_import_lets_nobody_into_a_restricted_team(desk: Desk, tmp_path: Path) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'service-desk'")

    bring(desk, write(tmp_path / "log.csv", [row(assignment_group="Service Desk"), row("INC0000002")]))

    assert rows(desk, "SELECT team, login FROM member") == [("group-4", "resolver.5")]
    assert one(desk, "SELECT team FROM ticket WHERE external_id = 'INC0000001'") == "service-desk"


@pytest.mark.parametrize(("name", "login"), [("Updated by 88", "updated.by.88"), ("ada", "ada")])
def test_a_plain_name_is_a_login_as_it_is(name: str, login: str) -> None:
    assert login_of(name) == login


@pytest.mark.parametrize("name", ["system", "Ádám", "张伟", "007", "a" * 40, "", "x.y", "caller:1", "Ada "])
def test_other_names_become_logins_that_stay_apart(name: str) -> None:
    near = [name, f"{name}!", f"{name}.", f"!{name}", "system", "ada"]

    assert all(re.fullmatch(r"[a-z][a-z0-9.]{0,31}", login_of(each)) for each in near)
    assert "system" not in map(login_of, near)
    assert len(set(map(login_of, near))) == len(set(near))
    assert len(set(map(team_key, near))) == len(set(near))


def test_names_lose_their_doubled_blanks(sampled: Desk) -> None:
    assert one(sampled, "SELECT count(*) FROM person WHERE name LIKE '%  %'") == 0


def test_a_summary_is_made_where_the_log_has_none(desk: Desk, tmp_path: Path) -> None:
    log = [
        row(),
        row("INC0000002", u_symptom="?"),
        row("INC0000003", category="?", subcategory="?", u_symptom="?"),
    ]

    bring(desk, write(tmp_path / "log.csv", log))

    assert [summary for (summary,) in rows(desk, "SELECT summary FROM ticket ORDER BY id")] == [
        "Category 1 / Subcategory 2: Symptom 3",
        "Category 1 / Subcategory 2",
        "Incident INC0000003",
    ]


def test_memory_does_not_grow_with_the_file(sqlite: Databases, tmp_path: Path) -> None:
    small, large = (grown(tmp_path / f"{times}.csv", times) for times in (1, 10))

    peaks = [peak(file, sqlite) for file in (small, large)]

    assert peaks[1] < peaks[0] * 1.08, f"{peaks} KiB; bench/import_.py measures a file fifty times the size"


def grown(file: Path, times: int) -> Path:
    """Write the sample several times, with other incident numbers each time."""
    copies = (
        each | {"number": f"INC{copy * 100_000 + int(each['number'][3:]):07d}"}
        for copy in range(times)
        for each in ROWS
    )
    return write(file, copies)


def peak(file: Path, databases: Databases) -> int:
    """Return the peak memory in KiB of a process that imports a file."""
    code = (
        "import resource, sys; from pathlib import Path; "
        "from tests.logs import import_log; "
        f"import_log(sys.argv[1], Path(sys.argv[2]), zone={ZONE!r}, rejects=Path(sys.argv[2] + '.rejects')); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    with databases.copy(found) as url:
        ran = subprocess.run(
            [sys.executable, "-c", code, url, str(file)], check=True, capture_output=True, text=True
        )
    return int(ran.stdout)
