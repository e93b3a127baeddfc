"""A view as a CSV file that no spreadsheet mistakes for formulas."""

from __future__ import annotations

import csv
import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskterm.domain.errors import BadInput
from deskterm.text import plain

if TYPE_CHECKING:
    from deskterm.reads.listing import Listing

MOST = 50_000
FIELDS = (
    "number", "kind", "status", "priority", "summary", "assignee", "team", "caller", "service",
    "opened_at", "updated_at", "sla_due_at", "sla_breached",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that make a spreadsheet run a cell."""


def write(listing: Listing, file: Path) -> int:
    """Write a view to a new file that only its owner reads, and return how many tickets it has.

    Raises:
        BadInput: the file is there already, or cannot be written.
    """
    from deskterm.reads import queue

    rows = queue.page(listing.desk, listing.query, by=listing.by, limit=MOST)
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(field=str(file), reason=error.strerror) from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([_cell(getattr(row, name)) for name in FIELDS] for row in rows)
    return len(rows)


def _cell(value: Any) -> str:
    if hasattr(value, "year"):
        return "" if value.year == 9999 else f"{value:%Y-%m-%dT%H:%M:%SZ}"
    text = (
        "" if value is None else plain(str(value.value if isinstance(value, Enum) else value), one_line=True)
    )
    return f"'{text}" if text.startswith(FORMULA) else text
