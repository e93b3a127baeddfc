"""Problems: their states and codes, which state follows which, and what each gate asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.i18n import N_


class ProblemStatus(StrEnum):
    """Where a problem stands."""

    NEW = "new"
    ASSESS = "assess"
    ANALYSIS = "analysis"
    """Root cause analysis."""
    FIX = "fix"
    """The corrective actions are being carried out."""
    VERIFYING = "verifying"
    """All is done; the desk counts whether it helped."""
    RESOLVED = "resolved"
    CLOSED = "closed"


class Source(StrEnum):
    """What a problem was opened for."""

    RECURRENCE = "recurrence"
    MAJOR_INCIDENT = "major_incident"
    TREND = "trend"
    PERSON = "person"


class Closure(StrEnum):
    """How a problem ended."""

    EFFECTIVE = "effective"
    """Its effect was verified and reviewed."""
    RISK_ACCEPTED = "risk_accepted"
    DUPLICATE = "duplicate"
    IMPORTED = "imported"
    """It had ended where it was imported from; nobody here verified its effect."""


class ActionType(StrEnum):
    """What a corrective action changes."""

    CONFIGURATION = "configuration"
    PATCH = "patch"
    HARDWARE = "hardware"
    PROCESS = "process"
    TRAINING = "training"


class Metric(StrEnum):
    """What shows the effect of a fix: incidents of the problem's CI, else of its service and category."""

    INCIDENTS = "incidents"
    CATEGORY_INCIDENTS = "category_incidents"
    """Those of the problem's category and below, whatever CI and service they name, or none."""
    MAJOR_INCIDENTS = "major_incidents"
    URGENT_INCIDENTS = "urgent_incidents"
    """Those of priority 1 and 2."""


OPEN = frozenset(
    {
        ProblemStatus.NEW,
        ProblemStatus.ASSESS,
        ProblemStatus.ANALYSIS,
        ProblemStatus.FIX,
        ProblemStatus.VERIFYING,
    }
)
"""The states in which somebody still has work to do."""
WATCHED = frozenset({ProblemStatus.VERIFYING, ProblemStatus.RESOLVED})
"""The states in which a matching incident counts against the fix."""

FOLLOWS: Mapping[ProblemStatus | None, frozenset[ProblemStatus]] = {
    None: frozenset({ProblemStatus.NEW}),
    ProblemStatus.NEW: frozenset({ProblemStatus.ASSESS}),
    ProblemStatus.ASSESS: frozenset({ProblemStatus.ANALYSIS}),
    ProblemStatus.ANALYSIS: frozenset({ProblemStatus.FIX}),
    ProblemStatus.FIX: frozenset({ProblemStatus.VERIFYING}),
    ProblemStatus.VERIFYING: frozenset({ProblemStatus.RESOLVED, ProblemStatus.ANALYSIS}),
    ProblemStatus.RESOLVED: frozenset({ProblemStatus.CLOSED, ProblemStatus.ANALYSIS}),
    ProblemStatus.CLOSED: frozenset(),
}
"""Which state may follow which when a card is carried (process.md, 4)."""
CLOSES_FROM: Mapping[Closure, frozenset[ProblemStatus]] = {
    Closure.EFFECTIVE: frozenset({ProblemStatus.RESOLVED}),
    Closure.RISK_ACCEPTED: frozenset({ProblemStatus.ASSESS, ProblemStatus.ANALYSIS, ProblemStatus.FIX}),
    Closure.DUPLICATE: OPEN,
    Closure.IMPORTED: frozenset(),
}
"""From where a problem may end, and how."""
NUMBER = re.compile(r"(?i:PRB-)(\d{1,18})")


def number_of(key: int) -> str:
    """Return the number people say: `PRB-17`."""
    return f"PRB-{key}"


def key_of(number: str) -> int:
    """Return the integer of a problem's number.

    Raises:
        NotFound: it is no number of a problem.
    """
    found = NUMBER.fullmatch(number.strip())
    if found is None:
        raise NotFound(what=number)
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Case:
    """What the gates look at: a problem with what hangs on it."""

    number: str
    source: Source
    linked_tickets: int = 0
    category: str | None = None
    service: str | None = None
    ci: str | None = None
    priority: int | None = None
    assignee: str | None = None
    """The problem's owner."""
    teams: frozenset[str] = frozenset()
    """The teams that analyse it together."""
    root_cause: str = ""
    """The cause statement."""
    chain_confirmed: bool = False
    """Whether the analysis has a confirmed chain; see `rca.confirmed_chain`."""
    actions: int = 0
    """Corrective actions that were not dropped."""
    open_actions: int = 0
    open_changes: tuple[str, ...] = ()
    """Numbers of the changes that actions are linked to and that are not closed."""
    metric: Metric | None = None
    baseline: int | None = None
    """Matching incidents in a window's length before the fix."""
    window: timedelta | None = None
    threshold: int | None = None
    """The most matching incidents that a window may hold for the fix to count as effective."""
    proposed_at: datetime | None = None
    """When a quiet window ended; None while none has."""
    review: str = ""
    """What the review found."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that a gate asks for."""

    field: str
    """What the form puts the cursor on."""
    sentence: str
    """What is said while it is missing; marked for translation."""
    met: Callable[[Case], bool]


GATES: Mapping[tuple[ProblemStatus, ProblemStatus], tuple[Ask, ...]] = {
    (ProblemStatus.NEW, ProblemStatus.ASSESS): (
        Ask("category", N_("{number} needs a category."), lambda case: bool(case.category)),
        Ask("service", N_("{number} needs a service or a CI."), lambda case: bool(case.service or case.ci)),
        Ask(
            "priority",
            N_("{number} needs a priority: set its impact and urgency."),
            lambda case: case.priority is not None,
        ),
    ),
    (ProblemStatus.ASSESS, ProblemStatus.ANALYSIS): (
        Ask("assignee", N_("{number} needs an owner."), lambda case: bool(case.assignee)),
        Ask(
            "teams",
            N_("{number} needs an analysis team across teams: name at least two."),
            lambda case: len(case.teams) >= 2,
        ),
    ),
    (ProblemStatus.ANALYSIS, ProblemStatus.FIX): (
        Ask(
            "root_cause",
            N_("{number} needs a cause statement: say in one sentence what causes it."),
            lambda case: bool(case.root_cause.strip()),
        ),
        Ask(
            "causes",
            N_(
                "{number} needs one confirmed chain: a why marked as root, confirmed from top to bottom, "
                "or a confirmed branch of the fishbone."
            ),
            lambda case: case.chain_confirmed,
        ),
        Ask(
            "actions",
            N_("{number} needs a corrective action with type, owner and due date."),
            lambda case: case.actions > 0,
        ),
    ),
    (ProblemStatus.FIX, ProblemStatus.VERIFYING): (
        Ask(
            "actions",
            N_("{number} has corrective actions that are not done ({open_actions})."),
            lambda case: case.actions > 0 and not case.open_actions,
        ),
        Ask(
            "changes",
            N_("{number} waits for changes that are not closed: {open_changes}."),
            lambda case: not case.open_changes,
        ),
        Ask(
            "metric",
            N_("{number} needs a metric: what shows that the fix works?"),
            lambda case: case.metric is not None,
        ),
        Ask(
            "baseline",
            N_("{number} needs a baseline: how many were there before the fix?"),
            lambda case: case.baseline is not None,
        ),
        Ask(
            "window",
            N_("{number} needs a window: for how long is it watched?"),
            lambda case: case.window is not None,
        ),
        Ask(
            "threshold",
            N_("{number} needs a threshold: how many are still all right?"),
            lambda case: case.threshold is not None,
        ),
    ),
    (ProblemStatus.VERIFYING, ProblemStatus.RESOLVED): (
        Ask(
            "effect",
            N_("{number} is not verified yet: its window has to pass quietly."),
            lambda case: case.proposed_at is not None,
        ),
        Ask(
            "actions",
            N_("{number} has corrective actions that are not done ({open_actions})."),
            lambda case: not case.open_actions,
        ),
    ),
    (ProblemStatus.RESOLVED, ProblemStatus.CLOSED): (
        Ask(
            "review",
            N_("{number} needs a review outcome: say what was learned."),
            lambda case: bool(case.review.strip()),
        ),
        Ask(
            "actions",
            N_("{number} has corrective actions that are not done ({open_actions})."),
            lambda case: not case.open_actions,
        ),
    ),
}
"""What is asked for on each way (process.md, 4), in the order in which a form asks it."""


def missing(case: Case, before: ProblemStatus, after: ProblemStatus) -> tuple[Ask, ...]:
    """Return what a gate still asks for; a form asks it before it carries the card."""
    return tuple(ask for ask in GATES.get((before, after), ()) if not ask.met(case))


def move(case: Case, before: ProblemStatus, after: ProblemStatus) -> ProblemStatus:
    """Return `after` when the problem may go there from `before`.

    Raises:
        IllegalMove: `after` does not follow `before`.
        GateNotMet: the gate between them asks for more.
    """
    if after not in FOLLOWS[before]:
        raise IllegalMove(number=case.number, before=before, after=after)
    for ask in missing(case, before, after):
        raise _asked(ask, case)
    return after


def _asked(ask: Ask, case: Case) -> GateNotMet:
    return GateNotMet(
        ask.sentence,
        field=ask.field,
        number=case.number,
        open_actions=case.open_actions,
        open_changes=", ".join(case.open_changes),
    )


def may_open(number: str, source: Source, linked_tickets: int) -> None:
    """Ask what a new problem asks for: tickets, unless a person suspects it.

    Raises:
        GateNotMet: a recurrence, trend or major incident without its tickets.
    """
    if source is not Source.PERSON and not linked_tickets:
        raise GateNotMet(
            N_("A problem from tickets needs tickets: link at least one."), field="tickets", number=number
        )


def may_reclassify(number: str, status: ProblemStatus, note: str) -> None:
    """Ask for a note when category, service, CI or priority change after they were assessed.

    Raises:
        GateNotMet: the problem is past *new*, and no note says why.
    """
    if status is not ProblemStatus.NEW and not note.strip():
        raise GateNotMet(
            N_("{number} was classified already: say in a note why that changes."),
            field="note",
            number=number,
        )


def may_replan(number: str, status: ProblemStatus, note: str) -> None:
    """Ask for a note when metric, baseline, window or threshold change while the effect is watched.

    Raises:
        GateNotMet: it is, and no note says why.
    """
    if status in WATCHED and not note.strip():
        raise GateNotMet(
            N_("The effect of {number} is being counted: say in a note why its plan changes."),
            field="note",
            number=number,
        )


def may_be_known(number: str, status: ProblemStatus, closure: Closure | None) -> None:
    """Let a problem be a known error while there is something to get round: a risk that was accepted, too.

    Raises:
        IllegalMove: it was closed otherwise.
    """
    if closure is not Closure.RISK_ACCEPTED:
        still_going(number, status)


def may_change(before: Case, after: Case, status: ProblemStatus) -> None:
    """Let nothing go that a gate behind the problem asked for.

    Args:
        before: the problem as it was.
        after: the same as it is going to be.
        status: where it stands.

    Raises:
        GateNotMet: something was there and would be gone; `field` says what.
    """
    for gate in passed(status):
        for ask in GATES[gate]:
            if ask.met(before) and not ask.met(after):
                raise _asked(ask, after)


def passed(status: ProblemStatus) -> tuple[tuple[ProblemStatus, ProblemStatus], ...]:
    """Return the gates that lie behind a problem, the first one first; GATES has them in order."""
    places = list(ProblemStatus)
    return tuple(gate for gate in GATES if places.index(gate[1]) <= places.index(status))


def may_close(number: str, status: ProblemStatus, closure: Closure) -> None:
    """Let a problem end so only from where it may.

    Raises:
        IllegalMove: it stands elsewhere.
    """
    if status not in CLOSES_FROM[closure]:
        raise IllegalMove(
            N_("{number} is {before}; from there it cannot end as {after}."),
            number=number,
            before=status,
            after=closure,
        )


def may_accept_risk(
    number: str,
    status: ProblemStatus,
    *,
    reason: str,
    approver: str | None,
    review_at: datetime | None,
    now: datetime,
) -> None:
    """Ask what closing with the risk accepted asks for: reason, approver, a review date ahead.

    Raises:
        IllegalMove: the problem is not being assessed, analysed or fixed.
        GateNotMet: something is missing.
    """
    may_close(number, status, Closure.RISK_ACCEPTED)
    if not reason.strip():
        raise GateNotMet(N_("Say why the risk of {number} is accepted."), field="reason", number=number)
    if not approver:
        raise GateNotMet(
            N_("{number} needs an approver who accepts the risk."), field="approver", number=number
        )
    if review_at is None or review_at <= now:
        raise GateNotMet(
            N_("{number} needs a review date ahead: when is the risk looked at again?"),
            field="review_at",
            number=number,
        )


def still_going(number: str, status: ProblemStatus) -> None:
    """Refuse work on a problem that was closed.

    Raises:
        IllegalMove: it was.
    """
    if status is ProblemStatus.CLOSED:
        raise IllegalMove(N_("{number} is {before}; that is final."), number=number, before=status)
