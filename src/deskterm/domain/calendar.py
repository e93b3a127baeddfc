"""The change calendar: what collides, and when there is room; pure, and quick enough to ask at every key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from deskterm.domain.change import number_of
from deskterm.i18n import N_, _

STEP = timedelta(minutes=15)
"""How far one key moves a change, and what slots begin at."""
HORIZON = timedelta(days=90)
"""How far ahead a free slot is looked for."""
LEVELS = 2
"""How many relations away a configuration item still counts as related."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


class SpanKind(StrEnum):
    """What a span of the calendar says about changes inside it."""

    WINDOW = "window"
    """A maintenance window: changes belong here."""
    FREEZE = "freeze"
    """No changes (封网)."""


class ConflictKind(StrEnum):
    """What two changes, or a change and the calendar, collide over."""

    SAME_CI = "same_ci"
    SAME_SERVICE = "same_service"
    RELATED_CI = "related_ci"
    OUTSIDE_WINDOW = "outside_window"
    IN_FREEZE = "in_freeze"
    SAME_PERSON = "same_person"
    OUT_OF_ORDER = "out_of_order"


HARD = frozenset(
    {
        ConflictKind.SAME_CI,
        ConflictKind.SAME_SERVICE,
        ConflictKind.OUTSIDE_WINDOW,
        ConflictKind.IN_FREEZE,
        ConflictKind.OUT_OF_ORDER,
    }
)
"""What blocks unless the standard says otherwise; the rest warns."""
TIMELY = frozenset({ConflictKind.OUTSIDE_WINDOW, ConflictKind.IN_FREEZE})
"""What never blocks an emergency: it can't wait for a window."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a maintenance window or freeze, half-open."""

    start: datetime
    end: datetime
    name: str
    kind: SpanKind = SpanKind.WINDOW
    services: frozenset[str] = field(default=frozenset(), compare=False)
    """What it is for; empty for everything."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A change's place in the calendar, half-open."""

    key: int
    start: datetime
    end: datetime
    services: frozenset[str] = frozenset()
    cis: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    after: frozenset[int] = frozenset()
    """Changes that must have ended before this one begins."""
    emergency: bool = False
    tentative: bool = False
    """Whether it is only planned so far: nobody is blocked by it."""

    def moved(self, start: datetime) -> Booking:
        """Return the same booking at another time, as long as before."""
        return replace(self, start=start, end=start + (self.end - self.start))


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing in a change's way."""

    kind: ConflictKind
    hard: bool
    other: int | None = None
    """The other change; None where the calendar itself is in the way."""
    shared: str = ""
    """What both want: a CI, a service, a login; the name of a freeze."""
    until: datetime | None = None
    """When it is out of the way, for whoever can wait; None where that is unknown or never."""


def related(relations: Iterable[tuple[str, str]], levels: int = LEVELS) -> dict[str, frozenset[str]]:
    """Return for each configuration item the others that are at most so many relations away, either way."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one, other in relations:
        neighbours[one].add(other)
        neighbours[other].add(one)
    return {ci: _around(ci, neighbours, levels) for ci in list(neighbours)}


def _around(ci: str, neighbours: Mapping[str, set[str]], levels: int) -> frozenset[str]:
    away = {ci: 0}
    queue = deque([ci])
    while queue:
        here = queue.popleft()
        if away[here] == levels:
            continue
        for other in neighbours.get(here, ()):
            if other not in away:
                away[other] = away[here] + 1
                queue.append(other)
    return frozenset(away) - {ci}


class Spans:
    """Windows or freezes: the stretches that concern a service, merged and found by bisection."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.all = sorted(spans)
        self._by_service: dict[str, _Merged] = {}

    def overlapping(self, start: datetime, end: datetime, services: Iterable[str]) -> list[Span]:
        """Return the stretches that concern any of these services and overlap a time."""
        wanted = frozenset(services)
        last = bisect_left(self.all, end, key=lambda span: span.start)
        return [
            span
            for span in self.all[:last]
            if span.end > start and (not span.services or not span.services.isdisjoint(wanted))
        ]

    def of(self, service: str) -> _Merged:
        """Return when a service has a stretch; `""` asks for those that are for everything."""
        if service not in self._by_service:
            self._by_service[service] = _Merged.of(
                span for span in self.all if not span.services or service in span.services
            )
        return self._by_service[service]


@dataclass(frozen=True, slots=True)
class _Merged:
    """Stretches that neither touch nor overlap, in order."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> _Merged:
        starts: list[datetime] = []
        ends: list[datetime] = []
        for span in spans:
            if ends and span.start <= ends[-1]:
                ends[-1] = max(ends[-1], span.end)
            else:
                starts.append(span.start)
                ends.append(span.end)
        return cls(tuple(starts), tuple(ends))

    def around(self, start: datetime, end: datetime) -> bool:
        """Return whether one stretch holds all of a time."""
        place = bisect_right(self.starts, start) - 1
        return place >= 0 and end <= self.ends[place]

    def next_start(self, after: datetime, lasts: timedelta) -> datetime | None:
        """Return the first start after an instant of a stretch that is long enough."""
        for place in range(bisect_right(self.starts, after), len(self.starts)):
            if self.ends[place] - self.starts[place] >= lasts:
                return self.starts[place]
        return None


class Index:
    """Bookings by what they touch and the days they cover: adding, moving and asking cost what is near."""

    def __init__(self, bookings: Iterable[Booking] = ()) -> None:
        self.bookings: dict[int, Booking] = {}
        self._near: dict[tuple[str, str, int], set[int]] = defaultdict(set)
        self._followers: dict[int, set[int]] = defaultdict(set)
        for booking in bookings:
            self.put(booking)

    def put(self, booking: Booking) -> None:
        """Add a booking, or move the one with its key."""
        self.drop(booking.key)
        self.bookings[booking.key] = booking
        for place in _places(booking):
            self._near[place].add(booking.key)
        for earlier in booking.after:
            self._followers[earlier].add(booking.key)

    def drop(self, key: int) -> None:
        """Take a booking out, if it is there."""
        booking = self.bookings.pop(key, None)
        if booking is None:
            return
        for place in _places(booking):
            self._near[place].discard(key)
        for earlier in booking.after:
            self._followers[earlier].discard(key)

    def touching(self, sort: str, name: str, booking: Booking) -> list[Booking]:
        """Return the other bookings that touch something while this one lasts, in order of their keys."""
        keys = {key for day in _days(booking) for key in self._near.get((sort, name, day), ())}
        found = (self.bookings[key] for key in sorted(keys) if key != booking.key)
        return [other for other in found if other.start < booking.end and booking.start < other.end]

    def followers(self, key: int) -> list[Booking]:
        """Return the bookings that must come after one."""
        return [self.bookings[later] for later in sorted(self._followers.get(key, ()))]


def _days(booking: Booking) -> range:
    first = (booking.start - _EPOCH) // _DAY
    return range(first, max(first, -((_EPOCH - booking.end) // _DAY) - 1) + 1)


def _places(booking: Booking) -> Iterator[tuple[str, str, int]]:
    names = [
        *(("ci", ci) for ci in booking.cis),
        *(("service", service) for service in booking.services),
        *(("person", login) for login in booking.people),
    ]
    for day in _days(booking):
        for sort, name in names:
            yield sort, name, day


@dataclass(frozen=True, slots=True)
class Planner:
    """Everything that a change can collide with; `index` may change under it, the rest is as it was read."""

    index: Index
    windows: Spans
    freezes: Spans
    related: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hard: frozenset[ConflictKind] = HARD

    def conflicts(self, booking: Booking) -> tuple[Conflict, ...]:
        """Return what is in a change's way, the hard ones first; each pair and thing once."""
        found = [
            *self._shared(booking),
            *self._calendar(booking),
            *self._order(booking),
        ]
        return tuple(sorted(dict.fromkeys(found), key=_severity))

    def at_once(self, booking: Booking, now: datetime) -> tuple[Conflict, ...]:
        """Return what is in the way of a change that begins now, outside its window with broken glass.

        The glass is for windows alone, its own and those of maintenance: other changes and freezes stay.
        """
        if booking.start <= now < booking.end:
            return self.conflicts(booking)
        there = self.conflicts(booking.moved(now))
        return tuple(each for each in there if each.kind is not ConflictKind.OUTSIDE_WINDOW)

    def blocked(self, booking: Booking) -> tuple[Conflict, ...]:
        """Return the hard conflicts alone."""
        return tuple(conflict for conflict in self.conflicts(booking) if conflict.hard)

    def _is_hard(self, kind: ConflictKind, booking: Booking) -> bool:
        return kind in self.hard and not (booking.emergency and kind in TIMELY)

    def _shared(self, booking: Booking) -> Iterator[Conflict]:
        def say(kind: ConflictKind, other: Booking, shared: str) -> Conflict:
            hard = self._is_hard(kind, booking) and not other.tentative
            return Conflict(kind, hard, other.key, shared, other.end)

        same: set[int] = set()
        for ci in sorted(booking.cis):
            for other in self.index.touching("ci", ci, booking):
                same.add(other.key)
                yield say(ConflictKind.SAME_CI, other, ci)
        for service in sorted(booking.services):
            for other in self.index.touching("service", service, booking):
                if other.key not in same:
                    same.add(other.key)
                    yield say(ConflictKind.SAME_SERVICE, other, service)
        for ci in sorted(booking.cis):
            for near in sorted(self.related.get(ci, frozenset()) - booking.cis):
                for other in self.index.touching("ci", near, booking):
                    if other.key not in same:
                        same.add(other.key)
                        yield say(ConflictKind.RELATED_CI, other, near)
        for login in sorted(booking.people):
            for other in self.index.touching("person", login, booking):
                yield say(ConflictKind.SAME_PERSON, other, login)

    def _calendar(self, booking: Booking) -> Iterator[Conflict]:
        for service in sorted(booking.services) or [""]:
            windows = self.windows.of(service)
            if windows.starts and not windows.around(booking.start, booking.end):
                kind = ConflictKind.OUTSIDE_WINDOW
                until = windows.next_start(booking.start, booking.end - booking.start)
                yield Conflict(kind, self._is_hard(kind, booking), shared=service, until=until)
        for freeze in self.freezes.overlapping(booking.start, booking.end, booking.services):
            kind = ConflictKind.IN_FREEZE
            yield Conflict(kind, self._is_hard(kind, booking), shared=freeze.name, until=freeze.end)

    def _order(self, booking: Booking) -> Iterator[Conflict]:
        kind = ConflictKind.OUT_OF_ORDER
        hard = self._is_hard(kind, booking)
        for earlier in sorted(booking.after):
            before = self.index.bookings.get(earlier)
            if before is not None and before.end > booking.start:
                yield Conflict(kind, hard, before.key, until=before.end)
        for later in self.index.followers(booking.key):
            if later.start < booking.end:
                yield Conflict(kind, hard, later.key)

    def free_slot(self, booking: Booking, since: datetime, horizon: timedelta = HORIZON) -> Slot | NoSlot:
        """Return the earliest start at a quarter of an hour without a hard conflict, or why there is none.

        Whatever overlaps a change also overlaps it at every later start before that thing ends. So the search
        leaps to the end of the last thing in the way: it asks as often as there are things, not slots.
        """
        last = since + horizon
        start = _rounded_up(since)
        met: dict[ConflictKind, Conflict] = {}
        while start <= last:
            blocked = self.blocked(booking.moved(start))
            if not blocked:
                return Slot(start, start + (booking.end - booking.start))
            met.update((conflict.kind, conflict) for conflict in blocked)
            ends = [conflict.until for conflict in blocked if conflict.until is not None]
            if len(ends) < len(blocked):
                forever = next(conflict.kind for conflict in blocked if conflict.until is None)
                return NoSlot(tuple(sorted(met.values(), key=_severity)), forever)
            start = _rounded_up(max(ends))
        return NoSlot(tuple(sorted(met.values(), key=_severity)))


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for a change."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NoSlot:
    """No room within the horizon."""

    met: tuple[Conflict, ...]
    """One example of each kind of hard conflict that was in the way."""
    forever: ConflictKind | None = None
    """What will never be out of the way; None where things in the way only follow each other too closely."""


def _severity(conflict: Conflict) -> tuple[bool, int, int, str]:
    return not conflict.hard, _RANK[conflict.kind], conflict.other or 0, conflict.shared


_RANK = {kind: rank for rank, kind in enumerate(ConflictKind)}


def _rounded_up(at: datetime) -> datetime:
    return _EPOCH - ((_EPOCH - at) // STEP) * STEP


def stepped(start: datetime, steps: int) -> datetime:
    """Return a start moved by so many quarters of an hour; the first step lands on a full quarter."""
    floor = _EPOCH + ((start - _EPOCH) // STEP) * STEP
    if floor == start or steps <= 0:
        return floor + (steps + (floor != start and steps < 0)) * STEP
    return floor + steps * STEP


SENTENCES: Mapping[ConflictKind, str] = {
    ConflictKind.SAME_CI: N_("{other} works on {shared} at the same time."),
    ConflictKind.SAME_SERVICE: N_("{other} alters {shared} at the same time."),
    ConflictKind.RELATED_CI: N_("{other} works on {shared}, which is related, at the same time."),
    ConflictKind.OUTSIDE_WINDOW: N_("It is outside the maintenance window of {shared}."),
    ConflictKind.IN_FREEZE: N_("It is inside the freeze {shared}."),
    ConflictKind.SAME_PERSON: N_("{shared} is booked for {other} at the same time."),
    ConflictKind.OUT_OF_ORDER: N_("It is not in order with {other}."),
}


def sentence(conflict: Conflict) -> str:
    """Return what is in the way, in the reader's language."""
    other = number_of(conflict.other) if conflict.other is not None else ""
    return _(SENTENCES[conflict.kind]).format(other=other, shared=conflict.shared or _("this desk"))
