"""What is left open by whoever leaves: drafts, and mail that can still be recalled."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.storage.tables import Draft, Message, Outgoing
from deskterm.storage.tables.conversation import OutgoingState


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What somebody has begun and not ended."""

    drafts: tuple[str, ...]
    """Where they were typed, such as `INC-42 reply`, the newest first."""
    mails: int
    """How many of their replies have not left the building."""


def left_open(desk: Desk, *, by: str) -> LeftOpen:
    """Return an agent's drafts and waiting replies."""
    drafts = select(col(Draft.place)).where(col(Draft.login) == by, func.trim(col(Draft.text)) != "")
    mails = (
        select(func.count())
        .select_from(Outgoing)
        .join(Message, col(Message.id) == col(Outgoing.message_id))
        .where(col(Outgoing.state) == OutgoingState.WAITING, col(Message.by) == by)
    )
    with desk.look(by) as look:
        places = look.connection.execute(drafts.order_by(col(Draft.saved_at).desc())).scalars()
        return LeftOpen(tuple(places), look.connection.execute(mails).scalar_one())
