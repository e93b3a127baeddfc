"""What can be taken back, by whom, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskterm.domain.errors import NotAllowed, NotFound, TooLate
from deskterm.domain.ledger import Entry
from deskterm.domain.people import MAY
from deskterm.domain.undo import INSTEAD, REVERSIBLE, steps, touched
from deskterm.labels import EVENTS

START = datetime(2026, 6, 1, 9, tzinfo=UTC)


def entry(
    key: int, kind: str, by: str = "dana", *, details: dict[str, Any] | None = None, **after: Any
) -> Entry:
    changes = {name: (None, value) for name, value in after.items()}
    return Entry(key, START + timedelta(minutes=key), kind, by, changes, details or {})


def undone(key: int, undoes: int, by: str = "dana", **after: Any) -> Entry:
    return entry(key, "ticket.undone", by, details={"undoes": undoes}, **after)


def taken(ledger: list[Entry], *which: int, by: str = "dana", leads: bool = False) -> list[tuple[int, bool]]:
    return [(step.entry.id, step.again) for step in steps("INC-1", ledger, which, by=by, leads=leads)]


OPENED = entry(1, "ticket.opened", status="new")
ASSIGNED = entry(2, "ticket.assigned", assignee="kim", status="in_progress")


def test_the_steps_of_an_act_are_taken_back_last_first() -> None:
    assert taken([OPENED, ASSIGNED, entry(3, "ticket.transferred", team="x")], 2, 3) == [
        (3, False),
        (2, False),
    ]


def test_taking_an_undo_back_does_the_act_again_and_so_on() -> None:
    ledger = [OPENED, ASSIGNED, undone(3, 2), undone(4, 3), undone(5, 4)]

    assert taken(ledger[:3], 3) == [(3, True)]
    assert taken(ledger[:4], 4) == [(4, False)]
    assert taken(ledger, 5) == [(5, True)]


@pytest.mark.parametrize("key", [2, 4, 6])
def test_what_was_taken_back_is_not_taken_back_again(key: int) -> None:
    with pytest.raises(TooLate, match="taken back already"):
        taken([OPENED, ASSIGNED, undone(3, 2), undone(4, 3), undone(5, 4), undone(6, 5), undone(7, 6)], key)


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        (entry(3, "ticket.assigned", "osei", assignee="ivo"), False),
        (entry(3, "ticket.held", "osei", status="on_hold"), False),
        (entry(3, "ticket.changed", "osei", extent=4), True),
        (entry(3, "ticket.replied", "osei", details={"entry": 1}), True),
    ],
)
def test_an_act_can_be_taken_back_until_the_same_field_changes(later: Entry, *, stands: bool) -> None:
    ledger = [OPENED, ASSIGNED, later]

    if stands:
        assert taken(ledger, 2) == [(2, False)]
    else:
        with pytest.raises(TooLate, match=r"osei changed .+ since"):
            taken(ledger, 2)


def test_a_later_change_that_was_itself_taken_back_does_not_matter() -> None:
    ledger = [OPENED, ASSIGNED, entry(3, "ticket.assigned", "osei", assignee="ivo"), undone(4, 3, "osei")]

    assert taken(ledger, 2) == [(2, False)]


def test_only_who_did_it_or_a_lead_takes_it_back() -> None:
    with pytest.raises(NotAllowed, match="Only dana or a lead"):
        taken([OPENED, ASSIGNED], 2, by="kim")

    assert taken([OPENED, ASSIGNED], 2, by="osei", leads=True) == [(2, False)]


def test_what_is_not_in_the_ledger_is_not_found() -> None:
    with pytest.raises(NotFound):
        taken([OPENED], 9)


def test_what_cannot_be_reversed_says_what_to_do() -> None:
    with pytest.raises(TooLate, match="Cancel it"):
        taken([OPENED], 1)
    with pytest.raises(TooLate, match="stays in the history"):
        taken([OPENED, entry(2, "alert.acknowledged")], 2)


def test_telling_people_is_passed_over_unless_it_was_all() -> None:
    told = entry(3, "ticket.escalated", details={"how": "hierarchical"})

    assert taken([OPENED, ASSIGNED, told], 2, 3) == [(2, False)]
    with pytest.raises(TooLate, match="People were told"):
        taken([OPENED, ASSIGNED, told], 3)


@pytest.mark.parametrize(
    ("kind", "details", "keys"),
    [
        ("ticket.tagged", {"added": ["vpn", "lyon"]}, {"tag:vpn", "tag:lyon"}),
        ("ticket.untagged", {"removed": ["vpn"]}, {"tag:vpn"}),
        ("ticket.watched", {"login": "dana"}, {"watcher:dana"}),
        ("ticket.linked", {"link": "related", "other": "PRB-7"}, {"link:PRB-7"}),
        ("ticket.task_added", {"summary": "Call"}, {"task:Call"}),
        ("ticket.noted", {"entry": 4}, {"message:4"}),
        ("ticket.opened", {}, set()),
    ],
)
def test_rows_beside_the_ticket_count_as_touched(kind: str, details: dict[str, Any], keys: set[str]) -> None:
    assert touched(entry(1, kind, details=details)) == keys


def test_every_reversal_asks_for_an_action_and_every_kind_has_its_words() -> None:
    assert {reversal.takes for reversal in REVERSIBLE.values()} <= set(MAY)
    assert not REVERSIBLE.keys() & INSTEAD.keys()
    assert {kind for kind in REVERSIBLE if kind not in EVENTS} <= {"ticket.changed", "ticket.unassigned"}
