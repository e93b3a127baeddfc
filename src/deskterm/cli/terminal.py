"""The console on a terminal of its own: a driver that lets go, and an orderly end on every signal."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from deskterm.ui.app import DeskApp
from deskterm.ui.driver import SafeLinuxDriver, restore_at_once
from deskterm.ui.hangup import Hangup
from deskterm.ui.pens import ESC


class StockDriver(LinuxDriver):
    """Textual's driver, which puts down the pen that the last frame was left with."""

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.write(f"{ESC}[m")
        super().stop_application_mode()


class Console(DeskApp):
    """A desk's console that saves what was typed when its terminal hangs up or the machine shuts down.

    Args:
        has_stock_driver: whether Textual's driver talks to the terminal, for one that ours gets wrong.
    """

    def __init__(self, *args: Any, has_stock_driver: bool = False, **kwargs: Any) -> None:
        self._has_stock_driver = has_stock_driver  # asked for while Textual's app is made
        super().__init__(*args, **kwargs)

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that survives a terminal that is gone, or Textual's where that is wanted."""
        return StockDriver if self._has_stock_driver else SafeLinuxDriver

    def on_mount(self) -> None:
        """Watch for the end; without a terminal, as in tests, there is none to watch."""
        if isinstance(self._driver, LinuxDriver):
            self._hangup = Hangup(self.leave, partial(restore_at_once, self._driver))
            self._hangup.start()

    async def on_unmount(self) -> None:
        """Watch no longer."""
        if isinstance(self._driver, LinuxDriver):
            self._hangup.stop()
