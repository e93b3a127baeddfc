"""An agent's own acts, for the log, undo and redo; and what others did meanwhile."""

from __future__ import annotations

from datetime import timedelta

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.reads.history import Standing, acts, meanwhile, to_redo, to_undo
from deskterm.services import bulk, conversation, tickets, undo, workplace
from deskterm.services.drafts import Edit
from tests.desks import one, open_ticket


def test_the_log_tells_ones_own_acts_newest_first_a_bulk_as_one(desk: Desk) -> None:
    numbers = [open_ticket(desk, by="osei") for _count in range(3)]
    batch = bulk.run(desk, tickets.assign, numbers, "kim", by="dana").batch
    tickets.watch(desk, numbers[0], by="kim")
    tickets.tag(desk, numbers[1], ("vpn",), by="dana")

    tagged, assigned = acts(desk, by="dana")

    assert (tagged.kinds, tagged.numbers) == (("ticket.tagged",), (numbers[1],))
    assert (assigned.what, assigned.numbers) == (batch, tuple(numbers))
    assert assigned.standing is Standing.DONE


def test_undo_goes_back_act_by_act_and_redo_forward_again(desk: Desk) -> None:
    number = open_ticket(desk, by="osei")
    tickets.assign(desk, number, "kim", by="dana")
    tickets.tag(desk, number, ("vpn",), by="dana")

    went = []
    for turn in (to_undo, to_undo, to_redo, to_redo, to_undo):
        act = turn(desk, by="dana")
        assert act is not None
        went.append((act.kinds, act.is_undo))
        undo.undo(desk, act.what, by="dana")

    assert went == [
        (("ticket.tagged",), False),
        (("ticket.assigned",), False),
        (("ticket.assigned",), True),
        (("ticket.tagged",), True),
        (("ticket.tagged",), False),
    ]


def test_nothing_is_redone_after_something_new(desk: Desk) -> None:
    number = open_ticket(desk, by="osei")
    tickets.assign(desk, number, "kim", by="dana")
    undo.undo(desk, one(desk, "SELECT max(id) FROM event"), by="dana")
    tickets.tag(desk, number, ("vpn",), by="dana")

    assert to_redo(desk, by="dana") is None


def test_what_a_lead_took_back_is_not_offered_again(desk: Desk) -> None:
    number = open_ticket(desk, by="osei")
    tickets.assign(desk, number, "kim", by="dana")
    undo.undo(desk, one(desk, "SELECT max(id) FROM event"), by="osei")

    assert to_undo(desk, by="dana") is None


def test_who_did_nothing_has_nothing_to_undo(desk: Desk) -> None:
    open_ticket(desk, by="osei")

    assert (to_undo(desk, by="dana"), to_redo(desk, by="dana"), acts(desk, by="dana")) == (None, None, ())


def test_an_opened_ticket_is_in_the_log_and_not_offered(desk: Desk) -> None:
    open_ticket(desk)

    assert [act.standing for act in acts(desk, by="dana")] == [Standing.FIXED]
    assert to_undo(desk, by="dana") is None


def test_acts_on_tickets_that_one_may_no_longer_see_are_not_told(desk: Desk) -> None:
    number = open_ticket(desk, by="osei")
    tickets.tag(desk, number, ("vpn",), by="kim")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'service-desk'")

    assert acts(desk, by="kim") == ()


def test_before_sending_one_learns_what_others_did_since(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)
    seen = one(desk, "SELECT version FROM ticket")
    read_at = clock.now()
    clock.advance(timedelta(minutes=1))
    conversation.note(desk, number, "I am on it", by="kim")
    tickets.take(desk, number, by="kim")
    tickets.set_fields(desk, number, Edit(extent=4), by="dana")
    workplace.here(desk, "s1", number, typing=True, by="kim")

    by_version = meanwhile(desk, number, seen, by="dana")
    by_time = meanwhile(desk, number, read_at, by="dana")

    assert [(entry.kind, entry.by) for entry in by_version.entries] == [("ticket.assigned", "kim")]
    assert [entry.kind for entry in by_time.entries] == ["ticket.noted", "ticket.assigned"]
    assert [(each.login, each.typing) for each in by_time.here] == [("kim", True)]
    assert meanwhile(desk, number, by_version.version, by="dana").entries == ()
