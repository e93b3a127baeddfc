"""What falls due on changes: reminders and time-outs of approvals, the end of stability, late completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlmodel import col, select

from deskterm.desk import Transaction
from deskterm.domain.change import AFTERWARDS
from deskterm.services import approvals, change_incidents, change_journal, changes, stability
from deskterm.storage.tables import Change, ChangeApproval, Timer

Effect = Callable[[Transaction, Timer, Change], bool]


def _on_change(effect: Effect) -> Callable[[Transaction, Timer], bool]:
    """Return an effect that finds its change locked."""

    def carry_out(tx: Transaction, timer: Timer) -> bool:
        found = tx.session.exec(select(Change).where(col(Change.id) == timer.subject_id).with_for_update())
        return effect(tx, timer, found.one())

    return carry_out


def _remind(tx: Transaction, timer: Timer, change: Change) -> bool:
    return approvals.remind(tx, change, _approval(tx, timer))


def _time_out(tx: Transaction, timer: Timer, change: Change) -> bool:
    return approvals.time_out(tx, change, _approval(tx, timer))


def _approval(tx: Transaction, timer: Timer) -> ChangeApproval:
    """Return the tier that a timer is about; what makes it unique begins with the tier's id."""
    return tx.session.get_one(ChangeApproval, int(timer.once.partition(":")[0]))


def _stable(tx: Transaction, timer: Timer, change: Change) -> bool:
    if change.stable_until is None or change.stable_until.isoformat() != timer.once:
        return False
    return stability.propose_to_close(tx, change)


def _incomplete(tx: Transaction, timer: Timer, change: Change) -> bool:
    """Say that an emergency change should be complete by now."""
    facts = change_journal.facts(tx, change)
    missing = [name for name, _sentence in AFTERWARDS if not getattr(facts, name).strip()]
    if not change.is_open or not missing:
        return False
    tx.record("change", change_journal.key(change), "change.incomplete", missing=missing)
    change_journal.tell(tx, change, "change.incomplete", change_journal.concerned(tx, change), urgent=True)
    return True


EFFECTS: Mapping[str, Callable[[Transaction, Timer], bool]] = {
    approvals.REMINDER: _on_change(_remind),
    approvals.TIMEOUT: _on_change(_time_out),
    change_incidents.STABILITY: _on_change(_stable),
    changes.COMPLETION: _on_change(_incomplete),
}
"""What each kind of a change's timers does when it is due; it returns whether it did something."""
