"""Versions of the management standard: applied, with who and what changed, and never edited."""

from __future__ import annotations

from sqlalchemy import select as choose
from sqlmodel import col, select

from deskterm.desk import Desk, Transaction, action
from deskterm.domain.people import SYSTEM
from deskterm.domain.standard import Team
from deskterm.services import catalogue, clocks
from deskterm.services.facts import Fact, put_fact
from deskterm.standard.diff import difference
from deskterm.standard.load import catalogue as catalogue_of
from deskterm.standard.load import load
from deskterm.storage.tables import Agent, StandardVersion, TeamRow


def apply(desk: Desk, text: str, *, by: str) -> int:
    """Make a standard the one in force, take its teams and catalogue over, and return its version.

    A ticket keeps the policies that it was given; where calendars changed, open clocks are counted anew.

    Raises:
        BadStandard: it has errors; nothing is stored.
    """
    version = store(desk, text, by=by)
    finish(desk, by=by)
    return version


@action("standard.apply")
def store(tx: Transaction, text: str, *, by: str) -> int:
    """Store a standard as the newest version, and return the version."""
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
    if newest is not None and load(newest.text, 0).calendars != standard.calendars:
        put_fact(tx, Fact.RECOUNTED_TO, "0")
    return version.id


def finish(desk: Desk, *, by: str) -> int:
    """Count open clocks anew after calendars changed, in chunks, and return how many changed.

    Whoever comes next goes on where a killed process stopped.
    """
    changed = 0
    while (found := clocks.recount_chunk(desk, by=by)) is not None:
        changed += found
    return changed


def strangers(desk: Desk, text: str | None = None) -> list[str]:
    """Return the leads and managers that a standard names and the desk has no active agent for.

    Args:
        text: the standard; None for the one in force.
    """
    with desk.look(SYSTEM) as look:
        standard = desk.standard(look.connection) if text is None else load(text, 0)
        named = {login for team in standard.teams.values() for login in (team.lead, team.manager) if login}
        known = set(look.connection.execute(choose(col(Agent.login)).where(col(Agent.active))).scalars())
    return sorted(named - known)


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
        relations=tuple((item.name, other) for item in brought.items for other in sorted(item.depends_on)),
        by=tx.by,
    )
