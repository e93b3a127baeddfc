from __future__ import annotations

from pathlib import Path

import pytest

from deskterm.domain.errors import BadInput, BadMapping
from deskterm.domain.ticket import Channel, HoldReason, Level, Status
from deskterm.importers.mapped_log import LogReader
from deskterm.importers.mapping import ProblemMapping, TicketMapping
from deskterm.importers.mapping_file import check, load, names, shipped, text_of
from tests.logs import PROBLEMS, SAMPLE

TINY = """\
source = "jira"
title = "Tiny"
record = "ticket"
dates = ["%d/%m/%Y %H:%M", "iso"]
summary = ["{category}: {symptom}", "Ticket {number}"]
keep = ["labels"]

[columns]
number = "Key"
at = "Updated"
status = "Status"
team = "Group"
category = "Type"
impact = "Severity"

[aliases]
Key = ["Issue key"]

[defaults]
urgency = "medium"

[status]
"To Do" = "new"
"Blocked" = { status = "on_hold", hold_reason = "vendor" }
"Moved" = "unchanged"

[impact]
"S1" = "high"

[tiers]
"L2" = 2
"""


def broken(*changes: tuple[str, str]) -> str:
    """Return the tiny mapping with pieces of it replaced."""
    text = TINY
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize("name", names())
def test_the_mappings_that_ship_have_no_errors(name: str) -> None:
    assert check(text_of(name)) == []
    assert shipped(name).source == name


def test_a_mapping_says_what_a_log_means() -> None:
    mapping = load(TINY)

    assert isinstance(mapping, TicketMapping)
    assert {word: (state.status, state.hold_reason) for word, state in mapping.status.items()} == {
        "To Do": (Status.NEW, None),
        "Blocked": (Status.ON_HOLD, HoldReason.VENDOR),
        "Moved": (None, None),
    }
    assert (mapping.impact, mapping.defaults.urgency) == ({"S1": Level.HIGH}, Level.MEDIUM)
    assert (mapping.separators, mapping.encoding, mapping.defaults.channel) == (
        (",",),
        "utf-8",
        Channel.IMPORT,
    )
    assert mapping.needed == ["Key", "Updated", "Status", "Group", "Type", "Severity"]
    assert mapping.telling == ("Key", "Updated", "Status", "Group", "Type", "Severity", "labels")


def test_a_log_is_about_tickets_or_about_problems() -> None:
    assert isinstance(shipped("servicenow"), TicketMapping)
    assert isinstance(shipped("vinst"), ProblemMapping)


KEEP = 'keep = ["labels"]'
NEW = '"To Do" = "new"'
ERRORS = [
    ('"jira"', '"JIRA 9"', 1, "source", "make names of small letters"),
    ('record = "ticket"\n', "", 1, "record", "is missing; add it"),
    ('"ticket"', '"tickets"', 3, "record", 'there is no "tickets" here; did you mean "ticket"?'),
    ('"iso"]', '"%d.%b.%Y"]', 4, "dates[2]", "nothing is called %b in a date; write one of: %Y %m %d"),
    ("{category}: ", "{kategory}", 5, "summary[1]", 'no field "kategory"; did you mean "category"?'),
    ('{symptom}"', '{symptom"', 5, "summary[1]", "a brace is open; write a field as {category}"),
    ('{symptom}"', '{symptom!r}"', 5, "summary[1]", "write a field as {category}"),
    ('{symptom}"', '{symptom.real}"', 5, "summary[1]", 'no field "symptom.real"; did you mean "symptom"?'),
    (', "Ticket {number}"]', "]", 5, "summary[1]", "write it with {number} alone"),
    (KEEP, 'encoding = "utf-16"', 6, "encoding", "write an encoding like utf-8, cp1252 or gb18030"),
    (KEEP, 'encoding = "klingon"', 6, "encoding", "write an encoding like utf-8, cp1252 or gb18030"),
    (KEEP, 'separators = [",", ":"]', 6, "separators[2]", 'there is no ":" here'),
    (KEEP, 'optional = ["Labels"]', 6, "optional[1]", 'nothing reads a column "Labels"'),
    (KEEP, 'optional = ["Updated"]', 6, "optional[1]", "no row can do without it"),
    ('number = "Key"', 'nummer = "Key"', 8, "columns.number", "is missing; add it"),
    ('team = "Group"', 'teem = "Group"', 12, "columns.teem", 'did you mean "team"?'),
    ('team = "Group"', 'priority = "P"', 12, "columns.priority", "say in [priority] what the words"),
    ("Key = [", "Kee = [", 17, "aliases.Kee", 'nothing reads a column "Kee"; did you mean "Key"?'),
    ('urgency = "medium"', "", 19, "defaults.urgency", "tickets need it: name its column in [columns]"),
    ('"medium"', '"middle"', 20, "defaults.urgency", 'there is no "middle" here; write one of: high, low'),
    (NEW, '"To Do" = "closd"', 23, 'status."To Do"', 'there is no "closd" here; did you mean "closed"?'),
    (NEW, '"To Do" = "merged"', 23, 'status."To Do"', 'there is no "merged" here; write one of: cancelled'),
    ('= "vendor"', '= "rain"', 24, "status.Blocked.hold_reason", 'there is no "rain" here'),
    (', hold_reason = "vendor"', "", 24, "status.Blocked", "a ticket on hold has a reason, and no other has"),
    ('"S1" = "high"', "", 14, "columns.impact", "say in [impact] what the words in this column mean"),
    ('impact = "Severity"', "", 27, "impact", "name in [columns] the column that this reads"),
    ('team = "Group"', "", 30, "tiers", "name in [columns] the column that this reads"),
    ('"L2" = 2', '"L2" = 0', 31, "tiers.L2", "write 1 or more"),
    ('"L2" = 2', '"L2" = ', 31, "", "this is not TOML: Invalid value"),
]


@pytest.mark.parametrize(("before", "after", "line", "where", "sentence"), ERRORS)
def test_an_error_is_named_with_its_line_and_what_to_do(
    before: str, after: str, line: int, where: str, sentence: str
) -> None:
    problems = check(broken((before, after)))

    told = [each.sentence for each in problems if (each.line, each.where) == (line, where)]
    assert any(sentence in each for each in told), [str(each) for each in problems]


def test_all_errors_are_told_at_once() -> None:
    text = broken(
        ('{category}: {symptom}"', '{sympton}"'),
        ("Key = [", "Kee = ["),
        ('"medium"', '"middle"'),
        ('"To Do" = "new"', '"To Do" = "nw"'),
        ('hold_reason = "vendor"', 'hold_reason = "rain"'),
        ('"L2" = 2', '"L2" = "two"'),
    )

    with pytest.raises(BadMapping) as refused:
        load(text)

    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "line 5", "line 17", "line 20", "line 23", "line 24", "line 31",
    ]  # fmt: skip
    assert str(refused.value) == "The mapping has 6 errors."


def test_a_closure_belongs_to_a_closed_problem() -> None:
    text = text_of("vinst").replace(
        '"Completed/Resolved" = "resolved"',
        '"Completed/Resolved" = { status = "resolved", closure = "effective" }',
    )

    assert [(each.where, each.sentence) for each in check(text)] == [
        ('status."Completed/Resolved"', "only a closed problem has a closure")
    ]


def test_a_mapping_that_does_not_ship_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadInput, match='no mapping "vints"; did you mean "vinst"'):
        shipped("vints")


@pytest.mark.parametrize(
    ("name", "file", "first"),
    [
        ("servicenow", SAMPLE, ["fe91d136bf8f280dfd3596b5", "6d682c534396973aee2f587b"]),
        ("vinst", PROBLEMS, ["ba6502fb958329f7c2d134f7", "46805c77e4d9c01d115dbdc9"]),
    ],
)
def test_rows_are_told_for_good_so_that_imported_desks_know_them(
    name: str, file: Path, first: list[str]
) -> None:
    with file.open("rb") as log:
        chunk = next(LogReader(log, shipped(name), "UTC").chunks())

    assert [row.key for row in chunk.logs[0].rows[:2]] == first
