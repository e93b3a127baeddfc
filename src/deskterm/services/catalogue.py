"""The catalogue that tickets point into: services, configuration items, categories."""

from __future__ import annotations

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_
from deskterm.storage.tables import Category, CiRelation, ConfigurationItem, Service


def need(tx: Transaction, *, service: str | None, ci: str | None, category: str | None) -> None:
    """Let through only what the catalogue has.

    Raises:
        BadInput: it has no such service, configuration item or category.
    """
    for field, table, key in (
        ("service", Service, service),
        ("ci", ConfigurationItem, ci),
        ("category", Category, category),
    ):
        if key is not None and tx.session.get(table, key) is None:
            raise BadInput(N_("The catalogue has no {field} called {key}."), field=field, key=key)


@action("catalogue.add")
def add(
    tx: Transaction,
    *,
    services: tuple[str, ...] = (),
    cis: tuple[tuple[str, str | None], ...] = (),
    categories: tuple[str, ...] = (),
    relations: tuple[tuple[str, str], ...] = (),
    by: str,
) -> int:
    """Add what is missing to the catalogue, and return how much that was.

    Args:
        cis: configuration items with the service that runs on them.
        relations: configuration items with one that they depend on.
    """
    rows: list[Service | ConfigurationItem | Category] = [
        *(Service(key=key) for key in services),
        *(ConfigurationItem(key=key, service=service) for key, service in cis),
        *(Category(key=key) for key in categories),
    ]
    added = [row for row in rows if tx.session.get(type(row), row.key) is None]
    for row in added:
        tx.session.add(row)
        tx.session.flush()
    pairs = [CiRelation(ci=ci, depends_on=other) for ci, other in relations]
    related = [row for row in pairs if tx.session.get(CiRelation, (row.ci, row.depends_on)) is None]
    tx.session.add_all(related)
    tx.session.flush()
    if added:
        tx.record("desk", 0, "catalogue.added", keys=[row.key for row in added])
    for pair in related:
        tx.record("desk", 0, "catalogue.related", ci=pair.ci, depends_on=pair.depends_on)
    return len(added) + len(related)
