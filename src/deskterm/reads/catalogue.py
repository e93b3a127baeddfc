"""The catalogue: configuration items, the services that run on them, and what depends on what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from deskterm.desk import Desk
from deskterm.storage.tables import CiRelation, ConfigurationItem
from deskterm.storage.types import table

CI, RELATION = table(ConfigurationItem), table(CiRelation)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A configuration item."""

    name: str
    service: str | None
    depends_on: tuple[str, ...]


def items(desk: Desk, *, by: str) -> tuple[ItemRow, ...]:
    """Return every configuration item with what it depends on, by name."""
    needs: dict[str, list[str]] = defaultdict(list)
    with desk.look(by) as look:
        pairs = select(RELATION.c.ci, RELATION.c.depends_on).order_by(RELATION.c.depends_on)
        for ci, other in look.connection.execute(pairs):
            needs[ci].append(other)
        rows = look.connection.execute(select(CI.c.key, CI.c.service).order_by(CI.c.key))
        return tuple(ItemRow(row.key, row.service, tuple(needs[row.key])) for row in rows)
