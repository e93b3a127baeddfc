"""Text → filter: the grammar's tree becomes conditions, and every refusal names its spot.

Lark is imported, and the grammar built, by the first filter that is not empty: together about 80 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from deskterm.domain import patterns
from deskterm.domain.errors import BadQuery
from deskterm.domain.fields import (
    CALLED,
    COLUMNS,
    DIRECTIVES,
    LATER,
    SORTS,
    STATES_CALLED,
    suggestion,
)
from deskterm.domain.query import (
    EVERYTHING,
    Condition,
    Has,
    Is,
    Number,
    Op,
    Phrase,
    Query,
    Regex,
    Sort,
    Term,
    Words,
    both,
    either,
    negation,
)
from deskterm.domain.ticket import key_of
from deskterm.i18n import N_
from deskterm.query.values import Piece, code, read, split, text_of

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

GRAMMAR = Path(__file__).with_name("grammar.lark")
LONGEST = 1000
"""Characters of a filter."""
DEEPEST = 20
"""Brackets of a filter."""

QUOTED_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[()]', re.DOTALL)
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no database takes or no keyboard sends."""

NAMES: Mapping[str, object] = dict.fromkeys((*CALLED, *DIRECTIVES, "is", "has", "no"))
"""Every word that may stand before a colon."""

RECORDS = {"PRB": "problem", "CHG": "change"}
"""Prefixes of the records that are no tickets."""
NOT_YET = N_("{word}: is not available yet.")


def parse(text: str) -> Query:
    """Read a filter.

    Raises:
        BadQuery: it does not parse; `start` and `end` are the spot, `details["suggestion"]` what was
            probably meant, where something was.
    """
    if not text.strip():
        return Query()
    _check(text)
    from lark.exceptions import UnexpectedInput

    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        raise _refusal(text, error) from None
    condition, directives = _read(tree.children[0])  # type: ignore[arg-type]  # start holds no token
    return Query(
        condition=EVERYTHING if condition is None else condition,
        sort=tuple(step for directive in directives for step in directive.sort),
        columns=tuple(name for directive in directives for name in directive.columns),
        views=tuple(name for directive in directives for name in directive.views),
    )


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise BadQuery(
            N_("The filter is too long: {most} characters at most."),
            start=LONGEST,
            end=len(text),
            most=LONGEST,
        )
    if text.count("(") > DEEPEST:
        start = [place for place, character in enumerate(text) if character == "("][DEEPEST]
        raise BadQuery(N_("Too many brackets: {most} at most."), start=start, end=start + 1, most=DEEPEST)
    odd = UNREADABLE.search(text)
    if odd is not None:
        raise BadQuery(
            N_("There is a character here that can't be searched for."), start=odd.start(), end=odd.end()
        )


@cache
def _grammar() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=True)


def _refusal(text: str, error: UnexpectedInput) -> BadQuery:
    start = error.pos_in_stream or 0
    if getattr(getattr(error, "token", None), "type", "") == "$END":
        spot = {"start": len(text.rstrip()) - 1, "end": len(text.rstrip())}
        opened = _left_open(text)
        if opened is not None:
            return BadQuery(N_("A bracket is not closed: character {place}."), **spot, place=opened + 1)
        return BadQuery(N_("Something is missing at the end."), **spot)
    if text[start] == '"':
        return BadQuery(N_("The quote is not closed."), start=start, end=len(text))
    if text[start] == ")":
        return BadQuery(
            N_("A bracket closes here that is empty or that nothing opened."), start=start, end=start + 1
        )
    word = text[start:].split()[0]
    return _misplaced(word, start)


def _left_open(text: str) -> int | None:
    """Return where the last bracket stands that nothing closes, None where all are closed."""
    opened: list[int] = []
    for found in QUOTED_OR_BRACKET.finditer(text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _misplaced(word: str, start: int) -> BadQuery:
    return BadQuery(N_("“{word}” does not fit here."), start=start, end=start + len(word), word=word)


@dataclass(frozen=True, slots=True)
class _Directive:
    """What is no condition: an order, columns, views."""

    sort: tuple[Sort, ...] = ()
    columns: tuple[str, ...] = ()
    views: tuple[str, ...] = ()

    def reversed(self) -> _Directive:
        """Return the directive after a minus, which turns an order around."""
        return _Directive(
            tuple(Sort(step.field, not step.descending) for step in self.sort), self.columns, self.views
        )


_Part: TypeAlias = tuple[Condition | None, tuple[_Directive, ...]]


def _read(tree: Tree[Any] | None) -> _Part:
    if tree is None:
        return None, ()
    if tree.data in ("both", "either"):
        parts = [_read(child) for child in tree.children]
        conditions = [condition for condition, _ in parts if condition is not None]
        directives = tuple(directive for _, found in parts for directive in found)
        join = both if tree.data == "both" else either
        return (join(conditions) if conditions else None), directives
    if tree.data == "negated":
        *minuses, atom = tree.children
        condition, directives = _read(atom)
        if len(minuses) % 2 == 0:
            return condition, directives
        return (
            None if condition is None else negation(condition),
            tuple(directive.reversed() for directive in directives),
        )
    found = _atom(tree.data, tree.children)
    return (None, (found,)) if isinstance(found, _Directive) else (found, ())


def _atom(kind: str, parts: list[Any]) -> Condition | _Directive:
    token: Token = parts[0]
    start, end = token.start_pos or 0, token.end_pos or 0
    match kind:
        case "term":
            return _term(str(token), start, list(split(parts[1], parts[1].start_pos or 0)))
        case "tag":
            return Term("tag", Op.IS, (token[1:].casefold(),))
        case "number":
            return _numbered(str(token).upper())
        case "phrase":
            return Phrase(text_of(Piece(str(token), start)))
        case "regex":
            return Regex(_pattern(token[1:-1], start, end))
        case _:
            return Words(_word(str(token), start, end))


def _numbered(number: str) -> Condition:
    """Return what a number takes: the record itself; of a problem or change also what is linked to it."""
    record = RECORDS.get(number[:3])
    if record is None:
        return Number(key_of(number))
    return either((Number(int(number[4:]), record), Term("linked", Op.IS, (number,))))


def _pattern(text: str, start: int, end: int) -> str:
    try:
        patterns.typed(text)
    except ValueError:
        raise BadQuery(
            N_(
                "This pattern can't be searched for: at most two repeats, no repeated groups, nothing exotic."
            ),
            start=start,
            end=end,
        ) from None
    return text


def _word(word: str, start: int, end: int) -> str:
    if word in ("AND", "OR"):
        raise _misplaced(word, start)
    if word.endswith(":") and word[:-1].casefold() in NAMES:
        raise BadQuery(N_("{word} needs a value right after it."), start=start, end=end, word=word)
    return word


def _term(head: str, start: int, pieces: list[Piece]) -> Condition | _Directive:
    name, op, negative = _head(head)
    spot = {"start": start, "end": start + len(name)}
    key = name.casefold()
    if key not in NAMES:
        if key in LATER:
            raise BadQuery(NOT_YET, **spot, word=key)
        raise _unknown(name, **spot)
    if key in CALLED:
        asked = CALLED[key]
        condition: Condition = Term(asked.name, op, tuple(read(asked, op, piece) for piece in pieces))
    elif op is not Op.IS:
        raise BadQuery(N_("{word}: does not compare."), **spot, word=key)
    elif key in DIRECTIVES:
        return _directive(key, pieces)
    elif key == "is":
        condition = either(Is(code(piece, STATES_CALLED, later=LATER)) for piece in pieces)
    else:
        condition = either(_has(piece) for piece in pieces)
        negative ^= key == "no"
    return negation(condition) if negative else condition


def _head(token: str) -> tuple[str, Op, bool]:
    """Split `prio:<=` into the name, the comparison and whether it is denied (`!=`)."""
    found = re.fullmatch(r"([\w-]+)(.*)", token)
    assert found is not None  # the grammar's FIELD
    sign = found[2].removeprefix(":") or ":"
    if sign in ("=", "!="):
        return found[1], Op.IS, sign == "!="
    return found[1], Op(sign), False


def _unknown(name: str, *, start: int, end: int) -> BadQuery:
    meant = suggestion(name, NAMES)
    if meant:
        return BadQuery(
            N_("There is no field {word}: did you mean {suggestion}? Quote it to search for the words."),
            start=start,
            end=end,
            word=name,
            suggestion=meant,
        )
    return BadQuery(
        N_("There is no field {word}. Quote it to search for the words."),
        start=start,
        end=end,
        word=name,
        suggestion="",
    )


def _has(piece: Piece) -> Has:
    return Has(code(piece, {name: asked.name for name, asked in CALLED.items()}, later=LATER))


def _directive(key: str, pieces: Iterable[Piece]) -> _Directive:
    if key == "view":
        return _Directive(views=tuple(text_of(piece) for piece in pieces))
    if key == "cols":
        return _Directive(columns=tuple(code(piece, COLUMNS, later=LATER) for piece in pieces))
    return _Directive(sort=tuple(_sorts(pieces)))


def _sorts(pieces: Iterable[Piece]) -> Iterator[Sort]:
    for piece in pieces:
        descending = piece.text.startswith("-")
        name = Piece(piece.text[1:], piece.start + 1) if descending else piece
        yield Sort(code(name, SORTS, later=LATER), descending)
