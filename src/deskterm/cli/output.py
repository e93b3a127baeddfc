"""What is printed: values as text, JSON, CSV or a table, all of it plain."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from itertools import chain
from typing import Any

from deskterm.text import plain

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that make a spreadsheet run a cell (CSV injection)."""
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
WIDEST = 48
"""No column but the last is wider, in terminal cells."""
GAP = "  "


def say(text: str = "") -> None:
    """Print a line, or several, of text that may come from outside."""
    print(plain(text))


def json_value(value: Any) -> Any:
    """Return a value as JSON keeps it: codes, plain strings, instants in UTC to the second."""
    match value:
        case Enum():
            return value.value
        case str():
            return plain(value)
        case datetime():
            return None if value.year == 9999 else value.astimezone(UTC).strftime(MOMENT)
        case Mapping():
            return {plain(str(key)): json_value(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [json_value(inner) for inner in value]
        case _:
            return value


def print_json(value: Any) -> None:
    """Print a value as JSON: one line for each record of an array."""
    if not isinstance(value, list):
        print(json.dumps(json_value(value), ensure_ascii=False, indent=2))
        return
    lines = (json.dumps(json_value(record), ensure_ascii=False) for record in value)
    print("[\n" + ",\n".join(lines) + "\n]" if value else "[]")


def cell(value: Any) -> str:
    """Return a value as one line of text; empty where there is none."""
    kept = json_value(value)
    if isinstance(kept, bool):
        return "yes" if kept else ""
    if isinstance(kept, list):
        return " ".join(map(str, kept))
    return "" if kept is None else plain(str(kept), one_line=True)


def print_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print CSV that no spreadsheet mistakes for formulas."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([guarded(value) for value in row] for row in rows)


def guarded(value: Any) -> str:
    """Return a CSV cell; what a spreadsheet would run gets an apostrophe in front."""
    kept = json_value(value)
    text = cell(value) if not isinstance(kept, str) else kept
    return f"'{text}" if text.startswith(FORMULA) else text


def print_tabs(rows: Iterable[Sequence[Any]]) -> None:
    """Print values separated by tabs, a line each, for other programs."""
    for row in rows:
        print("\t".join(map(cell, row)))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns; on a terminal no line is longer than it is wide."""
    lines = [[cell(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*chain([heads], lines), strict=True)]
    widths = [min(each, WIDEST) for each in widths[:-1]] + [0]
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in chain([list(heads)], lines):
        shown = [padded(text, each) for text, each in zip(line, widths, strict=True)]
        text = GAP.join(shown).rstrip()
        print(cut(text, limit) if limit else text)


def width(text: str) -> int:
    """Return how many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def cut(text: str, most: int) -> str:
    """Return as much of a text as fits into so many cells."""
    if width(text) <= most:
        return text
    used = 0
    for place, sign in enumerate(text):
        used += _width(sign)
        if used > most - 1:
            return text[:place] + "…"
    return text


def padded(text: str, most: int) -> str:
    """Return a text cut or filled to so many cells; 0 leaves it as it is."""
    if not most:
        return text
    shown = cut(text, most)
    return shown + " " * (most - width(shown))
