"""What tickets on hold wait for: who is told, which record is named, and what becomes of children."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import HoldReason, LinkKind
from deskterm.services import changes, links, problems, progress
from deskterm.services.drafts import CallerDraft
from deskterm.services.problem_drafts import NewProblem
from tests.changes import open_change
from tests.desks import open_ticket, rows

DAY = timedelta(days=1)
FIRMWARE = NewProblem(summary="Headsets lose their firmware")


@pytest.mark.parametrize(
    ("reason", "link", "sentence"),
    [
        (HoldReason.PROBLEM, "my uncle", "“my uncle” is no problem: name it by its number, PRB-7"),
        (HoldReason.PROBLEM, "CHG-1", "“CHG-1” is no problem"),
        (HoldReason.CHANGE, "PRB-1", "“PRB-1” is no change: name it by its number, CHG-7"),
        (HoldReason.CALLER, "yesterday", "leave “yesterday” out"),
        (HoldReason.VENDOR, "PRB-1", "leave “PRB-1” out"),
    ],
)
def test_only_a_problem_or_a_change_is_waited_for_by_its_number(
    desk: Desk, clock: StoppedClock, reason: HoldReason, link: str, sentence: str
) -> None:
    number = open_ticket(desk)
    problems.open_problem(desk, FIRMWARE, by="pia")
    open_change(desk)

    with pytest.raises(GateNotMet, match=sentence) as refusal:
        progress.hold(
            desk, number, reason, review_at=clock.now() + DAY, message="We wait", link=link, by="dana"
        )

    assert refusal.value.field == "link"
    assert rows(desk, "SELECT status FROM ticket") == [("new",)]
    assert rows(desk, "SELECT * FROM link") == []


def test_what_was_waited_for_once_can_be_waited_for_again(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    problem = problems.open_problem(desk, FIRMWARE, by="pia")
    for _ in range(2):
        progress.hold(
            desk, number, HoldReason.PROBLEM, review_at=clock.now() + DAY, link=problem.lower(), by="dana"
        )
        progress.resume(desk, number, by="dana")

    assert rows(desk, "SELECT kind, target FROM link") == [("related", problem)]


def test_whoever_calls_about_a_child_is_told_what_its_parent_waits_for(
    desk: Desk, clock: StoppedClock
) -> None:
    parent = open_ticket(desk)
    child = open_ticket(desk, caller=CallerDraft(name="Mia Moreau", email="mia@example.org"))
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")

    progress.hold(
        desk, parent, HoldReason.CALLER, review_at=clock.now() + DAY, message="Which room?", by="dana"
    )

    assert rows(desk, "SELECT status FROM ticket") == [("on_hold",), ("on_hold",)]
    assert rows(desk, "SELECT recipient FROM outbox WHERE kind = 'reply' ORDER BY recipient") == [
        ("leo@example.org",),
        ("mia@example.org",),
    ]


def test_a_child_waits_for_the_change_that_its_parent_waits_for(desk: Desk, clock: StoppedClock) -> None:
    parent, child = open_ticket(desk), open_ticket(desk)
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")
    change = open_change(desk)

    progress.hold(desk, parent, HoldReason.CHANGE, review_at=clock.now() + DAY, link=change, by="dana")
    changes.cancel(desk, change, "not needed", by="kim")

    assert rows(desk, "SELECT status FROM ticket") == [("new",), ("new",)]
