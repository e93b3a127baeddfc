"""P8 to P11: what a key costs in the queue's table, in Textual's `DataTable` and in neomutt, on terminals.

python bench/table.py [ROUNDS]

CPU is that of the whole process, paired in one run; instructions are counted by valgrind, where there is one.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from _figures import gate
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.widget import Widget
from textual.widgets import DataTable

from deskterm import rubbish
from deskterm.ui.driver import SafeLinuxDriver
from deskterm.ui.gate import PaintGate, cell
from deskterm.ui.painting import Painting
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.ticket_table import TicketTable
from tests.terminal import Terminal

ROUNDS = 3
LINES, COLUMNS = 40, 120
ENVIRON = {"COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
"""What every program runs in; without animations, `DataTable` paints a scroll once."""
ROWS = 10_000
"""As many rows both tables have."""
MAILS = 100_000
"""As many mails neomutt has, and rows our table beside it."""
COUNTED_ROWS = 1_000
"""As many rows both tables have under valgrind, which takes fifty times as long; keys cost no less by it."""
HALF_SCREEN = 15
"""So many keys go down the screen, and as many up again, without scrolling."""
SCREEN = 40
"""After so many keys down the list scrolls."""
SPACE_SECONDS = 0.02
"""The next key is pressed when nothing more was painted for so long."""
SHOW, PEER = "show", "show-peer"
"""The arguments that show our table, or `DataTable`, on this terminal."""
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


class Peer(App[None]):
    """`DataTable` on a terminal, as Textual comes, with the gate that the console has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "table('down')", priority=True),
        Binding("k", "table('up')", priority=True),
        Binding("n", "table('page_down')", priority=True),
        Binding("q", "quit", priority=True),
    ]

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self._filters.append(PaintGate())
        self.table = self.make()

    def make(self) -> Widget:
        """Return the table."""
        return DataTable(cursor_type="row")

    def compose(self) -> Iterable[Widget]:
        """Show the table and nothing else."""
        yield self.table

    def on_mount(self) -> None:
        """Fill it."""
        self.fill()
        rubbish.settle()

    def fill(self) -> None:
        """Give the table its rows."""
        table = self.query_one(DataTable)
        for title, width in WIDTHS.items():
            table.add_column(title, width=width)
        for key in range(self.rows):
            table.add_row(*map(cell, row(key).words))

    def action_table(self, act: str) -> None:
        """Move the cursor."""
        getattr(self.table, "action_page_down" if act == "page_down" else f"action_cursor_{act}")()


class Ours(Painting[None], Peer):
    """Our table on a terminal, painted and driven as the console is."""

    def get_driver_class(self) -> type[Driver]:
        """Return the console's driver."""
        return SafeLinuxDriver

    async def on_event(self, event: events.Event) -> None:
        """Take a key the short way, as the console does."""
        if isinstance(event, events.Key):
            await self._check_bindings(event.key, priority=True)
        else:
            await super().on_event(event)

    def make(self) -> Widget:
        """Return the queue's table."""
        columns: list[Column[Row]] = []
        for at, (title, width) in enumerate(WIDTHS.items()):
            columns.append(Column(title, title, partial(nth, at), width=width, flex=title == "Subject"))
        return TicketTable(columns)

    def fill(self) -> None:
        """Give the table its rows."""
        self.query_one(TicketTable).show([row(key) for key in range(self.rows)], self.rows)

    def action_table(self, act: str) -> None:
        """Move the cursor."""
        getattr(self.table, f"action_{act}")()


def nth(at: int, row: Row) -> Cell:
    return Cell(row.words[at])


@dataclass(frozen=True, slots=True)
class Move:
    """A way to move, as keys."""

    name: str
    before: str
    """What is pressed first, uncounted."""
    keys: str
    """What is pressed over and over."""
    times: int


CURSOR = Move("cursor", "", "j" * HALF_SCREEN + "k" * HALF_SCREEN, 200)
SCROLL = Move("scroll", "j" * SCREEN, "j", 100)
PAGE = Move("page", "", "n", 40)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one key costs."""

    milliseconds: float
    """Of CPU."""
    sent: float
    """Bytes to the terminal."""


def shown(what: str, rows: int) -> list[str]:
    """Return the command that shows a table."""
    return [sys.executable, __file__, what, str(rows)]


def cost(command: Sequence[str], ready: str, move: Move) -> Cost:
    """Return what a key costs in a program on a terminal, once it shows a text."""
    terminal = Terminal(command, size=(LINES, COLUMNS), environ=ENVIRON)
    try:
        press_all(terminal, ready, move.before)
        cpu, sent = terminal.cpu_milliseconds(), len(terminal.output)
        for number in range(move.times):
            press(terminal, move.keys[number % len(move.keys)])
        spent = terminal.cpu_milliseconds() - cpu
        return Cost(spent / move.times, (len(terminal.output) - sent) / move.times)
    finally:
        terminal.close()


def instructions(what: str, move: Move) -> float:
    """Return how many instructions a key takes, from what many keys take more than few."""
    few, many = (counted(what, move, times) for times in (10, 30))
    return (many - few) / 20


def counted(what: str, move: Move, times: int) -> int:
    """Return how many instructions a table takes from its start to its end, with so many keys between."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "counted"
        valgrind = ["valgrind", "-q", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={found}"]
        terminal = Terminal(
            [*valgrind, *shown(what, COUNTED_ROWS)],
            size=(LINES, COLUMNS),
            environ={**ENVIRON, "PYTHONHASHSEED": "0"},
        )
        try:
            press_all(terminal, "INC-9", move.before, patience=300)
            for number in range(times):
                press(terminal, move.keys[number % len(move.keys)])
            terminal.press("q")
            terminal.until(lambda: terminal.process.poll() is not None, 120)
        finally:
            terminal.close()
        return int(found.read_text().rpartition("summary:")[2])


def press_all(terminal: Terminal, ready: str, keys: str, patience: float = 60) -> None:
    """Wait until a program stands, and press keys."""
    terminal.until(terminal.seen(ready), patience)
    terminal.read(1.0)
    for key in keys:
        press(terminal, key)


def press(terminal: Terminal, key: str) -> None:
    """Press a key and wait until what it changes is painted; keys come as quickly as a held one repeats."""
    terminal.press(key)
    while not terminal.read(SPACE_SECONDS):
        assert terminal.process.poll() is None, "it ended"


def neomutt(use: Callable[[list[str], str], Cost]) -> Cost:
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
        return use(["neomutt", "-n", "-F", str(settings), "-R", "-f", str(box)], "site 9")


def main() -> None:
    """Measure, and print each figure with its peer and its gates."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    for move in (CURSOR, SCROLL, PAGE):
        pairs = [
            (cost(shown(SHOW, ROWS), "INC-9", move), cost(shown(PEER, ROWS), "INC-9", move))
            for _round in range(rounds)
        ]
        ratio = statistics.median(mine.milliseconds / peer.milliseconds for mine, peer in pairs)
        mine, peer = pairs[-1]
        print(
            f"{move.name:<7} ours {mine.milliseconds:5.2f} ms {mine.sent:6.0f} B"
            f"   DataTable {peer.milliseconds:5.2f} ms {peer.sent:6.0f} B   ratio {ratio:.3f} CPU"
        )
        if move is SCROLL:
            print(f"P11 scroll {mine.sent:.0f} B {gate(mine.sent, 6500)}, then {gate(mine.sent, 400)}")
        elif move is PAGE:
            print(f"P10 page / DataTable {ratio:.3f} {gate(ratio, 0.2)}")
    if shutil.which("valgrind"):
        mine_counted, peer_counted = instructions(SHOW, SCROLL), instructions(PEER, SCROLL)
        ratio = mine_counted / peer_counted
        print(
            f"P9  scroll ours {mine_counted / 1e6:.2f} M instructions   DataTable {peer_counted / 1e6:.2f} M"
        )
        print(f"P9  {ratio:.3f} {gate(ratio, 0.35)}, then {gate(ratio, 0.05)}")
    else:
        print("P9  valgrind: not installed")
    if shutil.which("neomutt"):
        use = partial(cost, move=CURSOR)
        paired = [(use(shown(SHOW, MAILS), "INC-9"), neomutt(use)) for _round in range(rounds)]
        ratio = statistics.median(mine.milliseconds / peer.milliseconds for mine, peer in paired)
        mine, peer = paired[-1]
        print(
            f"P8  cursor ours {mine.milliseconds:.2f} ms   neomutt {peer.milliseconds:.2f} ms, {MAILS:,} rows"
        )
        print(f"P8  {ratio:.2f} {gate(ratio, 1.3)}, then {gate(ratio, 0.95)}")
    else:
        print("P8  neomutt: not installed")


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in (SHOW, PEER):
        (Ours if sys.argv[1] == SHOW else Peer)(int(sys.argv[2])).run()
    else:
        main()
