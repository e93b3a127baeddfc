"""Taking acts back: fields, rows beside them, mail, timers, clocks; and doing them again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import BadInput, DeskError, NotAllowed, NotFound, TooLate
from deskterm.domain.ledger import replay
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import HoldReason, Level, LinkKind, Resolution
from deskterm.services import (
    bulk,
    clocks,
    conversation,
    escalation,
    intake,
    journal,
    links,
    progress,
    tickets,
    timers,
    undo,
)
from deskterm.services.drafts import Edit
from deskterm.storage.chain import history
from deskterm.storage.tables import Ticket
from tests.desks import one, open_ticket, rows

DAY = timedelta(days=1)
DEFAULTS = {"major": False, "vip": False, "reopen_count": 0, "reassignment_count": 0, "tier": 1}
"""What columns hold that the ledger says nothing of."""


def last(desk: Desk) -> int:
    found: int = one(desk, "SELECT max(id) FROM event")
    return found


def taken_back(desk: Desk, *, by: str = "dana") -> undo.Undone:
    """Take the newest act of the desk back."""
    result = undo.undo(desk, last(desk), by=by)
    if result.refused:
        raise next(iter(result.refused.values()))
    return result


def column(desk: Desk, number: str, name: str) -> Any:
    return one(desk, f"SELECT {name} FROM ticket WHERE id = :key", key=int(number.split("-")[1]))


def test_an_assignment_is_taken_back_with_the_state_it_brought(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "kim", by="dana")

    taken_back(desk)

    assert (column(desk, number, "assignee"), column(desk, number, "status")) == (None, "new")


def test_an_undo_taken_back_does_the_act_again(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "kim", by="dana")

    first = taken_back(desk)
    again = undo.undo(desk, last(desk), by="dana")

    assert (first.done, again.done) == ((number,), (number,))
    assert (column(desk, number, "assignee"), column(desk, number, "status")) == ("kim", "in_progress")


def test_what_was_taken_back_cannot_be_taken_back_twice(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "kim", by="dana")
    act = last(desk)
    undo.undo(desk, act, by="dana")

    result = undo.undo(desk, act, by="dana")

    assert str(result.refused[number]) == f"{number}: this was taken back already."


def test_an_act_stays_once_somebody_changed_the_same_field(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "kim", by="dana")
    act = last(desk)
    tickets.assign(desk, number, "ivo", by="osei")

    result = undo.undo(desk, act, by="dana")

    assert str(result.refused[number]) == (
        "INC-1: osei changed assignee since (assigned). Assign it to somebody else."
    )
    assert column(desk, number, "assignee") == "ivo"


def test_another_field_that_changed_since_does_not_matter(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.set_fields(desk, number, Edit(extent=4), by="dana")
    act = last(desk)
    tickets.assign(desk, number, "ivo", by="osei")

    undo.undo(desk, act, by="dana")

    assert (column(desk, number, "extent"), column(desk, number, "assignee")) == (None, "ivo")


def test_only_a_lead_takes_back_what_others_did(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "kim", by="dana")
    with pytest.raises(NotAllowed, match="Only dana or a lead"):
        taken_back(desk, by="kim")

    taken_back(desk, by="osei")

    assert column(desk, number, "assignee") is None


@pytest.mark.parametrize("what", [999, "nosuchbatch"])
def test_an_act_that_was_never_done_is_not_found(desk: Desk, what: int | str) -> None:
    with pytest.raises(NotFound):
        undo.undo(desk, what, by="dana")


def test_what_cannot_be_reversed_names_what_to_do_instead(desk: Desk) -> None:
    number, other = open_ticket(desk), open_ticket(desk)
    links.merge(desk, number, other, by="dana")

    result = undo.undo(desk, last(desk) - 1, by="dana")

    assert str(result.refused[number]) == "INC-1: this can't be taken back. Unmerge it."


def test_tags_watchers_links_and_tasks_come_and_go(desk: Desk) -> None:
    number, other = open_ticket(desk), open_ticket(desk)
    acts: list[Callable[[], object]] = [
        lambda: tickets.tag(desk, number, ("vpn", "lyon"), by="dana"),
        lambda: tickets.watch(desk, number, by="dana"),
        lambda: links.link(desk, number, LinkKind.CHILD_OF, other, by="dana"),
        lambda: links.link(desk, number, LinkKind.CAUSED_BY, "SUP-7", by="dana"),
        lambda: tickets.add_task(desk, number, "Swap the cable", by="dana"),
        lambda: tickets.finish_task(desk, number, one(desk, "SELECT max(id) FROM task"), by="dana"),
        lambda: tickets.untag(desk, number, ("vpn",), by="dana"),
        lambda: links.unlink(desk, number, LinkKind.CHILD_OF, other, by="dana"),
        lambda: tickets.unwatch(desk, number, by="dana"),
    ]
    states = [sides(desk)]
    batches = []
    for act in acts:
        act()
        batches.append(last(desk))
        states.append(sides(desk))

    undone = []
    for event in reversed(batches):
        undo.undo(desk, event, by="dana")
        undone.append(last(desk))
        assert sides(desk) == states[batches.index(event)]
    for place, event in enumerate(reversed(undone), 1):
        undo.undo(desk, event, by="dana")
        assert sides(desk) == states[place]


def sides(desk: Desk) -> list[Any]:
    return [
        rows(desk, "SELECT ticket_id, word FROM tag ORDER BY word"),
        rows(desk, "SELECT ticket_id, login FROM watcher"),
        rows(desk, "SELECT source, kind, target, ticket_id, target_ticket_id FROM link ORDER BY target"),
        rows(desk, "SELECT summary, done_at IS NULL FROM task"),
        rows(desk, "SELECT id, parent_id FROM ticket ORDER BY id"),
    ]


def test_a_hold_is_taken_back_with_its_reply_and_its_clocks_never_stopped(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_ticket(desk)
    due = one(desk, "SELECT due_at FROM clock WHERE target = 'resolution'")
    review = clock.now() + DAY
    progress.hold(desk, number, HoldReason.CALLER, review_at=review, message="Which room?", by="dana")
    clock.advance(timedelta(seconds=8))

    result = taken_back(desk)

    assert result.words == {number: "Which room?"}
    assert (column(desk, number, "status"), column(desk, number, "hold_reason")) == ("new", None)
    assert one(desk, "SELECT state FROM outbox WHERE kind = 'reply'") == "recalled"
    assert one(desk, "SELECT due_at FROM clock WHERE target = 'resolution'") == due


def test_a_reply_that_has_left_stays_and_the_hold_is_taken_back_alone(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_ticket(desk)
    review = clock.now() + DAY
    progress.hold(desk, number, HoldReason.CALLER, review_at=review, message="Which room?", by="dana")
    sent(desk)

    result = taken_back(desk)

    assert (result.sent, result.words) == ((number,), {})
    assert column(desk, number, "status") == "new"


def sent(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'sent'")


def test_a_reply_alone_is_recalled_until_it_has_left(desk: Desk) -> None:
    number = open_ticket(desk)
    conversation.reply(desk, number, "It is don", by="dana")
    first = taken_back(desk)
    conversation.reply(desk, number, "It is done", by="dana")
    sent(desk)

    with pytest.raises(BadInput, match="left the building"):
        taken_back(desk)

    assert first.words == {number: "It is don"}


def test_a_resolution_taken_back_keeps_its_mail_and_done_again_lets_it_go(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_ticket(desk)
    progress.resolve(desk, number, Resolution.FIXED, "new cable", by="dana")

    taken_back(desk)
    back = (column(desk, number, "status"), mail(desk), column(desk, number, "resolved_at"))
    undo.undo(desk, last(desk), by="dana")

    assert back == ("new", "recalled", None)
    assert (column(desk, number, "status"), mail(desk)) == ("resolved", "waiting")


def mail(desk: Desk) -> Any:
    return one(desk, "SELECT state FROM outbox WHERE kind = 'confirmation'")


def test_a_held_ticket_resumes_by_itself_though_its_timer_had_fired_meanwhile(
    desk: Desk, clock: StoppedClock
) -> None:
    number = open_ticket(desk)
    progress.hold(desk, number, HoldReason.VENDOR, review_at=clock.now() + DAY, by="dana")
    progress.resume(desk, number, by="dana")
    resumed = last(desk)
    clock.advance(2 * DAY)
    timers.fire_due(desk)

    undo.undo(desk, resumed, by="dana")
    held = column(desk, number, "status")
    timers.fire_due(desk)

    assert (held, column(desk, number, "status")) == ("on_hold", "new")


def test_a_family_is_taken_back_together(desk: Desk) -> None:
    parent, child = open_ticket(desk), open_ticket(desk)
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")
    tickets.take(desk, parent, by="dana")
    batch = one(desk, "SELECT batch FROM event ORDER BY id DESC LIMIT 1")

    result = undo.undo(desk, batch, by="dana")

    assert set(result.done) == {parent, child}
    assert rows(desk, "SELECT assignee, status FROM ticket ORDER BY id") == [(None, "new")] * 2


def test_a_bulk_is_taken_back_whole_but_for_what_changed_since_and_done_again_by_its_batch(
    desk: Desk,
) -> None:
    numbers = [open_ticket(desk) for _count in range(3)]
    done = bulk.run(desk, tickets.assign, numbers, "kim", by="dana")
    tickets.assign(desk, numbers[1], "ivo", by="osei")
    seen: list[tuple[int, int]] = []

    result = undo.undo(desk, done.batch, by="dana", progress=lambda count, total: seen.append((count, total)))
    again = undo.undo(desk, result.batch, by="dana")

    assert (set(result.done), set(result.refused)) == ({numbers[0], numbers[2]}, {numbers[1]})
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert set(again.done) == {numbers[0], numbers[2]}
    assert rows(desk, "SELECT assignee FROM ticket ORDER BY id") == [("kim",), ("ivo",), ("kim",)]


def test_a_note_is_struck_out_and_an_escalation_goes_back_with_it(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")
    escalation.escalate(desk, number, "too hard", note="tried the usual", by="dana")

    taken_back(desk)

    assert rows(desk, "SELECT team, tier, assignee, reassignment_count FROM ticket") == [
        ("service-desk", 1, "dana", 0)
    ]
    assert one(desk, "SELECT recalled FROM message WHERE kind = 'note'")


def test_a_restricted_tickets_act_is_not_found(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.assign(desk, number, "dana", by="kim")
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'service-desk'")

    result = undo.undo(desk, last(desk), by="kim")

    assert isinstance(result.refused[number], NotFound)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_and_undone_columns_and_clocks_follow_from_the_ledger(
    desk: Desk, clock: StoppedClock, seed: int
) -> None:
    dice = random.Random(seed)
    numbers = [open_ticket(desk) for _count in range(3)]

    done = undone = 0
    for _count in range(60):
        clock.advance(timedelta(minutes=dice.choice([0, 1, 7, 90, 1500])))
        number = dice.choice(numbers)
        try:
            if dice.random() < 0.4:
                undone += len(undo.undo(desk, max(1, last(desk) - dice.randint(0, 9)), by="osei").done)
            else:
                random_act(desk, dice, number, dice.choice(numbers))
                done += 1
        except DeskError:
            continue

    assert done > 5
    assert undone > 3
    assert clocks.rebuild_chunk(desk, 0, by=SYSTEM)[1] == []
    with desk.engine.connect() as connection, Session(connection) as session:
        for number in numbers:
            ticket = session.get_one(Ticket, int(number.split("-")[1]))
            replayed = replay(history(connection, "ticket", int(number.split("-")[1])))
            for name in Ticket.LEDGER:
                stored = journal.code_of(getattr(ticket, name))
                assert replayed.get(name, DEFAULTS.get(name)) == stored, name


def random_act(desk: Desk, dice: random.Random, number: str, other: str) -> None:
    later = desk.clock.now() + timedelta(hours=dice.randint(1, 60))
    acts: list[Callable[[], object]] = [
        lambda: tickets.take(desk, number, by="osei"),
        lambda: tickets.assign(desk, number, dice.choice(["kim", "ivo", None]), by="osei"),
        lambda: tickets.transfer(desk, number, dice.choice(["network", "service-desk"]), by="osei"),
        lambda: tickets.classify(
            desk,
            number,
            Edit(impact=dice.choice(list(Level)), urgency=dice.choice(list(Level))),
            by="osei",
        ),
        lambda: progress.hold(desk, number, HoldReason.VENDOR, review_at=later, by="osei"),
        lambda: progress.hold(
            desk, number, HoldReason.CALLER, review_at=later, message="Which room?", by="osei"
        ),
        lambda: progress.resume(desk, number, by="osei"),
        lambda: progress.resolve(desk, number, Resolution.FIXED, "new cable", by="osei"),
        lambda: progress.reopen(desk, number, "no", by="osei"),
        lambda: progress.confirm(desk, number, "works", by="osei"),
        lambda: conversation.reply(desk, number, "We look at it", by="osei"),
        lambda: conversation.note(desk, number, "cable?", by="osei"),
        lambda: intake.receive_message(desk, number, "any news?", by="osei"),
        lambda: tickets.tag(desk, number, (dice.choice(["vpn", "lyon"]),), by="osei"),
        lambda: tickets.untag(desk, number, (dice.choice(["vpn", "lyon"]),), by="osei"),
        lambda: links.link(desk, number, dice.choice(list(LinkKind)), other, by="osei"),
        lambda: timers.fire_due(desk),
    ]
    dice.choice(acts)()


def test_a_late_refusal_is_a_kind_of_its_own(desk: Desk) -> None:
    open_ticket(desk)

    with pytest.raises(TooLate, match=r"INC-1: this can't be taken back\. Cancel it\."):
        taken_back(desk)
