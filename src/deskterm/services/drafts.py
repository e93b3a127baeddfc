"""What people hand in, checked before it touches a record."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from deskterm.domain.errors import BadInput
from deskterm.domain.people import Role
from deskterm.domain.ticket import Channel, Kind, Level
from deskterm.text import plain

LINE_LIMIT = 500
TEXT_LIMIT = 1_000_000


def _line(text: str) -> str:
    return plain(text, one_line=True).strip()


def _text(text: str) -> str:
    return plain(text).strip("\n")


Line = Annotated[str, Field(max_length=LINE_LIMIT), AfterValidator(_line)]
"""One line of text from outside, made plain."""
Words = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_text)]
"""Text from outside, made plain; lines stay."""
Key = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]


class DraftModel(BaseModel):
    """What all drafts share: nothing unknown, nothing changed after it was checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CallerDraft(DraftModel):
    """Somebody who asks for service and is not known yet."""

    name: Line
    email: Line | None = None
    phone: Line | None = None
    department: Line | None = None
    location: Line | None = None
    zone: Line | None = None
    language: Line | None = None
    vip: bool = False


class NewTicket(DraftModel):
    """A ticket as a door hands it in."""

    kind: Kind = Kind.INCIDENT
    caller: int | CallerDraft | None = None
    """A person's id, or somebody new; None only for monitoring."""
    summary: Line
    description: Words = ""
    channel: Channel = Channel.PHONE
    impact: Level = Level.LOW
    urgency: Level = Level.MEDIUM
    extent: Annotated[int, Field(ge=1)] | None = None
    category: Key | None = None
    service: Key | None = None
    ci: Key | None = None
    occurred_at: AwareDatetime | None = None
    reported_at: AwareDatetime | None = None
    tags: tuple[Key, ...] = ()
    team: Key | None = None
    """None lets the routing rules choose."""
    assignee: Key | None = None


class InboundDraft(DraftModel):
    """A message as it came through a door, with what the door understood of it."""

    key: Key
    """What makes it the same message when it comes twice."""
    raw: bytes
    ticket: NewTicket
    automatic: bool = False
    """Whether a machine wrote it, so that no acknowledgement may answer it."""


Emptied = Literal["category", "service", "ci", "extent", "occurred_at"]
"""A field that a ticket can do without."""


class Edit(DraftModel):
    """Fields to change; those left out stay."""

    kind: Kind | None = None
    summary: Line | None = None
    description: Words | None = None
    impact: Level | None = None
    urgency: Level | None = None
    extent: Annotated[int, Field(ge=1)] | None = None
    category: Key | None = None
    service: Key | None = None
    ci: Key | None = None
    caller: int | None = None
    occurred_at: AwareDatetime | None = None
    major: bool | None = None
    empty: frozenset[Emptied] = frozenset()
    """Fields that shall say nothing any more."""


class Verdict(DraftModel):
    """What triage makes of a ticket; what is left out stays."""

    kind: Kind | None = None
    category: Key | None = None
    service: Key | None = None
    impact: Level | None = None
    urgency: Level | None = None
    team: Key | None = None
    duplicate_of: Key | None = None
    """The number of the ticket that this one is merged into; nothing else is done then."""
    take: bool = False
    """Whether it becomes the actor's own."""


class AgentDraft(DraftModel):
    """Somebody who is to sign in."""

    login: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.-]{0,31}$")]
    name: Line
    email: Line | None = None
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()


D = TypeVar("D", bound=DraftModel)


def checked(model: type[D], fields: object) -> D:
    """Check what came from outside.

    Raises:
        BadInput: the first thing wrong with it, with the field's name.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or model.__name__
        raise BadInput(field=where, reason=first["msg"]) from error
