from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, NotFound
from deskterm.domain.ledger import replay
from deskterm.domain.problem import Metric, ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.importers.report import Report
from deskterm.query import parse
from deskterm.reads import board, candidates, problem_figures
from deskterm.reads import problems as reads
from deskterm.services import causes, corrective, journal, problems
from deskterm.services.candidates import detect_all
from deskterm.services.imported_names import login_of
from deskterm.services.problem_drafts import ProblemEdit
from deskterm.standard.load import load, shipped
from deskterm.storage.chain import history
from deskterm.storage.tables import Problem
from tests.databases import Databases
from tests.desks import one, open_ticket, populate, rows
from tests.logs import PROBLEMS, dump, import_problems
from tests.services.problem_desks import patch

ROWS = list(csv.reader(io.StringIO(PROBLEMS.read_text(encoding="utf-8"))))
NOON = datetime(2012, 4, 16, 10, tzinfo=UTC)
"""Noon on a Monday where the log was written."""
LATER = datetime(2012, 6, 1, tzinfo=UTC)
CHALLENGE = (
    "SR Number", "Status", "Sub Status", "Change Date+Time", "Owner First Name", "Involved ST", "Product",
    "SR Latest Impact",
)  # fmt: skip
CHALLENGE_PROBLEMS = (
    "Problem Number", "Problem Status", "Problem Sub Status", "Problem Change Date+Time",
    "Problem Owner First Name", "Problem Involved Owner ST", "Product", "Problem Impact",
)  # fmt: skip
XES = (
    "case:concept:name", "concept:name", "lifecycle:transition", "time:timestamp", "org:resource",
    "org:group", "product", "impact",
)  # fmt: skip


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    return tmp_path / "rejects.csv"


@pytest.fixture
def second(databases: Databases, clock: StoppedClock) -> Iterator[Desk]:
    """Another desk, that has nothing to do with the first."""
    with databases.copy(populate) as url, closing(Desk.open(url, clock=clock)) as desk:
        yield desk


def bring(desk: Desk, rejects: Path, **options: Any) -> Report:
    return import_problems(desk, rejects=rejects, **options)


def written(file: Path, header: tuple[str, ...] | list[str], separator: str, encoding: str = "utf-8") -> Path:
    """Write the sample with another header."""
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows([header, *ROWS[1:]])
    return file


def test_every_row_of_the_sample_is_accounted_for(desk: Desk, rejects: Path) -> None:
    report = bring(desk, rejects)

    assert (report.rows, report.written, report.rejected, report.clamped) == (55, 49, 6, 1)
    assert (report.new_problems, report.new_tickets) == (12, 0)
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.imported'") == 49
    assert rejects.read_text(encoding="utf-8") == (
        "line,number,reason\n"
        "30,1-900100106,activity: Accepted/Meditating is not known.\n"
        "33,1-900100107,impact: Cosmic is not known.\n"
        "37,1-900100108,The same row stands above.\n"
        "42,../../etc/passwd,../../etc/passwd is no problem number.\n"
        "43,1-900100109,soon is no date in the form ISO 8601.\n"
        '56,1-900100112,"The row has 4 fields, the header 8."\n'
    )


def test_problems_stand_where_their_last_rows_left_them(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    stand = rows(
        desk,
        "SELECT external_id, status, closure, closing_reason, team, assignee, ci, impact, urgency, priority, "
        "recurrence_count FROM problem ORDER BY id",
    )
    assert stand == [
        ("1-900100101", "closed", "imported", "Completed/Closed", "v3-3rd", "anna", "PROD101", 2, 2, 3, 0),
        ("1-900100102", "analysis", None, "", "v3-3rd", "cecilia", "PROD101", 1, 2, 2, 0),
        ("1-900100103", "closed", "imported", "Completed/Closed", "g97-2nd", "anna", "PROD77", 3, 2, 4, 1),
        ("1-900100104", "closed", "imported", "Completed/Cancelled", "g49", "david", "PROD13", 3, 2, 4, 0),
        ("1-900100105", "resolved", None, "", "v3-3rd", "cecilia", "PROD5", 1, 2, 2, 0),
        ("1-900100106", "fix", None, "", "g97-2nd", "anna", "PROD101", 2, 2, 3, 0),
        ("1-900100107", "analysis", None, "", "g97-2nd", "bertil", "PROD42", 1, 2, 2, 0),
        ("1-900100108", "closed", "imported", "Completed/Closed", "g49", "erik", "PROD42", 2, 2, 3, 0),
        ("1-900100109", "analysis", None, "", "v3-3rd", "x.eve.2j.eve.4fb47fe3", HOSTILE, 1, 2, 2, 0),
        ("1-900100110", "analysis", None, "", "g97-2nd", "x.sa.87329601", "数据仓库", 2, 2, 3, 0),
        ("1-900100111", "analysis", None, "", "third-line", "siebel", "PROD13", 3, 2, 4, 0),
        ("1-900100112", "assess", None, "", None, "erik", "PROD13", 3, 2, 4, 0),
    ]


HOSTILE = '=cmd|"/C calc"!A0 [@click=app.bell]␛]52;c;aGk=␇'


def test_problems_have_the_times_of_their_rows(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with Session(desk.engine) as session:
        found = session.get_one(Problem, 3)
    assert (found.imported_from, found.version, found.is_open) == ("vinst", 7, False)
    assert found.opened_at == datetime(2012, 3, 5, 7, tzinfo=UTC)
    assert found.diagnosed_at == datetime(2012, 4, 12, 7, 30, tzinfo=UTC)
    assert found.resolved_at == datetime(2012, 4, 19, 15, tzinfo=UTC)
    assert found.closed_at == found.updated_at == datetime(2012, 4, 26, 15, tzinfo=UTC)


def test_the_ledger_has_each_row_at_its_time_by_its_person(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with desk.engine.connect() as connection:
        told = history(connection, "problem", 3)
    assert [(entry.at.isoformat(), entry.by, entry.kind) for entry in told] == [
        ("2012-03-05T07:00:00+00:00", "david", "problem.imported"),
        ("2012-03-06T07:00:00+00:00", "david", "problem.imported"),
        ("2012-03-13T07:00:00+00:00", "david", "problem.imported"),
        ("2012-04-11T06:00:00+00:00", "anna", "problem.imported"),
        ("2012-04-12T07:30:00+00:00", "anna", "problem.imported"),
        ("2012-04-19T15:00:00+00:00", "anna", "problem.imported"),
        ("2012-04-26T15:00:00+00:00", "anna", "problem.imported"),
    ]
    assert told[2].changes == {
        "status": ("resolved", "closed"),
        "closure": (None, "imported"),
        "closing_reason": ("", "Completed/Closed"),
        "closed_at": (None, "2012-03-13T07:00:00+00:00"),
    }
    assert told[2].details == {"log": {"sub status": "Closed"}}
    assert told[3].changes == {
        "status": ("closed", "analysis"),
        "team": ("g49", "g97-2nd"),
        "assignee": ("david", "anna"),
        "closure": ("imported", None),
        "closing_reason": ("Completed/Closed", ""),
        "recurrence_count": (0, 1),
        "resolved_at": ("2012-03-06T07:00:00+00:00", None),
        "closed_at": ("2012-03-13T07:00:00+00:00", None),
    }
    assert told[3].details == {"log": {"activity": "Accepted", "sub status": "In Progress"}}


def test_time_that_runs_backwards_is_clamped_and_kept(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with desk.engine.connect() as connection:
        _first, waiting, back, *_rest = history(connection, "problem", 5)
    assert back.at == waiting.at == datetime(2012, 4, 20, 12, tzinfo=UTC)
    assert back.details["clamped_from"] == "2012-04-20T10:00:00+00:00"


def test_a_state_that_says_nothing_leaves_a_problem_where_it_is(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with desk.engine.connect() as connection:
        first, *_between, last = history(connection, "problem", 11)
    assert first.changes["status"] == (None, "new")
    assert "status" not in last.changes
    assert last.details == {"log": {"activity": "Unmatched", "sub status": "Unmatched"}}


def test_the_ledger_alone_rebuilds_every_problem(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with Session(desk.engine) as session:
        for problem in session.exec(select(Problem).order_by(col(Problem.id))):
            fields = replay(history(session.connection(), "problem", problem.id or 0))

            shown = {name: journal.code_of(getattr(problem, name)) for name in Problem.LEDGER}

            assert {name: fields.get(name) for name in Problem.LEDGER} == shown


def test_support_levels_become_teams_of_their_tiers_with_the_owners_in_them(
    desk: Desk, rejects: Path
) -> None:
    bring(desk, rejects)

    teams = rows(desk, "SELECT key, name, tier FROM team ORDER BY key")
    assert [team for team in teams if team[0] not in load(shipped(), 1).teams] == [
        ("first-line", "First line", 1),
        ("g49", "G49", 1),
        ("g97-2nd", "G97 2nd", 2),
        ("second-line", "Second line", 2),
        ("third-line", "Third line", 3),
        ("v3-3rd", "V3 3rd", 3),
    ]
    members = rows(desk, "SELECT login FROM member WHERE team = 'g97-2nd' ORDER BY login")
    assert [login for (login,) in members] == sorted(map(login_of, ("Anna", "Bertil", "Åsa", "张伟")))


def test_a_second_run_changes_nothing_and_says_so(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)
    before = dump(desk)

    report = bring(desk, rejects)

    assert (report.written, report.known, report.rejected) == (0, 49, 6)
    assert "nothing was changed" in report.summary()
    assert dump(desk) == before


def test_a_dry_run_tells_the_same_and_changes_nothing(desk: Desk, rejects: Path) -> None:
    before = dump(desk)

    report = bring(desk, rejects, dry_run=True)

    assert (report.written, report.new_problems, report.rejected) == (49, 12, 6)
    assert dump(desk) == before


def test_only_what_was_known_at_the_instant_shows(desk: Desk, rejects: Path) -> None:
    report = bring(desk, rejects, as_of=NOON)

    assert (report.written, report.later, report.rejected) == (22, 27, 6)
    assert rows(desk, "SELECT external_id, status, closed_at IS NULL FROM problem ORDER BY id") == [
        ("1-900100101", "resolved", True),
        ("1-900100102", "analysis", True),
        ("1-900100103", "fix", True),
        ("1-900100104", "closed", False),
        ("1-900100106", "fix", True),
        ("1-900100107", "analysis", True),
    ]


def test_a_later_instant_brings_the_rows_since(desk: Desk, second: Desk, rejects: Path) -> None:
    bring(desk, rejects, as_of=NOON)

    report = bring(desk, rejects, as_of=LATER)
    bring(second, rejects, as_of=LATER)

    assert (report.written, report.known) == (27, 22)
    assert (report.new_problems, report.extended_problems) == (6, 3)
    assert histories(desk) == histories(second)


def histories(desk: Desk) -> dict[str | None, list[Any]]:
    """Return the problems by their foreign numbers: what they are, and each thing that happened to them."""
    told: dict[str | None, list[Any]] = {}
    with Session(desk.engine) as session:
        for problem in session.exec(select(Problem)):
            columns = problem.model_dump(exclude={"id"})
            entries = history(session.connection(), "problem", problem.id or 0)
            happened = [(entry.at, entry.by, entry.changes, entry.details) for entry in entries]
            told[problem.external_id] = [columns, *happened]
    return told


@pytest.mark.parametrize("act", ["note", "cause"])
def test_a_problem_that_people_touched_takes_no_more_rows(desk: Desk, rejects: Path, act: str) -> None:
    bring(desk, rejects, as_of=NOON)
    if act == "note":
        problems.note(desk, "PRB-2", "I look at it", by="pia")
    else:
        causes.add(desk, "PRB-2", "Firmware", by="kim")

    report = bring(desk, rejects, as_of=LATER)

    assert report.extended_problems == 2
    assert "13,1-900100102,PRB-2 was worked on since it was imported.\n" in rejects.read_text()


def test_a_desk_with_problems_never_becomes_a_rehearsal(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    with pytest.raises(BadInput, match="at work"):
        bring(desk, rejects, as_of=LATER)


@pytest.mark.parametrize(
    ("header", "separator"), [(CHALLENGE, ";"), (CHALLENGE_PROBLEMS, ";"), (XES, ","), (ROWS[0], "\t")]
)
def test_columns_have_other_names_elsewhere_and_rows_are_known_by_any(
    desk: Desk, tmp_path: Path, rejects: Path, header: tuple[str, ...], separator: str
) -> None:
    bring(desk, rejects)

    report = import_problems(desk, written(tmp_path / "other.csv", header, separator), rejects=rejects)

    assert (report.written, report.known) == (0, 49)


def test_an_import_lets_nobody_see_a_restricted_teams_problems(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects, as_of=NOON)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'v3-3rd'")

    bring(desk, rejects, as_of=LATER)

    with pytest.raises(NotFound):
        reads.record(desk, "PRB-2", by="kim")
    assert reads.record(desk, "PRB-2", by="audrey").external_id == "1-900100102"
    members = rows(desk, "SELECT login FROM member WHERE team = 'v3-3rd' ORDER BY login")
    assert members == [("bertil",), ("cecilia",)], "who owned one of its problems later is not let in"


def test_the_board_shows_where_imported_problems_stood(
    desk: Desk, clock: StoppedClock, rejects: Path
) -> None:
    bring(desk, rejects, as_of=NOON)
    clock.at = NOON

    seen = board.board(desk, parse("type:problem"), by="pia")

    cards = {column.key: [card.row.number for card in column.cards] for column in seen.columns}
    assert cards == {
        "new": [],
        "assess": [],
        "analysis": ["PRB-2", "PRB-6"],
        "fix": ["PRB-5", "PRB-3"],
        "verifying": [],
        "resolved": ["PRB-1"],
        "closed": ["PRB-4"],
    }


def test_a_problem_is_found_by_the_number_it_had_where_it_came_from(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    found = {
        query: [row.number for row in reads.listed(desk, parse(query), by="pia")]
        for query in ("type:problem external:1-900100110", "type:problem 900100110", "type:problem 数据")
    }

    assert set(map(tuple, found.values())) == {("PRB-10",)}


def test_an_open_imported_problem_covers_its_item_and_a_closed_one_does_not(
    desk: Desk, rejects: Path
) -> None:
    bring(desk, rejects)
    for item in ("PROD101", "PROD77"):
        for _ in range(5):
            open_ticket(desk, ci=item)

    detect_all(desk, by="pia")

    assert [each.subject for each in candidates.waiting(desk, by="pia")] == ["PROD77"]


def test_incidents_count_against_no_fix_that_nobody_here_has_made(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    open_ticket(desk, ci="PROD5")

    assert one(desk, "SELECT status FROM problem WHERE id = 5") == "resolved"


def test_an_imported_problem_is_led_on_and_its_effect_counted(
    desk: Desk, clock: StoppedClock, rejects: Path
) -> None:
    bring(desk, rejects)
    cause = causes.add(desk, "PRB-2", "Firmware has a bug", branch=Branch.TECHNOLOGY, by="kim")
    causes.judge(desk, "PRB-2", cause, Verdict.CONFIRMED, by="kim")
    corrective.add(desk, "PRB-2", patch(clock), by="pia")
    problems.move(desk, "PRB-2", ProblemStatus.FIX, ProblemEdit(root_cause="Firmware"), by="pia")
    corrective.finish(desk, "PRB-2", one(desk, "SELECT max(id) FROM corrective_action"), by="kim")
    plan = ProblemEdit(metric=Metric.INCIDENTS, window_days=14, threshold=0)
    problems.move(desk, "PRB-2", ProblemStatus.VERIFYING, plan, by="pia")

    open_ticket(desk, ci="PROD101")

    assert rows(desk, "SELECT status, recurrence_count FROM problem WHERE id = 2") == [("analysis", 1)]


def test_key_figures_claim_no_effect_for_what_ended_before_its_import(desk: Desk, rejects: Path) -> None:
    bring(desk, rejects)

    shown = {kpi.name: kpi.shown(value) for kpi, value in problem_figures.key_figures(desk, by="pia")}

    assert shown["Closed with verified effect"] == "–"


def test_a_problem_that_the_database_refuses_is_rejected_alone(sqlite_desk: Desk, rejects: Path) -> None:
    with sqlite_desk.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON problem WHEN new.external_id = '1-900100104' "
            "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )

    report = bring(sqlite_desk, rejects)

    assert (report.written, report.rejected) == (46, 9)
    assert "21,1-900100104,The desk can't keep this problem: poison\n" in rejects.read_text(encoding="utf-8")
