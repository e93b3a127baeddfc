"""The run sheet: steps planned, begun and ended by several people at once, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, delete, select

from deskterm.desk import Transaction, action
from deskterm.domain import change as rules
from deskterm.domain.calendar import Conflict
from deskterm.domain.change import ChangeStatus, StepState
from deskterm.domain.errors import Conflict as Stale
from deskterm.domain.errors import GateNotMet, IllegalMove, NotAllowed, NotFound
from deskterm.domain.people import Role
from deskterm.i18n import N_
from deskterm.services import change_journal, people, templates
from deskterm.services.change_drafts import StepDraft
from deskterm.storage.tables import Change, ChangeStep, ChangeWord
from deskterm.storage.types import NEVER
from deskterm.text import plain


@action("runsheet.plan")
def plan(
    tx: Transaction, number: str, steps: Sequence[StepDraft], *, by: str, seen: int | None = None
) -> None:
    """Write a run sheet anew; everybody with a step has to confirm again.

    A step without a time follows the one before it; without an owner it is the assignee's.

    Raises:
        GateNotMet: a standard change has the steps of its template.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, *rules.PLANNING)
    templates.keep_steps(tx, change, steps)
    key = change_journal.key(change)
    tx.session.exec(delete(ChangeStep).where(col(ChangeStep.change_id) == key))
    tx.session.exec(delete(ChangeWord).where(col(ChangeWord.change_id) == key))
    follows_at = change.planned_start if change.planned_start < NEVER else None
    for place, draft in enumerate(steps):
        owner = draft.owner or change.assignee
        people.agent(tx, owner)
        starts_at = None if draft.rollback else draft.starts_at or follows_at
        if starts_at is not None:
            follows_at = starts_at + timedelta(minutes=draft.minutes)
        tx.session.add(
            ChangeStep(
                change_id=key,
                rollback=draft.rollback,
                place=place,
                summary=draft.summary,
                owner=owner,
                starts_at=starts_at,
                minutes=draft.minutes,
            )
        )
    change_journal.record(tx, change, "runsheet.planned", steps=len(steps))


@action("change.begin")
def begin(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Begin to carry a change out.

    Raises:
        GateNotMet: it is not planned, confirmed and free of hard conflicts; or it is outside its window and
            nobody has broken the glass. With broken glass, what counts are the conflicts of now.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.SCHEDULED)
    change_journal.lock_calendar(tx)
    inside = change.planned_start <= tx.now < change.planned_end
    change.started_at = tx.now
    change_journal.advance(tx, change, "change.begun", inside_window=inside)
    owners = {step.owner for step in change_journal.steps(tx, change) if step.owner}
    change_journal.tell(tx, change, "change.begun", owners, urgent=True)


@action("change.break_glass")
def break_glass(
    tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None
) -> tuple[Conflict, ...]:
    """Ask to begin outside the window, and return what would be in the way now.

    It takes a reason, and a second person who agrees. A new window, or planning anew, mends the glass.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.SCHEDULED)
    if not reason.strip():
        raise GateNotMet(N_("Say why {number} can't wait for its window."), field="reason", number=number)
    change.glass_reason, change.glass_by, change.glass_second = plain(reason), by, None
    change_journal.record(tx, change, "change.glass_asked")
    found = change_journal.conflicts(tx, change)
    seconds = {*people.with_role(tx, Role.CHANGE_MANAGER), *people.with_role(tx, Role.LEAD)}
    change_journal.tell(
        tx,
        change,
        "change.glass_asked",
        seconds | change_journal.own(change),
        urgent=True,
        reason=plain(reason),
    )
    return found


@action("change.second")
def second(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> tuple[Conflict, ...]:
    """Agree, as the second person, that a change begins outside its window; return what is in the way now.

    Raises:
        GateNotMet: nobody asked.
        NotAllowed: the actor asked.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.SCHEDULED)
    if change.glass_by is None:
        raise GateNotMet(
            N_("Nobody has asked to begin {number} outside its window."), field="reason", number=number
        )
    if change.glass_by == by:
        raise NotAllowed(N_("It takes a second person to break the glass."))
    change.glass_second = by
    change_journal.record(tx, change, "change.glass_broken", reason=change.glass_reason)
    change_journal.tell(tx, change, "change.glass_broken", [change.glass_by], urgent=True)
    return change_journal.conflicts(tx, change)


@action("runsheet.start_step")
def start_step(tx: Transaction, number: str, step: int, *, by: str, seen: int | None = None) -> None:
    """Begin a step.

    Args:
        step: its id.
        seen: the step's version that the actor looked at; the other steps may go on changing.

    Raises:
        Stale: somebody else touched this step.
    """
    change, row = _step(tx, number, step, seen)
    if row.state is not StepState.PLANNED:
        raise IllegalMove(N_("That step is {before} already."), before=row.state)
    row.began_at = tx.now
    _write(tx, change, row, StepState.RUNNING, "")


@action("runsheet.finish_step")
def finish_step(
    tx: Transaction,
    number: str,
    step: int,
    state: StepState,
    *,
    note: str = "",
    by: str,
    seen: int | None = None,
) -> None:
    """End a step as done, failed or skipped; one that was not done says why."""
    change, row = _step(tx, number, step, seen)
    if row.state in rules.FINISHED:
        raise IllegalMove(N_("That step is {before} already."), before=row.state)
    ended = rules.finish(state, note)
    row.began_at, row.ended_at = row.began_at or tx.now, tx.now
    _write(tx, change, row, ended, note)


@action("runsheet.roll_back")
def roll_back(tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None) -> None:
    """Switch to the roll-back steps, while implementing or when the checks show that it did not work.

    The ledger says whether that was after the point of no return.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.IMPLEMENTING, ChangeStatus.VERIFYING)
    if change.rolling_back:
        raise IllegalMove(N_("{number} is being rolled back already."), number=number)
    if not reason.strip():
        raise GateNotMet(N_("Say why {number} is rolled back."), field="reason", number=number)
    back = [change_journal.step_value(row) for row in change_journal.steps(tx, change) if row.rollback]
    late = tx.now > rules.point_of_no_return(change.planned_end, back)
    change.rolling_back, change.ended_at = True, None
    if change.status is ChangeStatus.VERIFYING:
        change_journal.move(
            tx, change, ChangeStatus.IMPLEMENTING, "change.rolling_back", reason=plain(reason), late=late
        )
    else:
        change_journal.record(tx, change, "change.rolling_back", reason=plain(reason), late=late)
    owners = {row.owner for row in change_journal.steps(tx, change) if row.owner}
    change_journal.tell(
        tx, change, "change.rolling_back", owners | change_journal.concerned(tx, change), urgent=True
    )


@action("change.finish")
def finish(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Say that the run sheet is over; now it is verified.

    Raises:
        GateNotMet: a step is neither done nor failed nor skipped.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.IMPLEMENTING)
    change.ended_at = tx.now
    change_journal.advance(tx, change, "change.finished", late=tx.now > change.planned_end)


def _step(tx: Transaction, number: str, step: int, seen: int | None) -> tuple[Change, ChangeStep]:
    """Lock one step, not its change: two people work two steps at the same time."""
    change = change_journal.look_up(tx, number)
    change_journal.expect(change, ChangeStatus.IMPLEMENTING)
    row = tx.session.exec(
        select(ChangeStep)
        .where(col(ChangeStep.id) == step, col(ChangeStep.change_id) == change.id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(what=f"{number} step {step}")
    if seen is not None and row.version != seen:
        raise Stale(number=number)
    if row.rollback is not change.rolling_back:
        raise IllegalMove(
            N_("{number} is being rolled back; only its roll-back steps go on.")
            if change.rolling_back
            else N_("{number} is not being rolled back."),
            number=number,
        )
    return change, row


def _write(tx: Transaction, change: Change, row: ChangeStep, state: StepState, note: str) -> None:
    """Write a step down; the change's version stays, so that the other console's next key is not refused."""
    before = row.state
    row.state, row.note, row.by = state, plain(note), tx.by
    row.version += 1
    tx.session.add(row)
    tx.record(
        "change", change_journal.key(change), f"runsheet.step_{state}",
        step=row.id, summary=row.summary, before=before, note=row.note,
    )  # fmt: skip
