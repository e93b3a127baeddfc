"""What people marked problems with: tags, watchers, one's own stars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Look
from deskterm.storage.tables import ProblemStar, ProblemTag, ProblemWatcher

Facts = Mapping[int, Mapping[str, Any]]
"""Key of a problem → what filters ask of it besides its columns; nothing for one that nobody marked."""


def marks(look: Look) -> Facts:
    """Return the marks of every problem: `tags`, `watchers`, `starred`."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    tagged = select(col(ProblemTag.problem_id), col(ProblemTag.word))
    for key, word in look.connection.execute(tagged):
        found[key].setdefault("tags", set()).add(word)
    watched = select(col(ProblemWatcher.problem_id), col(ProblemWatcher.login))
    for key, login in look.connection.execute(watched):
        found[key].setdefault("watchers", set()).add(login)
    for key in starred(look):
        found[key]["starred"] = True
    return found


def starred(look: Look) -> frozenset[int]:
    """Return the problems that the reader starred."""
    own = select(col(ProblemStar.problem_id)).where(col(ProblemStar.login) == look.actor.login)
    return frozenset(look.connection.execute(own).scalars())


def tags(look: Look, key: int) -> tuple[str, ...]:
    """Return the words put on a problem."""
    own = select(col(ProblemTag.word)).where(col(ProblemTag.problem_id) == key)
    return tuple(sorted(look.connection.execute(own).scalars()))
