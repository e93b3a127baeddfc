"""The form of a management standard's TOML file: one model for each section, one docstring under each key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from deskterm.domain.people import Role
from deskterm.domain.standard import OnPriority, OnReopen, StepWho, TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind
from deskterm.i18n import _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as the file writes them."""
WHOLE_DAY = "00:00-24:00"

DURATION = re.compile(r"(?=.)(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")
INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
DATE_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
CATEGORY = re.compile(r"[^/]*[^/ ](?: / [^/]*[^/ ])?")


class Duration(NamedTuple):
    """A length of service time."""

    days: int
    """Working days: a day is as long as the longest day in the week of the calendar it is counted in."""
    minutes: int

    def lasts(self, day: timedelta) -> timedelta:
        """Return the length, in a calendar whose working day is `day` long."""
        return self.days * day + timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "m"))
        return " ".join(f"{count}{unit}" for count, unit in parts if count)


class Interval(NamedTuple):
    """Opening hours within one day, in minutes from its midnight; half-open."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_hour(self.start)}–{_hour(self.end)}"


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _duration(value: object) -> Duration:
    if isinstance(value, str) and (found := DURATION.fullmatch(value.strip())):
        days, hours, minutes = (int(count or 0) for count in found.groups())
        duration = Duration(days, hours * 60 + minutes)
    elif isinstance(value, int) and not isinstance(value, bool):
        duration = Duration(0, value)
    else:
        raise ValueError(_('write a length of time like "30m", "4h", "1h 30m" or "2d"'))
    if duration <= (0, 0):
        raise ValueError(_("a length of time must be more than nothing"))
    return duration


def _hours_only(duration: Duration) -> Duration:
    if duration.days:
        raise ValueError(_('write hours or minutes here, like "30m": a day has no length without a calendar'))
    return duration


def _interval(value: object) -> Interval:
    found = INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(_('write opening hours like "08:00-18:00"; the end of the day is "24:00"'))
    hour, minute, last_hour, last_minute = (int(digits) for digits in found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or end > 24 * 60:
        raise ValueError(_("there is no such time of day; the end of the day is 24:00"))
    if start >= end:
        raise ValueError(_("the hours end before they begin; write a night as two pieces, split at 24:00"))
    return Interval(start, end)


def _dates(value: object) -> tuple[date, ...]:
    if isinstance(value, str) and (found := DATE_RANGE.fullmatch(value)):
        first, last = (date.fromisoformat(day) for day in found.groups())
        if first > last or last - first > timedelta(days=366):
            raise ValueError(_("the range of days must run forwards, over a year at most"))
        return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))
    if type(value) is date:
        return (value,)
    raise ValueError(_('write a day like 2026-12-25, or several like "2026-10-01..2026-10-07"'))


def _week(value: object) -> object:
    return {"mon-sun": [WHOLE_DAY]} if value == "24x7" else value


def _span(value: str) -> str:
    if not all(day in DAYS for day in value.split("-")) or value.count("-") > 1:
        raise ValueError(_("write a day like mon, or days like mon-fri"))
    return value


def weekdays(span: str) -> list[int]:
    """Return the days that a key of `week` means, 0 for Monday: `mon-fri` is 0 to 4."""
    first, _dash, last = span.partition("-")
    start = DAYS.index(first)
    count = (DAYS.index(last) - start) % 7 if last else 0
    return [(start + step) % 7 for step in range(count + 1)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_('there is no such time zone; write one like "Europe/Paris"')) from None
    return value


def _category(value: str) -> str:
    if not CATEGORY.fullmatch(value):
        raise ValueError(_('write a category in one or two levels, like "Network / VPN"'))
    return value


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _person(value: Role) -> Role:
    if value in (Role.SYSTEM, Role.CALLER):
        raise ValueError(_("approving takes a role that people at the desk can have"))
    return value


def _thresholds(value: tuple[int, ...]) -> tuple[int, ...]:
    if 100 not in value or list(value) != sorted(set(value)) or value[0] < 1:
        raise ValueError(_("thresholds are percentages that rise, and 100 is one of them"))
    return value


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Percent = Annotated[int, Field(ge=1, le=1000, strict=True)]
Priority = Annotated[int, Field(ge=1, le=9, strict=True)]
Hours = Annotated[Interval, BeforeValidator(_interval)]
Length = Annotated[Duration, BeforeValidator(_duration)]
Several = BeforeValidator(_several)
Category = Annotated[str, AfterValidator(_category)]


class Section(BaseModel):
    """What all sections share: they refuse keys they do not know, and never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PrioritySection(Section):
    """How impact and urgency make a priority."""

    matrix: Annotated[
        tuple[Annotated[tuple[Priority, ...], Field(min_length=3, max_length=3)], ...],
        Field(min_length=3, max_length=3),
    ]
    """Three rows for impact high, medium, low; in each, urgency high, medium, low."""


class CalendarSection(Section):
    """When the desk works."""

    zone: Annotated[str, AfterValidator(_zone)]
    """The time zone whose clock the hours are read on."""
    week: Annotated[
        dict[Annotated[str, AfterValidator(_span)], tuple[Hours, ...]],
        BeforeValidator(_week),
    ]
    """Opening hours by day; several a day are fine, "24x7" is always."""
    holidays: tuple[Annotated[tuple[date, ...], BeforeValidator(_dates)], ...] = ()
    """Days on which the hours of the week do not hold."""
    holiday_hours: tuple[Hours, ...] = ()
    """Opening hours on a holiday; none by default."""
    extra_days: dict[date, tuple[Hours, ...]] = {}
    """Days with hours of their own: working days at a weekend, and days that end early."""

    @property
    def closed(self) -> frozenset[date]:
        """The holidays, one by one."""
        return frozenset(day for days in self.holidays for day in days)

    @property
    def by_weekday(self) -> dict[int, tuple[Interval, ...]]:
        """Opening hours from 0 for Monday to 6, sorted."""
        hours: dict[int, list[Interval]] = {day: [] for day in range(7)}
        for span, intervals in self.week.items():
            for day in weekdays(span):
                hours[day].extend(intervals)
        return {day: tuple(sorted(intervals)) for day, intervals in hours.items()}

    @property
    def working_day(self) -> timedelta:
        """How long a day is in a length of time like "2d"."""
        minutes = (sum(hours.end - hours.start for hours in day) for day in self.by_weekday.values())
        return timedelta(minutes=max(minutes))


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
    acknowledge_within: Annotated[Length, AfterValidator(_hours_only)] = Duration(0, 30)
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
    thresholds: Annotated[tuple[int, ...], AfterValidator(_thresholds)] = (50, 75, 100)
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
    approver_role: Annotated[Role, AfterValidator(_person)] = Role.APPROVER
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
    calendars: Annotated[dict[Key, CalendarSection], Field(min_length=1)]
    teams: Annotated[dict[Key, TeamSection], Field(min_length=1)]
    ladders: Annotated[dict[Key, LadderSection], Field(min_length=1)]
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
