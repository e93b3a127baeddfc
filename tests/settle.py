"""Waits until a console has nothing left to do, so that what is asserted is what stays."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.pilot import Pilot

PATIENCE_SECONDS = 10


async def settle(pilot: Pilot[Any]) -> None:
    """Return when every message is handled and no worker is left.

    Workers start others, and an exclusive one replaces its elder, on which
    `WorkerManager.wait_for_complete` raises `WorkerCancelled`; hence the loop.

    Raises:
        TimeoutError: a worker is still at it after `PATIENCE_SECONDS`.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        await pilot.pause()
        while any(not worker.is_finished for worker in pilot.app.workers):
            await asyncio.sleep(0.005)
            await pilot.pause()
