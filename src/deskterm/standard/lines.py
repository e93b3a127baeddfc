"""Where each key of a TOML text stands: `tomllib` reads values and forgets their lines."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""The way to a value: names of tables and keys, positions in arrays."""

BLANK = re.compile(r"(?:\s|#[^\n]*)*")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every table, key and array item of a text that `tomllib` accepts."""
    return _Scanner(text).scan()


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest thing around it when it is missing."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


class _Scanner:
    """A walk over valid TOML that notes lines and leaves values alone."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {(): 1}
        self.lengths: Counter[Path] = Counter()
        """How many tables each array of tables has so far."""

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self.blank()
        while self.at < len(self.text):
            if self.take("["):
                table = self.header(of_array=self.take("["))
            else:
                self.pair(table)
            self.blank()
        return self.lines

    def header(self, *, of_array: bool) -> Path:
        here = self.at
        *parents, last = self.key()
        path: Path = ()
        for name in parents:
            path = self.note((*path, name), here)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        path = self.note((*path, last), here)
        if of_array:
            self.lengths[path] += 1
            path = self.note((*path, self.lengths[path] - 1), here)
        while self.take("]"):
            pass
        return path

    def pair(self, table: Path) -> None:
        here = self.at
        path = table
        for name in self.key():
            path = self.note((*path, name), here)
        self.take("=")
        self.value(path)

    def value(self, path: Path) -> None:
        self.blank()
        if self.take("["):
            position = 0
            while not self.take("]"):
                self.value(self.note((*path, position), self.at))
                position += 1
                self.take(",")
        elif self.take("{"):
            while not self.take("}"):
                self.pair(path)
                self.take(",")
        else:
            found = STRING.match(self.text, self.at) or SCALAR.match(self.text, self.at)
            assert found is not None
            self.at = found.end()

    def key(self) -> list[str]:
        names: list[str] = []
        while not names or self.take("."):
            self.blank()
            found = STRING.match(self.text, self.at) or BARE_KEY.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            names.append(next(iter(tomllib.loads(f"{found[0]} = 0"))))
        return names

    def take(self, sign: str) -> bool:
        """Step over blanks and one sign, if it comes next."""
        self.blank()
        if taken := self.text.startswith(sign, self.at):
            self.at += len(sign)
        return taken

    def blank(self) -> None:
        found = BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def note(self, path: Path, at: int) -> Path:
        self.lines.setdefault(path, bisect_right(self.breaks, at) + 1)
        return path
