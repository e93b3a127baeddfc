"""P8 to P11: what a key costs in the queue's table, in Textual's `DataTable` and in neomutt, one run.

python bench/table.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from _figures import gate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers.headless_driver import HeadlessDriver
from textual.widget import Widget
from textual.widgets import DataTable

from deskterm.ui.driver import SafeLinuxDriver
from deskterm.ui.gate import PaintGate, cell
from deskterm.ui.painting import Painting
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.ticket_table import TicketTable
from tests.terminal import Terminal

ROWS = 10_000
MAILS = 100_000
"""As many mails neomutt has, and rows our table beside it."""
KEYS = 100
"""So often a key is pressed on a terminal: first down the screen and up again, without scrolling."""
HALF_SCREEN = 15
SPACE_SECONDS = 0.02
SHOW = "show"
"""The argument that shows our table on this terminal."""
ROUNDS = 2
SIZE = (120, 40)
WIDTHS = {
    "P": 2,
    "SLA": 8,
    "ID": 10,
    "Subject": 40,
    "Who": 6,
    "St": 4,
    "Age": 4,
    "Requester": 14,
    "Service": 12,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket as the queue shows it."""

    key: int
    words: tuple[str, ...]
    """What stands in the columns."""


def row(number: int) -> Row:
    texts = (f"P{number % 4 + 1}", f"{number % 9}:41", f"INC-{number}", f"VPN down for site {number}")
    return Row(number, (*texts, "dana", "OPN", "4h", "Claire Martin", "Remote access"))


class CountingDriver(HeadlessDriver):
    """Counts what a terminal would be sent."""

    sent = 0

    @property
    def is_headless(self) -> bool:
        """Paint as if somebody looked."""
        return False

    def write(self, data: str) -> None:
        """Count."""
        CountingDriver.sent += len(data.encode("utf-8", "replace"))


class Bench(App[None]):
    """One table, with the gate that the console has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "table('down')", priority=True),
        Binding("k", "table('up')", priority=True),
        Binding("n", "table('page_down')", priority=True),
    ]

    def __init__(self, table: Widget) -> None:
        super().__init__(driver_class=CountingDriver)
        self.table = table
        self._filters.append(PaintGate())

    def compose(self) -> Iterable[Widget]:
        """Show the table and nothing else."""
        yield self.table

    def action_table(self, act: str) -> None:
        """Do the same to either table."""
        name = "cursor_down" if act == "down" and isinstance(self.table, DataTable) else act
        getattr(self.table, f"action_{name}")()

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Any:
        driver = self._driver = CountingDriver(self, size=SIZE)
        return driver


class Ours(Painting[None], Bench):
    """The same, painted as the console is."""


class Shown(Ours):
    """Our table on a terminal."""

    def __init__(self) -> None:
        super().__init__(ours())
        self.driver_class = SafeLinuxDriver

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Any:
        return App._build_driver(self, headless, inline, mouse, size)

    def on_mount(self) -> None:
        """Fill it."""
        fill(self.table, MAILS)


def nth(at: int, row: Row) -> Cell:
    return Cell(row.words[at])


def ours() -> TicketTable[Row]:
    columns: list[Column[Row]] = []
    for at, (title, width) in enumerate(WIDTHS.items()):
        columns.append(Column(title, title, partial(nth, at), width=width, flex=title == "Subject"))
    return TicketTable(columns)


def fill(table: Widget, count: int) -> None:
    """Give either table so many rows."""
    if isinstance(table, TicketTable):
        table.show([row(key) for key in range(count)], count)
    elif isinstance(table, DataTable):
        for title, width in WIDTHS.items():
            table.add_column(title, width=width)
        for key in range(count):
            table.add_row(*map(cell, row(key).words))


async def measure(table: Widget) -> dict[str, tuple[float, float]]:
    """Return CPU milliseconds and bytes of one key, for each kind of move."""
    app = (Ours if isinstance(table, TicketTable) else Bench)(table)
    async with app.run_test(size=SIZE) as pilot:
        table.focus()
        fill(table, ROWS)
        await pilot.pause(0.5)
        figures = {"cursor": await keys(pilot, "j", 20)}
        for _ in range(20):
            await pilot.press("j")
        figures["scroll"] = await keys(pilot, "j", 60)
        figures["page"] = await keys(pilot, "n", 20)
    return figures


async def keys(pilot: Any, key: str, times: int) -> tuple[float, float]:
    CountingDriver.sent = 0
    started = time.process_time()
    for _ in range(times):
        await pilot.press(key)
    return (time.process_time() - started) * 1000 / times, CountingDriver.sent / times


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    runs = [
        (asyncio.run(measure(ours())), asyncio.run(measure(DataTable(cursor_type="row"))))
        for _ in range(rounds)
    ]
    for kind in ("cursor", "scroll", "page"):
        (mine, sent), (peer, peer_sent) = (min(run[side][kind] for run in runs) for side in (0, 1))
        ratio = mine / peer
        print(
            f"{kind:<7} ours {mine:6.2f} ms {sent:7.0f} B   DataTable {peer:6.2f} ms {peer_sent:7.0f} B"
            f"   ratio {ratio:5.2f} CPU, {sent / max(1, peer_sent):5.2f} bytes"
        )
        if kind == "scroll":  # instructions are what P9 asks for; CPU stands for them
            print(f"P9  scroll / DataTable {ratio:.2f} {gate(ratio, 0.35)}, then {gate(ratio, 0.05)}")
            print(f"P11 scroll {sent:.0f} B {gate(sent, 6500)}, then {gate(sent, 400)}")
        elif kind == "page":
            print(f"P10 page / DataTable {ratio:.2f} {gate(ratio, 0.2)}")
    if shutil.which("neomutt"):
        peers = [(on_terminal([sys.executable, __file__, SHOW], "INC-9"), neomutt()) for _ in range(rounds)]
        mine, peer = min(run[0] for run in peers), min(run[1] for run in peers)
        ratio = mine / peer
        print(f"P8  cursor {mine:.2f} ms CPU   neomutt, {MAILS:,} mails {peer:.2f} ms   ratio {ratio:.2f}")
        print(f"P8  {gate(ratio, 1.3)}, then {gate(ratio, 0.95)}")
    else:
        print("P8  neomutt: not installed")


def neomutt() -> float:
    """Return what a key costs in neomutt."""
    with tempfile.TemporaryDirectory() as folder:
        box, settings = Path(folder) / "box", Path(folder) / "settings"
        mails = (
            f"From caller@example.org Mon Jun  1 09:00:00 2026\nFrom: Claire Martin <caller@example.org>\n"
            f"Date: Mon, 1 Jun 2026 09:00:00 +0000\nMessage-ID: <{number}@example.org>\n"
            f"Subject: VPN down for site {number}\n\nHelp.\n\n"
            for number in range(MAILS)
        )
        box.write_text("".join(mails))
        settings.write_text(f"set sort=mailbox-order\nset folder={folder}\n")
        return on_terminal(["neomutt", "-n", "-F", str(settings), "-R", "-f", str(box)], "site 9")


def on_terminal(command: list[str], ready: str) -> float:
    """Return the CPU milliseconds of a cursor move in a program on a terminal, once it shows a text."""
    terminal = Terminal(command, size=(SIZE[1], SIZE[0]), environ={"COLORTERM": "truecolor"})
    try:
        terminal.until(terminal.seen(ready), 60)
        terminal.read(1.0)
        before = terminal.cpu_milliseconds()
        for number in range(KEYS):
            terminal.press("j" if number // HALF_SCREEN % 2 == 0 else "k")
            terminal.read(SPACE_SECONDS)
        return (terminal.cpu_milliseconds() - before) / KEYS
    finally:
        terminal.close()


if __name__ == "__main__":
    if sys.argv[1:] == [SHOW]:
        Shown().run()
    else:
        main()
