"""`watch`: what happens to the records of a filter, a line of JSON for each event, as it happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument
from deskterm.cli.lists import record
from deskterm.cli.opening import Opened, opened
from deskterm.domain.query import EVERYTHING, Is, Query, is_about
from deskterm.i18n import N_
from deskterm.query import parse
from deskterm.reads import changes as change_reads
from deskterm.reads import feed, queue, views

if TYPE_CHECKING:
    from argparse import Namespace

POLL_SECONDS = {"sqlite": 0.25, "postgresql": 1.0}
MOST = 1 << 31


class Watched(Protocol):
    """Records of one kind, and which of them a filter takes."""

    subject: ClassVar[str]
    """What they are called in the ledger, and in a line."""

    def all(self) -> set[int]:
        """Return all that the filter takes."""
        ...

    def among(self, keys: set[int]) -> set[int]:
        """Return which of some it takes."""
        ...

    def lines(self, keys: set[int]) -> Mapping[int, dict[str, Any]]:
        """Return some as JSON has them, without those that the asker may not see."""
        ...


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of a filter."""

    here: Opened
    query: Query
    subject: ClassVar[str] = "ticket"

    def all(self) -> set[int]:
        """Return all that the filter takes."""
        return set(queue.keys(self.here.desk, self.query, by=self.here.by, most=MOST))

    def among(self, keys: set[int]) -> set[int]:
        """Return which of some it takes."""
        return set(queue.matching(self.here.desk, self.query, keys, by=self.here.by))

    def lines(self, keys: set[int]) -> Mapping[int, dict[str, Any]]:
        """Return some as JSON has them."""
        return {row.key: record(row) for row in queue.rows(self.here.desk, sorted(keys), by=self.here.by)}


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a filter."""

    here: Opened
    query: Query
    subject: ClassVar[str] = "change"

    def all(self) -> set[int]:
        """Return all that the filter takes."""
        return set(change_reads.taken(self.here.desk, self.query.condition, by=self.here.by))

    def among(self, keys: set[int]) -> set[int]:
        """Return which of some it takes."""
        return set(change_reads.taken(self.here.desk, self.query.condition, by=self.here.by, among=keys))

    def lines(self, keys: set[int]) -> Mapping[int, dict[str, Any]]:
        """Return some as JSON has them."""
        from deskterm.cli.change_output import listed

        rows = change_reads.taken(self.here.desk, EVERYTHING, by=self.here.by, among=keys)
        return {key: listed(row) for key, row in rows.items()}


def watch(asked: Namespace) -> None:
    """Print what happens to the tickets, or changes, that a filter takes, until it is interrupted.

    Raises:
        BadArgument: the filter is about other records.
    """
    query = parse(" ".join(asked.query))
    if not asked.query:
        query = replace(query, condition=Is("open"))
    with opened(asked) as here:
        query = views.resolved(here.desk, query, by=here.by)
        if is_about(query, "problem"):
            raise BadArgument(N_("Tickets and changes can be watched, no problems."))
        for count, line in enumerate(changes(here, query), 1):
            print(json.dumps(output.json_value(line), ensure_ascii=False))
            sys.stdout.flush()
            if count == asked.limit:
                return


def changes(here: Opened, query: Query) -> Iterator[dict[str, Any]]:
    """Yield what happens to the records of a filter, without end; one that leaves it is told once more."""
    watched: Watched = Changes(here, query) if is_about(query, "change") else Tickets(here, query)
    last = feed.head(here.desk)
    inside = watched.all()
    told = Flag()
    hints = feed.Hints(here.desk, told.set)
    hints.start()
    try:
        while True:
            news = feed.news(here.desk, last, by=here.by)
            last = news[-1].id if news else last
            yield from _told(watched, [each for each in news if each.subject_type == watched.subject], inside)
            if not news:
                told.wait(POLL_SECONDS[here.desk.engine.dialect.name])
                told.clear()
    finally:
        hints.stop()


def _told(watched: Watched, news: list[feed.News], inside: set[int]) -> Iterator[dict[str, Any]]:
    """Yield the events of records that the filter takes, or took until now."""
    changed = {each.subject_id for each in news}
    if not changed:
        return
    taken = watched.among(changed)
    lines = watched.lines(changed & (taken | inside))
    inside -= changed - taken
    inside |= taken
    for each in news:
        line = lines.get(each.subject_id)
        if line is not None:
            yield {
                "event": each.id,
                "at": each.at,
                "by": each.by,
                "kind": each.kind,
                "number": line["number"],
                "details": each.details,
                "in": each.subject_id in taken,
                watched.subject: line,
            }
