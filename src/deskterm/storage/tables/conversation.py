"""What people say to each other: the timeline, what comes in, what goes out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from deskterm.domain.ticket import Channel
from deskterm.storage.types import UtcDateTime, coded


class MessageKind(StrEnum):
    """What a timeline entry is."""

    REPLY = "reply"
    """From the desk to the caller."""
    MESSAGE = "message"
    """From the caller to the desk."""
    NOTE = "note"
    """Among agents."""
    EVIDENCE = "evidence"
    """Output of a command, kept as it was."""


class Message(SQLModel, table=True):
    """A timeline entry that somebody wrote; state changes are in the ledger."""

    __tablename__ = "message"
    __table_args__ = (Index("message_ticket", "ticket_id", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    """A login, or `caller:` and the person's id."""
    kind: MessageKind = Field(sa_type=coded(MessageKind))
    public: bool
    body: str = Field(sa_type=Text)
    recalled: bool = False
    """Whether it was taken back before it left the building."""


class OutgoingState(StrEnum):
    """Where an outgoing message is on its way."""

    WAITING = "waiting"
    SENT = "sent"
    RECALLED = "recalled"
    PARKED = "parked"
    """Given up after five tries; the reason is kept."""


class Outgoing(SQLModel, table=True):
    """A message on its way out of the building."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_due", "state", "due_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    """The timeline entry it carries; None for automatic mail."""
    kind: str
    """`acknowledgement`, `reply`, `confirmation`."""
    recipient: str
    subject: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    header_id: str = Field(unique=True)
    """The Message-ID, the same at every try."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it may leave; until then it can be recalled."""
    state: OutgoingState = Field(default=OutgoingState.WAITING, sa_type=coded(OutgoingState))
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    error: str = Field(default="", sa_type=Text)


class Inbound(SQLModel, table=True):
    """What came through a door, as it came: raw first, understood after."""

    __tablename__ = "inbound"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What makes it the same message when it comes twice."""
    channel: Channel = Field(sa_type=coded(Channel))
    received_at: datetime = Field(sa_type=UtcDateTime)
    raw: bytes = Field(sa_type=LargeBinary)
    sha256: bytes = Field(sa_type=LargeBinary)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    quarantine: str = Field(default="", sa_type=Text)
    """Why it could not be taken; empty where it was."""
