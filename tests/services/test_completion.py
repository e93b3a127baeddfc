"""What may be typed next in a filter, with counts."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.reads.completion import Spot, complete, spot
from deskterm.services import tickets, views
from tests.desks import open_p1, open_ticket


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", Spot("", "", 0)),
        ("sta", Spot("", "sta", 0)),
        ("is:open sta", Spot("", "sta", 8)),
        ("(sta", Spot("", "sta", 1)),
        ("-sta", Spot("", "sta", 1)),
        ("status:", Spot("status", "", 7)),
        ("status:on", Spot("status", "on", 7)),
        ("status:new,on", Spot("status", "on", 11)),
        ("prio:<=", Spot("prio", "", 7)),
        ("breach<1", Spot("breach", "1", 7)),
        ('svc:"E-m', Spot("svc", '"E-m', 4)),
        ('"is it ', None),
    ],
)
def test_the_cursor_stands_in_a_field_or_a_value(text: str, at: Spot | None) -> None:
    assert spot(text, len(text)) == at


def offered(desk: Desk, text: str, *, by: str = "dana") -> list[str]:
    return [str(each) for each in complete(desk, text, len(text), by=by)[1]]


def test_fields_are_offered_by_any_of_their_names(desk: Desk) -> None:
    assert offered(desk, "sta") == ["status:", "start:"]
    assert offered(desk, "is:open grou") == ["team:"]
    assert offered(desk, "so") == ["sort:"]


def test_values_are_offered_with_how_many_open_tickets_have_them(desk: Desk) -> None:
    open_p1(desk)
    first = open_ticket(desk, service="E-mail and calendar")
    tickets.take(desk, first, by="dana")
    tickets.tag(desk, first, ("vpn",), by="dana")

    assert offered(desk, "status:n") == ["new (1)"]
    assert offered(desk, "status:progress") == ["in_progress (1)"]
    assert offered(desk, "prio:") == ["1 (1)", "3 (1)"]
    assert offered(desk, "assignee:") == ["me", "none", "dana (1)"]
    assert offered(desk, "svc:e") == ['"E-mail and calendar" (1)']
    assert offered(desk, "tag:") == ["vpn (1)"]
    assert offered(desk, "is:pend") == ["pending (0)"]
    assert offered(desk, "nosuch:") == []


def test_views_are_offered_ones_own_with_their_counts(desk: Desk) -> None:
    open_p1(desk)
    views.save(desk, "Night shift", "prio:1", by="dana")

    assert offered(desk, "view:ni") == ['"Night shift" (1)']
    assert offered(desk, "view:un") == ["unassigned", "untriaged"]


def test_what_one_may_not_see_is_not_counted(desk: Desk) -> None:
    open_ticket(desk, team="identity", by="ada")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    assert offered(desk, "team:id") == []
    assert offered(desk, "team:id", by="ada") == ["identity (1)"]
