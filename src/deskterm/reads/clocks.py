"""Why a ticket's clocks show what they show."""

from __future__ import annotations

from deskterm.desk import Desk
from deskterm.domain import sla
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import key_of
from deskterm.reads.ticket import stored
from deskterm.storage.chain import history


def explain(
    desk: Desk, number: str, *, by: str, if_priority: int | None = None
) -> tuple[sla.Explanation, ...]:
    """Return the explanation of each clock of a ticket, as it is or as if it had another priority.

    Raises:
        NotFound: there is none, or none that the asker may see.
    """
    with desk.look(by) as look:
        standard = desk.standard(look.connection, stored(look, number).standard_version)
        entries = history(look.connection, "ticket", key_of(number))
        explained = (
            sla.explain(entries, standard, name, look.now, if_priority=if_priority) for name in TargetName
        )
        return tuple(each for each in explained if each is not None)
