"""Handing the outbox's mail over to a spool folder, each message once however often a worker is killed.

A message is written under a name of its own, linked as *handed*, then renamed into the folder that the mail
system empties. Whoever comes back after a crash sees from the link how far it came (decision 23).
"""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from sqlmodel import col, select

from deskterm.desk import Desk, Transaction
from deskterm.domain.people import SYSTEM
from deskterm.failpoints import Failpoint, failpoint
from deskterm.services import conversation
from deskterm.services.alarms import TRIES
from deskterm.services.facts import Fact
from deskterm.storage.tables import DeskFact, Outgoing
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.text import plain

AT_ONCE = 100

log = logging.getLogger(__name__)


class Spool:
    """A folder that the mail system empties: `new` holds what is to go, named for its Message-ID."""

    def __init__(self, folder: Path) -> None:
        self.new = folder / "new"
        self.unfinished = folder / "tmp"
        self.handed = folder / "handed"
        for part in (self.new, self.unfinished, self.handed):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, name: str, content: bytes) -> None:
        """Put a message into the spool, once for its name."""
        draft, done = self.unfinished / name, self.handed / name
        if not done.exists():
            _write(draft, content)
            _sync(self.unfinished)
            os.link(draft, done)
            _sync(self.handed)
        if draft.exists():
            draft.replace(self.new / name)
            _sync(self.new)

    def forget(self, name: str) -> None:
        """Drop the memory of a message, once the desk itself remembers that it went."""
        (self.handed / name).unlink(missing_ok=True)


def hand_over(desk: Desk, spool: Spool, *, sender: str) -> int:
    """Hand over what may leave, and return how much that was; a rehearsal's mail stays where it is."""
    with desk.look(SYSTEM) as look:
        if look.connection.execute(
            select(DeskFact.value).where(col(DeskFact.name) == Fact.REHEARSAL.value)
        ).first():
            return 0
        due = look.connection.execute(
            select(Outgoing.id)
            .where(col(Outgoing.state) == OutgoingState.WAITING, col(Outgoing.due_at) <= look.now)
            .order_by(col(Outgoing.id))
            .limit(AT_ONCE)
        ).scalars()
        keys = [key for key in due if key is not None]
    return sum(_hand_over(desk, spool, key, sender) for key in keys)


def _hand_over(desk: Desk, spool: Spool, key: int, sender: str) -> bool:
    def work(tx: Transaction) -> str | None:
        outgoing = tx.session.exec(
            select(Outgoing)
            .where(col(Outgoing.id) == key, col(Outgoing.state) == OutgoingState.WAITING)
            .with_for_update(skip_locked=True)
        ).first()
        if outgoing is None:
            return None
        name = outgoing.header_id.strip("<>") + ".eml"
        tx.session.add(outgoing)
        try:
            spool.put(name, letter(outgoing, sender))
        except Exception as error:  # one that can't be written must not hold up the others
            log.exception("mail %s was not handed over", key)
            _postpone(tx, outgoing, str(error))
            return None
        failpoint(Failpoint.OUTBOX_SPOOLED)
        outgoing.state, outgoing.sent_at = OutgoingState.SENT, tx.now
        return name

    name = desk.transact(SYSTEM, work)
    failpoint(Failpoint.OUTBOX_MARKED)
    if name is not None:
        spool.forget(name)
    return name is not None


def _postpone(tx: Transaction, outgoing: Outgoing, reason: str) -> None:
    outgoing.tries += 1
    outgoing.error = reason
    if outgoing.tries >= TRIES:
        outgoing.state = OutgoingState.PARKED
        conversation.bring_back(tx, outgoing, reason)
    else:
        outgoing.due_at = tx.now + timedelta(minutes=2**outgoing.tries)


def letter(outgoing: Outgoing, sender: str) -> bytes:
    """Return a message as mail; line breaks in a header are folded before the header is built."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = plain(outgoing.recipient, one_line=True)
    mail["Subject"] = plain(outgoing.subject, one_line=True)
    mail["Message-ID"] = outgoing.header_id
    mail["Date"] = outgoing.created_at
    mail["X-Deskterm-Loop"] = "1"
    if outgoing.kind != "reply":
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(outgoing.body)
    return bytes(mail)


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
