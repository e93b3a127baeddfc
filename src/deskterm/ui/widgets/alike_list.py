"""Open tickets that look like what is being typed, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widgets import OptionList
from textual.widgets.option_list import Option

from deskterm.i18n import _
from deskterm.ui.gate import txt

if TYPE_CHECKING:
    from deskterm.domain.triage import Duplicate


class AlikeList(OptionList):
    """Open tickets that may be about the same."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, compact=True, id=id)
        self.numbers: tuple[str, ...] = ()

    def show(self, alike: Sequence[Duplicate]) -> None:
        """Show them, the likeliest first."""
        self.numbers = tuple(each.number for each in alike)
        self.clear_options()
        self.add_options(Option(txt(_alike(each), one_line=True)) for each in alike)
        self.highlighted = 0 if alike else None


def _alike(duplicate: Duplicate) -> str:
    whose = _("same caller") if duplicate.same_caller else _("another caller")
    return f"{duplicate.similarity:.2f}  {duplicate.number:<8} {whose:<15} {duplicate.summary}"
