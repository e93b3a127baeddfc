"""Where text becomes something painted: content without markup, cells, the last filter before a terminal."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from deskterm.text import REPLACED, REPLACEMENT, plain

ELLIPSIS = "…"
LINKED = ("http://", "https://", "mailto:")
"""The only places a terminal link (OSC 8) may lead to."""

_UNPAINTABLE = re.compile(f"[\x00-\x1f\x7f\u2028\u2029{REPLACED}]")


def txt(text: str, *, one_line: bool = False) -> Content:
    """Return `text` for a widget, with nothing in it read as markup."""
    return Content(plain(text, one_line=one_line))


def cell(text: str, style: str = "") -> Text:
    """Return `text` on one line for `DataTable`, `Tree` and `RichLog`, which clip a `Content` wrongly."""
    return Text(plain(text, one_line=True), style, end="", no_wrap=True)


def clip(text: str, width: int, *, align_right: bool = False) -> str:
    """Return `text`, already plain and on one line, in exactly `width` cells: cut with `…`, or padded.

    A wide character that would stand across the edge is left out.
    """
    if text.isascii():
        if len(text) > width:
            return text[: width - 1] + ELLIPSIS if width > 0 else ""
        return text.rjust(width) if align_right else text.ljust(width)
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + ELLIPSIS if width > 0 else ""
    padding = " " * (width - cells)
    return padding + text if align_right else text + padding


class PaintGate(LineFilter):
    """Keeps controls, and links to anywhere but the web and mail, out of what is painted.

    For whatever was not made `plain` before; returned among an app's `get_line_filters()`. Invisible
    characters that steer nothing are left to `plain`. All gates are equal, as strips remember what each
    filter made of them.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PaintGate)

    def __hash__(self) -> int:
        return hash(PaintGate)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` as they are if they are harmless, which nearly all are."""
        for text, style, _ in segments:
            if not text.isprintable() or (style is not None and style.link):
                return [_harmless(segment) for segment in segments]
        return segments


def _harmless(segment: Segment) -> Segment:
    """Return `segment` painting the same number of cells, without control over the terminal."""
    text, style, control = segment
    return Segment(_UNPAINTABLE.sub(_as_wide, text), _without_foreign_link(style), control)


def _as_wide(found: re.Match[str]) -> str:
    """Return what takes the place of an unpaintable character: as many cells as were counted for it."""
    return REPLACEMENT * cell_len(found[0])


def _without_foreign_link(style: Style | None) -> Style | None:
    """Return `style` without a link that leads elsewhere than to the web or to mail."""
    if style is None or style.link is None:
        return style
    if style.link.lower().startswith(LINKED) and style.link.isprintable():
        return style
    return style.update_link(None)
