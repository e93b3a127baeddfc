"""A view in the order it had when it was opened: windows by place, however long the view is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from deskterm.desk import Desk
from deskterm.domain.query import Query
from deskterm.reads import queue
from deskterm.reads.queue import Cursor, QueueRow

FROZEN_MOST = 50_000
"""Up to this many tickets a view's order is held as integers; beyond, windows are found by keyset."""
ANCHOR_EVERY = 1_000
"""How far apart the places are whose keyset is remembered."""


@dataclass(slots=True)
class Listing:
    """One view of one agent; used only on the console's database thread."""

    desk: Desk
    query: Query
    by: str
    total: int = 0
    order: list[int] | None = None
    """The tickets as they stood; None beyond `FROZEN_MOST`."""
    newest: int = 0
    """The newest ticket there was, where the order is not held."""
    _places: frozenset[int] = frozenset()
    _anchors: dict[int, Cursor | None] = field(default_factory=lambda: {0: None})
    """Place → what the window that begins there comes after."""

    def open(self, count: int) -> tuple[QueueRow, ...]:
        """Return the first rows, at once; `freeze` follows when they are on the screen."""
        rows = queue.page(self.desk, self.query, by=self.by, limit=count)
        self.total = len(rows)
        return rows

    def freeze(self) -> None:
        """Hold the order as it is now, and learn how long it is."""
        self.total = queue.count(self.desk, self.query, by=self.by)
        if self.total <= FROZEN_MOST:
            order = queue.keys(self.desk, self.query, by=self.by, most=FROZEN_MOST + 1)
            self.order, self.total, self._places = order, len(order), frozenset(order)
        else:
            self.order = None
            self.newest = queue.newest(self.desk, by=self.by)

    def window(self, first: int, count: int) -> tuple[QueueRow, ...]:
        """Return the rows from a place on; one hidden since gives its place up."""
        if self.order is not None:
            return self._frozen_window(self.order, first, count)
        place, after = self._anchor(first) if queue.has_keyset(self.query) else (0, None)
        return queue.page(self.desk, self.query, by=self.by, after=after, skip=first - place, limit=count)

    def _frozen_window(self, order: list[int], first: int, count: int) -> tuple[QueueRow, ...]:
        wanted = order[first : first + count]
        rows = queue.rows(self.desk, wanted, by=self.by)
        if len(rows) < len(wanted):
            gone = set(wanted) - {row.key for row in rows}
            self.order = [key for key in order if key not in gone]
            self.total = len(self.order)
        return rows

    def place(self, key: int) -> int | None:
        """Return where a ticket stands, None where that is not known."""
        return self.order.index(key) if self.order is not None and key in self._places else None

    def neighbour(self, key: int, by: int) -> int | None:
        """Return the ticket so many places further, None beyond the ends."""
        place = self.place(key)
        if self.order is None or place is None or not 0 <= place + by < len(self.order):
            return None
        return self.order[place + by]

    def fresh(self, changed: Iterable[int]) -> frozenset[int]:
        """Return which changed tickets the view takes now and did not when it was opened.

        Where the order is not held, only those that were opened since are known to be new.
        """
        if self.order is None:
            unknown = [key for key in changed if key > self.newest]
        else:
            unknown = [key for key in changed if key not in self._places]
        return queue.matching(self.desk, self.query, unknown, by=self.by) if unknown else frozenset()

    def gone(self, shown: Iterable[int]) -> frozenset[int]:
        """Return which tickets of the list the view takes no longer; they stay until it is read anew."""
        among = frozenset(shown)
        return among - queue.matching(self.desk, self.query, among, by=self.by) if among else frozenset()

    def _anchor(self, place: int) -> tuple[int, Cursor | None]:
        """Return the nearest remembered place at or above a place, remembering new ones on the way."""
        wanted = place - place % ANCHOR_EVERY
        if wanted not in self._anchors:
            known = sorted(self._anchors)
            near = known[bisect_right(known, wanted) - 1]
            after = self._anchors[near]
            end = queue.cursor_at(self.desk, self.query, by=self.by, after=after, skip=wanted - near - 1)
            if end is None:
                return near, after
            self._anchors[wanted] = end
        return wanted, self._anchors[wanted]
