"""The ledger's entries as values, and the replay that rebuilds a record from them alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

UNDONE = "ticket.undone"
"""The kind of an entry that takes another back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one record.

    Entries sort by (`at`, `id`).
    """

    id: int
    at: datetime
    """When it happened, aware UTC."""
    kind: str
    """A past participle: `ticket.resolved`."""
    by: str
    """The login of who did it, `system` for the desk itself."""
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Fields that changed: name → (before, after), codes as in the database."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else is worth knowing: reason, entry, target."""


def in_force(ledger: Iterable[Entry]) -> list[Entry]:
    """Return the entries in order, without those that were taken back and what took them back.

    An entry of kind `ticket.undone` names in `details["undoes"]` the id of what it takes back; that may
    itself be such an entry, and then what it had taken back is in force again.
    """
    ordered = sorted(ledger, key=_ORDER)
    gone = _taken_back(ordered)
    return [entry for entry in ordered if entry.kind != UNDONE and entry.id not in gone]


def taken_back(ledger: Iterable[Entry]) -> frozenset[int]:
    """Return the ids of the entries that another takes back, undos that were themselves undone among them."""
    return frozenset(_taken_back(sorted(ledger, key=_ORDER)))


def _taken_back(ordered: Sequence[Entry]) -> set[int]:
    gone: set[int] = set()
    for entry in reversed(ordered):
        if entry.kind == UNDONE and entry.id not in gone:
            gone.add(entry.details["undoes"])
    return gone


def replay(ledger: Iterable[Entry]) -> dict[str, Any]:
    """Rebuild a record's fields: the last value that the ledger gives each.

    Taken-back entries need no special care here: what took them back lists the opposite changes.
    """
    fields: dict[str, Any] = {}
    for entry in sorted(ledger, key=_ORDER):
        for name, (_before, after) in entry.changes.items():
            fields[name] = after
    return fields


_ORDER = attrgetter("at", "id")
