"""What may be behind a ticket, in lines: known errors that match, recent changes on its CI or service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import times

if TYPE_CHECKING:
    from deskterm.reads.changes import ChangeRow
    from deskterm.reads.problems import KnownError


def known_error_lines(errors: Sequence[KnownError]) -> Iterator[str]:
    """Yield each known error with its workaround below, the best match first; nothing where there is none."""
    if errors:
        yield _("Known errors")
    for error in errors:
        yield f"{error.number}  {error.summary}"
        yield "  " + _("workaround: {text}").format(text=error.workaround)


def change_lines(changes: Sequence[ChangeRow], now: datetime) -> Iterator[str]:
    """Yield each recent change with what it was done to, when, and how it ended."""
    if changes:
        yield _("Recent changes")
    for change in changes:
        began = times.moment(change.started_at, now) if change.started_at else ""
        ended = label(change.outcome) if change.outcome else label(change.status)
        told = (change.number, began, ended, change.ci or change.service or "", change.summary)
        yield "  ".join(word for word in told if word)
