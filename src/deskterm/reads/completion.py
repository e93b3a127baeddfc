"""What may be typed next in a filter: fields, values and views, with how many records have each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from deskterm.desk import Desk, Look
from deskterm.domain.errors import BadInput, BadQuery
from deskterm.domain.fields import CALLED, COLUMNS, FIELDS, SORTS, STATES, Field, Shape
from deskterm.domain.query import Is, Query, both
from deskterm.domain.views import BUILT_IN
from deskterm.i18n import N_, _
from deskterm.query import parse
from deskterm.query.rendering import spelled
from deskterm.reads import problems, queue, views
from deskterm.reads.compile import condition_of
from deskterm.storage.tables import Person, Tag, Ticket, Watcher
from deskterm.storage.visible import visible

MOST = 30
"""How many completions are offered."""
SPOT = re.compile(
    r"""
    (?: ^ | (?<=[\s(]) ) -?
    (?: ([\w-]+) (?: :(?:[<>]=?|!=|~)? | [<>]=? | !?= ) )?
    ( (?: "[^"]*"? | [^\s()"] )* ) $
    """,
    re.VERBOSE,
)
COUNTED = frozenset({Shape.CODE, Shape.RANK, Shape.COUNT, Shape.LOGIN, Shape.TEAM, Shape.NAME, Shape.PATH})
"""Fields whose values can be listed."""
EXTRA: Mapping[str, str] = {
    "is": N_("a state: is:open"),
    "no": N_("the field is empty"),
    "has": N_("the field is not empty"),
    "sort": N_("order: sort:breach,-updated"),
    "cols": N_("columns: cols:id,prio,summary"),
    "view": N_("include a saved view"),
}
"""Words before a colon that are no fields."""
STANDING_FOR: Mapping[Shape, tuple[str, ...]] = {
    Shape.LOGIN: ("me", "none"),
    Shape.AGENTS: ("me", "none"),
    Shape.TEAM: ("mine", "none"),
}
"""Values that stand for something else."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What is being typed at the cursor."""

    field: str
    """Before the colon; empty while that itself is typed."""
    word: str
    """What is to be completed, of a list of values the last."""
    start: int
    """Where it begins; a completion replaces everything from here to the cursor."""
    rest: str = default(default="", compare=False)
    """The filter without it; what is counted is counted among what that takes."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that may be typed."""

    text: str
    """What replaces the word at the cursor."""
    help: str = ""
    count: int | None = None
    """How many records that the rest of the filter takes have it; None where that says nothing."""

    def __str__(self) -> str:
        return self.text if self.count is None else f"{self.text} ({self.count})"


def spot(text: str, cursor: int) -> Spot | None:
    """Return what is being typed at the cursor; None inside a quote or a pattern."""
    found = SPOT.search(text[:cursor])
    if found is None or text[: found.start()].count('"') % 2:
        return None
    named, values = (found[1] or "").casefold(), found[2]
    rest = f"{text[: found.start()]} {text[cursor:]}".strip()
    if not named and values.startswith("#"):
        return Spot("tag", values[1:], found.start(2) + 1, rest)
    if not named:
        return None if values.startswith('"') else Spot("", values, found.start(2), rest)
    last = values if values.startswith('"') else values.rpartition(",")[2]
    return Spot(named, last, cursor - len(last), rest)


def complete(
    desk: Desk, text: str, cursor: int, *, by: str, record: str = "ticket"
) -> tuple[Spot | None, tuple[Completion, ...]]:
    """Return what may be typed at the cursor, what most records have first.

    Args:
        text: the filter as it stands.
        cursor: an offset in it.
        record: what is filtered, `ticket` or `problem`.
    """
    at = spot(text, cursor)
    if at is None:
        return None, ()
    if not at.field:
        return at, tuple(_fields(at.word))[:MOST]
    word = at.word.strip('"').casefold()
    rest = _rest(desk, at.rest, by)
    offered = {each: each.text.strip('"').casefold() for each in _values(desk, at.field, rest, record, by)}
    beginning = [each for each, text in offered.items() if text.startswith(word)]
    found = beginning or [each for each, text in offered.items() if word in text]
    return at, tuple(found[:MOST])


def _rest(desk: Desk, text: str, by: str) -> Query:
    """Return the rest of a filter, everything where it does not stand by itself."""
    try:
        return views.resolved(desk, parse(text), by=by)
    except (BadInput, BadQuery):
        return Query()


def _fields(word: str) -> Iterable[Completion]:
    """Yield the fields that begin with a word, by their own names or by others."""
    typed = word.casefold()
    for name, field in FIELDS.items():
        if any(called.startswith(typed) for called in (name, *field.aliases)):
            yield Completion(f"{name}:", _(field.help))
    for name, help_ in EXTRA.items():
        if name.startswith(typed):
            yield Completion(f"{name}:", _(help_))


def _values(desk: Desk, name: str, rest: Query, record: str, by: str) -> Sequence[Completion]:
    match name:
        case "is" if record != "ticket":
            return [Completion(state, _(help_)) for state, help_ in STATES.items()]
        case "is":
            asked = {state: Query(both((rest.condition, Is(state)))) for state in STATES}
            counts = queue.counts(desk, asked, by=by)
            return [Completion(state, _(help_), counts[state]) for state, help_ in STATES.items()]
        case "has" | "no":
            return [Completion(each.name, _(each.help)) for each in FIELDS.values()]
        case "sort":
            return [Completion(each) for each in dict.fromkeys(SORTS.values())]
        case "cols":
            return [Completion(each) for each in dict.fromkeys(COLUMNS.values())]
        case "view":
            return [
                Completion(spelled(view), count=count) for view, count in views.counts(desk, by=by).items()
            ] + [Completion(spelled(view)) for view in BUILT_IN]
    if name not in CALLED:
        return ()
    field = CALLED[name]
    with desk.look(by) as look:
        found = _counted(look, field, rest) if record == "ticket" else _on_problems(look, field, rest)
    held = {str(value): count for value, count in found if value not in (None, "")}
    coded = [Completion(code, count=held.get(code, 0)) for code in dict.fromkeys(field.codes.values())]
    others = [
        Completion(spelled(value), count=count) for value, count in held.items() if value not in field.codes
    ]
    standing = [Completion(value) for value in STANDING_FOR.get(field.shape, ())]
    words = [Completion(word) for word in field.words]
    return standing + words + sorted(coded + others, key=lambda each: -(each.count or 0))


def _on_problems(look: Look, field: Field, rest: Query) -> Sequence[Any]:
    """Return the values of a field with how many problems that the rest takes have each."""
    return Counter(getattr(row, field.fact, None) for row in problems.taken(look, rest)).most_common()


def _counted(look: Look, field: Field, rest: Query) -> Sequence[Any]:
    """Return the values of a field with how many tickets that the rest takes have each."""
    column: Any
    if field.shape in COUNTED and hasattr(Ticket, field.fact):
        column = col(getattr(Ticket, field.fact))
        statement = select(column, func.count()).select_from(Ticket)
    elif field.shape is Shape.TAGS:
        column = col(Tag.word)
        statement = select(column, func.count()).join(Ticket, col(Ticket.id) == col(Tag.ticket_id))
    elif field.fact == "watchers":
        column = col(Watcher.login)
        statement = select(column, func.count()).join(Ticket, col(Ticket.id) == col(Watcher.ticket_id))
    elif field.shape is Shape.CALLER:
        column = col(Person.name)
        statement = select(column, func.count()).join(Ticket, col(Ticket.caller_id) == col(Person.id))
    else:
        return ()
    taken = statement.where(condition_of(look, rest.condition), visible(look.actor)).group_by(column)
    return look.connection.execute(taken.order_by(func.count().desc(), column).limit(200)).all()
