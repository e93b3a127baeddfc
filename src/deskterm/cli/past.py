"""Tickets as they were: each ledger replayed up to an instant, filtered by the pure predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import not_, select
from sqlmodel import col

from deskterm.cli.opening import Opened
from deskterm.desk import Look
from deskterm.domain import sla
from deskterm.domain.fields import FIELDS
from deskterm.domain.ledger import Entry, replay
from deskterm.domain.query import Context, Query, matches
from deskterm.domain.sla import Clock, Stage
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import HoldReason, Kind, Status
from deskterm.domain.undo import meant
from deskterm.reads.queue import DEFAULT_SORT, QueueRow
from deskterm.services.clocks import pressing
from deskterm.storage.chain import EVENT, entry_of
from deskterm.storage.tables import Message, Person, Tag, Ticket, Watcher
from deskterm.storage.tables.conversation import MessageKind
from deskterm.storage.visible import visible

Facts = dict[str, Any]

INSTANTS = ("review_at", "occurred_at", "resolved_at", "closed_at")
"""Ledger columns that are instants, kept there as ISO 8601."""
SETS = {
    "ticket.tagged": ("tags", "added", True),
    "ticket.untagged": ("tags", "removed", False),
    "ticket.watched": ("watchers", "login", True),
    "ticket.unwatched": ("watchers", "login", False),
}
"""Events on sets → which set, the detail that names what came or went, and whether it came."""


def as_of(here: Opened, query: Query, instant: datetime) -> list[QueueRow]:
    """Return the tickets that a view would have taken at an instant, in its order.

    What is unread is not known of the past, and who may see a ticket is asked as of today.
    """
    with here.desk.look(here.by) as look:
        zone = instant.astimezone().tzinfo or UTC
        context = Context(here.by, instant, look.actor.teams, zone)
        taken = [facts for facts in _facts(look, instant) if matches(query.condition, facts, context)]
    for step in reversed(query.sort or DEFAULT_SORT):
        fact = "id" if step.field == "id" else FIELDS[step.field].fact
        taken.sort(key=lambda facts: _place(facts.get(fact)), reverse=step.descending)
    return [_row(facts) for facts in taken]


def _place(value: Any) -> tuple[bool, Any]:
    """Return what a value sorts by; nothing goes first."""
    return value is not None, value


def _facts(look: Look, instant: datetime) -> Iterator[Facts]:
    """Yield what was known of each ticket at an instant, by its integer."""
    tickets = {row.id: row for row in look.connection.execute(_TICKETS.where(visible(look.actor)))}
    people = {row.id: row for row in look.connection.execute(_PEOPLE)}
    sets = {"tags": _sets(look, Tag.word, Tag), "watchers": _sets(look, Watcher.login, Watcher)}
    written = _written(look, instant)
    for key, rows in groupby(look.connection.execute(_LEDGER), key=attrgetter("subject_id")):
        entries = [entry_of(*row[1:]) for row in rows]
        known = [entry for entry in entries if entry.at <= instant]
        if key not in tickets or not known:
            continue
        ticket = tickets[key]
        facts = _replayed(known)
        caller = people.get(facts.get("caller_id"))
        standard = look.desk.standard(look.connection, ticket.standard_version)
        clocks = sla.clocks(known, standard, instant)
        later = [(act, done) for entry, act, done in meant(entries) if entry.at > instant]
        yield (
            facts
            | pressing(clocks.values(), standard)
            | {
                "id": key,
                "version": ticket.version,
                "external_id": ticket.external_id,
                "opened_at": known[0].at,
                "updated_at": known[-1].at,
                "caller": caller and caller.name,
                "caller_email": caller and caller.email,
                "tags": _before(sets["tags"][key], "tags", later),
                "watchers": _before(sets["watchers"][key], "watchers", later),
                "waiting_since": _ahead(clocks, TargetName.NEXT_UPDATE, "started_at"),
                "respond_at": _ahead(clocks, TargetName.FIRST_RESPONSE, "due_at"),
                "actors": frozenset(entry.by for entry in known),
            }
            | _linked(known)
            | _said(written[key])
        )


_LEDGER = (
    select(EVENT.c.subject_id, EVENT.c.id, EVENT.c.at, EVENT.c.kind, EVENT.c.by, EVENT.c.data)
    .where(EVENT.c.subject_type == "ticket")
    .order_by(EVENT.c.subject_id, EVENT.c.at, EVENT.c.id)
)
_TICKETS: Any = select(
    col(Ticket.id), col(Ticket.version), col(Ticket.standard_version), col(Ticket.external_id)
)
_MESSAGES: Any = select(col(Message.ticket_id), col(Message.at), col(Message.kind), col(Message.body)).where(
    not_(col(Message.recalled))
)
_PEOPLE: Any = select(col(Person.id), col(Person.name), col(Person.email))


def _replayed(known: Sequence[Entry]) -> Facts:
    """Return a ticket's columns from its ledger, with those that it had by default."""
    facts: Facts = dict.fromkeys(Ticket.LEDGER)
    facts |= {"major": False, "vip": False, "reopen_count": 0, "reassignment_count": 0, "tier": 1}
    facts |= replay(known)
    for name in INSTANTS:
        if facts[name] is not None:
            facts[name] = datetime.fromisoformat(facts[name])
    return facts


def _sets(look: Look, member: Any, table: Any) -> defaultdict[int, frozenset[str]]:
    sets: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    for key, value in look.connection.execute(select(col(table.ticket_id), col(member))):
        sets[key] |= {value}
    return sets


def _before(now: frozenset[str], called: str, later: Sequence[tuple[Entry, bool]]) -> frozenset[str]:
    """Return a set as it was before some events; what came with the ticket has no event of its own."""
    before = now
    for act, done in reversed(later):
        which, detail, came = SETS.get(act.kind, ("", "", False))
        if which == called:
            named = act.details.get(detail, ())
            members = {named} if isinstance(named, str) else set(named)
            before = before - members if came is done else before | members
    return before


def _written(look: Look, instant: datetime) -> defaultdict[int, list[Any]]:
    """Return what had been written on each ticket, without what was recalled since."""
    written = defaultdict(list)
    known = _MESSAGES.where(col(Message.at) <= instant)
    for row in look.connection.execute(known):
        written[row.ticket_id].append(row)
    return written


def _said(written: Sequence[Any]) -> Facts:
    """Return the facts that follow from what was written."""
    replies = [row.at for row in written if row.kind is MessageKind.REPLY]
    return {
        "notes": [row.body for row in written if row.kind in (MessageKind.NOTE, MessageKind.EVIDENCE)],
        "messages": len(written),
        "replied_at": max(replies, default=None),
    }


def _linked(known: Sequence[Entry]) -> Facts:
    """Return the numbers that a ticket itself was linked to, and which are problems and changes."""
    linked: set[str] = set()
    for _entry, act, done in meant(known):
        if act.kind not in ("ticket.linked", "ticket.unlinked"):
            continue
        if (act.kind == "ticket.linked") is done:
            linked.add(act.details["other"])
        else:
            linked.discard(act.details["other"])
    return {
        "links": linked,
        "problems": {number for number in linked if number.startswith("PRB-")},
        "changes": {number for number in linked if number.startswith("CHG-")},
    }


def _ahead(clocks: Mapping[TargetName, Clock], target: TargetName, what: str) -> datetime | None:
    """Return an instant of a clock that is not over, None where none was owed."""
    clock = clocks.get(target)
    return getattr(clock, what) if clock and clock.stage in (Stage.RUNNING, Stage.PAUSED) else None


def _row(facts: Mapping[str, Any]) -> QueueRow:
    hold_reason = facts["hold_reason"]
    return QueueRow(
        key=facts["id"],
        kind=Kind(facts["kind"]),
        status=Status(facts["status"]),
        hold_reason=HoldReason(hold_reason) if hold_reason else None,
        **{name: facts[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    "version", "summary", "impact", "urgency", "priority", "assignee", "team", "caller", "service",
    "opened_at", "updated_at", "major", "vip", "waiting_since", "parent_id", "sla_target", "sla_due_at",
    "sla_risk_at", "sla_paused", "sla_remaining_seconds", "sla_span_seconds", "sla_breached",
)  # fmt: skip
