"""From a checked file to the values that the rules use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from deskterm.domain import standard as values
from deskterm.domain.approval import Tier
from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import Risk
from deskterm.domain.change_rules import MANAGERS, ChangeRules, Recurring, Template, TemplateStep
from deskterm.domain.hours import Intervals, ServiceHours
from deskterm.domain.risk import Question, Questionnaire, RiskRule
from deskterm.domain.ticket import Kind, Level
from deskterm.standard import macros
from deskterm.standard.models import (
    CalendarSection,
    ChangesSection,
    LadderSection,
    MatchSection,
    PolicySection,
    RiskSection,
    SpanSection,
    StandardFile,
    TeamSection,
    TemplateSection,
    TierSection,
)
from deskterm.standard.problems import problem_rules
from deskterm.standard.spelling import Interval

DAY = timedelta(days=1)


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
        recall=timedelta(seconds=file.outbox.recall_seconds),
        goal=file.goal_percent / 100,
        macros={key: macros.macro(key, macro, day=_working_day(file)) for key, macro in file.macros.items()},
        modules={key: macros.module(key, module) for key, module in file.modules.items()},
        problems=problem_rules(file.problems),
        changes=change_rules(file.changes),
    )


def _working_day(file: StandardFile) -> timedelta:
    return file.calendars[file.closure.calendar].working_day


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


def change_rules(section: ChangesSection) -> ChangeRules:
    """Return what a standard says about changes."""
    return ChangeRules(
        tiers=tuple(_tier(key, tier) for key, tier in section.tiers.items()) or (MANAGERS,),
        risk_rules=_risk_rules(section.risk),
        questionnaire=Questionnaire(
            tuple(
                Question(each.key, each.text, each.weight, each.answers) for each in section.risk.questions
            ),
            section.risk.medium_from,
            section.risk.high_from,
        ),
        calendar=(
            *(recurring(each, SpanKind.WINDOW) for each in section.windows),
            *(recurring(each, SpanKind.FREEZE) for each in section.freezes),
        ),
        templates={key: _template(each) for key, each in section.templates.items()},
        blocking=section.blocking,
        remind_after=section.remind_after.lasts(DAY),
        remind_every=section.remind_every.lasts(DAY),
        decide_within=section.decide_within.lasts(DAY),
        complete_within=section.complete_within.lasts(DAY),
        stable_for=section.stable_for.lasts(DAY),
    )


def recurring(section: SpanSection, kind: SpanKind) -> Recurring:
    """Return a window or freeze."""
    return Recurring(
        name=section.name,
        kind=kind,
        zone=section.zone,
        start=section.start,
        days=section.lasts.days,
        length=timedelta(minutes=section.lasts.minutes),
        rule=section.repeat,
        services=section.services,
    )


def _tier(key: str, tier: TierSection) -> Tier:
    return Tier(
        key=key,
        name=tier.name,
        roles=tier.roles,
        members=tier.members,
        percent=tier.percent,
        from_risk=Risk(tier.from_risk),
        up_to_impact=tier.up_to_impact,
        kinds=tier.kinds,
    )


def _risk_rules(section: RiskSection) -> tuple[RiskRule, ...]:
    return tuple(
        RiskRule(
            name=rule.name,
            level=Risk(rule.level),
            kinds=rule.kinds,
            services=rule.services,
            cis=rule.items,
            impacts=rule.impacts,
            downtime_over=rule.downtime_over and timedelta(minutes=rule.downtime_over.minutes),
        )
        for rule in section.rules
    )


def _template(section: TemplateSection) -> Template:
    steps = tuple(
        TemplateStep(
            step.summary, timedelta(minutes=step.after), timedelta(minutes=step.minutes), step.rollback
        )
        for step in section.steps
    )
    return Template(
        **section.model_dump(exclude={"item", "steps"}),
        ci=section.item,
        steps=steps,
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
