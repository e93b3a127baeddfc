"""An agent's workplace: what they type, which views they keep, where they are, what they have read."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import NotAllowed, NotFound
from deskterm.domain.people import LEADS
from deskterm.domain.ticket import key_of
from deskterm.i18n import N_
from deskterm.storage.tables import Draft, Heartbeat, Notification, Presence, View
from deskterm.storage.types import table
from deskterm.text import plain

NOTIFICATION = table(Notification)
PRESENCE = table(Presence)


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


@action("view.save")
def save_view(
    tx: Transaction, name: str, query: str, *, place: int = 9, shared: bool = False, by: str
) -> int:
    """Save a view under a name, over the one that has it, and return its id.

    Raises:
        NotAllowed: a shared view, and the actor leads nobody.
    """
    if shared and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only a lead may share a view."))
    label = plain(name, one_line=True).strip()
    login = None if shared else by
    view = tx.session.exec(
        select(View).where(
            col(View.name) == label, col(View.login) == login if login else col(View.login).is_(None)
        )
    ).first() or View(login=login, place=place, name=label, query=query)
    view.query, view.place = plain(query, one_line=True), place
    tx.session.add(view)
    tx.session.flush()
    assert view.id is not None, "a flushed row has its id"
    return view.id


@action("view.drop")
def drop_view(tx: Transaction, view_id: int, *, by: str) -> None:
    """Drop a saved view of one's own; a shared one takes a lead."""
    view = tx.session.get(View, view_id)
    if view is None or (view.login not in (by, None)):
        raise NotFound(what=f"view {view_id}")
    if view.login is None and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only a lead may drop a shared view."))
    tx.session.delete(view)


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
    """Note that somebody swept, so that consoles know whether anybody does."""
    row = tx.session.get(Heartbeat, session) or Heartbeat(
        session=session, login=login, worker=worker, swept_at=tx.now
    )
    row.swept_at = tx.now
    tx.session.add(row)
