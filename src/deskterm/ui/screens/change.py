"""A change: what it is, what is missing, and its pages, opened over the screen it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import change_words
from deskterm.ui.change_verbs import ChangeVerbs
from deskterm.ui.gate import txt
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.reads.change import ChangeRecord

PAGES: tuple[tuple[str, Callable[[ChangeRecord], Content]], ...] = (
    (N_("Summary"), change_words.summary),
    (N_("Plan"), change_words.plan),
    (N_("Approvals"), change_words.approvals),
    (N_("Run sheet"), change_words.run_sheet),
    (N_("Verify & review"), change_words.verification),
    (N_("Ledger"), change_words.ledger),
)
SCROLLS = {
    "down": "scroll_down", "up": "scroll_up", "page_down": "scroll_page_down", "page_up": "scroll_page_up",
    "top": "scroll_home", "bottom": "scroll_end",
}  # fmt: skip
"""How a page moves under each key."""


class ChangeScreen(ChangeVerbs["ChangeRecord"]):
    """One change.

    Args:
        number: of the change.
        tab: the page to begin with, from 1.
    """

    CSS_PATH = style("change")
    PLACE = Place.CHANGE
    LISTENS = ("change", "ticket")

    def __init__(self, number: str, *, tab: int = 1) -> None:
        super().__init__()
        self.number = number
        self._tab = tab - 1
        self._record: ChangeRecord | None = None

    def body(self) -> ComposeResult:
        """List head, tabs, page."""
        yield Static(id="change-summary", markup=False)
        yield Static(id="change-facts", markup=False)
        yield Static(id="change-next", markup=False)
        yield ViewTabs()
        with VerticalScroll(id="change-page", can_focus=True):
            yield Static(id="change-text", markup=False)

    def on_mount(self) -> None:
        """Put the keys on the page."""
        self._show_tabs()
        self._page.focus()

    @property
    def change(self) -> ChangeRecord | None:
        """The change, None until it is read."""
        return self._record

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one("#change-page", VerticalScroll)

    def heading(self) -> str:
        """Return number, kind and state."""
        if self._record is None:
            return self.number
        row = self._record.row
        return f"{row.number}  {label(row.kind).upper()}  {label(row.status).upper()}"

    def read(self) -> ChangeRecord:
        """Fetch the change."""
        from deskterm.reads import change

        return change.record(self.console.desk, self.number, by=self.console.agent)

    def show(self, model: ChangeRecord) -> None:
        """Fill head and page."""
        self._record = model
        self.query_one("#change-summary", Static).update(txt(model.row.summary, one_line=True))
        self.query_one("#change-facts", Static).update(txt(change_words.facts_line(model), one_line=True))
        self.query_one("#change-next", Static).update(txt(change_words.next_line(model), one_line=True))
        self.query_one("#change-next", Static).set_class(bool(model.missing), "-at-risk")
        self._show_page()
        self.show_header()

    def _show_page(self) -> None:
        if self._record is not None:
            self.query_one("#change-text", Static).update(self._words(self._record))

    def _words(self, record: ChangeRecord) -> Content:
        """Return the page of the tab that is open."""
        return PAGES[self._tab][1](record)

    def _show_tabs(self) -> None:
        tabs = [Tab(str(place), _(title)) for place, (title, _page) in enumerate(PAGES, 1)]
        self.query_one(ViewTabs).show(tabs, str(self._tab + 1))

    @on(ViewTabs.Chosen)
    def choose_tab(self, chosen: ViewTabs.Chosen) -> None:
        """Go to the page that was clicked."""
        self.action_show_tab(chosen.digit)

    def action_show_tab(self, digit: str) -> None:
        """Go to a page by its number."""
        self._tab = int(digit) - 1
        self._show_tabs()
        self._show_page()
        self._page.scroll_home(animate=False)

    def action_next_tab(self) -> None:
        """Go to the page on the right."""
        self.action_show_tab(str((self._tab + 1) % len(PAGES) + 1))

    def action_previous_tab(self) -> None:
        """Go to the page on the left."""
        self.action_show_tab(str((self._tab - 1) % len(PAGES) + 1))

    def action_scroll(self, how: str) -> None:
        """Move the page."""
        getattr(self._page, SCROLLS[how])(animate=False)

    def action_copy_number(self) -> None:
        """Copy the number."""
        self.copy(self.number)

    def action_unwind(self) -> None:
        """Go back."""
        self.action_close()
