"""Saved views: one's own and shared, included in filters, counted."""

from __future__ import annotations

from typing import Any

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, BadQuery, GateNotMet, NotAllowed, NotFound
from deskterm.domain.query import Sort
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.reads.views import counts, resolved, saved
from deskterm.services import tickets, views
from tests.desks import open_p1, open_ticket


def taken(desk: Desk, text: str, *, by: str = "dana") -> list[str]:
    return [row.number for row in queue.page(desk, resolved(desk, parse(text), by=by), by=by)]


def test_a_view_keeps_filter_order_columns_and_preview(desk: Desk) -> None:
    views.save(
        desk, "Night shift", "is:open prio:<=2 sort:-updated cols:id,summary", preview="right", by="dana"
    )

    (view,) = saved(desk, by="dana")

    assert (view.name, view.preview, view.shared) == ("Night shift", "right", False)
    assert parse(view.query).sort == (Sort("updated", descending=True),)


def test_saving_under_the_same_name_replaces_and_keeps_the_place(desk: Desk) -> None:
    first = views.save(desk, "Night", "is:open", by="dana")
    views.save(desk, "Day", "is:new", by="dana")

    again = views.save(desk, "night", "is:pending", by="dana")

    assert first == again
    assert [(view.name, view.query) for view in saved(desk, by="dana")] == [
        ("Night", "is:pending"),
        ("Day", "is:new"),
    ]


def test_ones_own_view_is_nobody_elses(desk: Desk) -> None:
    view = views.save(desk, "Night", "is:open", by="dana")

    assert saved(desk, by="kim") == ()
    with pytest.raises(NotFound):
        views.drop(desk, view, by="kim")
    views.drop(desk, view, by="dana")
    assert saved(desk, by="dana") == ()


def test_a_lead_shares_a_view_and_only_a_lead_drops_it(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="Only a lead"):
        views.save(desk, "Urgent", "prio:1", shared=True, by="dana")

    view = views.save(desk, "Urgent", "prio:1", shared=True, by="osei")

    assert [each.shared for each in saved(desk, by="kim")] == [True]
    with pytest.raises(NotAllowed):
        views.drop(desk, view, by="kim")


def test_ones_own_view_goes_before_a_shared_one_of_the_same_name(desk: Desk) -> None:
    urgent, other = open_p1(desk), open_ticket(desk)
    views.save(desk, "Shift", "prio:1", shared=True, by="osei")
    views.save(desk, "Shift", "prio:3", by="dana")

    assert (taken(desk, "view:shift"), taken(desk, "view:shift", by="kim")) == ([other], [urgent])


def test_a_filter_includes_a_view_with_its_order(desk: Desk) -> None:
    first, second = open_ticket(desk), open_ticket(desk)
    tickets.take(desk, first, by="dana")
    views.save(desk, "Night shift", "is:open sort:-id", by="dana")

    assert taken(desk, 'view:"night shift"') == [second, first]
    assert taken(desk, 'view:"night shift" assignee:me') == [first]
    assert taken(desk, 'view:"night shift" sort:id') == [first, second]
    assert taken(desk, "view:mine") == [first]


@pytest.mark.parametrize(
    ("name", "query", "refusal"),
    [
        ("Night", "asignee:me", BadQuery),
        ("Night", "view:nosuch", BadInput),
        ("Night", "view:Night", BadInput),
        ("Night", "view:day", BadInput),
        (" ", "is:open", GateNotMet),
        ("x" * 41, "is:open", BadInput),
    ],
)
def test_a_view_that_leads_nowhere_is_refused(desk: Desk, name: str, query: str, refusal: Any) -> None:
    views.save(desk, "Base", "is:open", by="dana")
    views.save(desk, "Day", "view:base", by="dana")
    if query == "view:day":
        name = "Base"

    with pytest.raises(refusal):
        views.save(desk, name, query, by="dana")


def test_views_are_counted(desk: Desk) -> None:
    open_p1(desk)
    open_ticket(desk)
    views.save(desk, "Urgent", "prio:1", by="dana")
    views.save(desk, "Twice", "view:urgent prio:3", by="dana")

    assert counts(desk, by="dana") == {"Urgent": 1, "Twice": 0}


def test_a_filter_without_views_stays_as_it_is(desk: Desk) -> None:
    query = parse("is:open prio:1")

    assert resolved(desk, query, by="dana") is query
