from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deskterm.domain import change as rules
from deskterm.domain.change import FOLLOWS, ChangeKind, ChangeStatus, Outcome, Step, StepState
from deskterm.domain.change_kpis import Ended, figures
from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        (ChangeKind.NORMAL, "draft assess authorise scheduled implementing verifying review closed"),
        (ChangeKind.STANDARD, "draft scheduled implementing verifying review closed"),
        (ChangeKind.EMERGENCY, "draft authorise scheduled implementing verifying review closed"),
    ],
)
def test_each_kind_has_its_way(kind: ChangeKind, way: str) -> None:
    gone = [ChangeStatus.DRAFT]
    while (after := rules.next_status(kind, gone[-1])) is not None:
        gone.append(rules.move("CHG-1", kind, gone[-1], after))

    assert " ".join(gone) == way


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_state_before_review_can_be_cancelled_and_none_after(kind: ChangeKind) -> None:
    cancelled = {status for status, after in FOLLOWS[kind].items() if ChangeStatus.CANCELLED in after}

    assert cancelled == {status for status in rules.BEFORE_REVIEW if FOLLOWS[kind][status]}
    assert not FOLLOWS[kind][ChangeStatus.CLOSED] | FOLLOWS[kind][ChangeStatus.CANCELLED]


def test_a_move_outside_the_way_is_refused() -> None:
    with pytest.raises(IllegalMove):
        rules.move("CHG-1", ChangeKind.STANDARD, ChangeStatus.DRAFT, ChangeStatus.ASSESS)


@pytest.mark.parametrize("number", ["INC-8", "8", "CHG8", "CHG-"])
def test_other_numbers_are_no_changes(number: str) -> None:
    assert rules.key_of(" chg-8 ") == 8
    with pytest.raises(NotFound):
        rules.key_of(number)


def test_the_point_of_no_return_leaves_time_to_roll_back() -> None:
    back = [Step("a", None, None, HOUR, rollback=True), Step("b", None, None, HOUR / 2, rollback=True)]

    assert rules.point_of_no_return(MONDAY + 4 * HOUR, back) == MONDAY + 2.5 * HOUR
    assert rules.point_of_no_return(MONDAY, []) == MONDAY


def test_a_step_ends_as_done_failed_or_skipped() -> None:
    assert rules.finish(StepState.DONE, "") is StepState.DONE
    with pytest.raises(GateNotMet, match="ends as done"):
        rules.finish(StepState.RUNNING, "")


def ended(**fields: object) -> Ended:
    usual = {
        "kind": ChangeKind.NORMAL,
        "opened_at": MONDAY,
        "closed_at": MONDAY + 4 * DAY,
        "outcome": Outcome.SUCCESSFUL,
        "started_at": MONDAY + DAY,
        "ended_at": MONDAY + DAY + HOUR,
        "planned_start": MONDAY + DAY,
        "planned_end": MONDAY + DAY + 2 * HOUR,
    }
    return Ended(**{**usual, **fields})  # type: ignore[arg-type]  # a table of fields


def test_the_key_figures_of_a_period() -> None:
    moves = (
        (MONDAY, ChangeStatus.DRAFT),
        (MONDAY + HOUR, ChangeStatus.ASSESS),
        (MONDAY + DAY, ChangeStatus.CLOSED),
    )
    changes = [
        ended(moves=moves),
        ended(outcome=Outcome.FAILED, caused=2),
        ended(kind=ChangeKind.EMERGENCY, started_at=MONDAY + 12 * HOUR, outcome=Outcome.WITH_ISSUES),
        ended(ended_at=MONDAY + 3 * DAY, closed_at=None, outcome=None),
        ended(started_at=MONDAY - DAY, closed_at=MONDAY - HOUR),
    ]

    found = {figure.key: figure for figure in figures(changes, MONDAY, MONDAY + 7 * DAY)}

    assert (found["success"].value, found["success"].over) == (2 / 3, 3)
    assert found["emergency_share"].value == 1 / 4
    assert found["outside_window"].value == 2 / 4
    assert found["incidents_caused"].value == 2 / 4
    assert found["lead_time"].value == 4 * DAY
    assert found["state_time.draft"].value == HOUR
    assert found["state_time.assess"].value == DAY - HOUR


def test_with_nothing_to_count_a_key_figure_has_no_value() -> None:
    assert {figure.value for figure in figures([], MONDAY, MONDAY + DAY)} == {None}
