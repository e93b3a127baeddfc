"""One act on many tickets: who is done, who refused, what it would change, and its way back."""

from __future__ import annotations

import pytest

from deskterm.desk import Desk
from deskterm.domain.errors import Conflict, DeskError, NotAllowed, Unreachable
from deskterm.domain.ticket import Level, LinkKind, Resolution, key_of
from deskterm.services import bulk, links, progress, tickets, undo
from deskterm.services.drafts import Edit
from tests.desks import one, open_ticket, rows


def test_of_forty_three_refuse_and_one_undo_takes_thirty_seven_back(desk: Desk) -> None:
    numbers = [open_ticket(desk) for _count in range(40)]
    for number in numbers[:3]:
        progress.cancel(desk, number, "by mistake", by="osei")

    result = bulk.run(desk, tickets.assign, numbers, "kim", by="dana")
    assigned = one(desk, "SELECT count(*) FROM ticket WHERE assignee = 'kim'")
    back = undo.undo(desk, result.batch, by="dana")

    assert (len(result.done), list(result.refused)) == (37, numbers[:3])
    assert str(result.refused["INC-1"]) == "INC-1 is cancelled; that is final."
    assert assigned == 37
    assert (len(back.done), back.refused) == (37, {})
    assert one(desk, "SELECT count(*) FROM ticket WHERE assignee = 'kim'") == 0


def test_a_bulk_tells_how_far_it_is_and_does_each_ticket_once(desk: Desk) -> None:
    numbers = [open_ticket(desk), open_ticket(desk)]
    told: list[tuple[int, int]] = []

    result = bulk.run(
        desk, tickets.take, [*numbers, numbers[0]], by="dana", progress=lambda *at: told.append(at)
    )

    assert result.done == tuple(numbers)
    assert told == [(1, 2), (2, 2)]


def test_a_ticket_that_changed_since_it_was_seen_refuses(desk: Desk) -> None:
    first, second = open_ticket(desk), open_ticket(desk)
    tickets.set_fields(desk, first, Edit(extent=2), by="kim")

    result = bulk.run(desk, tickets.take, [first, second], by="dana", seen={first: 1, second: 1})

    assert result.done == (second,)
    assert isinstance(result.refused[first], Conflict)


def test_who_may_not_act_is_refused_ticket_by_ticket(desk: Desk) -> None:
    number = open_ticket(desk)

    result = bulk.run(desk, tickets.take, [number], by="audrey")

    assert isinstance(result.refused[number], NotAllowed)


def test_a_desk_that_went_away_refuses_the_rest_at_once() -> None:
    done: list[str] = []

    def act(number: str, _batch: str) -> None:
        if number == "INC-2":
            raise Unreachable(reason="gone")
        done.append(number)

    result = bulk.each(act, ["INC-1", "INC-2", "INC-3"])

    assert (result.done, list(result.refused), done) == (("INC-1",), ["INC-2", "INC-3"], ["INC-1"])


def test_a_preview_shows_what_would_change_and_who_would_refuse_and_writes_nothing(desk: Desk) -> None:
    first, second = open_ticket(desk), open_ticket(desk)
    progress.resolve(desk, second, Resolution.FIXED, "new cable", by="dana")
    progress.confirm(desk, second, "works", by="dana")
    before = rows(desk, "SELECT max(id) FROM event"), rows(desk, "SELECT * FROM ticket ORDER BY id")

    edit = Edit(impact=Level.HIGH)
    shown, refused = bulk.preview(desk, tickets.classify, [first, second], edit, by="dana")

    assert shown.changes == {"impact": (3, 1), "priority": (3, 1)}
    assert shown.kinds == ("ticket.classified", "ticket.escalated")
    assert (shown.refusal, refused.changes) == (None, {})
    assert str(refused.refusal) == "INC-2 is closed; that is final."
    after = rows(desk, "SELECT max(id) FROM event"), rows(desk, "SELECT * FROM ticket ORDER BY id")
    assert after == before


def test_a_preview_agrees_with_the_act(desk: Desk) -> None:
    number = open_ticket(desk)

    (shown,) = bulk.preview(desk, tickets.assign, [number], "kim", by="dana")
    tickets.assign(desk, number, "kim", by="dana")

    assert shown.changes == {"assignee": (None, "kim"), "status": ("new", "in_progress")}
    assert rows(desk, "SELECT assignee, status FROM ticket") == [("kim", "in_progress")]


def test_a_preview_of_what_one_may_not_do_is_a_refusal(desk: Desk) -> None:
    number = open_ticket(desk)

    (shown,) = bulk.preview(desk, tickets.take, [number], by="audrey")

    assert isinstance(shown.refusal, DeskError)


@pytest.mark.parametrize("numbers", [[], ["INC-9"]])
def test_nothing_to_do_is_no_error(desk: Desk, numbers: list[str]) -> None:
    result = bulk.run(desk, tickets.take, numbers, by="dana")

    assert (result.done, list(result.refused)) == ((), numbers)


def test_what_was_so_already_is_told_from_what_changed(desk: Desk) -> None:
    mine, free = open_ticket(desk, assignee="dana"), open_ticket(desk)

    both = bulk.run(desk, tickets.take, [mine, free], by="dana")
    none = bulk.run(desk, tickets.take, [mine, free], by="dana")

    assert (both.done, both.changed) == ((mine, free), (free,))
    assert (none.done, none.changed, none.touched) == ((mine, free), (), frozenset())


def test_what_hangs_on_a_ticket_is_touched_with_it(desk: Desk) -> None:
    parent, child = open_ticket(desk, assignee="dana"), open_ticket(desk)
    links.link(desk, child, LinkKind.CHILD_OF, parent, by="dana")

    result = bulk.run(desk, tickets.take, [parent], by="dana")

    assert (result.changed, result.touched) == ((), frozenset({key_of(child)}))
