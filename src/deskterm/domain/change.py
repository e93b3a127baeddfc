"""Changes: their kinds and states, which state follows which, and what each gate asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise

from deskterm.domain.errors import GateNotMet, IllegalMove, NotFound
from deskterm.i18n import N_


class ChangeKind(StrEnum):
    """How much a change must go through."""

    NORMAL = "normal"
    STANDARD = "standard"
    """Made from an approved template, so authorised beforehand."""
    EMERGENCY = "emergency"
    """Fewer approvers; what was left out is completed afterwards, by a date."""


class ChangeStatus(StrEnum):
    """Where a change stands."""

    DRAFT = "draft"
    """A request for change that is being written."""
    ASSESS = "assess"
    AUTHORISE = "authorise"
    SCHEDULED = "scheduled"
    IMPLEMENTING = "implementing"
    VERIFYING = "verifying"
    REVIEW = "review"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Risk(IntEnum):
    """How much can go wrong; unlike impact, the highest number weighs most."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Outcome(StrEnum):
    """What became of a change, as its review says."""

    SUCCESSFUL = "successful"
    WITH_ISSUES = "with_issues"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


class StepState(StrEnum):
    """Where a step of a run sheet stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class CheckKind(StrEnum):
    """What a verification looks at."""

    FUNCTIONAL = "functional"
    PERFORMANCE = "performance"


OPEN = frozenset(ChangeStatus) - {ChangeStatus.CLOSED, ChangeStatus.CANCELLED}
"""The states in which somebody still has work to do."""
PLANNING = frozenset(
    {ChangeStatus.DRAFT, ChangeStatus.ASSESS, ChangeStatus.AUTHORISE, ChangeStatus.SCHEDULED}
)
"""The states in which the window and the run sheet can still be planned."""
BEFORE_REVIEW = OPEN - {ChangeStatus.REVIEW}
"""The states from which a change can be cancelled."""
FINISHED = frozenset({StepState.DONE, StepState.FAILED, StepState.SKIPPED})
"""The states in which nothing more is done about a step."""
STAYED = frozenset({Outcome.SUCCESSFUL, Outcome.WITH_ISSUES})
"""The outcomes after which the alteration is in service, so that it has to prove stable."""

_WAYS: Mapping[ChangeKind, tuple[ChangeStatus, ...]] = {
    ChangeKind.NORMAL: (
        ChangeStatus.DRAFT, ChangeStatus.ASSESS, ChangeStatus.AUTHORISE, ChangeStatus.SCHEDULED,
        ChangeStatus.IMPLEMENTING, ChangeStatus.VERIFYING, ChangeStatus.REVIEW, ChangeStatus.CLOSED,
    ),
    ChangeKind.STANDARD: (
        ChangeStatus.DRAFT, ChangeStatus.SCHEDULED, ChangeStatus.IMPLEMENTING, ChangeStatus.VERIFYING,
        ChangeStatus.REVIEW, ChangeStatus.CLOSED,
    ),
    ChangeKind.EMERGENCY: (
        ChangeStatus.DRAFT, ChangeStatus.AUTHORISE, ChangeStatus.SCHEDULED, ChangeStatus.IMPLEMENTING,
        ChangeStatus.VERIFYING, ChangeStatus.REVIEW, ChangeStatus.CLOSED,
    ),
}  # fmt: skip
"""The states that a change of each kind goes through, in order (process.md, section 5)."""


def _follows(way: tuple[ChangeStatus, ...]) -> dict[ChangeStatus, frozenset[ChangeStatus]]:
    follows: dict[ChangeStatus, set[ChangeStatus]] = {status: set() for status in ChangeStatus}
    for before, after in pairwise(way):
        follows[before].add(after)
    for status in way:
        if status in PLANNING - {ChangeStatus.DRAFT}:
            follows[status].add(ChangeStatus.DRAFT)
        if status in BEFORE_REVIEW:
            follows[status].add(ChangeStatus.CANCELLED)
    follows[ChangeStatus.VERIFYING].add(ChangeStatus.IMPLEMENTING)
    return {status: frozenset(after) for status, after in follows.items()}


FOLLOWS: Mapping[ChangeKind, Mapping[ChangeStatus, frozenset[ChangeStatus]]] = {
    kind: _follows(way) for kind, way in _WAYS.items()
}
"""Which state may follow which; back from *verifying* only to roll back, and to *draft* to plan anew."""

NUMBER = re.compile(r"(?i:CHG-)(\d{1,18})")


def number_of(key: int) -> str:
    """Return the number people say: `CHG-8`."""
    return f"CHG-{key}"


def key_of(number: str) -> int:
    """Return the integer of a change's number.

    Raises:
        NotFound: it is no number of a change.
    """
    found = NUMBER.fullmatch(number.strip())
    if found is None:
        raise NotFound(what=number)
    return int(found[1])


def next_status(kind: ChangeKind, status: ChangeStatus) -> ChangeStatus | None:
    """Return the state that comes next on a kind's way, None at its end."""
    way = _WAYS[kind]
    return way[way.index(status) + 1] if status in way[:-1] else None


def move(number: str, kind: ChangeKind, before: ChangeStatus, after: ChangeStatus) -> ChangeStatus:
    """Return `after` when a change of this kind may go there from `before`.

    Raises:
        IllegalMove: `after` does not follow `before`.
    """
    if after not in FOLLOWS[kind][before]:
        raise IllegalMove(number=number, before=before, after=after)
    return after


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run sheet, as the gates see it."""

    summary: str
    owner: str | None
    start: datetime | None
    lasts: timedelta
    state: StepState = StepState.PLANNED
    rollback: bool = False

    @property
    def end(self) -> datetime | None:
        """When it is planned to end; None where it has no start, as roll-back steps have none."""
        return None if self.start is None else self.start + self.lasts


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates of a change look at."""

    number: str
    kind: ChangeKind
    purpose: str = ""
    description: str = ""
    """What is altered."""
    implementation_plan: str = ""
    risks: str = ""
    rollback_plan: str = ""
    service: str | None = None
    ci: str | None = None
    necessity: str = ""
    feasibility: str = ""
    risk: Risk | None = None
    unanswered: int = 0
    """Questions of the risk questionnaire without an answer."""
    pending_tier: str = ""
    """The approval tier that has not granted the change yet; empty when all have."""
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    resources: str = ""
    test_plan: str = ""
    steps: tuple[Step, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    """Logins with a step who have not confirmed the window."""
    hard_conflicts: tuple[str, ...] = ()
    """Sentences."""
    glass_broken: bool = False
    """Whether a reason and a second person let it begin outside its window."""
    rolling_back: bool = False
    checks: frozenset[CheckKind] = frozenset()
    failed_checks: int = 0
    unjudged: tuple[str, ...] = ()
    """New incidents on the CI that nobody has linked or set aside."""
    hidden: int = 0
    """How many more of them there are that the reader may not see."""
    caused: tuple[str, ...] = ()
    """Incidents that it caused."""
    outcome: Outcome | None = None
    lessons: str = ""
    stable_until: datetime | None = None

    @property
    def forward(self) -> tuple[Step, ...]:
        """The steps that carry the change out."""
        return tuple(step for step in self.steps if not step.rollback)

    @property
    def backward(self) -> tuple[Step, ...]:
        """The steps that take it back."""
        return tuple(step for step in self.steps if step.rollback)


Gate = Callable[[Facts, datetime], None]
"""Refuses with `GateNotMet` while something is missing."""


def leave(facts: Facts, status: ChangeStatus, now: datetime) -> None:
    """Ask what the gate out of a state asks for.

    Raises:
        GateNotMet: something of it is missing; `field` names what.
    """
    gate = GATES.get(status)
    if gate is not None:
        gate(facts, now)


def _needs(facts: Facts, wanted: Iterable[tuple[str, str]]) -> None:
    for field, sentence in wanted:
        value = getattr(facts, field)
        if value is None or not str(value).strip():
            raise GateNotMet(sentence, field=field, number=facts.number)


PURPOSE = ("purpose", N_("{number} needs a purpose: why is it done?"))
CONTENT = ("description", N_("{number} needs its content: what is altered?"))
PLAN = ("implementation_plan", N_("{number} needs an implementation plan: how is it done?"))
RISKS = ("risks", N_("{number} needs its risks: what can go wrong?"))
ROLLBACK = ("rollback_plan", N_("{number} needs a roll-back plan: how is it taken back?"))
NECESSITY = ("necessity", N_("Say why {number} is necessary."))
FEASIBILITY = ("feasibility", N_("Say whether {number} is feasible, and what that rests on."))
RESOURCES = ("resources", N_("{number} needs its resources: people, tools, access."))
TESTS = ("test_plan", N_("{number} needs a test plan: how do we see that it worked?"))
LESSONS = ("lessons", N_("Say what {number} taught us."))

AT_ONCE = (PURPOSE, CONTENT, ROLLBACK)
"""What even an emergency change says before it begins."""
AFTERWARDS = (PLAN, RISKS, TESTS, RESOURCES)
"""What an emergency change may complete afterwards."""


def _leave_draft(facts: Facts, _now: datetime) -> None:
    emergency = facts.kind is ChangeKind.EMERGENCY
    _needs(facts, AT_ONCE if emergency else (PURPOSE, CONTENT, PLAN, RISKS, ROLLBACK))
    if not facts.service and not facts.ci:
        raise GateNotMet(
            N_("Say which service or configuration item {number} alters."),
            field="service",
            number=facts.number,
        )


def _leave_assess(facts: Facts, _now: datetime) -> None:
    _needs(facts, (NECESSITY, FEASIBILITY))
    if facts.unanswered:
        raise GateNotMet(
            N_("{number} has unanswered questions about its risk ({count})."),
            field="answers",
            number=facts.number,
            count=facts.unanswered,
        )


def _leave_authorise(facts: Facts, _now: datetime) -> None:
    if facts.pending_tier:
        raise GateNotMet(
            N_("{number} waits for the approval of {tier}."),
            field="approvals",
            number=facts.number,
            tier=facts.pending_tier,
        )


def _leave_scheduled(facts: Facts, now: datetime) -> None:
    start, end = facts.planned_start, facts.planned_end
    if start is None or end is None:
        raise GateNotMet(
            N_("{number} needs a window: when does it begin and end?"),
            field="planned_start",
            number=facts.number,
        )
    _planned(facts, start, end)
    if facts.kind is not ChangeKind.EMERGENCY:
        _needs(facts, (RESOURCES, TESTS))
    if facts.unconfirmed:
        raise GateNotMet(
            N_("{number} waits for the word of those who take part: {logins}."),
            field="confirmations",
            number=facts.number,
            logins=", ".join(facts.unconfirmed),
        )
    if facts.hard_conflicts:
        raise GateNotMet(
            N_("{number} can't begin: {conflict}"),
            field="planned_start",
            number=facts.number,
            conflict=facts.hard_conflicts[0],
        )
    if not start <= now < end and not facts.glass_broken:
        raise GateNotMet(
            N_(
                "{number} is outside its window. "
                "Wait for it, or break the glass: a reason and a second person."
            ),
            field="planned_start",
            number=facts.number,
        )


def _planned(facts: Facts, start: datetime, end: datetime) -> None:
    if not facts.forward:
        raise GateNotMet(
            N_("{number} needs a run sheet: steps with owner and time."), field="steps", number=facts.number
        )
    for place, step in enumerate(facts.forward, 1):
        if not step.owner:
            raise GateNotMet(
                N_("Step {place} of {number} has no owner."), field="steps", number=facts.number, place=place
            )
        if step.start is None or step.end is None or step.start < start or step.end > end:
            raise GateNotMet(
                N_("Step {place} of {number} is not inside the window."),
                field="steps",
                number=facts.number,
                place=place,
            )
    if not facts.backward:
        raise GateNotMet(N_("{number} needs roll-back steps."), field="steps", number=facts.number)


def _leave_implementing(facts: Facts, _now: datetime) -> None:
    steps = facts.backward if facts.rolling_back else facts.forward
    unfinished = [step.summary for step in steps if step.state not in FINISHED]
    if unfinished:
        raise GateNotMet(
            N_("{number} has steps that are not done, failed or skipped ({count}); the first is: {step}"),
            field="steps",
            number=facts.number,
            count=len(unfinished),
            step=unfinished[0],
        )


CHECK_MISSING: Mapping[CheckKind, str] = {
    CheckKind.FUNCTIONAL: N_("{number} needs a functional check: does it do what it should?"),
    CheckKind.PERFORMANCE: N_("{number} needs a performance check: is it as fast as before?"),
}


def _leave_verifying(facts: Facts, _now: datetime) -> None:
    for kind, sentence in CHECK_MISSING.items():
        if kind not in facts.checks:
            raise GateNotMet(sentence, field="checks", number=facts.number)
    _judged(facts)


def _judged(facts: Facts) -> None:
    if facts.unjudged:
        raise GateNotMet(
            N_("New on what {number} altered: {incidents}. Link what it caused, set the rest aside."),
            field="incidents",
            number=facts.number,
            incidents=", ".join(facts.unjudged),
        )
    if facts.hidden:
        raise GateNotMet(
            N_(
                "New on what {number} altered, in a restricted team: {count}. Who may see it has to judge it."
            ),
            field="incidents",
            number=facts.number,
            count=facts.hidden,
        )


def _leave_review(facts: Facts, now: datetime) -> None:
    if facts.outcome is None:
        raise GateNotMet(
            N_("{number} needs a review: what came of it?"), field="outcome", number=facts.number
        )
    _judged(facts)
    if facts.outcome in STAYED and (facts.stable_until is None or now < facts.stable_until):
        raise GateNotMet(
            N_("{number} has to prove stable until {until}."),
            field="stable_until",
            number=facts.number,
            until=facts.stable_until.strftime("%Y-%m-%d %H:%M UTC") if facts.stable_until else "–",
        )


GATES: Mapping[ChangeStatus, Gate] = {
    ChangeStatus.DRAFT: _leave_draft,
    ChangeStatus.ASSESS: _leave_assess,
    ChangeStatus.AUTHORISE: _leave_authorise,
    ChangeStatus.SCHEDULED: _leave_scheduled,
    ChangeStatus.IMPLEMENTING: _leave_implementing,
    ChangeStatus.VERIFYING: _leave_verifying,
    ChangeStatus.REVIEW: _leave_review,
}
"""What each state asks for before it is left forwards (process.md, section 5)."""


def may_review(facts: Facts, outcome: Outcome, lessons: str) -> None:
    """Ask whether an outcome is true to what happened, and what is still to be completed.

    Lessons may be left out for a standard change, whose review is light; an emergency change completes now
    what it left out.

    Raises:
        GateNotMet: lessons or plans are missing, or the outcome says more than the checks and incidents do.
    """
    if facts.kind is not ChangeKind.STANDARD and not lessons.strip():
        raise GateNotMet(LESSONS[1], field="lessons", number=facts.number)
    if facts.kind is ChangeKind.EMERGENCY:
        _needs(facts, AFTERWARDS)
    if facts.rolling_back and outcome in STAYED:
        raise GateNotMet(
            N_("{number} was rolled back; it can't count as {outcome}."),
            field="outcome",
            number=facts.number,
            outcome=outcome,
        )
    if outcome is Outcome.SUCCESSFUL and (facts.failed_checks or facts.caused):
        raise GateNotMet(
            N_("{number} had failed checks or caused incidents; its outcome is *with issues* at best."),
            field="outcome",
            number=facts.number,
        )


def with_incident(outcome: Outcome | None) -> Outcome | None:
    """Return what an outcome still is once the change turns out to have caused an incident."""
    return Outcome.WITH_ISSUES if outcome is Outcome.SUCCESSFUL else outcome


def finish(state: StepState, note: str) -> StepState:
    """Return how a step ended; one that failed or was skipped says why.

    Raises:
        GateNotMet: no note, or not an end.
    """
    if state not in FINISHED:
        raise GateNotMet(N_("A step ends as done, failed or skipped."), field="state")
    if state is not StepState.DONE and not note.strip():
        raise GateNotMet(N_("Say why the step was not done."), field="note")
    return state


def point_of_no_return(window_end: datetime, rollback: Iterable[Step]) -> datetime:
    """Return the last instant at which rolling back still ends inside the window."""
    return window_end - sum((step.lasts for step in rollback), timedelta())
