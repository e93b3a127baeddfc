from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain.approval import (
    Delegation,
    Tally,
    Tier,
    Verdict,
    needed,
    tiers_for,
    voters,
    votes_of,
)
from deskterm.domain.change import ChangeKind, Risk
from deskterm.domain.people import Role

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("percent", "count", "need"),
    [
        (50, 3, 2),
        (50, 4, 2),
        (51, 4, 3),
        (1, 9, 1),
        (100, 9, 9),
        (33, 3, 1),
        (34, 3, 2),
        (67, 3, 3),
        (50, 1, 1),
    ],
)
def test_a_quorum_is_counted_in_whole_votes(percent: int, count: int, need: int) -> None:
    assert needed(percent, count) == need


@given(st.integers(1, 100), st.integers(1, 9))
def test_a_quorum_is_the_fewest_votes_that_make_the_share(percent: int, count: int) -> None:
    enough = [votes for votes in range(1, count + 1) if votes * 100 >= percent * count]

    assert needed(percent, count) == enough[0]


@given(st.integers(1, 100), st.integers(1, 6), st.data())
def test_a_tier_is_refused_as_soon_as_no_vote_left_could_grant_it(
    percent: int, count: int, data: st.DataObject
) -> None:
    cast = data.draw(st.lists(st.booleans(), max_size=count))
    tally = Tally(percent, count, yes=cast.count(True), no=cast.count(False))

    ends = {
        sum(cast) + sum(rest) >= needed(percent, count)
        for rest in product([True, False], repeat=count - len(cast))
    }
    granted_now = sum(cast) >= needed(percent, count)

    expected = Verdict.GRANTED if granted_now else Verdict.PENDING if True in ends else Verdict.REFUSED
    assert tally.verdict is expected


def test_a_tally_says_how_many_votes_are_missing() -> None:
    tally = Tally(percent=50, count=3, yes=1)

    assert (tally.yes, tally.need, tally.missing) == (1, 2, 1)


LEAD = Tier("lead", "Lead", frozenset({Role.LEAD}))
CAB = Tier("cab", "CAB", frozenset({Role.APPROVER}), from_risk=Risk.MEDIUM, up_to_impact=2)
BOARD = Tier("board", "Board", members=frozenset({"ada"}), from_risk=Risk.HIGH, up_to_impact=1)
NORMAL_ONLY = Tier("slow", "Slow", frozenset({Role.LEAD}), kinds=frozenset({ChangeKind.NORMAL}))


@pytest.mark.parametrize(
    ("kind", "risk", "impact", "asked"),
    [
        (ChangeKind.NORMAL, Risk.LOW, 3, ["lead", "slow"]),
        (ChangeKind.NORMAL, Risk.MEDIUM, 3, ["lead", "cab", "slow"]),
        (ChangeKind.NORMAL, Risk.LOW, 2, ["lead", "cab", "slow"]),
        (ChangeKind.NORMAL, Risk.LOW, 1, ["lead", "cab", "board", "slow"]),
        (ChangeKind.EMERGENCY, Risk.HIGH, 3, ["lead", "cab", "board"]),
        (ChangeKind.STANDARD, Risk.HIGH, 1, []),
    ],
)
def test_risk_and_impact_call_for_tiers(kind: ChangeKind, risk: Risk, impact: int, asked: list[str]) -> None:
    found = tiers_for([LEAD, CAB, BOARD, NORMAL_ONLY], kind, risk, impact)

    assert [tier.key for tier in found] == asked


def test_nobody_sits_in_judgement_of_their_own_change() -> None:
    roles = {"ann": frozenset({Role.LEAD}), "bob": frozenset({Role.LEAD}), "cid": frozenset({Role.AGENT})}

    assert voters(LEAD, roles, own={"ann"}) == ("bob",)


@pytest.mark.parametrize(
    ("now", "mine"),
    [(NOON - HOUR, ()), (NOON, ("ann",)), (NOON + HOUR, ())],
)
def test_a_delegation_holds_from_its_beginning_until_before_its_end(
    now: datetime, mine: tuple[str, ...]
) -> None:
    given_away = [Delegation("ann", "bob", NOON, NOON + HOUR)]

    assert votes_of("bob", ["ann", "cid"], given_away, own=set(), now=now) == mine


def test_a_delegate_votes_first_in_their_own_name_and_never_on_their_own_change() -> None:
    given_away = [Delegation("ann", "bob", NOON, NOON + HOUR)]

    assert votes_of("bob", ["ann", "bob"], given_away, own=set(), now=NOON) == ("bob", "ann")
    assert votes_of("bob", ["ann", "bob"], given_away, own={"bob"}, now=NOON) == ()
