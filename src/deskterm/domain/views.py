"""Views that are part of views: a filter's `view:` names replaced by what they stand for; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from deskterm.domain.errors import BadInput
from deskterm.domain.query import EVERYTHING, Condition, Query, both
from deskterm.i18n import N_

Find = Callable[[str], Query | None]
"""Returns the filter of a view by its name, None where there is none."""


def resolved(query: Query, find: Find) -> Query:
    """Return a filter with the views that it includes spelled out.

    All of the conditions must hold. Order and columns are the filter's own; where it has none, those of the
    first view that has some.

    Raises:
        BadInput: there is no such view, or views include each other in a circle.
    """
    return _resolved(query, find, ())


def _resolved(query: Query, find: Find, inside: tuple[str, ...]) -> Query:
    if not query.views:
        return query
    included = [_included(name, find, inside) for name in query.views]
    conditions: list[Condition] = [
        each.condition for each in (query, *included) if each.condition != EVERYTHING
    ]
    return replace(
        query,
        condition=both(conditions) if conditions else EVERYTHING,
        sort=next((each.sort for each in (query, *included) if each.sort), ()),
        columns=next((each.columns for each in (query, *included) if each.columns), ()),
        views=(),
    )


def _included(name: str, find: Find, inside: tuple[str, ...]) -> Query:
    key = name.casefold()
    if key in inside:
        raise BadInput(N_("The views include each other: {way}."), way=" → ".join((*inside, key)))
    found = find(key)
    if found is None:
        raise BadInput(N_("There is no view called {name}."), name=name)
    return _resolved(found, find, (*inside, key))


BUILT_IN: Mapping[str, str] = {
    "mine": "is:open assignee:me",
    "team": "is:open team:mine",
    "unassigned": "is:open no:assignee",
    "breaching": "is:open breach<1h",
    "on hold": "is:pending",
    "untriaged": "is:new no:assignee sort:breach",
    "all": "is:open",
}
"""The views that every desk has, by name; a saved view of the same name goes before."""
