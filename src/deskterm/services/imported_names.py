"""The names in another system's log, and the people, teams and catalogue entries that they become here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from sqlalchemy import select

from deskterm.desk import Transaction
from deskterm.domain.people import SYSTEM, Role
from deskterm.storage.tables import (
    Agent,
    Category,
    ConfigurationItem,
    Member,
    Person,
    Service,
    TeamRow,
)
from deskterm.storage.types import table

AGENT, CATEGORY, CI = table(Agent), table(Category), table(ConfigurationItem)
MEMBER, PERSON, SERVICE, TEAM = table(Member), table(Person), table(Service), table(TeamRow)
LOGIN_LENGTH = 32
KEY_LENGTH = 60
_GAPS = re.compile(r"[^a-z0-9]+")


class Team(NamedTuple):
    """A team as a log names it."""

    name: str
    tier: int
    """What it has here if it is new."""


class Row(Protocol):
    """What a row of a log names."""

    @property
    def by(self) -> str | None: ...  # noqa: D102  # the names say it, as in `ticket_imports.Snapshot`
    @property
    def caller(self) -> str | None: ...  # noqa: D102
    @property
    def team(self) -> Team | None: ...  # noqa: D102
    @property
    def assignee(self) -> str | None: ...  # noqa: D102
    @property
    def category(self) -> str | None: ...  # noqa: D102
    @property
    def service(self) -> str | None: ...  # noqa: D102
    @property
    def ci(self) -> str | None: ...  # noqa: D102


class Added(Protocol):
    """Takes down the names of what was added."""

    people: set[str]
    agents: set[str]
    teams: set[str]
    catalogue: set[str]


class Names(NamedTuple):
    """What names stand for on this desk."""

    people: Mapping[str, int]
    """A caller's name → the person's id."""
    logins: Mapping[str, str]
    """An agent's name → the login."""
    teams: Mapping[str, tuple[str, int]]
    """A group's name → the team's key and tier."""


def login_of(name: str) -> str:
    """Return the login of somebody whom a log names: `updated.by.88` for `Updated by 88`.

    A name with signs or letters that a login can't have gets a piece of its hash, so that two names don't
    become one; so does the one that the ledger keeps for the desk itself.
    """
    return _slug(name, ".", LOGIN_LENGTH, reserved=SYSTEM)


def team_key(name: str) -> str:
    """Return the key of a team that a log names: `group-54` for `Group 54`."""
    return _slug(name, "-", KEY_LENGTH)


def _slug(name: str, gap: str, length: int, reserved: str = "") -> str:
    slug = _GAPS.sub(gap, name.casefold()).strip(gap)
    faithful = slug == name.casefold().replace(" ", gap) and len(slug) <= length and slug[:1].isalpha()
    if faithful and slug != reserved:
        return slug
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"x{gap}{slug[: length - 11]}{gap}{digest}".replace(gap * 2, gap)


def ensure(tx: Transaction, source: str, rows: Iterable[Row], added: Added) -> Names:
    """Add whom and what rows name and the desk does not know, and return what the names stand for."""
    told = list(rows)
    callers = _named(row.caller for row in told)
    agents = _named(name for row in told for name in (row.by, row.assignee))
    teams = {team.name: team.tier for team in dict.fromkeys(row.team for row in told) if team}
    members = {(row.team.name, row.assignee): None for row in told if row.team and row.assignee}
    logins = {name: login_of(name) for name in agents}
    strangers = _missing(tx, AGENT.c.login, logins.values())
    people = _people(tx, source, [*callers, *(name for name in agents if logins[name] in strangers)], added)
    _agents(tx, {logins[name]: people[name] for name in agents if logins[name] in strangers}, added)
    tiers = _teams(tx, teams, added)
    _members(tx, [(tiers[team][0], logins[name]) for team, name in members])
    _catalogue(
        tx,
        _named(row.category for row in told),
        _named(row.service for row in told),
        _named(row.ci for row in told),
        added,
    )
    return Names(people, logins, tiers)


def _named(names: Iterable[str | None]) -> dict[str, None]:
    """Return each name once, in order."""
    return {name: None for name in dict.fromkeys(names) if name is not None}


def _missing(tx: Transaction, column: object, wanted: Iterable[str]) -> set[str]:
    """Return which of these keys a table does not have."""
    keys = set(wanted)
    if keys:
        keys -= set(tx.connection.execute(select(column).where(column.in_(keys))).scalars())  # type: ignore[call-overload,attr-defined]  # any text column
    return keys


def _people(tx: Transaction, source: str, names: list[str], added: Added) -> dict[str, int]:
    """Return the ids of people by name; who is not known by the log's name is added."""
    if not names:
        return {}
    external = {f"{source}:{name}": name for name in names}
    known = select(PERSON.c.external_id, PERSON.c.id).where(PERSON.c.external_id.in_(list(external)))
    ids = {external[key]: person for key, person in tx.connection.execute(known)}
    new = {key: name for key, name in external.items() if name not in ids}
    if new:
        rows = [
            {"name": name, "name_key": name.casefold(), "external_id": key, "vip": False}
            for key, name in new.items()
        ]
        tx.connection.execute(PERSON.insert(), rows)
        ids = {external[key]: person for key, person in tx.connection.execute(known)}
        for name in new.values():
            tx.record("person", ids[name], "person.added", name=name, source=source)
        added.people.update(new.values())
    return ids


def _agents(tx: Transaction, new: Mapping[str, int], added: Added) -> None:
    if not new:
        return
    rows = [
        {"login": login, "person_id": person, "roles": Role.AGENT.value, "active": True}
        for login, person in new.items()
    ]
    tx.connection.execute(AGENT.insert(), rows)
    for login, person in new.items():
        tx.record("person", person, "agent.added", login=login, roles=Role.AGENT.value, teams=[])
    added.agents.update(new)


def _teams(tx: Transaction, named: Mapping[str, int], added: Added) -> dict[str, tuple[str, int]]:
    """Return the keys and tiers of teams by name; one of the same name is the same, in its own tier."""
    keys = {name: team_key(name) for name in named}
    if not keys:
        return {}
    found = tx.connection.execute(select(TEAM.c.key, TEAM.c.tier).where(TEAM.c.key.in_(set(keys.values()))))
    tiers = {key: int(tier) for key, tier in found}
    new = {key: name for name, key in keys.items() if key not in tiers}
    if new:
        rows = [
            {"key": key, "name": name, "tier": named[name], "ladder": "default", "restricted": False}
            for key, name in new.items()
        ]
        tx.connection.execute(TEAM.insert(), rows)
        tx.record("desk", 0, "team.added", keys=sorted(new))
        added.teams.update(new)
    return {name: (key, tiers.get(key, named[name])) for name, key in keys.items()}


def _members(tx: Transaction, pairs: Iterable[tuple[str, str]]) -> None:
    """Make who had a team's tickets in hand a member of it; no file lets anybody into a restricted team."""
    wanted = dict.fromkeys(pairs)
    if not wanted:
        return
    teams = {team for team, _login in wanted}
    closed = select(TEAM.c.key).where(TEAM.c.key.in_(teams), TEAM.c.restricted)
    teams -= set(tx.connection.execute(closed).scalars())
    known = tx.connection.execute(select(MEMBER.c.team, MEMBER.c.login).where(MEMBER.c.team.in_(teams)))
    present = {(team, login) for team, login in known}
    new = [
        {"team": team, "login": login}
        for team, login in wanted
        if team in teams and (team, login) not in present
    ]
    if new:
        tx.connection.execute(MEMBER.insert(), new)


def _catalogue(
    tx: Transaction, categories: Iterable[str], services: Iterable[str], items: Iterable[str], added: Added
) -> None:
    new_categories = sorted(_missing(tx, CATEGORY.c.key, categories))
    new_services = sorted(_missing(tx, SERVICE.c.key, services))
    new_items = sorted(_missing(tx, CI.c.key, items))
    if new_categories:
        tx.connection.execute(CATEGORY.insert(), [{"key": key} for key in new_categories])
    if new_services:
        tx.connection.execute(SERVICE.insert(), [{"key": key} for key in new_services])
    if new_items:
        tx.connection.execute(CI.insert(), [{"key": key, "service": None} for key in new_items])
    new = [*new_categories, *new_services, *new_items]
    if new:
        tx.record("desk", 0, "catalogue.added", keys=new)
        added.catalogue.update(new)
