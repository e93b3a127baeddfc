"""Records of a CSV file that nobody vouches for: read one by one, in bounded memory, whatever is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from deskterm.i18n import _

LINE_BYTES = 65_536
"""Longer lines are refused unread."""
RECORD_LINES = 50
"""A quoted field may go on over so many lines; a quote that never closes must not swallow the file."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Record(NamedTuple):
    """The fields of a record."""

    line: int
    """Where it begins, from 1."""
    end: int
    """Its last line."""
    fields: list[str]


class Unreadable(NamedTuple):
    """A line that is no record."""

    line: int
    end: int
    reason: str


def records(
    file: BinaryIO, *, separator: str = ",", encoding: str = "utf-8", after: int = 0
) -> Iterator[Record | Unreadable]:
    """Yield the records of a CSV file that begin after a line; blank lines are none.

    Args:
        encoding: one in which separators, quotes and line ends are what they are in ASCII.
    """
    lines = _Lines(file)
    for number, raw in lines:
        if number <= after or not raw.strip():
            continue
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            reason = _("The line is not {encoding}.").format(encoding=encoding.upper())
            yield Unreadable(number, number, reason)
            continue
        if len(raw) > LINE_BYTES:
            yield Unreadable(number, number, _("The line is too long."))
        elif '"' in text:
            yield _quoted(lines, number, text, separator, encoding)
        else:
            yield Record(number, number, text.rstrip("\r\n").split(separator))


class _Lines:
    """A file's lines with their numbers; the rest of one that is too long is read past."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.number = 0
        self.returned: list[bytes] = []
        """Lines that were looked at in vain, the next one last."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while line := self.next():
            yield self.number, line

    def next(self) -> bytes:
        """Return the next line with its end, empty at the end of the file."""
        line = self.returned.pop() if self.returned else self._read()
        self.number += bool(line)
        return line

    def give_back(self, lines: list[bytes]) -> None:
        """Have lines read again."""
        self.returned += reversed(lines)
        self.number -= len(lines)

    def _read(self) -> bytes:
        line = self.file.readline(LINE_BYTES + 1)
        rest = line
        while len(rest) > LINE_BYTES and not rest.endswith(b"\n"):
            rest = self.file.readline(LINE_BYTES + 1)
        if len(line) > LINE_BYTES:  # cut where a character may be: only its length matters from here on
            return b"?" * len(line)
        return line.removeprefix(BYTE_ORDER_MARK) if self.number == 0 else line


def _quoted(lines: _Lines, number: int, text: str, separator: str, encoding: str) -> Record | Unreadable:
    """Read a record in which something is quoted, over as many lines as the quote lasts."""
    taken: list[bytes] = []
    try:
        while text.count('"') % 2:
            line = lines.next()
            if not line or len(taken) == RECORD_LINES:
                taken += [line] if line else []
                lines.give_back(taken)
                return Unreadable(number, number, _("A quote never closes."))
            taken.append(line)
            text += line.decode(encoding)
        fields = next(csv.reader(text.splitlines(keepends=True), strict=True, delimiter=separator))
    except UnicodeDecodeError:
        lines.give_back(taken)
        return Unreadable(number, number, _("A quote never closes."))
    except csv.Error as error:
        lines.give_back(taken)
        reason = _("The line is not CSV: {reason}").format(reason=error)
        return Unreadable(number, number, reason)
    return Record(number, number + len(taken), fields)
