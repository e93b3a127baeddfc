"""Whether an SQLite database was written to, asked of the file system instead of the database."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Engine

SETTLED_NS = 1_000_000_000
"""How long a file may be written to again without a later date, and a commit take that is in it already."""


class FileWatch:
    """Tells whether somebody may have written since this was asked last.

    Whoever commits writes to the write-ahead log. Asking takes a tenth of the time of a query that finds
    nothing new, and consoles ask four times a second. Other databases may always have been written to.
    """

    def __init__(self, engine: Engine) -> None:
        file = engine.url.database if engine.dialect.name == "sqlite" else None
        self._log = Path(f"{file}-wal") if file else None
        self._seen: tuple[int, int] | None = None
        """Date of the log's last change in nanoseconds, and its size."""
        self._is_settled = False

    def has_changed(self) -> bool:
        """Look at the log; true as well where the last look came too soon after a change to tell the next."""
        looked_at = time.time_ns()
        before, was_settled = self._seen, self._is_settled
        self._seen = self._look()
        self._is_settled = self._seen is not None and self._seen[0] < looked_at - SETTLED_NS
        return not was_settled or self._seen != before

    def _look(self) -> tuple[int, int] | None:
        if self._log is None:
            return None
        try:
            status = self._log.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_size
