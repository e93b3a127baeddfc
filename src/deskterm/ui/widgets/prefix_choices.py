"""What may follow a key that waits for a second one, all of it, over the end of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from deskterm.text import plain
from deskterm.ui.gate import clip, txt
from deskterm.ui.widgets.hint_bar import Hint

GAP = 3


class PrefixChoices(Static):
    """Keys and titles in columns; out of sight until it is asked for."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, choices: Iterable[Hint], width: int) -> None:
        """Show these in so many cells, read down one column after the other."""
        self.update(Content("\n").join(txt(line) for line in columns([*choices], width)))
        self.display = True

    def close(self) -> None:
        """Go out of sight."""
        self.display = False


def columns(choices: Sequence[Hint], width: int) -> list[str]:
    """Return choices in as many columns as fit into so many cells, in their order from top to bottom."""
    words = [plain(f"{key:<2} {label}", one_line=True) for key, label, _rank in choices]
    widest = max(map(cell_len, words), default=1)
    count = max(1, min(len(words), (width + GAP) // (widest + GAP)))
    height = -(-len(words) // count)
    lines = [words[row::height] for row in range(height)]
    return [(" " * GAP).join(clip(word, widest) for word in line).rstrip() for line in lines]
