"""`views`: the saved views, with how many tickets each takes; saving and dropping them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import opened
from deskterm.domain.errors import NotFound
from deskterm.i18n import _
from deskterm.reads import views as reads
from deskterm.services import views as service

if TYPE_CHECKING:
    from argparse import Namespace


def views(asked: Namespace) -> None:
    """List one's own views and the shared ones."""
    with opened(asked) as here:
        saved = reads.saved(here.desk, by=here.by)
        counts = reads.counts(here.desk, by=here.by)
    if asked.json:
        output.print_json(
            [
                {
                    "id": view.id,
                    "name": view.name,
                    "query": view.query,
                    "preview": view.preview,
                    "shared": view.shared,
                    "count": counts[view.name],
                }
                for view in saved
            ]
        )
        return
    heads = (_("name"), _("tickets"), _("shared"), _("filter"))
    output.print_table(heads, [(view.name, counts[view.name], view.shared, view.query) for view in saved])


def save(asked: Namespace) -> None:
    """Keep a filter under a name."""
    with opened(asked) as here:
        query = " ".join(asked.query)
        service.save(here.desk, asked.name, query, preview=asked.preview, shared=asked.shared, by=here.by)


def drop(asked: Namespace) -> None:
    """Forget a view; one's own goes before a shared one of the same name."""
    with opened(asked) as here:
        named = [view for view in reads.saved(here.desk, by=here.by) if _same(view.name, asked.name)]
        if not named:
            raise NotFound(what=f"view {asked.name}")
        service.drop(here.desk, min(named, key=lambda view: view.shared).id, by=here.by)


def _same(name: str, typed: str) -> bool:
    return name.casefold() == typed.casefold()
