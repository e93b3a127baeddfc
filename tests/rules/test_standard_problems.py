"""The part of a standard that governs problems: what it means, what is wrong with it, how it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from deskterm.domain.candidates import Rules
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.problem_rules import ProblemRules
from deskterm.standard.check import check
from deskterm.standard.document import document
from deskterm.standard.load import load, shipped
from tests.rules.test_standard_changes import BASE

USUAL = ProblemRules(candidates=replace(Rules(), weeks_with_past=4))


def test_a_standard_that_says_nothing_of_problems_is_as_the_shipped_one() -> None:
    assert load(BASE, 1).problems == load(shipped(), 1).problems == USUAL


def test_what_it_says_counts() -> None:
    text = BASE + (
        'problems.idle_after = "2d"\nproblems.limits = { new = 3 }\n'
        "problems.candidates = { repeats = 9, rise = 1.5 }\n"
    )

    rules = load(text, 1).problems

    assert rules.limits == {ProblemStatus.NEW: 3}
    assert rules.idle_after == timedelta(days=2)
    assert (rules.candidates.repeats, rules.candidates.rise, rules.candidates.support) == (9, 1.5, 5)


@pytest.mark.parametrize(
    ("line", "where", "sentence"),
    [
        ("problems.limits = { anlysis = 3 }", "problems.limits.anlysis", "write one of"),
        ("problems.limits = { analysis = 0 }", "problems.limits.analysis", "write 1 or more"),
        ("problems.candidates = { repeats = 0 }", "problems.candidates.repeats", "write 1 or more"),
        ("problems.candidates = { growth = 0.5 }", "problems.candidates.growth", "write 1.0 or more"),
        ('problems.remind_before = "soon"', "problems.remind_before", "a length of time like"),
        ("problems.wip = 3", "problems.wip", 'nothing is called "wip" here'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(line: str, where: str, sentence: str) -> None:
    (problem,) = check(BASE + line + "\n")

    assert (problem.where, problem.line) == (where, len(BASE.splitlines()) + 1)
    assert sentence in problem.sentence


def test_the_document_tells_people_when_something_is_a_candidate() -> None:
    told = document(shipped())

    assert "- A candidate: 5 incidents of one CI, service or category in 14 days." in told
    assert "- Columns of the board hold at most: root cause analysis 5, fix in progress 8" in told
    assert "## Problems" not in document(BASE)
