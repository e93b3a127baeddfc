"""The columns of the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from deskterm.domain.ticket import Status
from deskterm.i18n import _
from deskterm.labels import status_code
from deskterm.ui import times
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.sla_cell import sla_cell

if TYPE_CHECKING:
    from deskterm.reads.queue import QueueRow

QUIET = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.MERGED})


def queue_columns(now: Callable[[], datetime]) -> tuple[Column[QueueRow], ...]:
    """Return the columns; SLA stands left of the summary, where it is never cut.

    Args:
        now: the instant that clocks and ages are counted from.
    """
    return (
        Column("prio", _("P"), _priority, 2, pinned=True),
        Column("sla", _("SLA"), lambda row: sla_cell(row, now()), 9, pinned=True),
        Column("id", _("ID"), lambda row: Cell(row.number), 9, pinned=True),
        Column("summary", _("Summary"), _summary, 30, flex=True),
        Column("flags", _("Fl"), _flags, 3, rank=2),
        Column("assignee", _("Who"), lambda row: Cell(row.assignee or "-"), 8),
        Column("status", _("St"), lambda row: Cell(status_code(row.status)), 3),
        Column(
            "age", _("Age"), lambda row: Cell(times.age(now() - row.opened_at)), 3, align_right=True, rank=1
        ),
        Column("caller", _("Caller"), lambda row: Cell(row.caller or ""), 16, rank=4),
        Column("service", _("Service"), lambda row: Cell(row.service or row.team or "", "muted"), 14, rank=5),
    )


def _priority(row: QueueRow) -> Cell:
    return Cell(f"P{row.priority}", "major" if row.major or row.priority == 1 else "")


def _summary(row: QueueRow) -> Cell:
    return Cell(row.summary, "muted" if row.status in QUIET else "")


def _flags(row: QueueRow) -> Cell:
    """Return `M` major, `@` the caller waits for an answer, `V` VIP, `&` child of another."""
    signs = (
        ("M", row.major),
        ("@", row.waiting_since is not None),
        ("V", row.vip),
        ("&", row.parent_id is not None),
    )
    return Cell("".join(sign for sign, shown in signs if shown)[:3])
