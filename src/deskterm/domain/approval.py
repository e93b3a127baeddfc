"""Who must approve a change, and what their votes come to: whole votes, refused as soon as it is hopeless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from deskterm.domain.change import ChangeKind, Risk
from deskterm.domain.people import Role


class Verdict(StrEnum):
    """What a tier says."""

    WAITING = "waiting"
    """Its turn has not come."""
    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    VOID = "void"
    """The change was cancelled or goes back to draft."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A body that approves: who sits on it, which changes come before it, how many votes it takes."""

    key: str
    name: str
    roles: frozenset[Role] = frozenset()
    members: frozenset[str] = frozenset()
    """Logins, besides everybody with one of the roles."""
    percent: int = 50
    """The share of the votes that it takes, rounded up to whole votes, one at least."""
    from_risk: Risk = Risk.LOW
    up_to_impact: int = 3
    """The weakest impact that comes before it because of its impact alone: 1 takes only *high*; 0 none."""
    kinds: frozenset[ChangeKind] = frozenset({ChangeKind.NORMAL, ChangeKind.EMERGENCY})

    def takes(self, kind: ChangeKind, risk: Risk, impact: int) -> bool:
        """Return whether a change of this kind, risk and impact comes before it."""
        return kind in self.kinds and (risk >= self.from_risk or impact <= self.up_to_impact)


def tiers_for(tiers: Iterable[Tier], kind: ChangeKind, risk: Risk, impact: int) -> tuple[Tier, ...]:
    """Return the tiers that a change must pass, in their order."""
    return tuple(tier for tier in tiers if tier.takes(kind, risk, impact))


def voters(tier: Tier, roles: Mapping[str, frozenset[Role]], own: Iterable[str]) -> tuple[str, ...]:
    """Return who votes in a tier: its active members, without those whose own change it is.

    Args:
        roles: the roles of every active agent.
        own: logins of who asked for the change and who sees it through.
    """
    out = frozenset(own)
    return tuple(
        sorted(
            login
            for login, has in roles.items()
            if login not in out and (login in tier.members or not tier.roles.isdisjoint(has))
        )
    )


def needed(percent: int, count: int) -> int:
    """Return how many of `count` votes make `percent`, rounded up to whole votes, one at least."""
    return max(1, -(-percent * count // 100))


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of one tier."""

    percent: int
    count: int
    """How many may vote."""
    yes: int = 0
    no: int = 0

    @property
    def need(self) -> int:
        """How many yes votes it takes."""
        return needed(self.percent, self.count)

    @property
    def missing(self) -> int:
        """How many more yes votes it takes; 0 when it is granted."""
        return max(0, self.need - self.yes)

    @property
    def verdict(self) -> Verdict:
        """Granted with enough votes; refused as soon as those left can't make enough."""
        if self.yes >= self.need:
            return Verdict.GRANTED
        return Verdict.REFUSED if self.count - self.no < self.need else Verdict.PENDING


@dataclass(frozen=True, slots=True)
class Delegation:
    """Somebody who votes in another's place, between two instants."""

    login: str
    to: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """Return whether it is in force; at its end it no longer is."""
        return self.starts_at <= now < self.ends_at


def votes_of(
    login: str,
    open_votes: Iterable[str],
    delegations: Iterable[Delegation],
    own: Iterable[str],
    now: datetime,
) -> tuple[str, ...]:
    """Return in whose name somebody may vote now: their own first, then those who delegated to them.

    Args:
        open_votes: logins of a tier that have not voted.
        own: whose change it is; they never vote on it, in nobody's name.
    """
    if login in frozenset(own):
        return ()
    waiting = frozenset(open_votes)
    given = sorted(each.login for each in delegations if each.to == login and each.holds(now))
    return tuple(dict.fromkeys(name for name in (login, *given) if name in waiting))
