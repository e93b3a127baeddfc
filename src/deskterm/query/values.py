"""What stands after a field's colon: codes, numbers, durations, dates, ranges, names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deskterm.domain.errors import BadQuery
from deskterm.domain.fields import INSTANTS, NUMBERS, PATTERNS, SETS, Field, Shape, suggestion
from deskterm.domain.query import DATE_WORDS, Context, Date, Op, Point, Range, Special, Value, period
from deskterm.i18n import N_

PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[^,]+', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
UNITS: Mapping[str, timedelta] = {
    "y": timedelta(days=365),
    "mo": timedelta(days=30),
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
DURATION = re.compile(r"-?(?:\d{1,6}(?:mo|[ywdhm]))+")
STEP = re.compile(r"(\d+)(mo|[ywdhm])")
WEEKDAYS_IN_FULL = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
LONGEST = timedelta(days=100 * 365)
"""Longer durations lead out of the calendar."""
MOST_DIGITS = 9
"""Of an integer, so that every database's integers hold it."""
_ANY_DAY = Context(me="", now=datetime(2026, 1, 1, tzinfo=UTC))

SPECIALS: Mapping[Shape, frozenset[Special]] = dict.fromkeys(
    Shape, frozenset({Special.NONE, Special.ANY})
) | {
    Shape.LOGIN: frozenset({Special.ME, Special.NONE, Special.ANY}),
    Shape.AGENTS: frozenset({Special.ME, Special.NONE, Special.ANY}),
    Shape.TEAM: frozenset({Special.MINE, Special.NONE, Special.ANY}),
}
"""Which values stand for something else, by the shape of the field."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A value as typed, and where."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def refusal(self, template: str, **details: object) -> BadQuery:
        """Return the error that underlines this value."""
        return BadQuery(template, start=self.start, end=self.end, **details)


def split(text: str, start: int) -> Iterator[Piece]:
    """Return the values between commas, none of which separates inside quotes."""
    for found in PIECE.finditer(text):
        yield Piece(found[0], start + found.start())


def text_of(piece: Piece) -> str:
    """Return a value without its quotes.

    Raises:
        BadQuery: there is nothing between them.
    """
    text = ESCAPED.sub(r"\1", piece.text[1:-1]) if piece.text.startswith('"') else piece.text
    if not text.strip():
        raise piece.refusal(N_("There is nothing between the quotes."))
    return text


def code(piece: Piece, codes: Mapping[str, str], *, later: Collection[str] = ()) -> str:
    """Return the code that was typed, in any case, with `-` or `_`.

    Raises:
        BadQuery: there is no such code, or nothing answers it yet.
    """
    word = text_of(piece)
    key = re.sub(r"[-\s]+", "_", word.strip().casefold())
    if key in codes:
        return codes[key]
    if key in later:
        raise piece.refusal(N_("{word} is not available yet."), word=word)
    meant = suggestion(key, codes)
    if meant:
        raise piece.refusal(
            N_("There is no {word} here: did you mean {suggestion}?"), word=word, suggestion=meant
        )
    raise piece.refusal(
        N_("There is no {word} here. There are: {codes}."),
        word=word,
        suggestion="",
        codes=", ".join(sorted(set(codes.values()))),
    )


def read(asked: Field, op: Op, piece: Piece) -> Value:
    """Return the value that a field compares with.

    Raises:
        BadQuery: the field does not compare like that, or not with such a value.
    """
    compares = asked.shape in NUMBERS | INSTANTS
    if (op is Op.HAS and asked.shape not in PATTERNS) or (op not in (Op.IS, Op.HAS) and not compares):
        raise piece.refusal(N_("{field} does not compare with {op}."), field=asked.name, op=op.value)
    special = _special(asked, piece)
    if special is not None:
        if op is not Op.IS:
            raise piece.refusal(N_("{field} does not compare with {op}."), field=asked.name, op=op.value)
        return special
    if compares:
        return _compared(asked, op, piece)
    if asked.shape is Shape.CODE:
        return code(piece, asked.codes)
    if asked.shape is Shape.LINKS:
        return _number(piece)
    text = text_of(piece)
    return text.casefold() if asked.shape is Shape.LOGIN or asked.shape in SETS else text


def _special(asked: Field, piece: Piece) -> Special | None:
    found = next((special for special in Special if special.value == piece.text.casefold()), None)
    if found in SPECIALS[asked.shape]:
        return found
    if found is Special.MINE and asked.shape is Shape.LOGIN:
        raise piece.refusal(
            N_("{word} means your teams: did you mean {suggestion}?"), word="mine", suggestion="team:mine"
        )
    if found is Special.ME and asked.shape is Shape.TEAM:
        raise piece.refusal(
            N_("{word} means you: did you mean {suggestion}?"), word="me", suggestion="assignee:me"
        )
    return None


def _number(piece: Piece) -> str:
    text = text_of(piece).upper()
    if not re.fullmatch(r"[A-Z]{2,4}-[0-9]{1,18}", text):
        raise piece.refusal(N_("{word} is no number of a record."), word=text)
    return text


def _compared(asked: Field, op: Op, piece: Piece) -> Value:
    text = text_of(piece)
    if ".." not in text:
        point = _point(asked, piece, text)
        if op is Op.IS and isinstance(point, int) and asked.most and not 1 <= point <= asked.most:
            raise piece.refusal(N_("{field} goes from 1 to {most}."), field=asked.name, most=asked.most)
        return point
    if op is not Op.IS:
        raise piece.refusal(N_("A range stands after a plain colon."))
    low, high = (_point(asked, piece, end) if end else None for end in text.split("..", 1))
    if low is None and high is None:
        raise piece.refusal(N_("A range needs at least one end."))
    if low is not None and high is not None and type(low) is not type(high):
        raise piece.refusal(N_("The ends of a range are of one kind."))
    return Range(low, high)


def _point(asked: Field, piece: Piece, text: str) -> Point:
    text = text.casefold()
    if asked.shape in NUMBERS:
        if text in asked.words:
            return asked.words[text]
        digits = text.removeprefix("p") if asked.shape is Shape.RANK else text
        if not re.fullmatch(r"[0-9]+", digits) or len(digits) > MOST_DIGITS:
            if asked.words:
                raise piece.refusal(
                    N_("{field} compares with a number, or {words}."),
                    field=asked.name,
                    words=", ".join(asked.words),
                )
            raise piece.refusal(N_("{field} compares with a number."), field=asked.name)
        return int(digits)
    if text == "0":
        return timedelta()
    if DURATION.fullmatch(text):
        return _duration(piece, text)
    if text in DATE_WORDS or text[:4].isdecimal():
        return _date(piece, text)
    if text in WEEKDAYS_IN_FULL:
        return Date(text[:3])
    raise piece.refusal(
        N_("{field} compares with a duration (2h, 3d) or a date (today, fri, 2026-06-02)."), field=asked.name
    )


def _duration(piece: Piece, text: str) -> timedelta:
    length = sum((int(count) * UNITS[unit] for count, unit in STEP.findall(text)), timedelta())
    if length > LONGEST:
        raise piece.refusal(N_("{word} is too long."), word=text)
    return -length if text.startswith("-") else length


def _date(piece: Piece, text: str) -> Date:
    try:
        period(text.upper() if "t" in text and text[0].isdecimal() else text, _ANY_DAY, ahead=True)
    except ValueError:
        raise piece.refusal(N_("There is no date {word}."), word=text) from None
    return Date(text.upper() if text[0].isdecimal() else text)
