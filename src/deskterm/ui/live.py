"""What reaches a console by itself: news of the ledger, notifications, how the desk is."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from deskterm.domain.errors import DeskError, Unreachable

if TYPE_CHECKING:
    from deskterm.reads.feed import News
    from deskterm.ui.app import DeskApp

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often SQLite is asked for news."""
HINTED_POLL_SECONDS = 1.0
"""How often PostgreSQL is asked for news, beside the hints it gives."""
TOASTS_MOST = 3
"""Toasts for one batch of news; the rest is in the notification centre."""
STATUS_SECONDS = 5.0
"""How often the desk itself is looked at."""


async def listen(app: DeskApp, mark: int) -> None:
    """Publish what happens after a mark on the app's `news`, for as long as the app runs."""
    from deskterm.reads import feed

    loop = asyncio.get_running_loop()

    def told_to_look() -> None:
        loop.call_soon_threadsafe(app.poke)

    hints = feed.Hints(app.desk, told_to_look)
    hints.start()
    pause = HINTED_POLL_SECONDS if app.desk.engine.dialect.name == "postgresql" else POLL_SECONDS
    told = await _last_notification(app)
    try:
        while True:
            await _wait(app.hinted, pause)
            news = await _news(app, mark)
            if news:
                mark = news[-1].id
                app.news.publish(tuple(news))
                told = await _tell(app, told)
    finally:
        hints.stop()


async def _wait(hinted: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(hinted.wait(), seconds)
    except TimeoutError:
        return
    hinted.clear()


async def _news(app: DeskApp, mark: int) -> list[News]:
    from deskterm.reads import feed

    try:
        news = await app.ask(feed.news, app.desk, mark, by=app.agent)
    except Unreachable as error:
        app.lose(error)
        return []
    app.find()
    return news


async def watch_status(app: DeskApp) -> None:
    """Look at the desk itself from time to time, and tell the app."""
    from deskterm.reads import status

    while True:
        try:
            app.show_status(await app.ask(status.status, app.desk, by=app.agent))
        except DeskError as error:
            log.info("no status: %s", error)
        await asyncio.sleep(STATUS_SECONDS)


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


async def _tell(app: DeskApp, after_id: int) -> int:
    """Show a toast for each urgent notification after an id, and return the id of the newest."""
    from deskterm.reads import notifications
    from deskterm.ui.screens.notifications import notification_words

    fresh = await app.ask(notifications.unread, app.desk, by=app.agent, after_id=after_id)
    if not fresh:
        return after_id
    for row in fresh[:TOASTS_MOST]:
        if row.urgent:
            app.announce(f"{row.number} {notification_words(row)}", urgent=True)
    await count_unread(app)
    return fresh[0].id
