"""The records that belong to a ticket, to go to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widgets import OptionList
from textual.widgets.option_list import Option

from deskterm.i18n import _
from deskterm.ui.gate import txt
from deskterm.ui.widgets.record import link_line

if TYPE_CHECKING:
    from deskterm.reads.ticket import LinkedTicket


class LinkList(OptionList):
    """Links, one a line; Enter opens the record."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, compact=True, id=id)
        self._links: tuple[LinkedTicket, ...] = ()

    @property
    def chosen(self) -> LinkedTicket | None:
        """The link under the cursor."""
        return self._links[self.highlighted] if self.highlighted is not None and self._links else None

    def show(self, links: Sequence[LinkedTicket]) -> None:
        """Show links; the cursor stays on its link."""
        if tuple(links) == self._links and self.option_count:
            return
        before, self._links = self.chosen, tuple(links)
        self.clear_options()
        if not links:
            self.add_option(Option(txt(_("No links. & puts one.")), disabled=True))
            return
        self.add_options(Option(txt(link_line(link), one_line=True)) for link in links)
        self.highlighted = self._links.index(before) if before in self._links else 0

    def move(self, by: int) -> None:
        """Put the cursor so many links further."""
        if self._links:
            place = (self.highlighted or 0) + by
            self.highlighted = max(0, min(place, len(self._links) - 1))
