"""Keys that come before what they are meant for stands: each waits for what those before it lead to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

Typed: TypeAlias = events.Key | events.Paste

LEAVING = frozenset({"escape", "ctrl+c", "ctrl+q", "ctrl+z"})
"""What nobody is held from: on a screen that is still read, or pressed twice, it drops what waits."""


class TypeAhead:
    """Hands keys on one by one, each when the screen is as whoever typed it expects it to be.

    Whoever knows the way presses `Enter` and `r`, or `a` and a name, faster than a slow desk shows a ticket
    or a slow line a list; the letters of that name must not become commands on the ticket below. So a key
    waits until the one before has been taken, what that one set off has ended or asks something, and the
    screen or dialog on top has been read and stands. The first of several in one packet waits until all are
    here, so that an Esc at their end does not count as one that gives up what the first set off.
    """

    def __init__(self, console: DeskApp) -> None:
        self._console = console
        self._keys: deque[Typed] = deque()
        self._jobs: dict[Worker[Any], Screen[Any]] = {}
        """What keys set off and has not ended → the screen on which it began."""
        self._takers: Sequence[MessagePump] = ()
        """What the last key went to and bubbles through; empty once it has surely had its way."""
        self._left: Screen[Any] | None = None
        """A screen whose reading nobody waits for any more."""
        self._moved = asyncio.Event()
        """Set when the next key may be able to go on."""

    @property
    def is_empty(self) -> bool:
        """Whether no key waits."""
        return not self._keys

    def keeps(self, key: Typed) -> bool:
        """Return whether a key waits from now on."""
        if _leaves(key) and (self._is_reading or any(map(_leaves, self._keys))):
            self._let_out()
            self.drop()
        elif self._keys or self._takers or self._is_early or self._console.message_queue_size:
            self._keys.append(key)
            self.release()
            return True
        self._note_takers()
        return False

    def taken(self, screen: Screen[Any]) -> None:
        """Take note that a screen has done what the last key stands for, unless it told the app of it.

        What the screen itself was told of it comes first.
        """
        self._let_go(self._takers, screen)

    def _let_go(self, takers: Sequence[MessagePump], screen: Screen[Any]) -> None:
        if takers is not self._takers or self._console.message_queue_size:
            return
        if screen.message_queue_size:
            screen.call_next(self._let_go, takers, screen)
        else:
            self._takers = ()

    def wait_for(self, job: Worker[Any], below: Screen[Any]) -> None:
        """Let keys wait until something that one of them set off has ended, or asks something.

        Args:
            job: what was set off.
            below: the screen on top when it began; another one over it is what the job asks with.
        """
        if not job.is_finished:
            self._jobs[job] = below

    def ended(self, job: Worker[Any]) -> None:
        """Take note that something has ended that a key had set off."""
        if self._jobs.pop(job, None) is not None:
            self._takers = (*self._takers, self._console.screen, self._console)
            self.release()

    def release(self) -> None:
        """Look again whether the next key can go on."""
        self._moved.set()

    def drop(self) -> None:
        """Forget what waits: it was meant for something else."""
        self._keys.clear()

    async def hand_on(self) -> None:
        """Hand on what waits, for as long as the app runs."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            while self._keys:
                await self._settle()
                if self._is_early:
                    break
                if self._keys:
                    self._note_takers()
                    await self._hand(self._keys.popleft())

    async def _hand(self, key: Typed) -> None:
        try:
            await self._console.take_key(key)
        except Exception as error:
            self._console._handle_exception(error)

    def _note_takers(self) -> None:
        self._takers = (self._console.focused or self._console.screen).ancestors_with_self

    async def _settle(self) -> None:
        """Wait until all that the last key led to has been told to whom it concerns."""
        while self._takers:
            takers, self._takers = self._takers, ()
            for taker in takers:
                await _idle(taker)
            if self._console.screen not in takers:
                self._takers = (self._console.screen, self._console)

    @property
    def _is_early(self) -> bool:
        from deskterm.ui.dialogs.dialog import Dialog

        screen = self._console.screen
        if self._is_reading or (isinstance(screen, Dialog) and not screen.is_ready):
            return True
        return any(below is screen and not job.is_cancelled for job, below in self._jobs.items())

    @property
    def _is_reading(self) -> bool:
        """Whether what the next key acts on is still to be read, and somebody waits for it."""
        from deskterm.ui.screen import DeskScreen

        screen = self._console.screen
        if not (isinstance(screen, DeskScreen) and screen.is_early):
            self._left = None
            return False
        return screen is not self._left

    def _let_out(self) -> None:
        self._left = self._console.screen
        self._jobs.clear()
        self._takers = ()


def _leaves(key: Typed) -> bool:
    return isinstance(key, events.Key) and key.key in LEAVING


async def _idle(node: MessagePump) -> None:
    """Wait until a node has taken every message that it was sent, or is gone."""
    if not node.is_running:
        return
    idle: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def reach() -> None:
        if not idle.done():
            idle.set_result(None)

    node.call_next(reach)
    gone = set() if isinstance(node, App) else {node.task}
    await asyncio.wait({idle, *gone}, return_when=asyncio.FIRST_COMPLETED)
