"""Problems through the services: from a recurrence to a verified effect, and what is refused."""

from __future__ import annotations

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, Conflict, GateNotMet, IllegalMove, NotFound
from deskterm.domain.problem import Metric, ProblemStatus, Source
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import HoldReason, Level, LinkKind, Resolution
from deskterm.domain.verification import Effect
from deskterm.services import (
    candidates,
    catalogue,
    causes,
    corrective,
    effect,
    known_errors,
    links,
    problem_undo,
    problems,
    progress,
    undo,
)
from deskterm.services.problem_drafts import (
    ActionEdit,
    KnownErrorDraft,
    NewProblem,
    ProblemEdit,
)
from deskterm.services.sweep import sweep
from tests.desks import one, rows
from tests.services.problem_desks import (
    CI,
    DAY,
    analysed,
    chg_8,
    fixing,
    furnish_firewall,
    patch,
    verifying,
    vpn,
)


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


def status(desk: Desk, number: str = "PRB-1") -> str:
    return str(one(desk, "SELECT status FROM problem WHERE id = :k", k=int(number.split("-")[1])))


def kinds(desk: Desk) -> list[str]:
    events = "SELECT kind FROM event WHERE subject_type = 'problem' ORDER BY id"
    return [kind for (kind,) in rows(desk, events)]


def test_a_recurrence_is_led_to_closed_with_its_effect_verified(desk: Desk, clock: StoppedClock) -> None:
    for _ in range(5):
        vpn(desk)
    clock.advance(DAY)
    sweep(desk)
    signals = rows(desk, "SELECT signal, subject, count FROM candidate WHERE proposed ORDER BY id")
    number = candidates.open_problem(desk, one(desk, "SELECT min(id) FROM candidate"), by="pia")

    problems.move(desk, number, ProblemStatus.ASSESS, by="pia")
    given = ProblemEdit(assignee="pia", teams=frozenset({"network", "service-desk"}))
    problems.move(desk, number, ProblemStatus.ANALYSIS, given, by="pia")
    cause = causes.add(desk, number, "Rekey fails", by="kim")
    below = causes.add(desk, number, "Firmware 9.1.4 has a bug", below=cause, by="kim")
    for each in (cause, below):
        causes.judge(desk, number, each, Verdict.CONFIRMED, by="kim")
    causes.mark_root(desk, number, below, by="kim")
    action = corrective.add(desk, number, patch(clock), by="pia")
    problems.move(desk, number, ProblemStatus.FIX, ProblemEdit(root_cause="IKE rekey fails"), by="pia")
    corrective.finish(desk, number, action, by="kim")
    plan = ProblemEdit(metric=Metric.INCIDENTS, window_days=14, threshold=1)
    problems.move(desk, number, ProblemStatus.VERIFYING, plan, by="pia")
    for _ in range(15):
        clock.advance(DAY)
        sweep(desk)
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")
    problems.review(desk, number, "Test firmware first.", by="pia")
    problems.move(desk, number, ProblemStatus.CLOSED, by="pia")

    assert ("recurrence", f"ci:{CI}", 5) in signals
    assert rows(desk, "SELECT status, closure, source, baseline FROM problem") == [
        ("closed", "effective", "recurrence", 5)
    ]
    assert one(desk, "SELECT count(*) FROM link WHERE target_problem_id = 1") == 5
    assert kinds(desk).count("problem.resolution_proposed") == 1
    assert one(desk, "SELECT count(*) FROM candidate WHERE proposed") == 0


def test_a_gate_refuses_and_leaves_the_card_where_it_was(desk: Desk) -> None:
    number = problems.open_problem(desk, NewProblem(summary="VPN flaps"), by="pia")

    with pytest.raises(GateNotMet, match="needs a category") as refusal:
        problems.move(desk, number, ProblemStatus.ASSESS, ProblemEdit(ci=CI), by="pia")

    assert refusal.value.field == "category"
    assert rows(desk, "SELECT status, ci, version FROM problem") == [("new", None, 1)]


def test_the_gates_of_analysis_ask_one_after_the_other(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)
    fields = []

    for step in (
        lambda: problems.edit(desk, number, ProblemEdit(root_cause="IKE rekey fails"), by="pia"),
        lambda: causes.judge(
            desk,
            number,
            causes.add(desk, number, "Firmware bug", branch=Branch.TECHNOLOGY, by="kim"),
            Verdict.CONFIRMED,
            by="kim",
        ),
        lambda: corrective.add(desk, number, patch(clock), by="pia"),
    ):
        with pytest.raises(GateNotMet) as refusal:
            problems.move(desk, number, ProblemStatus.FIX, by="pia")
        fields.append(refusal.value.field)
        step()
    problems.move(desk, number, ProblemStatus.FIX, by="pia")

    assert fields == ["root_cause", "causes", "actions"]


def test_a_fix_waits_for_its_actions_and_their_changes(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)
    action = one(desk, "SELECT max(id) FROM corrective_action")
    corrective.edit(desk, number, action, ActionEdit(change=chg_8(desk)), by="pia")

    with pytest.raises(GateNotMet, match=r"not done \(1\)"):
        problems.move(desk, number, ProblemStatus.VERIFYING, by="pia")
    with pytest.raises(GateNotMet, match="CHG-8 is not closed"):
        corrective.finish(desk, number, action, by="kim")

    assert status(desk, number) == "fix"


def test_nobody_resolves_before_the_window_passed_quietly(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)

    with pytest.raises(GateNotMet, match="has to pass quietly"):
        problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")


def test_closing_needs_a_review(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(14 * DAY)
    effect.evaluate(desk, number, by="pia")
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")

    with pytest.raises(GateNotMet, match="review outcome"):
        problems.move(desk, number, ProblemStatus.CLOSED, by="pia")
    with pytest.raises(GateNotMet, match="review outcome"):
        problems.review(desk, number, " ", by="pia")


def test_a_problem_from_tickets_needs_tickets(desk: Desk) -> None:
    with pytest.raises(GateNotMet, match="link at least one"):
        problems.open_problem(desk, NewProblem(summary="VPN", source=Source.TREND), by="pia")


def test_a_later_classification_needs_a_note(desk: Desk) -> None:
    number = analysed(desk)

    with pytest.raises(GateNotMet, match="why that changes"):
        problems.edit(desk, number, ProblemEdit(urgency=Level.LOW), by="pia")
    problems.edit(desk, number, ProblemEdit(urgency=Level.LOW), note="a workaround is known", by="pia")

    assert one(desk, "SELECT urgency FROM problem") == 3


def test_a_risk_is_accepted_by_an_approver_and_looked_at_again_once(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)
    when = clock.now() + 90 * DAY
    with pytest.raises(GateNotMet, match="no approver"):
        problems.accept_risk(desk, number, "too dear", approver="kim", review_at=when, by="pia")

    problems.accept_risk(desk, number, "too dear", approver="abe", review_at=when, by="pia")
    clock.advance(90 * DAY)
    sweep(desk)
    sweep(desk)

    assert rows(desk, "SELECT status, closure, approver FROM problem") == [("closed", "risk_accepted", "abe")]
    assert kinds(desk).count("problem.review_due") == 1


def test_nothing_moves_on_a_closed_problem(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)
    problems.accept_risk(desk, number, "too dear", approver="abe", review_at=clock.now() + DAY, by="pia")

    with pytest.raises(IllegalMove, match="that is final"):
        causes.add(desk, number, "too late", by="kim")


def test_a_duplicate_hands_its_tickets_over(desk: Desk) -> None:
    first, second = vpn(desk), vpn(desk)
    one_, other = analysed(desk, tickets=(first,)), analysed(desk, tickets=(first, second))

    problems.close_as_duplicate(desk, other, one_, by="pia")

    linked = "SELECT source, target, target_problem_id FROM link ORDER BY source"
    assert rows(desk, linked) == [(first, one_, 1), (second, one_, 1)]
    assert status(desk, other) == "closed"


def test_a_problem_is_no_duplicate_of_itself(desk: Desk) -> None:
    number = analysed(desk)

    with pytest.raises(BadInput, match="of itself"):
        problems.close_as_duplicate(desk, number, number, by="pia")


def test_a_stale_screen_is_refused(desk: Desk) -> None:
    number = analysed(desk)
    problems.assign(desk, number, "kim", by="pia")

    with pytest.raises(Conflict):
        problems.assign(desk, number, "ivo", by="osei", seen=1)


def test_the_last_move_is_taken_back_until_somebody_moves_on(desk: Desk) -> None:
    number = analysed(desk)

    assert problem_undo.undo(desk, number, by="pia") == "problem.moved"
    taken_back = status(desk, number)
    given = ProblemEdit(assignee="pia", teams=frozenset({"network", "service-desk"}))
    problems.move(desk, number, ProblemStatus.ANALYSIS, given, by="osei")

    assert taken_back == "assess"
    with pytest.raises(BadInput, match="has changed since"):
        problem_undo.undo(desk, number, by="pia")


def test_a_restricted_problem_looks_like_one_that_is_not_there(desk: Desk) -> None:
    number = problems.open_problem(desk, NewProblem(summary="Leak", team="identity"), by="ada")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    with pytest.raises(NotFound, match=f"no {number}"):
        problems.note(desk, number, "seen", by="kim")
    with pytest.raises(NotFound, match=f"no {number}"):
        links.link(desk, vpn(desk), LinkKind.CAUSED_BY, number, by="kim")


def test_recurrence_reopens_the_analysis_by_itself(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(DAY)
    vpn(desk)
    quiet = status(desk, number)

    vpn(desk)

    assert (quiet, status(desk, number)) == ("verifying", "analysis")
    assert rows(desk, "SELECT recurrence_count, fixed_at FROM problem") == [(1, None)]
    told = "SELECT login FROM notification WHERE kind = 'problem.recurred'"
    assert rows(desk, told) == [("pia",)]


def test_incidents_of_something_else_do_not_count(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    catalogue.add(desk, cis=(("fw-paris-1", None),), by="ada")
    clock.advance(DAY)

    for _ in range(3):
        vpn(desk, ci="fw-paris-1")

    assert status(desk, number) == "verifying"


def test_a_quiet_window_proposes_and_a_person_accepts(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(14 * DAY)

    sweep(desk)
    sweep(desk)

    assert (status(desk, number), kinds(desk).count("problem.resolution_proposed")) == ("verifying", 1)
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")
    assert status(desk, number) == "resolved"


def test_a_resolved_problem_relapses(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    clock.advance(14 * DAY)
    assert effect.evaluate(desk, number, by="pia") is Effect.QUIET
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")
    clock.advance(DAY)

    vpn(desk)
    vpn(desk)

    assert (status(desk, number), one(desk, "SELECT recurrence_count FROM problem")) == ("analysis", 1)


def test_a_service_with_its_category_is_measured_where_there_is_no_ci(
    desk: Desk, clock: StoppedClock
) -> None:
    number = verifying(desk, clock)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE problem SET ci = NULL, service = 'remote-access'")
    clock.advance(DAY)

    vpn(desk, ci=None)
    vpn(desk, ci=None)

    assert status(desk, number) == "analysis"


def test_two_consoles_lose_no_word_of_one_tree(desk: Desk, second_console: Desk) -> None:
    number = analysed(desk)
    top = causes.add(desk, number, "Tunnels drop", by="kim")
    left = causes.add(desk, number, "Rekey fails", below=top, by="kim")
    right = causes.add(second_console, number, "Line too thin", below=top, by="dana")

    causes.edit(desk, number, left, statement="IKE rekey fails", by="kim", seen=1)
    causes.edit(second_console, number, right, statement="The line is too thin", by="dana", seen=1)
    causes.edit(second_console, number, left, evidence="log of fw-lyon-1", by="dana", seen=1)
    causes.demote(second_console, number, right, by="dana")
    with pytest.raises(Conflict, match="IKE rekey fails"):
        causes.edit(second_console, number, left, statement="Phase 2 fails", by="dana", seen=1)

    assert rows(desk, "SELECT statement, evidence, parent_id FROM cause ORDER BY id") == [
        ("Tunnels drop", "", None),
        ("IKE rekey fails", "log of fw-lyon-1", top),
        ("The line is too thin", "", left),
    ]


def test_a_removed_cause_comes_back_with_every_word_below_it(desk: Desk) -> None:
    number = analysed(desk)
    top = causes.add(desk, number, "Tunnels drop", by="kim")
    below = causes.add(desk, number, "Rekey fails", below=top, by="kim")
    causes.remove(desk, number, top, by="kim")
    with pytest.raises(BadInput, match="undo brings it back"):
        causes.edit(desk, number, below, statement="lost?", by="dana")

    causes.undo(desk, number, by="kim")
    causes.edit(desk, number, below, statement="IKE rekey fails", by="dana")

    assert rows(desk, "SELECT statement, removed FROM cause ORDER BY id") == [
        ("Tunnels drop", False),
        ("IKE rekey fails", False),
    ]


def test_edits_are_undone_and_done_again_one_by_one(desk: Desk) -> None:
    number = analysed(desk)
    cause = causes.add(desk, number, "one", by="kim")
    causes.edit(desk, number, cause, statement="two", by="kim")
    causes.judge(desk, number, cause, Verdict.REFUTED, by="kim")
    seen = []

    for act in (causes.undo, causes.undo, causes.redo, causes.redo, causes.undo):
        act(desk, number, by="kim")
        seen += rows(desk, "SELECT statement, verdict FROM cause")

    assert seen == [("two", "open"), ("one", "open"), ("two", "open"), ("two", "refuted"), ("two", "open")]


def test_nobody_undoes_what_somebody_else_built_on(desk: Desk) -> None:
    number = analysed(desk)
    cause = causes.add(desk, number, "one", by="kim")
    causes.edit(desk, number, cause, statement="two", by="kim")
    causes.edit(desk, number, cause, statement="three", by="dana")

    with pytest.raises(BadInput, match="Somebody changed the same cause"):
        causes.undo(desk, number, by="kim")


def test_an_overdue_action_alerts_once_per_threshold(
    desk: Desk, second_console: Desk, clock: StoppedClock
) -> None:
    fixing(desk, clock)
    told = "SELECT data FROM event WHERE kind = 'action.alerted' ORDER BY id"
    counts = []

    for days in (6, 1, 3, 7):
        clock.advance(days * DAY)
        sweep(desk)
        sweep(second_console)
        counts.append(len(rows(desk, told)))

    assert counts == [1, 2, 3, 3]


def test_a_finished_action_alerts_nobody(desk: Desk, clock: StoppedClock) -> None:
    number = fixing(desk, clock)
    corrective.finish(desk, number, one(desk, "SELECT max(id) FROM corrective_action"), by="kim")
    clock.advance(30 * DAY)

    sweep(desk)

    assert "action.alerted" not in kinds(desk)


def test_a_workaround_goes_to_all_linked_open_tickets_and_is_recalled(desk: Desk) -> None:
    first, second, third = vpn(desk), vpn(desk), vpn(desk)
    progress.resolve(desk, third, Resolution.FIXED, "restarted", by="dana")
    number = analysed(desk, tickets=(first, second, third))
    with pytest.raises(GateNotMet, match="no known error yet"):
        known_errors.send_workaround(desk, number, "Use the hotspot", by="pia")
    draft = KnownErrorDraft(symptom="VPN drops hourly", workaround="Use the hotspot")
    known_errors.declare(desk, number, draft, by="pia")

    sent = known_errors.send_workaround(desk, number, "Use the hotspot", by="pia")
    states = "SELECT state, count(*) FROM outbox WHERE kind = 'reply' GROUP BY state"
    waiting = rows(desk, states)
    undo.undo(desk, sent.batch, by="pia")

    assert sent.done == (first, second)
    assert (waiting, rows(desk, states)) == ([("waiting", 2)], [("recalled", 2)])
    assert "Use the hotspot" in one(desk, "SELECT article FROM problem")


def test_a_known_error_needs_symptom_and_workaround(desk: Desk) -> None:
    number = analysed(desk)

    with pytest.raises(GateNotMet, match="its symptom and a workaround") as refusal:
        known_errors.declare(desk, number, KnownErrorDraft(symptom="drops", workaround=" "), by="pia")

    assert refusal.value.field == "workaround"


def test_resolving_a_problem_resolves_what_waits_for_it(desk: Desk, clock: StoppedClock) -> None:
    waiting, other = vpn(desk), vpn(desk)
    number = verifying(desk, clock)
    for ticket, reason, link in ((waiting, HoldReason.PROBLEM, number), (other, HoldReason.VENDOR, "")):
        progress.hold(desk, ticket, reason, review_at=clock.now() + 60 * DAY, link=link, by="dana")
    with pytest.raises(IllegalMove, match="when it is"):
        known_errors.resolve_waiting(desk, number, Resolution.FIXED, "patched", by="pia")
    clock.advance(14 * DAY)
    effect.evaluate(desk, number, by="pia")
    problems.move(desk, number, ProblemStatus.RESOLVED, by="pia")

    done = known_errors.resolve_waiting(desk, number, Resolution.FIXED, "patched", by="pia").done

    assert done == (waiting,)
    assert rows(desk, "SELECT status FROM ticket ORDER BY id") == [("resolved",), ("on_hold",)]


def test_waiting_for_a_problem_that_is_not_there_is_refused(desk: Desk, clock: StoppedClock) -> None:
    with pytest.raises(NotFound, match="PRB-99"):
        progress.hold(
            desk, vpn(desk), HoldReason.PROBLEM, review_at=clock.now() + DAY, link="PRB-99", by="dana"
        )
