"""What others did to a ticket while somebody wrote, in lines they read before they send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from deskterm.domain.ledger import Entry
from deskterm.domain.people import SYSTEM
from deskterm.ui import sentences, times


def weighty(entries: Iterable[Entry]) -> list[Entry]:
    """Return what somebody who writes should know of: what people did, and what changed fields."""
    return [entry for entry in entries if entry.by != SYSTEM or entry.changes]


def told(entries: Sequence[Entry], now: datetime) -> list[str]:
    """Return a line for each entry: when, who, what."""
    return [
        f"{times.moment(entry.at, now)}  {sentences.speaker(entry.by)}  "
        + sentences.happened(entry.kind, entry.changes, entry.details, now)
        for entry in entries
    ]
