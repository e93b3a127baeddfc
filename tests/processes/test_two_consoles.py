"""Two consoles and a worker on one desk: what one does, the other shows within a second."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial

import pytest

from deskterm.desk import Desk, Transaction
from deskterm.domain.people import SYSTEM, Role
from deskterm.domain.ticket import Level
from deskterm.services import facts, intake, people
from deskterm.services.drafts import AgentDraft, CallerDraft, NewTicket
from deskterm.services.facts import Fact
from deskterm.storage.tables import ClockRow
from tests.desks import one, open_ticket
from tests.terminal import ROOT, Terminal

START_SECONDS = 30.0
"""A console starts in one; the machine may be busy with other tests."""


@pytest.fixture
def live(database: str) -> str:
    """A desk with the machine's clock, one ticket, and an admin whom `--as` needs not."""
    with closing(Desk.open(database)) as desk:
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.DEMO, "dana"))
        desk.transact(SYSTEM, lambda tx: facts.put_fact(tx, Fact.GO_LIVE, tx.now.isoformat()))
        admin = AgentDraft(login="root", name="Root", roles=frozenset({Role.ADMIN}))
        people.add_agent(desk, admin, by="ada")
        draft = NewTicket(
            caller=CallerDraft(name="Leo Brandt"), summary="Audio drops in calls", team="service-desk"
        )
        intake.open_ticket(desk, draft, by="dana")
    return database


@contextmanager
def console(url: str, login: str) -> Iterator[Terminal]:
    opened = Terminal([sys.executable, "-W", "ignore", "-m", "deskterm", "--database", url, "--as", login])
    try:
        opened.until(opened.seen("live"), START_SECONDS)
        opened.press("0")
        opened.until(opened.seen("Audio drops"), START_SECONDS)
        yield opened
    finally:
        opened.close()


@contextmanager
def worker(url: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "deskterm", "--database", url, "worker"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


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

        waited = seconds_until(kim.seen("1 new (R)"), kim)
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
                waited.append(seconds_until(dana.seen(f"{alerts} msg"), dana))

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
