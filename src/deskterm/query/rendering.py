"""Filter → canonical text: what the filter bar shows, saved views keep and `parse` reads back."""

from __future__ import annotations

import re
from datetime import timedelta

from deskterm.domain.query import (
    EVERYTHING,
    And,
    Condition,
    Date,
    Has,
    Is,
    Not,
    Number,
    Or,
    Phrase,
    Query,
    Range,
    Regex,
    Sort,
    Special,
    Term,
    Value,
    Words,
)
from deskterm.domain.ticket import Kind, number_of

PLAIN = re.compile(r"[^\W_][\w.@*+/-]*")
"""Values that need no quotes, unless they are special words."""
NEGATED_BY_MINUS = re.compile(r"""[^\W\d_]|["#/(]""")


def render(query: Query) -> str:
    """Write a filter; `parse(render(query)) == query` for whatever `parse` returned."""
    parts = [
        "" if query.condition == EVERYTHING else _condition(query.condition),
        "sort:" + ",".join(_sort(step) for step in query.sort) if query.sort else "",
        "cols:" + ",".join(query.columns) if query.columns else "",
        "view:" + ",".join(spelled(name) for name in query.views) if query.views else "",
    ]
    return " ".join(part for part in parts if part)


def _condition(condition: Condition) -> str:
    match condition:
        case And(conditions):
            return " ".join(
                _bracketed(each) if isinstance(each, Or) else _condition(each) for each in conditions
            )
        case Or(conditions):
            return " OR ".join(_condition(each) for each in conditions)
        case Not(inner):
            return _negated(inner)
        case Term(name, op, values):
            return f"{name}{op.value}" + ",".join(_value(value) for value in values)
        case Is(state):
            return f"is:{state}"
        case Has(name):
            return f"has:{name}"
        case Number(key):
            return number_of(Kind.INCIDENT, key)
        case Words(text):
            return text
        case Phrase(text):
            return _quoted(text)
        case Regex(text):
            return f"/{text}/"


def _bracketed(condition: Condition) -> str:
    return f"({_condition(condition)})"


def _negated(condition: Condition) -> str:
    if isinstance(condition, Has):
        return f"no:{condition.field}"
    text = _bracketed(condition) if isinstance(condition, And | Or) else _condition(condition)
    return f"-{text}" if NEGATED_BY_MINUS.match(text) else f"NOT {text}"


def _value(value: Value) -> str:
    match value:
        case Special():
            return value.value
        case Range(low, high):
            return f"{'' if low is None else _value(low)}..{'' if high is None else _value(high)}"
        case Date(text):
            return text
        case timedelta():
            return _duration(value)
        case int():
            return str(value)
        case str():
            return spelled(value)


def _duration(length: timedelta) -> str:
    minutes = abs(length) // timedelta(minutes=1)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    steps = "".join(f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if count)
    return ("-" if length < timedelta() else "") + (steps or "0")


def spelled(text: str) -> str:
    """Return a value as it is typed: in quotes where it needs them."""
    special = any(text.casefold() == each.value for each in Special)
    return text if PLAIN.fullmatch(text) and not special else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sort(step: Sort) -> str:
    return f"-{step.field}" if step.descending else step.field
