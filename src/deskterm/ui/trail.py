"""Where somebody has been: back, forward, and to and fro."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 100
"""As many places are remembered."""


@dataclass(frozen=True, slots=True)
class Location:
    """A view of the queue with the filter in force, or a ticket opened over it."""

    view: str
    """The view's name."""
    text: str
    """In the filter language."""
    number: str = ""
    """The open ticket; empty for the list."""


class Trail:
    """The places visited, like a browser's: going somewhere forgets what lay ahead."""

    def __init__(self) -> None:
        self._visited: list[Location] = []
        self._at = -1

    def visit(self, location: Location) -> None:
        """Take note of a place, unless it is the one where we are."""
        if self.here == location:
            return
        self._visited = [*self._visited[: self._at + 1], location][-MOST:]
        self._at = len(self._visited) - 1

    @property
    def here(self) -> Location | None:
        """Where we are, None before the first visit."""
        return self._visited[self._at] if self._visited else None

    def step(self, by: int) -> Location | None:
        """Go so many places along the trail and return the place, None beyond its ends."""
        if not 0 <= self._at + by < len(self._visited):
            return None
        self._at += by
        return self.here

    def toggle(self) -> Location | None:
        """Go to the place before this one, or back from there; None where there is neither."""
        return self.step(-1) or self.step(1)
