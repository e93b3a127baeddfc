"""The verbs that change what tickets say: fields, priority, tags, tasks, and all of it in triage."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deskterm.cli.arguments import BadArgument, instant, nothing, numbers_and_words, some
from deskterm.cli.batches import Act, act, each
from deskterm.cli.new import caller_of
from deskterm.cli.opening import Opened, opened
from deskterm.commands.typed import level_of, tags_of
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_
from deskterm.reads import suggestions
from deskterm.services import tickets
from deskterm.services import triage as judging
from deskterm.services.drafts import Edit, Verdict, checked
from deskterm.ui.offers import everything

if TYPE_CHECKING:
    from argparse import Namespace

EDITED = ("kind", "summary", "category", "service", "ci", "extent")
"""Options of `edit` that are fields as they are typed."""
JUDGED = ("kind", "category", "service", "team", "impact", "urgency", "duplicate_of")
"""Options of `triage` that are fields of the verdict."""


def prio(asked: Namespace) -> int:
    """Set impact and urgency."""
    levels = asked.words[-2:]
    if len(levels) != 2 or any("-" in level for level in levels):
        raise BadArgument(N_("Expected {called} after the numbers."), called="IMPACT URGENCY")
    impact, urgency = map(level_of, levels)  # first: a level may be a digit, as a ticket's number may
    numbers, words = numbers_and_words(asked.words[:-2])
    nothing(words)
    return act(asked, numbers, tickets.classify, Edit(impact=impact, urgency=urgency))


def edit(asked: Namespace) -> int:
    """Change what tickets say."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    with opened(asked) as here:
        given = Act(tickets.set_fields, (_edit(here, asked),))
        return each(here, asked, numbers, lambda _number: given)


def _edit(here: Opened, asked: Namespace) -> Edit:
    """Return the fields that were typed.

    Raises:
        BadArgument: there is none.
        BadInput: one can't be so.
    """
    typed = _given(asked, EDITED)
    if asked.description is not None:
        typed["description"] = sys.stdin.read() if asked.description == "-" else asked.description
    if asked.occurred is not None:
        typed["occurred_at"] = instant(asked.occurred, here.desk.clock.now())
    if asked.major is not None:
        typed["major"] = asked.major == "yes"
    if asked.caller is not None:
        caller = caller_of(here, asked.caller)
        if not isinstance(caller, int):
            raise BadArgument(N_("Nobody is known as {typed}."), typed=asked.caller)
        typed["caller"] = caller
    if asked.empty:
        typed["empty"] = frozenset(asked.empty)
    if not typed:
        raise BadArgument(N_("Say what to change, such as --category 'Network / VPN'."))
    return checked(Edit, typed)


def tag(asked: Namespace) -> int:
    """Put words on tickets; take those off that have a minus before them."""
    numbers, words = some(asked.words, "WORD")
    new, gone = tags_of(" ".join(words))
    return act(asked, numbers, tickets.tag, new, off=gone)


def untag(asked: Namespace) -> int:
    """Take words off tickets."""
    numbers, words = some(asked.words, "WORD")
    return act(asked, numbers, tickets.untag, tuple(words))


def task(asked: Namespace) -> int:
    """Add a piece of work that comes before resolving."""
    numbers, words = some(asked.words, "SUMMARY")
    return act(asked, numbers, tickets.add_task, " ".join(words), assignee=asked.assignee)


def finish(asked: Namespace) -> int:
    """Tick a task off; its id is the last word, since it looks like a ticket's number."""
    *before, key = asked.words or [""]
    if not key.isdecimal():
        raise BadArgument(N_("{word} is no id of a task; show --json lists them."), word=key)
    numbers, words = numbers_and_words(before)
    nothing(words)
    return act(asked, numbers, tickets.finish_task, int(key))


def triage(asked: Namespace) -> int:
    """Do what is said of new tickets, or all that is suggested for each."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    typed = _given(asked, JUDGED)
    with opened(asked) as here:

        def judged(number: str) -> Act:
            verdict = typed or _suggested(here, number)
            return Act(judging.accept, (checked(Verdict, {**verdict, "take": asked.take}),))

        return each(here, asked, numbers, judged)


def _given(asked: Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Return the options that were typed, by field."""
    typed = {name: getattr(asked, name) for name in names}
    return {name: value for name, value in typed.items() if value is not None}


def _suggested(here: Opened, number: str) -> dict[str, Any]:
    """Return all that is suggested for a ticket.

    Raises:
        BadInput: that is nothing.
    """
    found = everything(suggestions.suggest(here.desk, number, by=here.by))
    if not found:
        raise BadInput(N_("Nothing is suggested for {number}; say what it is."), number=number)
    return found
