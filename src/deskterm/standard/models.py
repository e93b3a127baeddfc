"""The form of a management standard's TOML file: one model for each section, one docstring under each key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from deskterm.domain.people import Role
from deskterm.domain.standard import OnPriority, OnReopen, StepWho, TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind
from deskterm.standard.spelling import (
    Approver,
    Category,
    Dates,
    Duration,
    ExtraDays,
    Hours,
    HoursLong,
    Interval,
    Key,
    Length,
    Percent,
    Priority,
    Several,
    Thresholds,
    Week,
    Words,
    Zone,
    weekdays,
)


class Section(BaseModel):
    """What all sections share: they refuse keys they do not know, and never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


Row = tuple[Priority, Priority, Priority]


class PrioritySection(Section):
    """How impact and urgency make a priority."""

    matrix: tuple[Row, Row, Row]
    """Three rows for impact high, medium, low; in each, urgency high, medium, low."""


class CalendarSection(Section):
    """When the desk works."""

    zone: Zone
    """The time zone whose clock the hours are read on."""
    week: Week
    """Opening hours by day; several a day are fine, "24x7" is always."""
    holidays: tuple[Dates, ...] = ()
    """Days on which the desk stays closed."""
    holiday_hours: dict[date, tuple[Hours, ...]] = {}
    """Days that open and close at other hours than the week says."""
    extra_days: ExtraDays = {}
    """Working days out of turn: days with hours, or a list (the hours of the first open weekday)."""

    @property
    def closed(self) -> frozenset[date]:
        """The holidays, one by one."""
        return frozenset(day for days in self.holidays for day in days)

    @property
    def by_weekday(self) -> dict[int, tuple[Interval, ...]]:
        """Opening hours of the weekdays that open, from 0 for Monday to 6, in the order of the day."""
        hours: dict[int, list[Interval]] = {}
        for span, intervals in self.week.items():
            for day in weekdays(span):
                hours.setdefault(day, []).extend(intervals)
        return {day: tuple(sorted(hours[day])) for day in sorted(hours) if hours[day]}

    @property
    def working_day(self) -> timedelta:
        """How long a day is in a length of time like "2d": as long as the first open weekday."""
        usual = next(iter(self.by_weekday.values()))
        return timedelta(minutes=sum(hours.end - hours.start for hours in usual))


class TeamSection(Section):
    """A support team."""

    name: Words
    """What people call it."""
    tier: Annotated[int, Field(ge=1, le=3, strict=True)]
    """1 talks to callers first, 2 and 3 know more about less."""
    escalates_to: str | None = None
    """The team that takes over when this one cannot go on."""
    lead: Words | None = None
    """Login of who is told next after the assignee."""
    manager: Words | None = None
    """Login of who is told when a target is missed."""
    ladder: str = "default"
    """The escalation path of its tickets."""
    restricted: bool = False
    """Whether only its members, auditors and admins see its tickets."""


class StepSection(Section):
    """What happens when so much of a target is used up."""

    at: Percent
    """Percentage of the target; one of the thresholds of the policies."""
    tell: Annotated[frozenset[StepWho], Several]
    """Who is told."""
    next_tier: bool = False
    """Whether the ticket also moves to the team that its own one escalates to."""


class LadderSection(Section):
    """An escalation path with its time limits."""

    targets: Annotated[frozenset[TargetName], Several] = frozenset({TargetName.RESOLUTION})
    """The targets whose thresholds climb it; those of other targets only tell the assignee or the team."""
    steps: Annotated[tuple[StepSection, ...], Field(min_length=1)]
    """The steps, lowest percentage first."""
    acknowledge_within: HoursLong = Duration(0, 30)
    """Service time after which an alert that nobody acknowledged goes to the next person up."""
    linked_tickets: Annotated[int, Field(ge=2, strict=True)] | None = None
    """Linked tickets from which a ticket escalates by itself; never without it."""


class MatchSection(Section):
    """Which tickets a rule is for; what is left out asks nothing."""

    kind: Annotated[frozenset[Kind], Several] = frozenset()
    """Incidents or requests."""
    priority: Annotated[frozenset[Priority], Several] = frozenset()
    """Any of these priorities."""
    service: Annotated[frozenset[Words], Several] = frozenset()
    """Any of these services."""
    category: Annotated[frozenset[Category], Several] = frozenset()
    """Any of these categories; "Network / *" is Network and everything below it."""
    department: Annotated[frozenset[Words], Several] = frozenset()
    """The caller's department."""
    channel: Annotated[frozenset[Channel], Several] = frozenset()
    """The door it came through."""
    vip: bool | None = None
    """Whether the caller is a VIP."""
    words: Annotated[frozenset[Words], Several] = frozenset()
    """Any of these words anywhere in the summary; capitals do not matter."""


class TargetSection(Section):
    """How long something may take; `"4h"` alone is short for `{ within = "4h" }`."""

    within: Length
    """Service time: minutes, "30m", "4h", "1h 30m", or working days of the calendar, "2d"."""
    thresholds: Thresholds = (50, 75, 100)
    """Percentages at which the ladder is asked."""
    on_reopen: OnReopen = OnReopen.RESUME
    """Whether a reopened ticket goes on counting, counts anew or never again."""
    on_priority: OnPriority = OnPriority.START
    """Whether a changed priority counts from the original start or from now."""

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: object) -> object:
        return value if isinstance(value, Mapping) else {"within": value}


class PolicySection(Section):
    """A service level."""

    rank: Annotated[int, Field(strict=True)]
    """Policies are asked lowest rank first, and the first that matches is taken."""
    match: MatchSection = MatchSection()
    """The tickets it is for."""
    calendar: str
    """The calendar in which its targets count."""
    targets: Annotated[dict[TargetName, TargetSection], Field(min_length=1)]
    """The clocks it starts."""
    pauses: Annotated[frozenset[HoldReason], Several] = frozenset({HoldReason.CALLER})
    """Hold reasons that stop its clocks."""
    pauses_for_approval: bool = True
    """Whether its clocks stop while a request waits for approval."""


class RouteSection(Section):
    """A routing rule; the first that matches chooses the team."""

    name: Words
    """What the ledger says when it fires."""
    match: MatchSection
    """The tickets it is for."""
    team: str
    """The team that gets them."""


class ClosureSection(Section):
    """How resolved tickets close without an answer."""

    silent_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 5
    """Business days of silence after which a resolved ticket closes."""
    calendar: str
    """The calendar whose open days are business days."""


class ApprovalSection(Section):
    """Requests that need an approval before work begins."""

    match: MatchSection
    """The requests it is for."""
    approver_role: Approver = Role.APPROVER
    """Who may give it."""


class ItemSection(Section):
    """A configuration item."""

    name: Words
    """What it is called, as its label or its monitoring says."""
    service: Words | None = None
    """The service it is part of."""


class Catalogue(Section):
    """What tickets can be about."""

    services: tuple[Words, ...] = ()
    """What the desk supports, in its callers' words."""
    categories: tuple[Category, ...] = ()
    """Kinds of trouble and wishes, in two levels: "Network / VPN"."""
    items: tuple[ItemSection, ...] = ()
    """Configuration items."""


class StandardFile(Section):
    """A whole file."""

    name: Words
    """What the standard is called."""
    default_team: str
    """The team of tickets that no routing rule takes."""
    hold_reasons: Annotated[frozenset[HoldReason], Field(min_length=1)] = frozenset(HoldReason)
    """What a ticket may wait for."""
    priority: PrioritySection
    calendars: dict[Key, CalendarSection]
    teams: dict[Key, TeamSection]
    ladders: dict[Key, LadderSection]
    policies: dict[Key, PolicySection] = {}
    routes: tuple[RouteSection, ...] = ()
    approvals: tuple[ApprovalSection, ...] = ()
    closure: ClosureSection
    catalogue: Catalogue = Catalogue()

    @property
    def ranked(self) -> list[tuple[str, PolicySection]]:
        """The policies in the order in which they are asked."""
        return sorted(self.policies.items(), key=lambda item: item[1].rank)

    @property
    def priorities(self) -> frozenset[int]:
        """The priorities that the matrix gives."""
        return frozenset(priority for row in self.priority.matrix for priority in row)
