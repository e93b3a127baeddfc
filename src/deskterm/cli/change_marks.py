"""The verbs that mark changes: watch, tag and star them, each with its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskterm.cli.opening import opened
from deskterm.services import change_marks

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.desk import Action


def watch(asked: Namespace) -> None:
    """Be told what happens to a change, or no longer."""
    _act(asked, change_marks.unwatch if asked.gone else change_marks.watch)


def star(asked: Namespace) -> None:
    """Star a change, or take one's star off."""
    _act(asked, change_marks.unstar if asked.gone else change_marks.star)


def tag(asked: Namespace) -> None:
    """Put words on a change, or take them off."""
    _act(asked, change_marks.untag if asked.gone else change_marks.tag, tuple(asked.words))


def _act(asked: Namespace, action: Action[Any, Any], *given: object) -> None:
    with opened(asked) as here:
        action(here.desk, asked.number, *given, by=here.by)
