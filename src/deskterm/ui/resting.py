"""What is done once the keys rest a little."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.dom import DOMNode

REST_SECONDS = 0.15
"""So long nobody presses a key who has arrived, or has typed what was to be typed."""


class Rest:
    """Does something once nothing has come for a while; whatever comes begins the wait anew.

    Args:
        owner: who does it, in its turn, if it is still shown by then.
    """

    def __init__(self, owner: DOMNode) -> None:
        self._owner = owner
        self._waiting: asyncio.TimerHandle | None = None

    def then(self, act: Callable[[], None]) -> None:
        """Do this after the rest, and not what waited for it before."""
        self.stop()
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(REST_SECONDS, self._owner.call_next, self._do, act)

    def stop(self) -> None:
        """Do nothing."""
        if self._waiting is not None:
            self._waiting.cancel()

    def _do(self, act: Callable[[], None]) -> None:
        if self._owner.display:
            act()
