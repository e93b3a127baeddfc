"""What was done: an agent's own acts for undo and redo, and what others did since one began to write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.ledger import UNDONE, Entry
from deskterm.domain.ticket import number_of
from deskterm.domain.undo import ECHOES, REVERSIBLE
from deskterm.reads.ticket import Here, here, stored
from deskterm.storage.chain import EVENT, history
from deskterm.storage.tables import Ticket
from deskterm.storage.visible import visible

REACH = 50_000
"""How many events back an agent's acts are looked for."""
MOST = 100
"""How many acts a log shows."""
EVENTS_EACH = 20
"""How many events each may have on average."""
RECENT = 10
"""How many acts undo and redo look at."""

HEAD = select(func.max(EVENT.c.id))
OWN: Any = (
    select(
        EVENT.c.id, EVENT.c.at, EVENT.c.kind, EVENT.c.batch, EVENT.c.data, EVENT.c.subject_id,
        col(Ticket.kind).label("ticket_kind"),
    )
    .join(Ticket, col(Ticket.id) == EVENT.c.subject_id)
    .where(
        EVENT.c.id > bindparam("above"), EVENT.c.by == bindparam("login"), EVENT.c.subject_type == "ticket"
    )
    .order_by(EVENT.c.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip

UNDOS: Any = (
    select(EVENT.c.id, EVENT.c.data)
    .where(
        EVENT.c.subject_type == "ticket",
        EVENT.c.subject_id.in_(bindparam("among", expanding=True)),
        EVENT.c.id > bindparam("above"),
        EVENT.c.kind == UNDONE,
    )
    .order_by(EVENT.c.id.desc())
)


class Standing(Enum):
    """Whether an act still counts."""

    DONE = "done"
    UNDONE = "undone"
    """It was taken back, or a part of it; taking the undo back does it again."""
    FIXED = "fixed"
    """It is of a kind that can't be taken back."""


@dataclass(frozen=True, slots=True)
class ActRow:
    """Something that an agent did, on one ticket or on many."""

    what: int | str
    """What `services.undo.undo` takes."""
    at: datetime
    kinds: tuple[str, ...]
    """The events, in order; for an undo or a redo, those that it took back or did again."""
    numbers: tuple[str, ...]
    is_undo: bool
    is_redo: bool
    standing: Standing

    @property
    def key(self) -> int | str:
        """What tells rows apart."""
        return self.what


def acts(desk: Desk, *, by: str, most: int = MOST) -> tuple[ActRow, ...]:
    """Return what an agent did last, the newest first: the activity log."""
    with desk.look(by) as look:
        above = (look.connection.execute(HEAD).scalar() or 0) - REACH
        wanted = {"above": above, "login": by, "most": most * EVENTS_EACH}
        found = look.connection.execute(OWN.where(visible(look.actor)), wanted).all()
        undone = _undone(look, found)
    grouped = groupby(found, key=lambda row: row.batch or row.id)
    return tuple(_act(what, list(events), undone) for what, events in islice(grouped, most))


def is_written(desk: Desk, batch: str, *, by: str) -> bool:
    """Return whether an act left anything in the ledger that the asker wrote."""
    with desk.look(by) as look:
        own = select(EVENT.c.id).where(EVENT.c.batch == batch, EVENT.c.by == by).limit(1)
        return look.connection.execute(own).first() is not None


def to_undo(desk: Desk, *, by: str) -> ActRow | None:
    """Return the act that `u` takes back: the newest that counts and is no undo; None where there is none."""
    return next((act for act in _counting(desk, by) if not act.is_undo), None)


def to_redo(desk: Desk, *, by: str) -> ActRow | None:
    """Return the undo that `U` takes back: the newest that counts; None once anything new was done."""
    newest = next((act for act in _counting(desk, by) if not act.is_redo), None)
    return newest if newest is not None and newest.is_undo else None


def _counting(desk: Desk, by: str) -> list[ActRow]:
    return [act for act in acts(desk, by=by, most=RECENT) if act.standing is Standing.DONE]


def _undone(look: Look, rows: Sequence[Row[Any]]) -> set[int]:
    """Return the events of these tickets that anybody took back and that are taken back still."""
    among = {"among": sorted({row.subject_id for row in rows}), "above": rows[-1].id if rows else 0}
    undone: set[int] = set()
    for key, data in look.connection.execute(UNDOS, among):
        if key not in undone:
            undone.add(json.loads(data)["undoes"])
    return undone


def _act(what: int | str, events: Sequence[Row[Any]], undone: set[int]) -> ActRow:
    events = sorted(events, key=lambda row: int(row.id))
    undos = {row.id: json.loads(row.data) for row in events if row.kind == UNDONE}
    kinds = [undos[row.id]["act"] if row.id in undos else row.kind for row in events]
    reversible = [row.id for row, kind in zip(events, kinds, strict=True) if kind in REVERSIBLE]
    if not reversible or not set(kinds) <= REVERSIBLE.keys() | ECHOES:
        standing = Standing.FIXED
    else:
        standing = Standing.DONE if undone.isdisjoint(reversible) else Standing.UNDONE
    return ActRow(
        what=what,
        at=events[-1].at,
        kinds=tuple(dict.fromkeys(kinds)),
        numbers=tuple(dict.fromkeys(number_of(row.ticket_kind, row.subject_id) for row in events)),
        is_undo=any(not undo["again"] for undo in undos.values()),
        is_redo=any(undo["again"] for undo in undos.values()),
        standing=standing,
    )


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a ticket looks like to somebody who is about to send or resolve."""

    version: int
    here: tuple[Here, ...]
    """Who else has it open, and whether they type."""
    entries: tuple[Entry, ...]
    """What others did since, oldest first."""


def meanwhile(desk: Desk, number: str, since: int | datetime, *, by: str) -> Meanwhile:
    """Return what happened to a ticket since somebody looked at it.

    Args:
        since: the version that they saw, or when they read it; only a moment also tells replies and notes
            that came before the next change.

    Raises:
        NotFound: there is no such ticket, or none that the asker may see.
    """
    with desk.look(by) as look:
        ticket = stored(look, number)
        ledger = history(look.connection, "ticket", ticket.id)
        present = here(look, ticket.id)
    later = _after(ledger, since) if isinstance(since, datetime) else _newer(ledger, ticket.version - since)
    return Meanwhile(ticket.version, present, tuple(entry for entry in later if entry.by != by))


def _after(ledger: list[Entry], since: datetime) -> list[Entry]:
    return [entry for entry in ledger if entry.at > since]


def _newer(ledger: list[Entry], versions: int) -> list[Entry]:
    """Return the entries from the first of so many last ones that changed a field."""
    if versions <= 0:
        return []
    changed = [place for place, entry in enumerate(ledger) if entry.changes]
    return ledger[changed[-versions] :] if versions <= len(changed) else ledger
