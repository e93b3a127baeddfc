"""Where somebody has been: back, forward, and to and fro."""

from __future__ import annotations

from dataclasses import dataclass

from deskterm.commands import Place

MOST = 100
"""As many places are remembered."""


@dataclass(frozen=True, slots=True)
class Location:
    """A view of the queue with the filter in force, and what was opened over it."""

    view: str
    """The view's name."""
    text: str
    """In the filter language."""
    place: Place = Place.QUEUE
    """The board, calendar or other screen over the queue; the queue itself where there is none."""
    number: str = ""
    """The open record; empty for the screen below it."""


class Trail:
    """The places visited, like a browser's: going somewhere forgets what lay ahead."""

    def __init__(self) -> None:
        self._visited: list[Location] = []
        self._at = -1
        self._left: Location | None = None
        """Where we were before this place, however we came here."""

    def visit(self, location: Location) -> None:
        """Take note of a place, unless it is the one where we are."""
        if self.here == location:
            return
        self._left = self.here
        self._visited = [*self._visited[: self._at + 1], location][-MOST:]
        self._at = len(self._visited) - 1

    def amend(self, location: Location) -> None:
        """Take note that the place where we are has become another, as when one leafs through tickets."""
        if self._visited:
            self._visited[self._at] = location

    @property
    def here(self) -> Location | None:
        """Where we are, None before the first visit."""
        return self._visited[self._at] if self._visited else None

    def step(self, by: int) -> Location | None:
        """Go so many places along the trail and return the place, None beyond its ends."""
        if not 0 <= self._at + by < len(self._visited):
            return None
        self._left = self.here
        self._at += by
        return self.here

    def toggle(self) -> Location | None:
        """Go to the place where we were before this one, or back from there; None where there was none.

        The trail stays as it is, so that what lay ahead can still be reached.
        """
        if self._left is None:
            return None
        there, here = self._left, self._at
        places = [at for at, location in enumerate(self._visited) if location == there]
        if not places:
            self.visit(there)
            return there
        self._left, self._at = self.here, min(places, key=lambda at: abs(at - here))
        return there
