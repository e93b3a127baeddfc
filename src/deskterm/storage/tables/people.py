"""People: callers, agents, teams."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Somebody known to the desk: every caller, every agent."""

    __tablename__ = "person"
    __table_args__ = (
        Index("person_name", "name_key"),
        Index("person_email", "email"),
        Index("person_phone", "phone_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = ""
    """The name case folded, for look-up by its beginning."""
    email: str | None = None
    """Lower case."""
    phone: str | None = None
    phone_key: str | None = None
    """The phone's digits, last first, so that look-up by its end uses the index."""
    department: str | None = None
    location: str | None = None
    zone: str | None = None
    language: str | None = None
    vip: bool = False
    external_id: str | None = Field(default=None, index=True, unique=True)
    """The name that another system gives this person; for imports."""


class Agent(SQLModel, table=True):
    """Somebody who signs in."""

    __tablename__ = "agent"

    login: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    roles: str = ""
    """Codes of roles, blank-separated."""
    active: bool = True


class TeamRow(SQLModel, table=True):
    """A support team; the standard names them, imports bring others."""

    __tablename__ = "team"

    key: str = Field(primary_key=True)
    name: str
    tier: int = 1
    escalates_to: str | None = None
    lead: str | None = None
    manager: str | None = None
    ladder: str = "default"
    restricted: bool = False
    """Whether only members, auditors and admins see its tickets."""


class Member(SQLModel, table=True):
    """An agent's place in a team."""

    __tablename__ = "member"

    team: str = Field(foreign_key="team.key", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)
