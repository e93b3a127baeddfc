"""`worker`: the scheduler without a screen, until it is told to stop."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import set_clock, settings_of
from deskterm.cli.rehearsal import rehearse
from deskterm.desk import Desk
from deskterm.i18n import _
from deskterm.scheduler import Scheduler
from deskterm.services import handover
from deskterm.services.facts import Fact
from deskterm.storage.db import place

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.config import Settings

ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGBREAK") if hasattr(signal, name)
)
"""Signals that end a worker in order; not every system has all."""


def run(asked: Namespace) -> None:
    """Sweep the clocks and send what waits, until a signal comes."""
    settings = settings_of(asked)
    ended = threading.Event()
    for number in ENDINGS:
        signal.signal(number, lambda _number, _frame: ended.set())
    desk = Desk.open(settings.url)
    try:
        facts = rehearse(desk, desk.facts())
        set_clock(desk, facts)
        hand_over = keep if Fact.DEMO in facts else outlet(desk, settings)
        scheduler = Scheduler(desk, session=secrets.token_hex(8), hand_over=hand_over)
        scheduler.start()
        output.say(_("Sweeping {place}. Stop with ^C.").format(place=place(settings.url)))
        ended.wait()
        scheduler.stop()
    finally:
        desk.close()


def outlet(desk: Desk, settings: Settings) -> Callable[[], int]:
    """Return what empties the outbox: into the spool that the settings name; without one, mail stays."""
    if settings.spool is None:
        return keep
    return partial(handover.hand_over, desk, handover.Spool(Path(settings.spool)), sender=settings.sender)


def keep() -> int:
    """Let nothing leave the building."""
    return 0
