"""P8 to P11: what a key costs in the queue's table and in Textual's `DataTable`, 10,000 rows, one run.

python bench/table.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from _figures import gate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers.headless_driver import HeadlessDriver
from textual.widget import Widget
from textual.widgets import DataTable

from deskterm.ui.gate import PaintGate, cell
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.ticket_table import TicketTable

ROWS = 10_000
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


def nth(at: int, row: Row) -> Cell:
    return Cell(row.words[at])


def ours() -> TicketTable[Row]:
    columns: list[Column[Row]] = []
    for at, (title, width) in enumerate(WIDTHS.items()):
        columns.append(Column(title, title, partial(nth, at), width=width, flex=title == "Subject"))
    return TicketTable(columns)


def fill(table: Widget) -> None:
    """Give either table its rows."""
    if isinstance(table, TicketTable):
        table.show([row(key) for key in range(ROWS)], ROWS)
    elif isinstance(table, DataTable):
        for title, width in WIDTHS.items():
            table.add_column(title, width=width)
        for key in range(ROWS):
            table.add_row(*map(cell, row(key).words))


async def measure(table: Widget) -> dict[str, tuple[float, float]]:
    """Return CPU milliseconds and bytes of one key, for each kind of move."""
    app = Bench(table)
    async with app.run_test(size=SIZE) as pilot:
        table.focus()
        fill(table)
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
    print("P8  neomutt:", "found; run it by hand" if shutil.which("neomutt") else "not installed")


if __name__ == "__main__":
    main()
