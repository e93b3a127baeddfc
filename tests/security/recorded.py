"""A console whose every byte for the terminal is kept, and what may be among them."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import takewhile
from types import ModuleType
from typing import Any

from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.worker import WorkerState

from deskterm.commands import Command, Place, of_place
from deskterm.desk import Desk
from deskterm.ui.app import DeskApp
from tests.ui.console import LASTING

GRAMMAR = re.compile(
    r"\x1b\[[0-9;:]*m"  # SGR: colours, bold, reverse
    r"|\x1b\[\d+(;\d+)?H|\x1b\[\d+C"  # CUP, CUF: where the next text goes
    r"|\x1b\[\d+X|\x1b\[K"  # ECH, EL: blanks
    r"|\x1b\[(\d+;\d+)?r|\x1bM"  # DECSTBM, RI: lines that move
    r"|\x1b\[\?2026[hl]"  # synchronised update: a frame begins, ends
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x1b\\"  # the clipboard, encoded
    r"|\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x1b\\"  # the window's title
    r"|\x1b\]22;[a-z]+\x07"  # the pointer's shape
    r"|\n"  # between the lines of a frame
    r"|\x07"  # the bell of an urgent notification
)
"""All that the console itself says to a terminal besides text."""
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, C1, what reorders text, lone surrogates."""


class RecordingDriver(HeadlessDriver):
    """Paints for somebody who writes everything down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written: list[str] = []

    @property
    def is_headless(self) -> bool:
        """Paint as if somebody looked."""
        return False

    def write(self, data: str) -> None:
        """Write it down."""
        self.written.append(data)


class RecordedApp(DeskApp):
    """The console on a recording driver."""

    recorder: RecordingDriver

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Any:
        self.recorder = RecordingDriver(self, size=size)
        self._driver = self.recorder
        return self.recorder

    def taken(self) -> str:
        """Return what was sent to the terminal since this was asked last."""
        sent = "".join(self.recorder.written)
        self.recorder.written.clear()
        return sent


@asynccontextmanager
async def recorded(
    desk: Desk,
    *,
    size: tuple[int, int] = (80, 24),
    agent: str = "dana",
    environ: dict[str, str] | None = None,
    theme: str = "desk-dark",
) -> AsyncIterator[tuple[RecordedApp, Pilot[None]]]:
    """Run a console that has read everything it shows at first."""
    colours = {"COLORTERM": "truecolor"} if environ is None else environ
    app = RecordedApp(desk, agent, environ=colours, theme=theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        await asyncio.wait_for(app.ready.wait(), 10)
        await calm(pilot)
        yield app, pilot


async def calm(pilot: Pilot[Any], rounds: int = 2) -> None:
    """Wait until no worker is busy, without waiting for timers; quicker than `settle`."""
    quiet = 0
    while quiet < rounds:
        await pilot.pause()
        busy = any(
            worker.group != LASTING and worker.state in (WorkerState.PENDING, WorkerState.RUNNING)
            for worker in pilot.app.workers
        )
        quiet = 0 if busy else quiet + 1
        if busy:
            await asyncio.sleep(0.005)


async def hit(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each when the last has taken effect."""
    for key in keys:
        await pilot.press(key)
        await calm(pilot)


def leaks(sent: str) -> list[str]:
    """Return what steers the terminal without being the console's own, with a little around it."""
    text = GRAMMAR.sub("", sent)
    return [repr(text[max(0, at.start() - 20) : at.end() + 20]) for at in STEERING.finditer(text)]


def painted(app: DeskApp) -> str:
    """Return the screen as lines of text."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def bound(app: DeskApp) -> list[object]:
    """Return the actions and links that are bound to what is painted; the console binds none to text."""
    found: list[object] = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None:
                found += [segment.style.link] if segment.style.link else []
                found += [value for name, value in segment.style.meta.items() if name == "@click"]
    return found


def classes(package: ModuleType, kind: type) -> dict[str, Any]:
    """Return the classes of a kind that a package's modules define, by name."""
    found: dict[str, Any] = {}
    for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(each.name)
        found |= {
            name: value
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, kind) and value.__module__ == each.name
        }
    return found


def asked_first(place: Place, places: Iterable[Place]) -> list[Command]:
    """Return the commands of a place that no place before it has, one for each action."""
    before = takewhile(lambda each: each is not place, places)
    known = {command.id for each in before for command in of_place(each)}
    return list({each.id: each for each in of_place(place) if each.id not in known}.values())
