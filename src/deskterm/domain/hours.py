"""Service hours: when a desk is open, and arithmetic on the time during which it is."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskterm.domain.errors import BadInput
from deskterm.i18n import N_

Intervals = tuple[tuple[str, str], ...]
"""Opening and closing by the wall clock, `("08:00", "18:00")`, several a day; `24:00` closes at midnight."""

ALL_DAY: Intervals = (("00:00", "24:00"),)
LONGEST_GAP_DAYS = 400
"""A calendar must open again within this many days, always; else a sum over it would not end."""

_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_GROWING = threading.Lock()


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The hours of a service desk in one time zone.

    A day takes its hours from `extra_days`, else from `holiday_hours`, else it is closed if it is one of the
    `holidays`, else from the `week`.

    **When the clocks change.** The desk reads a wall clock that never runs backwards: set back, it stands
    still until the hour is made up; set forward, what it skips happens at the jump. So an opening or closing
    at an ambiguous time is the earlier of the two, one at a time that does not exist is the moment of the
    jump, and a night shift is an hour longer or shorter, as it is for those who work it.

    Whole seconds count; fractions are dropped. Everything handed in and out is an aware instant, out in UTC.

    Raises:
        BadInput: an unknown zone, an interval that does not read `HH:MM`, is empty or runs over midnight
            (write `22:00`-`24:00` and `00:00`-`06:00`), intervals that overlap, an extra day that is also a
            holiday, or more than 400 days without an opening.
    """

    zone: str
    """An IANA name: `Europe/Paris`."""
    week: Mapping[int, Intervals]
    """Weekday, 0 for Monday, to hours; a weekday that is missing is closed."""
    holidays: frozenset[date] = frozenset()
    holiday_hours: Mapping[date, Intervals] = field(default_factory=dict)
    """Special hours of single dates, instead of those of the week."""
    extra_days: Mapping[date, Intervals] = field(default_factory=dict)
    """Working days out of turn (调休); `()` takes the hours of the week's first open weekday."""
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _week: tuple[_Day, ...] = field(init=False, repr=False, compare=False)
    _dates: Mapping[date, _Day] = field(init=False, repr=False, compare=False)
    _table: _Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        week = tuple(_day(WEEKDAYS[n], self.week.get(n, ())) for n in range(7))
        usual = next((day for day in week if day), ())
        if not usual:
            raise BadInput(N_("The calendar never opens: no weekday has hours."))
        dates: dict[date, _Day] = dict.fromkeys(self.holidays, ())
        dates |= {day: _day(f"{day}", hours) for day, hours in self.holiday_hours.items()}
        for day, hours in self.extra_days.items():
            if day in dates:
                raise BadInput(N_("{day} is both a holiday and an extra working day."), day=day)
            dates[day] = _day(f"{day}", hours) or usual
        object.__setattr__(self, "_zone", _zone(self.zone))
        object.__setattr__(self, "_week", week)
        object.__setattr__(self, "_dates", dates)
        object.__setattr__(self, "_table", _UNCOMPILED)
        self._refuse_long_gaps()

    @classmethod
    def always(cls, zone: str = "UTC") -> ServiceHours:
        """Return the hours of a desk that never closes; the zone only says when its days begin."""
        return cls(zone, dict.fromkeys(range(7), ALL_DAY))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the instant at which `amount` of service time has passed since `start`.

        Outside hours nothing passes, so a start there counts from the next opening; what is used up at
        closing time is due at closing time. An `amount` of 0 gives `start` itself while open, else the next
        opening.

        Raises:
            ValueError: `amount` is negative.
        """
        at, used = seconds(start), _whole(amount)
        return moment(self.instant(self.position(at) + used) if used else self.opening(at))

    def subtract(self, end: datetime, amount: timedelta) -> datetime:
        """Return the latest instant from which `amount` of service time passes until `end`.

        The mirror of `add`: an `amount` of 0 gives `end` itself if the desk was open until then, else the
        last closing before it.

        Raises:
            ValueError: `amount` is negative.
        """
        at, used = seconds(end), _whole(amount)
        last_open = self.instant(self.position(at) - used)
        return moment(self.opening(last_open) if used else last_open)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the service time between two instants, negative where `end` comes before `start`."""
        return timedelta(0, self.position(seconds(end)) - self.position(seconds(start)))

    def is_open(self, at: datetime) -> bool:
        """Return whether the desk is open; at closing time it no longer is."""
        instant = seconds(at)
        return self.opening(instant) == instant

    def spans(self, start: datetime, end: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
        """Yield the (opening, closing) spans from `start` on, merged where they touch.

        The first begins at `start` if the desk is open then, the last ends at `end`; None goes on for ever.
        A span of more than a year comes in pieces, for the sake of desks that never close.
        """
        low = seconds(start)
        high = None if end is None else seconds(end)
        since = until = low
        for opens, closes in self._stretches(_local_day(self._zone, low), None):
            if high is not None and opens >= high:
                break
            if opens > until or until - since > 366 * _DAY_SECONDS:
                if since < until:
                    yield moment(since), moment(until)
                since = max(opens, low)
            until = max(until, closes if high is None else min(closes, high))
        if since < until:
            yield moment(since), moment(until)

    def days_after(self, at: datetime, days: int) -> datetime:
        """Return when `days` business days have gone by, not counting the day of `at`.

        That is the last closing of the nth open date in the calendar's zone; for 0 it is `at` itself.

        Raises:
            ValueError: `days` is negative.
        """
        if days < 0:
            raise ValueError(f"business days are counted forwards, not by {days}")
        if days == 0:
            return at.astimezone(UTC)
        day = _local_day(self._zone, seconds(at))
        while days:
            day += _DAY
            days -= bool(self._hours(day))
        return moment(_instant(self._zone, day, self._hours(day)[-1][1]))

    def position(self, at: int) -> int:
        """Return the service seconds between the calendar's own fixed origin and an instant.

        The difference of two positions is the service time between them. Instants here and below are seconds
        since 1970: what the clocks calculate with (domain/sla.py).
        """
        table = self._table
        if not table.since < at < table.until:
            table = self._grown(at, at)
        index = bisect_right(table.opens, at) - 1
        closes = table.closes[index]
        return table.before[index] + (at if at < closes else closes) - table.opens[index]

    def instant(self, position: int) -> int:
        """Return the earliest instant with this position: at a closing, not at the opening after it."""
        table = self._table
        while position > table.after[-1]:
            table = self._grown(table.until, table.until)
        while position <= table.before[0]:
            table = self._grown(table.since, table.since)
        index = bisect_left(table.after, position)
        return table.opens[index] + position - table.before[index]

    def opening(self, at: int) -> int:
        """Return `at` while the desk is open, else the next opening."""
        table = self._table
        if not table.since < at < table.until:
            table = self._grown(at, at)
        index = bisect_right(table.opens, at)
        if at < table.closes[index - 1]:
            return at
        while index == len(table.opens):
            table = self._grown(at, table.until)
            index = bisect_right(table.opens, at)
        return table.opens[index]

    def _grown(self, low: int, high: int) -> _Table:
        """Compile so many days that the table covers two instants, at least doubling it.

        The origin stays where it was, so positions taken before keep their meaning.
        """
        with _GROWING:
            old = self._table
            if old.since < low and high < old.until:
                return old
            if old is _UNCOMPILED:
                since, until = low - 31 * _DAY_SECONDS, high + 400 * _DAY_SECONDS
            else:
                width = old.until - old.since
                since = min(old.since, low - width) if low <= old.since else old.since
                until = max(old.until, high + width) if high >= old.until else old.until
            table = self._compiled(_local_day(self._zone, since), _local_day(self._zone, until))
            if old is not _UNCOMPILED:
                table = table.moved(old.before[0] - table.position(old.since))
            object.__setattr__(self, "_table", table)
            return table

    def _compiled(self, first: date, last: date) -> _Table:
        """Sum up the hours of the days from `first` until before `last`."""
        since = _instant(self._zone, first, 0)
        opens, closes = [since], [since]
        for start, end in self._stretches(first, last):
            if start == closes[-1]:
                closes[-1] = end
            else:
                opens.append(start)
                closes.append(end)
        before, after, total = [], [], 0
        for start, end in zip(opens, closes, strict=True):
            before.append(total)
            total += end - start
            after.append(total)
        return _Table(since, _instant(self._zone, last, 0), opens, closes, before, after)

    def _stretches(self, first: date, last: date | None) -> Iterator[tuple[int, int]]:
        """Yield (opening, closing) of every interval of the days from `first` until before `last`."""
        day, offset = first, _offset(self._zone, first)
        while last is None or day < last:
            next_offset = _offset(self._zone, day + _DAY)
            if offset is not None and offset == next_offset:
                midnight = (day.toordinal() - _EPOCH_DAY) * _DAY_SECONDS - offset
                for opens, closes in self._hours(day):
                    yield midnight + opens * 60, midnight + closes * 60
            else:
                for opens, closes in self._hours(day):
                    start, end = _instant(self._zone, day, opens), _instant(self._zone, day, closes)
                    if start < end:
                        yield start, end
            day, offset = day + _DAY, next_offset

    def _hours(self, day: date) -> _Day:
        found = self._dates.get(day)
        return self._week[day.weekday()] if found is None else found

    def _refuse_long_gaps(self) -> None:
        """Refuse holidays that close the desk for longer than a sum may search; even one weekday takes 57."""
        off = [day for day, hours in self._dates.items() if not hours]
        if len(off) < LONGEST_GAP_DAYS // 7:
            return
        day, last, closed = min(off) - 6 * _DAY, max(off) + 6 * _DAY, 0
        while day <= last:
            closed = 0 if self._hours(day) else closed + 1
            if closed > LONGEST_GAP_DAYS:
                raise BadInput(
                    N_("The calendar does not open for {days} days before {day}."), days=closed, day=day
                )
            day += _DAY


def seconds(at: datetime) -> int:
    """Return the whole seconds between 1970 and an instant."""
    since = at - _EPOCH
    return since.days * _DAY_SECONDS + since.seconds


def moment(seconds: int) -> datetime:
    """Return the aware UTC instant that lies so many seconds after 1970."""
    return datetime.fromtimestamp(seconds, UTC)


_Day = tuple[tuple[int, int], ...]
"""The hours of a day in minutes after midnight, ascending."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Table:
    """Spans in seconds since 1970 with the service seconds before and after each.

    The first span may be empty: it keeps searches from falling off the table's lower end.
    """

    since: int
    until: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    after: list[int]

    def position(self, at: int) -> int:
        index = bisect_right(self.opens, at) - 1
        return self.before[index] + min(at, self.closes[index]) - self.opens[index]

    def moved(self, by: int) -> _Table:
        before = [position + by for position in self.before]
        after = [position + by for position in self.after]
        return _Table(self.since, self.until, self.opens, self.closes, before, after)


_UNCOMPILED = _Table(0, 0, [0], [0], [0], [0])


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(N_("There is no time zone {zone}."), zone=name) from None


def _day(name: str, intervals: Intervals) -> _Day:
    """Return a day's intervals in minutes, checked."""
    day = sorted((_minutes(name, opens), _minutes(name, closes)) for opens, closes in intervals)
    for opens, closes in day:
        if opens >= closes:
            raise BadInput(
                N_("{day}: {opens}-{closes} is empty; split hours that run over midnight at 24:00."),
                day=name,
                opens=_clock_time(opens),
                closes=_clock_time(closes),
            )
    for (_, closes), (opens, _) in pairwise(day):
        if opens < closes:
            raise BadInput(
                N_("{day}: two intervals overlap from {opens} to {closes}."),
                day=name,
                opens=_clock_time(opens),
                closes=_clock_time(closes),
            )
    return tuple(day)


def _minutes(day: str, text: str) -> int:
    hours, colon, minutes = text.partition(":")
    if (
        colon
        and len(hours) == len(minutes) == 2
        and (hours + minutes).isascii()
        and (hours + minutes).isdigit()
    ):
        total = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and total <= 24 * 60:
            return total
    raise BadInput(
        N_("{day}: {text} is no time of day; write 08:00, or 24:00 for midnight."), day=day, text=text
    )


def _clock_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _whole(amount: timedelta) -> int:
    if amount.days < 0:
        raise ValueError(f"service time is counted forwards, not by {amount}")
    return amount.days * _DAY_SECONDS + amount.seconds


def _local_day(zone: ZoneInfo, at: int) -> date:
    return moment(at).astimezone(zone).date()


def _offset(zone: ZoneInfo, day: date) -> int | None:
    """Return by how many seconds a zone is ahead of UTC at midnight; None if the clocks change then."""
    midnight = datetime.combine(day, time(), zone)
    early, late = midnight.utcoffset(), midnight.replace(fold=1).utcoffset()
    return None if early is None or early != late else early // timedelta(seconds=1)


def _instant(zone: ZoneInfo, day: date, minutes: int) -> int:
    """Return when a wall clock first shows a time of a day, or jumps over it."""
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    late = wall.replace(fold=1)
    before, after = wall.utcoffset(), late.utcoffset()
    if before is not None and after is not None and before < after:
        return _jump(zone, seconds(late), seconds(wall))
    return seconds(wall)


def _jump(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the second at which the zone's offset changes, after `low` and not after `high`."""
    offset = moment(low).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if moment(middle).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
