"""Logs: a line of JSON for each event, in ASCII, so that nothing in them steers what they are read with."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """Writes when, how bad, where, what, and a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of ASCII."""
        written = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            written["traceback"] = self.formatException(record.exc_info)
        return json.dumps(written)


class ErrorStream(logging.Handler):
    """Writes to whatever the error stream is by then: a console's screen is not written over."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless it tells whoever sits at a terminal what they are told in a sentence."""
        if getattr(record, "told", False) and sys.stderr.isatty():
            return
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


def set_up() -> None:
    """Log warnings and worse as JSON; whoever set logs up before keeps what they set."""
    handler = ErrorStream()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
