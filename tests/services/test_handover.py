"""The outbox goes to a spool folder: each message once, broken ones parked, a rehearsal's never."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlalchemy import text

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services import conversation
from deskterm.services.alarms import TRIES
from deskterm.services.facts import Fact, put_fact
from deskterm.services.handover import Spool, hand_over
from tests.desks import one, open_ticket, rows

SENDER = "desk@example.org"


def change(desk: Desk, sql: str) -> None:
    def work(tx: object) -> None:
        tx.connection.execute(text(sql))  # type: ignore[attr-defined]  # a transaction

    desk.transact(SYSTEM, work)


def test_a_message_lies_in_the_spool_once_however_often_it_is_handed_over(desk: Desk, tmp_path: Path) -> None:
    open_ticket(desk)
    spool = Spool(tmp_path)

    handed = [hand_over(desk, spool, sender=SENDER) for _ in range(3)]

    assert handed == [1, 0, 0]
    (letter,) = (tmp_path / "new").iterdir()
    mail = message_from_bytes(letter.read_bytes(), policy=default)
    assert mail["To"] == "leo@example.org"
    assert mail["Message-ID"] == one(desk, "SELECT header_id FROM outbox")
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "handed").iterdir())


def test_a_message_that_the_mail_system_took_before_the_crash_does_not_come_again(
    desk: Desk, tmp_path: Path
) -> None:
    open_ticket(desk)
    spool = Spool(tmp_path)
    name = one(desk, "SELECT header_id FROM outbox").strip("<>") + ".eml"
    spool.put(name, b"as it went")
    (tmp_path / "new" / name).unlink()

    hand_over(desk, spool, sender=SENDER)

    assert not list((tmp_path / "new").iterdir())
    assert one(desk, "SELECT state FROM outbox") == "sent"


def test_a_reply_waits_ten_seconds_in_which_it_can_be_recalled(
    desk: Desk, clock: StoppedClock, tmp_path: Path
) -> None:
    number = open_ticket(desk)
    spool = Spool(tmp_path)
    hand_over(desk, spool, sender=SENDER)
    conversation.reply(desk, number, "We look at it", by="dana")
    clock.advance(timedelta(seconds=9))
    early = hand_over(desk, spool, sender=SENDER)

    clock.advance(timedelta(seconds=1))
    due = hand_over(desk, spool, sender=SENDER)

    assert (early, due) == (0, 1)


def test_a_message_that_cannot_be_written_is_parked_and_the_others_go(
    desk: Desk, clock: StoppedClock, tmp_path: Path
) -> None:
    open_ticket(desk)
    change(desk, "UPDATE outbox SET header_id = '<no/such/folder@deskterm>'")
    open_ticket(desk)
    spool = Spool(tmp_path)

    for _ in range(TRIES):
        hand_over(desk, spool, sender=SENDER)
        clock.advance(timedelta(hours=1))

    assert rows(desk, "SELECT state, tries FROM outbox ORDER BY id") == [("parked", TRIES), ("sent", 0)]
    assert one(desk, "SELECT error FROM outbox ORDER BY id") != ""


def test_a_rehearsal_sends_nothing(desk: Desk, clock: StoppedClock, tmp_path: Path) -> None:
    open_ticket(desk)
    desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.REHEARSAL, clock.now().isoformat()))

    handed = hand_over(desk, Spool(tmp_path), sender=SENDER)

    assert handed == 0
    assert one(desk, "SELECT state FROM outbox") == "waiting"
