"""The form of a management standard's TOML file: one model for each section, one docstring under each key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, model_validator

from deskterm.domain.calendar import HARD, ConflictKind
from deskterm.domain.change import ChangeKind
from deskterm.domain.macro import Act
from deskterm.domain.people import Role
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.problem_rules import LIMITS
from deskterm.domain.standard import OnPriority, OnReopen, StepWho, TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind, Resolution
from deskterm.i18n import _
from deskterm.standard.recurrence import check_rule
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
    Weight,
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
    depends_on: Annotated[frozenset[Words], Several] = frozenset()
    """The configuration items that it can't do without."""


class Catalogue(Section):
    """What tickets can be about."""

    services: tuple[Words, ...] = ()
    """What the desk supports, in its callers' words."""
    categories: tuple[Category, ...] = ()
    """Kinds of trouble and wishes, in two levels: "Network / VPN"."""
    items: tuple[ItemSection, ...] = ()
    """Configuration items."""


class TierSection(Section):
    """A body that approves changes."""

    name: Words
    """What people call it."""
    roles: Annotated[frozenset[Approver], Several] = frozenset()
    """Everybody with one of these roles sits on it."""
    members: Annotated[frozenset[Words], Several] = frozenset()
    """Logins of who sits on it besides."""
    percent: Annotated[int, Field(ge=1, le=100, strict=True)] = 50
    """The share of its votes that a yes takes, rounded up to whole votes."""
    from_risk: Weight = 1
    """The risk from which changes come before it: 1 low, 2 medium, 3 high."""
    up_to_impact: Annotated[int, Field(ge=0, le=3, strict=True)] = 0
    """The weakest impact that comes before it whatever the risk: 1 high, 2 medium, 3 low; 0 for none."""
    kinds: Annotated[frozenset[ChangeKind], Several] = frozenset({ChangeKind.NORMAL, ChangeKind.EMERGENCY})
    """The kinds of changes that come before it."""

    @model_validator(mode="after")
    def _somebody(self) -> TierSection:
        if not self.roles and not self.members:
            raise ValueError(_("nobody sits on this tier; give it roles or members"))
        return self


class RiskRuleSection(Section):
    """Changes that are at least so risky; what is left out asks nothing."""

    name: Words
    """What the assessment says when it applies."""
    level: Weight
    """1 low, 2 medium, 3 high."""
    kinds: Annotated[frozenset[ChangeKind], Several] = frozenset()
    """Any of these kinds."""
    services: Annotated[frozenset[Words], Several] = frozenset()
    """Any of these services."""
    items: Annotated[frozenset[Words], Several] = frozenset()
    """Any of these configuration items."""
    impacts: Annotated[frozenset[Weight], Several] = frozenset()
    """Any of these impacts: 1 high, 2 medium, 3 low."""
    downtime_over: HoursLong | None = None
    """A longer planned downtime than this."""


class QuestionSection(Section):
    """A question about a change's risk."""

    key: Key
    """What the ledger calls it."""
    text: Words
    """What is asked."""
    weight: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    """How many times its points count."""
    answers: Annotated[dict[Words, Annotated[int, Field(ge=0, le=100, strict=True)]], Field(min_length=2)]
    """What may be answered, each with its points; 0 is no risk."""

    @model_validator(mode="after")
    def _tells(self) -> QuestionSection:
        if not any(self.answers.values()):
            raise ValueError(_("every answer gives 0 points, so the question tells nothing"))
        return self


class RiskSection(Section):
    """How risky a change is: the higher of rules and questionnaire."""

    rules: tuple[RiskRuleSection, ...] = ()
    """Rules; all that apply count."""
    questions: tuple[QuestionSection, ...] = ()
    """The questionnaire."""
    medium_from: Annotated[int, Field(ge=1, le=100, strict=True)] = 34
    """Percent of all points from which the questionnaire says medium."""
    high_from: Annotated[int, Field(ge=1, le=100, strict=True)] = 67
    """Percent of all points from which it says high."""


class SpanSection(Section):
    """A maintenance window or a freeze."""

    name: Words
    """What the calendar shows."""
    zone: Zone
    """The time zone on whose clock it begins."""
    start: NaiveDatetime
    """When it begins first, by that clock: 2026-01-03T22:00:00."""
    lasts: Length
    """How long: "8h" are exact hours, "3d" days of that clock."""
    repeat: str = ""
    """When it comes back, as a rule of RFC 5545: "FREQ=WEEKLY;BYDAY=SA"; empty for once."""
    services: Annotated[frozenset[Words], Several] = frozenset()
    """The services it is for; empty for everything."""

    @model_validator(mode="after")
    def _repeats(self) -> SpanSection:
        if self.repeat:
            try:
                check_rule(self.repeat, self.start, self.zone)
            except (ValueError, TypeError, KeyError):
                raise ValueError(
                    _('write a rule of RFC 5545 like "FREQ=WEEKLY;BYDAY=SA" that happens, daily at most')
                ) from None
        return self


class TemplateStepSection(Section):
    """A step of a template's run sheet."""

    summary: Words
    """What is done."""
    after: Annotated[int, Field(ge=0, le=10_000, strict=True)] = 0
    """Minutes after the window began."""
    minutes: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    """How long it takes."""
    rollback: bool = False
    """Whether it takes the change back."""


class TemplateSection(Section):
    """A standard change that is authorised beforehand."""

    name: Words
    """What people choose it by."""
    summary: Words
    """What a change made from it is called."""
    purpose: Words
    """Why it is done."""
    description: Words
    """What is altered."""
    implementation_plan: Words
    """How it is done."""
    risks: Words
    """What can go wrong."""
    rollback_plan: Words
    """How it is taken back."""
    test_plan: Words
    """How one sees that it worked."""
    resources: Words
    """People, tools, access."""
    service: Words | None = None
    """The service that it alters, if always the same."""
    item: Words | None = None
    """The configuration item that it alters, if always the same."""
    impact: Weight = 3
    """1 high, 2 medium, 3 low."""
    steps: tuple[TemplateStepSection, ...] = ()
    """The run sheet."""


class ChangesSection(Section):
    """How changes are assessed, approved, scheduled and closed."""

    remind_after: Length = Duration(1, 0)
    """How long after they were asked approvers are reminded; a day has 24 hours here and below."""
    remind_every: Length = Duration(1, 0)
    """How long after a reminder they are reminded again, until the tier has decided."""
    decide_within: Length = Duration(3, 0)
    """How long a tier has to decide; after that the change goes back to draft."""
    complete_within: Length = Duration(2, 0)
    """How long after it was opened an emergency change completes what it left out."""
    stable_for: Length = Duration(3, 0)
    """How long a change has to stay without new incidents before it closes."""
    blocking: Annotated[frozenset[ConflictKind], Several] = HARD
    """The conflicts that block; the others warn."""
    tiers: dict[Key, TierSection] = {}
    """Who approves, in the order in which they are asked; a change manager where none is named."""
    risk: RiskSection = RiskSection()
    windows: tuple[SpanSection, ...] = ()
    """Maintenance windows: a service that has any is changed inside them."""
    freezes: tuple[SpanSection, ...] = ()
    """Times without changes (封网)."""
    templates: dict[Key, TemplateSection] = {}
    """Standard changes."""


Count = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Weeks = Annotated[int, Field(ge=1, le=52, strict=True)]
Times = Annotated[float, Field(ge=1, le=100)]


class CandidatesSection(Section):
    """From when on something that incidents have in common may be worth a problem."""

    repeats: Count = 5
    """Incidents of one CI, service or category that are a recurrence."""
    repeat_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 14
    """The days within which they are counted."""
    support: Count = 5
    """Incidents of the last seven days without which nothing rises."""
    rise: Times = 2.0
    """How many times the median of the weeks before the last week has to be."""
    earlier_weeks: Weeks = 8
    """How many weeks before the last one are compared."""
    weeks_with_past: Weeks = 4
    """In how many of them there must have been incidents, so that a first week is no rise."""
    growth: Times = 1.5
    """How many times its count a dismissed candidate has to reach to come back."""


class ProblemsSection(Section):
    """How problems are found, shown and chased."""

    candidates: CandidatesSection = CandidatesSection()
    limits: Mapping[ProblemStatus, Count] = LIMITS
    """How many problems a column of the board ought to hold at most; without one, any number."""
    idle_after: Length = Duration(4, 0)
    """After this long without an update a card says so; a day has 24 hours here and below."""
    remind_before: Length = Duration(1, 0)
    """How long before its due date a corrective action reminds its owner."""
    overdue_after: Length = Duration(3, 0)
    """How long after its due date the problem managers hear of it."""


class OutboxSection(Section):
    """What leaves the building."""

    recall_seconds: Annotated[int, Field(ge=0, le=600, strict=True)] = 10
    """How long a person's mail waits, so that it can be recalled."""


class FieldsSection(Section):
    """Fields that a macro changes; what is left out stays."""

    kind: Kind | None = None
    category: Category | None = None
    service: Words | None = None
    ci: Words | None = None
    impact: Annotated[int, Field(ge=1, le=3, strict=True)] | None = None
    """1 high, 2 medium, 3 low."""
    urgency: Annotated[int, Field(ge=1, le=3, strict=True)] | None = None
    """1 high, 2 medium, 3 low."""


class MacroStepSection(Section):
    """One step of a macro: exactly one of `set` to `resolve`; texts may hold variables."""

    set: FieldsSection | None = None
    """Fields to change."""
    assign: Words | None = None
    """A login, "me" or "none"."""
    transfer: Words | None = None
    """The team that gets the ticket."""
    tag: Annotated[tuple[Words, ...], Several] | None = None
    """Words to put on it."""
    hold: HoldReason | None = None
    """What it waits for; takes `until`, and `message` where it waits for the caller."""
    reply: Words | None = None
    """What the caller is told."""
    note: Words | None = None
    """What agents are told."""
    resolve: Resolution | None = None
    """How service was restored; takes `summary`."""
    until: Length | None = None
    """Service time of the closure's calendar after which a ticket on hold resumes."""
    message: Words | None = None
    """What the caller is told when the ticket is put on hold."""
    summary: Words | None = None
    """The closing summary."""

    @property
    def act(self) -> Act:
        """What the step does."""
        return next(act for act in Act if getattr(self, act) is not None)

    @model_validator(mode="after")
    def _one_act(self) -> MacroStepSection:
        acts = [act for act in Act if getattr(self, act) is not None]
        if len(acts) != 1:
            raise ValueError(_("a step does one thing; write one of: {acts}").format(acts=", ".join(Act)))
        if (self.until is None) is (acts == [Act.HOLD]):
            raise ValueError(_("hold and until belong together"))
        if self.message is not None and acts != [Act.HOLD]:
            raise ValueError(_("a message goes with hold; to tell the caller something, write reply"))
        if self.message is None and self.hold is HoldReason.CALLER:
            raise ValueError(_("who waits for the caller tells them; add a message"))
        if (self.summary is None) is (acts == [Act.RESOLVE]):
            raise ValueError(_("resolve and summary belong together"))
        return self


class MacroSection(Section):
    """A few acts under one name."""

    name: Words
    """What people call it."""
    steps: Annotated[tuple[MacroStepSection, ...], Field(min_length=1)]
    """What it does, in this order."""


class ModuleSection(Section):
    """A piece of text that agents use again and again, called by `::` and its key."""

    name: Words
    """What people call it."""
    text: Words
    """May hold variables."""


class StandardFile(Section):
    """A whole file."""

    name: Words
    """What the standard is called."""
    default_team: str
    """The team of tickets that no routing rule takes."""
    hold_reasons: Annotated[frozenset[HoldReason], Field(min_length=1)] = frozenset(HoldReason)
    """What a ticket may wait for."""
    goal_percent: Annotated[int, Field(ge=1, le=100, strict=True)] = 95
    """How many of a hundred targets are to be met; what the dashboard measures teams by."""
    priority: PrioritySection
    calendars: dict[Key, CalendarSection]
    teams: dict[Key, TeamSection]
    ladders: dict[Key, LadderSection]
    policies: dict[Key, PolicySection] = {}
    routes: tuple[RouteSection, ...] = ()
    approvals: tuple[ApprovalSection, ...] = ()
    closure: ClosureSection
    problems: ProblemsSection = ProblemsSection()
    changes: ChangesSection = ChangesSection()
    catalogue: Catalogue = Catalogue()
    outbox: OutboxSection = OutboxSection()
    macros: dict[Key, MacroSection] = {}
    modules: dict[Key, ModuleSection] = {}

    @property
    def ranked(self) -> list[tuple[str, PolicySection]]:
        """The policies in the order in which they are asked."""
        return sorted(self.policies.items(), key=lambda item: item[1].rank)

    @property
    def priorities(self) -> frozenset[int]:
        """The priorities that the matrix gives."""
        return frozenset(priority for row in self.priority.matrix for priority in row)
