"""Macros, text modules and mentions at the desk; mail that could not be sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.errors import Conflict, GateNotMet, NotFound
from deskterm.domain.macro import Act
from deskterm.domain.ticket import Channel
from deskterm.query import parse
from deskterm.reads import macros as reads
from deskterm.reads import queue
from deskterm.services import conversation, handover, intake, macros, standards, tickets, undo
from deskterm.services.alarms import TRIES
from deskterm.standard.load import shipped
from tests.desks import kinds, one, open_ticket, rows


def test_a_macro_takes_its_steps_as_one_act_and_undo_takes_all_back(desk: Desk, clock: StoppedClock) -> None:
    number = open_ticket(desk)

    macros.run(desk, number, "ask-details", by="dana")
    state = rows(desk, "SELECT status, hold_reason, assignee FROM ticket")
    mail = one(desk, "SELECT body FROM outbox WHERE kind = 'reply'")
    clock.advance(timedelta(seconds=5))
    back = undo.undo(desk, one(desk, "SELECT max(id) FROM event"), by="dana")

    assert state == [("on_hold", "caller", "dana")]
    assert mail.startswith("Hello Leo,\n\nto help you with INC-1 we need")
    assert mail.endswith("Dana")
    acts = "SELECT count(DISTINCT batch) FROM event WHERE kind IN ('ticket.assigned', 'ticket.held')"
    assert one(desk, acts) == 1
    assert rows(desk, "SELECT status, hold_reason, assignee FROM ticket") == [("new", None, None)]
    assert back.words == {number: mail}


def test_a_hold_of_a_macro_lasts_working_days(desk: Desk) -> None:
    number = open_ticket(desk)

    macros.run(desk, number, "ask-details", by="dana")

    record = queue.page(desk, parse("resume:wed"), by="dana")
    assert [row.number for row in record] == [number]


def test_a_preview_fills_the_texts_in(desk: Desk) -> None:
    number = open_ticket(desk)

    shown = reads.preview(desk, "major-update", number, by="dana")

    assert [step.act for step in shown.steps] == [Act.TAG, Act.REPLY]
    assert "(INC-1). The next update comes at 09:30." in shown.steps[1].text
    assert shown.missing == ()


def test_a_missing_variable_is_named_and_nothing_is_done(desk: Desk) -> None:
    number = open_ticket(desk, caller=None, channel=Channel.MONITORING)
    before = list(kinds(desk, number))

    shown = reads.preview(desk, "ask-details", number, by="dana")
    with pytest.raises(GateNotMet, match=r"nothing for caller\.first_name"):
        macros.run(desk, number, "ask-details", by="dana")

    assert shown.missing == ("caller.first_name",)
    assert list(kinds(desk, number)) == before


def test_a_macro_is_refused_on_a_ticket_that_changed_and_unknown_ones_are_not_found(desk: Desk) -> None:
    number = open_ticket(desk)
    tickets.take(desk, number, by="kim")

    with pytest.raises(Conflict):
        macros.run(desk, number, "ask-details", by="dana", seen=1)
    with pytest.raises(NotFound, match="macro nosuch"):
        macros.run(desk, number, "nosuch", by="dana")


EVERY_STEP = """
[macros.every]
name = "Every step"
steps = [
    { set = { category = "Network / VPN", urgency = 3 } },
    { transfer = "network" },
    { assign = "kim" },
    { tag = ["vendor", "vpn"] },
    { note = "for {{team.name}}" },
    { reply = "Hello {{caller.name}}" },
    { resolve = "workaround", summary = "{{agent.name}} gave a workaround" },
]
"""


def test_every_kind_of_step_is_taken_and_taken_back(desk: Desk) -> None:
    standards.apply(desk, shipped() + EVERY_STEP, by="ada")
    number = open_ticket(desk)
    columns = "category, urgency, team, assignee, status, closing_summary"
    before = rows(desk, f"SELECT {columns} FROM ticket")

    macros.run(desk, number, "every", by="dana")
    after = rows(desk, f"SELECT {columns} FROM ticket")
    note = one(desk, "SELECT body FROM message WHERE kind = 'note'")
    undo.undo(desk, one(desk, "SELECT max(id) FROM event"), by="dana")

    assert after == [("Network / VPN", 3, "network", "kim", "resolved", "Dana Diaz gave a workaround")]
    assert note.startswith("for ")
    assert rows(desk, f"SELECT {columns} FROM ticket") == before
    assert rows(desk, "SELECT word FROM tag") == []


def test_text_modules_and_typed_variables_are_filled_for_the_composer(desk: Desk) -> None:
    number = open_ticket(desk)
    greeting = next(each for each in reads.modules(desk, by="dana") if each.key == "greeting")

    found = reads.filled(desk, number, f"{greeting.text} {{{{caller.department}}}}", by="dana")

    assert found.text == "Hello Leo, {{caller.department}}"
    assert found.missing == ("caller.department",)
    assert [macro.key for macro in reads.macros(desk, by="dana")] == [
        "ask-details",
        "password-reset",
        "major-update",
    ]


def test_a_reply_with_a_variable_that_nobody_filled_in_is_not_sent(desk: Desk) -> None:
    number = open_ticket(desk)

    with pytest.raises(GateNotMet, match=r"Fill in caller\.name before"):
        conversation.reply(desk, number, "Hello {{caller.name}}", by="dana")

    assert one(desk, "SELECT count(*) FROM message") == 0


def test_a_mentioned_colleague_is_told_and_nobody_who_may_not_see(desk: Desk) -> None:
    number = open_ticket(desk, team="identity", by="ada")
    conversation.note(desk, number, "@@kim @@gone @@nobody have a look", by="ada")
    first = mentions(desk)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE team SET restricted = true WHERE key = 'identity'")

    conversation.note(desk, number, "@@kim again", by="ada")

    assert first == [("kim",)]
    assert mentions(desk) == first


def mentions(desk: Desk) -> list[tuple[str, ...]]:
    return rows(desk, "SELECT login FROM notification WHERE kind = 'mention'")


def test_what_a_caller_writes_mentions_nobody(desk: Desk) -> None:
    number = open_ticket(desk)

    intake.receive_message(desk, number, "ask @@kim", by="dana")

    assert mentions(desk) == []


def test_a_standard_says_how_long_mail_waits(desk: Desk, clock: StoppedClock, tmp_path: Path) -> None:
    text = shipped().replace("recall_seconds = 10", "recall_seconds = 60")
    standards.apply(desk, text, by="ada")
    spool = handover.Spool(tmp_path)
    number = open_ticket(desk)
    conversation.reply(desk, number, "We look at it", by="dana")

    clock.advance(timedelta(seconds=59))
    handover.hand_over(desk, spool, sender="desk@example.org")
    waiting = one(desk, "SELECT state FROM outbox WHERE kind = 'reply'")
    clock.advance(timedelta(seconds=1))
    handover.hand_over(desk, spool, sender="desk@example.org")

    assert (waiting, one(desk, "SELECT state FROM outbox WHERE kind = 'reply'")) == ("waiting", "sent")


class FullDisk(handover.Spool):
    """A spool that takes nothing."""

    def put(self, name: str, content: bytes) -> None:
        raise OSError("no space left")


def test_a_reply_that_cannot_be_sent_returns_as_a_draft_and_flags_the_ticket(
    desk: Desk, clock: StoppedClock, tmp_path: Path
) -> None:
    number = open_ticket(desk)
    conversation.reply(desk, number, "We look at it", by="dana")

    for _count in range(TRIES):
        clock.advance(timedelta(hours=1))
        handover.hand_over(desk, FullDisk(tmp_path), sender="desk@example.org")

    assert one(desk, "SELECT state FROM outbox WHERE kind = 'reply'") == "parked"
    assert rows(desk, "SELECT login, place, text FROM draft") == [
        ("dana", f"{number} reply", "We look at it")
    ]
    assert rows(desk, "SELECT word FROM tag") == [("undelivered",)]
    told = rows(desk, "SELECT login, urgent FROM notification WHERE kind = 'ticket.undelivered'")
    assert told == [("dana", True)]
    assert one(desk, "SELECT stage FROM clock WHERE target = 'first_response'") == "running"
