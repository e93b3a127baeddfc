"""A terminal in memory that understands what the console sends, and shows what a person would see."""

from __future__ import annotations

import re

from rich.cells import split_graphemes

SEQUENCE = re.compile(
    r"\x1b\[(?P<numbers>[0-9;]*)(?P<final>[a-zA-Z])"
    r"|\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]"  # modes, and questions about them
    r"|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<short>M)"
    r"|(?P<feed>\n)"
    r"|(?P<text>[^\x00-\x1f]+)",
)
INCOMPLETE = re.compile(r"\x1b(\[[0-9;<>=?$]*|\][^\x07\x1b]*\x1b?)?$")
COLOUR = re.compile(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+")
OFF = {"22": {"1", "2"}, "23": {"3"}, "24": {"4"}, "25": {"5"}, "27": {"7"}, "28": {"8"}, "29": {"9"}}
WINDOW = "t"
"""What is done to the window, such as to its title, is not seen here."""
SEEN_ON_BLANKS = {"4", "5", "7", "9"}

Look = tuple[frozenset[str], str, str]
"""Attributes, foreground, background."""
Cell = tuple[str, Look]


class Emulator:
    """A grid of cells.

    Args:
        width, height: its size.
        erases_in_colour: whether what it erases gets the background in force.
    """

    def __init__(self, width: int, height: int, *, erases_in_colour: bool) -> None:
        self.width = width
        self.height = height
        self.erases_in_colour = erases_in_colour
        self.look: Look = (frozenset(), "", "")
        self.x = self.y = 0
        self.region = (0, height)
        self.lines = [self._blanks(width) for _ in range(height)]
        self._rest = ""

    def feed(self, data: str) -> None:
        """Do what was sent; the beginning of a sequence waits for its end."""
        data = self._rest + data
        whole = found.start() if (found := INCOMPLETE.search(data)) else len(data)
        data, self._rest = data[:whole], data[whole:]
        for found in SEQUENCE.finditer(data):
            if found["text"] is not None:
                self._put(found["text"])
            elif found["short"] or found["feed"]:
                self._scroll(down=found["feed"] is None)
            elif found["final"] not in (None, WINDOW):
                self._do(found["final"], found["numbers"])

    def seen(self) -> list[list[Cell]]:
        """Return what is seen: of blanks, only their background and what is drawn through them."""
        return [[_as_seen(cell) for cell in line] for line in self.lines]

    def text(self) -> list[str]:
        """Return the lines as text."""
        return ["".join(text for text, _ in line).rstrip() for line in self.lines]

    def _do(self, final: str, numbers: str) -> None:
        given = [int(number) if number else 1 for number in numbers.split(";")]
        if final == "H":
            self.y, self.x = given[0] - 1, (given[1] if len(given) > 1 else 1) - 1
        elif final == "C":
            self.x += given[0]
        elif final == "X":
            self.lines[self.y][self.x : self.x + given[0]] = self._blanks(given[0])
        elif final == "K":
            self.lines[self.y][self.x :] = self._blanks(self.width - self.x)
        elif final == "r":
            self.region = (given[0] - 1, given[1]) if numbers else (0, self.height)
            self.x = self.y = 0
        elif final == "m":
            self._take(numbers)
        else:
            raise AssertionError(f"the emulator knows no {final}")

    def _put(self, text: str) -> None:
        for start, end, width in split_graphemes(text)[0]:
            cells = [(text[start:end], self.look), *[("", self.look)] * (width - 1)]
            self.lines[self.y][self.x : self.x + width] = cells[:width]
            self.x += width

    def _scroll(self, *, down: bool) -> None:
        top, bottom = self.region
        self.x = 0
        if self.y == (top if down else bottom - 1):
            gone, place = (bottom - 1, top) if down else (top, bottom - 1)
            del self.lines[gone]
            self.lines.insert(place, self._blanks(self.width))
        else:
            self.y += -1 if down else 1

    def _take(self, numbers: str) -> None:
        attributes, foreground, background = self.look
        for code in COLOUR.findall(numbers or "0"):
            if code == "0":
                attributes, foreground, background = frozenset(), "", ""
            elif code in OFF:
                attributes -= OFF[code]
            elif code == "39" or code == "49":
                foreground, background = ("", background) if code == "39" else (foreground, "")
            elif code[0] in "39" and len(code) > 1:
                foreground = code
            elif code[0] in "41" and len(code) > 1:
                background = code
            else:
                attributes |= {code}
        self.look = (attributes, foreground, background)

    def _blanks(self, count: int) -> list[Cell]:
        background = self.look[2] if self.erases_in_colour else ""
        return [(" ", (frozenset(), "", background)) for _ in range(count)]


def _as_seen(cell: Cell) -> Cell:
    text, (attributes, foreground, background) = cell
    if text == " " and not attributes & SEEN_ON_BLANKS:
        return text, (frozenset(), "", background)
    return text, (attributes, foreground, background)
