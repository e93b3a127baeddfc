"""The feed: what happened since a console last asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.storage.chain import EVENT
from deskterm.storage.tables import Event

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
    """Return the id of the newest event, 0 where there is none: the mark to set before a first read."""
    with desk.engine.connect() as connection:
        newest: int = connection.execute(HEAD).scalar_one()
        return newest


def news(desk: Desk, after_id: int, *, by: str) -> list[News]:
    """Return what happened after an event, oldest first, at most `MOST` of it.

    Which tickets an agent may see is asked again by the read that follows; the feed is for consoles, and
    a console paints nothing of it.
    """
    with desk.engine.connect() as connection:
        rows = connection.execute(TAIL, {"last": after_id}).all()
    return [News(*row[:-1], details=json.loads(row[-1])) for row in rows]
