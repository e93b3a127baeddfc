"""The tokens that full-text search finds: words for alphabetic scripts, characters and pairs for CJK.

Both databases and the predicate use these tokens, so that they find the same. A trigram index would miss
words of two characters, such as 数据 in the middle of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

TOKEN_LENGTH = 64
"""Longer runs of letters are cut: nobody types them, and an index entry has a limit."""

CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u30ff\u3105-\u312f"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts written without spaces: Han, kana, bopomofo. Korean separates its words."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_RUN = re.compile(f"[{CJK}]+|(?:(?![{CJK}_])\\w)+")
_CJK = re.compile(f"[{CJK}]")


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order: words, and each CJK character followed by its pair.

    Upper and lower case, full and half width, and accents on Latin, Greek and Cyrillic letters are one.
    """
    return [token for run in _runs(text) for token in (_pieces(run) if _CJK.match(run) else [run])]


def sought(text: str) -> list[str]:
    """Return the tokens that a text must hold for a typed word to be found in it, each as a beginning.

    A CJK word asks for its pairs alone: they imply its characters.
    """
    return [token for run in _runs(text) for token in (_pairs(run) if _CJK.match(run) else [run])]


def holds(found: Iterable[str], wanted: Iterable[str]) -> bool:
    """Return whether every wanted token begins one of those found."""
    present = tuple(found)
    return all(any(token.startswith(word) for token in present) for word in wanted)


def _runs(text: str) -> list[str]:
    folded = text.casefold() if text.isascii() else _folded(text)
    return [run if _CJK.match(run) else run[:TOKEN_LENGTH] for run in _RUN.findall(folded)]


def _folded(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", bare)


def _pieces(run: str) -> list[str]:
    return [piece for place, character in enumerate(run) for piece in (character, run[place : place + 2])][
        :-1
    ]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]
