"""Versions of the management standard: applied, with who and what changed, and never edited."""

from __future__ import annotations

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.standard import Team
from deskterm.services import catalogue
from deskterm.standard.diff import difference
from deskterm.standard.load import catalogue as catalogue_of
from deskterm.standard.load import load
from deskterm.storage.tables import StandardVersion, TeamRow


@action("standard.apply")
def apply(tx: Transaction, text: str, *, by: str) -> int:
    """Store a standard as the newest version, take its teams and catalogue over, and return the version.

    A ticket keeps the version that it was given.

    Raises:
        BadStandard: it has errors; nothing is stored.
    """
    standard = load(text, 0)
    newest = tx.session.exec(
        select(StandardVersion).order_by(col(StandardVersion.id).desc()).limit(1)
    ).first()
    version = StandardVersion(at=tx.now, by=by, text=text)
    tx.session.add(version)
    tx.session.flush()
    assert version.id is not None, "a flushed row has its id"
    for team in standard.teams.values():
        _put_team(tx, team)
    _put_catalogue(tx, text)
    changed = difference(newest.text, text) if newest else []
    tx.record("standard", version.id, "standard.applied", name=standard.name, changed=changed)
    return version.id


def _put_team(tx: Transaction, team: Team) -> None:
    row = tx.session.get(TeamRow, team.key) or TeamRow(key=team.key, name=team.name)
    row.name, row.tier, row.escalates_to = team.name, team.tier, team.escalates_to
    row.lead, row.manager, row.ladder, row.restricted = team.lead, team.manager, team.ladder, team.restricted
    tx.session.add(row)


def _put_catalogue(tx: Transaction, text: str) -> None:
    brought = catalogue_of(text)
    catalogue.add.work(
        tx,
        services=brought.services,
        cis=tuple((item.name, item.service) for item in brought.items),
        categories=brought.categories,
        by=tx.by,
    )
