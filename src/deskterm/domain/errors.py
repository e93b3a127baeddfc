"""What can be refused, drawn as a tree.

DeskError
├── NotFound            no such record, or none that the asker may see
├── NotAllowed          the asker may not do this
├── Conflict            the record changed since it was read
├── IllegalMove         no such transition between states
├── GateNotMet          a transition whose gate asks for more
├── TooLate             an act that can't be taken back, or no more
├── BadQuery            a filter that does not parse
├── BadFile             a file that people write, with errors
│   ├── BadStandard     a management standard
│   └── BadMapping      a mapping of another tool's log
├── BadSettings         a setting that cannot be used
├── BadInput            something from outside that cannot be used as it is
└── Unreachable         the database does not answer
    └── Busy            it answers, but somebody else holds the lock
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from deskterm.i18n import N_, _
from deskterm.labels import is_labelled, label


class DeskError(Exception):
    """A refusal that a person reads: a template, and the details that fill it.

    The template is translated when shown, so that one process can speak to people of two languages.
    """

    template: ClassVar[str] = N_("That did not work.")

    def __init__(self, template: str | None = None, /, **details: object) -> None:
        self.text = template or self.template
        self.details = details
        super().__init__(self.text, details)

    def __str__(self) -> str:
        """Return the sentence in the reader's language, with words for the codes in it."""
        return _(self.text).format(**{name: _shown(value) for name, value in self.details.items()})


def _shown(detail: object) -> object:
    if isinstance(detail, tuple):
        return " / ".join(str(_shown(each)) for each in detail)
    return label(detail) if isinstance(detail, Enum) and is_labelled(detail) else detail


class NotFound(DeskError):
    """There is no such record, or none that the asker may see: both read the same."""

    template = N_("There is no {what}.")


class NotAllowed(DeskError):
    """The asker's roles do not cover this."""

    template = N_("You may not do that: it takes the role {roles}.")


class Conflict(DeskError):
    """The record changed after the asker last saw it."""

    template = N_("{number} changed while you were looking at it. Have another look.")


class IllegalMove(DeskError):
    """A transition that the process does not have."""

    template = N_("{number} is {before}; from there it cannot become {after}.")


class GateNotMet(DeskError):
    """A transition whose gate asks for something that is missing.

    `field` names what the form should put the cursor on.
    """

    def __init__(self, template: str, /, *, field: str, **details: object) -> None:
        super().__init__(template, **details)
        self.field = field


class TooLate(DeskError):
    """An act that can't be taken back, or no more; the sentence says what to do instead."""

    template = N_("{number}: this can't be taken back. {instead}")


class BadQuery(DeskError):
    """A filter that does not parse; `start` and `end` are the offsets of the spot, half-open."""

    def __init__(self, template: str, /, *, start: int, end: int, **details: object) -> None:
        super().__init__(template, **details)
        self.start = start
        self.end = end


class BadFile(DeskError):
    """A file that people write, with errors; `problems` lists every one with its line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class BadStandard(BadFile):
    """A management standard with errors."""

    template = N_("The standard has {count} errors.")


class BadMapping(BadFile):
    """A mapping of another tool's log with errors."""

    template = N_("The mapping has {count} errors.")


class BadSettings(DeskError):
    """A setting that cannot be used; `file` is where it stands, empty where nobody knows."""

    template = N_("{file}: {key}: {reason}")

    def __init__(self, *, key: str, reason: object, file: object = "") -> None:
        super().__init__(None if file else N_("{key}: {reason}"), file=file, key=key, reason=reason)


class BadInput(DeskError):
    """Something from outside that cannot be used as it is."""

    template = N_("{field}: {reason}")


class Unreachable(DeskError):
    """The database does not answer."""

    template = N_("The desk's database does not answer: {reason}")


class Busy(Unreachable):
    """Somebody else held the lock for too long."""

    template = N_("The desk is busy. Nothing was changed; try again.")
