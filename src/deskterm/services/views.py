"""Saved views: a filter with its order and columns under a name, one's own or everybody's."""

from __future__ import annotations

from sqlmodel import col, func, select

from deskterm.desk import Transaction, action
from deskterm.domain import views as rules
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import LEADS
from deskterm.domain.query import Query
from deskterm.i18n import N_
from deskterm.query import parse
from deskterm.storage.tables import View
from deskterm.text import plain

PREVIEWS = ("", "right", "bottom", "off")
NAME_LIMIT = 40


@action("view.save")
def save(
    tx: Transaction,
    name: str,
    query: str,
    *,
    place: int | None = None,
    preview: str = "",
    shared: bool = False,
    by: str,
) -> int:
    """Save a view under a name, over the one that has it, and return its id.

    Args:
        query: in the filter language; `sort:` and `cols:` in it are the view's order and columns.
        place: where it stands among the others; None keeps its place, or puts it last.
        preview: `right`, `bottom`, `off`, or empty for wherever it is.

    Raises:
        BadQuery: the filter does not parse.
        BadInput: it includes a view that there is not, or itself; no such preview; too long a name.
        GateNotMet: no name.
        NotAllowed: a shared view, and the actor leads nobody.
    """
    if shared and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only a lead may share a view."))
    label = plain(name, one_line=True).strip()
    if not label:
        raise GateNotMet(N_("A view needs a name."), field="name")
    if len(label) > NAME_LIMIT:
        raise BadInput(N_("The name is too long: {most} characters at most."), most=NAME_LIMIT)
    if preview not in PREVIEWS:
        raise BadInput(field="preview", reason=", ".join(PREVIEWS[1:]))
    text = plain(query, one_line=True).strip()
    _must_resolve(tx, label, text)
    login = None if shared else by
    view = _named(tx, label, login)
    if view is None:
        view = View(login=login, place=_last(tx, by) + 1, name=label, query=text)
    view.query, view.preview = text, preview
    view.place = view.place if place is None else place
    tx.session.add(view)
    tx.session.flush()
    assert view.id is not None, "a flushed row has its id"
    return view.id


@action("view.drop")
def drop(tx: Transaction, view_id: int, *, by: str) -> None:
    """Drop a saved view of one's own; a shared one takes a lead.

    Raises:
        NotFound: there is none, or somebody else's.
    """
    view = tx.session.get(View, view_id)
    if view is None or view.login not in (by, None):
        raise NotFound(what=f"view {view_id}")
    if view.login is None and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only a lead may drop a shared view."))
    tx.session.delete(view)


def _must_resolve(tx: Transaction, label: str, text: str) -> None:
    """Refuse a filter that does not parse, or whose views lead nowhere or in a circle."""
    saved = {view.name.casefold(): view.query for view in _seen_by(tx)}
    saved[label.casefold()] = text

    def find(name: str) -> Query | None:
        found = saved.get(name) or rules.BUILT_IN.get(name)
        return parse(found) if found is not None else None

    rules.resolved(Query(views=(label,)), find)


def _seen_by(tx: Transaction) -> list[View]:
    """Return the shared views, then the actor's own, which go before those of the same name."""
    mine = col(View.login) == tx.by
    return list(tx.session.exec(select(View).where(mine | col(View.login).is_(None)).order_by(mine)))


def _named(tx: Transaction, label: str, login: str | None) -> View | None:
    whose = col(View.login) == login if login else col(View.login).is_(None)
    views = tx.session.exec(select(View).where(whose))
    return next((view for view in views if view.name.casefold() == label.casefold()), None)


def _last(tx: Transaction, login: str) -> int:
    places = select(func.max(View.place)).where((col(View.login) == login) | col(View.login).is_(None))
    return tx.session.exec(places).one() or 0
