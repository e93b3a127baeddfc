"""Text patterns of the filter language, written so that Python and PostgreSQL read them alike.

What people type as `/…/` is a subset of regular expressions in which no pattern takes exponential time.
"""

from __future__ import annotations

import re

TYPED_LENGTH = 100
MOST_WIDE = 2
"""Unbounded or counted repeats in one typed pattern: each multiplies the time by the text's length."""
MOST_CHOICES = 4
"""Repeats, options and groups together."""
SEARCHED_LENGTH = 400
"""How much of a text typed patterns look at: with two repeats the time grows with its cube."""

_FLAGS = "(?is)"
_PIECE = re.compile(
    r"""
    (?P<class> \[\^?(?:\\[dws] | \\[^\w\s] | [^\[\]\\&|~-](?:-[^\[\]\\&|~-])?)+\] )
  | (?P<escape> \\(?:[dwsDWS] | [^\w\s]) )
  | (?P<wide> [*+] | \{\d{1,2}(?:,\d{0,2})?\} )
  | (?P<option> \? )
  | (?P<open> \( (?!\?) )
  | (?P<rest> [).|^$] )
  | (?P<letter> [^\\\[\]{}()*+?.|^$] )
    """,
    re.VERBOSE,
)
_ANCHORS = {"^": r"\A", "$": r"\Z"}


def containing(text: str) -> str:
    """Return the pattern of texts that contain this one, however it is capitalised and spaced."""
    return _FLAGS + r"\s+".join(_literal(part) for part in text.split())


def naming(text: str) -> str:
    """Return the pattern of a whole name; `*` stands for anything."""
    return rf"{_FLAGS}\A{_starred(text.strip())}\Z"


def below(path: str) -> str:
    """Return the pattern of a category path and of all below it: `network` takes `Network / VPN`."""
    steps = r"\s*/\s*".join(_starred(step.strip()) for step in path.split("/"))
    return rf"{_FLAGS}\A{steps}(\s*/.*)?\Z"


def typed(text: str) -> str:
    """Return the pattern that somebody typed between slashes.

    Raises:
        ValueError: it is no pattern of the subset, or has more repeats and groups than `MOST_…` allow.
    """
    if len(text) > TYPED_LENGTH:
        raise ValueError(text)
    pieces = list(_pieces(text))
    kinds = [kind for kind, _ in pieces]
    if (
        kinds.count("wide") > MOST_WIDE
        or sum(kind in ("wide", "option", "open") for kind in kinds) > MOST_CHOICES
    ):
        raise ValueError(text)
    if any(
        kind == "wide" and before == ")" for (kind, _), (_, before) in zip(pieces[1:], pieces, strict=False)
    ):
        raise ValueError(text)
    pattern = _FLAGS + "".join(
        _literal(piece) if kind == "letter" else _ANCHORS.get(piece, piece) for kind, piece in pieces
    )
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(text) from error
    return pattern


def _pieces(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None or (
            piece.lastgroup in ("wide", "option") and found and found[-1][0] in ("wide", "option")
        ):
            raise ValueError(text)
        found.append((piece.lastgroup or "", piece[0]))
        place = piece.end()
    return found


def _starred(text: str) -> str:
    return ".*".join(_literal(part) for part in re.split(r"\*+", text))


def _literal(text: str) -> str:
    """Escape a text, with both cases of letters that a database in the C locale would not fold."""
    return "".join(re.escape(letter) if letter.isascii() else _both_cases(letter) for letter in text)


def _both_cases(letter: str) -> str:
    forms = {form for form in (letter, letter.lower(), letter.upper()) if len(form) == 1}
    return f"[{''.join(sorted(forms))}]" if len(forms) > 1 else letter
