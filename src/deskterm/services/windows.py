"""When changes are done: their windows and order, and the maintenance windows and freezes of the calendar."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select

from deskterm.desk import Transaction, action
from deskterm.domain import change as rules
from deskterm.domain.calendar import Conflict, sentence, stepped
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.i18n import N_
from deskterm.services import catalogue, change_journal
from deskterm.services.change_drafts import SpanDraft
from deskterm.standard.recurrence import check_rule
from deskterm.storage import bookings
from deskterm.storage.tables import Change, ChangeOrder, ChangeWord, CiRelation, SpanRow
from deskterm.storage.types import NEVER

YEARS = range(1970, 2200)
"""In which years windows and freezes may begin: counting from further back would take long."""


@action("change.schedule")
def schedule(
    tx: Transaction, number: str, start: datetime, end: datetime, *, by: str, seen: int | None = None
) -> tuple[Conflict, ...]:
    """Give a change its window, and return what it collides with there; its steps move along.

    Those who take part have to confirm again, and broken glass is mended. A change that keeps its place
    against others (authorised or later) is not put where something hard is in the way.

    Raises:
        GateNotMet: something hard is in the way.
        BadInput: it ends before it begins, or lasts more than a month.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, *rules.PLANNING)
    if end <= start or end - start > bookings.LONGEST:
        raise BadInput(N_("A window ends after it begins, within a month."))
    return _put(tx, change, start, end)


@action("change.move")
def move(
    tx: Transaction, number: str, quarters: int, *, by: str, seen: int | None = None
) -> tuple[Conflict, ...]:
    """Move a change by so many quarters of an hour, as long as before; returns and refuses as `schedule`."""
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, *rules.PLANNING)
    _planned(change)
    start = stepped(change.planned_start, quarters)
    return _put(tx, change, start, start + (change.planned_end - change.planned_start))


@action("change.follow")
def follow(tx: Transaction, number: str, other: str, *, by: str) -> None:
    """Say that a change may begin only when another has ended.

    Raises:
        BadInput: that would run in a circle.
    """
    change, earlier = change_journal.take(tx, number), change_journal.take(tx, other)
    change_journal.expect(change, *rules.PLANNING)
    if change_journal.key(change) in _before(tx, change_journal.key(earlier)):
        raise BadInput(N_("{other} has to wait for {number} already."), number=number, other=other)
    pair = (change_journal.key(change), change_journal.key(earlier))
    if tx.session.get(ChangeOrder, pair) is None:
        tx.session.add(ChangeOrder(change_id=pair[0], after_id=pair[1]))
        change_journal.record(tx, change, "change.ordered", after=change_journal.number(earlier))


@action("change.unfollow")
def unfollow(tx: Transaction, number: str, other: str, *, by: str) -> None:
    """Let a change no longer wait for another."""
    change, earlier = change_journal.take(tx, number), change_journal.take(tx, other)
    row = tx.session.get(ChangeOrder, (change_journal.key(change), change_journal.key(earlier)))
    if row is None:
        raise BadInput(N_("{number} does not wait for {other}."), number=number, other=other)
    tx.session.delete(row)
    change_journal.record(tx, change, "change.unordered", after=change_journal.number(earlier))


@action("change.confirm")
def confirm(tx: Transaction, number: str, *, by: str) -> None:
    """Give one's word that the window suits; everybody with a step does.

    Raises:
        NotAllowed: the actor has no step.
    """
    change = change_journal.take(tx, number)
    change_journal.expect(change, *rules.PLANNING)
    _planned(change)
    if by not in {step.owner for step in change_journal.steps(tx, change)}:
        raise NotAllowed(N_("You have no step in {number}."), number=number)
    if tx.session.get(ChangeWord, (change_journal.key(change), by)) is None:
        tx.session.add(ChangeWord(change_id=change_journal.key(change), login=by, at=tx.now))
        change_journal.record(tx, change, "change.confirmed")
        change_journal.tell(tx, change, "change.confirmed", [change.assignee])


@action("calendar.add")
def add_span(tx: Transaction, draft: SpanDraft, *, by: str) -> str:
    """Add a maintenance window or freeze, or replace the one of the same name in iCalendar, and return that.

    Raises:
        BadInput: a rule, zone or service that there is not, or no length.
    """
    if not draft.days and not draft.minutes:
        raise BadInput(N_("A window or freeze has to last."))
    if draft.start.year not in YEARS:
        raise BadInput(N_("A window or freeze begins after 1969 and before 2200."))
    try:
        check_rule(draft.rule or "FREQ=DAILY;COUNT=1", draft.start, draft.zone)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(field="rule", reason=error) from error
    for service in draft.services:
        catalogue.need(tx, service=service, ci=None, category=None)
    uid = draft.uid or f"span-{secrets.token_hex(8)}@deskterm"
    row = tx.session.exec(select(SpanRow).where(col(SpanRow.uid) == uid).with_for_update()).first()
    row = row or SpanRow(uid=uid, kind=draft.kind, name=draft.name, zone=draft.zone, start="")
    row.kind, row.name, row.zone, row.start = draft.kind, draft.name, draft.zone, draft.start.isoformat()
    row.days, row.minutes, row.rule = draft.days, draft.minutes, draft.rule
    row.services = json.dumps(sorted(draft.services), ensure_ascii=False)
    row.removed = False
    tx.session.add(row)
    tx.record("desk", 0, "calendar.added", uid=uid, span=draft.kind, name=draft.name, rule=draft.rule)
    return uid


@action("calendar.remove")
def remove_span(tx: Transaction, uid: str, *, by: str) -> None:
    """Take a window or freeze out of the calendar that people added; those of the standard go with it."""
    row = tx.session.exec(select(SpanRow).where(col(SpanRow.uid) == uid).with_for_update()).first()
    if row is None or row.removed:
        raise NotFound(what=uid)
    row.removed = True
    tx.session.add(row)
    tx.record("desk", 0, "calendar.removed", uid=uid, name=row.name)


@action("catalogue.relate")
def relate(tx: Transaction, ci: str, depends_on: str, *, gone: bool = False, by: str) -> None:
    """Say that a configuration item depends on another, or no longer does."""
    for each in (ci, depends_on):
        catalogue.need(tx, service=None, ci=each, category=None)
    if ci == depends_on:
        raise BadInput(N_("Nothing depends on itself."))
    row = tx.session.get(CiRelation, (ci, depends_on))
    if (row is None) is gone:
        return
    if row is None:
        tx.session.add(CiRelation(ci=ci, depends_on=depends_on))
    else:
        tx.session.delete(row)
    tx.record("desk", 0, "catalogue.unrelated" if gone else "catalogue.related", ci=ci, depends_on=depends_on)


def give_back(tx: Transaction, change: Change, window: Mapping[str, datetime], *, undoes: int) -> None:
    """Put a change back to where it was, or to no window where it had none.

    Args:
        window: `planned_start` and `planned_end`.
        undoes: the event that had moved it.

    Raises:
        GateNotMet: something hard is in the way, or it had none and has room kept for it since.
    """
    change_journal.expect(change, *rules.PLANNING)
    if window["planned_start"] == NEVER and change.status in bookings.BOOKED:
        raise GateNotMet(
            N_("{number} keeps a window once its approval is asked; move it instead."),
            field="planned_start",
            number=change_journal.number(change),
        )
    _put(tx, change, window["planned_start"], window["planned_end"], kind="change.undone", undoes=undoes)


def _put(
    tx: Transaction,
    change: Change,
    start: datetime,
    end: datetime,
    *,
    kind: str = "change.scheduled",
    **details: Any,
) -> tuple[Conflict, ...]:
    change_journal.lock_calendar(tx)
    if (start, end) == (change.planned_start, change.planned_end):
        return change_journal.conflicts(tx, change)
    if start < NEVER:
        _move_steps(tx, change, start)
    change.planned_start, change.planned_end = start, end
    change_journal.mend_glass(change)
    tx.session.exec(delete(ChangeWord).where(col(ChangeWord.change_id) == change_journal.key(change)))
    change_journal.record(tx, change, kind, **details)
    found = change_journal.conflicts(tx, change)
    hard = next((conflict for conflict in found if conflict.hard), None)
    if hard is not None and change.status in bookings.BOOKED:
        raise GateNotMet(
            N_("{number} can't be put there: {conflict}"),
            field="planned_start",
            number=change_journal.number(change),
            conflict=sentence(hard),
        )
    owners = {step.owner for step in change_journal.steps(tx, change) if step.owner}
    change_journal.tell(tx, change, kind, owners | change_journal.concerned(tx, change))
    return found


def _move_steps(tx: Transaction, change: Change, start: datetime) -> None:
    """Move the steps with their window; those without a time follow one another from its beginning."""
    follows_at = start
    for step in change_journal.steps(tx, change):
        if step.rollback:
            continue
        if step.starts_at is not None and change.planned_start < NEVER:
            begins = step.starts_at + (start - change.planned_start)
        else:
            begins = follows_at
        step.starts_at = begins
        step.version += 1
        follows_at = begins + timedelta(minutes=step.minutes)
        tx.session.add(step)


def _planned(change: Change) -> None:
    if change.planned_start == NEVER:
        raise GateNotMet(
            N_("{number} needs a window: when does it begin and end?"),
            field="planned_start",
            number=change_journal.number(change),
        )


def _before(tx: Transaction, key: int) -> set[int]:
    """Return a change and all that must end before it."""
    found, queue = {key}, [key]
    while queue:
        here = queue.pop()
        for earlier in tx.session.exec(
            select(ChangeOrder.after_id).where(col(ChangeOrder.change_id) == here)
        ):
            if earlier not in found:
                found.add(earlier)
                queue.append(earlier)
    return found
