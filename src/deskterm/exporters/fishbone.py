"""A fishbone as an SVG drawing: three bones above the spine, three below, as tall as what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskterm.domain.rca import SIGNS, Branch, Cause, Line, Verdict, bones
from deskterm.exporters.wrapping import wrap
from deskterm.i18n import _
from deskterm.labels import label

if TYPE_CHECKING:
    from drawsvg import Drawing

CELL, LINE = 7.3, 17
"""Pixels that a letter of a monospaced font of 12 pixels takes, with a little air; a line of text."""
CELLS = 36
"""Letters beside a bone; a Chinese character counts for two."""
SLANT, AIR = 60, 14
"""How far a bone leans to the left at its end, and how far from that end the text keeps."""
BONE = CELLS * CELL + SLANT + AIR * 2
"""Pixels from bone to bone."""
SIGN, INDENT = 2, 2
"""Cells of a verdict's sign, and by which a cause stands right of the one that it explains."""
HEAD = 24
"""Cells of the head, in which the problem stands."""
MARGIN = 24
BLACK, PAPER = "#000000", "#ffffff"
COLOURS: Mapping[Verdict, str] = {
    Verdict.OPEN: "#444444",
    Verdict.CONFIRMED: "#a40000",
    Verdict.REFUTED: "#767676",
}
"""Beside its sign, so that nothing is told by colour alone."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text beside a bone."""

    text: str
    indent: int
    """Cells."""
    verdict: Verdict
    root: bool
    first: bool
    """Whether a cause begins with it: that line has the sign, and a rib."""


def fishbone_svg(problem: str, causes: Iterable[Cause]) -> str:
    """Return the fishbone of a problem's causes; nothing of what people wrote is left out."""
    import drawsvg

    hanging = {branch: [*_rows(lines)] for branch, lines in bones(causes).items()}
    head = wrap(problem, HEAD)
    rooms = [_room([hanging[branch] for branch in side], head) for side in _sides()]
    middle, tip = MARGIN + rooms[0], MARGIN + BONE * 3
    width, height = tip + HEAD * CELL + 2 * MARGIN, middle + rooms[1] + 2 * LINE
    drawing = drawsvg.Drawing(width, height, font_family="monospace", font_size=12)
    drawing.append_title(problem)
    drawing.append(drawsvg.Rectangle(0, 0, width, height, fill=PAPER))
    drawing.append(drawsvg.Line(MARGIN, middle, tip, middle, stroke=BLACK, stroke_width=3))
    arrow = (tip, middle - 14, tip, middle + 14, tip + 22, middle)
    drawing.append(drawsvg.Lines(*arrow, close=True, fill=BLACK))
    for place, text in enumerate(head):
        y = middle + (place - (len(head) - 1) / 2) * LINE + 4
        drawing.append(drawsvg.Text(text, 12, tip + 32, y, fill=BLACK, font_weight="bold"))
    for place, (branch, rows) in enumerate(hanging.items()):
        foot = MARGIN + BONE * (place // 2 + 1) - AIR
        _bone(drawing, branch, rows, foot, middle, rooms[1] if place % 2 else -rooms[0])
    drawing.append(drawsvg.Text(_legend(), 12, MARGIN, height - LINE / 2, fill=BLACK))
    return str(drawing.as_svg(header="")) + "\n"


def _sides() -> tuple[Sequence[Branch], Sequence[Branch]]:
    """Return the branches above the spine, and those below it."""
    branches = tuple(Branch)
    return branches[::2], branches[1::2]


def _room(side: Sequence[Sequence[_Row]], head: Sequence[str]) -> float:
    """Return how far a side reaches from the spine."""
    return max(max(map(len, side)) * LINE + 4 * LINE, (len(head) / 2 + 1) * LINE)


def _legend() -> str:
    told = [(SIGNS[verdict], label(verdict)) for verdict in Verdict] + [("*", _("root"))]
    return "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE} ".join(f"{sign} {word}" for sign, word in told)


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    """Yield the lines of text of one bone; what explains a cause of the same bone is indented under it."""
    own = {line.cause.id for line in lines}
    for line in lines:
        depth = sum(key in own for key in line.path) - 1
        indent = min(depth * INDENT, CELLS // 3)
        text = line.cause.statement + (" *" if line.cause.root else "")
        for place, part in enumerate(wrap(text, CELLS - SIGN - indent)):
            yield _Row(part, indent, line.cause.verdict, line.cause.root, place == 0)


def _bone(
    drawing: Drawing, branch: Branch, rows: Sequence[_Row], foot: float, middle: float, room: float
) -> None:
    """Draw a bone with its name at the end and its causes beside it.

    Args:
        foot: where it meets the spine.
        room: how far its side reaches from the spine; upwards where negative.
    """
    import drawsvg

    end = middle + room + (LINE if room < 0 else -LINE)
    drawing.append(drawsvg.Line(foot, middle, foot - SLANT, end, stroke=BLACK, stroke_width=2))
    name_at = end - 6 if room < 0 else end + 14
    looks = {"fill": BLACK, "font_weight": "bold", "text_anchor": "middle"}
    drawing.append(drawsvg.Text(label(branch), 13, foot - SLANT, name_at, **looks))
    left = foot - SLANT - AIR - CELLS * CELL
    top = end + LINE if room < 0 else middle + LINE + 6
    for place, row in enumerate(rows):
        x, y = left + row.indent * CELL, top + place * LINE
        looks = {"fill": COLOURS[row.verdict]} | ({"font_weight": "bold"} if row.root else {})
        if row.first:
            on_bone = foot - SLANT * abs(y + 4 - middle) / abs(end - middle)
            drawing.append(drawsvg.Line(x, y + 4, on_bone, y + 4, stroke=looks["fill"], stroke_width=0.7))
            drawing.append(drawsvg.Text(SIGNS[row.verdict], 12, x, y, **looks))
        if row.verdict is Verdict.REFUTED:
            looks["text_decoration"] = "line-through"
        drawing.append(drawsvg.Text(row.text, 12, x + SIGN * CELL, y, **looks))
