"""The feed's tail loses nothing while many write: ids rise in the order of commits, on PostgreSQL too."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from deskterm.desk import Desk
from deskterm.reads import feed
from deskterm.services import conversation
from tests.desks import one, open_ticket

WRITERS = 4
NOTES = 25


def test_a_reader_that_asks_for_what_is_newer_sees_every_event_of_all_writers(
    desk: Desk, database: str
) -> None:
    numbers = [open_ticket(desk) for _ in range(WRITERS)]
    mark = begin = feed.head(desk)
    written = threading.Event()
    seen: list[int] = []

    def write(number: str) -> None:
        with closing(Desk.open(database, clock=desk.clock)) as console:
            for place in range(NOTES):
                conversation.note(console, number, f"Note {place}", by="dana")

    def watch() -> None:
        last, finished = mark, False
        while True:
            finished = written.is_set()
            news = feed.news(desk, last, by="dana")
            seen.extend(event.id for event in news)
            last = news[-1].id if news else last
            if finished and not news:
                return

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        watching = threads.submit(watch)
        for writing in [threads.submit(write, number) for number in numbers]:
            writing.result(60)
        written.set()
        watching.result(60)

    assert len(seen) == one(desk, f"SELECT count(*) FROM event WHERE id > {begin}")
    assert len(seen) >= WRITERS * NOTES
    assert seen == sorted(set(seen))
