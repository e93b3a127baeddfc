"""Callers, agents and teams."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy import select as choose
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, NotFound
from deskterm.domain.people import WORKERS, Role
from deskterm.i18n import N_
from deskterm.services.drafts import AgentDraft, CallerDraft
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Agent, Member, Person, TeamRow

MEMBERS = Prepared(
    choose(col(Member.login))
    .join(Agent, col(Agent.login) == col(Member.login))
    .where(col(Member.team) == bindparam("team"), col(Agent.active))
)
ACTIVE = Prepared(choose(col(Agent.login)).where(col(Agent.active)))


@action("person.add")
def add_person(tx: Transaction, draft: CallerDraft, *, by: str) -> int:
    """Make a caller known, and return the person's id."""
    return _key(_add(tx, draft))


@action("agent.add")
def add_agent(tx: Transaction, draft: AgentDraft, *, by: str) -> None:
    """Let somebody sign in, or change the roles and teams of who already can."""
    agent = tx.session.get(Agent, draft.login)
    if agent is None:
        person = _add(tx, CallerDraft(name=draft.name, email=draft.email))
        agent = Agent(login=draft.login, person_id=_key(person))
    agent.roles = " ".join(sorted(draft.roles))
    agent.active = True
    tx.session.add(agent)
    tx.session.flush()
    for team in sorted(draft.teams):
        if tx.session.get(Member, (team_row(tx, team).key, draft.login)) is None:
            tx.session.add(Member(team=team, login=draft.login))
    tx.record(
        "person",
        agent.person_id,
        "agent.added",
        login=draft.login,
        roles=agent.roles,
        teams=sorted(draft.teams),
    )


@action("agent.deactivate")
def deactivate(tx: Transaction, login: str, *, by: str) -> None:
    """Let somebody sign in no longer; their next act is refused."""
    agent = tx.session.get(Agent, login)
    if agent is None:
        raise NotFound(what=login)
    agent.active = False
    tx.session.add(agent)
    tx.record("person", agent.person_id, "agent.deactivated", login=login)


def caller_of(tx: Transaction, caller: int | CallerDraft | None) -> Person | None:
    """Return the person a draft means, adding who is not known; a known address is the same person.

    Raises:
        NotFound: nobody has this id.
    """
    if caller is None:
        return None
    if isinstance(caller, int):
        person = tx.session.get(Person, caller)
        if person is None:
            raise NotFound(what=f"caller {caller}")
        return person
    if caller.email:
        known = tx.session.exec(select(Person).where(col(Person.email) == caller.email.lower())).first()
        if known is not None:
            return known
    return _add(tx, caller)


def _add(tx: Transaction, draft: CallerDraft) -> Person:
    if not draft.name:
        raise BadInput(N_("A person needs a name."))
    person = Person(
        name=draft.name,
        name_key=draft.name.casefold(),
        email=draft.email.lower() if draft.email else None,
        phone=draft.phone,
        phone_key=phone_key(draft.phone),
        department=draft.department,
        location=draft.location,
        zone=draft.zone,
        language=draft.language,
        vip=draft.vip,
    )
    tx.session.add(person)
    tx.session.flush()
    tx.record("person", _key(person), "person.added", name=person.name)
    return person


def phone_key(phone: str | None) -> str | None:
    """Return a phone number's digits, last first: people know the end of a number."""
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    return digits[::-1] or None


def team_row(tx: Transaction, key: str) -> TeamRow:
    """Return a team.

    Raises:
        BadInput: there is none with this key.
    """
    row = tx.session.get(TeamRow, key)
    if row is None:
        raise BadInput(N_("There is no team called {key}."), key=key)
    return row


def members(tx: Transaction, team: str | None) -> list[str]:
    """Return the logins of a team's active members."""
    return [login for (login,) in MEMBERS.rows(tx.connection, team=team)]


def active(tx: Transaction) -> frozenset[str]:
    """Return the logins of everybody who can sign in."""
    return frozenset(login for (login,) in ACTIVE.rows(tx.connection))


def with_role(tx: Transaction, role: Role) -> list[str]:
    """Return the logins of the active agents who have a role."""
    agents = tx.session.exec(select(Agent).where(col(Agent.active)))
    return [agent.login for agent in agents if role in agent.roles.split()]


def agent(tx: Transaction, login: str) -> Agent:
    """Return an active agent.

    Raises:
        BadInput: there is none with this login.
    """
    found = tx.session.get(Agent, login)
    if found is None or not found.active:
        raise BadInput(N_("There is no active agent called {login}."), login=login)
    return found


def _key(person: Person) -> int:
    assert person.id is not None, "a flushed row has its id"
    return person.id


def worker(tx: Transaction, login: str) -> Agent:
    """Return an active agent who may be given work: one with more than a vote, or eyes.

    Raises:
        BadInput: there is none with this login, or their roles let them work on nothing.
    """
    found = agent(tx, login)
    if WORKERS.isdisjoint(map(Role, found.roles.split())):
        raise BadInput(N_("{login} may not work on tickets; give them the role agent first."), login=login)
    return found
