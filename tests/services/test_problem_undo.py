"""Acts on problems are taken back one by one, each by what it was, and done again."""

from __future__ import annotations

from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Action, Desk
from deskterm.domain.errors import BadInput, NotAllowed, TooLate
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.ticket import LinkKind
from deskterm.services import corrective, known_errors, links, problem_marks, problem_undo, problems, undo
from deskterm.services.problem_drafts import ActionEdit, KnownErrorDraft, ProblemEdit
from deskterm.services.sweep import sweep
from tests.desks import one, rows
from tests.services.problem_desks import DAY, analysed, fixing, furnish_firewall, patch, verifying, vpn

BATCH = "0123456789abcdef"
DRAFT = KnownErrorDraft(symptom="VPN drops hourly", workaround="Use the hotspot")


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


def do(desk: Desk, act: Action[Any, Any], number: str, *given: Any, by: str = "pia", **options: Any) -> None:
    act.together(desk, BATCH, number, *given, by=by, **options)


def stored(desk: Desk) -> list[Any]:
    """Return all that acts on the one problem change, but versions and times of change."""
    return [
        rows(
            desk,
            "SELECT status, summary, assignee, known_error, known_error_at, symptom, article, review,"
            " review_at, closure, approver, root_cause, resumes_at FROM problem",
        ),
        rows(desk, "SELECT team FROM problem_team ORDER BY team"),
        rows(desk, "SELECT source, target, target_problem_id FROM link ORDER BY source"),
        rows(desk, "SELECT login FROM problem_watcher ORDER BY login"),
        rows(desk, "SELECT word FROM problem_tag"),
        rows(desk, "SELECT summary, due_at, done_at, dropped FROM corrective_action WHERE NOT dropped"),
    ]


ACTS: dict[str, Any] = {
    "assigned": lambda desk, number, clock: do(desk, problems.assign, number, "kim"),
    "changed": lambda desk, number, clock: do(
        desk, problems.edit, number, ProblemEdit(summary="VPN", teams=frozenset({"network", "identity"}))
    ),
    "known_error_declared": lambda desk, number, clock: do(desk, known_errors.declare, number, DRAFT),
    "linked": lambda desk, number, clock: do(desk, problems.link, number, ("INC-2",)),
    "unlinked": lambda desk, number, clock: do(desk, problems.unlink, number, "INC-1"),
    "moved": lambda desk, number, clock: do(
        desk, problems.move, number, ProblemStatus.FIX, ProblemEdit(root_cause="IKE rekey fails")
    ),
    "reviewed": lambda desk, number, clock: do(
        desk, problems.review, number, "seen", next_at=clock.now() + DAY
    ),
    "risk_accepted": lambda desk, number, clock: do(
        desk, problems.accept_risk, number, "dear", approver="abe", review_at=clock.now() + DAY
    ),
    "watched": lambda desk, number, clock: do(desk, problems.watch, number),
    "tagged": lambda desk, number, clock: do(desk, problem_marks.tag, number, ("vpn",)),
    "parked": lambda desk, number, clock: do(
        desk, problem_marks.park, number, clock.now() + DAY, "the vendor"
    ),
    "action added": lambda desk, number, clock: do(
        desk, corrective.add, number, patch(clock, summary="Test")
    ),
    "action finished": lambda desk, number, clock: do(desk, corrective.finish, number, 1),
    "action dropped": lambda desk, number, clock: do(desk, corrective.drop, number, 1),
    "action changed": lambda desk, number, clock: do(
        desk, corrective.edit, number, 1, ActionEdit(due_at=clock.now() + 9 * DAY)
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_taken_back_and_done_again(desk: Desk, clock: StoppedClock, act: str) -> None:
    first, _second = vpn(desk), vpn(desk)
    number = fixing(desk, clock, tickets=(first,))
    problem_undo.undo(desk, number, by="pia")
    before = stored(desk)

    ACTS[act](desk, number, clock)
    done = stored(desk)
    undone = undo.undo(desk, BATCH, by="pia")
    back = stored(desk)
    again = undo.undo(desk, undone.batch, by="pia")

    assert done != before
    assert (undone.done, undone.refused, back) == ((number,), {}, before)
    assert (again.done, stored(desk)) == ((number,), done)


def test_undo_takes_back_the_act_it_is_told_and_leaves_those_before(desk: Desk) -> None:
    number = analysed(desk)
    problems.assign(desk, number, "dana", by="pia")
    do(desk, problems.note, number, "asked the vendor")

    undo.undo(desk, BATCH, by="pia")

    assert one(desk, "SELECT assignee FROM problem") == "dana"
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.undone'") == 1


def test_the_newest_act_is_named_whatever_it_was(desk: Desk) -> None:
    first, second = vpn(desk), vpn(desk)
    number = analysed(desk, tickets=(first,))
    known_errors.declare(desk, number, DRAFT, by="pia")
    problems.link(desk, number, (second,), by="pia")

    taken = [problem_undo.undo(desk, number, by="pia") for _each in range(3)]

    assert taken == ["problem.linked", "problem.known_error_declared", "problem.moved"]
    assert rows(desk, "SELECT status, known_error FROM problem") == [("assess", False)]
    assert rows(desk, "SELECT source FROM link") == [(first,)]


def test_a_duplicate_stays_and_the_sentence_says_what_to_do(desk: Desk) -> None:
    number, other = analysed(desk, tickets=(vpn(desk),)), analysed(desk)
    problems.close_as_duplicate(desk, number, other, by="pia")

    with pytest.raises(TooLate, match="Open a new problem, and link its tickets"):
        problem_undo.undo(desk, number, by="pia")


def test_nobody_takes_back_what_somebody_built_on(desk: Desk) -> None:
    number = analysed(desk)
    do(desk, problems.assign, number, "dana")
    problems.assign(desk, number, "kim", by="osei")

    refused = undo.undo(desk, BATCH, by="pia").refused

    assert isinstance(refused[number], BadInput)
    assert "has changed since" in str(refused[number])


def test_what_one_did_another_takes_back_only_as_a_lead(desk: Desk) -> None:
    number = analysed(desk)
    do(desk, problems.assign, number, "dana")

    refused = undo.undo(desk, BATCH, by="kim").refused
    led = undo.undo(desk, BATCH, by="osei")

    assert isinstance(refused[number], NotAllowed)
    assert led.done == (number,)
    with pytest.raises(TooLate, match="taken back already"):
        problem_undo.undo(
            desk, number, (one(desk, "SELECT max(id) FROM event WHERE batch = :b", b=BATCH),), by="osei"
        )


def test_each_problem_of_a_batch_is_taken_back_by_itself(desk: Desk) -> None:
    numbers = [analysed(desk) for _each in range(3)]
    for number in numbers:
        do(desk, problems.assign, number, "dana")
    problems.assign(desk, numbers[1], "kim", by="osei")

    undone = undo.undo(desk, BATCH, by="pia")

    assert (set(undone.done), set(undone.refused)) == ({numbers[0], numbers[2]}, {numbers[1]})
    assert [owner for (owner,) in rows(desk, "SELECT assignee FROM problem ORDER BY id")] == [
        "pia",
        "kim",
        "pia",
    ]


def test_a_watched_fix_that_comes_back_is_looked_at_again(desk: Desk, clock: StoppedClock) -> None:
    number = verifying(desk, clock)
    do(desk, problems.move, number, ProblemStatus.ANALYSIS)
    clock.advance(2 * DAY)
    sweep(desk)

    undo.undo(desk, BATCH, by="pia")
    clock.advance(14 * DAY)
    sweep(desk)

    assert one(desk, "SELECT status FROM problem") == "verifying"
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'problem.resolution_proposed'") == 1


def test_a_link_that_a_ticket_lost_comes_back_to_its_problem(desk: Desk) -> None:
    ticket = vpn(desk)
    number = analysed(desk, tickets=(ticket,))
    do(desk, links.unlink, ticket, LinkKind.CAUSED_BY, number, by="dana")

    undo.undo(desk, BATCH, by="dana")

    assert rows(desk, "SELECT source, target_problem_id FROM link") == [(ticket, 1)]
