"""Toasts for what concerns whoever sits here: a few at a time, so that a flood leaves the screen readable."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from deskterm.i18n import ngettext
from deskterm.text import plain
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.notifications import NotificationRow
    from deskterm.ui.app import DeskApp

ALERTS = frozenset({"alert.fired", "alert.passed_on"})
"""Kinds of notifications that make a toast though they are not urgent; every urgent one does."""
MOST = 3
"""Toasts at a time; an urgent one may be the fourth. The rest is in the notification centre."""
WIDTH = 36
"""In cells, on a terminal of 80."""


class Toasts:
    """The toasts of a console."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._gone_at: list[float] = []
        """When each toast that is shown goes, in monotonic time."""
        self._counted_until = 0.0
        """Until when it is shown that there are more."""

    def show(self, rows: Iterable[NotificationRow]) -> None:
        """Show the most urgent and newest of what wants a toast, and say that there are more."""
        from deskterm.ui.screens.notifications import notification_words

        now = time.monotonic()
        gone_at = now + self._app.NOTIFICATION_TIMEOUT
        self._gone_at = [at for at in self._gone_at if at > now]
        wanted = [row for row in rows if row.urgent or row.kind in ALERTS]
        more = 0
        for row in sorted(wanted, key=lambda row: (not row.urgent, -row.id)):
            if len(self._gone_at) >= MOST + row.urgent:
                more += 1
                continue
            summary = clip(plain(row.summary, one_line=True), WIDTH).rstrip()
            self._app.announce(
                f"{row.number} {notification_words(row)}\n{summary}", urgent=row.urgent, grave=row.is_grave
            )
            self._gone_at.append(gone_at)
        if more and now >= self._counted_until:
            words = ngettext("{count} more in the notifications", "{count} more in the notifications", more)
            self._app.announce(words.format(count=more))
            self._counted_until = gone_at
