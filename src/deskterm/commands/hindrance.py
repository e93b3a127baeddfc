"""Why a command cannot run just now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from deskterm.commands.command import Command, Need
from deskterm.domain.people import MAY, Role, refusal
from deskterm.domain.ticket import FOLLOWS, Status
from deskterm.i18n import N_, _
from deskterm.labels import label

LACKING: Mapping[Need, str] = {
    Need.TICKET: N_("There is no ticket here."),
    Need.CHANGE: N_("There is no change here."),
    Need.DONE: N_("There is nothing to take back."),
    Need.UNDONE: N_("There is nothing to do again."),
    Need.LATEST: N_("Nothing was done here yet."),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a screen has to offer a command."""

    has: Collection[Need] = ()
    number: str = ""
    """The one ticket that would be acted on; empty where they are many or none."""
    status: Status | None = None
    """The status of that ticket."""
    roles: frozenset[Role] | None = None
    """The roles of whoever sits here; None while nobody knows them."""


def hindrance(command: Command, situation: Situation) -> str:
    """Return why a command cannot run, as a sentence; empty where it can.

    Of many tickets each is asked when it is its turn, so that one that refuses holds up no other. Roles are
    asked before anything is typed in vain; the service asks again.
    """
    if command.takes and situation.roles is not None and situation.roles.isdisjoint(MAY[command.takes]):
        return str(refusal(command.takes))
    if command.needs is not None and command.needs not in situation.has:
        return _(LACKING[command.needs])
    if command.leads_to is None or situation.status is None or command.leads_to in FOLLOWS[situation.status]:
        return ""
    return _("{number} is {before}; from there it cannot become {after}.").format(
        number=situation.number, before=label(situation.status), after=label(command.leads_to)
    )
