"""Approvals of changes: tiers asked one after another, votes, delegation, reminders, time-outs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain import approval as rules
from deskterm.domain.approval import Delegation, Tally, Verdict
from deskterm.domain.change import ChangeStatus, Risk
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import LEADS, Role
from deskterm.i18n import N_
from deskterm.services import alarms, change_journal, people
from deskterm.storage.tables import (
    Agent,
    Change,
    ChangeApproval,
    ChangeVote,
    DelegationRow,
    StandardVersion,
)
from deskterm.text import plain

REMINDER = "approval_reminder"
TIMEOUT = "approval_timeout"
ALIVE = (Verdict.WAITING, Verdict.PENDING, Verdict.GRANTED)
"""The verdicts that still count; those of earlier rounds are void or refused."""


@action("change.approve")
def approve(
    tx: Transaction,
    number: str,
    *,
    comment: str = "",
    instead_of: str | None = None,
    by: str,
    seen: int | None = None,
) -> None:
    """Vote for a change.

    Args:
        instead_of: in whose name, where several have delegated to the actor.

    Raises:
        NotAllowed: the actor has no vote on it now.
    """
    change = change_journal.take(tx, number, seen=seen)
    _vote(tx, change, granted=True, comment=comment, instead_of=instead_of)


@action("change.refuse")
def refuse(
    tx: Transaction,
    number: str,
    comment: str,
    *,
    instead_of: str | None = None,
    by: str,
    seen: int | None = None,
) -> None:
    """Vote against a change, saying why; it goes back to draft as soon as the votes left can't make a yes."""
    change = change_journal.take(tx, number, seen=seen)
    if not comment.strip():
        raise GateNotMet(N_("Say why {number} is refused."), field="comment", number=number)
    _vote(tx, change, granted=False, comment=comment, instead_of=instead_of)


@action("delegation.add")
def delegate(
    tx: Transaction, to: str, starts_at: datetime, ends_at: datetime, *, login: str | None = None, by: str
) -> int:
    """Let somebody vote in one's place between two instants, and return the delegation's id.

    Args:
        login: who is away, where a lead or an admin arranges it for somebody else.
    """
    login = login or by
    if login != by and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only a lead or an admin delegates for somebody else."))
    people.agent(tx, login), people.agent(tx, to)
    if to == login:
        raise BadInput(N_("Nobody delegates to themselves."))
    if ends_at <= max(starts_at, tx.now):
        raise BadInput(N_("A delegation ends after it begins, and not in the past."))
    row = DelegationRow(login=login, delegate=to, starts_at=starts_at, ends_at=ends_at)
    tx.session.add(row)
    tx.session.flush()
    assert row.id is not None, "a flushed row has its id"
    tx.record(
        "delegation", row.id, "delegation.added",
        login=login, to=to, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(),
    )  # fmt: skip
    return row.id


@action("delegation.end")
def end_delegation(tx: Transaction, delegation: int, *, by: str) -> None:
    """Take a delegation back, from now on."""
    row = tx.session.get(DelegationRow, delegation, with_for_update=True)
    if row is None or (by not in (row.login, row.delegate) and tx.actor.roles.isdisjoint(LEADS)):
        raise NotFound(what=f"delegation {delegation}")
    row.ends_at = min(row.ends_at, tx.now)
    tx.session.add(row)
    tx.record("delegation", delegation, "delegation.ended")


def ask(tx: Transaction, change: Change) -> None:
    """Ask the tiers that a change's risk and impact call for; the first of them now.

    Raises:
        GateNotMet: a tier has nobody who may vote on it.
    """
    assert change.risk is not None, "the risk is known before approval is asked"
    for place, tier in enumerate(
        rules.tiers_for(tx.standard.changes.tiers, change.kind, Risk(change.risk), change.impact)
    ):
        if not _electorate(tx, change, tier):
            raise GateNotMet(
                N_("{tier} has nobody who may vote on {number}."),
                field="approvals",
                number=change_journal.number(change),
                tier=tier.name,
            )
        tx.session.add(
            ChangeApproval(
                change_id=change_journal.key(change),
                place=place,
                tier=tier.key,
                name=tier.name,
                percent=tier.percent,
            )
        )
    tx.session.flush()
    _ask_next(tx, change)


def void(tx: Transaction, change: Change) -> None:
    """Let no vote on a change count any more."""
    for row in alive(tx, change):
        row.verdict = Verdict.VOID
        tx.session.add(row)


def alive(tx: Transaction, change: Change) -> list[ChangeApproval]:
    """Return the approvals of a change that count, in their order, locked."""
    return list(
        tx.session.exec(
            select(ChangeApproval)
            .where(
                col(ChangeApproval.change_id) == change_journal.key(change),
                col(ChangeApproval.verdict).in_(ALIVE),
            )
            .order_by(col(ChangeApproval.place))
            .with_for_update()
        )
    )


def votes(tx: Transaction, approval: ChangeApproval) -> list[ChangeVote]:
    """Return the votes of a tier, given or not."""
    return list(
        tx.session.exec(
            select(ChangeVote)
            .where(col(ChangeVote.approval_id) == approval.id)
            .order_by(col(ChangeVote.login))
        )
    )


def has_vote(tx: Transaction, change: Change, login: str) -> bool:
    """Return whether somebody decides on a change: they have voted, in whoever's name, or are asked now."""
    asked = and_(col(ChangeVote.login) == login, col(ChangeApproval.verdict) == Verdict.PENDING)
    cast = and_(
        or_(col(ChangeVote.login) == login, col(ChangeVote.by) == login), col(ChangeVote.at).is_not(None)
    )
    found = (
        select(ChangeVote.login)
        .join(ChangeApproval, col(ChangeApproval.id) == col(ChangeVote.approval_id))
        .where(
            col(ChangeApproval.change_id) == change_journal.key(change),
            col(ChangeApproval.verdict).in_(ALIVE),
            or_(asked, cast),
        )
    )
    return tx.session.exec(found).first() is not None


def remind(tx: Transaction, change: Change, approval: ChangeApproval) -> bool:
    """Remind those who have not voted yet, and whoever votes in their place; and later again."""
    if approval.verdict is not Verdict.PENDING or change.status is not ChangeStatus.AUTHORISE:
        return False
    waiting = [vote.login for vote in votes(tx, approval) if vote.granted is None]
    tx.record("change", change_journal.key(change), "change.approval_reminded", tier=approval.name)
    change_journal.tell(tx, change, "change.approval_asked", _with_delegates(tx, waiting), urgent=True)
    again = tx.now + tx.standard.changes.remind_every
    once = f"{approval.id}:{again.isoformat()}"
    alarms.arm(tx, "change", change_journal.key(change), REMINDER, again, once=once)
    return True


def time_out(tx: Transaction, change: Change, approval: ChangeApproval) -> bool:
    """Send a change back to draft whose tier did not decide in time."""
    if approval.verdict is not Verdict.PENDING or change.status is not ChangeStatus.AUTHORISE:
        return False
    _decide(tx, change, approval, Verdict.REFUSED, N_("nobody decided in time"))
    return True


def _vote(tx: Transaction, change: Change, *, granted: bool, comment: str, instead_of: str | None) -> None:
    number = change_journal.number(change)
    change_journal.expect(change, ChangeStatus.AUTHORISE)
    approval = next(row for row in alive(tx, change) if row.verdict is Verdict.PENDING)
    cast = votes(tx, approval)
    mine = rules.votes_of(
        tx.by,
        [vote.login for vote in cast if vote.granted is None],
        _delegations(tx, [vote.login for vote in cast]),
        change_journal.own(change),
        tx.now,
    )
    if tx.by in change_journal.own(change):
        raise NotAllowed(N_("Nobody votes on their own change."))
    if not mine or (instead_of is not None and instead_of not in mine):
        raise NotAllowed(
            N_("You have no vote on {number} now; {tier} decides."), number=number, tier=approval.name
        )
    vote = next(vote for vote in cast if vote.login == (instead_of or mine[0]))
    vote.granted, vote.comment = granted, plain(comment)
    vote.by, vote.at = tx.by, tx.now
    tx.session.add(vote)
    change_journal.record(
        tx, change, "change.voted",
        tier=approval.name, login=vote.login, granted=granted, comment=vote.comment,
    )  # fmt: skip
    verdict = tally(approval, cast).verdict
    if verdict is not Verdict.PENDING:
        _decide(tx, change, approval, verdict, vote.comment)


def tally(approval: ChangeApproval, cast: Iterable[ChangeVote]) -> Tally:
    """Return what the votes of a tier come to."""
    given = [vote.granted for vote in cast]
    return Tally(approval.percent, len(given), yes=given.count(True), no=given.count(False))


def _decide(tx: Transaction, change: Change, approval: ChangeApproval, verdict: Verdict, why: str) -> None:
    """Write a tier's verdict down: a yes asks the next tier or schedules, a no returns to draft."""
    approval.verdict, approval.decided_at = verdict, tx.now
    tx.session.add(approval)
    tx.session.flush()
    if verdict is Verdict.REFUSED:
        void(tx, change)
        change_journal.move(tx, change, ChangeStatus.DRAFT, "change.refused", tier=approval.name, reason=why)
        return
    change_journal.record(tx, change, "change.tier_granted", tier=approval.name)
    if not _ask_next(tx, change):
        change_journal.advance(tx, change, "change.authorised")


def _ask_next(tx: Transaction, change: Change) -> bool:
    """Ask the first tier that has not been asked, and return whether there was one."""
    approval = next((row for row in alive(tx, change) if row.verdict is Verdict.WAITING), None)
    if approval is None or approval.id is None:
        return False
    standard = tx.standard.changes
    approval.verdict, approval.asked_at = Verdict.PENDING, tx.now
    approval.due_at = tx.now + standard.decide_within
    tx.session.add(approval)
    electorate = _electorate(tx, change, _tier(tx, approval.tier))
    tx.session.add_all(ChangeVote(approval_id=approval.id, login=login) for login in electorate)
    tx.session.flush()
    key, once = change_journal.key(change), str(approval.id)
    alarms.arm(tx, "change", key, REMINDER, tx.now + standard.remind_after, once=once)
    alarms.arm(tx, "change", key, TIMEOUT, approval.due_at, once=once)
    change_journal.record(tx, change, "change.approval_asked", tier=approval.name, of=list(electorate))
    change_journal.tell(tx, change, "change.approval_asked", _with_delegates(tx, electorate))
    return True


def _tier(tx: Transaction, key: str) -> rules.Tier:
    """Return a tier by the newest standard that has it: a change passes the tiers that it was asked for."""
    versions = tx.session.exec(select(StandardVersion.id).order_by(col(StandardVersion.id).desc())).all()
    standards = (tx.standard_under(version) for version in versions if version is not None)
    return next(tier for standard in standards for tier in standard.changes.tiers if tier.key == key)


def _electorate(tx: Transaction, change: Change, tier: rules.Tier) -> tuple[str, ...]:
    agents = tx.session.exec(select(Agent).where(col(Agent.active)))
    roles = {agent.login: frozenset(map(Role, agent.roles.split())) for agent in agents}
    return rules.voters(tier, roles, change_journal.own(change))


def _delegations(tx: Transaction, logins: Iterable[str]) -> list[Delegation]:
    """Return the delegations in force of these agents, each to an agent who is active."""
    rows = tx.session.exec(
        select(DelegationRow)
        .join(Agent, col(Agent.login) == col(DelegationRow.delegate))
        .where(
            col(DelegationRow.login).in_(list(logins)),
            col(DelegationRow.starts_at) <= tx.now,
            col(DelegationRow.ends_at) > tx.now,
            col(Agent.active),
        )
    )
    return [Delegation(row.login, row.delegate, row.starts_at, row.ends_at) for row in rows]


def _with_delegates(tx: Transaction, logins: Iterable[str]) -> set[str]:
    away = list(logins)
    return {*away, *(each.to for each in _delegations(tx, away))}
