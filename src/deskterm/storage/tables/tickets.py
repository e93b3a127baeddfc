"""Tickets and what hangs on them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind, LinkKind, Resolution, Status
from deskterm.storage.tables.record import Record
from deskterm.storage.types import NEVER, UtcDateTime, coded


def open_index(name: str, *columns: str) -> Index:
    """Return an index over open tickets only, nearest deadline first."""
    return Index(
        name, *columns, "sla_due_at", "id", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")
    )


class Ticket(Record, table=True):
    """An incident or a request."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("source", "external_id", name="ticket_external"),
        open_index("ticket_open_due"),
        open_index("ticket_open_assignee", "assignee"),
        open_index("ticket_open_team", "team"),
        open_index("ticket_open_status", "status"),
        Index("ticket_due", "sla_due_at", "id"),
        Index("ticket_caller", "caller_id", "id"),
        Index("ticket_parent", "parent_id"),
        Index("ticket_updated", "updated_at", "id"),
        Index("ticket_ci", "ci", "opened_at"),
        Index("ticket_service", "service", "category", "opened_at"),
        Index("ticket_category", "category", "opened_at"),
    )

    LEDGER: ClassVar[tuple[str, ...]] = (
        "kind", "status", "summary", "description", "caller_id", "channel", "team", "assignee", "service",
        "ci", "category", "impact", "urgency", "priority", "extent", "major", "vip", "department",
        "hold_reason", "review_at", "resolution", "closing_summary", "occurred_at", "resolved_at",
        "closed_at", "reopen_count", "reassignment_count", "parent_id", "merged_into_id", "tier",
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    """The integer of the number; assigned from the counter, not by the database."""
    kind: Kind = Field(sa_type=coded(Kind))
    status: Status = Field(sa_type=coded(Status))
    is_open: bool = True
    """Whether somebody still has work to do; follows from the status."""
    summary: str = Field(sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    caller_id: int | None = Field(default=None, foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))
    team: str | None = Field(default=None, foreign_key="team.key")
    assignee: str | None = Field(default=None, foreign_key="agent.login")
    service: str | None = Field(default=None, foreign_key="service.key")
    ci: str | None = Field(default=None, foreign_key="ci.key")
    category: str | None = Field(default=None, foreign_key="category.key")
    impact: int
    urgency: int
    priority: int
    extent: int | None = None
    """People affected."""
    major: bool = False
    vip: bool = False
    """The caller's VIP flag when the ticket was opened."""
    department: str | None = None
    """The caller's department when the ticket was opened."""
    tier: int = 1
    """The tier of the owning team."""
    hold_reason: HoldReason | None = Field(default=None, sa_type=coded(HoldReason))
    review_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolution: Resolution | None = Field(default=None, sa_type=coded(Resolution))
    closing_summary: str = Field(default="", sa_type=Text)
    occurred_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reported_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    """When it was recorded; with `occurred_at` and `reported_at` the three times of a ticket."""
    updated_at: datetime = Field(sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reopen_count: int = 0
    reassignment_count: int = 0
    parent_id: int | None = Field(default=None, foreign_key="ticket.id")
    merged_into_id: int | None = Field(default=None, foreign_key="ticket.id")
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The oldest message of the caller that nobody answered; None where all are."""
    standard_version: int
    """The version of the standard whose policies the ticket keeps."""
    source: str | None = None
    """The system it was imported from."""
    external_id: str | None = None
    sla_target: TargetName | None = Field(default=None, sa_type=coded(TargetName))
    """The most pressing clock: a cache for lists, like the columns below; `clock` has them all."""
    sla_due_at: datetime = Field(default=NEVER, sa_type=UtcDateTime)
    sla_risk_at: datetime = Field(default=NEVER, sa_type=UtcDateTime)
    """From when on it is at risk: three quarters of its service time are used up; NEVER while paused."""
    sla_paused: bool = False
    sla_remaining_seconds: int | None = None
    """Service time left when the most pressing clock was paused."""
    sla_span_seconds: int | None = None
    """The target's whole length in service time."""
    sla_breached: bool = False


class Task(SQLModel, table=True):
    """A piece of work on a ticket that must be done before it resolves."""

    __tablename__ = "task"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    summary: str
    assignee: str | None = Field(default=None, foreign_key="agent.login")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Approval(SQLModel, table=True):
    """A request's approval: asked, then granted or refused."""

    __tablename__ = "approval"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    role: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    granted: bool | None = None
    comment: str = ""


class Tag(SQLModel, table=True):
    """A word put on a ticket."""

    __tablename__ = "tag"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    word: str = Field(primary_key=True, index=True)


class Watcher(SQLModel, table=True):
    """An agent who wants to know what happens to a ticket."""

    __tablename__ = "watcher"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class WorkTime(SQLModel, table=True):
    """Time that an agent worked on a ticket."""

    __tablename__ = "work_time"

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    login: str = Field(foreign_key="agent.login")
    minutes: int
    note: str = Field(default="", sa_type=Text)
    """What was done in it."""
    at: datetime = Field(sa_type=UtcDateTime)
    """When it was written down."""


class Link(SQLModel, table=True):
    """Two records that belong together, named by their numbers: `INC-7` is `child_of` `INC-4`."""

    __tablename__ = "link"
    __table_args__ = (
        Index("link_target", "target"),
        Index("link_problem", "target_problem_id", "ticket_id"),
    )

    source: str = Field(primary_key=True)
    kind: LinkKind = Field(sa_type=coded(LinkKind), primary_key=True)
    target: str = Field(primary_key=True)
    ticket_id: int | None = Field(default=None, index=True)
    """The integer of the source where it is a ticket."""
    target_ticket_id: int | None = Field(default=None, index=True)
    """The integer of the target where it is a ticket."""
    target_problem_id: int | None = None
    """The integer of the target where it is a problem."""
