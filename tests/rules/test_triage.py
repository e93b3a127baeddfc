"""What a ticket probably is: likeness, votes, routes, duplicates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain.standard import Standard
from deskterm.domain.triage import Candidate, Duplicate, judge, similarity, telling, weights
from deskterm.domain.words import tokens
from deskterm.standard.load import load, shipped

WORDS = st.frozensets(st.sampled_from(["vpn", "lyon", "printer", "paper", "audio", "调用"]), max_size=5)
NOTHING: dict[str, Any] = {"kind": "incident", "summary": "", "category": None, "service": None}


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load(shipped(), 1)


def ticket(key: int, summary: str, *, is_open: bool = False, **fields: Any) -> Candidate:
    given: dict[str, Any] = {
        "caller_id": None, "team": None, "category": None, "service": None, "impact": 3, "urgency": 2
    }  # fmt: skip
    words = frozenset(telling(tokens(summary), most=100))
    return Candidate(key, f"INC-{key}", is_open, words, summary, **{**given, **fields})


@given(WORDS, WORDS)
def test_likeness_is_the_same_both_ways_and_whole_only_for_the_same_words(
    one: frozenset[str], other: frozenset[str]
) -> None:
    like = similarity(one, other, {})

    assert like == similarity(other, one, {})
    assert 0 <= like <= 1
    assert (like == 1) is (one == other and bool(one))


def test_a_rare_word_tells_more_than_one_that_everybody_has() -> None:
    weight = weights([ticket(1, "vpn lyon"), ticket(2, "vpn paris"), ticket(3, "vpn oslo")])

    assert weight["lyon"] > weight["vpn"]


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("The VPN is down for all in Lyon", ["down", "lyon", "vpn"]),
        ("Hello, please help!", []),
        ("无法连接 VPN", ["vpn", "无法", "法连", "连接"]),
        ("", []),
    ],
)
def test_words_that_say_nothing_are_not_looked_for(summary: str, words: list[str]) -> None:
    assert telling(tokens(summary), most=8) == words


def test_what_most_tickets_like_it_were_is_suggested_with_its_reasons(standard: Standard) -> None:
    known: dict[str, Any] = {
        "category": "Hardware / Laptop",
        "service": "Workplace",
        "impact": 2,
        "urgency": 1,
    }
    candidates = [
        ticket(1, "Bluescreen after docking laptop", **known),
        ticket(2, "Laptop bluescreen after docking again", **known),
        ticket(3, "Laptop bluescreen", category="Software / Office"),
    ]

    found = judge(ticket(9, "Bluescreen after docking", is_open=True), NOTHING, candidates, standard)

    assert found.category is not None
    assert found.category.value == "Hardware / Laptop"
    assert set(found.category.because) == {"INC-1", "INC-2"}
    assert found.levels is not None
    assert (found.levels.value, found.priority) == ((2, 1), 2)


def test_the_suggested_category_asks_the_routing_rules_for_the_team(standard: Standard) -> None:
    candidates = [ticket(1, "Bluescreen after docking", category="Hardware / Laptop", team="applications")]

    found = judge(ticket(9, "Bluescreen after docking"), NOTHING, candidates, standard)

    assert found.team is not None
    assert (found.team.value, found.team.because) == ("desktop", ("Hardware and workplace categories",))


def test_without_a_rule_the_team_of_tickets_like_it_is_suggested(standard: Standard) -> None:
    found = judge(ticket(9, "Odd noise"), NOTHING, [ticket(1, "Odd noise", team="vendor")], standard)

    assert found.team is not None
    assert found.team.value == "vendor"


def test_open_tickets_do_not_vote_but_may_be_duplicates_the_callers_own_first(standard: Standard) -> None:
    candidates = [
        ticket(1, "Audio drops in calls", is_open=True, category="Network / LAN", caller_id=4),
        ticket(2, "Audio drops in calls", is_open=True, caller_id=7),
        ticket(3, "Audio missing", is_open=True),
    ]

    found = judge(ticket(9, "Audio drops in calls", caller_id=7), NOTHING, candidates, standard)

    assert found.category is None
    assert found.duplicates == (
        Duplicate("INC-2", "Audio drops in calls", 1.0, True),
        Duplicate("INC-1", "Audio drops in calls", 1.0, False),
    )


def test_tickets_that_disagree_suggest_nothing(standard: Standard) -> None:
    candidates = [
        ticket(key, "Odd noise", category=category)
        for key, category in enumerate(["Data / Report", "Data / Quality", "Data / Restore"], 1)
    ]

    found = judge(ticket(9, "Odd noise"), NOTHING, candidates, standard)

    assert found.category is None


def test_a_ticket_like_no_other_is_left_alone(standard: Standard) -> None:
    found = judge(ticket(9, "Odd noise"), NOTHING, [ticket(1, "VPN down")], standard)

    assert (found.category, found.team, found.levels, found.duplicates) == (None, None, None, ())
