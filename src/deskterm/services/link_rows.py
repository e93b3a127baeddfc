"""Links as they are kept: between tickets, and from a ticket to a problem, a change or a foreign record."""

from __future__ import annotations

import re

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import change, problem
from deskterm.domain.errors import BadInput, NotFound
from deskterm.domain.ticket import LinkKind
from deskterm.i18n import N_
from deskterm.services import change_incidents, journal
from deskterm.storage.tables import Change, Link, Problem, Ticket
from deskterm.storage.visible import visible
from deskterm.text import plain

FOREIGN_NUMBER = re.compile(r"(?=.*\d)\w[\w./#:-]{0,63}")
"""What a record of another system may be called: one word with a digit in it."""


def put_foreign(tx: Transaction, ticket: Ticket, kind: LinkKind, other: str) -> None:
    """Link a ticket to a record that is no ticket, by its number.

    Raises:
        BadInput: it is no number, they are linked so already, or a child of what is no ticket is wanted.
        NotFound: there is no such problem or change, or none that the actor may see.
    """
    target = foreign_number(other)
    if FOREIGN_NUMBER.fullmatch(target) is None:
        raise BadInput(N_("“{other}” is no number of a record: INC-4, PRB-1, CHG-2, SUP-77."), other=other)
    if kind is LinkKind.CHILD_OF:
        raise BadInput(
            N_("{number} can't be linked so to {other}."), number=journal.number(ticket), other=target
        )
    check_change(tx, target)
    add(tx, ticket, kind, target, problem_id=_problem(tx, target))
    journal.record(tx, ticket, "ticket.linked", link=kind, other=target)
    if kind is LinkKind.CAUSED_BY:
        change_incidents.linked(tx, ticket, target)


def relate(tx: Transaction, ticket: Ticket, other: str) -> None:
    """Link a ticket to a record that is no ticket, unless they are linked somehow already."""
    row = select(Link).where(
        col(Link.source) == journal.number(ticket), col(Link.target) == foreign_number(other)
    )
    if tx.session.exec(row).first() is None:
        put_foreign(tx, ticket, LinkKind.RELATED, other)


def foreign_number(text: str) -> str:
    """Return the number of a record that is no ticket, as links keep it."""
    return plain(text, one_line=True).strip().upper()


def add(
    tx: Transaction,
    ticket: Ticket,
    kind: LinkKind,
    target: str,
    *,
    ticket_id: int | None = None,
    problem_id: int | None = None,
) -> None:
    """Keep a link.

    Args:
        target: the other record's number.
        ticket_id: its integer where it is a ticket.
        problem_id: its integer where it is a problem.

    Raises:
        BadInput: the two are linked so already.
    """
    number = journal.number(ticket)
    if tx.session.get(Link, (number, kind, target)) is not None:
        raise BadInput(N_("{number} and {other} are linked so already."), number=number, other=target)
    tx.session.add(
        Link(
            source=number,
            kind=kind,
            target=target,
            ticket_id=ticket.id,
            target_ticket_id=ticket_id,
            target_problem_id=problem_id,
        )
    )


def check_change(tx: Transaction, number: str) -> None:
    """Refuse a change's number that is nobody's, or hidden from the actor.

    Raises:
        NotFound: there is no such change for the actor.
    """
    if not change.NUMBER.fullmatch(number):
        return
    known = select(Change.id).where(col(Change.id) == change.key_of(number), visible(tx.actor, Change))
    if tx.session.exec(known).first() is None:
        raise NotFound(what=number)


def _problem(tx: Transaction, number: str) -> int | None:
    """Return the integer of a problem's number, None where it is no problem's.

    Raises:
        NotFound: there is no such problem, or none that the actor may see.
    """
    if not problem.NUMBER.fullmatch(number):
        return None
    key = problem.key_of(number)
    known = select(Problem.id).where(col(Problem.id) == key, visible(tx.actor, Problem))
    if tx.session.exec(known).first() is None:
        raise NotFound(what=number)
    return key
