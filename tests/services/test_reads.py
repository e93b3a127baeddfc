"""What screens read, on each database."""

from __future__ import annotations

import threading
from datetime import timedelta

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.query import parse
from deskterm.reads import feed, listing, notifications, people, queue, ticket
from deskterm.services import conversation, intake, sweep, tickets
from deskterm.services.drafts import CallerDraft, Edit
from tests.desks import open_p1, open_ticket

OPEN = parse("is:open")


def test_windows_by_cursor_are_the_queue_in_its_order(desk: Desk) -> None:
    numbers = [open_ticket(desk) for _ in range(4)]
    urgent = open_p1(desk)

    top = queue.page(desk, OPEN, by="dana", limit=2)
    after = queue.cursor_at(desk, OPEN, by="dana", after=None, skip=1)
    rest = queue.page(desk, OPEN, by="dana", after=after, limit=10)

    assert [row.number for row in top + rest] == [urgent, *numbers]


def test_a_listing_keeps_its_order_and_knows_what_is_new(desk: Desk) -> None:
    first = open_ticket(desk)
    view = listing.Listing(desk, OPEN, "dana")
    view.open(10)
    view.freeze()

    newer = open_p1(desk)
    key = int(newer.split("-")[1])

    assert [row.number for row in view.window(0, 10)] == [first]
    assert view.fresh({key}) == {key}


def test_views_are_counted_for_whoever_looks(desk: Desk) -> None:
    tickets.take(desk, open_ticket(desk), by="dana")
    open_ticket(desk)
    views = {"mine": parse("is:open assignee:me"), "free": parse("is:open no:assignee")}

    assert queue.counts(desk, views, by="dana") == {"mine": 1, "free": 1}
    assert queue.counts(desk, views, by="kim") == {"mine": 0, "free": 1}


def test_the_timeline_merges_what_was_written_and_what_happened(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    clock.advance(timedelta(minutes=1))
    conversation.reply(desk, number, "On it", by="dana")
    clock.advance(timedelta(minutes=1))
    intake.receive_message(desk, number, "Thanks", by="dana")

    entries = ticket.timeline(desk, number, by="dana")

    assert [entry.voice.value for entry in entries] == ["system", "desk", "caller"]
    assert entries[-1].by == "Leo Brandt"


def test_a_caller_is_found_by_name_phone_and_mail(desk: Desk) -> None:
    caller = CallerDraft(name="Zoë Ångström", email="Zoe@Example.org", phone="+46 8 555 01 23")
    open_ticket(desk, caller=caller)

    found = [people.find_callers(desk, text, by="dana") for text in ("zoë", "01 23", "zoe@", "nobody", "%")]

    assert [[each.name for each in people_found] for people_found in found] == [["Zoë Ångström"]] * 3 + [
        [],
        [],
    ]
    assert len(found[0][0].open_tickets) == 1


def test_an_alert_can_be_acknowledged_from_its_notification(desk: Desk, clock: StoppedClock) -> None:
    tickets.take(desk, open_p1(desk), by="dana")
    clock.advance(timedelta(hours=5))
    sweep.sweep(desk)

    told = [row for row in notifications.unread(desk, by="dana") if row.kind == "alert.fired"]

    assert told
    assert all(row.alert_id is not None for row in told)


def test_the_feed_hands_on_what_came_after_a_mark(desk: Desk) -> None:
    mark = feed.head(desk)
    open_ticket(desk)

    assert [each.kind for each in feed.news(desk, mark, by="dana")][-1] == "ticket.opened"


def test_postgresql_hints_that_there_is_news(desk: Desk) -> None:
    told = threading.Event()
    hints = feed.Hints(desk, told.set)
    hints.start()
    is_hinting = desk.engine.dialect.name == "postgresql"
    assert told.wait(10 if is_hinting else 0.1) is is_hinting
    told.clear()

    open_ticket(desk)

    assert told.wait(10 if is_hinting else 0.1) is is_hinting
    hints.stop()


def test_a_change_of_caller_is_told_by_names(desk: Desk) -> None:
    number = open_ticket(desk)
    open_ticket(desk, caller=CallerDraft(name="Mia Wong", email="mia@example.org"))
    mia = people.find_callers(desk, "Mia", by="dana")[0].id

    tickets.set_fields(desk, number, Edit(caller=mia), by="dana")

    changes = [entry.changes for entry in ticket.timeline(desk, number, by="dana") if entry.changes]
    assert [each["caller_id"] for each in changes if "caller_id" in each][-1] == ("Leo Brandt", "Mia Wong")
