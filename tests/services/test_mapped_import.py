"""Logs of tools that nobody has heard of, read by mappings of one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import BadInput
from deskterm.importers.mapped_log import import_log
from deskterm.importers.mapping_file import load
from deskterm.importers.report import Report
from deskterm.services.imported_names import login_of
from deskterm.storage.chain import history
from tests.desks import one, rows

MAPPING = """\
source = "helpdesk"
title = "A helpdesk's export"
record = "ticket"
encoding = "cp1252"
separators = [";", ","]
dates = "%m/%d/%Y %I:%M %p"
missing = ["n/a", "-"]
optional = "Details"
keep = ["Site"]
summary = ["{service}: {symptom}", "{service} is not well", "Ticket {number}"]

[columns]
number = "Ticket"
at = "Changed"
by = "Changed by"
status = "State"
substatus = "Reason"
caller = "Requester"
team = "Queue"
assignee = "Agent"
channel = "Door"
service = "Service"
symptom = "Symptom"
impact = "Impact"
priority = "Prio"
description = "Details"
reassignment_count = "Hops"

[aliases]
Ticket = "Ticket ID"

[defaults]
impact = "low"
urgency = "medium"
channel = "chat"

[status]
"Open" = "new"
"Open/Working" = "in_progress"
"Open/Waiting for requester" = { status = "on_hold", hold_reason = "caller" }
"Done" = "resolved"
"Done/Withdrawn" = "cancelled"
"Archived" = "unchanged"

[channel]
"Portal" = "web"

[impact]
"All" = "high"
"One" = "low"

[priority]
"A" = 2
"C" = 4

[teams]
"Q1" = "Front desk"

[tiers]
"L2" = 2
"""
COLUMNS = (
    "Ticket", "Changed", "Changed by", "State", "Reason", "Requester", "Queue", "Agent", "Door", "Service",
    "Symptom", "Impact", "Prio", "Hops",
)  # fmt: skip
USUAL = dict(zip(COLUMNS, ("T1", "3/1/2016 9:05 AM", "Zoë", "Open", *["-"] * 10), strict=True))


def bring(
    desk: Desk, tmp_path: Path, *changes: dict[str, str], columns: tuple[str, ...] = COLUMNS, **options: Any
) -> Report:
    """Import rows that differ from the usual one in some columns."""
    separator, encoding = options.pop("separator", ";"), options.pop("encoding", "cp1252")
    lines = [columns, *([*(USUAL | change).values()] for change in changes)]
    file = tmp_path / "log.csv"
    file.write_text("".join(separator.join(line) + "\n" for line in lines), encoding=encoding)
    mapping = load(options.pop("mapping", MAPPING))
    return import_log(desk, file, mapping, zone="Europe/Paris", rejects=tmp_path / "rejects.csv", **options)


def told(tmp_path: Path) -> list[str]:
    """Return the rejects without their header."""
    return (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()[1:]


def test_a_log_of_another_form_is_a_mapping_and_no_code(desk: Desk, tmp_path: Path) -> None:
    report = bring(
        desk,
        tmp_path,
        {"Requester": "Leo", "Door": "Portal", "Service": "Mail", "Impact": "All", "Prio": "A"},
        {"Changed": "3/1/2016 1:30 PM", "Reason": "Working", "Queue": "Mail L2", "Agent": "Åsa", "Hops": "1"},
    )

    assert (report.written, report.new_tickets, report.reopen_differences) == (2, 1, 0)
    assert report.reassignment_differences == 0
    assert rows(
        desk,
        "SELECT source, external_id, kind, status, team, tier, service, impact, urgency, priority, summary, "
        "channel FROM ticket",
    ) == [
        ("helpdesk", "T1", "incident", "in_progress", "mail-l2", 2, None, 3, 2, 4, "Ticket T1", "chat"),
    ]
    with desk.engine.connect() as connection:
        first, second = history(connection, "ticket", 1)
    assert (first.at, second.at) == (
        datetime(2016, 3, 1, 8, 5, tzinfo=UTC),
        datetime(2016, 3, 1, 12, 30, tzinfo=UTC),
    )
    assert (first.by, first.changes["channel"]) == (login_of("Zoë"), (None, "web"))
    assert first.changes["summary"] == (None, "Mail is not well")
    assert second.details == {}


@pytest.mark.parametrize(
    ("state", "reason", "status", "hold_reason"),
    [
        ("Open", "n/a", "new", None),
        ("Open", "Working", "in_progress", None),
        ("Open", "Waiting for requester", "on_hold", "caller"),
        ("Done", "", "resolved", None),
        ("Done", "Withdrawn", "cancelled", None),
        ("Archived", "-", "new", None),
    ],
)
def test_two_columns_tell_a_state_together(
    desk: Desk, tmp_path: Path, state: str, reason: str, status: str, hold_reason: str | None
) -> None:
    bring(desk, tmp_path, {"State": state, "Reason": reason})

    assert rows(desk, "SELECT status, hold_reason FROM ticket") == [(status, hold_reason)]
    assert one(desk, "SELECT closed_at IS NULL FROM ticket") == (status != "cancelled")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"State": "Done", "Reason": "Working"}, "State: Done/Working is not known."),
        ({"State": "-"}, "State: - is not known."),
        ({"Impact": "Some"}, "Impact: Some is not known."),
        ({"Prio": "B"}, "Prio: B is not known."),
        ({"Hops": "many"}, "Hops: many is no count."),
        ({"Changed": "13/1/2016 9:05 AM"}, "13/1/2016 9:05 AM is no date in the form %m/%d/%Y %I:%M %p."),
        ({"Ticket": "-1"}, "'-1,'-1 is no incident number."),
    ],
)
def test_what_is_not_mapped_is_rejected(
    desk: Desk, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    report = bring(desk, tmp_path, change)

    assert report.rejected == 1
    assert told(tmp_path)[0].partition(",")[2].removeprefix("T1,") == reason


def test_what_the_log_leaves_open_has_the_mappings_defaults(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path, {"Door": "Pigeon", "Impact": "n/a", "Prio": "-"})

    assert rows(desk, "SELECT impact, urgency, channel FROM ticket") == [(3, 2, "chat")]
    assert '"log":{"Door":"Pigeon"}' in one(desk, "SELECT data FROM event WHERE kind = 'ticket.imported'")


def test_teams_have_other_names_here_and_the_tier_of_their_last_word(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path, {"Queue": "Q1"}, {"Ticket": "T2", "Queue": "Mail L2"})

    teams = "SELECT name, tier FROM team WHERE key IN ('front-desk', 'mail-l2') ORDER BY key"
    assert rows(desk, teams) == [("Front desk", 1), ("Mail L2", 2)]


def test_a_service_of_the_log_is_one_of_the_catalogue(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path, {"Service": "Mail", "Symptom": "slow"})

    assert rows(desk, "SELECT service, summary FROM ticket") == [("Mail", "Mail: slow")]
    assert one(desk, "SELECT count(*) FROM service WHERE key = 'Mail'") == 1


@pytest.mark.parametrize("separator", [";", ","])
def test_the_header_tells_the_separator_and_other_names_of_columns(
    desk: Desk, tmp_path: Path, separator: str
) -> None:
    columns = ("ticket_id", *(name.upper() for name in COLUMNS[1:]))

    assert bring(desk, tmp_path, {}, columns=columns, separator=separator).written == 1


def test_columns_that_are_optional_may_be_missing_and_others_are_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The header lacks columns: Prio, Hops"):
        bring(desk, tmp_path, {}, columns=COLUMNS[:-2])


def test_lines_in_another_encoding_are_rejected(desk: Desk, tmp_path: Path) -> None:
    mapping = MAPPING.replace("cp1252", "utf-8")

    report = bring(desk, tmp_path, {}, {"Ticket": "T2", "Changed by": "Ada"}, mapping=mapping)

    assert (report.written, told(tmp_path)) == (1, ["2,,The line is not UTF-8."])


def test_a_log_in_an_encoding_of_china_is_read(desk: Desk, tmp_path: Path) -> None:
    mapping = MAPPING.replace("cp1252", "gb18030")

    bring(desk, tmp_path, {"Service": "数据仓库"}, mapping=mapping, encoding="gb18030")

    assert one(desk, "SELECT service FROM ticket") == "数据仓库"


def test_another_mapping_of_the_same_source_goes_on_where_rows_are_told_alike(
    desk: Desk, tmp_path: Path
) -> None:
    identity = 'identity = ["Ticket", "Changed", "State", "Reason"]\n\n[columns]'
    mapping = MAPPING.replace("[columns]", identity)
    bring(desk, tmp_path, {}, mapping=mapping)

    other = mapping.replace('impact = "low"', 'impact = "high"').replace('keep = ["Site"]', "")
    report = bring(desk, tmp_path, {}, {"Changed": "3/2/2016 9:05 AM", "Reason": "Working"}, mapping=other)

    assert (report.known, report.written, report.extended_tickets) == (1, 1, 1)
    assert rows(desk, "SELECT status, impact FROM ticket") == [("in_progress", 1)]


def test_a_record_of_one_source_is_another_than_that_of_the_same_number_elsewhere(
    desk: Desk, tmp_path: Path
) -> None:
    bring(desk, tmp_path, {})

    bring(desk, tmp_path, {}, mapping=MAPPING.replace('"helpdesk"', '"other-desk"'))

    assert rows(desk, "SELECT source, external_id FROM ticket ORDER BY id") == [
        ("helpdesk", "T1"),
        ("other-desk", "T1"),
    ]


def test_what_was_known_only_in_the_end_ends_a_problem_and_shows_nowhere_before(
    desk: Desk, tmp_path: Path
) -> None:
    mapping = """\
source = "problems"
title = "Problems with what they came to"
record = "problem"
columns = { number = "id", at = "at", status = "state" }
status = { "open" = "analysis", "done" = { status = "closed", closure = "effective" } }
final = { known_at = "ended", columns = ["cost"], closing_summary = "outcome" }
"""
    file = tmp_path / "log.csv"
    file.write_text(
        "id,at,state,ended,cost,outcome\n"
        "P1,2016-03-01T09:00Z,open,2016-03-03T09:00Z,40,Patched\n"
        "P1,2016-03-02T09:00Z,done,2016-03-03T09:00Z,40,Patched\n"
        "P1,2016-03-03T09:00Z,done,2016-03-03T09:00Z,40,Patched\n"
    )

    import_log(desk, file, load(mapping), zone="UTC", rejects=tmp_path / "rejects.csv")

    with desk.engine.connect() as connection:
        told = history(connection, "problem", 1)
    assert [entry.details for entry in told] == [{}, {}, {"log": {"cost": "40"}}]
    assert [entry.changes.get("closing_reason") for entry in told] == [
        (None, ""),
        ("", "done"),
        ("done", "Patched"),
    ]
    assert rows(desk, "SELECT closure, summary, priority FROM problem") == [("effective", "P1", None)]
