"""How timers are set, on records of any kind; `timers` fires them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from deskterm.desk import Transaction
from deskterm.storage.db import insert_new
from deskterm.storage.tables import Timer
from deskterm.storage.types import table

TIMER = table(Timer)
TRIES = 5
"""How often something that fails is tried before it is parked."""


def arm(
    tx: Transaction,
    subject_type: str,
    subject_id: int,
    kind: str,
    due_at: datetime,
    /,
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
    arm_all(tx, [timer(subject_type, subject_id, kind, due_at, once=once, **details)])


def arm_all(tx: Transaction, timers: Sequence[Mapping[str, Any]]) -> None:
    """Set many timers, as `timer` makes them; those that are set already stay as they are."""
    if timers:
        tx.connection.execute(insert_new(tx.connection, TIMER), timers)


def timer(
    subject_type: str,
    subject_id: int,
    kind: str,
    due_at: datetime,
    /,
    *,
    once: str | None = None,
    **details: object,
) -> dict[str, Any]:
    """Return a timer as a row; see `arm`."""
    return {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "kind": kind,
        "once": due_at.isoformat() if once is None else once,
        "due_at": due_at,
        "details": json.dumps(details, sort_keys=True),
        "tries": 0,
        "parked": "",
    }
