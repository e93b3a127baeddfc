"""Signs for terminals that have only ASCII: lines and shades become `- | + # .`."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

ASCII = str.maketrans(
    {
        **dict.fromkeys("─━╌┄╴╶═", "-"),
        **dict.fromkeys("│┃╎┆║▎▏▕▌▐", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╭╮╰╯╔╗╚╝", "+"),
        **dict.fromkeys("█▓▇▆▅▄", "#"),
        **dict.fromkeys("▃▂▁░▒·•", "."),
        **dict.fromkeys("…", "~"),
        **dict.fromkeys("–—", "-"),
        **dict.fromkeys("→▶►", ">"),
        **dict.fromkeys("←◀◄", "<"),
        **dict.fromkeys("↑▲", "^"),
        **dict.fromkeys("↓▼", "v"),
        **dict.fromkeys("×", "x"),
        **dict.fromkeys("÷", "/"),
        **dict.fromkeys("■●", "#"),
        **dict.fromkeys("□○", "o"),
        **{chr(picture): "?" for picture in range(0x2400, 0x2422)},
    }
)
"""Each takes one cell, before and after."""


class AsciiGlyphs(LineFilter):
    """Paints lines, shades and arrows with ASCII; letters of any script stay."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsciiGlyphs)

    def __hash__(self) -> int:
        return hash(AsciiGlyphs)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` as they are where they are ASCII, which most are."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(ASCII), *segment[1:])
            for segment in segments
        ]
