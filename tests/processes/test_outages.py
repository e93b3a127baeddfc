"""A database that goes away and comes back: whoever sat at a console all the while misses nothing (F7)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from deskterm.desk import Desk
from deskterm.services import tickets
from tests import postgres
from tests.databases import make, url_on
from tests.desks import open_ticket, populate
from tests.processes.programs import console, go_live

DOWN_SECONDS = 3.0
"""Long enough that whoever asks for news every second asked in vain."""


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of one's own."""
    with postgres.cluster() as cluster:
        yield cluster


@pytest.fixture
def live(cluster: postgres.Cluster) -> str:
    url = url_on(cluster.home, "postgres")
    make(url, populate)
    return go_live(url)


def test_a_console_hears_again_what_happens_after_its_server_was_restarted(
    live: str, cluster: postgres.Cluster
) -> None:
    with console(live, "dana") as dana:
        cluster.stop()
        down_until = time.monotonic() + DOWN_SECONDS
        dana.until(lambda: time.monotonic() > down_until)
        assert b"NO ANSWER" in dana.output

        dana.output = b""
        cluster.start()
        dana.until(dana.seen("live"))
        with closing(Desk.open(live)) as desk:
            number = open_ticket(desk, summary="Printer on fire", by="kim")
            tickets.assign(desk, number, "dana", by="kim")

        dana.until(dana.seen("1 new (R)"))
        dana.until(dana.seen("2 msg"))
        assert b"Something failed" not in dana.output
