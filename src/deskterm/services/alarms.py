"""How a timer is set, on a record of any kind; `timers` fires it."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.storage.tables import Timer


def arm(
    tx: Transaction,
    subject_type: str,
    subject_id: int,
    kind: str,
    due_at: datetime,
    *,
    once: str | None = None,
    **details: object,
) -> None:
    """Set a timer on a record; setting the same again changes nothing.

    Args:
        subject_type: as in the ledger.
        kind: a key of `timers.EFFECTS`.
        once: what makes it unique for its record and kind; by default the instant.
    """
    once = due_at.isoformat() if once is None else once
    armed = tx.session.exec(
        select(Timer.id).where(
            col(Timer.subject_type) == subject_type,
            col(Timer.subject_id) == subject_id,
            col(Timer.kind) == kind,
            col(Timer.once) == once,
        )
    ).first()
    if armed is None:
        tx.session.add(
            Timer(
                subject_type=subject_type,
                subject_id=subject_id,
                kind=kind,
                once=once,
                due_at=due_at,
                details=json.dumps(details, sort_keys=True),
            )
        )
        tx.session.flush()
