"""The ladder as it stands: what a threshold does given who can sign in now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, select

from deskterm.domain import escalation
from deskterm.domain.people import Role
from deskterm.domain.standard import Standard, TargetName
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Agent, Member
from deskterm.storage.types import table

AGENT, MEMBER = table(Agent), table(Member)
STAFF = Prepared(
    select(AGENT.c.login, AGENT.c.roles, MEMBER.c.team)
    .outerjoin(MEMBER, MEMBER.c.login == AGENT.c.login)
    .where(AGENT.c.active)
)
"""Who can sign in, with each team or none."""


class Rung(NamedTuple):
    """What a threshold does to the tickets of one team and assignee."""

    told: tuple[str, ...]
    """Never empty while anybody is an admin."""
    up: str | None
    """Who hears of it if nobody acknowledges the alert."""
    move_to: str | None
    """The team that takes the tickets, None where they stay."""
    receivers: tuple[str, ...]
    """The members of that team."""
    assignee: str | None
    """Whose the tickets are then: an assignee who is no member of the team that takes them loses them."""


@dataclass(frozen=True, slots=True)
class _Staff:
    active: frozenset[str]
    admins: frozenset[str]
    members: Mapping[str | None, set[str]]
    """By team."""


Ladder = Callable[[str | None, str | None, TargetName, int], Rung]
"""From team, assignee, target and percentage to what happens."""


def ladder(connection: Connection, standard: Standard) -> Ladder:
    """Return what asks the standard's ladder, once for all tickets that are alike: floods are."""
    staff = _staff(connection)

    @cache
    def rung(team: str | None, assignee: str | None, target: TargetName, percent: int) -> Rung:
        return _rung(standard, staff, team, assignee, target, percent)

    return rung


def _staff(connection: Connection) -> _Staff:
    found = STAFF.rows(connection)
    members: dict[str | None, set[str]] = defaultdict(set)
    for login, _roles, team in found:
        members[team].add(login)
    admins = frozenset(login for login, roles, _team in found if Role.ADMIN in roles.split())
    return _Staff(frozenset(login for login, _roles, _team in found), admins, members)


def _rung(
    standard: Standard,
    staff: _Staff,
    team: str | None,
    assignee: str | None,
    target: TargetName,
    percent: int,
) -> Rung:
    there = staff.active
    found = escalation.escalate(
        standard, team=team, assignee=assignee, target=target, percent=percent, there=there
    )
    whole_team = staff.members.get(found.team, ()) if found.team else ()
    told = {*found.logins, *whole_team} or staff.admins
    up = None
    if escalation.climbs(standard, team=team, target=target):
        up = escalation.next_up(standard, team=team, assignee=assignee, told=told, there=there)
    receivers = staff.members.get(found.move_to, ()) if found.move_to else ()
    keeps = found.move_to is None or assignee in receivers
    return Rung(tuple(sorted(told)), up, found.move_to, tuple(sorted(receivers)), assignee if keeps else None)
