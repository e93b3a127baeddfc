"""The idle lock: a blank screen over everything until whoever sits here comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from deskterm.assets import style
from deskterm.domain import passphrase
from deskterm.i18n import _
from deskterm.ui.gate import txt
from deskterm.ui.painting import Painted
from deskterm.ui.surviving import Surviving

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

LOOK_SECONDS = 5.0
"""How often somebody looks whether the time is up."""
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long a console that nobody touches is locked, and then left."""

    lock_minutes: float = 0
    """0 locks never by itself."""
    leave_minutes: float = 0
    """Counted from the lock; 0 leaves never."""
    unlock: str | None = None
    """What is kept of the passphrase; None lets Enter unlock."""


class IdleLock:
    """Locks the console when no key came for a while, and leaves it when it stays locked."""

    def __init__(self, console: DeskApp, limits: Limits) -> None:
        self._console = console
        self._limits = limits
        self._touched = time.monotonic()

    def start(self) -> None:
        """Look at the time from now on, where there is any limit."""
        if self._limits.lock_minutes or self._limits.leave_minutes:
            self._console.set_interval(LOOK_SECONDS, self.look)

    def touch(self) -> None:
        """Take note that somebody is there."""
        self._touched = time.monotonic()

    @property
    def is_locked(self) -> bool:
        """Whether the screen is blank."""
        return isinstance(self._console.screen, LockScreen)

    async def look(self) -> None:
        """Lock, or leave, if the time is up."""
        idle = (time.monotonic() - self._touched) / MINUTE
        if not self.is_locked:
            if self._limits.lock_minutes and idle >= self._limits.lock_minutes:
                await self.lock()
        elif self._limits.leave_minutes and idle >= self._limits.leave_minutes:
            await self._console.leave()

    async def lock(self) -> None:
        """Save what is being typed, then blank the screen."""
        if not self.is_locked:
            await self._console.drafts.flush()
            self.touch()
            await self._console.push_screen(LockScreen(self._limits.unlock))
            self._console.show_title("")


class LockScreen(Surviving, Painted, Screen[None]):
    """Shows nothing but that it is locked.

    Args:
        unlock: what is kept of the passphrase; None lets Enter unlock.
    """

    CSS_PATH = style("lock")

    def __init__(self, unlock: str | None) -> None:
        super().__init__()
        self._unlock = unlock

    def compose(self) -> ComposeResult:
        """Ask for the passphrase, or for Enter."""
        words = _("Locked. Passphrase:") if self._unlock else _("Locked. Enter comes back.")
        yield Static(txt(words), id="lock-words", markup=False)
        answer = Input(password=True, id="lock-answer")
        answer.cursor_blink = False
        yield answer

    def on_mount(self) -> None:
        """Put the keys in the answer."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def try_to_open(self, submitted: Input.Submitted) -> None:
        """Come back, if that is the passphrase."""
        if self._unlock is None or passphrase.opens(submitted.value, self._unlock):
            self.dismiss()
            return
        submitted.input.value = ""
        self.query_one("#lock-words", Static).update(txt(_("That is not it. Passphrase:")))
