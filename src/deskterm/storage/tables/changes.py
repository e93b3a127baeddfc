"""Changes and what hangs on them: approvals, votes, run sheets, checks, templates, the calendar's spans."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from deskterm.domain.approval import Verdict
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeKind, ChangeStatus, CheckKind, Outcome, StepState
from deskterm.storage.tables.record import Kept, Record
from deskterm.storage.types import NEVER, UtcDateTime, coded


class Change(Record, table=True):
    """A planned alteration of a service."""

    __tablename__ = "change"
    __table_args__ = (
        Index("change_planned", "planned_start", "id"),
        Index("change_planned_end", "planned_end", "id"),
        Index("change_ci", "ci", "planned_start"),
        Index("change_service", "service", "planned_start"),
        Index("change_status", "status", "id"),
    )

    LEDGER: ClassVar[tuple[str, ...]] = (
        "kind", "status", "summary", "purpose", "description", "implementation_plan", "risks",
        "rollback_plan", "test_plan", "resources", "team", "requester", "assignee", "service", "ci", "impact",
        "downtime_minutes", "necessity", "feasibility", "answers", "risk", "planned_start", "planned_end",
        "started_at", "ended_at", "rolling_back", "outcome", "lessons", "stable_until", "proposed_at",
        "complete_by", "closed_at", "template", "glass_reason", "glass_by", "glass_second",
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    """The integer of the number; assigned from the counter, not by the database."""
    kind: ChangeKind = Field(sa_type=coded(ChangeKind))
    """Frozen once it has left draft."""
    status: ChangeStatus = Field(sa_type=coded(ChangeStatus))
    is_open: bool = True
    summary: str = Field(sa_type=Text)
    purpose: str = Field(default="", sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    """What is altered."""
    implementation_plan: str = Field(default="", sa_type=Text)
    risks: str = Field(default="", sa_type=Text)
    rollback_plan: str = Field(default="", sa_type=Text)
    test_plan: str = Field(default="", sa_type=Text)
    resources: str = Field(default="", sa_type=Text)
    team: str | None = Field(default=None, foreign_key="team.key")
    requester: str = Field(foreign_key="agent.login")
    """Who asks for it."""
    assignee: str = Field(foreign_key="agent.login")
    """Who sees it through."""
    service: str | None = Field(default=None, foreign_key="service.key")
    ci: str | None = Field(default=None, foreign_key="ci.key")
    impact: int = 3
    downtime_minutes: int | None = None
    """How long the service is planned to be down."""
    necessity: str = Field(default="", sa_type=Text)
    feasibility: str = Field(default="", sa_type=Text)
    answers: str = Field(default="{}", sa_type=Text)
    """The risk questionnaire as JSON: key → answer."""
    risk: int | None = None
    """1 low, 2 medium, 3 high; None until it is assessed."""
    planned_start: datetime = Field(default=NEVER, sa_type=UtcDateTime)
    """NEVER until a window is chosen, like `planned_end`; half-open."""
    planned_end: datetime = Field(default=NEVER, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the last step of the run sheet was over."""
    rolling_back: bool = False
    outcome: Outcome | None = Field(default=None, sa_type=coded(Outcome))
    lessons: str = Field(default="", sa_type=Text)
    stable_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proposed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the desk proposed to close it; None while it has to prove stable."""
    complete_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When an emergency change has to be completed."""
    template: str | None = None
    """The key of the template that a standard change was made from."""
    glass_reason: str = Field(default="", sa_type=Text)
    """Why it begins outside its window."""
    glass_by: str | None = None
    glass_second: str | None = None
    """The second person, who agreed."""
    standard_version: int
    opened_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChangeItem(SQLModel, table=True):
    """A further configuration item that a change alters."""

    __tablename__ = "change_item"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    ci: str = Field(foreign_key="ci.key", primary_key=True)


class ChangeOrder(SQLModel, table=True):
    """A change that must end before another begins."""

    __tablename__ = "change_order"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    after_id: int = Field(foreign_key="change.id", primary_key=True, index=True)


class ChangeWatcher(SQLModel, table=True):
    """An agent who wants to know what happens to a change."""

    __tablename__ = "change_watcher"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class ChangeStar(SQLModel, table=True):
    """A change that somebody wants to find again; nobody else sees that."""

    __tablename__ = "change_star"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class ChangeTag(SQLModel, table=True):
    """A word put on a change."""

    __tablename__ = "change_tag"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    word: str = Field(primary_key=True, index=True)


class ChangeApproval(SQLModel, table=True):
    """A tier's decision on a change."""

    __tablename__ = "change_approval"
    __table_args__ = (Index("change_approval_verdict", "verdict", "change_id"),)

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    place: int
    """The tiers are asked in this order."""
    tier: str
    name: str
    percent: int
    verdict: Verdict = Field(default=Verdict.WAITING, sa_type=coded(Verdict))
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When nobody's answer counts as a no."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChangeVote(SQLModel, table=True):
    """One vote in a tier, there from when it is asked."""

    __tablename__ = "change_vote"

    approval_id: int = Field(foreign_key="change_approval.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)
    granted: bool | None = None
    by: str | None = None
    """Who voted: the login itself, or to whom it delegated."""
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str = Field(default="", sa_type=Text)


class DelegationRow(SQLModel, table=True):
    """Somebody who votes in another's place for a while."""

    __tablename__ = "delegation"
    __table_args__ = (Index("delegation_delegate", "delegate", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(foreign_key="agent.login", index=True)
    delegate: str = Field(foreign_key="agent.login")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    """When it ends, or was taken back."""


class ChangeStep(Kept, table=True):
    """A step of a run sheet; its own version lets two people work one sheet."""

    __tablename__ = "change_step"

    LEDGER: ClassVar[tuple[str, ...]] = ("state", "note")

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    rollback: bool = False
    place: int
    summary: str = Field(sa_type=Text)
    owner: str | None = Field(default=None, foreign_key="agent.login", index=True)
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Planned; None for roll-back steps, which follow one another when they are needed."""
    minutes: int
    """Planned."""
    state: StepState = Field(default=StepState.PLANNED, sa_type=coded(StepState))
    note: str = Field(default="", sa_type=Text)
    by: str | None = None
    """Who touched it last."""
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChangeWord(SQLModel, table=True):
    """The word of somebody with a step that the window suits them."""

    __tablename__ = "change_word"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class ChangeCheck(SQLModel, table=True):
    """A check after the implementation."""

    __tablename__ = "change_check"

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    kind: CheckKind = Field(sa_type=coded(CheckKind))
    summary: str = Field(sa_type=Text)
    passed: bool
    by: str
    at: datetime = Field(sa_type=UtcDateTime)


class ChangeIncident(SQLModel, table=True):
    """What somebody judged of an incident that came up after a change."""

    __tablename__ = "change_incident"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, index=True)
    caused: bool
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(default="", sa_type=Text)


class ChangeTemplate(SQLModel, table=True):
    """A template that somebody proposed; those of the standard are not kept here."""

    __tablename__ = "change_template"

    key: str = Field(primary_key=True)
    name: str
    content: str = Field(sa_type=Text)
    """Fields and steps as JSON."""
    verdict: Verdict = Field(default=Verdict.PENDING, sa_type=coded(Verdict))
    proposed_by: str = Field(foreign_key="agent.login")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str = Field(default="", sa_type=Text)


class SpanRow(SQLModel, table=True):
    """A maintenance window or freeze that people added; those of the standard are not kept here."""

    __tablename__ = "calendar_span"
    __table_args__ = (UniqueConstraint("uid", name="calendar_span_uid"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str
    """Its name in iCalendar files."""
    kind: SpanKind = Field(sa_type=coded(SpanKind))
    name: str
    zone: str
    start: str
    """The first beginning by the zone's clock, ISO 8601 without a zone."""
    days: int = 0
    minutes: int = 0
    rule: str = Field(default="", sa_type=Text)
    services: str = Field(default="[]", sa_type=Text)
    """JSON; empty for everything."""
    removed: bool = False


class CiRelation(SQLModel, table=True):
    """Two configuration items of which one depends on the other."""

    __tablename__ = "ci_relation"

    ci: str = Field(foreign_key="ci.key", primary_key=True)
    """What depends on the other."""
    depends_on: str = Field(foreign_key="ci.key", primary_key=True, index=True)
