"""A console small enough to hang up on: `python -m tests.processes.small_console FILE`."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from deskterm.ui.driver import SafeLinuxDriver, restore_at_once
from deskterm.ui.hangup import Hangup


class SmallConsole(App[None]):
    """Saves one word when it leaves; tells its number of threads."""

    BINDINGS: ClassVar[list[BindingType]] = [("h", "hang", "Hang"), ("f", "flood", "Flood")]

    def __init__(self, saved: Path) -> None:
        super().__init__(driver_class=SafeLinuxDriver)
        self.saved = saved

    def compose(self) -> ComposeResult:
        yield Static("ready: Größe 二要素", markup=False)

    def on_mount(self) -> None:
        assert isinstance(self._driver, SafeLinuxDriver)
        self.hangup = Hangup(self.leave, partial(restore_at_once, self._driver))
        self.hangup.start()

    async def leave(self) -> None:
        self.saved.write_text("saved")
        self.exit()

    def action_hang(self) -> None:
        time.sleep(60)

    def action_flood(self) -> None:
        self.beats = 0
        self.set_interval(0.02, self.beat)

    def beat(self) -> None:
        self.beats += 1
        self.query_one(Static).update(f"beat {self.beats} " + chr(65 + self.beats % 26) * 3000, layout=False)
        written = self.saved.with_suffix(".new")
        written.write_text(str(self.beats))
        written.replace(self.saved)


if __name__ == "__main__":
    SmallConsole(Path(sys.argv[1])).run()
