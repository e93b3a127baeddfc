"""The last line: the keys worth knowing now, and always where to find the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from deskterm.i18n import _
from deskterm.text import plain

GAP = 2


class Hint(NamedTuple):
    """A key and what it does; the lowest rank stays longest."""

    key: str
    label: str
    rank: int = 0


def fitting(hints: Iterable[Hint], width: int) -> list[Hint]:
    """Return the hints that fit into `width` cells, best ranked first to be taken, in their own order."""
    wanted = list(hints)
    taken: list[Hint] = []
    for hint in sorted(wanted, key=lambda hint: hint.rank):
        room = cell_len(f"{hint.key} {hint.label}") + GAP
        if room <= width:
            taken.append(hint)
            width -= room
    return [hint for hint in wanted if hint in taken]


class HintBar(Widget):
    """Ranked hints at the left, where to find the other keys pinned at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hint-bar--key", "hint-bar--label"}
    DEFAULT_CSS = "HintBar { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self._help_key = "?"

    def show(self, hints: Iterable[Hint], *, help_key: str = "?") -> None:
        """Show these hints, as many as fit.

        Args:
            hints: in their order.
            help_key: what shows all keys; where text is typed a question mark is none.
        """
        shown = tuple(
            Hint(plain(key, one_line=True), plain(label, one_line=True), rank) for key, label, rank in hints
        )
        if (shown, help_key) != (self._hints, self._help_key):
            self._hints, self._help_key = shown, help_key
            self.refresh()

    def render(self) -> Content:
        """Return the line."""
        pinned = self._content(Hint(self._help_key, _("keys")))
        room = self.size.width - pinned.cell_length
        left = Content(" " * GAP).join(map(self._content, fitting(self._hints, room)))
        return Content.assemble(left, " " * max(0, room - left.cell_length), pinned)

    def _content(self, hint: Hint) -> Content:
        return Content.assemble(
            Content.styled(hint.key, self.get_visual_style("hint-bar--key", partial=True)),
            " ",
            Content.styled(hint.label, self.get_visual_style("hint-bar--label", partial=True)),
        )
