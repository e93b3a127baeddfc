"""Arguments that argparse cannot tell apart: numbers and words, texts from standard input, instants."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from deskterm.domain.errors import BadInput
from deskterm.domain.ticket import NUMBER
from deskterm.i18n import N_


class BadArgument(BadInput):
    """Something on the command line that cannot be used; the exit code is that of wrong usage."""


def numbers_and_words(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell the numbers that begin the arguments from the words after them.

    Without a number, the first word of each line of the standard input is one.

    Raises:
        BadArgument: there is no number.
    """
    count = next((i for i, text in enumerate(arguments) if not NUMBER.fullmatch(text)), len(arguments))
    numbers, words = list(arguments[:count]), list(arguments[count:])
    if not numbers and not sys.stdin.isatty():
        numbers = [line.split()[0] for line in sys.stdin if line.strip()]
    if not numbers:
        raise BadArgument(N_("Name a ticket, such as INC-42."))
    return numbers, words


def only(words: Sequence[str], called: str) -> str:
    """Return the one word that a verb takes.

    Raises:
        BadArgument: there is none, or more.
    """
    if len(words) != 1:
        raise BadArgument(N_("Expected one {called} after the numbers."), called=called)
    return words[0]


def some(arguments: Sequence[str], called: str) -> tuple[list[str], list[str]]:
    """Tell the numbers from the words after them, of which there must be some.

    Raises:
        BadArgument: there are none.
    """
    numbers, words = numbers_and_words(arguments)
    if not words:
        raise BadArgument(N_("Expected {called} after the numbers."), called=called)
    return numbers, words


def nothing(words: Sequence[str]) -> None:
    """Refuse words where a verb takes none.

    Raises:
        BadArgument: there is a word.
    """
    if words:
        raise BadArgument(N_("{word} is no number of a ticket."), word=words[0])


def text_of(words: Sequence[str]) -> str:
    """Return what was typed after the numbers, or else all of the standard input."""
    if words and words != ["-"]:
        return " ".join(words)
    return sys.stdin.read()


def file_text(place: str) -> str:
    """Return a file's text, `-` being the standard input.

    Raises:
        BadArgument: it can't be read.
    """
    if place == "-":
        return sys.stdin.read()
    try:
        return Path(place).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadArgument(N_("{file} is not UTF-8: see line {line}."), file=place, line=line) from error
    except OSError as error:
        raise BadArgument(N_("{file} can't be read: {reason}"), file=place, reason=error.strerror) from error


def instant(text: str, now: datetime) -> datetime:
    """Return the instant that was typed; without a zone it is the machine's time.

    Raises:
        BadArgument: it is none.
    """
    from deskterm.ui.times import instant as typed

    try:
        return (
            datetime.fromisoformat(text).astimezone(now.tzinfo) if "T" in text else _found(typed(text, now))
        )
    except ValueError:
        raise BadArgument(
            N_("{text} is no instant. Write 2026-06-02T09:00, 'fri 14:30', tomorrow or 2h."), text=text
        ) from None


def _found(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError
    return at
