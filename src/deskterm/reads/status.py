"""How the desk itself is: who sweeps, whether mail can leave, whether it rehearses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from deskterm.desk import FACTS, Desk
from deskterm.storage.tables import Heartbeat, Outgoing
from deskterm.storage.tables.conversation import OutgoingState

QUIET = timedelta(seconds=10)
"""After this long without a sweep, nobody sweeps."""

LAST_SWEEP = select(func.max(col(Heartbeat.swept_at)))
LAST_WORKER = LAST_SWEEP.where(col(Heartbeat.worker))
WAITING = select(func.count()).select_from(Outgoing).where(col(Outgoing.state) == OutgoingState.WAITING)


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """How the desk is at an instant."""

    now: datetime
    swept_at: datetime | None
    """When anybody last swept; None for never."""
    worker_at: datetime | None
    """When a worker last swept; None for never."""
    mail_waiting: int
    facts: dict[str, str]
    """What is true of this desk: its name, `go_live`, `rehearsal`."""

    @property
    def is_swept(self) -> bool:
        """Whether somebody swept lately, so that clocks alert."""
        return self.swept_at is not None and self.now - self.swept_at <= QUIET * self.speed

    @property
    def has_worker(self) -> bool:
        """Whether a worker runs, so that mail leaves."""
        return self.worker_at is not None and self.now - self.worker_at <= QUIET * self.speed

    @property
    def speed(self) -> float:
        """How many seconds of the desk pass in one of the machine, by which those who sweep are timed."""
        return float(self.facts.get("rehearsal_speed", "1"))

    @property
    def is_rehearsal(self) -> bool:
        """Whether this is a desk where nothing leaves the building."""
        return self.facts.get("rehearsal", "") not in {"", "0", "false"}


def status(desk: Desk, *, by: str) -> DeskStatus:
    """Return how the desk is."""
    with desk.look(by) as look:
        execute = look.connection.execute
        return DeskStatus(
            look.now,
            execute(LAST_SWEEP).scalar(),
            execute(LAST_WORKER).scalar(),
            execute(WAITING).scalar_one(),
            {row.name: row.value for row in execute(FACTS)},
        )
