"""What the gates of problems keep: fields, actions and plans that may not slip away behind them."""

from __future__ import annotations

from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.domain.problem import Metric, ProblemStatus
from deskterm.domain.verification import doubt
from deskterm.query import parse
from deskterm.reads import board
from deskterm.reads import problems as reads
from deskterm.services import causes, changes, corrective, effect, known_errors, problems, standards, tickets
from deskterm.services.drafts import Edit
from deskterm.services.problem_drafts import ActionEdit, KnownErrorDraft, NewProblem, ProblemEdit
from deskterm.services.sweep import sweep
from deskterm.standard.load import shipped
from tests.changes import open_change
from tests.desks import one, rows
from tests.services.problem_desks import CI, DAY, analysed, fixing, furnish_firewall, patch, verifying, vpn

KNOWN = KnownErrorDraft(symptom="VPN drops hourly", workaround="Use the hotspot")


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"root_cause": ""}, "root_cause"),
        ({"teams": frozenset()}, "teams"),
        ({"empty": {"category"}}, "category"),
        ({"empty": {"ci"}}, "service"),
    ],
)
def test_what_a_gate_asked_for_is_not_emptied_behind_it(
    desk: Desk, clock: StoppedClock, given: dict[str, Any], field: str
) -> None:
    number = verifying(desk, clock)
    before = rows(desk, "SELECT * FROM problem")

    with pytest.raises(GateNotMet) as refusal:
        problems.edit(desk, number, ProblemEdit(**given), note="by mistake", by="pia")

    assert refusal.value.field == field
    assert rows(desk, "SELECT * FROM problem") == before


def test_what_no_gate_asked_for_yet_is_emptied(desk: Desk) -> None:
    number = problems.open_problem(
        desk, NewProblem(summary="VPN", description="flaps", ci="fw-lyon-1"), by="pia"
    )

    problems.edit(desk, number, ProblemEdit(description="", empty=frozenset({"ci"})), by="pia")

    assert rows(desk, "SELECT description, ci FROM problem") == [("", None)]


@pytest.mark.parametrize("given", [{"threshold": 1000}, {"window_days": 1}, {"baseline": 50}])
def test_the_plan_of_a_watched_fix_changes_only_with_a_note(
    desk: Desk, clock: StoppedClock, given: dict[str, Any]
) -> None:
    number = verifying(desk, clock)

    with pytest.raises(GateNotMet, match="why its plan changes") as refusal:
        problems.edit(desk, number, ProblemEdit(**given), by="pia")
    problems.edit(desk, number, ProblemEdit(**given), note="agreed with the owner", by="pia")

    assert refusal.value.field == "note"
    assert (
        one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.changed' AND data LIKE '%agreed%'") == 1
    )


def test_a_new_plan_makes_the_old_proposal_void(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(14 * DAY)
    sweep(desk)

    problems.edit(desk, number, ProblemEdit(window_days=30), note="a quiet fortnight", by="pia")

    assert one(desk, "SELECT proposed_at FROM problem") is None
    with pytest.raises(GateNotMet, match="has to pass quietly"):
        problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")


def test_what_happens_between_the_proposal_and_its_acceptance_counts(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(14 * DAY)
    sweep(desk)
    proposed = one(desk, "SELECT proposed_at FROM problem")
    clock.advance(DAY)

    for _each in range(2):
        vpn(desk)

    assert proposed is not None
    assert rows(desk, "SELECT status, recurrence_count FROM problem") == [("analysis", 1)]
    with pytest.raises(IllegalMove):
        problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")


def test_incidents_that_are_triaged_to_a_watched_ci_count_at_once(desk: Desk, clock: StoppedClock) -> None:
    verifying(desk, clock)
    clock.advance(DAY)
    bare = [vpn(desk, ci=None, service=None, category=None) for _each in range(2)]

    seen = []
    for number in bare:
        tickets.classify(desk, number, Edit(ci=CI), by="dana")
        seen.append(one(desk, "SELECT status FROM problem"))

    assert seen == ["verifying", "analysis"]


def test_a_metric_may_match_by_category_alone(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)
    corrective.finish(desk, number, 1, by="kim")
    plan = ProblemEdit(metric=Metric.CATEGORY_INCIDENTS, window_days=14, threshold=1)
    problems.move(desk, number, ProblemStatus.VERIFYING, plan, by="pia")
    clock.advance(DAY)

    seen = []
    for given in ({"service": None}, {"category": "Network / Wi-Fi"}, {"service": "remote-access"}):
        vpn(desk, ci=None, **given)
        seen.append(one(desk, "SELECT status FROM problem"))

    assert seen == ["verifying", "verifying", "analysis"]


def test_a_plan_that_can_show_nothing_says_so(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    none_before = doubt_of(desk, number)
    for baseline in (1, 2):
        problems.edit(desk, number, ProblemEdit(baseline=baseline), note="counted by hand", by="pia")
        none_before += doubt_of(desk, number)

    assert none_before == [
        "Nothing was counted before the fix, so that nothing can be less: is it the right metric?",
        "The threshold (1) allows as many as before the fix (1).",
        "",
    ]


def doubt_of(desk: Desk, number: str) -> list[str]:
    shown = reads.record(desk, number, by="dana").verification
    assert shown is not None
    return [doubt(shown.plan)]


def test_the_standard_says_when_actions_alert_and_what_columns_hold(desk: Desk, clock: StoppedClock) -> None:
    text = shipped().replace('remind_before = "1d"', 'remind_before = "3d"').replace("fix = 8", "fix = 1")
    standards.apply(desk, text, by="ada")
    for _each in range(2):
        fixing(desk, clock)
    clock.advance(4 * DAY)

    sweep(desk)

    columns = board.board(desk, parse("type:problem"), by="dana").columns
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'action.alerted'") == 2
    assert [column.key for column in columns if column.over] == ["fix"]


def test_an_action_that_is_not_done_keeps_a_problem_from_being_resolved(
    desk: Desk, clock: StoppedClock
) -> None:
    number = verifying(desk, clock)
    action = corrective.add(desk, number, patch(clock, summary="Watch the log"), by="pia")
    clock.advance(14 * DAY)
    sweep(desk)

    with pytest.raises(GateNotMet, match=r"not done \(1\)"):
        problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")
    corrective.drop(desk, number, action, by="pia")
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")

    assert one(desk, "SELECT status FROM problem") == "resolved"


def test_an_action_that_is_done_while_the_effect_is_watched_begins_the_window_anew(
    desk: Desk, clock: StoppedClock
) -> None:
    number = verifying(desk, clock)
    action = corrective.add(desk, number, patch(clock), by="pia")
    clock.advance(5 * DAY)

    corrective.finish(desk, number, action, by="kim")
    clock.advance(10 * DAY)
    early = effect.evaluate(desk, number, by="pia")
    clock.advance(4 * DAY)

    assert (early, effect.evaluate(desk, number, by="pia")) == ("pending", "quiet")


def test_a_change_that_is_not_there_carries_nothing_out(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)

    with pytest.raises(NotFound, match="no CHG-999"):
        corrective.add(desk, number, patch(clock, change="CHG-999"), by="pia")
    with pytest.raises(NotFound, match="no CHG-999"):
        corrective.edit(desk, number, 1, ActionEdit(change="CHG-999"), by="pia")


def test_a_cancelled_change_carries_nothing_out_until_another_is_named(
    desk: Desk, clock: StoppedClock
) -> None:
    number, change = fixing(desk, clock), open_change(desk)
    corrective.edit(desk, number, 1, ActionEdit(change=change), by="pia")
    changes.cancel(desk, change, "not needed", by="kim")

    with pytest.raises(GateNotMet, match="was cancelled and carries nothing out"):
        corrective.finish(desk, number, 1, by="kim")
    corrective.edit(desk, number, 1, ActionEdit(empty=frozenset({"change"})), by="pia")
    corrective.finish(desk, number, 1, by="kim")

    assert one(desk, "SELECT done_at FROM corrective_action") is not None


def test_an_action_is_due_ahead(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)

    for due in (clock.now(), clock.now() - 30 * DAY):
        with pytest.raises(GateNotMet, match="has to lie ahead") as refusal:
            corrective.add(desk, number, patch(clock, due_at=due), by="pia")
        with pytest.raises(GateNotMet, match="has to lie ahead"):
            corrective.edit(desk, number, 1, ActionEdit(due_at=due), by="pia")

    assert refusal.value.field == "due_at"


def test_an_action_of_a_closed_problem_alerts_nobody(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)
    problems.accept_risk(desk, number, "too dear", approver="abe", review_at=clock.now() + 90 * DAY, by="pia")
    clock.advance(30 * DAY)

    sweep(desk)

    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'action.alerted'") == 0


def test_a_known_error_shows_until_its_problem_is_gone(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    known_errors.declare(desk, number, KNOWN, by="pia")
    clock.advance(14 * DAY)
    sweep(desk)
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")
    resolved = reads.known_errors_for(desk, vpn(desk), by="dana")
    problems.review(desk, number, "Test firmware first.", by="pia")
    problems.move(desk, number, ProblemStatus.CLOSED, by="pia")

    closed = reads.known_errors_for(desk, vpn(desk), by="dana")

    assert [each.number for each in resolved] == [number]
    assert closed == ()


def test_the_known_error_of_an_accepted_risk_goes_on_showing_and_can_be_withdrawn(
    desk: Desk, clock: StoppedClock
) -> None:
    number = analysed(desk)
    known_errors.declare(desk, number, KNOWN, by="pia")
    problems.accept_risk(desk, number, "too dear", approver="abe", review_at=clock.now() + DAY, by="pia")
    ticket = vpn(desk)
    better = KnownErrorDraft(symptom="VPN drops hourly", workaround="Use vpn2")

    known_errors.declare(desk, number, better, by="pia")
    shown = [each.workaround for each in reads.known_errors_for(desk, ticket, by="dana")]
    known_errors.withdraw(desk, number, by="pia")

    assert shown == ["Use vpn2"]
    assert reads.known_errors_for(desk, ticket, by="dana") == ()


def test_a_duplicate_hands_over_causes_actions_and_workaround(desk: Desk, clock: StoppedClock) -> None:
    target, other = analysed(desk), analysed(desk)
    causes.add(desk, target, "Line too thin", by="kim")
    top = causes.add(desk, other, "Rekey fails", by="kim")
    causes.add(desk, other, "Firmware has a bug", below=top, by="kim")
    corrective.add(desk, other, patch(clock), by="pia")
    known_errors.declare(desk, other, KNOWN, by="pia")
    ticket = vpn(desk)

    problems.close_as_duplicate(desk, other, target, by="pia")

    record = reads.record(desk, target, by="dana")
    assert [cause.statement for cause in record.causes] == [
        "Line too thin",
        "Rekey fails",
        "Firmware has a bug",
    ]
    assert [action.summary for action in record.actions] == ["Roll back to 9.1.3"]
    assert [each.number for each in reads.known_errors_for(desk, ticket, by="dana")] == [target]
    assert reads.record(desk, other, by="dana").causes == ()
