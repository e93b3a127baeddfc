"""The columns of the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deskterm.domain.ticket import Status
from deskterm.i18n import N_, _
from deskterm.labels import label, status_code
from deskterm.ui import times
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.sla_cell import sla_cell

if TYPE_CHECKING:
    from deskterm.reads.queue import QueueRow

QUIET = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.MERGED})


COLUMN_NAMES: Mapping[str, str] = {
    "prio": N_("priority"),
    "breach": N_("SLA: time left"),
    "id": N_("number"),
    "summary": N_("summary"),
    "assignee": N_("who works on it"),
    "status": N_("where it stands"),
    "created": N_("age"),
    "caller": N_("who asks"),
    "svc": N_("service, or the team"),
    "team": N_("who owns it"),
    "type": N_("incident or request"),
    "updated": N_("untouched for"),
    "waiting": N_("how long the caller waits"),
    "hold": N_("what it waits for"),
    "impact": N_("impact"),
    "urgency": N_("urgency"),
}
"""What `cols:` may name here → what it shows."""
USUAL = ("prio", "breach", "id", "summary", "assignee", "status", "created", "caller", "svc")
"""The columns of views that name none."""


def queue_columns(now: Callable[[], datetime], names: Sequence[str] = ()) -> tuple[Column[QueueRow], ...]:
    """Return the columns of these names, flags beside the summary; without names, the usual ones.

    SLA stands left of the summary, where it is never cut.

    Args:
        now: the instant that clocks and ages are counted from.
        names: as in `cols:`; those that lists do not show are left out.
    """

    def aged(
        key: str, title: str, since: Callable[[QueueRow], datetime | None], width: int, rank: int
    ) -> Column[QueueRow]:
        def age(row: QueueRow) -> Cell:
            at = since(row)
            return Cell(times.age(now() - at) if at is not None else "")

        return Column(key, title, age, width, align_right=True, rank=rank, ticks=True)

    known: dict[str, tuple[Column[QueueRow], ...]] = {
        "prio": (Column("prio", _("P"), _priority, 2, pinned=True),),
        "breach": (Column("sla", _("SLA"), lambda row: sla_cell(row, now()), 9, pinned=True, ticks=True),),
        "id": (Column("id", _("ID"), lambda row: Cell(row.number), 9, pinned=True),),
        "summary": (
            Column("summary", _("Summary"), _summary, 30, flex=True),
            Column("flags", _("Fl"), _flags, 3, rank=2),
        ),
        "assignee": (Column("assignee", _("Who"), lambda row: Cell(row.assignee or "-"), 8),),
        "status": (Column("status", _("St"), lambda row: Cell(status_code(row.status)), 3),),
        "created": (aged("age", _("Age"), lambda row: row.opened_at, 3, rank=1),),
        "caller": (Column("caller", _("Caller"), lambda row: Cell(row.caller or ""), 16, rank=4),),
        "svc": (
            Column(
                "service", _("Service"), lambda row: Cell(row.service or row.team or "", "muted"), 14, rank=5
            ),
        ),
        "team": (Column("team", _("Team"), lambda row: Cell(row.team or "-"), 12, rank=3),),
        "type": (Column("kind", _("Type"), lambda row: Cell(label(row.kind)), 8, rank=3),),
        "updated": (aged("updated", _("Upd"), lambda row: row.updated_at, 3, rank=3),),
        "waiting": (aged("waiting", _("Wait"), lambda row: row.waiting_since, 4, rank=3),),
        "hold": (
            Column(
                "hold",
                _("Hold"),
                lambda row: Cell(label(row.hold_reason) if row.hold_reason else ""),
                12,
                rank=3,
            ),
        ),
        "impact": (Column("impact", _("Im"), lambda row: Cell(str(row.impact)), 2, rank=3),),
        "urgency": (Column("urgency", _("Ur"), lambda row: Cell(str(row.urgency)), 2, rank=3),),
    }
    return tuple(column for name in names or USUAL for column in known.get(name, ()))


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
