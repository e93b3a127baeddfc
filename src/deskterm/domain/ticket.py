"""Tickets: their kinds, states and fields, which state follows which, and what each gate asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, StrEnum

from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.i18n import N_


class Kind(StrEnum):
    """What a ticket is about."""

    INCIDENT = "incident"
    """Something is broken or degraded."""
    REQUEST = "request"
    """Something is asked for."""


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    AWAITING_APPROVAL = "awaiting_approval"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


class HoldReason(StrEnum):
    """What a ticket on hold waits for."""

    CALLER = "caller"
    VENDOR = "vendor"
    PROBLEM = "problem"
    CHANGE = "change"
    EVIDENCE = "evidence"


class Channel(StrEnum):
    """The door a ticket came through."""

    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    CHAT = "chat"
    MONITORING = "monitoring"
    CLI = "cli"
    IMPORT = "import"


class Level(IntEnum):
    """Impact or urgency; 1 weighs most."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3


class Resolution(StrEnum):
    """How service was restored."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    FULFILLED = "fulfilled"
    ADVICE = "advice"
    DUPLICATE = "duplicate"
    NOT_REPRODUCIBLE = "not_reproducible"
    BY_ITSELF = "by_itself"
    OTHER = "other"


class LinkKind(StrEnum):
    """How two records belong together, read from the first to the second."""

    RELATED = "related"
    CHILD_OF = "child_of"
    DUPLICATE_OF = "duplicate_of"
    CAUSED_BY = "caused_by"
    FOLLOWS = "follows"


OPEN = frozenset({Status.NEW, Status.AWAITING_APPROVAL, Status.IN_PROGRESS, Status.ON_HOLD})
"""The states in which somebody still has work to do."""
ENDED = frozenset({Status.CLOSED, Status.CANCELLED, Status.MERGED})
"""The states in which nothing more happens."""

FOLLOWS: Mapping[Status | None, frozenset[Status]] = {
    None: frozenset({Status.NEW, Status.AWAITING_APPROVAL}),
    Status.NEW: frozenset(
        {
            Status.AWAITING_APPROVAL,
            Status.IN_PROGRESS,
            Status.ON_HOLD,
            Status.RESOLVED,
            Status.CANCELLED,
            Status.MERGED,
        }
    ),
    Status.AWAITING_APPROVAL: frozenset({Status.NEW, Status.CANCELLED, Status.MERGED}),
    Status.IN_PROGRESS: frozenset({Status.ON_HOLD, Status.RESOLVED, Status.CANCELLED, Status.MERGED}),
    Status.ON_HOLD: frozenset(
        {Status.NEW, Status.IN_PROGRESS, Status.RESOLVED, Status.CANCELLED, Status.MERGED}
    ),
    Status.RESOLVED: frozenset({Status.CLOSED, Status.IN_PROGRESS}),
    Status.CLOSED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.MERGED: frozenset({Status.NEW, Status.AWAITING_APPROVAL, Status.IN_PROGRESS, Status.ON_HOLD}),
}
"""Which state may follow which (process.md, 2.2); a merge can be undone, back to where it came from."""

PREFIXES: Mapping[Kind, str] = {Kind.INCIDENT: "INC", Kind.REQUEST: "REQ"}
NUMBER = re.compile(r"(?i:(?:INC|REQ)-)?(\d{1,18})")


def number_of(kind: Kind | str, key: int) -> str:
    """Return the number people say: `INC-42`."""
    return f"{PREFIXES[Kind(kind)]}-{key}"


def key_of(number: str) -> int:
    """Return the integer of a ticket's number; either prefix finds it, and so does none.

    Raises:
        NotFound: it is no number of a ticket.
    """
    found = NUMBER.fullmatch(number.strip())
    if found is None:
        raise NotFound(what=number)
    return int(found[1])


def move(number: str, before: Status, after: Status) -> Status:
    """Return `after` when ticket `number` may go there from `before`.

    Raises:
        IllegalMove: `after` does not follow `before`.
    """
    if after not in FOLLOWS[before]:
        raise IllegalMove(number=number, before=before, after=after)
    return after


def needs(value: object, *, field: str, number: str, sentence: str) -> None:
    """Keep a gate shut while something is missing.

    Raises:
        GateNotMet: `value` is None, empty or only blanks.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        raise GateNotMet(sentence, field=field, number=number)


def may_resolve(number: str, resolution: str | None, summary: str, *, open_tasks: int = 0) -> None:
    """Ask what the gate to *resolved* asks for: code, closing summary, no open task.

    Raises:
        GateNotMet: something of it is missing.
    """
    needs(resolution, field="resolution", number=number, sentence=N_("{number} needs a resolution code."))
    needs(
        summary,
        field="closing_summary",
        number=number,
        sentence=N_("{number} needs a closing summary: say how service was restored."),
    )
    if open_tasks:
        raise GateNotMet(
            N_("{number} has open tasks ({count}). Finish or cancel them first."),
            field="tasks",
            number=number,
            count=open_tasks,
        )
