"""Filters as SQL: each condition becomes one on `ticket` that takes what the pure predicate would.

Every part is true or false, never NULL, so that a negation takes exactly what the part leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import QueryableAttribute, aliased
from sqlmodel import col

from deskterm.desk import Look
from deskterm.domain import patterns
from deskterm.domain.fields import FIELDS, SETS, Field, Shape
from deskterm.domain.people import PRESENT
from deskterm.domain.query import (
    FLAGS,
    MEANS,
    TEXTS,
    And,
    Bounds,
    Condition,
    Context,
    Has,
    Is,
    Not,
    Number,
    Op,
    Or,
    Phrase,
    Regex,
    Special,
    Term,
    Value,
    Words,
    bounds,
    pattern_of,
)
from deskterm.domain.sla import Stage
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Kind
from deskterm.domain.words import sought
from deskterm.storage import search
from deskterm.storage.chain import EVENT
from deskterm.storage.tables import (
    ClockRow,
    Draft,
    Link,
    Message,
    Notification,
    Person,
    Presence,
    Star,
    Tag,
    Ticket,
    Watcher,
)
from deskterm.storage.tables.conversation import MessageKind
from deskterm.storage.types import NEVER


def compiled(condition: Condition, context: Context, dialect: Dialect) -> ColumnElement[bool]:
    """Return the condition on `ticket` that takes the tickets which `matches` would.

    Args:
        condition: of a filter.
        context: who asks and when; durations and dates become instants.
        dialect: of the database that will be asked.
    """
    return _Compiler(context, dialect).condition(condition)


def condition_of(look: Look, condition: Condition) -> ColumnElement[bool]:
    """Return a filter's condition as SQL, as whoever looks means it."""
    zone = look.now.astimezone().tzinfo or UTC
    context = Context(look.actor.login, look.now, look.actor.teams, zone)
    return compiled(condition, context, look.connection.dialect)


@dataclass(frozen=True, slots=True)
class _Compiler:
    """What every condition of one statement shares."""

    context: Context
    dialect: Dialect

    def condition(self, condition: Condition) -> ColumnElement[bool]:
        match condition:
            case And(conditions):
                return and_(true(), *(self.condition(each) for each in conditions))
            case Or(conditions):
                return or_(false(), *(self.condition(each) for each in conditions))
            case Not(inner):
                return not_(self.condition(inner))
            case Is(state):
                return self.state(state)
            case Has(name):
                return _filled(FIELDS[name])
            case Number(key, record):
                return col(Ticket.id) == key if record == "ticket" else false()
            case Words(text):
                return self.words(text)
            case Phrase(text):
                pattern = patterns.containing(text)
                return and_(self.words(text), or_(*(_matches(_column(name), pattern) for name in TEXTS)))
            case Regex(text):
                pattern = patterns.typed(text)
                return or_(*(_matches(_beginning(_column(name)), pattern) for name in TEXTS))
            case Term(name, op, values):
                return or_(*(self.term(FIELDS[name], op, value) for value in values))

    def state(self, state: str) -> ColumnElement[bool]:
        match state:
            case "open":
                return and_(_column("is_open"))
            case "draft":
                number = case((col(Ticket.kind) == Kind.REQUEST, "REQ-"), else_="INC-")
                begun = number.concat(cast(col(Ticket.id), String)).concat(" ")
                return exists().where(col(Draft.login) == self.context.me, col(Draft.place).startswith(begun))
            case "locked":
                return exists().where(
                    col(Presence.ticket_id) == col(Ticket.id),
                    col(Presence.typing),
                    col(Presence.login) != self.context.me,
                    col(Presence.seen_at) > self.context.now - PRESENT,
                )
            case "starred":
                return exists().where(
                    col(Star.ticket_id) == col(Ticket.id), col(Star.login) == self.context.me
                )
            case "paused" | "breached" | "vip" | "major":
                return and_(_column(FLAGS[state]))
            case "knownerror":
                return false()
            case "unread":
                return exists().where(
                    col(Notification.ticket_id) == col(Ticket.id),
                    col(Notification.login) == self.context.me,
                    col(Notification.read_at).is_(None),
                )
            case "atrisk":
                return and_(col(Ticket.sla_risk_at) <= self.context.now, not_(col(Ticket.sla_breached)))
            case _:
                return self.condition(MEANS[state])

    def words(self, text: str) -> ColumnElement[bool]:
        tokens = sought(text)
        if not tokens:
            return true()
        return search.matching(self.dialect, tokens)

    def term(self, asked: Field, op: Op, value: Value) -> ColumnElement[bool]:
        if asked.of_changes:
            return true() if value is Special.NONE else false()
        if value is Special.NONE:
            return not_(_filled(asked))
        if value is Special.ANY:
            return _filled(asked)
        if asked.shape in SETS:
            return _held(asked, self.context.me if value is Special.ME else value)
        if asked.shape is Shape.CALLER:
            return _called(pattern_of(asked, op, str(value)))
        if asked.shape is Shape.TEXTS:
            return _noted(pattern_of(asked, op, str(value)))
        column = _column(asked.fact)
        if value is Special.ME:
            return _known(column, column == self.context.me)
        if value is Special.MINE:
            return _known(column, column.in_(sorted(self.context.teams)))
        if asked.shape is Shape.CODE and value not in {code.value for code in column.type.members}:
            return false()
        if asked.shape in (Shape.CODE, Shape.LOGIN):
            return _known(column, column == value)
        if isinstance(value, str):
            return _matches(column, pattern_of(asked, op, value))
        return _within(column, bounds(asked.shape, op, value, self.context))


DERIVED: Mapping[str, Any] = {
    "messages": select(func.count())
    .where(col(Message.ticket_id) == col(Ticket.id), not_(col(Message.recalled)))
    .scalar_subquery(),
    "replied_at": select(func.max(col(Message.at)))
    .where(
        col(Message.ticket_id) == col(Ticket.id),
        col(Message.kind) == MessageKind.REPLY,
        not_(col(Message.recalled)),
    )
    .scalar_subquery(),
    "respond_at": select(col(ClockRow.due_at))
    .where(
        col(ClockRow.ticket_id) == col(Ticket.id),
        col(ClockRow.target) == TargetName.FIRST_RESPONSE,
        col(ClockRow.stage) == Stage.RUNNING,
    )
    .scalar_subquery(),
}
"""Facts that are no columns of a ticket but follow from other tables."""


def _column(fact: str) -> Any:
    return DERIVED[fact] if fact in DERIVED else col(getattr(Ticket, fact))


def _filled(asked: Field) -> ColumnElement[bool]:
    """Return the condition that a field is not empty."""
    if asked.of_changes:
        return false()
    if asked.shape in SETS:
        return exists().where(_belongs(asked))
    if asked.shape is Shape.TEXTS:
        return _noted("")
    if asked.shape is Shape.CALLER:
        return col(Ticket.caller_id).is_not(None)
    column = _column(asked.fact)
    if asked.shape is Shape.LEFT:
        return _known(column, column < NEVER)
    if asked.shape in (Shape.TEAM, Shape.NAME, Shape.PATH, Shape.TEXT, Shape.LOGIN):
        return _known(column, column != "")
    return column.is_not(None)  # type: ignore[no-any-return]  # a column's class is not known here


def _belongs(asked: Field) -> ColumnElement[bool]:
    """Return which rows of a set's table are the ticket's."""
    match asked.fact:
        case "tags":
            return col(Tag.ticket_id) == col(Ticket.id)
        case "watchers":
            return col(Watcher.ticket_id) == col(Ticket.id)
        case "actors":
            return and_(EVENT.c.subject_type == "ticket", EVENT.c.subject_id == col(Ticket.id))
    forth, back = col(Link.ticket_id) == col(Ticket.id), col(Link.target_ticket_id) == col(Ticket.id)
    if asked.fact in PREFIXES:
        return and_(forth, col(Link.target).startswith(PREFIXES[asked.fact]))
    return or_(forth, back)


PREFIXES = {"problems": "PRB-", "changes": "CHG-"}
"""What the numbers of linked records begin with."""


def _held(asked: Field, value: Value) -> ColumnElement[bool]:
    """Return the condition that a ticket's set holds a value."""
    members = {"tags": col(Tag.word), "watchers": col(Watcher.login), "actors": EVENT.c.by}
    if asked.fact in members:
        return exists().where(_belongs(asked), members[asked.fact] == value)
    to = select(col(Link.ticket_id)).where(col(Link.target) == value, col(Link.ticket_id).is_not(None))
    if asked.fact in PREFIXES:
        return col(Ticket.id).in_(to.where(col(Link.target).startswith(PREFIXES[asked.fact])))
    back = select(col(Link.target_ticket_id))
    back = back.where(col(Link.source) == value, col(Link.target_ticket_id).is_not(None))
    return col(Ticket.id).in_(to.union(back))


def _noted(pattern: str) -> ColumnElement[bool]:
    """Return the condition that a ticket has a note that matches; an empty pattern asks for any."""
    found = [_matches(col(Message.body), pattern)] if pattern else []
    kinds = col(Message.kind).in_([MessageKind.NOTE, MessageKind.EVIDENCE])
    return exists().where(
        col(Message.ticket_id) == col(Ticket.id), kinds, not_(col(Message.recalled)), *found
    )


def _called(pattern: str) -> ColumnElement[bool]:
    person = aliased(Person)
    found = select(col(person.id)).where(
        or_(_matches(col(person.name), pattern), _matches(col(person.email), pattern))
    )
    return _known(col(Ticket.caller_id), col(Ticket.caller_id).in_(found))


def _beginning(column: Any) -> Any:
    return func.substr(column, 1, patterns.SEARCHED_LENGTH)


def _matches(column: Any, pattern: str) -> ColumnElement[bool]:
    """Return the condition that a text matches: Python's `re` on SQLite, `~` on PostgreSQL."""
    return _known(column, column.regexp_match(pattern))


def _within(column: Any, taken: Bounds) -> ColumnElement[bool]:
    limits = [
        column >= taken.at_least if taken.at_least is not None else None,
        column > taken.over if taken.over is not None else None,
        column <= taken.at_most if taken.at_most is not None else None,
        column < taken.under if taken.under is not None else None,
        column < NEVER if _is_endless(taken) else None,
    ]
    return _known(column, and_(*(limit for limit in limits if limit is not None)))


def _is_endless(taken: Bounds) -> bool:
    """Return whether instants without an upper bound are meant, which would take NEVER too."""
    lowest = taken.at_least if taken.at_least is not None else taken.over
    return isinstance(lowest, datetime) and taken.at_most is None and taken.under is None


def _known(column: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is false, not NULL, where the column is NULL."""
    if isinstance(column, QueryableAttribute) and not column.property.columns[0].nullable:
        return condition
    return and_(column.is_not(None), condition)
