"""The card of a configuration item, in lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import suspects

if TYPE_CHECKING:
    from deskterm.reads.item_card import ItemCard


def lines(card: ItemCard, now: datetime) -> Iterator[str]:
    """Yield what is known of an item, blank lines between its parts."""
    named = (
        (_("service"), card.item.service or ""),
        (_("depends on"), ", ".join(card.item.depends_on)),
        (_("needed by"), ", ".join(card.needed_by)),
    )
    yield from (f"{name:<12} {value}" for name, value in named if value)
    yield ""
    yield _("Open tickets")
    for row in card.open_tickets:
        who = row.assignee or "-"
        yield f"{row.number:<10} P{row.priority}  {label(row.status):<12} {who:<10} {row.summary}"
    for part in (suspects.change_lines(card.changes, now), suspects.known_error_lines(card.errors)):
        told = [*part]
        yield from (["", *told] if told else [])
