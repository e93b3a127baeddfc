"""Makes the pictures in docs/img from the running app: `make pictures`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
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

MANY: Mapping[str, str] = {"COLORTERM": "truecolor"}
GREY: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "desk-dark": ("desk-dark", MANY),
    "desk-light": ("desk-light", MANY),
    "desk-contrast": ("desk-contrast", MANY),
    "sixteen-colours": ("desk-dark", {"TERM": "xterm"}),
    "no-colour": ("desk-dark", {"NO_COLOR": "1"}),
}
"""Name, theme and what the terminal says of itself: the looks that must lose nothing without colour."""
EVERY_SIGN = (
    "0",
    "slash",
    "backspace",
    *",resolved assignee:me",
    "enter",
    "j",
    "space",
    "space",
    "j",
    "j",
    "j",
)
"""Keys to a queue in which clocks are breached, at risk, paused and met, with two marks and a note."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")


async def picture(
    desk: Desk,
    name: str,
    size: tuple[int, int],
    keys: Sequence[str],
    *,
    theme: str = "desk-dark",
    environ: Mapping[str, str] = MANY,
    is_grey: bool = False,
) -> None:
    """Start the console, press keys, and save what it shows."""
    app = DeskApp(desk, PLAYER, theme=theme, environ=environ)
    async with app.run_test(size=size) as pilot:
        await app.ready.wait()
        await pilot.pause(0.5)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.5)
        drawn = app.export_screenshot(title="deskterm")
    (IMAGES / f"{name}.svg").write_text(COLOUR.sub(_grey, drawn) if is_grey else drawn, encoding="utf-8")


def _grey(colour: re.Match[str]) -> str:
    """Return a colour as somebody sees it who sees no colours: by its luma (ITU-R BT.601)."""
    red, green, blue = bytes.fromhex(colour[0][1:])
    return "#" + 3 * f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}"


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
        for look, (theme, environ) in GREY.items():
            name = f"grey-{look}"
            with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
                taken = picture(desk, name, LARGE, EVERY_SIGN, theme=theme, environ=environ, is_grey=True)
                asyncio.run(taken)
            print(f"docs/img/{name}.svg")


if __name__ == "__main__":
    main()
