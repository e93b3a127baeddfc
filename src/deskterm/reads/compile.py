"""Filters as SQL: each condition becomes one on `ticket` that takes what the pure predicate would.

Every part is true or false, never NULL, so that a negation takes exactly what the part leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    and_,
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

from deskterm.domain import patterns
from deskterm.domain.fields import FIELDS, SETS, Field, Shape
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
from deskterm.domain.words import sought
from deskterm.storage import search
from deskterm.storage.tables import Link, Notification, Person, Tag, Ticket, Watcher
from deskterm.storage.types import NEVER


def compiled(condition: Condition, context: Context, dialect: Dialect) -> ColumnElement[bool]:
    """Return the condition on `ticket` that takes the tickets which `matches` would.

    Args:
        condition: of a filter.
        context: who asks and when; durations and dates become instants.
        dialect: of the database that will be asked.
    """
    return _Compiler(context, dialect).condition(condition)


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
            case Number(key):
                return col(Ticket.id) == key
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


def _column(fact: str) -> Any:
    return col(getattr(Ticket, fact))


def _filled(asked: Field) -> ColumnElement[bool]:
    """Return the condition that a field is not empty."""
    if asked.of_changes:
        return false()
    if asked.shape in SETS:
        return exists().where(_belongs(asked))
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
    if asked.shape is Shape.TAGS:
        return col(Tag.ticket_id) == col(Ticket.id)
    if asked.shape is Shape.WATCHERS:
        return col(Watcher.ticket_id) == col(Ticket.id)
    return or_(col(Link.ticket_id) == col(Ticket.id), col(Link.target_ticket_id) == col(Ticket.id))


def _held(asked: Field, value: Value) -> ColumnElement[bool]:
    """Return the condition that a ticket's set holds a value."""
    if asked.shape is Shape.TAGS:
        return exists().where(_belongs(asked), col(Tag.word) == value)
    if asked.shape is Shape.WATCHERS:
        return exists().where(_belongs(asked), col(Watcher.login) == value)
    forth = and_(col(Link.ticket_id) == col(Ticket.id), col(Link.target) == value)
    back = and_(col(Link.target_ticket_id) == col(Ticket.id), col(Link.source) == value)
    return exists().where(or_(forth, back))


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
