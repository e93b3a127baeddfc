"""A rebuild compares everything that clocks keep with what the ledger says, and mends it (process.md 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.domain.sla import Stage
from deskterm.domain.standard import TargetName
from deskterm.services import clocks, conversation, tickets
from deskterm.services.clocks import Difference
from deskterm.services.sweep import sweep
from deskterm.storage.tables import ClockRow, Ticket
from deskterm.storage.types import NEVER, table
from tests.databases import MONDAY_NINE
from tests.desks import open_p1

CLOCK, TICKET = table(ClockRow), table(Ticket)


def rebuild(desk: Desk) -> list[Difference]:
    return clocks.rebuild_chunk(desk, 0, by="ada")[1]


def write(desk: Desk, column: str, value: Any) -> None:
    """Write something wrong into the clock of a ticket's resolution, or into what lists show of it."""
    if column in TICKET.columns:
        statement = update(TICKET)
    else:
        statement = update(CLOCK).where(CLOCK.c.target == TargetName.RESOLUTION)
    desk.transact(SYSTEM, lambda tx: tx.connection.execute(statement.values({column: value})) and None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("cycle", 2),
        ("stage", Stage.MET),
        ("policy", "p5"),
        ("calendar", "office"),
        ("started_at", MONDAY_NINE - timedelta(hours=1)),
        ("due_at", MONDAY_NINE + timedelta(hours=9)),
        ("stopped_at", MONDAY_NINE),
        ("breached_at", MONDAY_NINE),
        ("span_seconds", 1),
        ("elapsed_seconds", 1),
        ("thresholds", ""),
        ("fired", 100),
        ("next_alert_at", NEVER),
        ("sla_target", TargetName.ACKNOWLEDGE),
        ("sla_due_at", NEVER),
        ("sla_risk_at", NEVER),
        ("sla_paused", True),
        ("sla_remaining_seconds", 1),
        ("sla_span_seconds", 1),
        ("sla_breached", True),
    ],
)
def test_each_value_that_the_ledger_contradicts_is_named_and_mended(
    desk: Desk, clock: StoppedClock, column: str, value: Any
) -> None:
    number = open_p1(desk)
    tickets.take(desk, number, by="dana")
    conversation.reply(desk, number, "We see it", by="dana")
    clock.advance(timedelta(hours=3))
    sweep(desk)
    write(desk, column, value)

    found, again = rebuild(desk), rebuild(desk)

    assert column in {each.column for each in found}
    assert column == "cycle" or [each.stored for each in found] == [value]
    assert again == []


@pytest.mark.parametrize("minutes", [0, 5, 10, 15, 120, 239, 240, 600])
def test_what_is_due_and_not_swept_yet_is_no_difference(
    desk: Desk, clock: StoppedClock, minutes: int
) -> None:
    number = open_p1(desk)
    tickets.take(desk, number, by="dana")
    clock.advance(timedelta(minutes=minutes))

    before = rebuild(desk)
    sweep(desk)

    assert before == []
    assert rebuild(desk) == []
