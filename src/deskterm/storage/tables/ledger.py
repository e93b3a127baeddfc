"""The ledger: one row for everything that happened, never changed, never deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from deskterm.storage.types import UtcDateTime

EventId = BigInteger().with_variant(Integer(), "sqlite")


class Event(SQLModel, table=True):
    """One thing that happened to one record; the state tables are a projection of these."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "kind", "once", name="event_once"),
        Index("event_subject", "subject_type", "subject_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, sa_type=EventId, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    """When it happened."""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    """When the desk learned of it; differs from `at` in imports."""
    by: str
    kind: str
    subject_type: str
    """`ticket`, `person`, `standard`, `desk`."""
    subject_id: int
    data: str = Field(sa_type=Text)
    """Canonical JSON: `changes` (field → [before, after]) and details."""
    batch: str | None = Field(default=None, index=True)
    """Common to the events of one act on many records."""
    once: str | None = None
    """What makes the event unique for its subject and kind; None where it may repeat."""
    prev_hash: bytes = Field(sa_type=LargeBinary)
    payload_hash: bytes = Field(sa_type=LargeBinary)
    """SHA-256 of `data`; redaction replaces `data` and keeps this."""
    hash: bytes = Field(sa_type=LargeBinary)
    """SHA-256 over `prev_hash`, `payload_hash` and the other columns."""
