"""Taking back what was done last to a request for change: its window, or what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any

from deskterm.desk import Transaction, action
from deskterm.domain import change as rules
from deskterm.domain.errors import BadInput
from deskterm.domain.ledger import Entry
from deskterm.i18n import N_
from deskterm.services import change_journal, changes, windows
from deskterm.services.journal import code_of
from deskterm.storage.chain import history
from deskterm.storage.tables import Change

UNDONE = "change.undone"
SCHEDULED = "change.scheduled"
UNDOABLE = frozenset({SCHEDULED, "change.edited"})
"""Votes, steps and states stay: others have acted on them."""


@action("change.undo")
def undo(tx: Transaction, number: str, *, by: str) -> str:
    """Take back the actor's last window or edit of a change, and return the kind of what was taken back.

    A window that is given back is asked for again from those who take part, and is refused where something
    hard is in the way by now.

    Raises:
        BadInput: there is nothing to take back, or somebody changed the same since.
        GateNotMet: what was approved meanwhile, or something in the way at the old place.
    """
    change = change_journal.take(tx, number)
    change_journal.expect(change, *rules.OPEN)
    entry = _last(history(tx.connection, "change", change_journal.key(change)), by)
    if entry is None:
        raise BadInput(
            N_("There is nothing of yours to undo on {number}."), number=change_journal.number(change)
        )
    if any(code_of(getattr(change, name)) != after for name, (_before, after) in entry.changes.items()):
        raise BadInput(
            N_("{number} has changed since; what you did can't be undone."),
            number=change_journal.number(change),
        )
    before = {name: _value(getattr(change, name), code) for name, (code, _after) in entry.changes.items()}
    if entry.kind == SCHEDULED:
        windows.give_back(tx, change, {**_window(change), **before}, undoes=entry.id)
    else:
        changes.may_edit(change, before)
        for name, value in before.items():
            setattr(change, name, value)
        changes.check(tx, change)
        change_journal.record(tx, change, UNDONE, undoes=entry.id)
    return entry.kind


def _last(ledger: Iterable[Entry], by: str) -> Entry | None:
    """Return somebody's newest act that can be taken back and was not.

    Edits of the items that a change touches are none: the ledger keeps what they became, not what they were.
    """
    entries = list(ledger)
    undone = {entry.details["undoes"] for entry in entries if entry.kind == UNDONE}
    return next(
        (
            entry
            for entry in reversed(entries)
            if entry.by == by
            and entry.kind in UNDOABLE
            and entry.changes
            and "items" not in entry.details
            and entry.id not in undone
        ),
        None,
    )


def _window(change: Change) -> dict[str, datetime]:
    return {"planned_start": change.planned_start, "planned_end": change.planned_end}


def _value(now: Any, code: Any) -> Any:
    """Return the value of a column from what the ledger keeps, by the kind of value that it has now."""
    if code is None:
        return None
    if isinstance(now, datetime):
        return datetime.fromisoformat(code)
    return type(now)(code) if isinstance(now, Enum) else code
