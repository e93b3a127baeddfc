"""The verbs that move tickets from state to state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskterm.cli.arguments import BadArgument, instant, nothing, numbers_and_words, some, text_of
from deskterm.cli.batches import Act, act, each, plain_act
from deskterm.cli.opening import Opened, opened
from deskterm.commands.typed import status_of
from deskterm.domain.errors import IllegalMove
from deskterm.domain.ticket import FOLLOWS, HoldReason, Resolution, Status
from deskterm.i18n import N_
from deskterm.reads import ticket
from deskterm.services import progress, tickets

if TYPE_CHECKING:
    from argparse import Namespace


def status(asked: Namespace) -> int:
    """Move tickets to a status, each by the way that leads there from where it is."""
    numbers, words = numbers_and_words(asked.words)
    if not words:
        raise BadArgument(N_("Expected {called} after the numbers."), called="STATUS")
    after, text = status_of(words[0]), " ".join(words[1:])
    with opened(asked) as here:
        return each(here, asked, numbers, lambda number: _way(here, asked, number, after, text))


def _way(here: Opened, asked: Namespace, number: str, after: Status, text: str) -> Act:
    """Return what leads a ticket to a status.

    Raises:
        IllegalMove: nothing does.
    """
    before = ticket.record(here.desk, number, by=here.by).status
    ways: dict[Status, dict[Status, Act]] = {
        Status.AWAITING_APPROVAL: {
            Status.NEW: Act(progress.approve, options={"comment": text}),
            Status.CANCELLED: Act(progress.refuse, (text,)),
        },
        Status.ON_HOLD: {Status.IN_PROGRESS: Act(progress.resume)},
        Status.RESOLVED: {Status.IN_PROGRESS: Act(progress.reopen, (text,))},
    }
    usual: dict[Status, Act] = {
        Status.IN_PROGRESS: Act(tickets.take),
        Status.RESOLVED: Act(progress.resolve, (Resolution(asked.code), text)),
        Status.CLOSED: Act(progress.confirm, (text,)),
        Status.CANCELLED: Act(progress.cancel, (text,)),
    }
    if after is Status.ON_HOLD:
        usual[after] = _hold(here, asked)
    found = (usual | ways.get(before, {})).get(after)
    if found is None or after not in FOLLOWS[before]:
        raise IllegalMove(number=number, before=before, after=after)
    return found


def hold(asked: Namespace) -> int:
    """Let tickets wait until a review date."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    with opened(asked) as here:
        held = _hold(here, asked)
        return each(here, asked, numbers, lambda _number: held)


def _hold(here: Opened, asked: Namespace) -> Act:
    """Return the act of holding.

    Raises:
        BadArgument: it does not say what it waits for.
    """
    if asked.reason is None:
        raise BadArgument(N_("Say what it waits for: --reason vendor, and --until when."))
    options: dict[str, Any] = {
        "review_at": instant(asked.until, here.desk.clock.now()) if asked.until else None,
        "message": asked.message,
        "link": asked.link,
    }
    return Act(progress.hold, (HoldReason(asked.reason),), options)


def resume(asked: Namespace) -> int:
    """Go on with tickets on hold."""
    return plain_act(asked, progress.resume)


def resolve(asked: Namespace) -> int:
    """Say how service was restored."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, progress.resolve, Resolution(asked.code), text_of(words))


def confirm(asked: Namespace) -> int:
    """Close resolved tickets with the caller's words."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, progress.confirm, text_of(words), how=asked.how)


def reopen(asked: Namespace) -> int:
    """Take resolved tickets up again."""
    numbers, words = some(asked.words, "REASON")
    return act(asked, numbers, progress.reopen, " ".join(words))


def cancel(asked: Namespace) -> int:
    """Stop work on tickets."""
    numbers, words = some(asked.words, "REASON")
    return act(asked, numbers, progress.cancel, " ".join(words))


def approve(asked: Namespace) -> int:
    """Let work on requests begin."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, progress.approve, comment=" ".join(words))


def refuse(asked: Namespace) -> int:
    """Refuse requests."""
    numbers, words = some(asked.words, "COMMENT")
    return act(asked, numbers, progress.refuse, " ".join(words))
