"""What somebody watches, and has put a star on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain import problem
from deskterm.domain.ticket import key_of
from deskterm.storage.tables import ProblemWatcher, Star, Watcher


def watched(desk: Desk, numbers: Iterable[str], *, by: str) -> frozenset[str]:
    """Return which of some tickets the asker watches."""
    return _among(desk, Watcher, numbers, by)


def starred(desk: Desk, numbers: Iterable[str], *, by: str) -> frozenset[str]:
    """Return which of some tickets have the asker's star."""
    return _among(desk, Star, numbers, by)


def _among(desk: Desk, kept_in: type[Any], numbers: Iterable[str], by: str) -> frozenset[str]:
    number_of_key = {key_of(number): number for number in numbers}
    with desk.look(by) as look:
        keys = look.connection.execute(
            select(col(kept_in.ticket_id)).where(
                col(kept_in.login) == by, col(kept_in.ticket_id).in_(number_of_key)
            )
        ).scalars()
        return frozenset(number_of_key[key] for key in keys)


def watched_problems(desk: Desk, numbers: Iterable[str], *, by: str) -> frozenset[str]:
    """Return which of some problems the asker watches."""
    number_of_key = {problem.key_of(number): number for number in numbers}
    with desk.look(by) as look:
        keys = look.connection.execute(
            select(col(ProblemWatcher.problem_id)).where(
                col(ProblemWatcher.login) == by, col(ProblemWatcher.problem_id).in_(number_of_key)
            )
        ).scalars()
        return frozenset(number_of_key[key] for key in keys)
