"""`deskterm --plain`: the desk without a screen, for screen readers: a prompt, sentences, numbered lists."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TextIO

from deskterm.cli import output
from deskterm.cli.opening import Opened, opened
from deskterm.cli.program import complain, main
from deskterm.cli.show import lines
from deskterm.commands.verbs import VERBS
from deskterm.domain.errors import BadInput, DeskError
from deskterm.domain.query import EVERYTHING
from deskterm.domain.ticket import NUMBER, Status
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.query import parse
from deskterm.reads import changes, problems, queue, suggestions, ticket, views
from deskterm.services import triage
from deskterm.services.drafts import Verdict, checked
from deskterm.storage.types import NEVER

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.domain.query import Query
    from deskterm.reads.queue import QueueRow

PAGE = 10
"""So many tickets are told at a time."""
ON_TICKETS = frozenset(VERBS)
"""Verbs of the command line that begin with a ticket's number; here the open one's may be left out."""
END = "."
"""A line that ends a text."""
HELP = (
    N_("list QUERY tells the tickets of a filter, or yours. more goes on. search WORDS searches all."),
    N_("A number of the list, or a ticket's, opens it; so do next and previous. again tells it again."),
    N_("reply, note and resolve ask for a text, ended by a dot alone. take, assign LOGIN, transfer TEAM."),
    N_("triage goes through the untriaged tickets. undo takes back, redo does again. quit leaves."),
    N_("Every other verb of the command line works here too, such as hold --reason vendor --until fri."),
)


def run(asked: Namespace) -> int:
    """Ask for a command and do it, until somebody leaves or the input ends."""
    session = Session(asked)
    output.say(_("The desk, without a screen. Type help for the commands."))
    session.do("list")
    while (typed := _ask(session.prompt)) is not None:
        try:
            if not session.do(typed):
                return 0
        except DeskError as error:
            complain(error)
    return 0


def _ask(prompt: str) -> str | None:
    """Return a typed line, None at the end of the input."""
    print(prompt, end=" ", flush=True)
    line = sys.stdin.readline()
    if not line:
        print()
        return None
    return line.strip()


@contextmanager
def _asking() -> Iterator[None]:
    """Let a verb that reads the standard input ask for a text instead of taking all that is typed later."""
    typed, sys.stdin = sys.stdin, Asked(sys.stdin)
    try:
        yield
    finally:
        sys.stdin = typed


class Asked(io.TextIOBase):
    """A standard input that asks when it is read; a line with a dot alone is its end."""

    def __init__(self, typed: TextIO) -> None:
        self._typed = typed

    def isatty(self) -> bool:
        """Say that there is nobody but who types."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Ask for a text and return all of it."""
        output.say(_("Write; a line with a dot alone ends it."))
        written = []
        while (line := self._typed.readline()) and line.rstrip("\n") != END:
            written.append(line)
        return "".join(written).strip()


class Session:
    """Where somebody is: a list, and the ticket that is open."""

    def __init__(self, asked: Namespace) -> None:
        self._asked = asked
        self._query: Query = parse("is:open assignee:me")
        self._rows: tuple[QueueRow, ...] = ()
        self._told = 0
        self._number = ""
        self._verbs: Mapping[str, Callable[[list[str]], None]] = {
            "help": self._help,
            "list": self._list,
            "search": self._search,
            "more": self._more,
            "next": partial(self._step, 1),
            "previous": partial(self._step, -1),
            "again": self._again,
            "triage": self._triage,
        }

    @property
    def prompt(self) -> str:
        """What stands before the typed line: the ticket that verbs act on."""
        return f"{self._number}>" if self._number else ">"

    def do(self, typed: str) -> bool:
        """Do what was typed, and return whether to go on.

        Raises:
            BadInput: it can't be read.
        """
        try:
            verb, *words = shlex.split(typed)
        except ValueError:
            if typed:
                raise BadInput(N_("The quote is not closed.")) from None
            return True
        if verb in ("quit", "leave"):
            return False
        if verb in self._verbs:
            self._verbs[verb](words)
        elif verb.isdigit() and int(verb) <= len(self._rows):
            self._open(self._rows[int(verb) - 1].number)
        elif NUMBER.fullmatch(verb):
            self._open(verb)
        else:
            self._run(verb, words)
        return True

    def _help(self, _words: list[str]) -> None:
        for line in HELP:
            output.say(_(line))

    def _list(self, words: list[str]) -> None:
        if words:
            self._query = parse(" ".join(words))
        with opened(self._asked) as here:
            query = views.resolved(here.desk, self._query, by=here.by)
            total = queue.count(here.desk, query, by=here.by)
            self._rows = queue.page(here.desk, query, by=here.by, limit=PAGE * PAGE)
        self._told = 0
        output.say(ngettext("{count} ticket.", "{count} tickets.", total).format(count=total))
        self._more([])

    def _search(self, words: list[str]) -> None:
        if not words or parse(" ".join(words)).condition == EVERYTHING:
            raise BadInput(N_("Say what to look for."))
        self._list(words)

    def _more(self, _words: list[str]) -> None:
        with opened(self._asked) as here:
            now = here.desk.clock.now()
        told = self._rows[self._told : self._told + PAGE]
        for place, row in enumerate(told, self._told + 1):
            output.say(f"{place}. {sentence(row, now)}")
        self._told += len(told)
        if self._told < len(self._rows):
            output.say(_("Type more to go on."))

    def _step(self, by: int, _words: list[str]) -> None:
        numbers = [row.number for row in self._rows]
        place = numbers.index(self._number) + by if self._number in numbers else 0
        if not 0 <= place < len(numbers):
            raise BadInput(N_("There is no further ticket in the list."))
        self._open(numbers[place])

    def _again(self, _words: list[str]) -> None:
        if not self._number:
            raise BadInput(N_("There is no ticket here."))
        self._open(self._number)

    def _open(self, number: str) -> None:
        with opened(self._asked) as here:
            record = ticket.record(here.desk, number, by=here.by)
            timeline = ticket.timeline(here.desk, number, by=here.by)
            row = queue.rows(here.desk, [record.key], by=here.by)[0]
            errors = problems.known_errors_for(here.desk, number, by=here.by)
            suspects = changes.recent(here.desk, number, by=here.by)
        self._number = record.number
        output.say(sentence(row, record.read_at))
        for line in lines(record, timeline, errors, suspects):
            output.say(line)

    def _run(self, verb: str, words: list[str]) -> None:
        """Run a verb of the command line, on the open ticket where no number is given."""
        if verb in ON_TICKETS:
            given = bool(words) and NUMBER.fullmatch(words[0]) is not None and "-" in words[0]
            if not given and not self._number:
                raise BadInput(N_("Open a ticket first, or name one: {verb} INC-42."), verb=verb)
            words = words if given else [self._number, *words]
        inherited = (
            ("--config", self._asked.config),
            ("--database", self._asked.database),
            ("--as", self._asked.as_login),
        )
        shared = [word for name, value in inherited if value for word in (name, value)]
        options = words.index("--") if "--" in words else len(words)
        with _asking():
            done = main([verb, *words[:options], *shared, *words[options:]]) == 0
        if done and verb in ON_TICKETS:
            output.say(_("Done: {verb} {number}.").format(verb=verb, number=words[0]))

    def _triage(self, _words: list[str]) -> None:
        """Go through the untriaged tickets: a digit takes a suggestion, Enter goes on, quit ends."""
        with opened(self._asked) as here:
            keys = queue.keys(here.desk, parse(suggestions.UNTRIAGED), by=here.by, most=PAGE * PAGE)
            for place, key in enumerate(keys, 1):
                output.say(_("{place} of {count}.").format(place=place, count=len(keys)))
                if not self._judge(here, str(key)):
                    break
        output.say(_("The run is over."))

    def _judge(self, here: Opened, key: str) -> bool:
        """Tell one ticket with what it probably is, do what is chosen, and return whether to go on."""
        from deskterm.ui.offers import offers

        rows = queue.rows(here.desk, [int(key)], by=here.by)
        if not rows or rows[0].status is not Status.NEW or rows[0].assignee is not None:
            return True
        row = rows[0]
        found = suggestions.suggest(here.desk, key, by=here.by)
        offered = offers(found)
        output.say(sentence(row, here.desk.clock.now()))
        for digit, offer in enumerate(offered, 1):
            because = f" ({offer.because})" if offer.because else ""
            output.say(f"{digit}. {offer.words}{because}")
        answer = _ask(_("A digit, Enter to go on, or quit:"))
        if answer is None or answer == "quit":
            return False
        if answer.isdigit() and 0 < int(answer) <= len(offered):
            verdict = checked(Verdict, offered[int(answer) - 1].choice)
            try:
                triage.accept(here.desk, row.number, verdict, by=here.by, seen=found.version)
            except DeskError as error:
                complain(error)
            else:
                output.say(_("Done: {what}.").format(what=offered[int(answer) - 1].words))
        return True


def sentence(row: QueueRow, now: datetime) -> str:
    """Return a ticket as a sentence: number, priority, deadline, hands, summary."""
    return ", ".join(_clauses(row, now)) + f". {row.summary}"


def _clauses(row: QueueRow, now: datetime) -> Iterator[str]:
    yield row.number
    if row.major:
        yield _("major incident")
    yield _("priority {priority}").format(priority=row.priority)
    yield label(row.status)
    yield from _deadline(row, now)
    if row.assignee:
        yield _("assigned to {login}").format(login=row.assignee)
    else:
        yield _("in nobody's hands")
    if row.caller:
        yield _("from {caller}").format(caller=row.caller)


def _deadline(row: QueueRow, now: datetime) -> Iterator[str]:
    if row.sla_target is None:
        return
    target = label(row.sla_target)
    if row.sla_paused:
        yield _("{target} paused").format(target=target)
    elif row.sla_due_at != NEVER and row.sla_due_at <= now:
        yield _("{target} breached {span} ago").format(target=target, span=spoken(now - row.sla_due_at))
    elif row.sla_due_at != NEVER:
        yield _("{target} in {span}").format(target=target, span=spoken(row.sla_due_at - now))


def spoken(span: timedelta) -> str:
    """Return a duration in words, the two largest parts of it: `2 days 3 hours`, `1 minute`."""
    minutes = int(span.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts: Sequence[tuple[int, str]] = (
        (days, ngettext("{count} day", "{count} days", days)),
        (hours, ngettext("{count} hour", "{count} hours", hours)),
        (minutes, ngettext("{count} minute", "{count} minutes", minutes)),
    )
    words = [text.format(count=count) for count, text in parts if count]
    return " ".join(words[:2]) or _("less than a minute")
