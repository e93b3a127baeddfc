"""The end when a terminal hangs up or a machine shuts down: in order, and by force if that hangs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable, Coroutine
from threading import Event, Thread
from types import FrameType
from typing import Any

ENDING = (signal.SIGHUP, signal.SIGTERM)

DEADLINE_SECONDS = 3.0
"""How long an orderly exit may take."""

STDIN = 0

LOOK_SECONDS = 5.0
"""How often the terminal is looked at, for hang-ups that neither a signal nor the input told of."""


class Hangup:
    """Leaves in order when a signal or a vanished terminal says so.

    A thread of its own watches, because the event loop may be the thing that hangs: signals reach it through
    a wake-up descriptor, even while the main thread sits in a C function. Start it on the event loop.

    Args:
        leave: saves what must be saved and exits the app; runs on the event loop.
        force: restores the terminal without waiting; runs on the watching thread if `leave` took too long.
        deadline: seconds from the signal to the forced end.
    """

    def __init__(
        self,
        leave: Callable[[], Coroutine[Any, Any, None]],
        force: Callable[[], None],
        *,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._leave = leave
        self._force = force
        self._deadline = deadline
        self._stopped = Event()
        self.leaving = False
        """Whether the exit has begun."""

    def start(self) -> None:
        """Install the handlers and begin to watch."""
        self._loop = asyncio.get_running_loop()
        self._ear, mouth = socket.socketpair()
        mouth.setblocking(False)
        self._mouth = mouth
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        for number in ENDING:
            signal.signal(number, _heard)
        Thread(target=self._watch, name="deskterm-hangup", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer, unless an exit has begun: its deadline stays until the process is gone."""
        if not self.leaving:
            self._stopped.set()
            signal.set_wakeup_fd(-1)
            for number in ENDING:
                signal.signal(number, signal.SIG_DFL)
            self._mouth.close()

    def _watch(self) -> None:
        """Wait for a reason to end, then see to it that the process does."""
        number = self._reason()
        if number is None:
            return
        self.leaving = True
        with contextlib.suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop)
        self._stopped.wait(self._deadline)
        with contextlib.suppress(Exception):
            self._force()
        os._exit(128 + number)

    def _reason(self) -> int | None:
        """Return the signal to end for: SIGHUP for a terminal that vanished, None if the watch stopped."""
        while not self._stopped.is_set():
            ready, _, _ = select.select([self._ear], [], [], LOOK_SECONDS)
            heard = self._ear.recv(64) if ready else b""
            if self._stopped.is_set():
                return None
            number = next((number for number in ENDING if number in heard), None)
            if number is not None:
                return number
            if heard:
                self._wake_loop()
            if gone(STDIN):
                return signal.SIGHUP
        return None

    def _wake_loop(self) -> None:
        """Let the main thread run Python's handlers: the system may have given the signal to another one.

        Else a console that was continued or resized while nothing happens would sleep on.
        """
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: None)


def gone(fileno: int) -> bool:
    """Return whether the other end of a terminal or pipe has hung up."""
    poll = select.poll()
    poll.register(fileno, 0)
    return any(state & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, state in poll.poll(0))


def _heard(number: int, frame: FrameType | None) -> None:
    """Do nothing: that a handler exists makes the signal wake the watcher instead of killing the process."""
