"""How a change of a change is written down, and what its gates look at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect
from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain import change as rules
from deskterm.domain import ticket as tickets
from deskterm.domain.approval import Verdict
from deskterm.domain.calendar import Conflict, ConflictKind, sentence
from deskterm.domain.change import ChangeKind, ChangeStatus, Facts, Risk, Step
from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.domain.ledger import Entry
from deskterm.domain.risk import Assessment, Questionnaire, assess
from deskterm.i18n import N_
from deskterm.services.journal import changes_of
from deskterm.storage import bookings
from deskterm.storage.incidents import caused_incidents, hidden_incidents, new_incidents
from deskterm.storage.tables import (
    Change,
    ChangeApproval,
    ChangeCheck,
    ChangeOrder,
    ChangeStep,
    ChangeWatcher,
    ChangeWord,
    Counter,
    Notification,
)
from deskterm.storage.types import NEVER
from deskterm.storage.visible import visible


def key(change: Change) -> int:
    """Return a stored change's integer."""
    assert change.id is not None, "a change has its number before anything else"
    return change.id


def number(change: Change) -> str:
    """Return a change's number as people say it."""
    return rules.number_of(key(change))


def take(tx: Transaction, number: str, *, seen: int | None = None) -> Change:
    """Lock and return a change that the actor may see.

    Raises:
        NotFound: there is none, or none that the actor may see.
        Conflict: it has changed since `seen`.
    """
    return tx.lock(Change, rules.key_of(number), number, seen=seen)


def look_up(tx: Transaction, number: str) -> Change:
    """Return a change that the actor may see, without locking it; for acts on its parts.

    Raises:
        NotFound: there is none, or none that the actor may see.
    """
    found = tx.session.exec(
        select(Change).where(col(Change.id) == rules.key_of(number), visible(tx.actor, Change))
    ).first()
    if found is None:
        raise NotFound(what=number)
    return found


def record(tx: Transaction, change: Change, kind: str, **details: Any) -> Entry:
    """Write down what was done to a change; its version rises where a ledger column changed."""
    changes = changes_of(change)
    change.is_open = change.status in rules.OPEN
    change.updated_at = tx.now
    if changes and inspect(change).persistent:
        change.version += 1
    entry = tx.record("change", key(change), kind, changes=changes, **details)
    tx.session.add(change)
    tx.session.flush()
    return entry


def tell(
    tx: Transaction, change: Change, kind: str, logins: Iterable[str], *, urgent: bool = False, **details: Any
) -> None:
    """Notify agents of something about a change, all but whoever did it."""
    text = json.dumps({"number": number(change), "by": tx.by, **details}, sort_keys=True)
    for login in sorted(set(logins) - {tx.by}):
        tx.session.add(Notification(login=login, kind=kind, details=text, urgent=urgent, at=tx.now))


def own(change: Change) -> frozenset[str]:
    """Return whose change it is: who asked for it and who sees it through."""
    return frozenset({change.requester, change.assignee})


def concerned(tx: Transaction, change: Change) -> frozenset[str]:
    """Return whom a change's news concern: whose it is, and its watchers."""
    watchers = select(ChangeWatcher.login).where(col(ChangeWatcher.change_id) == key(change))
    return own(change) | frozenset(tx.session.exec(watchers))


def advance(tx: Transaction, change: Change, kind: str, **details: Any) -> None:
    """Ask the gate, and move a change to the next state of its way.

    Raises:
        GateNotMet: something is missing.
    """
    rules.leave(facts(tx, change), change.status, tx.now)
    after = rules.next_status(change.kind, change.status)
    assert after is not None, "the last state has no gate"
    move(tx, change, after, kind, **details)


def move(tx: Transaction, change: Change, after: ChangeStatus, kind: str, **details: Any) -> None:
    """Move a change to another state, without asking its gate, and write it down.

    Raises:
        IllegalMove: that state does not follow.
        GateNotMet: from there on it would keep its place against others, and something hard is in the way.
    """
    rules.move(number(change), change.kind, change.status, after)
    if change.status in rules.PLANNING - bookings.BOOKED and after in bookings.BOOKED:
        _take_place(tx, change)
    if after is ChangeStatus.DRAFT:
        mend_glass(change)
    change.status = after
    record(tx, change, kind, **details)
    tell(tx, change, kind, concerned(tx, change))


def _take_place(tx: Transaction, change: Change) -> None:
    """Let a change keep its place against others from now on, unless something hard is there."""
    lock_calendar(tx)
    tx.session.flush()
    hard = next(iter(blocked(tx, change)), None)
    if hard is not None:
        raise GateNotMet(
            N_("{number} can't keep its window: {conflict} Move it first."),
            field="planned_start",
            number=number(change),
            conflict=sentence(hard),
        )


def lock_calendar(tx: Transaction) -> None:
    """Let changes take their places one after another, so that no two take the same room at once."""
    tx.session.exec(select(Counter).where(col(Counter.name) == "change").with_for_update()).one()


def mend_glass(change: Change) -> None:
    """Forget who broke the glass, and why: they agreed to another window or another plan."""
    change.glass_reason, change.glass_by, change.glass_second = "", None, None


def expect(change: Change, *statuses: ChangeStatus) -> None:
    """Refuse what belongs to other states.

    Raises:
        IllegalMove: the change is in none of these.
    """
    if change.status not in statuses:
        raise IllegalMove(
            N_("The state of {number} is {before}; this can be done only in: {after}."),
            number=number(change),
            before=change.status,
            after=tuple(status for status in ChangeStatus if status in statuses),
        )


def steps(tx: Transaction, change: Change) -> list[ChangeStep]:
    """Return a run sheet in its order, the roll-back steps last."""
    return list(
        tx.session.exec(
            select(ChangeStep)
            .where(col(ChangeStep.change_id) == key(change))
            .order_by(col(ChangeStep.rollback), col(ChangeStep.place))
        )
    )


def step_value(row: ChangeStep) -> Step:
    """Return a step as the gates see it."""
    return Step(
        row.summary, row.owner, row.starts_at, timedelta(minutes=row.minutes), row.state, row.rollback
    )


def assessment(tx: Transaction, change: Change) -> Assessment:
    """Return how risky a change is by the newest standard.

    The questionnaire belongs to the assessment, which only a normal change has; for others it counts where it
    was answered.
    """
    standard = tx.standard.changes
    answers = json.loads(change.answers)
    asked = change.kind is ChangeKind.NORMAL or answers
    return assess(
        standard.risk_rules,
        standard.questionnaire if asked else Questionnaire(),
        risk_fields(change),
        answers,
    )


def risk_fields(change: Change) -> dict[str, Any]:
    """Return the fields that risk rules look at."""
    return {name: getattr(change, name) for name in ("kind", "service", "ci", "impact", "downtime_minutes")}


def facts(tx: Transaction, change: Change) -> Facts:
    """Return what the gates of a change look at."""
    tx.session.flush()
    sheet = steps(tx, change)
    checks = tx.session.exec(select(ChangeCheck).where(col(ChangeCheck.change_id) == key(change))).all()
    planned = change.planned_end < NEVER
    return Facts(
        number=number(change),
        kind=change.kind,
        purpose=change.purpose,
        description=change.description,
        implementation_plan=change.implementation_plan,
        risks=change.risks,
        rollback_plan=change.rollback_plan,
        service=change.service,
        ci=change.ci,
        necessity=change.necessity,
        feasibility=change.feasibility,
        risk=Risk(change.risk) if change.risk else None,
        unanswered=len(assessment(tx, change).unanswered),
        pending_tier=_pending_tier(tx, change),
        planned_start=change.planned_start if planned else None,
        planned_end=change.planned_end if planned else None,
        resources=change.resources,
        test_plan=change.test_plan,
        steps=tuple(map(step_value, sheet)),
        unconfirmed=_unconfirmed(tx, change, sheet),
        hard_conflicts=(*_unfinished(tx, change), *map(sentence, blocked(tx, change))),
        glass_broken=change.glass_second is not None,
        rolling_back=change.rolling_back,
        checks=frozenset(check.kind for check in checks),
        failed_checks=sum(not check.passed for check in checks),
        unjudged=unjudged(tx, change),
        hidden=hidden_incidents(tx.connection, key(change), tx.actor),
        caused=caused(tx, change),
        outcome=change.outcome,
        lessons=change.lessons,
        stable_until=change.stable_until,
    )


def _pending_tier(tx: Transaction, change: Change) -> str:
    if change.status is not ChangeStatus.AUTHORISE:
        return ""
    waiting = tx.session.exec(
        select(ChangeApproval.name)
        .where(
            col(ChangeApproval.change_id) == key(change),
            col(ChangeApproval.verdict).in_([Verdict.WAITING, Verdict.PENDING]),
        )
        .order_by(col(ChangeApproval.place))
    )
    return waiting.first() or ""


def _unconfirmed(tx: Transaction, change: Change, sheet: Iterable[ChangeStep]) -> tuple[str, ...]:
    words = set(tx.session.exec(select(ChangeWord.login).where(col(ChangeWord.change_id) == key(change))))
    return tuple(sorted({step.owner for step in sheet if step.owner} - words))


def _unfinished(tx: Transaction, change: Change) -> list[str]:
    """Return, as sentences, the changes that must have ended before this one begins and have not."""
    earlier = tx.session.exec(
        select(Change.id)
        .join(ChangeOrder, col(ChangeOrder.after_id) == col(Change.id))
        .where(col(ChangeOrder.change_id) == key(change), col(Change.status).in_(bookings.AHEAD))
        .order_by(col(Change.id))
    )
    return [sentence(Conflict(ConflictKind.OUT_OF_ORDER, hard=True, other=each)) for each in earlier]


def blocked(tx: Transaction, change: Change) -> tuple[Conflict, ...]:
    """Return what is hard in a change's way where it is to be done."""
    return tuple(conflict for conflict in conflicts(tx, change) if conflict.hard)


def conflicts(tx: Transaction, change: Change) -> tuple[Conflict, ...]:
    """Return what is in a change's way where it is planned, or now if somebody asked to break the glass."""
    if change.status not in rules.PLANNING:
        return ()
    asked = change.glass_by is not None
    return bookings.in_the_way(tx.connection, tx.standard, key(change), tx.now if asked else None)


def unjudged(tx: Transaction, change: Change) -> tuple[str, ...]:
    """Return the new incidents on what a change altered that nobody has judged and the actor may see."""
    found = new_incidents(tx.connection, key(change), tx.actor)
    return tuple(tickets.number_of(row.kind, row.id) for row in found)


def caused(tx: Transaction, change: Change) -> tuple[str, ...]:
    """Return the numbers of the incidents that a change caused."""
    found = caused_incidents(tx.connection, key(change))
    return tuple(tickets.number_of(row.kind, row.id) for row in found)
