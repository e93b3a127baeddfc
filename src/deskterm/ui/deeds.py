"""What is done to tickets from a console, as values: who it is done to, what, and how to take it back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Protocol

from deskterm.domain.errors import DeskError
from deskterm.domain.ticket import Status
from deskterm.labels import event_words

if TYPE_CHECKING:
    from deskterm.desk import Action
    from deskterm.reads.history import ActRow
    from deskterm.ui.app import DeskApp

log = logging.getLogger(__name__)

ACTS_MOST = 30
"""As many acts from before can be taken back."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket that a key acts on, as it was when it was last read."""

    number: str
    version: int
    status: Status
    impact: int | None = None
    urgency: int | None = None


class Seen(Protocol):
    """A record as it was when it was last read."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def version(self) -> int:
        """Its version then."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An action and what it takes after the number, so that it can be tried, done and done again anywhere."""

    action: Action[Any, Any]
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    is_public: bool = False
    """Whether it writes to callers."""

    def seen(self, subjects: Iterable[Seen]) -> dict[str, int] | None:
        """Return the versions that were looked at, None where the action does not ask for them."""
        if "seen" not in signature(self.action.work).parameters:
            return None
        return {subject.number: subject.version for subject in subjects}


def deed(action: Action[Any, Any], *args: object, is_public: bool = False, **kwargs: object) -> Deed:
    """Return an action with what it takes after the number; who does it, and on what, comes later."""
    return Deed(action, args, kwargs, is_public)


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done here, and can be taken back."""

    what: int | str
    """What `services.undo.undo` takes: a batch, or an event's id."""
    words: str
    """What was done, as the status line said it."""
    soon: str = ""
    """What it said besides, because it was true for a moment only."""


class Doings:
    """What somebody did, here and before: what `u` takes back, `U` does again, `.` repeats."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        """The newest is the last."""
        self.undone: list[Done] = []
        """What can be done again; the last first."""
        self.latest: tuple[Deed, str] | None = None
        """What `.` repeats, and what is said when it is done."""

    def remember(self, done: Sequence[Done], undone: Sequence[Done]) -> None:
        """Put what was done before this console began under what was done here.

        Args:
            done: the oldest first.
            undone: what can be done again, unless something was done here meanwhile.
        """
        here = {act.what for act in self.done}
        if not here and not self.undone:
            self.undone.extend(undone)
        self.done[:0] = [act for act in done if act.what not in here]

    def add(self, batch: str, words: str, soon: str = "") -> None:
        """Take note of an act; what was taken back before can't be done again after it."""
        self.done.append(Done(batch, words, soon))
        self.undone.clear()

    def take_back(self, act: Done, batch: str) -> None:
        """Take note that an act was taken back, under a batch of its own."""
        self.done.remove(act)
        self.undone.append(Done(batch, act.words))

    def do_again(self, act: Done, batch: str) -> None:
        """Take note that what was taken back was done again."""
        self.undone.remove(act)
        self.done.append(Done(batch, act.words))

    def give_up(self, act: Done) -> None:
        """Take note that an act can't be taken back, or done again: the one before is next."""
        for pile in (self.done, self.undone):
            if act in pile:
                pile.remove(act)


async def remember(console: DeskApp) -> None:
    """Let what whoever sits here did before this console began be taken back, too."""
    from deskterm.reads import history

    try:
        acts = await console.ask_slowly(history.acts, console.desk, by=console.agent, most=ACTS_MOST)
    except DeskError as error:
        log.info("no acts: %s", error)
    else:
        console.doings.remember(*before(acts))


def before(acts: Sequence[ActRow]) -> tuple[list[Done], list[Done]]:
    """Return what the ledger says that somebody did: what can be taken back, and what can be done again.

    Args:
        acts: the newest first.

    Returns:
        Both with the newest last. What was done again is there once: as that.
    """
    from deskterm.reads.history import Standing

    standing = [act for act in acts if act.standing is Standing.DONE]
    done: list[ActRow] = []
    for act in standing:
        is_twice = any(other.is_redo and _is_of(act, other) for other in done)
        if not act.is_undo and not is_twice:
            done.append(act)
    undone = [*takewhile(lambda act: act.is_undo, standing)]
    return [_told(act) for act in reversed(done)], [_told(act) for act in reversed(undone)]


def _is_of(act: ActRow, again: ActRow) -> bool:
    return not act.is_redo and (act.kinds, set(act.numbers)) == (again.kinds, set(again.numbers))


def _told(act: ActRow) -> Done:
    words = ", ".join(event_words(kind) for kind in act.kinds)
    return Done(act.what, f"{words}: {' '.join(act.numbers)}")
