"""T3, T14, T22: no search breaks out of its filter, and nothing tells of tickets that one may not see."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from deskterm import reads
from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.dashboard import Reach
from deskterm.domain.errors import BadQuery, NotFound
from deskterm.domain.fields import FIELDS
from deskterm.domain.ticket import LinkKind, Resolution
from deskterm.domain.ticket_kpis import Period
from deskterm.query import parse
from deskterm.reads import (
    candidates,
    catalogue,
    clocks,
    completion,
    dashboard,
    figures,
    history,
    item_card,
    macros,
    notifications,
    people,
    queue,
    strangers,
    suggestions,
    ticket,
    views,
    watching,
)
from deskterm.services import conversation, links, progress, tickets
from tests.databases import Databases
from tests.desks import open_ticket, populate
from tests.security.hostile import HOSTILE

SECRET = "zebracanary"
OUTSIDER, MEMBER = "dana", "kim"
EVERYTHING = parse("")

# fmt: off
OPERATORS = (
    *(
        "'",
        "''",
        '"',
        '""',
        "\"'",
        "\\",
        "\\'",
        "%",
        "_",
        "%_%",
        "*",
        "a*",
        "NEAR",
        "NEAR(a b)",
        "a NEAR/1 b",
    ),
    *(
        "OR",
        "AND",
        "NOT",
        "a OR",
        "OR a",
        "a AND b",
        "-",
        "--",
        "-a",
        "- -",
        "(",
        ")",
        "()",
        "((a)",
        "^a",
        ":",
    ),
    *("a:b", "summary:", "summary:'", "rowid:1", "tokens:a", "tokens : a", "{a b}:c", "a + b", "a;", "; --"),
    *(
        "' OR 1=1 --",
        "' UNION SELECT 1 --",
        "1); DROP TABLE ticket; --",
        "$1",
        "$$",
        ":sought",
        "?",
        "?1",
        "%s",
    ),
    *(
        "%(sought)s",
        "{}",
        "{0}",
        "/(/",
        "/[/",
        "/a{9999999}/",
        "/(a+)+$/",
        "/\\/",
        "/*/",
        "/(?P<x>a)/",
        "/a|/",
    ),
    *(
        "id:1e9",
        "id:99999999999999999999",
        "INC-99999999999999999999",
        "prio:99999999999999999999",
        "prio:-1",
    ),
    *(
        "prio:1..",
        "prio:..1",
        "prio:..",
        "created:99999999999d",
        "created:<99999999999999mo",
        "created:2026-99",
    ),
    *(
        "created:0000-01-01",
        "breach:<1h30x",
        "due:today..1999-01-01",
        "sort:",
        "sort:x",
        "sort:id,id",
        "cols:",
    ),
    *(
        "sort:summary;drop",
        "-sort:breach",
        "view:x",
        "view:",
        "view:'",
        "#",
        "#'",
        "#a b",
        "is:",
        "is:x",
        "no:",
    ),
    *(
        "no:x",
        "has:",
        "assignee:",
        "assignee:'",
        "caller:/(/",
        "caller:~",
        "team:mine,none,any",
        "a" * 20_000,
    ),
    *(
        "(" * 500,
        "-" * 500,
        "a OR " * 300 + "a",
        '"' + "b" * 5_000 + '"',
        "数" * 3_000,
        "&",
        "|",
        "!",
        "a&b|!c",
    ),
    *("<->", "a:*", "'a':*", "\\'a", "a\\", "''':*", "İ", "ß", "ﬁ", "\U0001f600", "e\u0301", "\ufeff"),
)
# fmt: on
"""What means something to a search language, a pattern or SQL."""


def strings() -> list[str]:
    """Return 200 strings and more: the corpus, operators, and both mixed."""
    dice = random.Random(14)
    fields = [f"{name}:{text}" for name in FIELDS for text in dice.sample(OPERATORS, 2)]
    return [*HOSTILE, *OPERATORS, *fields]


@pytest.fixture
def guarded(sqlite: Databases, clock: StoppedClock) -> Iterator[Desk]:
    """A desk whose network team is restricted: kim is a member, dana is not."""
    with sqlite.copy(populate) as url, closing(Desk.open(url, clock=clock)) as desk:
        open_ticket(desk, summary="VPN down", team="service-desk", assignee="dana")
        with desk.engine.begin() as connection:
            connection.execute(text("UPDATE team SET restricted = true WHERE key = 'network'"))
        yield desk


def hide(desk: Desk) -> str:
    """Open a restricted ticket that has everything around it, and return its number."""
    caller = people.find_callers(desk, "Leo", by=MEMBER)[0].id
    number = open_ticket(
        desk, by=MEMBER, summary=SECRET, description=SECRET, team="network", assignee=MEMBER, caller=caller
    )
    tickets.tag(desk, number, (SECRET,), by=MEMBER)
    conversation.note(desk, number, SECRET, by=MEMBER)
    tickets.watch(desk, number, by=MEMBER)
    return number


def test_there_are_two_hundred_strings() -> None:
    assert len(set(strings())) >= 200


def test_no_search_breaks_or_widens_what_is_seen(guarded: Desk) -> None:
    hidden = int(hide(guarded).split("-")[1])
    for typed in strings():
        try:
            query = parse(typed)
            found = queue.keys(guarded, query, by=OUTSIDER, most=100)
            queue.page(guarded, query, by=OUTSIDER)
            counted = queue.count(guarded, query, by=OUTSIDER)
        except BadQuery:
            continue
        assert hidden not in found, typed
        assert counted == len(found), typed


def test_no_completion_breaks(guarded: Desk) -> None:
    hide(guarded)
    for typed in strings():
        _spot, found = completion.complete(guarded, typed[:200], len(typed[:200]), by=OUTSIDER)

        assert SECRET not in repr(found)


def test_callers_are_looked_up_by_anything(guarded: Desk) -> None:
    for typed in HOSTILE:
        people.find_callers(guarded, typed.encode("utf-8", "replace").decode(), by=OUTSIDER)


Ask = Callable[[Desk], object]
ALL, DAY = parse(""), timedelta(days=1)
READS: Mapping[str, Ask] = {
    "candidates.count": lambda desk: candidates.count(desk, by=OUTSIDER),
    "candidates.waiting": lambda desk: candidates.waiting(desk, by=OUTSIDER),
    "catalogue.items": lambda desk: catalogue.items(desk, by=OUTSIDER),
    "clocks.explain": lambda desk: clocks.explain(desk, "INC-1", by=OUTSIDER),
    "completion.complete": lambda desk: [
        completion.complete(desk, f"{name}:", len(name) + 1, by=OUTSIDER) for name in (*FIELDS, "is", "view")
    ],
    "dashboard.alerts": lambda desk: dashboard.alerts(desk, "", by=OUTSIDER),
    "dashboard.dashboard": lambda desk: dashboard.dashboard(desk, "", Reach.MONTH, by=OUTSIDER),
    "figures.key_figures": lambda desk: figures.key_figures(
        desk, Period(desk.clock.now() - DAY, desk.clock.now() + DAY), by=OUTSIDER
    ),
    "history.acts": lambda desk: history.acts(desk, by=OUTSIDER),
    "history.meanwhile": lambda desk: history.meanwhile(desk, "INC-1", 0, by=OUTSIDER),
    "history.to_redo": lambda desk: history.to_redo(desk, by=OUTSIDER),
    "history.to_undo": lambda desk: history.to_undo(desk, by=OUTSIDER),
    "item_card.card": lambda desk: item_card.card(desk, "INC-1", by=OUTSIDER),
    "macros.filled": lambda desk: macros.filled(desk, "INC-1", "{number} {caller.name}", by=OUTSIDER),
    "notifications.unread": lambda desk: notifications.unread(desk, by=OUTSIDER),
    "notifications.unread_count": lambda desk: notifications.unread_count(desk, by=OUTSIDER),
    "people.agents": lambda desk: people.agents(desk, by=OUTSIDER),
    "people.catalogue": lambda desk: people.catalogue(desk, by=OUTSIDER),
    "people.find_callers": lambda desk: people.find_callers(desk, "Leo", by=OUTSIDER),
    "people.teams": lambda desk: people.teams(desk, by=OUTSIDER),
    "queue.count": lambda desk: queue.count(desk, ALL, by=OUTSIDER),
    "queue.counts": lambda desk: queue.counts(desk, {"all": ALL}, by=OUTSIDER),
    "queue.cursor_at": lambda desk: queue.cursor_at(desk, ALL, by=OUTSIDER, after=None, skip=1),
    "queue.keys": lambda desk: queue.keys(desk, ALL, by=OUTSIDER, most=9),
    "queue.matching": lambda desk: queue.matching(desk, ALL, range(9), by=OUTSIDER),
    "queue.page": lambda desk: queue.page(desk, ALL, by=OUTSIDER),
    "queue.rows": lambda desk: queue.rows(desk, range(9), by=OUTSIDER),
    "strangers.strangers": lambda desk: strangers.strangers(desk, parse(f"team:{SECRET}"), by=OUTSIDER),
    "suggestions.suggest": lambda desk: suggestions.suggest(desk, "INC-1", by=OUTSIDER),
    "suggestions.similar": lambda desk: suggestions.similar(desk, SECRET, caller=1, by=OUTSIDER),
    "ticket.ledger": lambda desk: ticket.ledger(desk, "INC-1", by=OUTSIDER),
    "ticket.record": lambda desk: ticket.record(desk, "INC-1", by=OUTSIDER),
    "ticket.timeline": lambda desk: ticket.timeline(desk, "INC-1", by=OUTSIDER),
    "ticket.unread": lambda desk: ticket.unread(desk, "INC-1", by=OUTSIDER),
    "views.counts": lambda desk: views.counts(desk, by=OUTSIDER),
    "watching.starred": lambda desk: watching.starred(desk, ["INC-1", "INC-2"], by=OUTSIDER),
    "watching.watched": lambda desk: watching.watched(desk, ["INC-1", "INC-2"], by=OUTSIDER),
}
"""What reads tickets → how somebody asks it who may see only some."""
EXEMPT: Mapping[str, str] = {
    "drafts.drafts": "reads one's own drafts only",
    "drafts.left_open": "reads one's own drafts and mail only",
    "feed.head": "a number that every console follows; nothing of it is shown",
    "feed.news": "for consoles, which paint nothing of it",
    "history.is_written": "about one's own act, by a name that only who did it knows",
    "macros.macros": "reads the standard only",
    "macros.modules": "reads the standard only",
    "macros.preview": "fills as `macros.filled` does",
    "queue.newest": "the last integer given out, which the next ticket shows anyway",
    "status.status": "counts all mail that waits, whoever it is about",
    "ticket.draft": "reads one's own drafts only",
    "views.resolved": "reads one's own views only",
    "views.saved": "reads one's own views only",
    "watching.watched_problems": "about problems, which their own tests hide",
}
OTHER_RECORDS = (
    "approvals", "board", "calendar", "change", "change_templates", "changes", "outbox",
    "problem_figures", "problems", "watch",
)  # fmt: skip
"""Modules about other records, which their own tests hide."""


def reading() -> set[str]:
    """Return the functions that read a desk for somebody, by module and name."""
    found = set()
    for each in pkgutil.iter_modules(reads.__path__):
        module = importlib.import_module(f"deskterm.reads.{each.name}")
        for name, value in vars(module).items():
            public = inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
            if public and each.name not in OTHER_RECORDS and "desk" in inspect.signature(value).parameters:
                found.add(f"{each.name}.{name}")
    return found


def test_every_read_is_asked_about_hidden_tickets() -> None:
    assert reading() <= {*READS, *EXEMPT}


@pytest.mark.parametrize("name", READS)
def test_a_hidden_ticket_changes_nothing_that_is_read(guarded: Desk, name: str) -> None:
    before = repr(READS[name](guarded))

    hide(guarded)

    assert repr(READS[name](guarded)) == before


def test_a_hidden_number_answers_like_an_absent_one(guarded: Desk) -> None:
    hidden, absent = hide(guarded), "INC-999"
    acts: tuple[Callable[[str], object], ...] = (
        lambda number: ticket.record(guarded, number, by=OUTSIDER),
        lambda number: ticket.timeline(guarded, number, by=OUTSIDER),
        lambda number: ticket.ledger(guarded, number, by=OUTSIDER),
        lambda number: clocks.explain(guarded, number, by=OUTSIDER),
        lambda number: suggestions.suggest(guarded, number, by=OUTSIDER),
        lambda number: tickets.take(guarded, number, by=OUTSIDER),
        lambda number: tickets.watch(guarded, number, by=OUTSIDER),
        lambda number: conversation.note(guarded, number, "x", by=OUTSIDER),
        lambda number: progress.resolve(guarded, number, Resolution.FIXED, "x", by=OUTSIDER),
    )
    for act in acts:
        said = []
        for number in (hidden, absent):
            with pytest.raises(NotFound) as refused:
                act(number)
            said.append(str(refused.value).replace(number, "N"))
        assert said[0] == said[1]


def test_who_watched_a_ticket_hears_nothing_once_it_is_hidden(guarded: Desk) -> None:
    number = open_ticket(guarded, by=MEMBER, summary="plain", team="service-desk")
    tickets.watch(guarded, number, by=OUTSIDER)
    tickets.transfer(guarded, number, "network", note=SECRET, by="osei")

    conversation.note(guarded, number, SECRET, by=MEMBER)

    assert SECRET not in repr(notifications.unread(guarded, by=OUTSIDER))
    assert number not in repr(notifications.unread(guarded, by=OUTSIDER))
    assert notifications.unread_count(guarded, by=OUTSIDER) == 0


def test_a_link_to_a_hidden_ticket_is_no_link(guarded: Desk) -> None:
    shown = open_ticket(guarded, by=MEMBER, team="service-desk")
    links.link(guarded, shown, LinkKind.RELATED, hide(guarded), by=MEMBER)

    assert len(ticket.record(guarded, shown, by=MEMBER).links) == 1
    assert ticket.record(guarded, shown, by=OUTSIDER).links == ()
