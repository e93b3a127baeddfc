"""Who may do what: roles, actors, and the table of roles and actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
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


PRESENT = timedelta(seconds=45)
"""After this long without a sign, somebody who had a ticket open has left."""
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
CHANGERS = frozenset({Role.LEAD, Role.CHANGE_MANAGER, Role.ADMIN})
VOTERS = WORKERS | {Role.APPROVER}
DOORS = WORKERS | {Role.SYSTEM}
PROBLEM_LEADS = frozenset({Role.LEAD, Role.PROBLEM_MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
DESK = frozenset({Role.SYSTEM})
EVERYBODY = WORKERS | {Role.APPROVER, Role.AUDITOR}

MAY: Mapping[str, frozenset[Role]] = {
    "action.add": WORKERS,
    "action.drop": WORKERS,
    "action.edit": WORKERS,
    "action.finish": WORKERS,
    "agent.add": ADMINS,
    "agent.deactivate": ADMINS,
    "alert.acknowledge": WORKERS,
    "approval.grant": frozenset({Role.APPROVER, Role.ADMIN}),
    "approval.refuse": frozenset({Role.APPROVER, Role.ADMIN}),
    "calendar.add": CHANGERS,
    "calendar.remove": CHANGERS,
    "candidate.add": WORKERS,
    "candidate.detect": WORKERS | DESK,
    "candidate.dismiss": PROBLEM_LEADS,
    "candidate.open": WORKERS,
    "catalogue.add": ADMINS,
    "catalogue.relate": CHANGERS,
    "cause.add": WORKERS,
    "cause.branch": WORKERS,
    "cause.demote": WORKERS,
    "cause.edit": WORKERS,
    "cause.judge": WORKERS,
    "cause.mark_root": WORKERS,
    "cause.move": WORKERS,
    "cause.promote": WORKERS,
    "cause.redo": WORKERS,
    "cause.remove": WORKERS,
    "cause.shift": WORKERS,
    "cause.undo": WORKERS,
    "change.approve": VOTERS,
    "change.assess": CHANGERS,
    "change.begin": WORKERS,
    "change.break_glass": WORKERS,
    "change.cancel": WORKERS,
    "change.check": WORKERS,
    "change.close": WORKERS,
    "change.confirm": WORKERS,
    "change.edit": WORKERS,
    "change.finish": WORKERS,
    "change.follow": WORKERS,
    "change.judge": WORKERS,
    "change.move": WORKERS,
    "change.note": VOTERS,
    "change.open": WORKERS,
    "change.refuse": VOTERS,
    "change.return": WORKERS,
    "change.review": CHANGERS,
    "change.schedule": WORKERS,
    "change.second": CHANGERS,
    "change.star": EVERYBODY,
    "change.submit": WORKERS,
    "change.tag": WORKERS,
    "change.undo": WORKERS,
    "change.unfollow": WORKERS,
    "change.unstar": EVERYBODY,
    "change.untag": WORKERS,
    "change.unwatch": EVERYBODY,
    "change.verified": WORKERS,
    "change.watch": EVERYBODY,
    "clocks.rebuild": ADMINS | DESK,
    "clocks.recount": ADMINS | DESK,
    "delegation.add": VOTERS,
    "delegation.end": VOTERS,
    "desk.found": DESK,
    "desk.note": WORKERS,
    "desk.rehearse": ADMINS | DESK,
    "draft.drop": EVERYBODY,
    "draft.save": EVERYBODY,
    "effect.evaluate": WORKERS | DESK,
    "import.begin": ADMINS | DESK,
    "import.end": ADMINS | DESK,
    "import.write": ADMINS | DESK,
    "import.write_problems": ADMINS | DESK,
    "inbound.receive": DOORS | {Role.CALLER},
    "known_error.declare": PROBLEM_LEADS,
    "known_error.send": PROBLEM_LEADS,
    "known_error.withdraw": PROBLEM_LEADS,
    "notification.read": EVERYBODY,
    "person.add": DOORS,
    "presence.leave": EVERYBODY,
    "presence.show": EVERYBODY,
    "problem.accept_risk": PROBLEM_LEADS,
    "problem.assign": WORKERS,
    "problem.duplicate": PROBLEM_LEADS,
    "problem.edit": WORKERS,
    "problem.link": WORKERS,
    "problem.move": WORKERS,
    "problem.note": WORKERS,
    "problem.open": WORKERS,
    "problem.park": WORKERS,
    "problem.resolve_waiting": WORKERS,
    "problem.review": PROBLEM_LEADS,
    "problem.star": EVERYBODY,
    "problem.tag": WORKERS,
    "problem.undo": WORKERS,
    "problem.unlink": WORKERS,
    "problem.unstar": EVERYBODY,
    "problem.untag": WORKERS,
    "problem.unwatch": EVERYBODY,
    "problem.watch": EVERYBODY,
    "reply.recall": WORKERS,
    "runsheet.finish_step": WORKERS,
    "runsheet.plan": WORKERS,
    "runsheet.roll_back": WORKERS,
    "runsheet.start_step": WORKERS,
    "standard.apply": ADMINS,
    "template.decide": frozenset({Role.CHANGE_MANAGER, Role.APPROVER, Role.ADMIN}),
    "template.propose": WORKERS,
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
    "ticket.log_time": WORKERS,
    "ticket.merge": WORKERS,
    "ticket.note": WORKERS,
    "ticket.open": WORKERS,
    "ticket.receive": DOORS | {Role.CALLER},
    "ticket.reopen": WORKERS,
    "ticket.reply": WORKERS,
    "ticket.resolve": WORKERS,
    "ticket.resume": WORKERS,
    "ticket.run_macro": WORKERS,
    "ticket.star": EVERYBODY,
    "ticket.tag": WORKERS,
    "ticket.take": WORKERS,
    "ticket.transfer": WORKERS,
    "ticket.triage": WORKERS,
    "ticket.undo": EVERYBODY,
    "ticket.unlink": WORKERS,
    "ticket.unmerge": WORKERS,
    "ticket.unstar": EVERYBODY,
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
    if actor.roles.isdisjoint(MAY[action]):
        raise refusal(action)


def refusal(action: str) -> NotAllowed:
    """Return the refusal of an action; it names no role that may only because it may more than another."""
    needed = MAY[action] - {Role.SYSTEM, Role.CALLER}
    above = WORKERS - {Role.AGENT} if Role.AGENT in needed else {Role.ADMIN}
    named = (needed - above) or needed
    return NotAllowed(roles=tuple(role for role in Role if role in named))
