"""The views of the queue: filter, order, columns, and what is kept under a name."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _
from deskterm.ui import cell_filter
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.screens.queue_list import QueueList, QueueModel
from deskterm.ui.trail import Location
from deskterm.ui.views import ALL, FIRST, VIEWS, View, arranged, beside, named, view_of
from deskterm.ui.widgets.filter_bar import FilterBar
from deskterm.ui.widgets.queue_columns import COLUMN_NAMES, queue_columns
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs

if TYPE_CHECKING:
    from deskterm.domain.query import Query

FIRST_ROWS = 100
"""Rows read for the first frame; the rest follow as the eye goes there."""
SORTS = (
    (N_("breach"), "breach"),
    (N_("priority, then breach"), "prio,breach"),
    (N_("created, newest first"), "created"),
    (N_("updated, newest first"), "updated"),
    (N_("number, newest first"), "-id"),
    (N_("assignee"), "assignee,breach"),
    (N_("team"), "team,breach"),
    (N_("status"), "status,breach"),
    (N_("service"), "svc,breach"),
)
SORT_TERM = re.compile(r"\s*(?<!\S)sort:(\S+)")
COLUMNS_TERM = re.compile(r"\s*(?<!\S)cols:\S+")


class QueueViews(QueueList):
    """A list that shows one view after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.view: View = FIRST
        self.text = FIRST.text
        self._views: tuple[View, ...] = (*VIEWS, ALL)
        self._counts: dict[str, int] = {}
        self._columns: tuple[str, ...] = ()
        self._by_cell: cell_filter.Step | None = None
        self._is_refused = False

    def read(self) -> QueueModel:
        """Open the view: its first rows."""
        from deskterm.query import parse
        from deskterm.reads import views
        from deskterm.reads.listing import Listing

        desk, me = self.console.desk, self.console.agent
        listing = Listing(desk, views.resolved(desk, parse(self.text), by=me), me)
        return QueueModel(listing, listing.open(FIRST_ROWS), desk.clock.now())

    def opened(self, model: QueueModel) -> None:
        """Give the list the columns that the view asks for."""
        self._show_columns(model.listing.query)

    def _show_columns(self, query: Query) -> None:
        if query.columns != self._columns:
            self._columns = query.columns
            self.table.set_columns(queue_columns(lambda: self.now, query.columns))

    def settled(self) -> None:
        """Say how long the view is, and count the others."""
        total = self._listing.total if self._listing is not None else 0
        said = _("{count} shown").format(count=total)
        if self._gone:
            said += _(", {count} gone (R)").format(count=len(self._gone))
        self.query_one(FilterBar).note(said)
        self.work(self._count, "count", exclusive=True, again=True)

    async def _count(self) -> None:
        self._views, self._counts = await self.console.ask_slowly(self._read_counts)
        self._show_tabs()

    def _read_counts(self) -> tuple[tuple[View, ...], dict[str, int]]:
        from deskterm.query import parse
        from deskterm.reads import queue, views

        desk, me = self.console.desk, self.console.agent
        arrangement = arranged(views.saved(desk, by=me))
        queries = {view.name: parse(view.text) for view in arrangement if view.saved is None}
        counted = queue.counts(desk, queries, by=me)
        saved = views.counts(desk, by=me)
        return arrangement, {**{name: count for name, count in saved.items() if count is not None}, **counted}

    def _show_tabs(self) -> None:
        tabs = []
        for view in self._views:
            if view.digit or view.name == self.view.name:
                count = self._counts.get(view.name)
                tabs.append(Tab(view.digit or "+", view.words, count, view.sign if count else ""))
        self.query_one(ViewTabs).show(tabs, self.view.digit or "+")

    def place_of(self, key: int) -> str:
        """Return where a ticket stands: `3 of 12 in Mine`; empty where it does not."""
        place = self._listing.place(key) if self._listing is not None else None
        if self._listing is None or place is None:
            return ""
        return _("{place} of {total} in {view}").format(
            place=place + 1, total=self._listing.total, view=self.view.words
        )

    def show_view(self, view: View) -> None:
        """Show a view."""
        self.view = view
        self.table.mark(())
        self._show_tabs()
        self._show_text(view.text)
        self.place_preview(view.preview)

    def place_preview(self, place: str) -> None:
        """Put the preview where a view wants it; empty for wherever it is."""

    def go_to_place(self, place: Location) -> None:
        """Show a view with a filter, as they were."""
        self.view = named(self._views, place.view) or self.view
        self._show_tabs()
        self._show_text(place.text, is_visit=False)

    def action_show_view(self, digit: str) -> None:
        """Show the view with a digit."""
        view = view_of(self._views, digit)
        if view is None:
            self.say(_("There is no view {digit}.").format(digit=digit))
        else:
            self.show_view(view)

    def action_view(self, name: str = "") -> None:
        """Show the view with a name; pick one where none is given."""
        if name:
            view = named(self._views, name)
            if view is None:
                raise BadInput(N_("There is no view called {name}."), name=name)
            self.show_view(view)
            return
        options = [
            Option(view.name, f"{view.digit or ' '}  {view.words:<20} {view.text}") for view in self._views
        ]
        self.app.push_screen(
            Picker(_("View"), options), lambda name: self.action_view(name) if name else None
        )

    def action_previous_view(self) -> None:
        """Go to the view on the left."""
        self.show_view(beside(self._views, self.view, -1))

    def action_next_view(self) -> None:
        """Go to the view on the right."""
        self.show_view(beside(self._views, self.view, 1))

    @on(ViewTabs.Chosen)
    def choose_view(self, chosen: ViewTabs.Chosen) -> None:
        """Go to the view that was clicked."""
        self.action_show_view(chosen.digit)

    def action_save_view(self, name: str = "", whose: str = "") -> None:
        """Keep the filter under a name; ask for it where none is given."""
        if name:
            self.work(partial(self._save_view, name, shared=whose == "shared"), "perform")
            return

        async def submit(values: dict[str, str]) -> None:
            await self._save_view(values["name"], shared=values["whose"] == "shared")

        given = self.view.name if self.view.saved is not None else ""
        whose_options = (("own", _("mine")), ("shared", _("everybody's")))
        fields: list[Field] = [Line("name", _("Name"), given), Choice("whose", _("Whose"), whose_options)]
        self.app.push_screen(FormDialog(_("Save view"), fields, submit))

    async def _save_view(self, name: str, *, shared: bool) -> None:
        from deskterm.services import views

        await self.console.ask(
            views.save,
            self.console.desk,
            name,
            self.text,
            preview=self.preview_place,
            shared=shared,
            by=self.console.agent,
        )
        await self._count()
        self.view = named(self._views, name) or self.view
        self._show_tabs()
        self.say(_("Saved as {name}").format(name=name))

    @property
    def preview_place(self) -> str:
        """Where the preview stands, as a saved view keeps it."""
        return ""

    def action_drop_view(self) -> None:
        """Forget this saved view."""
        if self.view.saved is None:
            self.say(_("{name} is a view of every desk: it stays.").format(name=self.view.words))
        else:
            self.work(partial(self._drop_view, self.view.saved, self.view.name), "perform")

    async def _drop_view(self, view_id: int, name: str) -> None:
        from deskterm.services import views

        await self.console.ask(views.drop, self.console.desk, view_id, by=self.console.agent)
        await self._count()
        self.show_view(FIRST)
        self.say(_("{name} is gone.").format(name=name))

    def action_filter(self) -> None:
        """Edit the query."""
        self.query_one(FilterBar).edit()

    def search_all(self) -> None:
        """Begin a query over everything."""
        self.view = ALL
        self._show_tabs()
        self._show_text("")
        self.query_one(FilterBar).edit()

    @on(FilterBar.Changed)
    def filter_as_typed(self, changed: FilterBar.Changed) -> None:
        """Show what the query takes while it is typed."""
        if self._is_refused:
            self._is_refused = False
            self.say("")
        self._show_text(changed.text)

    @on(FilterBar.Refused)
    def refuse_filter(self, refused: FilterBar.Refused) -> None:
        """Say what is wrong with the query; the last good result stays."""
        self._is_refused = True
        self.refuse(refused.error)

    @on(FilterBar.Completions)
    def say_completions(self, completions: FilterBar.Completions) -> None:
        """Say what Tab would put in, with how many tickets each takes."""
        self.say(completions.text)

    @on(FilterBar.Left)
    def leave_filter(self, left: FilterBar.Left) -> None:
        """Go back to the list; without Enter, to what it showed."""
        self.table.focus()
        self.await_reading()
        if self.text != left.text:
            self._show_text(left.text)
        self._visit()

    def _show_text(self, text: str, *, is_visit: bool = True) -> None:
        """Put another query in force.

        Args:
            text: the query.
            is_visit: whether one came here by oneself, not along the trail.
        """
        self.text = text
        bar = self.query_one(FilterBar)
        bar.show(text)
        if is_visit and not bar.is_editing:
            self._visit()
        self.reload(anew=not bar.is_editing)

    def where(self) -> Location:
        """Return the view with the filter in force."""
        return Location(self.view.name, self.text)

    def _visit(self) -> None:
        self.console.trail.visit(self.where())

    def action_filter_by(self) -> None:
        """Filter by a value of the row; pressed again, take what has it away, then drop the condition."""
        if self._by_cell is not None and self._by_cell.text == self.text:
            self._by_cell = self._by_cell.next()
            self._show_text(self._by_cell.text)
            return
        row = self.table.row(self.table.cursor) if self.table.cursor is not None else None
        if row is None:
            return
        options = [Option(term, term) for term in cell_filter.terms(row)]

        def picked(term: str | None) -> None:
            if term is not None:
                self._by_cell = cell_filter.Step(self.text, term)
                self._show_text(self._by_cell.text)

        self.app.push_screen(Picker(_("Filter by this value; f again: not, then off"), options), picked)

    def show_filter(self, text: str) -> None:
        """Show what a filter takes of all there is."""
        self.view = ALL
        self._show_tabs()
        self._show_text(text)

    def filter_by_caller(self, name: str) -> None:
        """Show every ticket of a caller."""
        self.show_filter(cell_filter.term("caller", name))

    def action_sort(self, order: str = "") -> None:
        """Put the view in another order; the order in force, picked again, turns round."""

        def picked(order: str | None) -> None:
            if order is not None:
                rest = SORT_TERM.sub("", self.text).strip()
                self._show_text(f"{rest} sort:{order if given else self._turned(order)}".strip())

        given = order
        if order:
            picked(order)
            return
        self.app.push_screen(
            Picker(_("Sort by"), [Option(terms, _(words)) for words, terms in SORTS]), picked
        )

    def _turned(self, order: str) -> str:
        """Return an order, the other way round if it is the one in force."""
        found = SORT_TERM.search(self.text)
        if found is None or found[1] != order:
            return order
        first, comma, rest = order.partition(",")
        return (first[1:] if first.startswith("-") else f"-{first}") + comma + rest

    def action_columns(self) -> None:
        """Choose the columns."""
        options = [Option(name, f"{name:<12} {_(title)}") for name, title in COLUMN_NAMES.items()]

        def picked(names: str | None) -> None:
            if names is not None:
                rest = COLUMNS_TERM.sub("", self.text).strip()
                self._show_text(f"{rest} cols:{names.replace(' ', ',')}".strip() if names else rest)

        title = _("Columns: none marked for the usual")
        self.app.push_screen(Picker(title, options, marked=self._columns), picked)

    def action_export(self, file: str = "") -> None:
        """Write the view to a CSV file; ask where to, unless that is given."""
        if file:
            self.work(partial(self._export, file), "perform")
            return

        async def submit(values: dict[str, str]) -> None:
            await self._export(values["file"])

        usual = f"~/deskterm-{re.sub(r'[^a-z0-9]+', '-', self.view.name.casefold())}.csv"
        self.app.push_screen(FormDialog(_("Export as CSV"), [Line("file", _("File"), usual)], submit))

    async def _export(self, file: str) -> None:
        from deskterm.ui import export

        if self._listing is None:
            return
        path = Path(file.removeprefix("csv ").strip()).expanduser()
        count = await self.console.ask_slowly(export.write, self._listing, path)
        self.say(_("{count} tickets written to {file}").format(count=count, file=str(path)))
