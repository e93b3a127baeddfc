"""A desk with as many tickets as one likes, and the audit that shows whether each deadline fired once.

A first ticket is opened through the services; the others are its copies at other hours, with its ledger
entry, so that everything that a rebuild computes agrees with what is stored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlmodel import SQLModel

from deskterm.desk import Desk, Transaction
from deskterm.domain import escalation, sla
from deskterm.domain.ledger import replay
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import key_of
from deskterm.services import clocks, intake, journal, standards
from deskterm.standard.load import shipped
from deskterm.storage import chain
from deskterm.storage.tables import (
    Alert,
    ClockRow,
    Event,
    Notification,
    Outgoing,
    Ticket,
    Timer,
)  # fmt: skip
from deskterm.storage.tables.conversation import OutgoingState
from deskterm.storage.types import NEVER, table
from tests.desks import open_p1

EVENT, TICKET, CLOCK, ALERT = table(Event), table(Ticket), table(ClockRow), table(Alert)
TIMER, NOTIFICATION, OUTGOING = table(Timer), table(Notification), table(Outgoing)
CHUNK = 500

AlertKey = tuple[int, str, int, int, datetime]
"""Ticket, target, cycle, threshold, due instant."""


def leave_without_lead(desk: Desk, *teams: str) -> None:
    """Take the lead and the manager from teams, so that nobody is further up when an alert goes unheard."""
    text = shipped()
    for team in teams:
        text = re.sub(rf"(\[teams\.{team}\][^[]*?)lead = .*\nmanager = .*\n", r"\1", text)
    standards.apply(desk, text, by="ada")


def open_many(desk: Desk, count: int, *, apart: timedelta = timedelta(), **fields: Any) -> None:
    """Open many tickets of priority 1 alike, each so much after the one before it."""
    first = key_of(open_p1(desk, **fields))
    for done in range(1, count, CHUNK):
        size = min(CHUNK, count - done)
        desk.transact(SYSTEM, lambda tx, done=done, size=size: _copy(tx, first, done, size, apart))  # type: ignore[misc]  # mypy does not follow defaults of a lambda


def _copy(tx: Transaction, first: int, done: int, size: int, apart: timedelta) -> None:
    ticket = dict(tx.connection.execute(select(TICKET).where(TICKET.c.id == first)).mappings().one())
    opened, *_ = chain.history(tx.connection, "ticket", first)
    standard = tx.standard
    last = intake.next_number(tx, "ticket", count=size)
    tickets, rows = [], []
    for place in range(size):
        at = opened.at + apart * (done + place)
        key = last - size + place + 1
        entry = tx.record("ticket", key, opened.kind, changes=dict(opened.changes), at=at, **opened.details)
        running = sla.clocks([entry], standard, tx.now)
        rows += [clocks.columns(key, clock, standard, None) for clock in running.values()]
        shown = clocks.pressing(running.values(), standard)
        times = {"opened_at": at, "reported_at": at, "updated_at": at}
        tickets.append({**ticket, **times, **shown, "id": key})
    tx.connection.execute(insert(TICKET), tickets)
    tx.connection.execute(insert(CLOCK), rows)


def queue_mail(desk: Desk, count: int) -> None:
    """Put mails into the outbox, due at once."""
    now = desk.clock.now()
    mails = [
        {
            "kind": "acknowledgement", "recipient": "leo@example.org", "subject": f"Mail {place}",
            "body": "Hello", "header_id": f"<test.{now:%H%M%S}.{place}@deskterm>", "created_at": now,
            "due_at": now, "state": OutgoingState.WAITING, "tries": 0, "error": "",
        }
        for place in range(count)
    ]  # fmt: skip
    desk.transact(SYSTEM, lambda tx: tx.connection.execute(insert(OUTGOING), mails))


def due_at(desk: Desk, hours: Iterable[datetime]) -> list[AlertKey]:
    """Return the alerts that sweeps at these hours must fire, by the pure functions alone."""
    expected: list[AlertKey] = []
    with desk.look(SYSTEM) as look:
        rows = look.connection.execute(select(CLOCK)).mappings().all()
    for row in rows:
        told = row["fired"]
        for now in hours:
            alert = escalation.due_alert(clocks.read(row["thresholds"]), told, now)
            if alert is not None:
                told = alert.percent
                expected.append((row["ticket_id"], row["target"], row["cycle"], told, row["due_at"]))
    return expected


def all_done(desk: Desk) -> bool:
    """Return whether nothing is due: no clock, no timer, no mail."""
    with desk.look(SYSTEM) as look:
        clock, timer = (
            look.connection.execute(select(column).order_by(column).limit(1)).scalar() or NEVER
            for column in (CLOCK.c.next_alert_at, TIMER.c.due_at)
        )
        mail = look.connection.execute(
            select(OUTGOING.c.id).where(
                OUTGOING.c.state == OutgoingState.WAITING, OUTGOING.c.due_at <= look.now
            )
        ).first()
        return clock > look.now and timer > look.now and mail is None


def audit(desk: Desk, expected: Sequence[AlertKey]) -> None:
    """Compare everything that sweeps left behind with what they had to do, down to each effect."""
    with desk.engine.connect() as connection:
        events = _events(connection)
        fired = [event for event in events if event["kind"] == "alert.fired"]
        moved = [event for event in events if event["kind"] == "ticket.escalated"]
        passed = [event for event in events if event["kind"] == "alert.passed_on"]

        alerts = _rows(connection, Alert)
        stored = [
            tuple(a[name] for name in ("ticket_id", "target", "cycle", "threshold", "due_at")) for a in alerts
        ]
        assert Counter(stored) == Counter(expected)
        assert Counter(map(_alert_of, fired)) == Counter(expected)

        told = Counter(
            (event["subject_id"], "alert.fired", login) for event in fired for login in event["told"]
        ) + Counter((event["subject_id"], "alert.passed_on", event["to"]) for event in passed)
        sent = Counter(
            (n["ticket_id"], n["kind"], n["login"])
            for n in _rows(connection, Notification)
            if n["kind"] in ("alert.fired", "alert.passed_on")
        )
        assert sent == told

        timers = [timer for timer in _rows(connection, Timer) if timer["kind"] == "unheard"]
        heard = Counter(
            (timer["subject_id"], json.loads(timer["details"])["to"]) for timer in timers if timer["fired_at"]
        )
        assert Counter((event["subject_id"], event["to"]) for event in passed) == heard

        moves = Counter(event["subject_id"] for event in moved)
        assert all(count == 1 for count in moves.values())
        now = desk.clock.now()
        for row in _rows(connection, ClockRow):
            assert row["next_alert_at"] > now
            assert row["tries"] == 0
    projection_agrees(desk)


def projection_agrees(desk: Desk) -> None:
    """Check the hash chain, and that the ledger alone gives every ticket and every clock."""
    with desk.engine.connect() as connection:
        chain_holds(connection)
        for ticket in _rows(connection, Ticket):
            kept = replay(chain.history(connection, "ticket", ticket["id"]))
            shown = {name: journal.code_of(ticket[name]) for name in Ticket.LEDGER}
            assert {name: kept.get(name, _DEFAULTS.get(name)) for name in Ticket.LEDGER} == shown
    after: int | None = 0
    while after is not None:
        after, differences = clocks.rebuild_chunk(desk, after, by=SYSTEM)
        assert differences == []


_DEFAULTS = {name: journal.code_of(Ticket.model_fields[name].get_default()) for name in Ticket.LEDGER}


def chain_holds(connection: Connection) -> None:
    """Compute every hash of the ledger again."""
    head = chain.GENESIS
    for row in connection.execute(select(EVENT).order_by(EVENT.c.id)).mappings():
        event = chain.NewEvent(
            row["subject_type"], row["subject_id"], row["kind"], row["at"], row["by"], {}, {},
            row["batch"], row["once"],
        )  # fmt: skip
        digest = hashlib.sha256(row["data"].encode("utf-8", "surrogatepass")).digest()
        assert row["prev_hash"] == head
        assert row["payload_hash"] == digest
        head = chain.link_of(head, digest, event, row["recorded_at"])
        assert row["hash"] == head


def spooled(desk: Desk, spool: Path) -> None:
    """Check that each mail lies in the spool, once, and that the desk knows it."""
    with desk.engine.connect() as connection:
        mails = _rows(connection, Outgoing)
    assert {mail["state"] for mail in mails} == {OutgoingState.SENT}
    names = sorted(file.name for file in (spool / "new").iterdir())
    assert names == sorted(mail["header_id"].strip("<>") + ".eml" for mail in mails)


def _rows(connection: Connection, model: type[SQLModel]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table(model))).mappings()]


def _events(connection: Connection) -> list[dict[str, Any]]:
    return [{**row, **json.loads(row["data"])} for row in _rows(connection, Event)]


def _alert_of(event: dict[str, Any]) -> AlertKey:
    due = datetime.fromisoformat(event["due_at"])
    return event["subject_id"], event["target"], event["cycle"], event["threshold"], due
