"""Named places where a test may kill the process, one at every durable step."""

from __future__ import annotations

import os
import signal
from enum import StrEnum

VARIABLE = "DESKTERM_FAILPOINT"


class Failpoint(StrEnum):
    """Every durable step; a chaos test walks through all of them."""

    TRANSACTION_BEGUN = "transaction.begun"
    TRANSACTION_WRITTEN = "transaction.written"
    TRANSACTION_COMMITTED = "transaction.committed"
    SWEEP_CLAIMED = "sweep.claimed"
    SWEEP_WRITTEN = "sweep.written"
    SWEEP_COMMITTED = "sweep.committed"
    TIMER_CLAIMED = "timer.claimed"
    TIMER_COMMITTED = "timer.committed"
    IMPORT_CHUNK_WRITTEN = "import.chunk_written"
    IMPORT_CHUNK_COMMITTED = "import.chunk_committed"
    OUTBOX_SPOOLED = "outbox.spooled"
    OUTBOX_MARKED = "outbox.marked"


def failpoint(point: Failpoint) -> None:
    """Die here, as by kill -9, if `DESKTERM_FAILPOINT` names this point."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
