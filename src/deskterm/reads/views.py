"""Saved views: which there are, how many tickets each takes, and filters with their views spelled out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain import views as rules
from deskterm.domain.errors import BadInput, BadQuery
from deskterm.domain.query import Query
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.storage.tables import View


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as an agent has it."""

    id: int
    name: str
    query: str
    """In the filter language, with order and columns."""
    preview: str
    """`right`, `bottom`, `off`; empty for wherever it is."""
    shared: bool
    place: int


def saved(desk: Desk, *, by: str) -> tuple[SavedView, ...]:
    """Return an agent's own views and the shared ones, by place."""
    with desk.look(by) as look:
        return tuple(sorted(_saved(look), key=lambda view: (view.place, view.name.casefold())))


def resolved(desk: Desk, query: Query, *, by: str) -> Query:
    """Return a filter with the views that it includes spelled out; ask this before any other read.

    Raises:
        BadInput: there is no such view, or views include each other in a circle.
    """
    if not query.views:
        return query
    with desk.look(by) as look:
        return _resolved(look, query)


def counts(desk: Desk, *, by: str) -> dict[str, int | None]:
    """Return how many tickets each saved view takes, by name; None where its filter no longer resolves."""
    with desk.look(by) as look:
        filters = {view.name: _read(look, view.query) for view in _saved(look)}
    known = {name: query for name, query in filters.items() if query is not None}
    counted = queue.counts(desk, known, by=by)
    return {name: counted.get(name) for name in filters}


def _read(look: Look, text: str) -> Query | None:
    try:
        return _resolved(look, parse(text))
    except (BadInput, BadQuery):
        return None


def _resolved(look: Look, query: Query) -> Query:
    texts = {**rules.BUILT_IN, **{view.name.casefold(): view.query for view in _saved(look)}}

    def find(name: str) -> Query | None:
        return parse(texts[name]) if name in texts else None

    return rules.resolved(query, find)


def _saved(look: Look) -> list[SavedView]:
    """Return the shared views, then the agent's own."""
    login = look.actor.login
    columns = (
        col(View.id), col(View.name), col(View.query), col(View.preview), col(View.login), col(View.place)
    )  # fmt: skip
    rows = look.connection.execute(
        select(*columns).where(or_(col(View.login) == login, col(View.login).is_(None)))
    ).all()
    views = [
        SavedView(row.id, row.name, row.query, row.preview, row.login is None, row.place) for row in rows
    ]
    return sorted(views, key=lambda view: not view.shared)
