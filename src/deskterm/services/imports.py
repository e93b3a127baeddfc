"""The course of an import: begun, marked after each chunk, ended; and what becomes of a log's rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_
from deskterm.services import alarms, effect
from deskterm.services.facts import Fact, put_fact
from deskterm.services.rehearsal import rehearsal, rehearse
from deskterm.storage.tables import ImportCheckpoint, Problem, Ticket
from deskterm.storage.types import table

TICKET, PROBLEM = table(Ticket), table(Problem)


class Rejected(NamedTuple):
    """A row that was not taken."""

    line: int
    number: str
    reason: str


class Difference(NamedTuple):
    """A counter on which the ledger and the log do not agree."""

    number: str
    counter: str
    ours: int
    theirs: int


class Mark(NamedTuple):
    """How far an import has come when a chunk is committed."""

    file: str
    """What tells the file, and how it is read, from any other."""
    line: int


@dataclass(slots=True)
class Written:
    """What became of a chunk; every row is written, known, later or rejected."""

    written: int = 0
    known: int = 0
    later: int = 0
    """Rows from after the instant that was asked for."""
    clamped: int = 0
    """Rows whose time ran backwards; they were given the time of the row before."""
    priorities: int = 0
    """Rows whose priority is not what the desk's matrix makes of them."""
    new_tickets: int = 0
    extended_tickets: int = 0
    new_problems: int = 0
    extended_problems: int = 0
    people: set[str] = field(default_factory=set)
    """Names of those that were added; a dry run adds them with every chunk anew."""
    agents: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    catalogue: set[str] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


@action("import.begin")
def begin(
    tx: Transaction, source: str, file: str, *, as_of: datetime | None, dry_run: bool = False, by: str
) -> Mark | None:
    """Make the desk ready to import, and return how far an earlier run came that did not reach the end.

    The desk goes live now if it is empty, or rehearses from the instant that is asked for.

    Args:
        source: the system that the file comes from.
        file: what tells the file, and how it is read, from any other.
        as_of: only what was known then is going to be imported; None for all.
        dry_run: refuse what has to be refused, and change nothing.

    Raises:
        BadInput: it is at work and would become a rehearsal, or rehearses and no instant is given.
    """
    began = rehearsal(tx)
    in_use = any(tx.connection.execute(select(kept.c.id).limit(1)).first() for kept in (TICKET, PROBLEM))
    if as_of is None and began is not None:
        raise BadInput(N_("This desk rehearses: say with --as-of up to which instant to import."))
    if as_of is not None and began is None and in_use:
        raise BadInput(
            N_("This desk is at work, and --as-of would make it a rehearsal: import into an empty one.")
        )
    if not dry_run:
        if as_of is not None and (began is None or began < as_of):
            rehearse.work(tx, as_of, by=by)
        elif not in_use:
            put_fact(tx, Fact.GO_LIVE, (as_of or tx.now).isoformat())
    row = tx.session.get(ImportCheckpoint, (source, file))
    return None if row is None or row.done_at is not None else Mark(file, row.line)


def set_mark(tx: Transaction, source: str, mark: Mark) -> None:
    """Remember how far an import has come, in the transaction that writes what it brought so far."""
    row = tx.session.get(ImportCheckpoint, (source, mark.file))
    if row is None:
        row = ImportCheckpoint(source=source, file=mark.file, line=mark.line)
    if row.done_at is None:
        row.line = mark.line
        tx.session.add(row)


@action("import.end")
def end(tx: Transaction, source: str, mark: Mark, *, name: str, written: int, rejected: int, by: str) -> None:
    """Note that a file was read to its end; one that brought nothing new leaves no trace."""
    row = tx.session.get(ImportCheckpoint, (source, mark.file))
    if row is not None and row.done_at is None:
        row.done_at = tx.now
        tx.session.add(row)
    if written:
        alarms.arm(tx, "desk", 0, effect.DAILY, tx.now)
        tx.record("desk", 0, "desk.imported", source=source, file=name, written=written, rejected=rejected)
