"""The file of rows that could not be taken: line, number, reason."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from deskterm.services.imports import Rejected
from deskterm.text import plain

HEADER = ("line", "number", "reason")
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would calculate; such a cell gets an apostrophe."""


class Rejects:
    """The file of rejects; made with the first one.

    It is on the disk before its chunk commits, and what a killed import had written ahead of its
    checkpoint is cut off when it goes on: each reject is in it once.
    """

    def __init__(self, path: Path, *, until_line: int = 0) -> None:
        """Begin the file, or go on with it.

        Args:
            path: where it is or shall be.
            until_line: the last line that an earlier run had done; rejects up to it are kept.
        """
        self.path = path
        self.kept = _bytes_until(path, until_line) if until_line else 0
        """How many bytes of the file are settled."""
        self.end = self.kept
        if not until_line:
            path.unlink(missing_ok=True)

    def put(self, rejected: Iterable[Rejected]) -> None:
        """Write what a chunk rejects, in place of what was written since `keep`."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows((row.line, _cell(row.number), _cell(row.reason)) for row in rejected)
        body = text.getvalue()
        if not body and self.end == self.kept:
            return
        if not self.kept:
            body = ",".join(HEADER) + "\n" + body
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.truncate(self.kept)
            file.seek(self.kept)
            file.write(body.encode())
            self.end = file.tell()
            file.flush()
            os.fsync(file.fileno())

    def keep(self) -> None:
        """Settle what was put: its chunk is committed."""
        self.kept = self.end


def _cell(text: str) -> str:
    shown = plain(text, one_line=True)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _bytes_until(path: Path, line: int) -> int:
    """Return how much of a file of rejects is about lines up to one."""
    if not path.exists():
        return 0
    size = 0
    with path.open("rb") as file:
        for row in file:
            number = row.split(b",", 1)[0]
            if number.isdigit() and int(number) > line:
                break
            size += len(row)
    return size
