"""Rehearsal desks: their own time, and nothing leaves them."""

from __future__ import annotations

from datetime import datetime

from deskterm.desk import Transaction, action
from deskterm.services.facts import Fact, put_fact
from deskterm.storage.tables import DeskFact


@action("desk.rehearse")
def rehearse(
    tx: Transaction, start: datetime, *, began: datetime | None = None, speed: float = 1.0, by: str
) -> None:
    """Make a desk rehearse from an instant on: it is the desk's go-live, too.

    Args:
        start: what the desk's clock shows when it begins to run.
        began: the machine's time at which it begins; None lets it stand at `start`.
        speed: seconds of the desk for one second of the machine.
    """
    facts = {
        Fact.REHEARSAL: start.isoformat(),
        Fact.GO_LIVE: start.isoformat(),
        Fact.REHEARSAL_SPEED: str(speed),
        Fact.REHEARSAL_BEGAN: began.isoformat() if began else None,
    }
    for name, value in facts.items():
        row = tx.session.get(DeskFact, name.value)
        if value is not None:
            put_fact(tx, name, value)
        elif row is not None:
            tx.session.delete(row)
    tx.record("desk", 0, "desk.rehearsed", start=start.isoformat(), speed=speed)


def rehearsal(tx: Transaction) -> datetime | None:
    """Return the instant at which a desk's rehearsal begins, None for a desk at work."""
    row = tx.session.get(DeskFact, Fact.REHEARSAL.value)
    return datetime.fromisoformat(row.value) if row else None
