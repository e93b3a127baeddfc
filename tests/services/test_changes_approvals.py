"""Approvals of changes: tiers in turn, votes, nobody's own, delegation, reminders and time-outs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeStatus
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import Role
from deskterm.reads import approvals as inboxes
from deskterm.reads import change
from deskterm.services import (
    approvals,
    change_undo,
    changes,
    people,
    runsheet,
    standards,
    sweep,
)
from deskterm.services.change_drafts import ChangeEdit, StepDraft
from deskterm.services.drafts import AgentDraft
from deskterm.standard.load import shipped
from tests.changes import ANSWERS, RISKY, assessed, kinds, open_change, status
from tests.desks import one, rows

DAY = timedelta(days=1)
MEDIUM = {**ANSWERS, "tested": "no", "done-before": "once or twice"}


def inbox(desk: Desk, login: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(row.change.number, row.tier, row.in_name_of) for row in inboxes.inbox(desk, by=login).changes]


def test_tiers_are_asked_one_after_another(desk: Desk) -> None:
    number = assessed(desk, RISKY)
    assert (inbox(desk, "osei"), inbox(desk, "abe")) == ([(number, "IT lead", ("osei",))], [])

    approvals.approve(desk, number, by="osei")
    asked = inbox(desk, "abe")
    approvals.approve(desk, number, by="abe")
    approvals.approve(desk, number, by="pia")
    last = inbox(desk, "abe")
    approvals.approve(desk, number, by="abe")

    assert asked == [(number, "Change advisory board", ("abe",))]
    assert last == [(number, "Business owner and IT management", ("abe",))]
    assert status(desk, number) is ChangeStatus.SCHEDULED


def test_a_tier_is_shown_in_whole_votes(desk: Desk) -> None:
    number = assessed(desk, MEDIUM)
    approvals.approve(desk, number, by="osei")
    approvals.approve(desk, number, by="abe")

    board = change.record(desk, number, by="dana").tiers[1]

    assert (board.tally.yes, board.tally.need, board.tally.count, board.tally.missing) == (1, 2, 3, 1)


def test_a_change_is_refused_as_soon_as_no_yes_can_come(desk: Desk) -> None:
    number = assessed(desk, MEDIUM)
    approvals.approve(desk, number, by="osei")
    approvals.refuse(desk, number, "too much at once", by="abe")
    still = status(desk, number)

    approvals.refuse(desk, number, "not before the audit", by="chen")

    assert still is ChangeStatus.AUTHORISE
    assert status(desk, number) is ChangeStatus.DRAFT
    assert kinds(desk, number)[-1] == "change.refused"
    assert inbox(desk, "pia") == []


def test_a_refusal_needs_a_comment(desk: Desk) -> None:
    number = assessed(desk)

    with pytest.raises(GateNotMet, match="Say why CHG-1 is refused") as refusal:
        approvals.refuse(desk, number, " ", by="osei")

    assert refusal.value.field == "comment"


def test_nobody_votes_on_their_own_change(desk: Desk) -> None:
    number = open_change(desk, by="osei")
    changes.submit(desk, number, by="osei")
    changes.assess(desk, number, necessity="old", feasibility="yes", answers=ANSWERS, by="chen")

    with pytest.raises(NotAllowed, match="their own change"):
        approvals.approve(desk, number, by="osei")
    assert inbox(desk, "osei") == []
    approvals.approve(desk, number, by="martin")


def test_without_a_vote_one_does_not_vote(desk: Desk) -> None:
    number = assessed(desk)

    with pytest.raises(NotAllowed, match="no vote on CHG-1 now; IT lead decides"):
        approvals.approve(desk, number, by="dana")
    with pytest.raises(NotAllowed):
        approvals.approve(desk, number, instead_of="martin", by="osei")


def test_a_tier_without_voters_is_a_gate(desk: Desk) -> None:
    for login in ("osei", "martin", "chen"):
        people.deactivate(desk, login, by="ada")
    number = open_change(desk)
    changes.submit(desk, number, by="kim")

    with pytest.raises(GateNotMet, match="IT lead has nobody who may vote on CHG-1"):
        changes.assess(desk, number, necessity="old", feasibility="yes", answers=ANSWERS, by="ada")

    assert status(desk, number) is ChangeStatus.ASSESS


def test_a_delegate_votes_between_two_dates_and_the_ledger_says_for_whom(
    desk: Desk, clock: StoppedClock
) -> None:
    approvals.delegate(desk, "ivo", clock.now() + DAY, clock.now() + 3 * DAY, by="osei")
    number = assessed(desk)
    with pytest.raises(NotAllowed):
        approvals.approve(desk, number, by="ivo")

    clock.advance(DAY)
    waiting = inbox(desk, "ivo")
    approvals.approve(desk, number, by="ivo")

    assert waiting == [(number, "IT lead", ("osei",))]
    assert rows(desk, "SELECT login, by FROM change_vote WHERE granted") == [("osei", "ivo")]


def test_a_delegation_is_in_order_and_can_be_taken_back(desk: Desk, clock: StoppedClock) -> None:
    now = clock.now()
    for to, starts, ends in (("osei", now, now + DAY), ("ivo", now, now), ("gone", now, now + DAY)):
        with pytest.raises(BadInput):
            approvals.delegate(desk, to, starts, ends, by="osei")
    with pytest.raises(NotAllowed, match="lead or an admin"):
        approvals.delegate(desk, "ivo", now, now + DAY, login="osei", by="kim")
    given = approvals.delegate(desk, "ivo", now, now + DAY, login="abe", by="osei")
    assert [each.to for each in inboxes.inbox(desk, by="ivo").delegations] == ["ivo"]
    with pytest.raises(NotFound):
        approvals.end_delegation(desk, given, by="kim")

    approvals.end_delegation(desk, given, by="abe")

    assert inboxes.inbox(desk, by="ivo").delegations == ()


def test_a_delegate_does_not_vote_on_their_own_change(desk: Desk, clock: StoppedClock) -> None:
    approvals.delegate(desk, "kim", clock.now(), clock.now() + DAY, by="osei")
    number = assessed(desk)

    with pytest.raises(NotAllowed, match="their own change"):
        approvals.approve(desk, number, by="kim")


def test_approvers_are_reminded_and_then_the_change_goes_back(desk: Desk, clock: StoppedClock) -> None:
    number = assessed(desk)
    clock.advance(DAY)
    sweep.sweep(desk)
    sweep.sweep(desk)
    reminders = kinds(desk, number).count("change.approval_reminded")
    told = one(desk, "SELECT count(*) FROM notification WHERE login = 'martin' AND urgent")

    clock.advance(2 * DAY)
    sweep.sweep(desk)

    assert (reminders, told) == (1, 1)
    assert kinds(desk, number)[-1] == "change.refused"
    assert status(desk, number) is ChangeStatus.DRAFT


def test_approvers_are_reminded_again_and_again(desk: Desk, clock: StoppedClock) -> None:
    text = shipped().replace('remind_every = "1d"', 'remind_every = "12h"')
    standards.apply(desk, text, by="ada")
    number = assessed(desk)
    reminders = []

    for _half_day in range(8):
        clock.advance(DAY / 2)
        sweep.sweep(desk)
        reminders.append(kinds(desk, number).count("change.approval_reminded"))

    assert reminders == [0, 1, 2, 3, 4, 4, 4, 4]
    assert status(desk, number) is ChangeStatus.DRAFT


def test_a_decided_tier_is_neither_reminded_nor_timed_out(desk: Desk, clock: StoppedClock) -> None:
    number = assessed(desk)
    approvals.approve(desk, number, by="osei")

    clock.advance(4 * DAY)
    sweep.sweep(desk)

    assert status(desk, number) is ChangeStatus.SCHEDULED
    assert "change.approval_reminded" not in kinds(desk, number)


def test_a_late_comer_to_a_role_does_not_move_the_quorum(desk: Desk) -> None:
    number = assessed(desk, MEDIUM)
    approvals.approve(desk, number, by="osei")

    people.add_agent(desk, AgentDraft(login="new", name="New", roles=frozenset({Role.APPROVER})), by="ada")

    with pytest.raises(NotAllowed):
        approvals.approve(desk, number, by="new")


def test_whoever_has_voted_does_not_become_the_one_who_sees_it_through(
    desk: Desk, clock: StoppedClock
) -> None:
    approvals.delegate(desk, "ivo", clock.now(), clock.now() + DAY, by="osei")
    number = assessed(desk, MEDIUM)
    for login in ("osei", "martin"):
        with pytest.raises(GateNotMet, match=f"{login} has a vote on {number}") as refusal:
            changes.edit(desk, number, ChangeEdit(assignee=login), by="kim")
        assert refusal.value.field == "assignee"

    approvals.approve(desk, number, by="ivo")

    for login in ("osei", "ivo"):
        with pytest.raises(GateNotMet, match=f"{login} has a vote on {number}"):
            changes.edit(desk, number, ChangeEdit(assignee=login), by="kim")
    changes.edit(desk, number, ChangeEdit(assignee="martin"), by="kim")
    changes.return_to_draft(desk, number, "to hand it over", by="kim")
    changes.edit(desk, number, ChangeEdit(assignee="osei"), by="kim")
    assert one(desk, "SELECT assignee FROM change") == "osei"


def test_taking_an_edit_back_gives_a_change_to_nobody_who_has_voted(desk: Desk) -> None:
    number = open_change(desk, assignee="osei")
    changes.edit(desk, number, ChangeEdit(assignee="kim"), by="kim")
    changes.submit(desk, number, by="kim")
    changes.assess(desk, number, necessity="old", feasibility="yes", answers=ANSWERS, by="chen")
    approvals.approve(desk, number, by="osei")

    with pytest.raises(GateNotMet, match="osei has a vote"):
        change_undo.undo(desk, number, by="kim")


def test_whoever_has_a_step_may_vote(desk: Desk) -> None:
    number = assessed(desk)
    runsheet.plan(desk, number, [StepDraft(summary="Look on", owner="osei", minutes=5)], by="kim")

    approvals.approve(desk, number, by="osei")

    assert status(desk, number) is ChangeStatus.SCHEDULED


def test_a_tier_that_the_standard_drops_is_still_asked_where_it_was_to_be_asked(desk: Desk) -> None:
    number = assessed(desk, RISKY)
    text = shipped().replace("[changes.tiers.cab]", "[changes.tiers.advisers]")
    standards.apply(desk, text, by="ada")

    approvals.approve(desk, number, by="osei")

    assert inbox(desk, "pia") == [(number, "Change advisory board", ("pia",))]
