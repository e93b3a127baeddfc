"""`undo`, `redo`, `log`, `views`, `macro` and `watch` at the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from deskterm.cli.opening import Opened
from deskterm.cli.past import as_of
from deskterm.cli.watch import changes
from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.query import parse
from deskterm.reads import feed
from deskterm.services import bulk, tickets, undo
from tests.cli.conftest import Cli
from tests.cli.test_acts import new, shown
from tests.desks import one, open_ticket


def test_the_last_act_is_taken_back_and_done_again(cli: Cli) -> None:
    first, second = new(cli), new(cli)
    cli("assign", first, second, "kim")

    back = cli("undo")
    between = shown(cli, first)["assignee"], shown(cli, second)["assignee"]
    again = cli("redo")

    assert (back.code, sorted(back.out.split())) == (0, [first, second])
    assert between == (None, None)
    assert again.code == 0
    assert shown(cli, second)["assignee"] == "kim"


def test_what_somebody_changed_since_stays_and_is_named(cli: Cli) -> None:
    first, second = new(cli), new(cli)
    cli("assign", first, second, "kim")
    cli("assign", second, "ivo", "--as", "osei")

    ran = cli("undo")

    assert (ran.code, ran.out) == (1, f"{first}\n")
    assert ran.err.startswith(f"{second}: {second}: osei changed assignee since (assigned).")


def test_nothing_to_take_back_is_a_refusal(cli: Cli) -> None:
    new(cli)

    undo, redo = cli("undo"), cli("redo")

    assert (undo.code, undo.err) == (4, "deskterm: There is nothing to take back.\n")
    assert (redo.code, redo.err) == (4, "deskterm: There is nothing to do again.\n")


def test_the_log_lists_acts_that_undo_takes(cli: Cli) -> None:
    number = new(cli)
    cli("tag", number, "vpn")
    cli("assign", number, "kim")

    acts = json.loads(cli("log", "--json").out)
    ran = cli("undo", str(acts[1]["act"]))

    assert [act["kinds"] for act in acts[:2]] == [["ticket.assigned"], ["ticket.tagged"]]
    assert ran.code == 0
    assert shown(cli, number)["tags"] == []
    assert "tagged" in cli("log").out


def test_an_act_that_there_is_not_is_not_found(cli: Cli) -> None:
    assert cli("undo", "999").code == 3
    assert cli("undo", "feedfeedfeedfeed").code == 3


def test_a_recalled_reply_is_printed(cli: Cli) -> None:
    number = new(cli)
    cli("reply", number, "We look at it")

    assert cli("undo").out == f"{number}\nWe look at it\n"


def test_views_are_saved_listed_included_and_dropped(cli: Cli) -> None:
    number, other = new(cli), new(cli)
    cli("take", number)

    saved = cli("views", "save", "Night", "assignee:me", "sort:id", "--preview", "right")
    (view,) = json.loads(cli("views", "--json").out)
    listed = cli("ls", "view:night", "--plain", "--cols", "id")
    dropped = cli("views", "drop", "night")

    assert (saved.code, dropped.code) == (0, 0)
    assert (view["name"], view["query"], view["preview"], view["count"]) == (
        "Night",
        "assignee:me sort:id",
        "right",
        1,
    )
    assert listed.out == f"{number}\n"
    assert other not in listed.out
    assert cli("ls", "view:night").code == 4
    assert cli("views", "drop", "night").code == 3
    assert cli("views", "save", "Night", "asignee:me").code == 2


def test_a_macro_runs_on_several_tickets(cli: Cli) -> None:
    first, second = new(cli), new(cli)

    ran = cli("macro", first, second, "ask-details")

    assert ran.code == 0
    assert [shown(cli, number)["status"] for number in (first, second)] == ["on_hold", "on_hold"]
    assert cli("macro", first, "nosuch").code == 3


@pytest.fixture
def here(sqlite_desk: Desk) -> Opened:
    return Opened(sqlite_desk, "dana", {})


def test_watching_tells_each_event_of_the_filters_tickets_and_one_that_leaves_once(here: Opened) -> None:
    desk = here.desk
    mine, other = open_ticket(desk), open_ticket(desk)
    stream = changes(here, parse("assignee:dana"))

    told: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        mark = feed.head(desk)
        patch.setattr(feed, "head", lambda _desk: mark)
        for act in (
            lambda: bulk.run(desk, tickets.take, [mine], by="dana"),
            lambda: tickets.tag(desk, mine, ("vpn",), by="kim"),
            lambda: tickets.assign(desk, mine, "kim", by="kim"),
            lambda: (tickets.tag(desk, mine, ("lyon",), by="kim"), tickets.take(desk, other, by="dana")),
        ):
            act()
            told.append(next(stream))

    assert [(line["number"], line["kind"], line["in"]) for line in told] == [
        (mine, "ticket.assigned", True),
        (mine, "ticket.tagged", True),
        (mine, "ticket.assigned", False),
        (other, "ticket.assigned", True),
    ]
    assert told[0]["ticket"]["assignee"] == "dana"


def test_watch_ends_after_so_many_lines(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    number = new(cli)
    cli("take", number)
    monkeypatch.setattr("deskterm.reads.feed.head", lambda _desk: 0)

    lines = [json.loads(line) for line in cli("watch", "is:open", "--limit", "2").out.splitlines()]

    assert [line["number"] for line in lines] == [number, number]
    assert lines[0]["kind"] == "ticket.opened"


def test_an_undone_tag_was_there_then(here: Opened, clock: StoppedClock) -> None:
    number = open_ticket(here.desk)
    tickets.tag(here.desk, number, ("vpn",), by="dana")
    clock.advance(timedelta(hours=1))
    undo.undo(here.desk, one(here.desk, "SELECT max(id) FROM event"), by="dana")

    then = as_of(here, parse("#vpn"), clock.now() - timedelta(minutes=30))
    now = as_of(here, parse("#vpn"), clock.now())

    assert ([row.number for row in then], now) == ([number], [])
