"""The ledger: order, what was taken back, and replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deskterm.domain.ledger import Entry, in_force, replay

START = datetime(2026, 6, 1, 9, tzinfo=UTC)


def entry(number: int, minute: int, kind: str = "ticket.changed", undoes: int = 0, **after: Any) -> Entry:
    changes = {name: (None, value) for name, value in after.items()}
    details = {"undoes": undoes} if undoes else {}
    return Entry(number, START + timedelta(minutes=minute), kind, "anna", changes, details)


def undone(number: int, undoes: int, **after: Any) -> Entry:
    return entry(number, number, "ticket.undone", undoes, **after)


def test_entries_sort_by_when_they_happened_and_then_by_number() -> None:
    ledger = [entry(3, 1), entry(1, 5), entry(2, 1)]

    assert [found.id for found in in_force(ledger)] == [2, 3, 1]


def test_what_was_taken_back_is_left_out_with_what_took_it_back() -> None:
    ledger = [entry(1, 0), entry(2, 1), undone(3, 2), entry(4, 4)]

    assert [found.id for found in in_force(ledger)] == [1, 4]


def test_taking_back_an_undo_puts_the_change_in_force_again() -> None:
    ledger = [entry(1, 0), entry(2, 1), undone(3, 2), undone(4, 3)]

    assert [found.id for found in in_force(ledger)] == [1, 2]


def test_replay_gives_each_field_its_last_value() -> None:
    ledger = [entry(2, 5, status="resolved"), entry(1, 0, status="new", team="first")]

    assert replay(ledger) == {"status": "resolved", "team": "first"}


def test_replay_follows_an_undo_by_the_changes_it_lists() -> None:
    ledger = [entry(1, 0, team="first"), entry(2, 1, team="second"), undone(3, 2, team="first")]

    assert replay(ledger) == {"team": "first"}
