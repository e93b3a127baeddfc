"""The filter language as values: conditions, and the pure predicate that says which tickets they take.

The facts of a ticket are a flat mapping: its columns by name, plus

- `caller`, `caller_email`: the caller's name and address;
- `tags`, `watchers`, `actors`, `links`: sets of words, logins, numbers of linked records; of the last,
  `problems` and `changes` are the problems and changes;
- `notes`: the texts of its notes, `messages`: how many texts of any kind there are;
- `respond_at`: when the first response is due, `replied_at`: when the desk replied last;
- `unread`, `starred`, `drafted`, `locked`: whether the asker has news of it, put a star on it, has begun to
  write, whether others do;
- `is_open`: whether somebody still has work to do; where it is missing, the status says so;
- `words`: the tokens that free text searches; where it is missing, those of the numbers and `TEXTS`.

A missing fact counts as empty, and an instant in the year 9999 as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from deskterm.domain import patterns
from deskterm.domain.fields import FIELDS, NUMBERS, SETS, Field, Shape
from deskterm.domain.ticket import ENDED, OPEN, Status, number_of
from deskterm.domain.words import holds, sought, tokens


class Op(StrEnum):
    """How a term compares."""

    IS = ":"
    """Equal; for durations "within"."""
    HAS = "~"
    """Contains."""
    UNDER = "<"
    AT_MOST = "<="
    OVER = ">"
    AT_LEAST = ">="


class Special(Enum):
    """A value that stands for something of the asker, or for having or missing any."""

    ME = "me"
    MINE = "mine"
    NONE = "none"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Date:
    """A day, month or minute in the asker's zone, as typed: `today`, `fri`, `2026-06`, `2026-06-02T14:30`."""

    text: str


Point: TypeAlias = int | timedelta | Date


@dataclass(frozen=True, slots=True)
class Range:
    """From one point to another, both included; None where an end is open."""

    low: Point | None
    high: Point | None


Value: TypeAlias = str | Special | Point | Range


@dataclass(frozen=True, slots=True)
class Term:
    """A field compares with any of some values."""

    field: str
    """Canonical name."""
    op: Op
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """A ticket is in one of the `STATES`."""

    state: str


@dataclass(frozen=True, slots=True)
class Has:
    """A field is not empty."""

    field: str


@dataclass(frozen=True, slots=True)
class Number:
    """The ticket with this integer, whatever its prefix; or the problem or change with it."""

    key: int
    record: str = "ticket"
    """`ticket`, `problem` or `change`."""


@dataclass(frozen=True, slots=True)
class Words:
    """A typed word: each of its tokens begins one of the ticket's."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Quoted words: found as words, and next to each other in one of the `TEXTS`."""

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A typed pattern, found at the beginning (`SEARCHED_LENGTH`) of one of the `TEXTS`."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """What the condition does not take."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    """What every condition takes; with none, everything."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """What any condition takes."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Term | Is | Has | Number | Words | Phrase | Regex | Not | And | Or
EVERYTHING = And()


@dataclass(frozen=True, slots=True)
class Sort:
    """One step of an order."""

    field: str
    """A value of `SORTS`."""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A whole filter: what to take, in which order, which columns to show, which views to include."""

    condition: Condition = EVERYTHING
    sort: tuple[Sort, ...] = ()
    columns: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when, and where the clock on their wall hangs."""

    me: str
    now: datetime
    teams: frozenset[str] = field(default_factory=frozenset)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers or instants that a comparison takes; None where a side is open."""

    at_least: Any = None
    over: Any = None
    at_most: Any = None
    under: Any = None

    def take(self, value: Any) -> bool:
        """Return whether a value lies within."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.over is None or value > self.over)
            and (self.at_most is None or value <= self.at_most)
            and (self.under is None or value < self.under)
        )


def both(conditions: Iterable[Condition]) -> Condition:
    """Return what all of these take, without an `And` around one or inside another."""
    flat = tuple(
        inner for each in conditions for inner in (each.conditions if isinstance(each, And) else (each,))
    )
    return flat[0] if len(flat) == 1 else And(flat)


def either(conditions: Iterable[Condition]) -> Condition:
    """Return what any of these takes, without an `Or` around one or inside another."""
    flat = tuple(
        inner for each in conditions for inner in (each.conditions if isinstance(each, Or) else (each,))
    )
    return flat[0] if len(flat) == 1 else Or(flat)


def negation(condition: Condition) -> Condition:
    """Return what a condition does not take, without a double negation."""
    return condition.condition if isinstance(condition, Not) else Not(condition)


def _status(*statuses: Status) -> Condition:
    return Term("status", Op.IS, tuple(sorted(statuses)))


MEANS: Mapping[str, Condition] = {
    "open": _status(*OPEN),
    "closed": _status(*ENDED),
    "new": _status(Status.NEW),
    "pending": _status(Status.ON_HOLD),
    "resolved": _status(Status.RESOLVED),
    "waiting": Has("waiting"),
    "watched": Term("watcher", Op.IS, (Special.ME,)),
}
"""States that another condition says."""
FLAGS: Mapping[str, str] = {
    "paused": "sla_paused",
    "breached": "sla_breached",
    "unread": "unread",
    "starred": "starred",
    "draft": "drafted",
    "locked": "locked",
    "vip": "vip",
    "major": "major",
    "knownerror": "known_error",
}
"""States that a fact says."""


OTHER_RECORDS = frozenset({"problem", "change"})
"""Kinds of records that number by themselves; all else is a ticket."""
TEXTS = ("summary", "description", "closing_summary")
"""The facts that free words, phrases and patterns search; words find the numbers too."""


def matches(condition: Condition, row: Mapping[str, Any], context: Context) -> bool:
    """Return whether a condition takes the ticket with these facts."""
    match condition:
        case And(conditions):
            return all(matches(each, row, context) for each in conditions)
        case Or(conditions):
            return any(matches(each, row, context) for each in conditions)
        case Not(inner):
            return not matches(inner, row, context)
        case Is(state):
            if state == "open" and "is_open" in row:
                return bool(row["is_open"])
            if state == "atrisk":
                return _is_at_risk(row, context)
            if state in FLAGS:
                return bool(row.get(FLAGS[state]))
            return matches(MEANS[state], row, context)
        case Has(name):
            return not _empty(row.get(FIELDS[name].fact))
        case Number(key, record):
            kind = row.get("kind")
            return bool(row["id"] == key and record == (kind if kind in OTHER_RECORDS else "ticket"))
        case Words(text):
            return holds(_words(row), sought(text))
        case Phrase(text):
            pattern = patterns.containing(text)
            return holds(_words(row), sought(text)) and any(_found(pattern, part) for part in _texts(row))
        case Regex(text):
            pattern = patterns.typed(text)
            return any(_found(pattern, part[: patterns.SEARCHED_LENGTH]) for part in _texts(row))
        case Term(name, op, values):
            return any(_takes(FIELDS[name], op, value, row, context) for value in values)


def _takes(asked: Field, op: Op, value: Value, row: Mapping[str, Any], context: Context) -> bool:
    fact = row.get(asked.fact)
    if value is Special.NONE:
        return _empty(fact)
    if value is Special.ANY:
        return not _empty(fact)
    if asked.shape is Shape.CALLER:
        pattern = pattern_of(asked, op, str(value))
        return any(_found(pattern, row.get(name)) for name in ("caller", "caller_email"))
    if fact is None or _empty(fact):
        return False
    if asked.shape in SETS:
        return (context.me if value is Special.ME else value) in fact
    if value is Special.ME:
        return bool(fact == context.me)
    if value is Special.MINE:
        return fact in context.teams
    if asked.shape in (Shape.CODE, Shape.LOGIN):
        return bool(fact == value)
    if isinstance(value, str):
        pattern = pattern_of(asked, op, value)
        return any(_found(pattern, text) for text in (fact if asked.shape is Shape.TEXTS else (fact,)))
    return bounds(asked.shape, op, value, context).take(fact)


def _is_at_risk(row: Mapping[str, Any], context: Context) -> bool:
    """Return whether three quarters of the time are used up, and not all of it."""
    since = row.get("sla_risk_at")
    return since is not None and since <= context.now and not row.get("sla_breached")


def _empty(fact: Any) -> bool:
    if isinstance(fact, datetime):
        return fact.year == 9999
    return fact is None or (not isinstance(fact, int) and not fact)


def _words(row: Mapping[str, Any]) -> Iterable[str]:
    if "words" in row:
        return row["words"]  # type: ignore[no-any-return]  # a sequence of tokens, as the module says
    number, foreign = number_of(row["kind"], row["id"]), row.get("external_id") or ""
    return tokens(" ".join((number, foreign, *_texts(row))))


def _texts(row: Mapping[str, Any]) -> Iterable[str]:
    return [row.get(name) or "" for name in TEXTS]


def _found(pattern: str, text: str | None) -> bool:
    return text is not None and _compiled(pattern).search(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def pattern_of(asked: Field, op: Op, value: str) -> str:
    """Return the pattern that a text must hold for a term to take it."""
    if op is Op.HAS or asked.shape in (Shape.TEXT, Shape.TEXTS, Shape.CALLER):
        return patterns.containing(value)
    return patterns.below(value) if asked.shape is Shape.PATH else patterns.naming(value)


def bounds(shape: Shape, op: Op, value: Value, context: Context) -> Bounds:
    """Return the numbers or instants that a comparison takes, now.

    `<` with a duration takes what has less time left (LEFT) or is younger (AGE); `:` with one means "within".
    """
    if isinstance(value, Range):
        low = bounds(shape, Op.AT_LEAST, value.low, context) if value.low is not None else Bounds()
        high = bounds(shape, Op.AT_MOST, value.high, context) if value.high is not None else Bounds()
        return Bounds(
            at_least=_either_of(low.at_least, high.at_least),
            over=_either_of(low.over, high.over),
            at_most=_either_of(low.at_most, high.at_most),
            under=_either_of(low.under, high.under),
        )
    if isinstance(value, Date):
        return _dated(op, *period(value.text, context, ahead=shape is Shape.LEFT))
    if shape in NUMBERS:
        return _compared(op, value)
    if not isinstance(value, timedelta):
        raise TypeError(f"{shape} does not compare with {value!r}")
    op = Op.AT_MOST if op is Op.IS else op
    if shape is Shape.LEFT:
        return _compared(op, context.now + value)
    return _compared(MIRRORED[op], context.now - value)


MIRRORED = {
    Op.UNDER: Op.OVER,
    Op.AT_MOST: Op.AT_LEAST,
    Op.OVER: Op.UNDER,
    Op.AT_LEAST: Op.AT_MOST,
}
"""What a comparison of ages asks of instants: the older, the earlier."""

_T = TypeVar("_T")


def _either_of(first: _T | None, second: _T | None) -> _T | None:
    return first if first is not None else second


def _compared(op: Op, value: Any) -> Bounds:
    match op:
        case Op.UNDER:
            return Bounds(under=value)
        case Op.AT_MOST:
            return Bounds(at_most=value)
        case Op.OVER:
            return Bounds(over=value)
        case Op.AT_LEAST:
            return Bounds(at_least=value)
        case _:
            return Bounds(at_least=value, at_most=value)


def _dated(op: Op, start: datetime, end: datetime) -> Bounds:
    match op:
        case Op.UNDER:
            return Bounds(under=start)
        case Op.AT_MOST:
            return Bounds(under=end)
        case Op.OVER:
            return Bounds(at_least=end)
        case Op.AT_LEAST:
            return Bounds(at_least=start)
        case _:
            return Bounds(at_least=start, under=end)


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
MOMENT = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[tT](\d{2}):(\d{2}))?)?")
YEARS = range(1900, 2200)
"""What a date may be in; outside, arithmetic on it could leave the calendar."""


def period(text: str, context: Context, *, ahead: bool) -> tuple[datetime, datetime]:
    """Return when a date begins and ends: a day, a month or a minute, half-open, in UTC.

    Args:
        text: of a `Date`.
        ahead: whether a weekday is the next such day, else the last; today counts as both.

    Raises:
        ValueError: there is no such date.
    """
    today = context.now.astimezone(context.zone).date()
    if text in DAYS:
        return _day(today + timedelta(days=DAYS[text]), context.zone)
    if text in WEEKDAYS:
        away = (WEEKDAYS.index(text) - today.weekday()) % 7
        return _day(today + timedelta(days=away if ahead or not away else away - 7), context.zone)
    found = MOMENT.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise ValueError(text)
    year, month = int(found[1]), int(found[2])
    if found[3] is None:
        after = date(year + month // 12, month % 12 + 1, 1)
        return _midnight(date(year, month, 1), context.zone), _midnight(after, context.zone)
    if found[4] is None:
        return _day(date(year, month, int(found[3])), context.zone)
    minute = datetime(year, month, int(found[3]), int(found[4]), int(found[5]), tzinfo=context.zone)
    start = minute.astimezone(UTC)
    return start, start + timedelta(minutes=1)


def _day(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


DATE_WORDS: frozenset[str] = frozenset({*DAYS, *WEEKDAYS})
"""Dates that are words."""


def is_about(query: Query, record: str) -> bool:
    """Return whether a filter is about one type of record: it, or a term of its `And`, says `type:…`."""
    condition = query.condition
    terms = condition.conditions if isinstance(condition, And) else (condition,)
    return any(isinstance(term, Term) and term.field == "type" and record in term.values for term in terms)
