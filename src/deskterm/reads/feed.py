"""The feed: what happened since a console last asked."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from threading import Thread
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.storage.chain import EVENT
from deskterm.storage.db import NEWS
from deskterm.storage.tables import Event

log = logging.getLogger(__name__)

LISTEN_AGAIN_SECONDS = 5.0
MOST = 500
"""Events read at once; a console that is further behind asks again."""

HEAD = select(func.coalesce(func.max(EVENT.c.id), 0))
TAIL = (
    select(
        EVENT.c.id,
        EVENT.c.at,
        EVENT.c.by,
        EVENT.c.kind,
        EVENT.c.subject_type,
        EVENT.c.subject_id,
        EVENT.c.data,
    )
    .where(EVENT.c.id > bindparam("last"))
    .order_by(col(Event.id))
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class News:
    """One event, as consoles hear of it."""

    id: int
    at: datetime
    by: str
    kind: str
    subject_type: str
    subject_id: int
    details: Mapping[str, Any]
    """The event's details, and `changes` where it has them."""


def head(desk: Desk) -> int:
    """Return the id of the newest event, 0 where there is none: the mark to set before a first read.

    Raises:
        Unreachable: the database does not answer.
    """
    with desk.look(SYSTEM) as look:
        newest: int = look.connection.execute(HEAD).scalar_one()
        return newest


def news(desk: Desk, after_id: int, *, by: str) -> list[News]:
    """Return what happened after an event, oldest first, at most `MOST` of it.

    Which tickets an agent may see is asked again by the read that follows; the feed is for consoles, and
    a console paints nothing of it.

    Raises:
        Unreachable: the database does not answer.
    """
    with desk.look(SYSTEM) as look:
        rows = look.connection.execute(TAIL, {"last": after_id}).all()
    return [News(*row[:-1], details=json.loads(row[-1])) for row in rows]


class Hints:
    """Hears PostgreSQL say that the ledger grew, on a connection and a thread of its own.

    Only a hint: whoever is told reads the tail, and polls anyway, since a hint may be lost.
    """

    def __init__(self, desk: Desk, told: Callable[[], None]) -> None:
        self._desk = desk
        self._told = told
        self._stopped = Flag()

    def start(self) -> None:
        """Begin to listen; on SQLite there is nothing to hear."""
        if self._desk.engine.dialect.name == "postgresql":
            Thread(target=self._listen, name="deskterm-hints", daemon=True).start()

    def stop(self) -> None:
        """Listen no longer."""
        self._stopped.set()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen_once()
            except Exception as error:  # the poll goes on without hints
                log.info("no hints: %s", error)
                self._stopped.wait(LISTEN_AGAIN_SECONDS)

    def _listen_once(self) -> None:
        connection: Any = self._desk.engine.raw_connection()
        try:
            driver = connection.driver_connection
            connection.detach()
            driver.autocommit = True
            driver.execute(f"LISTEN {NEWS}")
            self._told()
            while not self._stopped.is_set():
                for _hint in driver.notifies(timeout=1.0):
                    self._told()
        finally:
            connection.close()
