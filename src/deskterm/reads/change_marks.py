"""What people marked changes with, read where a filter asks for it: tags, watchers, one's own stars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from deskterm.desk import Look
from deskterm.domain.query import And, Condition, Has, Is, Not, Or, Term
from deskterm.storage.tables import ChangeStar, ChangeTag, ChangeWatcher

Facts = Mapping[int, dict[str, Any]]
"""Key of a change → the facts that filters ask of it besides its columns."""


def of_condition(look: Look, condition: Condition) -> Facts:
    """Return the facts that a condition asks for: `tags`, `watchers`, `starred`."""
    asked = frozenset(_asked(condition))
    found: dict[int, dict[str, Any]] = {}
    if "tag" in asked:
        for key, word in look.connection.execute(select(col(ChangeTag.change_id), col(ChangeTag.word))):
            found.setdefault(key, {}).setdefault("tags", set()).add(word)
    if "watcher" in asked:
        rows = look.connection.execute(select(col(ChangeWatcher.change_id), col(ChangeWatcher.login)))
        for key, login in rows:
            found.setdefault(key, {}).setdefault("watchers", set()).add(login)
    if "starred" in asked:
        for key in starred(look):
            found.setdefault(key, {})["starred"] = True
    return found


def _asked(condition: Condition) -> Iterable[str]:
    match condition:
        case And(conditions) | Or(conditions):
            for each in conditions:
                yield from _asked(each)
        case Not(inner):
            yield from _asked(inner)
        case Is("watched"):
            yield "watcher"
        case Is(name) | Has(name) | Term(name, _, _):
            yield name
        case _:
            pass


def starred(look: Look) -> frozenset[int]:
    """Return the changes that the reader starred."""
    rows = select(col(ChangeStar.change_id)).where(col(ChangeStar.login) == look.actor.login)
    return frozenset(look.connection.execute(rows).scalars())


def tags(look: Look, key: int) -> tuple[str, ...]:
    """Return the words put on a change."""
    rows = select(col(ChangeTag.word)).where(col(ChangeTag.change_id) == key).order_by(col(ChangeTag.word))
    return tuple(look.connection.execute(rows).scalars())


def watchers(look: Look, key: int) -> tuple[str, ...]:
    """Return who watches a change."""
    login = col(ChangeWatcher.login)
    rows = select(login).where(col(ChangeWatcher.change_id) == key).order_by(login)
    return tuple(look.connection.execute(rows).scalars())
