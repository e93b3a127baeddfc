"""The part of a long list that a table holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar


class Row(Protocol):
    """A frozen row; equal rows look alike."""

    @property
    def key(self) -> int:
        """The ticket's number."""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Window(Generic[R]):
    """The rows that stand at place `first` and after in a list of `total`."""

    rows: tuple[R, ...] = ()
    first: int = 0
    total: int = 0
    places: dict[int, int] = field(init=False, repr=False)
    """Where in the list each ticket stands."""

    def __post_init__(self) -> None:
        places = {row.key: self.first + number for number, row in enumerate(self.rows)}
        object.__setattr__(self, "places", places)

    def covers(self, start: int, end: int) -> bool:
        """Return whether the places from `start` up to, not with, `end` are all here."""
        return self.first <= start and end <= self.first + len(self.rows)

    def at(self, place: int) -> R | None:
        """Return the row at a place, None if it is not here."""
        number = place - self.first
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def key_at(self, place: int) -> int | None:
        """Return the ticket at a place, None if it is not here."""
        row = self.at(place)
        return None if row is None else row.key

    def keys(self, start: int, end: int) -> list[int]:
        """Return the tickets here that stand from `start` up to, not with, `end`, in order."""
        return [row.key for row in self.rows[max(0, start - self.first) : max(0, end - self.first)]]

    def with_row(self, row: R) -> Window[R]:
        """Return the window with `row` in the place of the one with its key."""
        number = self.places[row.key] - self.first
        return replace(self, rows=(*self.rows[:number], row, *self.rows[number + 1 :]))

    def nearest(self, key: int, before: Window[R]) -> int | None:
        """Return the place of `key`, or of the ticket here that stood nearest to it in `before`.

        Of two as near, the one below. None if none of those is here.
        """
        if key in self.places:
            return self.places[key]
        if key not in before.places:
            return None
        gone = before.places[key]
        near = sorted(before.places.items(), key=lambda item: (abs(item[1] - gone), item[1] < gone))
        return next((self.places[other] for other, _ in near if other in self.places), None)
