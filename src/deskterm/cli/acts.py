"""The verbs that act on tickets: one act, on as many tickets as are named, each in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deskterm.cli.arguments import BadArgument, instant, nothing, numbers_and_words, only, text_of
from deskterm.cli.opening import Opened, opened
from deskterm.cli.program import DONE, SOME_FAILED, complain
from deskterm.domain.errors import Unreachable
from deskterm.domain.ticket import HoldReason, LinkKind, Resolution
from deskterm.i18n import N_
from deskterm.services import bulk, conversation, escalation, links, macros, progress, tickets

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.desk import Action


def take(asked: Namespace) -> int:
    """Assign tickets to whoever asks."""
    return _plain_act(asked, tickets.take)


def assign(asked: Namespace) -> int:
    """Put tickets in an agent's hands."""
    numbers, words = numbers_and_words(asked.words)
    login = only(words, "LOGIN")
    return _act(asked, numbers, tickets.assign, None if login == "none" else login)


def transfer(asked: Namespace) -> int:
    """Hand tickets to another team."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, tickets.transfer, only(words, "TEAM"), note=asked.note)


def reply(asked: Namespace) -> int:
    """Answer the caller."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, conversation.reply, text_of(words))


def note(asked: Namespace) -> int:
    """Leave a note for other agents."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, conversation.note, text_of(words), evidence=asked.evidence)


def tag(asked: Namespace) -> int:
    """Put words on tickets."""
    numbers, words = _numbers_and_some(asked, "WORD")
    return _act(asked, numbers, tickets.tag, tuple(words))


def untag(asked: Namespace) -> int:
    """Take words off tickets."""
    numbers, words = _numbers_and_some(asked, "WORD")
    return _act(asked, numbers, tickets.untag, tuple(words))


def subscribe(asked: Namespace) -> int:
    """Make whoever asks a watcher."""
    return _plain_act(asked, tickets.watch)


def unsubscribe(asked: Namespace) -> int:
    """Make whoever asks no watcher any more."""
    return _plain_act(asked, tickets.unwatch)


def macro(asked: Namespace) -> int:
    """Take the steps of a macro."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, macros.run, only(words, "MACRO"))


def hold(asked: Namespace) -> int:
    """Let tickets wait until a review date."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    with opened(asked) as here:
        review_at = instant(asked.until, here.desk.clock.now())
        reason = HoldReason(asked.reason)
        return _each(
            here,
            numbers,
            progress.hold,
            reason,
            review_at=review_at,
            message=asked.message,
            link=asked.link,
        )


def resume(asked: Namespace) -> int:
    """Go on with tickets on hold."""
    return _plain_act(asked, progress.resume)


def resolve(asked: Namespace) -> int:
    """Say how service was restored."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, progress.resolve, Resolution(asked.code), text_of(words))


def confirm(asked: Namespace) -> int:
    """Close resolved tickets with the caller's words."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, progress.confirm, text_of(words), how=asked.how)


def reopen(asked: Namespace) -> int:
    """Take resolved tickets up again."""
    numbers, words = _numbers_and_some(asked, "REASON")
    return _act(asked, numbers, progress.reopen, " ".join(words))


def cancel(asked: Namespace) -> int:
    """Stop work on tickets."""
    numbers, words = _numbers_and_some(asked, "REASON")
    return _act(asked, numbers, progress.cancel, " ".join(words))


def approve(asked: Namespace) -> int:
    """Let work on requests begin."""
    numbers, words = numbers_and_words(asked.words)
    return _act(asked, numbers, progress.approve, comment=" ".join(words))


def refuse(asked: Namespace) -> int:
    """Refuse requests."""
    numbers, words = _numbers_and_some(asked, "COMMENT")
    return _act(asked, numbers, progress.refuse, " ".join(words))


def escalate(asked: Namespace) -> int:
    """Escalate to the next tier, or up the line."""
    numbers, words = _numbers_and_some(asked, "REASON")
    return _act(asked, numbers, escalation.escalate, " ".join(words), note=asked.note, hierarchical=asked.up)


def link(asked: Namespace) -> int:
    """Say how tickets belong to another."""
    return _link(asked, links.link)


def unlink(asked: Namespace) -> int:
    """Take a link back."""
    return _link(asked, links.unlink)


def merge(asked: Namespace) -> int:
    """Make tickets part of another."""
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    return _act(asked, numbers, links.merge, asked.into)


def unmerge(asked: Namespace) -> int:
    """Take a merge back."""
    return _plain_act(asked, links.unmerge)


def _link(asked: Namespace, action: Action[Any, Any]) -> int:
    numbers, words = numbers_and_words(asked.words)
    kinds = {kind.value for kind in LinkKind}
    if len(words) != 2 or words[0] not in kinds:
        raise BadArgument(
            N_("Say how and to what: INC-7 child_of INC-4. Kinds: {kinds}"), kinds=sorted(kinds)
        )
    return _act(asked, numbers, action, LinkKind(words[0]), words[1])


def _numbers_and_some(asked: Namespace, called: str) -> tuple[list[str], list[str]]:
    numbers, words = numbers_and_words(asked.words)
    if not words:
        raise BadArgument(N_("Expected {called} after the numbers."), called=called)
    return numbers, words


def _plain_act(asked: Namespace, action: Action[Any, Any]) -> int:
    numbers, words = numbers_and_words(asked.words)
    nothing(words)
    return _act(asked, numbers, action)


def _act(
    asked: Namespace, numbers: Sequence[str], action: Action[Any, Any], *given: object, **options: object
) -> int:
    with opened(asked) as here:
        return _each(here, numbers, action, *given, **options)


def _each(
    here: Opened, numbers: Sequence[str], action: Action[Any, Any], *given: object, **options: object
) -> int:
    """Do the same to each ticket, name on the error stream those that refuse, and return the exit code.

    One ticket's refusal is the command's; of several, some failed. A database that went away ends it.
    """
    if len(numbers) == 1:
        action(here.desk, numbers[0], *given, by=here.by, **options)
        return DONE

    def act(number: str, batch: str) -> None:
        action.together(here.desk, batch, number, *given, by=here.by, **options)

    result = bulk.each(act, numbers)
    for number, error in result.refused.items():
        if isinstance(error, Unreachable):
            raise error
        complain(error, about=number)
    return SOME_FAILED if result.refused else DONE
