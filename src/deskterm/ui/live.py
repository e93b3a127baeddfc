"""What reaches a console by itself: news of the ledger, notifications, how the desk is."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from deskterm.domain.errors import DeskError, Unreachable
from deskterm.ui.toasts import Toasts

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often SQLite is asked for news."""
HINTED_POLL_SECONDS = 1.0
"""How often PostgreSQL is asked for news, beside the hints it gives."""
IN_FLIGHT = 5_000
"""Ids are given out before commits (PostgreSQL): a notification this far back may appear after newer ones."""
STATUS_SECONDS = 5.0
"""How often the desk itself is looked at."""
SWEEPING_STATUS_SECONDS = 10.0
"""The same where a scheduler beside the console sweeps."""
SWEEPING_POLL_SECONDS = 30.0
"""How often news are asked for where that scheduler tells of them."""
FIRST_SWEEP_SECONDS = 3.0
"""For so long a console that sweeps is believed to, until its first sweep can be seen."""


async def listen(app: DeskApp, mark: int) -> None:
    """Publish what happens after a mark on the app's `news`, for as long as the app runs."""
    from deskterm.reads import feed

    hints = feed.Hints(app.desk, app.tell)
    hints.start()
    poll = HINTED_POLL_SECONDS if app.desk.engine.dialect.name == "postgresql" else POLL_SECONDS
    listener = Listener(app, mark)
    try:
        while True:
            await listener.hear()
            await _wait(app.hinted, SWEEPING_POLL_SECONDS if app.sweeps and app.lost is None else poll)
    finally:
        hints.stop()


async def _wait(hinted: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(hinted.wait(), seconds)
    except TimeoutError:
        return
    hinted.clear()


class Listener:
    """What a console has heard so far: whatever fails is asked for again, so that nothing is missed.

    Args:
        mark: the id of the event after which news begin.
    """

    def __init__(self, app: DeskApp, mark: int) -> None:
        self.app = app
        self.mark = mark
        self._toasts = Toasts(app)
        self._begun_at: int | None = None
        """The newest notification that was there at first and makes no toast; None until that is known."""
        self._seen: set[int] = set()
        """The notifications after that one that were looked at."""
        self._is_behind = False
        """Whether news came after which notifications were not looked at yet."""

    async def hear(self) -> None:
        """Publish what is new; where the desk does not answer, say so and have it asked again."""
        try:
            await self._hear()
        except Unreachable as error:
            self.app.lose(error)
        except DeskError as error:
            log.info("no news: %s", error)

    async def _hear(self) -> None:
        from deskterm.reads import feed

        app = self.app
        if self._begun_at is None:
            self._begun_at = await _last_notification(app)
        news = await app.ask(feed.news, app.desk, self.mark, by=app.agent)
        app.find()
        if news:
            self.mark = news[-1].id
            self._is_behind = True
            app.news.publish(tuple(news))
        if self._is_behind:
            await self._tell(self._begun_at)
            self._is_behind = False

    async def _tell(self, begun_at: int) -> None:
        """Show toasts for the notifications that were not there when this was last asked."""
        from deskterm.reads import notifications

        app = self.app
        after_id = max(begun_at, max(self._seen, default=0) - IN_FLIGHT)
        found = await app.ask(notifications.unread, app.desk, by=app.agent, after_id=after_id)
        fresh = [row for row in found if row.id not in self._seen]
        if fresh:
            await count_unread(app)
            self._toasts.show(fresh)
            self._seen |= {row.id for row in fresh}


async def watch_status(app: DeskApp) -> None:
    """Look at the desk itself from time to time, and tell the app.

    A console that sweeps has not done so yet when it first looks: it looks again before it gives alarm.
    """
    from deskterm.reads import status

    patient_until = time.monotonic() + (FIRST_SWEEP_SECONDS if app.sweeps else 0)
    while True:
        pause = SWEEPING_STATUS_SECONDS if app.sweeps else STATUS_SECONDS
        try:
            seen = await app.ask(status.status, app.desk, by=app.agent)
        except Unreachable as error:
            app.lose(error)
        except DeskError as error:
            log.info("no status: %s", error)
        else:
            if seen.is_swept or time.monotonic() >= patient_until:
                app.show_status(seen)
            else:
                pause = POLL_SECONDS
        await asyncio.sleep(pause)


async def count_unread(app: DeskApp) -> None:
    """Tell the app how many notifications are unread."""
    from deskterm.reads import notifications

    app.show_unread(await app.ask(notifications.unread_count, app.desk, by=app.agent))


async def _last_notification(app: DeskApp) -> int:
    """Return the newest notification's id: what came before it is counted, but makes no toast."""
    from deskterm.reads import notifications

    await count_unread(app)
    newest = await app.ask(notifications.unread, app.desk, by=app.agent, most=1)
    return newest[0].id if newest else 0
