"""Boards, records, known errors, candidates and figures of problems, as their readers see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import NotFound
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.query import is_about
from deskterm.query import parse
from deskterm.reads import board, problem_figures, problems
from deskterm.reads import candidates as waiting
from deskterm.reads.board import Grouping
from deskterm.services import candidates, causes, corrective, known_errors
from deskterm.services import problems as acts
from deskterm.services.problem_drafts import KnownErrorDraft, NewProblem
from tests.services.problem_desks import CI, DAY, analysed, chg_8, furnish_firewall, patch, verifying, vpn


@pytest.fixture(autouse=True)
def _firewall(desk: Desk) -> None:
    furnish_firewall(desk)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("type:problem", ["PRB-1", "PRB-2"]),
        ("type:problem is:open", ["PRB-1", "PRB-2"]),
        ("type:problem status:analysis", ["PRB-1"]),
        ("type:problem -status:analysis", ["PRB-2"]),
        ("type:problem assignee:me", ["PRB-1"]),
        ("type:problem prio:<=2 svc:none", ["PRB-1"]),
        ("type:problem printer", ["PRB-2"]),
        ("type:problem is:knownerror", ["PRB-1"]),
        ("type:problem -sort:id", ["PRB-2", "PRB-1"]),
        ("type:incident", []),
    ],
)
def test_problems_answer_the_filter_language(desk: Desk, query: str, numbers: list[str]) -> None:
    first = analysed(desk)
    acts.open_problem(desk, NewProblem(summary="Printer jams"), by="pia")
    known_errors.declare(desk, first, KnownErrorDraft(symptom="drops", workaround="hotspot"), by="pia")

    assert [row.number for row in problems.listed(desk, parse(query), by="pia")] == numbers


def test_only_a_filter_that_says_so_is_about_problems() -> None:
    assert is_about(parse("type:problem is:open"), "problem")
    assert not is_about(parse("is:open problem"), "problem")


def test_a_board_has_a_column_for_each_state(desk: Desk, clock: StoppedClock) -> None:
    tickets = (vpn(desk), vpn(desk))
    number = analysed(desk, tickets=tickets)
    corrective.add(desk, number, patch(clock, change=chg_8(desk)), by="pia")
    acts.open_problem(desk, NewProblem(summary="Printer jams"), by="pia")
    clock.advance(8 * DAY)

    shown = board.board(desk, parse("type:problem"), by="dana")

    columns = {column.key: [card.row.number for card in column.cards] for column in shown.columns}
    card = next(card for column in shown.columns for card in column.cards if card.row.number == number)
    assert columns == {status: [] for status in ProblemStatus} | {"new": ["PRB-2"], "analysis": ["PRB-1"]}
    assert (card.row.linked, card.row.linked_open, shown.linked_open) == (2, 2, 2)
    assert (card.actions_open, card.actions_overdue, card.changes, card.stale) == (1, 1, ("CHG-8",), True)


@pytest.mark.parametrize(
    ("grouping", "keys"),
    [
        (Grouping.ASSIGNEE, ["", "pia"]),
        (Grouping.SERVICE, [""]),
        (Grouping.AGE, ["<10", "10-30", ">30"]),
    ],
)
def test_a_board_goes_by_other_things_too(desk: Desk, grouping: Grouping, keys: list[str]) -> None:
    analysed(desk)
    acts.open_problem(desk, NewProblem(summary="Printer jams"), by="pia")

    shown = board.board(desk, parse("type:problem"), by="dana", grouping=grouping)

    assert [column.key for column in shown.columns] == keys


def test_what_was_closed_long_ago_leaves_the_board(desk: Desk, clock: StoppedClock) -> None:
    number = analysed(desk)
    acts.accept_risk(desk, number, "too dear", approver="abe", review_at=clock.now() + DAY, by="pia")
    query, counts = parse("type:problem"), []

    for days in (1, 30):
        clock.advance(days * DAY)
        counts.append(sum(len(column.cards) for column in board.board(desk, query, by="dana").columns))

    assert counts == [1, 0]


def test_a_record_says_what_each_gate_still_asks_for(desk: Desk) -> None:
    number = analysed(desk)
    top = causes.add(desk, number, "Tunnels drop", by="kim")
    causes.add(desk, number, "Rekey fails", below=top, by="kim")

    record = problems.record(desk, number, by="dana")

    asked = {after: [ask.field for ask in asks] for after, asks in record.gates.items()}
    assert asked == {ProblemStatus.FIX: ["root_cause", "causes", "actions"]}
    assert [cause.statement for cause in record.causes] == ["Tunnels drop", "Rekey fails"]
    assert record.teams == ("network", "service-desk")
    assert [entry.kind for entry in problems.ledger(desk, number, by="dana")][-2:] == ["cause.added"] * 2


def test_a_record_charts_the_effect(desk: Desk, clock: StoppedClock) -> None:
    for _ in range(3):
        vpn(desk)
    clock.advance(DAY)
    number = verifying(desk, clock)
    clock.advance(timedelta(hours=1))
    vpn(desk)

    shown = problems.record(desk, number, by="dana").verification

    assert shown is not None
    assert (shown.effect, shown.count, shown.plan.baseline) == ("pending", 1, 3)
    assert (sum(shown.chart.before), shown.chart.after) == (3, (1,))


def test_a_restricted_problem_is_in_nobodys_list_but_its_teams(desk: Desk) -> None:
    number = acts.open_problem(desk, NewProblem(summary="Leak", team="identity"), by="ada")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    assert problems.listed(desk, parse("type:problem"), by="kim") == ()
    with pytest.raises(NotFound):
        problems.record(desk, number, by="kim")
    assert len(problems.listed(desk, parse("type:problem"), by="audrey")) == 1


def test_known_errors_show_on_the_tickets_that_they_match(desk: Desk) -> None:
    number = analysed(desk)
    draft = KnownErrorDraft(symptom="VPN drops hourly", workaround="Use the hotspot")
    known_errors.declare(desk, number, draft, by="pia")

    found = problems.known_errors_for(desk, vpn(desk), by="dana")
    other = problems.known_errors_for(
        desk, vpn(desk, ci=None, service=None, category=None, summary="Toner"), by="dana"
    )

    assert [(each.number, each.workaround) for each in found] == [(number, "Use the hotspot")]
    assert other == ()


def test_a_candidate_comes_with_its_reason_sparkline_and_tickets(desk: Desk) -> None:
    tickets = [vpn(desk) for _ in range(5)]
    candidates.detect_all(desk, by="pia")

    found = {each.subject: each for each in waiting.waiting(desk, by="dana")}

    assert found[CI].reason == f"{CI}: 5 incidents in 14 days"
    assert found[CI].sparkline == "        █"
    assert sorted(ticket.number for ticket in found[CI].tickets) == tickets
    assert waiting.count(desk, by="dana") == 2


def test_a_candidate_names_the_problem_that_may_take_it(desk: Desk) -> None:
    for _ in range(5):
        vpn(desk)
    candidates.detect_all(desk, by="pia")

    number = analysed(desk)

    assert {each.problem for each in waiting.waiting(desk, by="dana")} == {number, ""}


def test_causes_are_counted_across_problems(desk: Desk) -> None:
    for _ in range(2):
        causes.add(desk, analysed(desk), "No test firewall", by="kim")

    assert [(each.statement, each.problems) for each in problem_figures.cause_counts(desk, by="dana")] == [
        ("No test firewall", (1, 2))
    ]


def test_key_figures_of_an_empty_desk_print_dashes(desk: Desk) -> None:
    assert [kpi.shown(value) for kpi, value in problem_figures.key_figures(desk, by="dana")] == ["–"] * 6


def test_key_figures_follow_what_happened(desk: Desk, clock: StoppedClock) -> None:
    verifying(desk, clock, tickets=(vpn(desk),))
    clock.advance(2 * DAY)

    shown = {kpi.name: kpi.shown(value) for kpi, value in problem_figures.key_figures(desk, by="dana")}

    assert shown["Problem age"] == "2.0 days"
    assert shown["Recurring incidents"] == "1.0"
    assert shown["Corrective-action effect"] == "–"
