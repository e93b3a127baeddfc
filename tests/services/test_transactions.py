"""Transactions: everything or nothing, in the order of their commits, and no update lost (F5, G6)."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import PATIENCE_SECONDS, Desk, Transaction
from deskterm.domain.errors import Busy, Conflict, DeskError
from deskterm.domain.ticket import HoldReason, Level, LinkKind, Resolution
from deskterm.services import conversation, escalation, intake, links, progress, tickets
from deskterm.services.drafts import Edit
from deskterm.services.sweep import sweep
from tests.desks import one, open_p1, open_ticket, rows
from tests.processes.tickets import projection_agrees

AGENTS = ("dana", "kim", "ivo", "osei")


def test_of_several_who_take_a_ticket_they_all_saw_exactly_one_wins(desk: Desk, database: str) -> None:
    numbers = [open_ticket(desk) for _ in range(20)]
    start = threading.Barrier(len(AGENTS))

    def race(login: str) -> int:
        with closing(Desk.open(database, clock=desk.clock)) as console:
            won = 0
            for number in numbers:
                start.wait(10)
                try:
                    tickets.take(console, number, by=login, seen=1)
                    won += 1
                except Conflict:
                    pass
        return won

    with ThreadPoolExecutor(len(AGENTS)) as consoles:
        won = sum(consoles.map(race, AGENTS))

    assert won == len(numbers)
    assert one(desk, "SELECT count(*) FROM event WHERE kind = 'ticket.assigned'") == len(numbers)


def test_a_lock_held_for_too_long_ends_in_a_sentence_and_changes_nothing(
    desk: Desk, second_console: Desk
) -> None:
    number = open_ticket(desk)
    held, release = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.take(number)
        held.set()
        release.wait(PATIENCE_SECONDS + 5)

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(second_console.transact, "dana", hold)
        held.wait(5)
        with pytest.raises(Busy, match="Nothing was changed"):
            tickets.take(desk, number, by="kim")
        release.set()
        holding.result(10)

    assert one(desk, "SELECT assignee FROM ticket") is None


def test_a_lock_held_for_a_moment_is_waited_out(desk: Desk, second_console: Desk) -> None:
    number = open_ticket(desk)
    held, release = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.take(number)
        held.set()
        release.wait(5)

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(second_console.transact, "dana", hold)
        held.wait(5)
        threading.Timer(0.3, release.set).start()
        tickets.take(desk, number, by="kim")
        holding.result(10)

    assert one(desk, "SELECT assignee FROM ticket") == "kim"


def test_a_transaction_that_fails_leaves_nothing(desk: Desk) -> None:
    number = open_ticket(desk)
    before = everything(desk)

    def work(tx: Transaction) -> None:
        tickets.take.work(tx, number, by="dana")
        conversation.reply.work(tx, number, "On it", by="dana")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.transact("dana", work)

    assert everything(desk) == before


def everything(desk: Desk) -> list[Any]:
    names = ("ticket", "event", "clock", "message", "outbox", "notification", "timer")
    return [rows(desk, f"SELECT * FROM {name} ORDER BY 1, 2") for name in names]  # the names are ours


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_alone_gives_every_ticket_and_clock_after_hundreds_of_acts(
    desk: Desk, clock: StoppedClock, seed: int
) -> None:
    chance = random.Random(seed)
    numbers = [open_p1(desk), open_ticket(desk), open_ticket(desk, team="network")]
    done = 0

    for _ in range(250):
        clock.advance(timedelta(minutes=chance.randrange(40)))
        act = chance.choice(ACTS)
        try:
            opened = act(desk, chance.choice(numbers), chance)
        except DeskError:
            continue
        done += 1
        if isinstance(opened, str) and opened not in numbers:
            numbers.append(opened)

    assert done > 100
    projection_agrees(desk)


Act = Callable[[Desk, str, random.Random], object]


def _review(desk: Desk, chance: random.Random) -> Any:
    return desk.clock.now() + timedelta(minutes=chance.randrange(5, 300))


def _hold(desk: Desk, number: str, chance: random.Random) -> None:
    reason = chance.choice(tuple(HoldReason))
    review_at = _review(desk, chance)
    progress.hold(desk, number, reason, review_at=review_at, message="Please tell", by="dana")


def _classify(desk: Desk, number: str, chance: random.Random) -> None:
    levels = tuple(Level)
    edit = Edit(impact=chance.choice(levels), urgency=chance.choice(levels))
    tickets.classify(desk, number, edit, by="dana")


ACTS: tuple[Act, ...] = (
    lambda desk, number, chance: open_ticket(desk, impact=chance.choice(tuple(Level))),
    lambda desk, number, chance: tickets.take(desk, number, by=chance.choice(AGENTS)),
    lambda desk, number, chance: tickets.assign(desk, number, None, by="dana"),
    lambda desk, number, chance: tickets.transfer(
        desk, number, chance.choice(("network", "desktop", "service-desk")), by="dana"
    ),
    lambda desk, number, chance: tickets.set_fields(
        desk, number, Edit(summary=f"Now {chance.randrange(9)}"), by="dana"
    ),
    lambda desk, number, chance: intake.receive_message(desk, number, "Any news?", by="dana"),
    lambda desk, number, chance: intake.receive_message(desk, number, "Hello?", by="dana"),
    lambda desk, number, chance: conversation.reply(desk, number, "We look at it", by="dana"),
    lambda desk, number, chance: conversation.note(desk, number, "Seen before", by="dana"),
    lambda desk, number, chance: progress.resume(desk, number, by="dana"),
    lambda desk, number, chance: progress.resolve(desk, number, Resolution.FIXED, "Restarted", by="dana"),
    lambda desk, number, chance: progress.reopen(desk, number, "Again", by="dana"),
    lambda desk, number, chance: progress.confirm(desk, number, "It works", by="dana"),
    lambda desk, number, chance: escalation.escalate(desk, number, "stuck", note="Please help", by="dana"),
    lambda desk, number, chance: links.merge(desk, number, f"INC-{chance.randrange(1, 9)}", by="dana"),
    lambda desk, number, chance: links.unmerge(desk, number, by="dana"),
    lambda desk, number, chance: links.link(
        desk, number, LinkKind.CHILD_OF, f"INC-{chance.randrange(1, 9)}", by="dana"
    ),
    lambda desk, number, chance: sweep(desk),
    _hold,
    _hold,
    _classify,
)
