"""A change's way from draft to closed, and every gate on it refusing once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.change import ChangeKind, ChangeStatus, CheckKind, Outcome, StepState
from deskterm.domain.errors import BadInput, Conflict, GateNotMet, IllegalMove, NotAllowed, NotFound
from deskterm.domain.ticket import HoldReason, LinkKind, Resolution
from deskterm.services import (
    approvals,
    changes,
    links,
    progress,
    runsheet,
    stability,
    sweep,
    templates,
    windows,
)
from deskterm.services.change_drafts import ChangeEdit, NewChange, StepDraft
from tests.changes import (
    ANSWERS,
    RFC,
    RISKY,
    STEPS,
    WINDOW,
    assessed,
    begun,
    carry_out,
    close,
    key,
    kinds,
    open_change,
    plan,
    reviewed,
    scheduled,
    status,
    steps,
    verify,
)
from tests.desks import one, open_ticket, rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_normal_change_goes_from_draft_to_closed(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    close(desk, clock, number)

    assert status(desk, number) is ChangeStatus.CLOSED
    told = [kind for kind in kinds(desk, number) if kind.startswith("change.")]
    assert told[0] == "change.opened"
    assert told[-1] == "change.closed"


def test_a_standard_change_needs_neither_assessment_nor_approval(desk: Desk, clock: StoppedClock) -> None:
    draft = NewChange(kind=ChangeKind.STANDARD, template="renew-certificate", service="Printing")
    number = changes.open_change(desk, draft, by="kim")

    changes.submit(desk, number, by="kim")
    windows.schedule(desk, number, *WINDOW, by="kim")
    windows.confirm(desk, number, by="kim")
    clock.advance(WINDOW[0] - clock.now())
    runsheet.begin(desk, number, by="kim")
    carry_out(desk, number)
    verify(desk, number)
    stability.review(desk, number, Outcome.SUCCESSFUL, by="chen")
    close(desk, clock, number)

    assert status(desk, number) is ChangeStatus.CLOSED


def test_an_emergency_change_is_approved_at_once_and_completed_afterwards(
    desk: Desk, clock: StoppedClock
) -> None:
    later = {"implementation_plan": "", "risks": "", "test_plan": "", "resources": ""}
    number = open_change(desk, kind=ChangeKind.EMERGENCY, **later)
    changes.submit(desk, number, by="kim")
    approvals.approve(desk, number, by="osei")
    plan(desk, number, (clock.now(), clock.now() + 2 * HOUR))
    runsheet.begin(desk, number, by="kim")
    carry_out(desk, number)
    verify(desk, number)
    with pytest.raises(GateNotMet, match="needs an implementation plan"):
        stability.review(desk, number, Outcome.SUCCESSFUL, lessons="watch the disks", by="chen")

    changes.edit(desk, number, ChangeEdit(**{name: RFC[name] for name in later}), by="kim")
    stability.review(desk, number, Outcome.SUCCESSFUL, lessons="watch the disks", by="chen")
    close(desk, clock, number)

    assert status(desk, number) is ChangeStatus.CLOSED


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("purpose", "needs a purpose"),
        ("description", "needs its content"),
        ("implementation_plan", "needs an implementation plan"),
        ("risks", "needs its risks"),
        ("rollback_plan", "needs a roll-back plan"),
    ],
)
def test_a_request_is_submitted_complete(desk: Desk, left_out: str, sentence: str) -> None:
    number = open_change(desk, **{left_out: ""})

    with pytest.raises(GateNotMet, match=sentence) as refusal:
        changes.submit(desk, number, by="kim")

    assert refusal.value.field == left_out
    assert status(desk, number) is ChangeStatus.DRAFT


def test_a_request_says_what_it_alters(desk: Desk) -> None:
    number = open_change(desk, service=None, ci=None)

    with pytest.raises(GateNotMet, match="which service or configuration item"):
        changes.submit(desk, number, by="kim")


def test_a_change_needs_a_summary(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="needs a summary"):
        open_change(desk, summary=" ")


def test_a_standard_change_needs_an_approved_template(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="made from an approved template"):
        open_change(desk, kind=ChangeKind.STANDARD)
    with pytest.raises(BadInput, match="no approved template called firmware"):
        open_change(desk, kind=ChangeKind.STANDARD, template="firmware")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"kind": ChangeKind.EMERGENCY}, "kind of CHG-1 is frozen"),
        ({"risks": "none"}, "take it back to draft"),
    ],
)
def test_what_is_approved_is_frozen_after_draft(desk: Desk, edit: dict[str, Any], sentence: str) -> None:
    number = open_change(desk)
    changes.submit(desk, number, by="kim")

    with pytest.raises(GateNotMet, match=sentence):
        changes.edit(desk, number, ChangeEdit(**edit), by="kim")

    changes.edit(desk, number, ChangeEdit(resources="Ivo, too"), by="kim")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"necessity": " "}, "Say why CHG-1 is necessary"),
        ({"feasibility": ""}, "whether CHG-1 is feasible"),
        ({"answers": {"tested": "no"}}, r"unanswered questions about its risk \(3\)"),
    ],
)
def test_an_assessment_is_complete(desk: Desk, given: dict[str, Any], sentence: str) -> None:
    number = open_change(desk)
    changes.submit(desk, number, by="kim")

    with pytest.raises(GateNotMet, match=sentence):
        changes.assess(
            desk,
            number,
            **{"necessity": "old", "feasibility": "yes", "answers": ANSWERS, **given},
            by="chen",
        )

    assert status(desk, number) is ChangeStatus.ASSESS


def test_the_ledger_keeps_why_a_change_is_risky(desk: Desk) -> None:
    assessed(desk, RISKY)

    assert one(desk, "SELECT risk FROM change") == 3
    data = one(desk, "SELECT data FROM event WHERE kind = 'change.assessed'")
    assert "questionnaire 100 %" in data


def test_without_approval_nothing_is_scheduled(desk: Desk, clock: StoppedClock) -> None:
    number = assessed(desk)

    with pytest.raises(IllegalMove, match="is authorisation; this can be done only in: scheduled"):
        runsheet.begin(desk, number, by="kim")


def unplanned(desk: Desk) -> str:
    number = assessed(desk)
    approvals.approve(desk, number, by="osei")
    return number


def test_a_change_begins_only_with_a_window(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="needs a window"):
        runsheet.begin(desk, unplanned(desk), by="kim")


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        ((), "needs a run sheet"),
        (STEPS[:2], "needs roll-back steps"),
        ((StepDraft(summary="Wait", minutes=400), STEPS[2]), "Step 1 of CHG-1 is not inside the window"),
    ],
)
def test_a_change_begins_only_with_a_run_sheet(
    desk: Desk, sheet: tuple[StepDraft, ...], sentence: str
) -> None:
    number = unplanned(desk)
    windows.schedule(desk, number, *WINDOW, by="kim")
    runsheet.plan(desk, number, sheet, by="kim")

    with pytest.raises(GateNotMet, match=sentence):
        runsheet.begin(desk, number, by="kim")


@pytest.mark.parametrize(
    ("left_out", "sentence"), [("test_plan", "needs a test plan"), ("resources", "needs its resources")]
)
def test_a_change_begins_only_when_it_can_be_tested(desk: Desk, left_out: str, sentence: str) -> None:
    fields: dict[str, Any] = {left_out: ""}
    number = assessed(desk, **fields)
    approvals.approve(desk, number, by="osei")
    plan(desk, number)

    with pytest.raises(GateNotMet, match=sentence):
        runsheet.begin(desk, number, by="kim")


def test_a_change_waits_for_the_word_of_everybody_with_a_step(desk: Desk) -> None:
    number = scheduled(desk)
    windows.move(desk, number, 4, by="kim")
    windows.confirm(desk, number, by="kim")

    with pytest.raises(GateNotMet, match="those who take part: ivo"):
        runsheet.begin(desk, number, by="kim")
    with pytest.raises(NotAllowed, match="no step in CHG-1"):
        windows.confirm(desk, number, by="dana")


def test_a_change_does_not_begin_outside_its_window(desk: Desk, clock: StoppedClock) -> None:
    number = scheduled(desk)

    with pytest.raises(GateNotMet, match="outside its window"):
        runsheet.begin(desk, number, by="kim")
    clock.advance(WINDOW[1] - clock.now())
    with pytest.raises(GateNotMet, match="outside its window"):
        runsheet.begin(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.SCHEDULED


def test_breaking_the_glass_takes_a_reason_and_a_second_person(desk: Desk) -> None:
    number = scheduled(desk)
    with pytest.raises(GateNotMet, match="can't wait for its window"):
        runsheet.break_glass(desk, number, " ", by="osei")
    with pytest.raises(GateNotMet, match="Nobody has asked"):
        runsheet.second(desk, number, by="chen")
    runsheet.break_glass(desk, number, "the switch is failing", by="osei")
    with pytest.raises(NotAllowed, match="takes a second person"):
        runsheet.second(desk, number, by="osei")
    with pytest.raises(GateNotMet, match="outside its window"):
        runsheet.begin(desk, number, by="kim")

    runsheet.second(desk, number, by="chen")
    runsheet.begin(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.IMPLEMENTING
    assert kinds(desk, number)[-3:] == ["change.glass_asked", "change.glass_broken", "change.begun"]
    [(data,)] = rows(desk, "SELECT data FROM event WHERE kind = 'change.glass_broken'")
    assert "the switch is failing" in data
    assert "chen" in data


def test_a_moved_window_takes_its_steps_along(desk: Desk) -> None:
    number = scheduled(desk)
    before = rows(desk, "SELECT min(starts_at) FROM change_step")

    windows.move(desk, number, 2, by="kim")

    assert one(desk, "SELECT count(*) FROM change_step WHERE starts_at IS NOT NULL") == 2
    assert rows(desk, "SELECT min(starts_at) FROM change_step") != before


def test_something_hard_in_the_way_blocks_and_is_named(desk: Desk, clock: StoppedClock) -> None:
    first, second = scheduled(desk), scheduled(desk, window=(WINDOW[0] + DAY, WINDOW[1] + DAY))

    with pytest.raises(GateNotMet, match=f"{second} can't be put there: {first} works on file-01"):
        windows.schedule(desk, second, *WINDOW, by="kim")
    with pytest.raises(GateNotMet, match="outside the maintenance window"):
        windows.move(desk, second, -8, by="kim")


def test_a_change_waits_for_the_one_before_it(desk: Desk, clock: StoppedClock) -> None:
    first = scheduled(desk)
    second = scheduled(
        desk, ci="mail-01", service="Telephony and meetings", window=(WINDOW[0] + DAY, WINDOW[1] + DAY)
    )
    windows.follow(desk, first, second, by="kim")

    with pytest.raises(BadInput, match=f"{first} has to wait for {second} already"):
        windows.follow(desk, second, first, by="kim")
    with pytest.raises(GateNotMet, match=f"not in order with {second}"):
        windows.move(desk, first, 1, by="kim")
    clock.advance(WINDOW[0] - clock.now())
    with pytest.raises(GateNotMet, match=f"not in order with {second}"):
        runsheet.begin(desk, first, by="kim")


def test_an_emergency_waits_for_no_window_and_no_freeze(desk: Desk, clock: StoppedClock) -> None:
    number = open_change(desk, kind=ChangeKind.EMERGENCY)

    found = windows.schedule(desk, number, clock.now(), clock.now() + HOUR, by="kim")

    assert {(conflict.kind, conflict.hard) for conflict in found} == {("outside_window", False)}


def test_every_step_is_done_failed_or_skipped(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    first, second = steps(desk, number)
    runsheet.start_step(desk, number, first, by="kim")
    runsheet.finish_step(desk, number, first, StepState.DONE, by="kim")
    with pytest.raises(GateNotMet, match=r"not done, failed or skipped \(1\); the first is: Reload"):
        runsheet.finish(desk, number, by="kim")
    with pytest.raises(GateNotMet, match="Say why the step was not done"):
        runsheet.finish_step(desk, number, second, StepState.SKIPPED, by="ivo")

    runsheet.finish_step(desk, number, second, StepState.SKIPPED, note="came up by itself", by="ivo")
    runsheet.finish(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.VERIFYING


def test_two_people_work_one_sheet_on_two_consoles(
    desk: Desk, second_console: Desk, clock: StoppedClock
) -> None:
    number = begun(desk, clock)
    first, second = steps(desk, number)

    runsheet.start_step(desk, number, first, seen=1, by="kim")
    runsheet.start_step(second_console, number, second, seen=1, by="ivo")
    with pytest.raises(Conflict):
        runsheet.finish_step(second_console, number, first, StepState.DONE, seen=1, by="ivo")

    assert rows(desk, "SELECT state, by FROM change_step WHERE NOT rollback ORDER BY place") == [
        ("running", "kim"),
        ("running", "ivo"),
    ]


def test_rolling_back_switches_to_the_other_steps(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    with pytest.raises(IllegalMove, match="not being rolled back"):
        runsheet.finish_step(desk, number, steps(desk, number, rollback=True)[0], StepState.DONE, by="kim")
    with pytest.raises(GateNotMet, match="Say why CHG-1 is rolled back"):
        runsheet.roll_back(desk, number, "", by="kim")

    clock.advance(timedelta(hours=2, minutes=30))
    runsheet.roll_back(desk, number, "it does not come up", by="kim")
    carry_out(desk, number, rollback=True)
    verify(desk, number)

    assert '"late":true' in one(desk, "SELECT data FROM event WHERE kind = 'change.rolling_back'")
    with pytest.raises(GateNotMet, match="was rolled back"):
        stability.review(desk, number, Outcome.SUCCESSFUL, lessons="none", by="chen")
    stability.review(desk, number, Outcome.ROLLED_BACK, lessons="try it in the lab", by="chen")
    stability.close(desk, number, by="kim")
    assert status(desk, number) is ChangeStatus.CLOSED


@pytest.mark.parametrize("missing", list(CheckKind))
def test_a_verification_looks_at_function_and_performance(
    desk: Desk, clock: StoppedClock, missing: CheckKind
) -> None:
    number = begun(desk, clock)
    carry_out(desk, number)
    for kind in set(CheckKind) - {missing}:
        stability.check(desk, number, kind, "answers", passed=True, by="kim")

    with pytest.raises(GateNotMet, match=f"needs a {missing} check"):
        stability.verified(desk, number, by="kim")


def test_new_incidents_on_the_item_are_judged_first(desk: Desk, clock: StoppedClock) -> None:
    before = open_ticket(desk, ci="file-01")
    number = begun(desk, clock)
    clock.advance(HOUR)
    caused, foreign = open_ticket(desk, ci="file-01"), open_ticket(desk, ci="file-01")
    carry_out(desk, number)
    with pytest.raises(GateNotMet, match=f"New on what CHG-1 altered: {caused}, {foreign}"):
        verify(desk, number)
    with pytest.raises(GateNotMet, match="nothing to do with"):
        stability.judge(desk, number, foreign, caused=False, by="kim")

    stability.judge(desk, number, caused, caused=True, by="kim")
    stability.judge(desk, number, foreign, caused=False, note="a broken cable", by="kim")
    stability.verified(desk, number, by="kim")

    assert rows(desk, "SELECT source, kind, target FROM link") == [(caused, "caused_by", number)]
    assert before != caused
    with pytest.raises(GateNotMet, match="caused incidents"):
        stability.review(desk, number, Outcome.SUCCESSFUL, lessons="none", by="chen")


def test_a_review_says_what_came_of_it_and_what_it_taught(desk: Desk, clock: StoppedClock) -> None:
    number = begun(desk, clock)
    carry_out(desk, number)
    verify(desk, number)

    with pytest.raises(GateNotMet, match="what CHG-1 taught"):
        stability.review(desk, number, Outcome.SUCCESSFUL, by="chen")
    with pytest.raises(GateNotMet, match="needs a review"):
        stability.close(desk, number, by="kim")


def test_closing_waits_for_stability_and_is_proposed_by_the_desk(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    with pytest.raises(GateNotMet, match="prove stable until 2026-06-04 20:00 UTC"):
        stability.close(desk, number, by="kim")

    clock.advance(3 * DAY)
    sweep.sweep(desk)

    assert kinds(desk, number)[-1] == "change.close_proposed"
    stability.close(desk, number, by="kim")
    assert status(desk, number) is ChangeStatus.CLOSED


def test_an_incident_linked_to_it_lets_a_change_prove_stable_anew(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    clock.advance(2 * DAY)
    links.link(desk, open_ticket(desk), LinkKind.CAUSED_BY, number, by="dana")

    clock.advance(DAY)
    sweep.sweep(desk)
    assert "change.close_proposed" not in kinds(desk, number)
    with pytest.raises(GateNotMet, match="prove stable until 2026-06-06 20:00 UTC"):
        stability.close(desk, number, by="kim")

    clock.advance(2 * DAY)
    sweep.sweep(desk)
    assert kinds(desk, number)[-1] == "change.close_proposed"


def test_a_closing_change_resumes_the_tickets_that_wait_for_it(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    ticket = open_ticket(desk, assignee="dana")
    progress.hold(desk, ticket, HoldReason.CHANGE, review_at=clock.now() + 30 * DAY, link=number, by="dana")

    close(desk, clock, number)

    assert one(desk, "SELECT status FROM ticket WHERE id = 1") == "in_progress"
    progress.resolve(desk, ticket, Resolution.FIXED, "new firmware", by="dana")


def test_a_change_is_cancelled_before_its_review_only(desk: Desk, clock: StoppedClock) -> None:
    pending, done = assessed(desk), reviewed(desk, clock, ci="mail-01", service="Telephony and meetings")
    with pytest.raises(GateNotMet, match="Say why"):
        changes.cancel(desk, pending, " ", by="kim")
    with pytest.raises(IllegalMove):
        changes.cancel(desk, done, "too late", by="kim")

    changes.cancel(desk, pending, "no longer needed", by="kim")

    assert status(desk, pending) is ChangeStatus.CANCELLED
    assert rows(desk, "SELECT verdict FROM change_approval WHERE change_id = :k", k=key(pending)) == [
        ("void",)
    ]


def test_planning_anew_voids_what_was_approved(desk: Desk) -> None:
    number = scheduled(desk)

    changes.return_to_draft(desk, number, "the vendor has a newer image", by="kim")
    changes.edit(desk, number, ChangeEdit(description="Firmware 10"), by="kim")
    changes.submit(desk, number, by="kim")

    assert status(desk, number) is ChangeStatus.ASSESS
    assert rows(desk, "SELECT verdict FROM change_approval") == [("void",)]


def test_a_template_is_proposed_from_success_and_approved_by_another(desk: Desk, clock: StoppedClock) -> None:
    number = reviewed(desk, clock)
    with pytest.raises(GateNotMet, match="only a change that was successful and is closed"):
        templates.propose(desk, number, "Switch firmware", by="chen")
    close(desk, clock, number)
    name = templates.propose(desk, number, "Switch firmware", by="chen")
    with pytest.raises(NotAllowed, match="their own template"):
        templates.decide(desk, name, True, by="chen")
    with pytest.raises(BadInput, match="no approved template"):
        open_change(desk, kind=ChangeKind.STANDARD, template=name)

    templates.decide(desk, name, True, by="abe")
    draft = NewChange(kind=ChangeKind.STANDARD, template=name)
    copy = changes.open_change(desk, draft, by="kim")

    assert rows(desk, "SELECT summary, ci FROM change WHERE id = :k", k=key(copy)) == [
        (RFC["summary"], RFC["ci"])
    ]
    assert len(steps(desk, copy)) == 2


def test_a_ticket_waits_for_no_change_that_does_not_exist(desk: Desk, clock: StoppedClock) -> None:
    ticket = open_ticket(desk, assignee="dana", team="network")

    with pytest.raises(NotFound, match="CHG-99"):
        progress.hold(desk, ticket, HoldReason.CHANGE, review_at=clock.now() + DAY, link="CHG-99", by="dana")
