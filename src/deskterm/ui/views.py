"""The views of a console: those that every desk has, then the saved ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskterm.i18n import N_, _

if TYPE_CHECKING:
    from deskterm.reads.views import SavedView


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name and a digit."""

    digit: str
    """The key that goes there; empty where the digits have run out."""
    name: str
    text: str
    """In the filter language, with order and columns."""
    sign: str = ""
    """Shown beside the count when there is anything in it."""
    saved: int | None = None
    """The id of a saved view, None for those of every desk."""
    shared: bool = False
    preview: str = ""
    """Where the preview stands: `right`, `bottom`, `off`; empty for wherever it is."""

    @property
    def words(self) -> str:
        """The name as it is shown; those of every desk are translated."""
        return self.name if self.saved is not None else _(self.name)


FIRST = View("1", N_("Mine"), "is:open assignee:me")
ALL = View("0", N_("All"), "is:open")
VIEWS = (
    FIRST,
    View("2", N_("Team"), "is:open team:mine"),
    View("3", N_("Unassigned"), "is:open no:assignee", "!"),
    View("4", N_("Breaching"), "is:open breach<1h", "!!"),
    View("5", N_("On hold"), "is:pending"),
)
SAVED_DIGITS = "6789"


def arranged(saved: Sequence[SavedView]) -> tuple[View, ...]:
    """Return the views of every desk with the saved ones before *All*; the first few have digits."""
    digits = [*SAVED_DIGITS, *[""] * len(saved)]
    own = (
        View(digit, each.name, each.query, saved=each.id, shared=each.shared, preview=each.preview)
        for digit, each in zip(digits, saved, strict=False)
    )
    return (*VIEWS, *own, ALL)


def view_of(views: Sequence[View], digit: str) -> View | None:
    """Return the view with a digit, None where there is none."""
    return next((view for view in views if view.digit == digit), None)


def named(views: Sequence[View], name: str) -> View | None:
    """Return the view of a name, or the first that begins so; None where there is none."""
    wanted = name.casefold().strip()
    names = [(view, {view.name.casefold(), view.words.casefold()}) for view in views]
    exact = (view for view, known in names if wanted in known)
    begun = (view for view, known in names if any(each.startswith(wanted) for each in known))
    return next(exact, None) or next(begun, None)


def beside(views: Sequence[View], view: View, by: int) -> View:
    """Return the view so many places further, round and round."""
    place = next((number for number, each in enumerate(views) if each.name == view.name), 0)
    return views[(place + by) % len(views)]
