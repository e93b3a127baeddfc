"""What the management standard says about changes, as values: tiers, risk, windows, freezes, templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deskterm.domain.approval import Tier
from deskterm.domain.calendar import HARD, ConflictKind, SpanKind
from deskterm.domain.people import Role
from deskterm.domain.risk import Questionnaire, RiskRule

MANAGERS = Tier("change-manager", "Change manager", frozenset({Role.CHANGE_MANAGER}), percent=1)
"""Who approves where a standard names no tier: any change manager."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """A maintenance window or freeze that comes back by a rule of RFC 5545.

    The rule counts on the wall clock of `zone`: 22:00 stays 22:00 when the clocks change. Days of its length
    are days of that wall clock, hours and minutes are exact (RFC 5545, 3.3.6).
    """

    name: str
    kind: SpanKind
    zone: str
    start: datetime
    """The first start by the wall clock, without a zone."""
    days: int = 0
    length: timedelta = timedelta()
    """Beyond the whole days."""
    rule: str = ""
    """`FREQ=WEEKLY;BYDAY=SA`; empty for once."""
    services: frozenset[str] = frozenset()
    """What it is for; empty for everything."""


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """A step of a template, timed from the window's beginning."""

    summary: str
    after: timedelta
    lasts: timedelta
    rollback: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A standard change that is authorised beforehand."""

    name: str
    summary: str
    purpose: str
    description: str
    implementation_plan: str
    risks: str
    rollback_plan: str
    test_plan: str
    resources: str
    service: str | None = None
    ci: str | None = None
    impact: int = 3
    steps: tuple[TemplateStep, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """The part of a standard that governs changes."""

    tiers: tuple[Tier, ...] = (MANAGERS,)
    """In the order in which they are asked."""
    risk_rules: tuple[RiskRule, ...] = ()
    questionnaire: Questionnaire = field(default_factory=Questionnaire)
    calendar: tuple[Recurring, ...] = ()
    """Windows and freezes."""
    templates: Mapping[str, Template] = field(default_factory=dict)
    blocking: frozenset[ConflictKind] = HARD
    remind_after: timedelta = timedelta(days=1)
    """How long after they were asked approvers are reminded."""
    remind_every: timedelta = timedelta(days=1)
    """How long after a reminder they are reminded again."""
    decide_within: timedelta = timedelta(days=3)
    """How long a tier has; after that the change goes back to draft."""
    complete_within: timedelta = timedelta(days=2)
    """How long after it was opened an emergency change completes what it left out."""
    stable_for: timedelta = timedelta(days=3)
    """How long a change has to stay without new incidents before it closes."""
