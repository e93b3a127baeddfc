"""The part of a standard that governs changes: what it means, what is wrong with it, how it reads."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskterm.domain.approval import tiers_for
from deskterm.domain.calendar import HARD, ConflictKind, SpanKind
from deskterm.domain.change import ChangeKind, Risk
from deskterm.domain.change_rules import MANAGERS
from deskterm.standard.check import check
from deskterm.standard.document import document
from deskterm.standard.load import load, shipped

BASE = """\
name = "Tiny"
default_team = "desk"
priority.matrix = [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
calendars.always = { zone = "UTC", week = "24x7" }
teams.desk = { name = "Desk", tier = 1 }
ladders.default.steps = [{ at = 100, tell = "lead" }]
closure.calendar = "always"
catalogue.services = ["Mail"]
"""
WINDOW = """
[[changes.windows]]
name = "Night"
zone = "Europe/Paris"
start = 2026-01-03T22:00:00
lasts = "1d 8h"
repeat = "FREQ=WEEKLY;BYDAY=SA"
services = "Mail"
"""
TIER = """
[changes.tiers.cab]
name = "CAB"
roles = "approver"
"""


def test_a_standard_that_says_nothing_lets_change_managers_approve() -> None:
    rules = load(BASE, 1).changes

    assert rules.tiers == (MANAGERS,)
    assert rules.blocking == HARD


def test_windows_are_kept_by_the_wall_clock() -> None:
    [window] = load(BASE + WINDOW, 1).changes.calendar

    assert window.start == datetime.fromisoformat("2026-01-03T22:00")
    assert (window.days, window.length, window.kind) == (1, timedelta(hours=8), SpanKind.WINDOW)
    assert window.services == {"Mail"}


def test_the_shipped_standard_asks_more_of_riskier_changes() -> None:
    tiers = load(shipped(), 1).changes.tiers

    asked = [len(tiers_for(tiers, ChangeKind.NORMAL, risk, 3)) for risk in Risk]
    emergency = len(tiers_for(tiers, ChangeKind.EMERGENCY, Risk.MEDIUM, 3))

    assert (asked, emergency) == ([1, 2, 3], 1)


def test_what_blocks_is_the_standards_choice() -> None:
    rules = load(BASE + '[changes]\nblocking = ["same_ci", "same_person"]\n', 1).changes

    assert rules.blocking == {ConflictKind.SAME_CI, ConflictKind.SAME_PERSON}


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (WINDOW.replace("WEEKLY", "HOURLY"), 10, "write a rule of RFC 5545"),
        (WINDOW.replace("Paris", "Pari"), 12, "there is no such time zone"),
        (WINDOW.replace('"Mail"', '"Mial"'), 16, 'there is no service "Mial"; did you mean "Mail"?'),
        (TIER.replace('roles = "approver"', ""), 10, "nobody sits on this tier"),
        (TIER + "from_risk = 2\n", 10, "nobody approves a change that is normal, of risk low and impact 3"),
        ("changes.risk = { medium_from = 50, high_from = 50 }\n", 9, "high begins above medium"),
        (
            '[[changes.risk.questions]]\nkey = "a"\ntext = "A?"\nanswers = { yes = 0, no = 0 }\n',
            9,
            "the question tells nothing",
        ),
        (
            '[[changes.risk.questions]]\nkey = "a"\ntext = "A?"\nanswers = { yes = 1, no = 0 }\n' * 2,
            10,
            "two questions have this key",
        ),
        ('[[changes.risk.rules]]\nname = "A"\nlevel = 2\nservices = "Mall"\n', 12, 'no service "Mall"'),
        ('[changes]\nblocking = ["sunshine"]\n', 10, "write one of"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, sentence: str) -> None:
    problems = check(BASE + text)

    assert line in {problem.line for problem in problems}
    assert any(sentence in problem.sentence for problem in problems), problems


def test_a_template_needs_a_way_back() -> None:
    text = BASE + "[changes.templates.cert]\n" + "".join(
        f'{name} = "x"\n'
        for name in (
            "name", "summary", "purpose", "description", "implementation_plan", "risks", "rollback_plan",
            "test_plan", "resources",
        )
    )  # fmt: skip

    assert [problem.where for problem in check(text)] == ["changes.templates.cert"]
    back = 'steps = [{ summary = "do", minutes = 5 }, { summary = "undo", minutes = 5, rollback = true }]\n'
    assert check(text + back) == []


def test_the_document_tells_people_how_changes_are_made() -> None:
    told = document(shipped())

    assert "## Changes" in told
    board = "| Change advisory board | approver, change manager, problem manager | 50 % | medium | medium |"
    assert board in told
    assert "| Was it tested on a system like this one? | 3 | all of it (0), parts of it (1), no (3) |" in told
    assert "| freeze | Year-end freeze | 2026-12-18 00:00 Europe/Paris | 17d | FREQ=YEARLY | all |" in told
    assert "## Changes" not in document(BASE)
