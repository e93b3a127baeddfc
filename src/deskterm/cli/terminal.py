"""The console on a terminal of its own: a driver that lets go, and an orderly end on every signal."""

from __future__ import annotations

from textual.driver import Driver

from deskterm.ui.app import DeskApp
from deskterm.ui.driver import SafeLinuxDriver
from deskterm.ui.hangup import Hangup


class Console(DeskApp):
    """A desk's console that saves what was typed when its terminal hangs up or the machine shuts down."""

    has_stock_driver = False
    """Whether Textual's driver talks to the terminal, for one that ours gets wrong."""

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that survives a terminal that is gone."""
        return super().get_driver_class() if self.has_stock_driver else SafeLinuxDriver

    def on_mount(self) -> None:
        """Watch for the end; without a terminal, as in tests, there is none to watch."""
        if isinstance(self._driver, SafeLinuxDriver):
            self._hangup = Hangup(self.leave, self._driver.restore_at_once)
            self._hangup.start()

    async def on_unmount(self) -> None:
        """Watch no longer."""
        if isinstance(self._driver, SafeLinuxDriver):
            self._hangup.stop()
