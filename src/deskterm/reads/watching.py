"""Who watches what."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Desk
from deskterm.domain import problem
from deskterm.domain.ticket import key_of
from deskterm.storage.tables import ProblemWatcher, Watcher


def watched(desk: Desk, numbers: Iterable[str], *, by: str) -> frozenset[str]:
    """Return which of some tickets the asker watches."""
    number_of_key = {key_of(number): number for number in numbers}
    with desk.look(by) as look:
        keys = look.connection.execute(
            select(col(Watcher.ticket_id)).where(
                col(Watcher.login) == by, col(Watcher.ticket_id).in_(number_of_key)
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
