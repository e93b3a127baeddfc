"""Keys that come before the screen they are meant for has been read."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

LEAVING = frozenset({"escape", "ctrl+c", "ctrl+q", "ctrl+z"})
"""What never waits and drops what does: nobody is held on a screen whose desk does not answer."""


class TypeAhead:
    """Keeps keys until the first reading of the screen on top has ended, then hands them on in their order.

    Whoever knows the way presses `Enter` and `r` faster than a slow desk shows a ticket; without this the `r`
    would meet a screen that has no ticket yet.
    """

    def __init__(self, console: DeskApp) -> None:
        self._console = console
        self._keys: deque[events.Key] = deque()

    def keeps(self, key: events.Key) -> bool:
        """Return whether a key waits from now on."""
        if key.key in LEAVING:
            self._keys.clear()
            return False
        if not (self._keys or self._is_early):
            return False
        self._keys.append(key)
        return True

    def release(self) -> None:
        """Hand on what waits, now that a screen has been read."""
        if self._keys:
            self._console.run_worker(self._hand_on(), group="type-ahead", exclusive=True)

    async def _hand_on(self) -> None:
        while self._keys and not self._is_early:
            await self._console.take_key(self._keys.popleft())

    @property
    def _is_early(self) -> bool:
        from deskterm.ui.screen import DeskScreen

        screen = self._console.screen
        return isinstance(screen, DeskScreen) and not screen.is_read
