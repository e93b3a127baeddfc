"""What people mark changes with: who watches one, who starred it, the words put on it."""

from __future__ import annotations

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.services import change_journal
from deskterm.services.tickets import tag_words
from deskterm.storage.tables import Change, ChangeStar, ChangeTag, ChangeWatcher


@action("change.watch")
def watch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told what happens to a change."""
    change = change_journal.take(tx, number)
    if tx.session.get(ChangeWatcher, (change_journal.key(change), by)) is None:
        tx.session.add(ChangeWatcher(change_id=change_journal.key(change), login=by))
        change_journal.record(tx, change, "change.watched", login=by)


@action("change.unwatch")
def unwatch(tx: Transaction, number: str, *, by: str) -> None:
    """Be told no longer."""
    change = change_journal.take(tx, number)
    watcher = tx.session.get(ChangeWatcher, (change_journal.key(change), by))
    if watcher is not None:
        tx.session.delete(watcher)
        change_journal.record(tx, change, "change.unwatched", login=by)


@action("change.tag")
def tag(tx: Transaction, number: str, words: tuple[str, ...], *, by: str) -> None:
    """Put words on a change, to find it by."""
    change = change_journal.take(tx, number)
    has = _tags(tx, change)
    new = [word for word in tag_words(words) if word not in has]
    for word in new:
        tx.session.add(ChangeTag(change_id=change_journal.key(change), word=word))
    if new:
        change_journal.record(tx, change, "change.tagged", added=new)


@action("change.untag")
def untag(tx: Transaction, number: str, words: tuple[str, ...], *, by: str) -> None:
    """Take words off a change."""
    change = change_journal.take(tx, number)
    has = _tags(tx, change)
    gone = [word for word in tag_words(words) if word in has]
    for word in gone:
        tx.session.delete(has[word])
    if gone:
        change_journal.record(tx, change, "change.untagged", removed=gone)


@action("change.star")
def star(tx: Transaction, number: str, *, by: str) -> None:
    """Star a change, so that `is:starred` finds it; nobody else sees that, nor does the ledger keep it."""
    change = change_journal.look_up(tx, number)
    if tx.session.get(ChangeStar, (change_journal.key(change), by)) is None:
        tx.session.add(ChangeStar(change_id=change_journal.key(change), login=by))


@action("change.unstar")
def unstar(tx: Transaction, number: str, *, by: str) -> None:
    """Take one's star off a change."""
    change = change_journal.look_up(tx, number)
    found = tx.session.get(ChangeStar, (change_journal.key(change), by))
    if found is not None:
        tx.session.delete(found)


def _tags(tx: Transaction, change: Change) -> dict[str, ChangeTag]:
    rows = tx.session.exec(select(ChangeTag).where(col(ChangeTag.change_id) == change_journal.key(change)))
    return {row.word: row for row in rows}
