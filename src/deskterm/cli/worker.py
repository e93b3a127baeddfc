"""`worker`: the scheduler without a screen, until it is told to stop."""

from __future__ import annotations

import secrets
import signal
import threading
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import facts_of, set_clock, settings_of
from deskterm.cli.rehearsal import rehearse
from deskterm.desk import Desk
from deskterm.i18n import _
from deskterm.scheduler import Scheduler

if TYPE_CHECKING:
    from argparse import Namespace

ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGBREAK") if hasattr(signal, name)
)
"""Signals that end a worker in order; not every system has all."""


def hand_over() -> int:
    """Hand over nothing: no door leads out yet, and what waits in the outbox stays there."""
    return 0


def run(asked: Namespace) -> None:
    """Sweep the clocks and send what waits, until a signal comes."""
    settings = settings_of(asked)
    ended = threading.Event()
    for number in ENDINGS:
        signal.signal(number, lambda _number, _frame: ended.set())
    desk = Desk.open(settings.url)
    try:
        set_clock(desk, rehearse(desk, facts_of(desk), at=None, speed=None))
        scheduler = Scheduler(desk, session=secrets.token_hex(8), hand_over=hand_over)
        scheduler.start()
        output.say(_("Sweeping {place}. Stop with ^C.").format(place=settings.database))
        ended.wait()
        scheduler.stop()
    finally:
        desk.close()
