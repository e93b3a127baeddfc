"""One act on many tickets: each in a transaction of its own, all under one batch (decision 17)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deskterm.desk import Action, Desk, Transaction
from deskterm.domain.errors import DeskError, Unreachable
from deskterm.domain.people import permit
from deskterm.domain.ticket import key_of

Progress = Callable[[int, int], None]
"""Told after each ticket: how many are through, of how many."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of an act on many tickets."""

    done: tuple[str, ...]
    refused: Mapping[str, DeskError]
    """Number → refusal; `str` of it is the sentence, in the reader's language."""
    batch: str
    """What undo takes to take all of it back; it finds nothing where nothing was touched."""
    touched: frozenset[int] = frozenset()
    """The integers of the tickets that have an event more: those that were done, or hang on one of them."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The tickets that were done and were not so already."""
        return tuple(number for number in self.done if key_of(number) in self.touched)


@dataclass(frozen=True, slots=True)
class Difference:
    """What an act would change on one ticket."""

    number: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Ledger column → (before, after), codes as in the database."""
    kinds: tuple[str, ...] = ()
    """The events that the ticket would have more."""
    refusal: DeskError | None = None
    """Why nothing would change; None where it would."""


def run(
    desk: Desk,
    action: Action[Any, Any],
    numbers: Sequence[str],
    *args: object,
    by: str,
    seen: Mapping[str, int] | None = None,
    progress: Progress | None = None,
    **kwargs: object,
) -> BulkResult:
    """Take an action on each of some tickets; those that refuse hold up no other.

    Args:
        args: what the action takes after the number.
        seen: number → the version that the actor looked at; a ticket that is not in it is not asked.
    """

    touched: set[int] = set()

    def act(number: str, batch: str) -> None:
        looked = {"seen": seen[number]} if seen and number in seen else {}
        touched.update(action.touch(desk, batch, number, *args, by=by, **kwargs, **looked))

    return replace(each(act, numbers, progress), touched=frozenset(touched))


def each(
    act: Callable[[str, str], None], numbers: Iterable[str], progress: Progress | None = None
) -> BulkResult:
    """Do something to each ticket under one batch; where the desk went away, the rest is refused at once."""
    batch, left = secrets.token_hex(8), list(dict.fromkeys(numbers))
    done: list[str] = []
    refused: dict[str, DeskError] = {}
    for count, number in enumerate(left, 1):
        try:
            act(number, batch)
            done.append(number)
        except Unreachable as error:
            refused |= dict.fromkeys(left[count - 1 :], error)
            break
        except DeskError as error:
            refused[number] = error
        if progress is not None:
            progress(count, len(left))
    return BulkResult(tuple(done), refused, batch)


def preview(
    desk: Desk, action: Action[Any, Any], numbers: Iterable[str], *args: object, by: str, **kwargs: object
) -> tuple[Difference, ...]:
    """Return what an action would change on each ticket, or why it would be refused; nothing is written.

    The act itself is done and rolled back, so that what is shown is what would happen.
    """
    return tuple(_tried(desk, action, number, args, by, kwargs) for number in numbers)


class _RolledBack(Exception):  # noqa: N818  # not an error: it ends a transaction that is not to be kept
    def __init__(self, difference: Difference) -> None:
        super().__init__()
        self.difference = difference


def _tried(
    desk: Desk, action: Action[Any, Any], number: str, args: Sequence[object], by: str, kwargs: Any
) -> Difference:
    def work(tx: Transaction) -> None:
        permit(tx.actor, action.name)
        action.work(tx, number, *args, by=by, **kwargs)
        tx.session.flush()
        entries = tx.pending("ticket", key_of(number))
        changes: dict[str, tuple[Any, Any]] = {}
        for entry in entries:
            for name, (before, after) in entry.changes.items():
                changes[name] = (changes[name][0] if name in changes else before, after)
        raise _RolledBack(Difference(number, changes, tuple(entry.kind for entry in entries)))

    try:
        desk.transact(by, work)
    except _RolledBack as tried:
        return tried.difference
    except Unreachable:
        raise
    except DeskError as error:
        return Difference(number, refusal=error)
    raise AssertionError("a trial always ends in its difference or a refusal")
