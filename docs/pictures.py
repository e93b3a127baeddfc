"""Makes the pictures in docs/img from the running app: `make pictures`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.importers.demo.build import PLAYER, build
from deskterm.services import workplace
from deskterm.ui.app import DeskApp

NOW = datetime(2026, 6, 2, 12, 32, tzinfo=UTC)
IMAGES = Path(__file__).parent / "img"
SMALL, LARGE = (80, 24), (160, 45)

PICTURES: Sequence[tuple[str, tuple[int, int], Sequence[str]]] = (
    ("queue-80x24", SMALL, ()),
    ("queue-160x45", LARGE, ("2", "j", "j")),
    ("ticket-80x24", SMALL, ("2", "enter")),
    ("ticket-160x45", LARGE, ("2", "enter")),
    ("new-ticket-160x45", LARGE, ("c", *"leo")),
    ("help-80x24", SMALL, ("?",)),
    ("dashboard-80x24", SMALL, ("g", "d")),
    ("dashboard-160x45", LARGE, ("g", "d", ">")),
    ("wallboard-160x45", LARGE, ("g", "d", "w")),
    ("calendar-80x24", SMALL, ("g", "c", "tab")),
    ("calendar-160x45", LARGE, ("g", "c", "tab", "tab")),
    ("runsheet-80x24", SMALL, ("g", "h", *"CHG-1", "enter", "x")),
    ("board-80x24", SMALL, ("g", "b", "3")),
    ("board-160x45", LARGE, ("g", "b", "3")),
    ("causes-80x24", SMALL, ("g", "b", "3", "enter", "2", "j")),
    ("effect-80x24", SMALL, ("g", "b", "5", "enter", "4")),
)
"""Name, size in cells, and the keys that lead there."""


async def picture(desk: Desk, name: str, size: tuple[int, int], keys: Sequence[str]) -> None:
    """Start the console, press keys, and save what it shows."""
    app = DeskApp(desk, PLAYER, environ={"COLORTERM": "truecolor"})
    async with app.run_test(size=size) as pilot:
        await app.ready.wait()
        await pilot.pause(0.5)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.5)
        (IMAGES / f"{name}.svg").write_text(app.export_screenshot(title="deskterm"), encoding="utf-8")


def main() -> None:
    """Build the demo desk as of a fixed instant, and take every picture of it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.db"
        build(url, NOW)
        with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
            desk.transact(SYSTEM, lambda tx: workplace.beat(tx, "pictures", SYSTEM, worker=True))
        for name, size, keys in PICTURES:
            with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
                asyncio.run(picture(desk, name, size, keys))
            print(f"docs/img/{name}.svg")


if __name__ == "__main__":
    main()
