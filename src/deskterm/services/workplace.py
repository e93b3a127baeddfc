"""An agent's workplace: what they type, where they are, what they have read."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, update

from deskterm.desk import Transaction, action
from deskterm.domain.ticket import key_of
from deskterm.storage.tables import Draft, Heartbeat, Notification, Presence
from deskterm.storage.types import table

NOTIFICATION = table(Notification)
PRESENCE = table(Presence)
HEARTBEAT = table(Heartbeat)
BEAT = (
    update(HEARTBEAT).where(HEARTBEAT.c.session == bindparam("of_session")).values(swept_at=bindparam("now"))
)
FORGOTTEN_AFTER = timedelta(days=1)


@action("draft.save")
def save_draft(tx: Transaction, place: str, text: str, *, by: str) -> None:
    """Keep what somebody is typing; called at most twice a second."""
    draft = tx.session.get(Draft, (by, place)) or Draft(login=by, place=place, text="", saved_at=tx.now)
    draft.text, draft.saved_at = text.replace("\x00", ""), tx.now
    tx.session.add(draft)


@action("draft.drop")
def drop_draft(tx: Transaction, place: str, *, by: str) -> None:
    """Forget a draft that was sent or discarded."""
    draft = tx.session.get(Draft, (by, place))
    if draft is not None:
        tx.session.delete(draft)


@action("presence.show")
def here(tx: Transaction, session: str, number: str, *, typing: bool = False, by: str) -> None:
    """Say that a console has a ticket open; repeated every 15 seconds."""
    row = tx.session.get(Presence, session) or Presence(
        session=session, login=by, ticket_id=0, seen_at=tx.now
    )
    row.ticket_id, row.typing, row.seen_at = key_of(number), typing, tx.now
    tx.session.add(row)


@action("presence.leave")
def away(tx: Transaction, session: str, *, by: str) -> None:
    """Say that a console has no ticket open any more."""
    tx.connection.execute(delete(PRESENCE).where(PRESENCE.c.session == session, PRESENCE.c.login == by))


@action("notification.read")
def read_notifications(tx: Transaction, ids: tuple[int, ...] | None = None, *, by: str) -> None:
    """Mark notifications as read: those named, or all."""
    unread = update(NOTIFICATION).where(NOTIFICATION.c.login == by, NOTIFICATION.c.read_at.is_(None))
    if ids is not None:
        unread = unread.where(NOTIFICATION.c.id.in_(ids))
    tx.connection.execute(unread.values(read_at=tx.now))


def beat(tx: Transaction, session: str, login: str, *, worker: bool) -> None:
    """Note that somebody swept, so that consoles know whether anybody does.

    Who begins forgets those that ended long ago.
    """
    run = tx.connection.execute
    if run(BEAT, {"of_session": session, "now": tx.now}).rowcount:
        return
    run(delete(HEARTBEAT).where(HEARTBEAT.c.swept_at < tx.now - FORGOTTEN_AFTER))
    run(insert(HEARTBEAT).values(session=session, login=login, worker=worker, swept_at=tx.now))
