"""A ticket is at risk when three quarters of its service time are used up, however much wall time is left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.ticket import HoldReason
from deskterm.query import parse
from deskterm.reads import queue
from deskterm.services import clocks, conversation, progress, tickets
from deskterm.ui.widgets.sla_cell import sla_cell
from tests.desks import open_ticket

SECOND = timedelta(seconds=1)
THREE_QUARTERS = datetime.fromisoformat("2026-06-02T14:00+02:00")
TUESDAY_NIGHT = datetime.fromisoformat("2026-06-02T20:00+02:00")
DUE = datetime.fromisoformat("2026-06-03T09:00+02:00")


@pytest.fixture(autouse=True)
def ticket(desk: Desk) -> str:
    """A ticket opened at nine on Monday and answered: due after 20 office hours, at nine on Wednesday."""
    number = open_ticket(desk)
    tickets.take(desk, number, by="dana")
    conversation.reply(desk, number, "We look into it.", by="dana")
    return number


def shown(desk: Desk, clock: StoppedClock, at: datetime) -> tuple[str, int]:
    """Return what the SLA column's colour means at an instant, and how many tickets `is:atrisk` finds."""
    clock.advance(at - clock.now())
    (row,) = queue.page(desk, parse("is:open"), by="dana")
    assert row.sla_due_at == DUE or row.sla_paused
    return sla_cell(row, clock.now()).meaning, queue.count(desk, parse("is:atrisk"), by="dana")


def test_the_last_quarter_of_service_time_is_at_risk_though_a_night_lies_before_the_deadline(
    desk: Desk, clock: StoppedClock
) -> None:
    assert shown(desk, clock, THREE_QUARTERS - SECOND) == ("", 0)
    assert shown(desk, clock, THREE_QUARTERS) == ("at-risk", 1)
    assert shown(desk, clock, TUESDAY_NIGHT) == ("at-risk", 1)
    assert shown(desk, clock, DUE - SECOND) == ("at-risk", 1)


def test_what_is_paused_is_not_at_risk_until_it_goes_on(desk: Desk, clock: StoppedClock, ticket: str) -> None:
    clock.advance(TUESDAY_NIGHT - clock.now())
    review = DUE + timedelta(days=1)

    progress.hold(desk, ticket, HoldReason.CALLER, review_at=review, message="Which one?", by="dana")
    held = shown(desk, clock, TUESDAY_NIGHT + SECOND)
    progress.resume(desk, ticket, by="dana")
    resumed = shown(desk, clock, TUESDAY_NIGHT + 2 * SECOND)

    assert (held, resumed) == (("paused", 0), ("at-risk", 1))


def test_a_rebuild_finds_the_instant_of_risk_as_it_was(desk: Desk) -> None:
    _following, differences = clocks.rebuild_chunk(desk, 0, by="ada")

    assert differences == []
