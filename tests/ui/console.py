"""Driving a console in tests: press keys, settle, read what is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.worker import WorkerState

from deskterm.desk import Desk
from deskterm.ui.app import DeskApp

LASTING = "live"
"""The group of workers that run as long as the app."""
ACTING = ("perform", "default", "composer", "offer")
"""The groups of workers that may wait for an answer."""
QUIET_ROUNDS, QUIET_SECONDS = 3, 0.03
"""So often, each after so long, nothing must be at work: together far longer than a rest (conftest.py)."""
PATIENCE_SECONDS = 60


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is read, written or about to be painted any more."""
    quiet, end = 0, time.monotonic() + PATIENCE_SECONDS
    while quiet < QUIET_ROUNDS:
        assert time.monotonic() < end, f"still at work: {list(pilot.app.workers)}"
        await pilot.pause(QUIET_SECONDS)
        still = {LASTING, *ACTING} if is_asking(pilot) else {LASTING}
        busy = any(
            worker.group not in still and worker.state in (WorkerState.PENDING, WorkerState.RUNNING)
            for worker in pilot.app.workers
        )
        if isinstance(pilot.app, DeskApp):
            busy = busy or not (pilot.app.drafts.are_saved and pilot.app.type_ahead.is_empty)
        quiet = 0 if busy else quiet + 1


def is_asking(pilot: Pilot[Any]) -> bool:
    """Return whether a worker waits for what somebody answers in the dialog on top."""
    callbacks = pilot.app.screen._result_callbacks
    return bool(callbacks) and callbacks[-1].future is not None


@asynccontextmanager
async def console(
    desk: Desk,
    *,
    size: tuple[int, int] = (80, 24),
    agent: str = "dana",
    environ: dict[str, str] | None = None,
) -> AsyncIterator[Pilot[None]]:
    """Run a console that has read everything it shows at first."""
    app = DeskApp(desk, agent, environ={"COLORTERM": "truecolor"} if environ is None else environ)
    async with app.run_test(size=size, notifications=True) as pilot:
        await asyncio.wait_for(app.ready.wait(), 10)
        await settle(pilot)
        yield pilot


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each when the last has taken effect."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Send keys in one packet, as slow lines do: none waits for what the one before leads to."""
    for key in keys:
        character = {"enter": "\r", "space": " "}.get(key, key if len(key) == 1 else None)
        pilot.app.post_message(events.Key(_character_to_key(key) if len(key) == 1 else key, character))
    await settle(pilot)


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Type a text at once."""
    await burst(pilot, *text)


def shown(pilot: Pilot[Any]) -> str:
    """Return the screen as lines of text."""
    screen = pilot.app.screen
    lines = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)
