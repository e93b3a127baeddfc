"""`watch`: what happens to the tickets of a filter, a line of JSON for each event, as it happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.lists import record
from deskterm.cli.opening import Opened, opened
from deskterm.domain.query import Is, Query
from deskterm.query import parse
from deskterm.reads import feed, queue, views

if TYPE_CHECKING:
    from argparse import Namespace

POLL_SECONDS = {"sqlite": 0.25, "postgresql": 1.0}
MOST = 1 << 31


def watch(asked: Namespace) -> None:
    """Print what happens to the tickets that a filter takes, until it is interrupted."""
    query = parse(" ".join(asked.query))
    if not asked.query:
        query = replace(query, condition=Is("open"))
    with opened(asked) as here:
        query = views.resolved(here.desk, query, by=here.by)
        for count, line in enumerate(changes(here, query), 1):
            print(json.dumps(output.json_value(line), ensure_ascii=False))
            sys.stdout.flush()
            if count == asked.limit:
                return


def changes(here: Opened, query: Query) -> Iterator[dict[str, Any]]:
    """Yield what happens to the tickets of a filter, without end; one that leaves it is told once more."""
    last = feed.head(here.desk)
    inside = set(queue.keys(here.desk, query, by=here.by, most=MOST))
    told = Flag()
    hints = feed.Hints(here.desk, told.set)
    hints.start()
    try:
        while True:
            news = feed.news(here.desk, last, by=here.by)
            last = news[-1].id if news else last
            yield from _told(here, query, [each for each in news if each.subject_type == "ticket"], inside)
            if not news:
                told.wait(POLL_SECONDS[here.desk.engine.dialect.name])
                told.clear()
    finally:
        hints.stop()


def _told(here: Opened, query: Query, news: list[feed.News], inside: set[int]) -> Iterator[dict[str, Any]]:
    """Yield the events of tickets that the filter takes, or took until now."""
    changed = {each.subject_id for each in news}
    if not changed:
        return
    taken = queue.matching(here.desk, query, changed, by=here.by)
    rows = {row.key: row for row in queue.rows(here.desk, sorted(changed & (taken | inside)), by=here.by)}
    inside -= changed - taken
    inside |= taken
    for each in news:
        row = rows.get(each.subject_id)
        if row is not None:
            yield {
                "event": each.id,
                "at": each.at,
                "by": each.by,
                "kind": each.kind,
                "number": row.number,
                "details": each.details,
                "in": row.key in taken,
                "ticket": record(row),
            }
