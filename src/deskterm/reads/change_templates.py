"""Templates that standard changes may be made from: the standard's own, and those that were approved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from deskterm.desk import Desk
from deskterm.domain.approval import Verdict
from deskterm.storage.tables import ChangeTemplate
from deskterm.storage.types import table


@dataclass(frozen=True, slots=True)
class Offered:
    """A template to make a change from."""

    key: str
    name: str


def offered(desk: Desk, *, by: str) -> tuple[Offered, ...]:
    """Return the templates that a change may be made from, by name."""
    row = table(ChangeTemplate)
    with desk.look(by) as look:
        shipped = look.desk.standard(look.connection).changes.templates
        approved = look.connection.execute(
            select(row.c.key, row.c.name).where(row.c.verdict == Verdict.GRANTED)
        )
        found = [
            *(Offered(key, template.name) for key, template in shipped.items()),
            *(Offered(each.key, each.name) for each in approved),
        ]
    return tuple(sorted(found, key=lambda each: each.name))
