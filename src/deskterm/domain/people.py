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
    person_id: int | None = None
    """Whose tickets a caller sees."""

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

MAY: Mapping[str, frozenset[Role]] = {
    "agent.add": ADMINS,
    "agent.deactivate": ADMINS,
    "alert.acknowledge": WORKERS,
    "approval.grant": frozenset({Role.APPROVER, Role.ADMIN}),
    "approval.refuse": frozenset({Role.APPROVER, Role.ADMIN}),
    "catalogue.add": ADMINS,
    "clocks.rebuild": ADMINS | DESK,
    "clocks.recount": ADMINS | DESK,
    "desk.found": DESK,
    "desk.rehearse": ADMINS | DESK,
    "draft.drop": EVERYBODY,
    "draft.save": EVERYBODY,
    "import.begin": ADMINS | DESK,
    "import.end": ADMINS | DESK,
    "import.write": ADMINS | DESK,
    "inbound.receive": DOORS | {Role.CALLER},
    "notification.read": EVERYBODY,
    "person.add": DOORS,
    "presence.leave": EVERYBODY,
    "presence.show": EVERYBODY,
    "reply.recall": WORKERS,
    "standard.apply": ADMINS,
    "ticket.add_task": WORKERS,
    "ticket.assign": WORKERS,
    "ticket.cancel": WORKERS,
    "ticket.classify": WORKERS,
    "ticket.confirm": WORKERS,
    "ticket.edit": WORKERS,
    "ticket.escalate": WORKERS,
    "ticket.finish_task": WORKERS,
    "ticket.hold": WORKERS,
    "ticket.link": WORKERS,
    "ticket.merge": WORKERS,
    "ticket.note": WORKERS,
    "ticket.open": WORKERS,
    "ticket.receive": DOORS | {Role.CALLER},
    "ticket.reopen": WORKERS,
    "ticket.reply": WORKERS,
    "ticket.resolve": WORKERS,
    "ticket.resume": WORKERS,
    "ticket.run_macro": WORKERS,
    "ticket.tag": WORKERS,
    "ticket.take": WORKERS,
    "ticket.transfer": WORKERS,
    "ticket.triage": WORKERS,
    "ticket.undo": EVERYBODY,
    "ticket.unlink": WORKERS,
    "ticket.unmerge": WORKERS,
    "ticket.untag": WORKERS,
    "ticket.unwatch": EVERYBODY,
    "ticket.watch": EVERYBODY,
    "view.drop": EVERYBODY,
    "view.save": EVERYBODY,
}
"""Which roles may take which action; the rows of the permission matrix."""


def permit(actor: Actor, action: str) -> None:
    """Let an actor take an action.

    Raises:
        NotAllowed: none of the actor's roles covers it.
    """
    needed = MAY[action]
    if actor.roles.isdisjoint(needed):
        raise NotAllowed(roles=", ".join(sorted(needed - {Role.SYSTEM, Role.CALLER})))
