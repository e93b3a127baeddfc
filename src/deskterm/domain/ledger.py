"""The ledger's entries as values, and the replay that rebuilds a ticket from them alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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

    An entry of kind `ticket.undone` names in `details["undoes"]` the id of what it takes back.
    """
    ordered = sorted(ledger, key=lambda entry: (entry.at, entry.id))
    undone = {entry.details["undoes"] for entry in ordered if entry.kind == "ticket.undone"}
    return [entry for entry in ordered if entry.kind != "ticket.undone" and entry.id not in undone]

def replay(ledger: Iterable[Entry]) -> dict[str, Any]:
    """Rebuild a record's fields: the last value that the ledger gives each.

    Taken-back entries need no special care here: what took them back lists the opposite changes.
    """
    fields: dict[str, Any] = {}
    for entry in sorted(ledger, key=lambda entry: (entry.at, entry.id)):
        fields.update({name: after for name, (_before, after) in entry.changes.items()})
    return fields
