"""Prepared statements say what SQLAlchemy would say, on both databases."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from deskterm.desk import Desk
from deskterm.domain.errors import Unreachable
from deskterm.domain.people import SYSTEM
from deskterm.domain.ticket import Status
from deskterm.storage.prepared import Prepared
from deskterm.storage.tables import Ticket
from deskterm.storage.types import table
from tests.desks import open_p1, open_ticket

TICKET = table(Ticket)
OPENED = (
    select(*TICKET.columns)
    .where(
        TICKET.c.status.in_([Status.NEW, Status.IN_PROGRESS]),
        TICKET.c.opened_at <= bindparam("until"),
        TICKET.c.summary.like("%n%"),
    )
    .order_by(TICKET.c.id)
    .limit(bindparam("most"))
)


def test_codes_instants_flags_and_lists_are_read_as_sqlalchemy_reads_them(desk: Desk) -> None:
    for summary in ("VPN down in Lyon", "Printer jams", "100 % of discs are full"):
        open_ticket(desk, summary=summary)
    open_p1(desk)

    with desk.look(SYSTEM) as look:
        ours = Prepared(OPENED).rows(look.connection, until=look.now, most=2)
        theirs = look.connection.execute(OPENED, {"until": look.now, "most": 2}).all()

    assert len(ours) == 2
    assert ours == [tuple(row) for row in theirs]


def test_a_prepared_statement_serves_one_set_of_values_after_another(desk: Desk) -> None:
    first, second = open_ticket(desk, summary="VPN down"), open_ticket(desk, summary="Printer jams")
    summary_of = Prepared(select(TICKET.c.summary).where(TICKET.c.id == bindparam("key")))

    with desk.look(SYSTEM) as look:
        found = [summary_of.scalar(look.connection, key=int(n.split("-")[1])) for n in (first, second)]
        nothing = summary_of.scalar(look.connection, key=0)

    assert (found, nothing) == (["VPN down", "Printer jams"], None)


def test_a_lost_connection_is_told_in_a_sentence_and_made_anew(database: str) -> None:
    statement = Prepared(select(TICKET.c.id))

    with closing(Desk.open(database)) as console:
        with pytest.raises(Unreachable):
            look_without_connection(console, statement)

        with console.look(SYSTEM) as look:
            assert statement.rows(look.connection) == []


def look_without_connection(console: Desk, statement: Prepared) -> None:
    with console.look(SYSTEM) as look:
        driver: Any = look.connection.connection.driver_connection
        driver.close()
        statement.rows(look.connection)
