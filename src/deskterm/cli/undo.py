"""`undo`, `redo` and `log`: taking back what one did, doing it again, and the list of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import Opened, opened
from deskterm.cli.program import DONE, SOME_FAILED, complain
from deskterm.domain.errors import TooLate
from deskterm.i18n import N_, _
from deskterm.labels import event_words
from deskterm.reads import history
from deskterm.services import undo as service

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.reads.history import ActRow


def undo(asked: Namespace) -> int:
    """Take an act back: the one that is named, or one's own last."""
    with opened(asked) as here:
        if asked.act:
            return _take_back(here, _what(asked.act))
        act = history.to_undo(here.desk, by=here.by)
        if act is None:
            raise TooLate(N_("There is nothing to take back."))
        return _take_back(here, act.what)


def redo(asked: Namespace) -> int:
    """Do again what was taken back last."""
    with opened(asked) as here:
        act = history.to_redo(here.desk, by=here.by)
        if act is None:
            raise TooLate(N_("There is nothing to do again."))
        return _take_back(here, act.what)


def log(asked: Namespace) -> None:
    """List one's own acts, the newest first."""
    with opened(asked) as here:
        acts = history.acts(here.desk, by=here.by, most=asked.limit or history.MOST)
    if asked.json:
        output.print_json([record(act) for act in acts])
        return
    heads = (_("act"), _("at"), _("done"), _("tickets"), _("stands"))
    rows = [
        (
            act.what,
            act.at,
            ", ".join(map(event_words, act.kinds)),
            " ".join(act.numbers),
            act.standing,
        )
        for act in acts
    ]
    output.print_table(heads, rows)


def record(act: ActRow) -> dict[str, object]:
    """Return an act as JSON has it."""
    return {
        "act": act.what,
        "at": act.at,
        "kinds": act.kinds,
        "numbers": act.numbers,
        "undo": act.is_undo,
        "redo": act.is_redo,
        "standing": act.standing,
    }


def _what(typed: str) -> int | str:
    """Return what names an act: an event's number, or a batch of sixteen hexadecimal digits."""
    return int(typed) if typed.isdecimal() and len(typed) < 16 else typed


def _take_back(here: Opened, what: int | str) -> int:
    """Take an act back, say on which tickets, and name on the error stream those that refuse."""
    result = service.undo(here.desk, what, by=here.by)
    if not result.done and len(result.refused) == 1:
        raise next(iter(result.refused.values()))
    for number in result.done:
        output.say(number)
    for number, error in result.refused.items():
        complain(error, about=number)
    for number in result.sent:
        complain(TooLate(N_("its mail had left the building and stays sent.")), about=number)
    for words in result.words.values():
        output.say(words)
    return SOME_FAILED if result.refused else DONE
