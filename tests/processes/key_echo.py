"""Writes down which keys arrive, through the driver that the console has: `python key_echo.py FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual import events
from textual.app import App

from deskterm.ui.driver import SafeLinuxDriver


class KeyEcho(App[None]):
    """Takes every key before a binding can."""

    def __init__(self, heard: Path) -> None:
        super().__init__(driver_class=SafeLinuxDriver)
        self.heard = heard

    def on_mount(self) -> None:
        """Make the file: keys may come."""
        self.heard.touch()

    async def on_event(self, event: events.Event) -> None:
        """Write a key's name and character on a line."""
        if not isinstance(event, events.Key):
            await super().on_event(event)
            return
        with self.heard.open("a", encoding="utf-8") as file:
            file.write(json.dumps([event.key, event.character]) + "\n")


if __name__ == "__main__":
    KeyEcho(Path(sys.argv[1])).run()
