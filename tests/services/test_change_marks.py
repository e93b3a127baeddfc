"""Watching, starring and tagging changes: who is told, who sees it, what filters find by it."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import NotFound
from deskterm.query import parse
from deskterm.reads import calendar, change, changes
from deskterm.services import change_marks, windows
from tests.changes import WINDOW, kinds, open_change
from tests.desks import one, rows


def found(desk: Desk, query: str, by: str = "dana") -> list[str]:
    return [row.number for row in changes.listed(desk, parse(f"type:change {query}"), by=by)]


def test_watchers_are_told_what_happens_until_they_watch_no_longer(desk: Desk) -> None:
    number = open_change(desk)

    change_marks.watch(desk, number, by="audrey")
    change_marks.watch(desk, number, by="audrey")
    windows.schedule(desk, number, *WINDOW, by="kim")
    change_marks.unwatch(desk, number, by="audrey")
    windows.move(desk, number, 1, by="kim")

    told = rows(desk, "SELECT login, kind FROM notification ORDER BY id")
    assert told == [("audrey", "change.scheduled")]
    assert kinds(desk, number).count("change.watched") == 1


def test_a_star_is_ones_own_and_leaves_no_trace(desk: Desk) -> None:
    number = open_change(desk)
    before = kinds(desk, number)

    change_marks.star(desk, number, by="dana")

    assert (found(desk, "is:starred"), found(desk, "is:starred", by="ivo")) == ([number], [])
    assert kinds(desk, number) == before
    change_marks.unstar(desk, number, by="dana")
    assert found(desk, "is:starred") == []


def test_tags_are_found_whatever_their_letters(desk: Desk) -> None:
    number, other = open_change(desk), open_change(desk)

    change_marks.tag(desk, number, ("#VPN", "two words"), by="dana")
    change_marks.untag(desk, number, ("two words",), by="dana")

    assert found(desk, "#vpn") == [number]
    assert found(desk, "no:tag") == [other]
    assert change.record(desk, number, by="ivo").tags == ("vpn",)
    assert one(desk, "SELECT version FROM change WHERE id = 1") == 1


@pytest.mark.parametrize("query", ["is:watched", "watcher:dana", "is:starred", "tag:vpn"])
def test_the_calendar_is_filtered_by_marks(desk: Desk, query: str) -> None:
    number = open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])
    open_change(desk, planned_start=WINDOW[0], planned_end=WINDOW[1])
    for act in (change_marks.watch, change_marks.star):
        act(desk, number, by="dana")
    change_marks.tag(desk, number, ("vpn",), by="dana")

    page = calendar.page(desk, *WINDOW, by="dana", condition=parse(query).condition)

    assert [entry.change.number for entry in page.entries] == [number]


def test_what_is_not_there_is_not_marked(desk: Desk) -> None:
    for act in (change_marks.watch, change_marks.star, change_marks.unstar):
        with pytest.raises(NotFound):
            act(desk, "CHG-9", by="dana")
