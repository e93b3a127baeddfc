"""Processes that import a log until they are killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.failpoints import VARIABLE, Failpoint
from deskterm.importers import mapped_log
from tests.logs import ZONE, import_log, import_problems

CHUNK_TICKETS = 130
CHUNK_PROBLEMS = 3
"""So few that there are many places to be killed at."""


def bring(url: str, file: Path, rejects: Path, at: datetime, dies_at: Failpoint | None = None) -> None:
    """Import a log of tickets, and die at the first chunk if a failpoint is named."""
    _bring(import_log, CHUNK_TICKETS, url, at, dies_at, file=file, zone=ZONE, rejects=rejects)


def bring_problems(
    url: str, file: Path, rejects: Path, at: datetime, dies_at: Failpoint | None = None
) -> None:
    """Import a log of problems, and die at the first chunk if a failpoint is named."""
    _bring(import_problems, CHUNK_PROBLEMS, url, at, dies_at, file=file, rejects=rejects)


def _bring(
    importing: Callable[..., object],
    chunk: int,
    url: str,
    at: datetime,
    dies_at: Failpoint | None,
    **options: Any,
) -> None:
    if dies_at is not None:
        os.environ[VARIABLE] = dies_at
    mapped_log.CHUNK_RECORDS = chunk
    importing(Desk.open(url, clock=StoppedClock(at)), **options)
