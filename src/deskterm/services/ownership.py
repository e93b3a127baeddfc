"""In whose hands a ticket is: its team, its assignee, its children."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain.errors import BadInput, IllegalMove
from deskterm.domain.ticket import ENDED, Status, move
from deskterm.i18n import N_
from deskterm.services import journal, people
from deskterm.storage.tables import Member, Ticket


def give(tx: Transaction, ticket: Ticket, login: str) -> None:
    """Make an agent a ticket's assignee; a new ticket is in progress from then on.

    Nothing happens where it is theirs already.

    Raises:
        BadInput: nobody who may work has this login, or the team is restricted and they are no member.
        IllegalMove: the ticket has ended, or waits for an approval.
    """
    people.worker(tx, login)
    team = people.team_row(tx, ticket.team) if ticket.team else None
    if team is not None and team.restricted and tx.session.get(Member, (team.key, login)) is None:
        raise BadInput(N_("{login} is no member of {team}, which is restricted."), login=login, team=team.key)
    still_going(ticket)
    if ticket.status in (Status.NEW, Status.AWAITING_APPROVAL):
        ticket.status = move(journal.number(ticket), ticket.status, Status.IN_PROGRESS)
    elif ticket.assignee == login:
        return
    ticket.assignee = login
    journal.record(tx, ticket, "ticket.assigned", to=login)
    journal.tell(tx, ticket, "ticket.assigned", [login])


def unassign(tx: Transaction, ticket: Ticket) -> None:
    """Take a ticket out of its assignee's hands; it stays with the team."""
    still_going(ticket)
    if ticket.assignee is not None:
        ticket.assignee = None
        journal.record(tx, ticket, "ticket.unassigned")


def put_in_team(tx: Transaction, ticket: Ticket, key: str) -> None:
    """Give a ticket to a team; an assignee who is no member of it loses the ticket."""
    team = people.team_row(tx, key)
    ticket.team, ticket.tier = team.key, team.tier
    ticket.reassignment_count += 1
    if ticket.assignee is not None and tx.session.get(Member, (key, ticket.assignee)) is None:
        ticket.assignee = None


def still_going(ticket: Ticket) -> None:
    """Refuse work on a ticket that has ended.

    Raises:
        IllegalMove: it is closed, cancelled or merged.
    """
    if ticket.status in ENDED:
        raise IllegalMove(
            N_("{number} is {before}; that is final."), number=journal.number(ticket), before=ticket.status
        )


def open_children(tx: Transaction, ticket: Ticket) -> Iterable[Ticket]:
    """Return a ticket's children that are open, locked."""
    return tx.session.exec(
        select(Ticket)
        .where(col(Ticket.parent_id) == ticket.id, col(Ticket.is_open))
        .order_by(col(Ticket.id))
        .with_for_update()
    ).all()
