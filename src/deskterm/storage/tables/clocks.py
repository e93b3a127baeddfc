"""Clocks, alerts and timers: what falls due, when, and what already did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from deskterm.domain.sla import Stage
from deskterm.domain.standard import TargetName
from deskterm.storage.types import NEVER, UtcDateTime, coded


class ClockRow(SQLModel, table=True):
    """A ticket's clock for one target: a cache of the pure function, for indexes."""

    __tablename__ = "clock"
    __table_args__ = (Index("clock_next_alert", "next_alert_at", "ticket_id", "target"),)

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    target: TargetName = Field(sa_type=coded(TargetName), primary_key=True)
    cycle: int
    stage: Stage = Field(sa_type=coded(Stage))
    policy: str
    calendar: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it falls due; while paused, when it would have without the pause."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    breached_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    span_seconds: int
    elapsed_seconds: int
    """Service time used up when the row was written, exact while stopped or paused."""
    thresholds: str = Field(default="", sa_type=Text)
    """What is still ahead, in order: `75:2026-06-02T08:00:00Z 100:2026-06-02T09:00:00Z`."""
    fired: int = 0
    """The highest percentage that alerted in this cycle; 0 for none."""
    next_alert_at: datetime = Field(default=NEVER, sa_type=UtcDateTime)
    """The first of `thresholds`; later while a failed alert is tried again, NEVER where none is ahead."""
    tries: int = 0
    """How often its alert failed."""


class Alert(SQLModel, table=True):
    """A threshold that was reached; the key makes it happen once, whoever sweeps."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("ticket_id", "target", "cycle", "threshold", "due_at", name="alert_once"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
    target: TargetName = Field(sa_type=coded(TargetName))
    cycle: int
    threshold: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    fired_at: datetime = Field(sa_type=UtcDateTime)
    late: bool = False
    """Whether it fired over a minute after its instant: nobody swept."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Timer(SQLModel, table=True):
    """Something else that is to happen to a record at an instant: a review date, a silent close."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "kind", "once", name="timer_once"),
        Index("timer_due", "due_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject_type: str
    """As in the ledger: `ticket`, `problem`, `action`, `desk`."""
    subject_id: int
    kind: str
    """A key of `services.timers.EFFECTS`."""
    once: str
    """What makes it unique: the instant or alert it came from."""
    due_at: datetime = Field(sa_type=UtcDateTime)
    """NEVER once it fired, was disarmed or is parked."""
    details: str = Field(default="{}", sa_type=Text)
    fired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    parked: str = ""
    """Why it was given up after five tries."""
