"""What people hand in about changes, checked before it touches a record."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, NaiveDatetime

from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeKind
from deskterm.services.drafts import DraftModel, Key, Line, Words

Level = Annotated[int, Field(ge=1, le=3)]
Minutes = Annotated[int, Field(ge=0, le=100_000)]


class NewChange(DraftModel):
    """A request for change as it is begun; most of it may follow until it is submitted."""

    kind: ChangeKind = ChangeKind.NORMAL
    template: Key | None = None
    """What a standard change is made from; its fields are taken where none are given here."""
    summary: Line = ""
    purpose: Words = ""
    description: Words = ""
    implementation_plan: Words = ""
    risks: Words = ""
    rollback_plan: Words = ""
    test_plan: Words = ""
    resources: Words = ""
    service: Key | None = None
    ci: Key | None = None
    items: tuple[Key, ...] = ()
    """Further configuration items."""
    impact: Level | None = None
    downtime_minutes: Minutes | None = None
    assignee: Key | None = None
    """Who sees it through; whoever opens it where nobody is named."""
    team: Key | None = None
    planned_start: AwareDatetime | None = None
    planned_end: AwareDatetime | None = None


class ChangeEdit(DraftModel):
    """Fields to change; those left out stay."""

    kind: ChangeKind | None = None
    summary: Line | None = None
    purpose: Words | None = None
    description: Words | None = None
    implementation_plan: Words | None = None
    risks: Words | None = None
    rollback_plan: Words | None = None
    test_plan: Words | None = None
    resources: Words | None = None
    service: Key | None = None
    ci: Key | None = None
    items: tuple[Key, ...] | None = None
    impact: Level | None = None
    downtime_minutes: Minutes | None = None
    assignee: Key | None = None
    team: Key | None = None


class StepDraft(DraftModel):
    """A step of a run sheet."""

    summary: Annotated[Line, Field(min_length=1)]
    owner: Key | None = None
    """Whoever sees the change through where nobody is named."""
    starts_at: AwareDatetime | None = None
    """None lets it follow the step before; roll-back steps have none."""
    minutes: Annotated[int, Field(ge=1, le=10_000)]
    rollback: bool = False


class SpanDraft(DraftModel):
    """A maintenance window or freeze that people add."""

    uid: Key | None = None
    """Its name in an iCalendar file; given anew where it comes from none."""
    kind: SpanKind
    name: Annotated[Line, Field(min_length=1)]
    zone: Key
    start: NaiveDatetime
    """The first beginning by the zone's clock."""
    days: Annotated[int, Field(ge=0, le=400)] = 0
    minutes: Minutes = 0
    rule: Line = ""
    """RFC 5545: `FREQ=WEEKLY;BYDAY=SA`; empty for once."""
    services: frozenset[Key] = frozenset()
