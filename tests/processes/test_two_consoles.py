"""Two consoles and a worker on one desk: what one does, the other shows within a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest

from deskterm.desk import Desk, Transaction
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import Level
from deskterm.services import intake
from deskterm.services.drafts import CallerDraft, NewTicket
from deskterm.storage.tables import ClockRow
from tests.desks import one, open_ticket
from tests.processes.programs import console, go_live, worker
from tests.terminal import Terminal


@pytest.fixture
def live(database: str) -> str:
    """A desk with the machine's clock, one ticket, and people whom anybody may sit down as."""
    return go_live(database)


def seconds_until(seen: Callable[[], bool], shown: Terminal) -> float:
    began = time.monotonic()
    shown.until(seen, 10.0)
    return time.monotonic() - began


def test_a_change_in_one_console_is_on_the_others_screen_within_a_second(live: str) -> None:
    with worker(live), console(live, "kim") as kim, console(live, "dana") as dana:
        kim.output = b""
        dana.press("t")
        dana.until(lambda: b"dana" in dana.read() or b"WIP" in dana.output)

        waited = seconds_until(kim.seen("WIP"), kim)

    assert waited < 1.0


def test_a_ticket_from_elsewhere_waits_behind_a_count(live: str) -> None:
    with console(live, "kim") as kim, closing(Desk.open(live)) as desk:
        kim.output = b""
        draft = NewTicket(caller=CallerDraft(name="Mia Moor"), summary="Printer on fire", impact=Level.HIGH)
        intake.open_ticket(desk, draft, by="dana")

        waited = seconds_until(kim.shows("1 new (R)"), kim)
        kim.press("R")
        kim.until(kim.seen("Printer on fire"))

    assert waited < 1.0


def test_alerts_arrive_by_themselves(live: str) -> None:
    with closing(Desk.open(live)) as desk:
        for _another in range(2):
            open_ticket(desk)
        with console(live, "dana") as dana:
            desk.transact(SYSTEM, _reach_half)

            waited = []
            for alerts in (1, 2, 3):
                dana.until(partial(_fired, desk, alerts), 10.0)
                waited.append(seconds_until(dana.shows(f"{alerts} msg"), dana))

    assert sorted(waited)[1] < 1.0, waited


def _fired(desk: Desk, alerts: int) -> bool:
    return bool(one(desk, "SELECT count(*) FROM alert") >= alerts)


def _reach_half(tx: Transaction) -> None:
    """Let three tickets of dana's reach half of their time, two seconds apart."""
    tx.connection.exec_driver_sql("UPDATE ticket SET assignee = 'dana'")
    for key in (1, 2, 3):
        clock = tx.session.get_one(ClockRow, (key, "resolution"))
        clock.next_alert_at = tx.now + timedelta(seconds=2 * key)
        clock.thresholds = f"50:{clock.next_alert_at.isoformat()}"
        tx.session.add(clock)
