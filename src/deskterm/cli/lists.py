"""`ls`: the tickets that a filter takes, as a table, JSON, CSV or tab-separated values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, instant
from deskterm.cli.opening import Opened, opened
from deskterm.cli.program import complain
from deskterm.domain.fields import COLUMNS
from deskterm.domain.query import EVERYTHING, Is, Query, is_about
from deskterm.domain.ticket import number_of
from deskterm.i18n import N_
from deskterm.query import parse
from deskterm.reads import queue, views
from deskterm.reads.queue import QueueRow
from deskterm.reads.strangers import strangers

if TYPE_CHECKING:
    from argparse import Namespace

DEFAULT = ("id", "status", "prio", "breach", "assignee", "team", "summary")
VALUES: Mapping[str, Callable[[QueueRow], Any]] = {
    "id": lambda row: row.number,
    "type": lambda row: row.kind,
    "status": lambda row: row.status,
    "prio": lambda row: row.priority,
    "summary": lambda row: row.summary,
    "assignee": lambda row: row.assignee,
    "team": lambda row: row.team,
    "caller": lambda row: row.caller,
    "svc": lambda row: row.service,
    "hold": lambda row: row.hold_reason,
    "created": lambda row: row.opened_at,
    "updated": lambda row: row.updated_at,
    "waiting": lambda row: row.waiting_since,
    "sla": lambda row: row.sla_target,
    "breach": lambda row: row.sla_due_at,
}
"""The columns that `--cols` and `cols:` may name here → their value."""
CHUNK = 500
MOST = 1 << 31


def ls(asked: Namespace) -> None:
    """List the tickets, or problems, that a filter takes; without a condition, what is open."""
    query = parse(" ".join(asked.query))
    columns_of(asked.cols, query)
    with opened(asked) as here:
        query = views.resolved(here.desk, query, by=here.by)
        if query.condition == EVERYTHING and not asked.all:
            query = replace(query, condition=Is("open"))
        if is_about(query, "change"):
            from deskterm.cli import changes

            changes.ls(asked, query, here)
            return
        if is_about(query, "problem"):
            from deskterm.cli import problems

            problems.ls(asked, query, here)
            return
        columns = columns_of(asked.cols, query)
        now = here.desk.clock.now()
        if asked.as_of:
            from deskterm.cli.past import as_of

            now = instant(asked.as_of, now)
            rows: Iterator[QueueRow] = iter(as_of(here, query, now))
        else:
            rows = listed(here, query, asked.limit or MOST)
        first = list(islice(rows, 1))
        show(asked, columns, islice(chain(first, rows), asked.limit), now)
        if not first:
            for stranger in strangers(here.desk, query, by=here.by):
                complain(stranger)


def columns_of(typed: str | None, query: Query) -> Sequence[str]:
    """Return the canonical names of the columns that are asked for.

    Raises:
        BadArgument: there is no such column, or a list has not got it.
    """
    names = [name.strip() for name in typed.split(",")] if typed else query.columns or DEFAULT
    for name in names:
        if COLUMNS.get(name) not in VALUES:
            raise BadArgument(
                N_("A list has no column {name}. There are: {names}."), name=name, names=", ".join(VALUES)
            )
    return [COLUMNS[name] for name in names]


def listed(here: Opened, query: Query, most: int) -> Iterator[QueueRow]:
    """Yield the rows of a view in its order, reading a chunk at a time."""
    wanted = queue.keys(here.desk, query, by=here.by, most=most)
    for first in range(0, len(wanted), CHUNK):
        yield from queue.rows(here.desk, wanted[first : first + CHUNK], by=here.by)


def show(asked: Namespace, columns: Sequence[str], rows: Iterable[QueueRow], now: datetime) -> None:
    """Print rows in the form that is asked for."""
    if asked.json:
        output.print_json([record(row) for row in rows])
        return
    values = ([VALUES[name](row) for name in columns] for row in rows)
    heads = ["number" if name == "id" else name for name in columns]
    if asked.csv:
        output.print_csv(heads, values)
    elif asked.plain:
        output.print_tabs(values)
    else:
        output.print_table(heads, [[for_people(value, now) for value in row] for row in values])


def for_people(value: Any, now: datetime) -> Any:
    """Return an instant as the time that is left or gone; everything else as it is."""
    if not isinstance(value, datetime):
        return value
    from deskterm.ui.times import left

    return "" if value.year == 9999 else left(value - now)


def record(row: QueueRow) -> dict[str, Any]:
    """Return a row as JSON has it; the fields are documented in docs/cli.md."""
    return {
        "number": row.number,
        "kind": row.kind,
        "status": row.status,
        "priority": row.priority,
        "summary": row.summary,
        "caller": row.caller,
        "vip": row.vip,
        "assignee": row.assignee,
        "team": row.team,
        "service": row.service,
        "major": row.major,
        "hold_reason": row.hold_reason,
        "parent": number_of(row.kind, row.parent_id) if row.parent_id else None,
        "opened_at": row.opened_at,
        "updated_at": row.updated_at,
        "waiting_since": row.waiting_since,
        "target": row.sla_target,
        "due_at": row.sla_due_at,
        "paused": row.sla_paused,
        "remaining_seconds": row.sla_remaining_seconds,
        "span_seconds": row.sla_span_seconds,
        "breached": row.sla_breached,
        "version": row.version,
    }
