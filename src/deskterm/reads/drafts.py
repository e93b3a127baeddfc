"""What somebody has begun to write, and the mail that can still be recalled: what is open when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.storage.tables import Draft, Message, Outgoing
from deskterm.storage.tables.conversation import OutgoingState


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A text that was not sent."""

    place: str
    """Where it was typed, such as `INC-42 reply`."""
    text: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What somebody has begun and not ended."""

    drafts: tuple[DraftRow, ...]
    """The newest first."""
    mails: int
    """How many of their replies have not left the building."""


def drafts(desk: Desk, *, by: str) -> tuple[DraftRow, ...]:
    """Return an agent's drafts, the newest first."""
    query = (
        select(col(Draft.place), col(Draft.text), col(Draft.saved_at))
        .where(col(Draft.login) == by, func.trim(col(Draft.text)) != "")
        .order_by(col(Draft.saved_at).desc())
    )
    with desk.look(by) as look:
        return tuple(DraftRow(*row) for row in look.connection.execute(query))


def left_open(desk: Desk, *, by: str) -> LeftOpen:
    """Return an agent's drafts and waiting replies."""
    mails = (
        select(func.count())
        .select_from(Outgoing)
        .join(Message, col(Message.id) == col(Outgoing.message_id))
        .where(col(Outgoing.state) == OutgoingState.WAITING, col(Message.by) == by)
    )
    with desk.look(by) as look:
        count = look.connection.execute(mails).scalar_one()
    return LeftOpen(drafts(desk, by=by), count)
