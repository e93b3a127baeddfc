"""From a checked file to the values that the rules use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from deskterm.domain import standard as values
from deskterm.domain.hours import Intervals, ServiceHours
from deskterm.domain.ticket import Kind, Level
from deskterm.standard.models import (
    CalendarSection,
    LadderSection,
    MatchSection,
    PolicySection,
    StandardFile,
    TeamSection,
)
from deskterm.standard.spelling import Interval


def standard(file: StandardFile, version: int) -> values.Standard:
    """Return a standard whose file has no problems."""
    return values.Standard(
        version=version,
        name=file.name,
        matrix={
            (Level(impact), Level(urgency)): priority
            for impact, row in enumerate(file.priority.matrix, 1)
            for urgency, priority in enumerate(row, 1)
        },
        calendars={key: hours(calendar) for key, calendar in file.calendars.items()},
        teams={key: _team(key, team) for key, team in file.teams.items()},
        policies=tuple(_policy(key, policy, file.calendars[policy.calendar]) for key, policy in file.ranked),
        ladders={key: _ladder(key, ladder) for key, ladder in file.ladders.items()},
        routes=tuple(values.Route(route.name, match(route.match), route.team) for route in file.routes),
        default_team=file.default_team,
        closure=values.Closure(file.closure.silent_days, file.closure.calendar),
        hold_reasons=file.hold_reasons,
        approvals=tuple(
            values.Approval(
                match(approval.match.model_copy(update={"kind": frozenset({Kind.REQUEST})})),
                approval.approver_role,
            )
            for approval in file.approvals
        ),
    )


def hours(calendar: CalendarSection) -> ServiceHours:
    """Return the service hours of a calendar.

    Raises:
        BadInput: it opens too seldom to count in.
    """
    return ServiceHours(
        zone=calendar.zone,
        week={day: _times(intervals) for day, intervals in calendar.by_weekday.items()},
        holidays=calendar.closed,
        holiday_hours={day: _times(intervals) for day, intervals in calendar.holiday_hours.items()},
        extra_days={day: _times(intervals) for day, intervals in calendar.extra_days.items()},
    )


def match(section: MatchSection) -> values.Match:
    """Return what a rule asks for, its words case folded."""
    return values.Match(
        kind=frozenset(section.kind),
        priority=section.priority,
        service=section.service,
        category=section.category,
        department=section.department,
        channel=frozenset(section.channel),
        vip=section.vip,
        words=frozenset(word.casefold() for word in section.words),
    )


def _times(intervals: Iterable[Interval]) -> Intervals:
    return tuple(interval.times for interval in intervals)


def _team(key: str, team: TeamSection) -> values.Team:
    return values.Team(
        key=key,
        name=team.name,
        tier=team.tier,
        escalates_to=team.escalates_to,
        lead=team.lead,
        manager=team.manager,
        ladder=team.ladder,
        restricted=team.restricted,
    )


def _policy(key: str, policy: PolicySection, calendar: CalendarSection) -> values.Policy:
    return values.Policy(
        key=key,
        rank=policy.rank,
        match=match(policy.match),
        calendar=policy.calendar,
        targets={
            name: values.Target(
                name=name,
                duration=target.within.lasts(calendar.working_day),
                thresholds=target.thresholds,
                on_reopen=target.on_reopen,
                on_priority=target.on_priority,
            )
            for name, target in policy.targets.items()
        },
        pauses=policy.pauses,
        pauses_for_approval=policy.pauses_for_approval,
    )


def _ladder(key: str, ladder: LadderSection) -> values.Ladder:
    return values.Ladder(
        key=key,
        targets=ladder.targets,
        steps=tuple(values.Step(step.at, step.tell, step.next_tier) for step in ladder.steps),
        acknowledge_within=timedelta(minutes=ladder.acknowledge_within.minutes),
        linked_tickets=ladder.linked_tickets,
    )
