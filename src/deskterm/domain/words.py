"""The tokens that full-text search finds: words for alphabetic scripts, characters and pairs for CJK.

Both databases and the predicate use these tokens, so that they find the same. A trigram index would miss
words of two characters, such as 数据 in the middle of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

TOKEN_LENGTH = 64
"""Longer runs of letters are cut: nobody types them, and an index entry has a limit."""

CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u30ff\u3105-\u312f"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts written without spaces: Han, kana, bopomofo. Korean separates its words."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_ASCII_RUN = re.compile("[a-z0-9]+")


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order: words, and each CJK character followed by its pair.

    Upper and lower case, full and half width, and accents on Latin, Greek and Cyrillic letters are one.
    """
    return [token for run, is_cjk in _runs(text) for token in (_pieces(run) if is_cjk else (run,))]


def sought(text: str) -> list[str]:
    """Return the tokens that a text must hold for a typed word to be found in it, each as a beginning.

    A CJK word asks for its pairs alone: they imply its characters.
    """
    return [token for run, is_cjk in _runs(text) for token in (_pairs(run) if is_cjk else (run,))]


def holds(found: Iterable[str], wanted: Iterable[str]) -> bool:
    """Return whether every wanted token begins one of those found."""
    present = tuple(found)
    return all(any(token.startswith(word) for token in present) for word in wanted)


def _runs(text: str) -> list[tuple[str, bool]]:
    """Return the runs of letters and digits, and whether each is CJK."""
    if text.isascii():
        return [(run[:TOKEN_LENGTH], False) for run in _ASCII_RUN.findall(text.lower())]
    return [
        (found[0], True) if found[1] else (found[0][:TOKEN_LENGTH], False)
        for found in _any_run().finditer(_folded(text))
    ]


@cache
def _any_run() -> re.Pattern[str]:
    """Return the pattern of runs in any script; compiling it takes 10 ms, which plain English never pays."""
    return re.compile(f"([{CJK}]+)|(?:(?![{CJK}_])\\w)+")


def _folded(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", bare)


def _pieces(run: str) -> list[str]:
    pairs = (piece for place, character in enumerate(run) for piece in (character, run[place : place + 2]))
    return list(pairs)[:-1]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]
