"""What a desk knows of itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from deskterm.desk import Transaction
from deskterm.storage.tables import DeskFact


class Fact(StrEnum):
    """What a desk knows of itself."""

    INSTALLATION = "installation"
    """Random; tells a restored copy from the original."""
    GO_LIVE = "go_live"
    """ISO 8601: what fell due before it shows as breached, but alerts nobody."""
    REHEARSAL = "rehearsal"
    """ISO 8601: the instant at which a rehearsal begins; such a desk sends nothing."""
    REHEARSAL_SPEED = "rehearsal_speed"
    REHEARSAL_BEGAN = "rehearsal_began"
    """ISO 8601: the machine's time at which the rehearsal's clock began to run."""
    DEMO = "demo"
    """Present on throw-away desks."""
    RECOUNTED_TO = "recounted_to"
    """The last ticket whose clocks were counted anew after calendars changed; absent when all are."""

    CANDIDATES_AFTER = "candidates_after"
    """The last event whose ticket was looked at for candidates; absent until the first look."""


def put_fact(tx: Transaction, name: Fact, value: str) -> None:
    """Keep a fact of the desk."""
    row = tx.session.get(DeskFact, name.value) or DeskFact(name=name.value, value=value)
    row.value = value
    tx.session.add(row)
    tx.session.flush()


def go_live(tx: Transaction) -> datetime:
    """Return the instant before which nothing alerts."""
    return datetime.fromisoformat(tx.session.get_one(DeskFact, Fact.GO_LIVE.value).value)


def drop_fact(tx: Transaction, name: Fact) -> None:
    """Forget a fact."""
    row = tx.session.get(DeskFact, name.value)
    if row is not None:
        tx.session.delete(row)
