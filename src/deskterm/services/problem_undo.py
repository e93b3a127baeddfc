"""Taking back what one act did to a problem and its corrective actions, and doing it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from deskterm.domain.ledger import Entry
from deskterm.domain.people import LEADS, permit
from deskterm.domain.problem import WATCHED, ActionType, Closure, Metric, ProblemStatus, Source
from deskterm.i18n import N_, _
from deskterm.services import corrective, effect, problem_journal, problem_marks, problems
from deskterm.services.journal import code_of
from deskterm.services.problem_journal import key, number_of
from deskterm.storage import problems as stored
from deskterm.storage.chain import history
from deskterm.storage.tables import CorrectiveAction, Problem, ProblemWatcher

UNDONE = frozenset({"problem.undone", "action.undone"})
REVERSIBLE: Mapping[str, str] = {
    "action.added": "action.add",
    "action.changed": "action.edit",
    "action.dropped": "action.drop",
    "action.finished": "action.finish",
    "problem.assigned": "problem.assign",
    "problem.changed": "problem.edit",
    "problem.known_error_declared": "known_error.declare",
    "problem.known_error_withdrawn": "known_error.withdraw",
    "problem.linked": "problem.link",
    "problem.moved": "problem.move",
    "problem.noted": "problem.note",
    "problem.parked": "problem.park",
    "problem.reviewed": "problem.review",
    "problem.risk_accepted": "problem.accept_risk",
    "problem.tagged": "problem.tag",
    "problem.unlinked": "problem.unlink",
    "problem.unparked": "problem.park",
    "problem.untagged": "problem.untag",
    "problem.unwatched": "problem.unwatch",
    "problem.watched": "problem.watch",
    "problem.window_moved": "action.finish",
}
"""The kinds of events that can be taken back → the action that whoever does it must be allowed to take."""
INSTEAD: Mapping[str, str] = {
    "problem.absorbed": N_("Take the tickets off again."),
    "problem.duplicate": N_("Open a new problem, and link its tickets."),
    "problem.opened": N_("Close it as a duplicate, or accept its risk."),
    "problem.waiting_resolved": N_("Take back what was done to the tickets."),
    "problem.workaround_sent": N_("Take back what was done to the tickets."),
}
"""What to do about the others."""
DECODED: Mapping[str, Callable[[Any], Any]] = {
    "status": ProblemStatus,
    "source": Source,
    "metric": Metric,
    "closure": Closure,
    "type": ActionType,
}
"""Ledger columns whose values are no plain text, number or instant → how to read them."""


@dataclass(frozen=True, slots=True)
class _Written:
    """An event of a problem, or of one of its corrective actions."""

    row: Problem | CorrectiveAction
    entry: Entry
    act: Entry
    """What was done in the first place; the entry itself, unless that is an undo."""
    again: bool
    """Whether taking the entry back does the act again."""


@action("problem.undo")
def undo(tx: Transaction, number: str, events: tuple[int, ...] = (), *, by: str) -> str:
    """Take back what one act did to a problem and its corrective actions, and return the act's kind.

    Taking that back in turn does the act again.

    Args:
        events: the ids of what the act wrote; without any, the newest of the actor's that stands.

    Raises:
        NotFound: the problem has no such event.
        NotAllowed: somebody else did it and the actor leads nobody, or the actor may not do such acts.
        TooLate: it is of a kind that stays, or was taken back already.
        BadInput: there is nothing to take back, or somebody changed the same since.
    """
    problem = problem_journal.take(tx, number)
    ledger = _ledger(tx, problem)
    gone = _gone(each.entry for each in ledger.values())
    chosen = [_known(ledger, event) for event in sorted(events, reverse=True)] or [
        _newest(problem, ledger, gone, by)
    ]
    for each in chosen:
        _may(tx, problem, each, gone)
    for each in chosen:
        _reverse(tx, problem, each)
    return chosen[-1].act.kind


def _ledger(tx: Transaction, problem: Problem) -> dict[int, _Written]:
    """Return every event of a problem and its actions by id, oldest first."""
    own = [(problem, entry) for entry in history(tx.connection, "problem", key(problem))]
    actions = select(CorrectiveAction).where(col(CorrectiveAction.problem_id) == key(problem))
    found: list[tuple[Problem | CorrectiveAction, Entry]] = [*own]
    for row in tx.session.exec(actions):
        found += [(row, entry) for entry in history(tx.connection, "action", corrective.key_of(row))]
    entries = {entry.id: entry for _row, entry in found}
    return {entry.id: _Written(row, entry, *_act(entry, entries)) for row, entry in sorted(found, key=_place)}


def _place(found: tuple[Problem | CorrectiveAction, Entry]) -> int:
    return found[1].id


def _act(entry: Entry, entries: Mapping[int, Entry]) -> tuple[Entry, bool]:
    """Follow undos to what was done first, and say whether taking `entry` back does that again."""
    act, again = entry, False
    while act.kind in UNDONE:
        act, again = entries[act.details["undoes"]], not again
    return act, again


def _gone(entries: Iterable[Entry]) -> set[int]:
    """Return the ids of what was taken back; an undo that was itself taken back takes back nothing."""
    gone: set[int] = set()
    for entry in sorted(entries, key=lambda entry: entry.id, reverse=True):
        if entry.kind in UNDONE and entry.id not in gone:
            gone.add(entry.details["undoes"])
    return gone


def _known(ledger: Mapping[int, _Written], event: int) -> _Written:
    if event not in ledger:
        raise NotFound(what=f"event {event}")
    return ledger[event]


def _newest(problem: Problem, ledger: Mapping[int, _Written], gone: set[int], by: str) -> _Written:
    """Return the newest act of somebody that stands, whether or not it can be taken back."""
    for each in reversed(list(ledger.values())):
        if each.entry.by == by and each.entry.id not in gone and not each.entry.kind.endswith(".undone"):
            return each
    raise BadInput(N_("There is nothing of yours to undo on {number}."), number=number_of(problem))


def _may(tx: Transaction, problem: Problem, each: _Written, gone: set[int]) -> None:
    """Refuse to take back what stays, what is gone already, and what somebody else did or built on."""
    entry, kind = each.entry, each.act.kind
    if entry.by != tx.by and tx.actor.roles.isdisjoint(LEADS):
        raise NotAllowed(N_("Only {login} or a lead may take this back."), login=entry.by)
    if entry.id in gone:
        raise TooLate(N_("{number}: this was taken back already."), number=number_of(problem))
    if kind not in REVERSIBLE:
        instead = _(INSTEAD.get(kind, N_("It stays in the history.")))
        raise TooLate(number=number_of(problem), instead=instead)
    permit(tx.actor, REVERSIBLE[kind])
    for name, (_before, after) in entry.changes.items():
        if code_of(getattr(each.row, name)) != after:
            raise _changed(problem)


def _changed(problem: Problem) -> BadInput:
    return BadInput(
        N_("{number} has changed since; what you did can't be undone."), number=number_of(problem)
    )


def _reverse(tx: Transaction, problem: Problem, each: _Written) -> None:
    if isinstance(each.row, CorrectiveAction) and each.entry.kind == "action.added":
        each.row.dropped = True
    else:
        for name, (before, _after) in each.entry.changes.items():
            setattr(each.row, name, _value(name, before))
    told = {"undoes": each.entry.id, "act": each.act.kind, "again": each.again}
    if isinstance(each.row, CorrectiveAction):
        corrective.record(tx, problem, each.row, "action.undone", **told)
        corrective.chase(tx, each.row)
        return
    if each.act.kind in SIDES:
        SIDES[each.act.kind](tx, problem, each)
    problem_journal.record(tx, problem, "problem.undone", **told)
    problem_journal.tell(tx, problem, "problem.undone", problem_journal.concerned(tx, problem))
    if problem.status in WATCHED:
        effect.again(tx, problem)


def _value(name: str, code: Any) -> Any:
    """Return the value of a column from what the ledger keeps; the other way round from `code_of`."""
    if code is None:
        return None
    return datetime.fromisoformat(code) if name.endswith("_at") else DECODED.get(name, _same)(code)


def _same(code: Any) -> Any:
    return code


def _teams(tx: Transaction, problem: Problem, each: _Written) -> None:
    """Put the analysing teams back, where the act named any."""
    if "teams_before" not in each.act.details:
        return
    left, wanted = each.act.details["teams"], each.act.details["teams_before"]
    if each.again:
        left, wanted = wanted, left
    if list(stored.teams_of(tx.connection, key(problem))) != left:
        raise _changed(problem)
    problems.set_teams(tx, problem, frozenset(wanted))


def _links(tx: Transaction, problem: Problem, each: _Written) -> None:
    numbers = tuple(each.act.details["tickets"])
    if (each.act.kind == "problem.linked") == each.again:
        problems.add_tickets(tx, problem, numbers)
    else:
        for number in numbers:
            problems.take_off(tx, problem, number)


def _tags(tx: Transaction, problem: Problem, each: _Written) -> None:
    tagged = each.act.kind == "problem.tagged"
    words = each.act.details["added" if tagged else "removed"]
    (problem_marks.put_tags if tagged == each.again else problem_marks.take_tags)(tx, problem, words)


def _watcher(tx: Transaction, problem: Problem, each: _Written) -> None:
    login = each.act.details["login"]
    row = tx.session.get(ProblemWatcher, (key(problem), login))
    came = (each.act.kind == "problem.watched") == each.again
    if (row is None) is not came:
        raise _changed(problem)
    if row is None:
        tx.session.add(ProblemWatcher(problem_id=key(problem), login=login))
    else:
        tx.session.delete(row)


def _declared(tx: Transaction, problem: Problem, each: _Written) -> None:
    """Let a problem have become a known error now, or never, where the act made it one."""
    if "known_error" in each.act.changes:
        problem.known_error_at = tx.now if each.again else None


SIDES: Mapping[str, Callable[[Transaction, Problem, _Written], None]] = {
    "problem.changed": _teams,
    "problem.known_error_declared": _declared,
    "problem.linked": _links,
    "problem.moved": _teams,
    "problem.tagged": _tags,
    "problem.untagged": _tags,
    "problem.unlinked": _links,
    "problem.unwatched": _watcher,
    "problem.watched": _watcher,
}
"""Kinds of events that changed more than the columns of the ledger → what changes that back, or again."""
