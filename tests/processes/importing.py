"""A process that imports a log until it is killed."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.failpoints import VARIABLE, Failpoint
from deskterm.importers import servicenow
from tests.logs import ZONE

CHUNK_TICKETS = 130
"""So few that there are many places to be killed at."""


def bring(url: str, file: Path, rejects: Path, at: datetime, dies_at: Failpoint | None = None) -> None:
    """Import a log, and die at the first chunk if a failpoint is named."""
    if dies_at is not None:
        os.environ[VARIABLE] = dies_at
    servicenow.CHUNK_TICKETS = CHUNK_TICKETS
    servicenow.import_log(Desk.open(url, clock=StoppedClock(at)), file, zone=ZONE, rejects=rejects)
