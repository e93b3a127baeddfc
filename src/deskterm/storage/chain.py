"""How the ledger is written: canonical payloads, chained hashes, ids that rise with commits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from deskterm.domain.ledger import Entry
from deskterm.storage import bulk
from deskterm.storage.db import announce, lock_ledger
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Event
from deskterm.storage.types import table

GENESIS = bytes(32)
"""What the first event chains to."""
EVENT = table(Event)
LAST = Prepared(select(col(Event.hash)).order_by(col(Event.id).desc()).limit(1))
ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class NewEvent(NamedTuple):
    """An event that is to be written when its transaction commits."""

    subject_type: str
    subject_id: int
    kind: str
    at: datetime
    by: str
    changes: Mapping[str, tuple[Any, Any]]
    details: Mapping[str, Any]
    batch: str | None = None
    once: str | None = None


def payload(changes: Mapping[str, tuple[Any, Any]], details: Mapping[str, Any]) -> str:
    """Return an event's data as canonical JSON: keys sorted, no blanks, one form for one meaning."""
    content = {**details, "changes": changes} if changes else dict(details)
    return ENCODE(content)


def link_of(prev_hash: bytes, payload_hash: bytes, event: NewEvent, recorded_at: datetime) -> bytes:
    """Return the hash that chains an event to the one before it."""
    return _link(prev_hash, payload_hash, event, event.at.isoformat(), recorded_at.isoformat())


def _link(prev_hash: bytes, payload_hash: bytes, event: NewEvent, at: str, recorded: str) -> bytes:
    columns = (
        event.subject_type, event.subject_id, event.kind, event.by, event.batch, event.once, at, recorded,
    )  # fmt: skip
    return hashlib.sha256(prev_hash + payload_hash + repr(columns).encode()).digest()


def append(connection: Connection, events: Sequence[NewEvent], recorded_at: datetime) -> None:
    """Write events at the ledger's end; the last thing a transaction does before it commits."""
    if not events:
        return
    lock_ledger(connection)
    head = LAST.scalar(connection) or GENESIS
    recorded = recorded_at.isoformat()
    rows = []
    for event in events:
        data = payload(event.changes, event.details)
        payload_hash = hashlib.sha256(data.encode("utf-8", "surrogatepass")).digest()
        at = recorded if event.at is recorded_at else event.at.isoformat()
        before, head = head, _link(head, payload_hash, event, at, recorded)
        rows.append(
            {
                "at": event.at,
                "recorded_at": recorded_at,
                "by": event.by,
                "kind": event.kind,
                "subject_type": event.subject_type,
                "subject_id": event.subject_id,
                "data": data,
                "batch": event.batch,
                "once": event.once,
                "prev_hash": before,
                "payload_hash": payload_hash,
                "hash": head,
            }
        )
    bulk.insert(connection, EVENT, rows)
    announce(connection)


HISTORY = select(
    EVENT.c.id, EVENT.c.at, EVENT.c.kind, EVENT.c.by, EVENT.c.data
)  # the columns that `entry_of` takes, in its order
HISTORY_OF_ONE = Prepared(
    HISTORY.where(
        EVENT.c.subject_type == bindparam("of_type"), EVENT.c.subject_id == bindparam("of_id")
    ).order_by(EVENT.c.at, EVENT.c.id)
)


def entry_of(key: int, at: datetime, kind: str, by: str, data: str) -> Entry:
    """Turn a row of `HISTORY` into a value for rules."""
    details = json.loads(data)
    changes = {name: (before, after) for name, (before, after) in details.pop("changes", {}).items()}
    return Entry(key, at, kind, by, changes, details)


def history(connection: Connection, subject_type: str, subject_id: int) -> list[Entry]:
    """Return a record's entries, oldest first."""
    rows = HISTORY_OF_ONE.rows(connection, of_type=subject_type, of_id=subject_id)
    return [entry_of(*row) for row in rows]
