"""Who may do what: roles, actors, and the table of roles and actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from deskterm.domain.errors import NotAllowed


class Role(StrEnum):
    """What a person is to the desk."""

    AGENT = "agent"
    LEAD = "lead"
    PROBLEM_MANAGER = "problem_manager"
    CHANGE_MANAGER = "change_manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"
    """The desk itself: sweeps, routing, doors."""
    CALLER = "caller"
    """Whoever asks for service, by a door that knows them; never signs in."""


SYSTEM = "system"
"""The name in the ledger of what the desk does by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a name for the ledger, roles, teams."""

    login: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()

    @property
    def sees_restricted(self) -> bool:
        """Whether every team's tickets are visible: auditors, admins and the desk itself."""
        return not self.roles.isdisjoint({Role.AUDITOR, Role.ADMIN, Role.SYSTEM})


WORKERS = frozenset({Role.AGENT, Role.LEAD, Role.PROBLEM_MANAGER, Role.CHANGE_MANAGER, Role.ADMIN})
LEADS = frozenset({Role.LEAD, Role.ADMIN})
DOORS = WORKERS | {Role.SYSTEM}
ADMINS = frozenset({Role.ADMIN})
DESK = frozenset({Role.SYSTEM})
EVERYBODY = WORKERS | {Role.APPROVER, Role.AUDITOR}

MAY: Mapping[str, frozenset[Role]] = {}
"""Which roles may take which action."""


def permit(actor: Actor, action: str) -> None:
    """Let an actor take an action.

    Raises:
        NotAllowed: none of the actor's roles covers it.
    """
    needed = MAY[action]
    if actor.roles.isdisjoint(needed):
        raise NotAllowed(roles=", ".join(sorted(needed - {Role.SYSTEM, Role.CALLER})))
