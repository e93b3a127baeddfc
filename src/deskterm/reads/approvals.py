"""The approvals inbox: the changes and templates that wait for the reader's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.approval import Tally, Verdict, votes_of
from deskterm.domain.people import LEADS, MAY
from deskterm.domain.query import EVERYTHING, Condition
from deskterm.reads.change import VoteRow, tally_of
from deskterm.reads.change import delegations as given_to_me
from deskterm.reads.changes import CHANGE, LISTED, ChangeRow, row_of, taker
from deskterm.storage.tables import Change, ChangeApproval, ChangeTemplate, ChangeVote, DelegationRow
from deskterm.storage.types import table
from deskterm.storage.visible import visible

APPROVAL, VOTE = table(ChangeApproval), table(ChangeVote)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A change that waits for the reader's vote."""

    change: ChangeRow
    tier: str
    tally: Tally
    asked_at: datetime
    due_at: datetime
    in_name_of: tuple[str, ...]
    """In whose name the reader may vote: their own first, then those who delegated to them."""


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A proposed template that the reader may decide on."""

    key: str
    name: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class DelegationView:
    """A delegation that has not ended."""

    id: int
    login: str
    to: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for the reader's decision, the nearest time-out first."""

    changes: tuple[InboxRow, ...]
    templates: tuple[TemplateRow, ...]
    delegations: tuple[DelegationView, ...]
    """The reader's own, and those to the reader, that have not ended."""


def inbox(desk: Desk, *, by: str, condition: Condition = EVERYTHING) -> Inbox:
    """Return what waits for a decision of whoever looks.

    Args:
        condition: of a filter; unless it takes everything, only the changes that it takes, and no template.
    """
    with desk.look(by) as look:
        templates = _templates(look) if condition == EVERYTHING else ()
        return Inbox(_changes(look, condition), templates, _delegations(look))


def _changes(look: Look, condition: Condition) -> tuple[InboxRow, ...]:
    given = given_to_me(look)
    names = {look.actor.login, *(each.login for each in given)}
    mine = select(VOTE.c.approval_id).where(VOTE.c.login.in_(names), VOTE.c.granted.is_(None))
    rows = look.connection.execute(
        select(
            *(CHANGE.c[name] for name in LISTED),
            APPROVAL.c.id.label("approval"),
            APPROVAL.c.name.label("tier"),
            APPROVAL.c.percent,
            APPROVAL.c.asked_at,
            APPROVAL.c.due_at,
        )
        .join(APPROVAL, APPROVAL.c.change_id == CHANGE.c.id)
        .where(APPROVAL.c.verdict == Verdict.PENDING, APPROVAL.c.id.in_(mine), visible(look.actor, Change))
        .order_by(APPROVAL.c.due_at, CHANGE.c.id)
    ).mappings()
    takes, found = taker(look, condition), []
    for row in filter(takes, map(dict, rows)):
        votes = _votes(look, row["approval"])
        waiting = [vote.login for vote in votes if vote.granted is None]
        in_name_of = votes_of(look.actor.login, waiting, given, {row["requester"], row["assignee"]}, look.now)
        if in_name_of:
            tally = tally_of(row["percent"], votes)
            found.append(
                InboxRow(row_of(row), row["tier"], tally, row["asked_at"], row["due_at"], in_name_of)
            )
    return tuple(found)


def _votes(look: Look, approval: int) -> list[VoteRow]:
    rows = look.connection.execute(select(VOTE).where(VOTE.c.approval_id == approval).order_by(VOTE.c.login))
    return [VoteRow(row.login, row.granted, row.by, row.at, row.comment) for row in rows]


def _templates(look: Look) -> tuple[TemplateRow, ...]:
    if look.actor.roles.isdisjoint(MAY["template.decide"]):
        return ()
    row = table(ChangeTemplate)
    found = look.connection.execute(
        select(row)
        .where(row.c.verdict == Verdict.PENDING, row.c.proposed_by != look.actor.login)
        .order_by(row.c.proposed_at)
    )
    return tuple(TemplateRow(each.key, each.name, each.proposed_by, each.proposed_at) for each in found)


def delegations(desk: Desk, *, by: str) -> tuple[DelegationView, ...]:
    """Return everybody's delegations that are in force or to come, by their beginning."""
    with desk.look(by) as look:
        return _found(look)


def endable(desk: Desk, *, by: str) -> tuple[DelegationView, ...]:
    """Return the delegations that the reader may take back: their own, those to them, as a lead all."""
    with desk.look(by) as look:
        return _delegations(look) if look.actor.roles.isdisjoint(LEADS) else _found(look)


def _delegations(look: Look) -> tuple[DelegationView, ...]:
    me = look.actor.login
    return _found(look, (col(DelegationRow.login) == me) | (col(DelegationRow.delegate) == me))


def _found(look: Look, *which: ColumnElement[bool]) -> tuple[DelegationView, ...]:
    rows = look.connection.execute(
        select(table(DelegationRow))
        .where(col(DelegationRow.ends_at) > look.now, *which)
        .order_by(col(DelegationRow.starts_at), col(DelegationRow.id))
    )
    return tuple(DelegationView(row.id, row.login, row.delegate, row.starts_at, row.ends_at) for row in rows)
