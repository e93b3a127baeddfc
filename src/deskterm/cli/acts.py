"""The verbs that say whose tickets are, what was said, and how they hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskterm.cli.arguments import BadArgument, nothing, numbers_and_words, only, some, text_of
from deskterm.cli.batches import act, plain_act
from deskterm.commands.typed import minutes_of
from deskterm.domain.ticket import LinkKind
from deskterm.i18n import N_
from deskterm.services import conversation, escalation, intake, links, macros, stars, tickets

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.desk import Action


def take(asked: Namespace) -> int:
    """Assign tickets to whoever asks."""
    return plain_act(asked, tickets.take)


def assign(asked: Namespace) -> int:
    """Put tickets in an agent's hands."""
    numbers, words = numbers_and_words(asked.words)
    login = only(words, "LOGIN")
    return act(asked, numbers, tickets.assign, None if login == "none" else login)


def transfer(asked: Namespace) -> int:
    """Hand tickets to another team."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, tickets.transfer, only(words, "TEAM"), note=asked.note)


def reply(asked: Namespace) -> int:
    """Answer the caller."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, conversation.reply, text_of(words))


def note(asked: Namespace) -> int:
    """Leave a note for other agents."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, conversation.note, text_of(words), evidence=asked.evidence)


def call(asked: Namespace) -> int:
    """Take down what the caller said."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, intake.receive_message, text_of(words))


def subscribe(asked: Namespace) -> int:
    """Make whoever asks a watcher."""
    return plain_act(asked, tickets.watch)


def unsubscribe(asked: Namespace) -> int:
    """Make whoever asks no watcher any more."""
    return plain_act(asked, tickets.unwatch)


def star(asked: Namespace) -> int:
    """Put the star of whoever asks on tickets."""
    return plain_act(asked, stars.star)


def unstar(asked: Namespace) -> int:
    """Take the star of whoever asks off tickets."""
    return plain_act(asked, stars.unstar)


def macro(asked: Namespace) -> int:
    """Take the steps of a macro."""
    numbers, words = numbers_and_words(asked.words)
    return act(asked, numbers, macros.run, only(words, "MACRO"))


def escalate(asked: Namespace) -> int:
    """Escalate to the next tier, or up the line."""
    numbers, words = some(asked.words, "REASON")
    return act(asked, numbers, escalation.escalate, " ".join(words), note=asked.note, hierarchical=asked.up)


def time(asked: Namespace) -> int:
    """Write down how long one worked."""
    numbers, words = some(asked.words, "SPAN")
    return act(asked, numbers, tickets.log_time, minutes_of(words[0]), " ".join(words[1:]))


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
    return act(asked, numbers, links.merge, asked.into)


def unmerge(asked: Namespace) -> int:
    """Take a merge back."""
    return plain_act(asked, links.unmerge)


def _link(asked: Namespace, action: Action[Any, Any]) -> int:
    numbers, words = numbers_and_words(asked.words)
    kinds = {kind.value for kind in LinkKind}
    if len(words) != 2 or words[0] not in kinds:
        raise BadArgument(
            N_("Say how and to what: INC-7 child_of INC-4. Kinds: {kinds}"), kinds=sorted(kinds)
        )
    return act(asked, numbers, action, LinkKind(words[0]), words[1])
