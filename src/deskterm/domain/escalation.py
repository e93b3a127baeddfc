"""Escalation: whom a threshold tells, where it moves a ticket, and which alert is due."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from deskterm.domain.sla import Clock, Stage, Threshold
from deskterm.domain.standard import Ladder, Standard, Step, StepWho, TargetName, Team

LATE = timedelta(seconds=60)
"""An alert that comes this long after its threshold says that it is late."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """What reaching a threshold does."""

    logins: tuple[str, ...]
    """Who is told, lowest rung first, nobody twice."""
    team: str | None
    """The team that is told as a whole, None for none."""
    move_to: str | None
    """The team of the next tier that takes the ticket, None where it stays."""


class Alert(NamedTuple):
    """A threshold that has been reached and not yet been told."""

    percent: int
    at: datetime
    late: bool


def escalate(
    standard: Standard,
    *,
    team: str | None,
    assignee: str | None,
    target: TargetName,
    percent: int,
    there: Container[str],
) -> Escalation:
    """Return what a threshold does to a ticket of a team.

    A threshold that the team's ladder has no step for, or of a target that does not climb it, tells the
    assignee. Whoever is missing, unknown or gone is stood in for by the next person up, and by the whole team
    where there is nobody, so that no alert goes unheard. At the last tier the ticket stays.

    Args:
        standard: where the team, its people and its ladder are described.
        team: the ticket's team; None, or one that is no longer there, stands for the default team.
        assignee: who works on the ticket, if anybody.
        target: the target whose threshold was reached.
        percent: the threshold.
        there: the logins of everybody who can sign in.
    """
    owner = _team(standard, team)
    step = _step(_ladder(standard, owner), target, percent)
    path = _path(owner, assignee, there)
    logins: list[str] = []
    whole_team = StepWho.TEAM in step.tell
    for who, _ in path:
        if who in step.tell:
            standing_in = _first_from(path, who)
            whole_team = whole_team or standing_in is None
            if standing_in is not None and standing_in not in logins:
                logins.append(standing_in)
    move_to = owner.escalates_to if owner is not None and step.next_tier else None
    key = owner.key if owner is not None else standard.default_team
    return Escalation(tuple(logins), key if whole_team else None, move_to)


def next_up(
    standard: Standard,
    *,
    team: str | None,
    assignee: str | None,
    told: Container[str],
    there: Container[str],
) -> str | None:
    """Return who is told next when nobody acknowledged an alert, None at the top: assignee, lead, manager.

    Args:
        standard: where the team and its people are described.
        team: the ticket's team.
        assignee: who works on the ticket, if anybody.
        told: the logins that this alert was sent to.
        there: the logins of everybody who can sign in.
    """
    logins = [login for _, login in _path(_team(standard, team), assignee, there)]
    highest = max((index for index, login in enumerate(logins) if login in told), default=-1)
    return next((login for login in logins[highest + 1 :] if login is not None and login not in told), None)


def climbs(standard: Standard, *, team: str | None, target: TargetName) -> bool:
    """Return whether a target's thresholds climb the team's ladder, so that unheard alerts go further up."""
    return target in _ladder(standard, _team(standard, team)).targets


def acknowledge_by(standard: Standard, *, team: str | None, calendar: str, alerted_at: datetime) -> datetime:
    """Return when an alert that nobody acknowledged goes to the next person up, in service time.

    Args:
        standard: where calendars and ladders are described.
        team: the ticket's team.
        calendar: the key of the calendar that the alert's clock counts in.
        alerted_at: when the last person was told.
    """
    within = _ladder(standard, _team(standard, team)).acknowledge_within
    return standard.calendars[calendar].add(alerted_at, within)


def outgrew(standard: Standard, *, team: str | None, before: int, after: int) -> bool:
    """Return whether a ticket's linked tickets have just passed the number from which it escalates."""
    limit = _ladder(standard, _team(standard, team)).linked_tickets
    return limit is not None and before < limit <= after


def thresholds_to_arm(clock: Clock, fired_upto: int) -> tuple[Threshold, ...]:
    """Return the thresholds of a clock that are still to be told, ascending; `at` may lie in the past.

    A stopped clock has none, and neither has a paused one unless it was breached before: nobody knows when it
    will be due. The first one's `at` is the clock's `next_alert_at`.

    Args:
        clock: as it is now.
        fired_upto: what `still_fired` says of it.
    """
    if clock.due_at is None or clock.stage not in {Stage.RUNNING, Stage.PAUSED}:
        return ()
    return tuple(threshold for threshold in (*clock.reached, *clock.ahead) if threshold.percent > fired_upto)


def still_fired(clock: Clock, fired_upto: int) -> int:
    """Return the highest percentage that counts as told after a clock was counted again, 0 for none.

    Moving the due instant re-arms only what is not reached yet: a pause at 60 % does not repeat the alert of
    50 %, while a lower priority that takes the clock back to 30 % lets it come again.

    Args:
        clock: as it is now.
        fired_upto: the highest percentage told before, in the same cycle.
    """
    return min(fired_upto, max((threshold.percent for threshold in clock.reached), default=0))


def due_alert(thresholds: Iterable[Threshold], fired_upto: int, now: datetime) -> Alert | None:
    """Return the alert to send now: of all thresholds missed only the highest; None where none is due.

    So a clock that is breached when it attaches alerts once, and a desk that was stopped sends one alert for
    each clock, marked late.
    """
    missed = [item for item in thresholds if item.percent > fired_upto and item.at <= now]
    if not missed:
        return None
    percent, at = max(missed)
    return Alert(percent, at, late=now - at >= LATE)


def alert_key(target: TargetName, cycle: int, percent: int, due_at: datetime) -> str:
    """Return what makes an alert of a ticket unique: target, cycle, threshold and due instant."""
    return f"{target}:{cycle}:{percent}:{due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _team(standard: Standard, key: str | None) -> Team | None:
    return standard.teams.get(key or standard.default_team) or standard.teams.get(standard.default_team)


def _ladder(standard: Standard, team: Team | None) -> Ladder:
    found = standard.ladders.get(team.ladder) if team is not None else None
    return found or Ladder(key="none")


def _step(ladder: Ladder, target: TargetName, percent: int) -> Step:
    steps = ladder.steps if target in ladder.targets else ()
    plain = Step(percent, frozenset({StepWho.ASSIGNEE}))
    return next((step for step in steps if step.at == percent), plain)


_Path = tuple[tuple[StepWho, str | None], ...]
"""The rungs from the ticket upwards, with who stands on each and can be told."""


def _path(team: Team | None, assignee: str | None, there: Container[str]) -> _Path:
    rungs = (
        (StepWho.ASSIGNEE, assignee),
        (StepWho.LEAD, team.lead if team is not None else None),
        (StepWho.MANAGER, team.manager if team is not None else None),
    )
    return tuple((rung, login if login in there else None) for rung, login in rungs)


def _first_from(path: _Path, who: StepWho) -> str | None:
    """Return who stands on a rung, or on the next one above it that is taken."""
    rungs = [rung for rung, _ in path]
    return next((login for _, login in path[rungs.index(who) :] if login is not None), None)
