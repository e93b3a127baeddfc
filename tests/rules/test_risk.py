from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain.change import ChangeKind, Risk
from deskterm.domain.risk import Question, Questionnaire, RiskRule, assess

ANSWERS = {"no": 0, "maybe": 1, "yes": 2}
QUESTIONS = Questionnaire(
    (Question("new", "Is it new?", 1, ANSWERS), Question("big", "Is it big?", 3, ANSWERS)),
    medium_from=34,
    high_from=67,
)


@pytest.mark.parametrize(
    ("new", "big", "level", "percent"),
    [
        ("no", "no", Risk.LOW, 0),
        ("yes", "no", Risk.LOW, 25),
        ("no", "maybe", Risk.MEDIUM, 38),
        ("yes", "maybe", Risk.MEDIUM, 63),
        ("no", "yes", Risk.HIGH, 75),
        ("yes", "yes", Risk.HIGH, 100),
    ],
)
def test_the_questionnaire_adds_up_weighted_points(new: str, big: str, level: Risk, percent: int) -> None:
    found = assess((), QUESTIONS, {}, {"new": new, "big": big})

    assert (found.level, found.reasons[0].percent) == (level, percent)


def test_the_higher_of_rules_and_questionnaire_counts_and_says_why() -> None:
    rule = RiskRule("Everybody notices", Risk.HIGH, impacts=frozenset({1}))

    found = assess((rule,), QUESTIONS, {"impact": 1}, {"new": "no", "big": "no"})

    assert found.level is Risk.HIGH
    assert [(reason.rule, reason.level) for reason in found.reasons] == [
        ("Everybody notices", Risk.HIGH),
        ("", Risk.LOW),
    ]


@pytest.mark.parametrize("answers", [{}, {"new": "often"}])
def test_a_question_without_an_answer_counts_as_its_riskiest(answers: dict[str, str]) -> None:
    found = assess((), QUESTIONS, {}, answers)

    assert found.level is Risk.HIGH
    assert found.unanswered == ("new", "big")


def test_without_rules_and_questions_the_risk_is_low() -> None:
    assert assess((), Questionnaire(), {}, {}).level is Risk.LOW


@pytest.mark.parametrize(
    ("rule", "fields", "taken"),
    [
        ({}, {}, True),
        ({"kinds": frozenset({ChangeKind.EMERGENCY})}, {"kind": ChangeKind.NORMAL}, False),
        ({"services": frozenset({"Mail"})}, {"service": "Mail"}, True),
        ({"cis": frozenset({"mx-01"})}, {"ci": None}, False),
        ({"downtime_over": timedelta(hours=1)}, {"downtime_minutes": 60}, False),
        ({"downtime_over": timedelta(hours=1)}, {"downtime_minutes": 61}, True),
        ({"downtime_over": timedelta(0)}, {"downtime_minutes": None}, False),
    ],
)
def test_a_rule_takes_what_it_asks_for(rule: dict[str, Any], fields: dict[str, Any], taken: bool) -> None:
    assert RiskRule("rule", Risk.HIGH, **rule).takes(fields) is taken


@given(st.sampled_from(list(ANSWERS)), st.sampled_from(list(ANSWERS)), st.sampled_from(list(ANSWERS)))
def test_a_riskier_answer_never_makes_a_change_less_risky(new: str, big: str, other: str) -> None:
    before = assess((), QUESTIONS, {}, {"new": new, "big": big}).level
    after = assess(
        (), QUESTIONS, {}, {"new": new, "big": max(big, other, key=lambda each: ANSWERS[each])}
    ).level

    assert after >= before
