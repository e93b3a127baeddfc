"""An agent's workplace: drafts, views, notifications, who is where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from deskterm.storage.types import UtcDateTime


class Draft(SQLModel, table=True):
    """What somebody is typing, so that no word is lost."""

    __tablename__ = "draft"

    login: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    """Where it belongs: `INC-42 reply`, `new`."""
    text: str = Field(sa_type=Text)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class View(SQLModel, table=True):
    """A saved view of a queue: a filter with its order and columns, and where the preview is."""

    __tablename__ = "view"

    id: int | None = Field(default=None, primary_key=True)
    login: str | None = Field(default=None, index=True)
    """Whose it is; None where everybody has it."""
    place: int
    name: str
    query: str = Field(sa_type=Text)
    """In the filter language, with its order and columns: `is:open sort:breach cols:id,summary`."""
    preview: str = ""
    """Where the preview is shown: `right`, `bottom` or `off`; empty for wherever it is."""


class Star(SQLModel, table=True):
    """A ticket that an agent wants to find again."""

    __tablename__ = "star"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    login: str = Field(foreign_key="agent.login", primary_key=True, index=True)


class Notification(SQLModel, table=True):
    """Something an agent ought to know."""

    __tablename__ = "notification"
    __table_args__ = (Index("notification_login", "login", "read_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    login: str
    ticket_id: int | None = None
    kind: str
    """The event's kind, or `alert`."""
    details: str = Field(default="{}", sa_type=Text)
    urgent: bool = False
    at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Presence(SQLModel, table=True):
    """Who has a ticket open, and whether they type; stale after 45 seconds."""

    __tablename__ = "presence"

    session: str = Field(primary_key=True)
    login: str
    ticket_id: int = Field(index=True)
    typing: bool = False
    seen_at: datetime = Field(sa_type=UtcDateTime)


class Heartbeat(SQLModel, table=True):
    """A console or worker that sweeps."""

    __tablename__ = "heartbeat"

    session: str = Field(primary_key=True)
    login: str
    worker: bool = False
    swept_at: datetime = Field(sa_type=UtcDateTime)
