"""The views that every desk has."""

from __future__ import annotations

from dataclasses import dataclass

from deskterm.i18n import N_


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name and a digit."""

    digit: str
    name: str
    text: str
    """In the filter language."""
    sign: str = ""
    """Shown beside the count when there is anything in it."""


VIEWS = (
    View("1", N_("Mine"), "is:open assignee:me"),
    View("2", N_("Team"), "is:open team:mine"),
    View("3", N_("Unassigned"), "is:open no:assignee", "!"),
    View("4", N_("Breaching"), "is:open breach<1h", "!!"),
    View("5", N_("On hold"), "is:pending"),
    View("0", N_("All"), "is:open"),
)
FIRST = VIEWS[0]


def view_of(digit: str) -> View | None:
    """Return the view with a digit, None where there is none."""
    return next((view for view in VIEWS if view.digit == digit), None)


def beside(view: View, by: int) -> View:
    """Return the view so many places further, round and round."""
    return VIEWS[(VIEWS.index(view) + by) % len(VIEWS)]
