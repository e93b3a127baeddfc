"""Service level clocks: a pure function of the ledger, the standard and the time.

A clock starts when the ticket opens (*next update*: when the caller writes again) and counts service time, in
whole seconds, through every phase in which the desk has to act:

- it **pauses** on hold for the reasons its policy names, and while an approval is awaited if the policy says;
- it is **met** by what its target asks for; resolving or closing meets what still runs, since that answers
  the caller too; what was met stays met, whatever the policy becomes;
- it is **cancelled** with the ticket, or by a merge, and goes on from there if that is undone;
- **breached** is a flag beside the stage: still running at `due_at` is breached, a stop exactly then is not.

A change of a field that policies match on selects the policy anew, and the clock is counted again under its
hours, pauses and target: from the original start, or from the change (`OnPriority`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple

from deskterm.domain.hours import ServiceHours, moment, seconds
from deskterm.domain.ledger import UNDONE, Entry, in_force, replay
from deskterm.domain.people import SYSTEM
from deskterm.domain.standard import OnPriority, OnReopen, Policy, Standard, Target, TargetName
from deskterm.domain.ticket import OPEN, Status

MATCHED = frozenset({"kind", "priority", "service", "category", "department", "channel", "vip", "summary"})
"""The fields that policies are chosen by."""
HEEDED = MATCHED | {"status", "hold_reason", "assignee"}
"""The fields that clocks follow."""
TELLING = frozenset({"ticket.replied", "ticket.reply_recalled", "ticket.message_received", UNDONE})
"""The kinds of entries that clocks follow whatever they change."""


class Stage(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


class Threshold(NamedTuple):
    """A share of a target, and when it is used up."""

    percent: int
    at: datetime


class Pause(NamedTuple):
    """A stretch that does not count."""

    start: datetime
    end: datetime | None
    """None while it lasts."""
    reason: str
    """The hold reason, or the status where that is what stopped the clock."""
    by: str
    why: str | None
    """The words of who paused it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a clock shows: one target of one ticket at one time."""

    name: TargetName
    policy: str
    calendar: str
    cycle: int
    """1 at first; rises when a reopening restarts the clock, and with each question of *next update*."""
    stage: Stage
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    """None while a pause makes it unknown. A stopped clock keeps what it would have been."""
    breached_at: datetime | None
    """The due instant that passed while the clock was running, None if it did not."""
    target: timedelta
    elapsed: timedelta
    """Service time used up; it goes on after a breach."""
    reached: tuple[Threshold, ...]
    """Thresholds used up while running, ascending."""
    ahead: tuple[Threshold, ...]
    """Thresholds to come if nothing happens; none unless running."""
    pauses: tuple[Pause, ...]

    @property
    def remaining(self) -> timedelta:
        """What is left of the target in service time, negative when overdue."""
        return self.target - self.elapsed

    def left(self, now: datetime) -> timedelta:
        """Return what people are shown as left: until it falls due while it runs, of service time while not.

        Lists are sorted by when clocks fall due, so what they show of a clock that runs is time on the wall.
        """
        if self.stage is Stage.RUNNING and self.due_at is not None:
            return self.due_at - now
        return self.remaining

    @property
    def breached(self) -> bool:
        """Whether the target was missed."""
        return self.breached_at is not None

    @property
    def reserve(self) -> timedelta:
        """The last quarter of the target, in whole seconds of service time."""
        return timedelta(0, int(self.target.total_seconds()) // 4)

    @property
    def at_risk(self) -> bool:
        """Whether three quarters of the target are used up while it runs and is not missed."""
        return self.stage is Stage.RUNNING and not self.breached and self.remaining <= self.reserve


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a clock shows what it shows."""

    clock: Clock
    policy: Policy
    because: tuple[tuple[str, Any], ...]
    """The fields that the policy asks for, with the ticket's values; empty where it takes every ticket."""
    hours: ServiceHours
    spans: tuple[tuple[datetime, datetime], ...]
    """The stretches that were counted: running, and inside service hours."""


def clock(ledger: Iterable[Entry], standard: Standard, name: TargetName, now: datetime) -> Clock | None:
    """Return one clock of a ticket; None where no policy has this target, or it has not begun.

    Args:
        ledger: every entry of the ticket, in any order.
        standard: the version whose policies and calendars apply.
        name: which target.
        now: an instant not before the last entry; an earlier one is taken for that entry's.
    """
    return _read(_Course(ledger, standard), name, now)


def clocks(ledger: Iterable[Entry], standard: Standard, now: datetime) -> dict[TargetName, Clock]:
    """Return every clock of a ticket, going through its ledger once; see `clock`."""
    course = _Course(ledger, standard)
    return {name: shown for name in course.laps if (shown := _read(course, name, now)) is not None}


def moves_clocks(entry: Entry) -> bool:
    """Return whether an entry may move a ticket's clocks; without it they would show the same otherwise."""
    return entry.kind in TELLING or not HEEDED.isdisjoint(entry.changes)


def explain(
    ledger: Sequence[Entry],
    standard: Standard,
    name: TargetName,
    now: datetime,
    *,
    if_priority: int | None = None,
) -> Explanation | None:
    """Return why a clock shows what it shows; None where there is no such clock.

    Args:
        ledger: every entry of the ticket, in any order.
        standard: the version whose policies and calendars apply.
        name: which target.
        now: an instant not before the last entry.
        if_priority: answer as if the ticket were given this priority now.
    """
    if if_priority is not None:
        ledger = [*ledger, _reprioritised(ledger, now, if_priority)]
    course = _Course(ledger, standard)
    shown = _read(course, name, now)
    lap = course.laps.get(name)
    if shown is None or lap is None or lap.policy is None:
        return None
    hours = standard.calendars[lap.policy.calendar]
    runs, _pauses = _runs(course.phases, lap, lap.policy, course.end(lap, now))
    spans = (span for start, end in runs for span in hours.spans(moment(start), moment(end)))
    return Explanation(shown, lap.policy, lap.policy.match.because(lap.fields), hours, tuple(spans))


def risk_at(shown: Clock, standard: Standard) -> datetime | None:
    """Return from when on a clock is at risk, None unless it runs."""
    if shown.stage is not Stage.RUNNING or shown.due_at is None:
        return None
    return standard.calendars[shown.calendar].subtract(shown.due_at, shown.reserve)


def off_hours(shown: Clock, standard: Standard, now: datetime) -> bool:
    """Return whether a clock runs but the desk is closed, which is not the same as paused."""
    return shown.stage is Stage.RUNNING and not standard.calendars[shown.calendar].is_open(now)


_ANSWERED = frozenset({Status.RESOLVED, Status.CLOSED})
_VOID = frozenset({Status.CANCELLED, Status.MERGED})
_RUNNING, _PAUSED, _MET, _CANCELLED = Stage
_ACKNOWLEDGE, _FIRST_RESPONSE, _NEXT_UPDATE, _RESOLUTION = TargetName
_ON_HOLD: str = Status.ON_HOLD
_APPROVAL: str = Status.AWAITING_APPROVAL


_FROM_THE_OPENING = (_ACKNOWLEDGE, _FIRST_RESPONSE, _RESOLUTION)


class _Phase(NamedTuple):
    """What held from an instant on."""

    at: int
    status: str
    acts: bool
    """Whether the ticket is open."""
    waits_for: str | None
    """The hold reason, or `awaiting_approval`; None where the policy has no say."""
    entry: Entry

    @property
    def is_plain(self) -> bool:
        """Whether it counts under every policy."""
        return self.acts and self.waits_for is None


class _Lap:
    """The current cycle of one target, as the ledger tells it; instants in seconds since 1970."""

    stopped: int | None = None
    stage: Stage | None = None
    """MET or CANCELLED, None while it goes on."""
    done = False
    """Whether what the target asks for happened, not just the ticket's end."""
    policy: Policy | None = None
    target: Target | None = None
    fields: Mapping[str, Any] = MappingProxyType({})
    """What the policy was selected for."""

    def __init__(self, started: int, cycle: int = 1) -> None:
        self.started = started
        self.cycle = cycle

    def stop(self, at: int, stage: Stage, *, done: bool = False) -> None:
        if self.stage is None:
            self.stopped, self.stage = at, stage
        self.done = self.done or done

    def go_on(self) -> None:
        self.stopped = self.stage = None


class _Course:
    """A ticket's ledger read once: its phases, and a lap for each target that has begun."""

    policy: Policy | None = None
    status: str = Status.NEW
    hold_reason: str | None = None
    answered = False
    """Whether the ticket was resolved and has not been open again since."""
    asked: int | None = None
    """The oldest unanswered message of the caller."""
    latest = 0

    def __init__(self, ledger: Iterable[Entry], standard: Standard) -> None:
        self.standard = standard
        self.phases: list[_Phase] = []
        self.laps: dict[TargetName, _Lap] = {}
        self.fields: dict[str, Any] = {}
        entries = in_force(ledger)
        recalled = {entry.details["entry"] for entry in entries if entry.kind == "ticket.reply_recalled"}
        for entry in entries:
            self._take(entry, recalled)

    def end(self, lap: _Lap, now: datetime) -> int:
        """Return until when a lap counts: its stop, else now."""
        return max(seconds(now), self.latest) if lap.stopped is None else lap.stopped

    def _take(self, entry: Entry, recalled: set[Any]) -> None:
        at = seconds(entry.at)
        changes = entry.changes
        opening = not self.phases
        if opening:
            self.laps = {name: _Lap(at) for name in _FROM_THE_OPENING}
        self.latest = at
        if opening or not MATCHED.isdisjoint(changes):
            self._choose(at, entry, opening=opening)
        if opening or "status" in changes or "hold_reason" in changes:
            self._enter(at, entry)
        if "assignee" in changes and changes["assignee"][1] is not None:
            self.laps[_ACKNOWLEDGE].stop(at, _MET, done=True)
        if entry.kind == "ticket.replied":
            if not entry.details.get("automatic") and entry.details.get("entry") not in recalled:
                self._answer(at)
        elif entry.kind == "ticket.message_received" and self.asked is None:
            self.asked = at
            if self.status in OPEN:
                self._ask(at)

    def _choose(self, at: int, entry: Entry, *, opening: bool) -> None:
        """Select the policy for the fields as they now are."""
        changes = entry.changes
        self.fields = self.fields | {name: changes[name][1] for name in MATCHED & changes.keys()}
        policy = self.standard.policy_for(self.fields)
        if policy is self.policy:
            return
        self.policy = policy
        for name, lap in self.laps.items():
            if lap.stage is None or lap.target is None:
                self._attach(name, lap)
                if (
                    lap.target
                    and lap.target.on_priority is OnPriority.NOW
                    and lap.stage is None
                    and not opening
                ):
                    lap.started = at

    def _attach(self, name: TargetName, lap: _Lap) -> None:
        """Give a lap the policy of the ticket as it now is."""
        lap.policy, lap.fields = self.policy, self.fields
        lap.target = self.policy.targets.get(name) if self.policy else None

    def _enter(self, at: int, entry: Entry) -> None:
        """Begin a phase, and stop or restart what its status stops or restarts."""
        was, changes = self.status, entry.changes
        if "status" in changes:
            self.status = changes["status"][1]
        if "hold_reason" in changes:
            self.hold_reason = changes["hold_reason"][1]
        waits_for = None
        if self.status == _ON_HOLD:
            waits_for = self.hold_reason
        elif self.status == _APPROVAL:
            waits_for = _APPROVAL
        phase = _Phase(at, self.status, self.status in OPEN, waits_for, entry)
        if not (self.phases and phase.is_plain and self.phases[-1].is_plain):
            self.phases.append(phase)
        if was in _VOID and self.status not in _VOID:
            for name, lap in self.laps.items():
                if lap.stage is _CANCELLED:
                    lap.go_on()
                    self._attach(name, lap)
        if self.status in OPEN and self.answered:
            self.answered = False
            self._reopen(at)
        elif self.status in _ANSWERED:
            self.answered, self.asked = True, None
            for name, lap in self.laps.items():
                lap.stop(at, _MET, done=name is _NEXT_UPDATE)
        elif self.status in _VOID:
            for lap in self.laps.values():
                lap.stop(at, _CANCELLED)

    def _reopen(self, at: int) -> None:
        for name, lap in self.laps.items():
            target = self.policy.targets.get(name) if self.policy else None
            if target is None or (name is _NEXT_UPDATE and self.asked is not None):
                continue
            if target.on_reopen is OnReopen.RESTART:
                self.laps[name] = _Lap(at, lap.cycle + 1)
                self._attach(name, self.laps[name])
            elif target.on_reopen is OnReopen.RESUME and lap.stage is _MET and not lap.done:
                lap.go_on()
                self._attach(name, lap)
        if self.asked is not None:
            self._ask(self.asked)

    def _ask(self, at: int) -> None:
        """Begin to wait for an answer, unless one is awaited already."""
        before = self.laps.get(_NEXT_UPDATE)
        if before is None or before.stage is not None:
            lap = _Lap(at, before.cycle + 1 if before else 1)
            self.laps[_NEXT_UPDATE] = lap
            self._attach(_NEXT_UPDATE, lap)

    def _answer(self, at: int) -> None:
        self.asked = None
        for name in (_FIRST_RESPONSE, _NEXT_UPDATE):
            if name in self.laps:
                self.laps[name].stop(at, _MET, done=True)


def _read(course: _Course, name: TargetName, now: datetime) -> Clock | None:
    """Count a lap under its policy."""
    lap = course.laps.get(name)
    if lap is None or lap.policy is None or lap.target is None:
        return None
    policy, target = lap.policy, lap.target
    hours = course.standard.calendars[policy.calendar]
    end = course.end(lap, now)
    runs, pauses = _runs(course.phases, lap, policy, end)
    stage = lap.stage or (_RUNNING if _counts(policy, course.phases[-1]) else _PAUSED)
    if lap.stage is not None and (not runs or runs[-1][1] < end):
        runs.append((end, end))
    used, reached, ahead = _spend(hours, runs, target, stage)
    due_at = None
    for percent, at in (*reached, *ahead):
        if percent == 100:
            due_at = at
    return Clock(
        name=name,
        policy=policy.key,
        calendar=policy.calendar,
        cycle=lap.cycle,
        stage=stage,
        started_at=moment(lap.started),
        stopped_at=None if lap.stopped is None else moment(lap.stopped),
        due_at=due_at,
        breached_at=due_at if reached and reached[-1].percent >= 100 else None,
        target=target.duration,
        elapsed=timedelta(0, used),
        reached=tuple(reached),
        ahead=tuple(ahead) if stage is _RUNNING else (),
        pauses=tuple(pauses),
    )


def _spend(
    hours: ServiceHours, runs: Sequence[tuple[int, int]], target: Target, stage: Stage
) -> tuple[int, list[Threshold], list[Threshold]]:
    """Return the seconds used up in `runs`, the thresholds reached, and those ahead if the last run went on.

    A threshold exactly at the end of a run is not reached in it, unless that run goes on now. Of a clock that
    was stopped only the due instant lies ahead, of a paused one nothing.
    """
    marks, index = target.marks, 0
    used = start = position = gained = 0
    reached: list[Threshold] = []
    for start, stop in runs:
        used += gained
        position = hours.position(start)
        gained = hours.position(stop) - position
        limit = stop + 1 if stage is _RUNNING and stop == runs[-1][1] else stop
        while index < len(marks) and marks[index][1] - used <= gained:
            at = _used_up(hours, start, position, marks[index][1] - used)
            if at >= limit:
                break
            reached.append(Threshold(marks[index][0], moment(at)))
            index += 1
    ahead: list[Threshold] = []
    for percent, amount in () if stage is _PAUSED else marks[index:]:
        if stage is _RUNNING or percent == 100:
            ahead.append(Threshold(percent, moment(_used_up(hours, start, position, amount - used))))
    return used + gained, reached, ahead


def _used_up(hours: ServiceHours, start: int, position: int, amount: int) -> int:
    """Return when a run from `start`, which has this position, has used up an amount."""
    return hours.instant(position + amount) if amount > 0 else hours.opening(start)


def _runs(
    phases: Sequence[_Phase], lap: _Lap, policy: Policy, end: int
) -> tuple[list[tuple[int, int]], list[Pause]]:
    """Return the stretches of a lap that count, merged where they touch, and those that do not."""
    runs: list[tuple[int, int]] = []
    pauses: list[Pause] = []
    for phase, following in zip_longest(phases, phases[1:]):
        goes_on = following is None and lap.stage is None
        start = phase.at if phase.at > lap.started else lap.started
        stop = end if following is None or following.at > end else following.at
        if start >= stop and not goes_on:
            continue
        if not _counts(policy, phase):
            pauses.append(_pause(phase, start, None if goes_on else stop))
        elif runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs, pauses


def _counts(policy: Policy, phase: _Phase) -> bool:
    """Return whether the desk has to act in a phase, as a policy sees it."""
    if phase.waits_for is None:
        return phase.acts
    if phase.waits_for == _APPROVAL:
        return not policy.pauses_for_approval
    return phase.waits_for not in policy.pauses


def _pause(phase: _Phase, start: int, stop: int | None) -> Pause:
    return Pause(
        start=moment(start),
        end=None if stop is None else moment(stop),
        reason=phase.waits_for or phase.status,
        by=phase.entry.by,
        why=phase.entry.details.get("reason"),
    )


def _reprioritised(ledger: Sequence[Entry], now: datetime, priority: int) -> Entry:
    """Return the entry that would give a ticket another priority now."""
    return Entry(
        id=1 + max(entry.id for entry in ledger),
        at=max(now, *(entry.at for entry in ledger)),
        kind="ticket.classified",
        by=SYSTEM,
        changes={"priority": (replay(ledger).get("priority"), priority)},
    )
