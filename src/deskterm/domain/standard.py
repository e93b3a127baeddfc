"""The management standard as values: what the rules are told about calendars, policies, paths and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from deskterm.domain.change_rules import ChangeRules
from deskterm.domain.errors import NotFound
from deskterm.domain.hours import ServiceHours
from deskterm.domain.macro import Macro, TextModule
from deskterm.domain.people import Role
from deskterm.domain.problem_rules import ProblemRules
from deskterm.domain.ticket import HoldReason, Level


class TargetName(StrEnum):
    """What a clock measures."""

    ACKNOWLEDGE = "acknowledge"
    """Until the first assignment."""
    FIRST_RESPONSE = "first_response"
    """Until a person's first public reply."""
    NEXT_UPDATE = "next_update"
    """From the oldest unanswered message of the caller, after the opening one."""
    RESOLUTION = "resolution"
    """Until resolved."""


class OnReopen(StrEnum):
    """What a reopened ticket does to a target."""

    RESUME = "resume"
    RESTART = "restart"
    NEVER = "never"


class OnPriority(StrEnum):
    """From where a target counts after the policy changed with the priority."""

    START = "start"
    """From the original start, with the earlier pauses kept."""
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Target:
    """How long something may take, in service time."""

    name: TargetName
    duration: timedelta
    thresholds: tuple[int, ...] = (50, 75, 100)
    """Percentages of the duration at which the ladder is asked, ascending; 100 is always among them."""
    on_reopen: OnReopen = OnReopen.RESUME
    on_priority: OnPriority = OnPriority.START
    marks: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The thresholds as (percentage, whole seconds)."""

    def __post_init__(self) -> None:
        total = self.duration // timedelta(seconds=1)
        marks = tuple((percent, total * percent // 100) for percent in self.thresholds)
        object.__setattr__(self, "marks", marks)


@dataclass(frozen=True, slots=True)
class Match:
    """What a ticket must be for a rule to apply; an empty field asks nothing, others any of their values."""

    kind: frozenset[str] = frozenset()
    priority: frozenset[int] = frozenset()
    service: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    """Category paths; a path ending in ` / *` takes everything below it."""
    department: frozenset[str] = frozenset()
    channel: frozenset[str] = frozenset()
    vip: bool | None = None
    words: frozenset[str] = frozenset()
    """Any of these words in the summary, case folded; for routing."""

    def takes(self, fields: Mapping[str, Any]) -> bool:
        """Return whether a ticket with these fields is meant.

        Args:
            fields: `kind`, `priority`, `service`, `category`, `department`, `channel`, `vip`, `summary`
                as the ledger keeps them.
        """
        return (
            (not self.kind or fields.get("kind") in self.kind)
            and (not self.priority or fields.get("priority") in self.priority)
            and (not self.service or fields.get("service") in self.service)
            and (not self.category or self._takes_category(fields.get("category") or ""))
            and (not self.department or fields.get("department") in self.department)
            and (not self.channel or fields.get("channel") in self.channel)
            and (self.vip is None or bool(fields.get("vip")) is self.vip)
            and (not self.words or any(w in (fields.get("summary") or "").casefold() for w in self.words))
        )

    def because(self, ticket: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        """Return the fields that are asked for, with a ticket's values; none where every ticket is taken."""
        asked = [each.name for each in fields(self) if getattr(self, each.name) not in (frozenset(), None)]
        names = ["summary" if name == "words" else name for name in asked]
        return tuple((name, ticket.get(name)) for name in names)

    def _takes_category(self, path: str) -> bool:
        return any(
            path == wanted
            or (wanted.endswith(" / *") and (path + " / ").startswith(wanted.removesuffix("*")))
            for wanted in self.category
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """A service level: whom it is for, which calendar it counts in, and its targets."""

    key: str
    rank: int
    """Policies are asked in ascending order of rank; the first match is taken."""
    match: Match
    calendar: str
    targets: Mapping[TargetName, Target]
    pauses: frozenset[HoldReason] = frozenset({HoldReason.CALLER})
    """Hold reasons that stop this policy's clocks."""
    pauses_for_approval: bool = True


class StepWho(StrEnum):
    """Whom a step of the ladder tells, as seen from the ticket."""

    ASSIGNEE = "assignee"
    TEAM = "team"
    LEAD = "lead"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens when a threshold is reached."""

    at: int
    """Percentage of the target."""
    tell: frozenset[StepWho]
    next_tier: bool = False
    """Whether the ticket moves to the team's next tier; at the last tier it stays and people are told."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """An escalation path with its time limits, as one object."""

    key: str
    targets: frozenset[TargetName] = frozenset({TargetName.RESOLUTION})
    """The targets whose thresholds climb it; the other targets' thresholds tell the assignee or the team."""
    steps: tuple[Step, ...] = ()
    acknowledge_within: timedelta = timedelta(minutes=30)
    """Service time after which an unacknowledged alert goes to the next person up."""
    linked_tickets: int | None = None
    """Linked tickets from which a ticket escalates by itself; None for never."""


@dataclass(frozen=True, slots=True)
class Team:
    """A support team of one tier."""

    key: str
    name: str
    tier: int
    escalates_to: str | None = None
    lead: str | None = None
    manager: str | None = None
    ladder: str = "default"
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A routing rule: the first whose match takes the ticket chooses the team."""

    name: str
    match: Match
    team: str


@dataclass(frozen=True, slots=True)
class Closure:
    """How resolved tickets close."""

    silent_days: int = 5
    """Business days of silence after which a resolved ticket closes."""
    calendar: str = "office"
    """The calendar whose days are business days."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Which requests need an approval before work begins, and by whom."""

    match: Match
    approver_role: Role = Role.APPROVER


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of the management standard."""

    version: int
    name: str
    matrix: Mapping[tuple[Level, Level], int]
    """(impact, urgency) → priority, 1 the most urgent; monotone."""
    calendars: Mapping[str, ServiceHours]
    teams: Mapping[str, Team]
    policies: tuple[Policy, ...]
    """In ascending order of rank."""
    ladders: Mapping[str, Ladder]
    routes: tuple[Route, ...]
    default_team: str
    closure: Closure
    hold_reasons: frozenset[HoldReason]
    approvals: tuple[Approval, ...] = ()
    problems: ProblemRules = field(default_factory=ProblemRules)
    changes: ChangeRules = field(default_factory=ChangeRules)
    recall: timedelta = timedelta(seconds=10)
    """How long a person's mail waits in the outbox, so that it can be recalled."""
    goal: float = 0.95
    """The share of targets that is to be met."""
    macros: Mapping[str, Macro] = field(default_factory=dict)
    modules: Mapping[str, TextModule] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The time zone of the desk itself: that of its business days."""
        return self.calendars[self.closure.calendar].zone

    def priority(self, impact: int, urgency: int) -> int:
        """Return the priority that the matrix gives."""
        return self.matrix[Level(impact), Level(urgency)]

    def macro(self, key: str) -> Macro:
        """Return a macro.

        Raises:
            NotFound: there is none with this key.
        """
        if key not in self.macros:
            raise NotFound(what=f"macro {key}")
        return self.macros[key]

    def policy_for(self, fields: Mapping[str, Any]) -> Policy | None:
        """Return the first policy that takes a ticket with these fields, None where none does."""
        return next((policy for policy in self.policies if policy.match.takes(fields)), None)

    def route(self, fields: Mapping[str, Any]) -> Route | None:
        """Return the first routing rule that takes a ticket, None where the default team has it."""
        return next((route for route in self.routes if route.match.takes(fields)), None)
