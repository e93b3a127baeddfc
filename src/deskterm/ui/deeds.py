"""What is done to tickets from a console, as values: who it is done to, what, and how to take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import TYPE_CHECKING, Any

from deskterm.domain.ticket import Status

if TYPE_CHECKING:
    from deskterm.desk import Action


@dataclass(frozen=True, slots=True)
class Subject:
    """A ticket that a key acts on, as it was when it was last read."""

    number: str
    version: int
    status: Status
    impact: int | None = None
    urgency: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """An action and what it takes after the number, so that it can be tried, done and done again anywhere."""

    action: Action[Any, Any]
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)

    def seen(self, subjects: Sequence[Subject]) -> dict[str, int] | None:
        """Return the versions that were looked at, None where the action does not ask for them."""
        if "seen" not in signature(self.action.work).parameters:
            return None
        return {subject.number: subject.version for subject in subjects}


def deed(action: Action[Any, Any], *args: object, **kwargs: object) -> Deed:
    """Return an action with what it takes after the number; who does it, and on what, comes later."""
    return Deed(action, args, kwargs)


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done here, and can be taken back."""

    batch: str
    words: str
    """What was done, as the status line said it."""
    soon: str = ""
    """What it said besides, because it was true for a moment only."""


class Doings:
    """What was done on a console since it began: what `u` takes back, `U` does again, `.` repeats."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        """The newest is the last."""
        self.undone: list[Done] = []
        """What can be done again; the last first."""
        self.latest: tuple[Deed, str] | None = None
        """What `.` repeats, and what is said when it is done."""

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
