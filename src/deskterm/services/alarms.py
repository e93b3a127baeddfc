"""How a timer is set, on a record of any kind; `timers` fires it."""

from __future__ import annotations

import json
from datetime import datetime

from deskterm.desk import Transaction
from deskterm.storage.db import insert_new
from deskterm.storage.tables import Timer
from deskterm.storage.types import table

TIMER = table(Timer)


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
    tx.connection.execute(
        insert_new(tx.connection, TIMER),
        {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "kind": kind,
            "once": due_at.isoformat() if once is None else once,
            "due_at": due_at,
            "details": json.dumps(details, sort_keys=True),
            "tries": 0,
            "parked": "",
        },
    )
