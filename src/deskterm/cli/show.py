"""`show`: one ticket with everything around it, for people or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.opening import opened
from deskterm.domain.change import NUMBER as CHANGE
from deskterm.domain.problem import NUMBER as PROBLEM
from deskterm.domain.sla import Clock, Stage
from deskterm.i18n import _
from deskterm.labels import event_words, field_word, label
from deskterm.reads import ticket as tickets
from deskterm.reads.changes import ChangeRow, recent
from deskterm.reads.problems import KnownError, known_errors_for
from deskterm.reads.ticket import TicketRecord, TimelineEntry
from deskterm.ui.suspects import change_lines, known_error_lines
from deskterm.ui.times import left, moment

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

FIELDS = (
    "number", "kind", "status", "summary", "description", "priority", "impact", "urgency", "extent", "major",
    "vip", "caller", "channel", "team", "assignee", "tier", "service", "ci", "category", "hold_reason",
    "review_at", "resolution", "closing_summary", "occurred_at", "reported_at", "opened_at", "updated_at",
    "resolved_at", "closed_at", "reopen_count", "reassignment_count", "tags", "watchers", "starred",
    "work_minutes", "version",
)  # fmt: skip
"""The fields of a ticket in JSON that are the record's own."""
DETAILS = (
    "team", "assignee", "service", "ci", "category", "channel", "opened_at", "hold_reason", "review_at",
    "resolution", "closing_summary",
)  # fmt: skip
"""What `show` lists below the head, where a ticket has it."""


def show(asked: Namespace) -> None:
    """Show a ticket with its clocks and its timeline, or a problem with all that hangs on it."""
    if CHANGE.fullmatch(asked.number.strip()):
        from deskterm.cli import changes

        changes.show(asked)
        return
    if PROBLEM.fullmatch(asked.number.strip()):
        from deskterm.cli import problems

        problems.show(asked)
        return
    with opened(asked) as here:
        record = tickets.record(here.desk, asked.number, by=here.by)
        timeline = tickets.timeline(here.desk, asked.number, by=here.by)
        errors = known_errors_for(here.desk, asked.number, by=here.by)
        suspects = recent(here.desk, asked.number, by=here.by)
    if asked.json:
        output.print_json(as_json(record, timeline, errors, suspects))
    else:
        for line in lines(record, timeline, errors, suspects):
            output.say(line)


def as_json(
    record: TicketRecord,
    timeline: tuple[TimelineEntry, ...],
    errors: tuple[KnownError, ...],
    changes: tuple[ChangeRow, ...],
) -> dict[str, Any]:
    """Return a ticket as JSON has it; the fields are documented in docs/cli.md."""
    found = asdict(record)
    return {name: found[name] for name in FIELDS} | {
        "clocks": [clock_json(clock) for clock in record.clocks],
        "links": [
            {"kind": each.kind, "outward": each.outward, "number": each.number} for each in record.links
        ],
        "tasks": found["tasks"],
        "known_errors": [
            {"number": each.number, "summary": each.summary, "workaround": each.workaround} for each in errors
        ],
        "recent_changes": [
            {"number": each.number, "summary": each.summary, "started_at": each.started_at}
            for each in changes
        ],
        "timeline": [entry_json(entry) for entry in timeline],
    }


def clock_json(clock: Clock) -> dict[str, Any]:
    """Return a clock as JSON has it."""
    return {
        "target": clock.name,
        "stage": clock.stage,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "breached_at": clock.breached_at,
        "target_seconds": int(clock.target.total_seconds()),
        "elapsed_seconds": int(clock.elapsed.total_seconds()),
    }


def entry_json(entry: TimelineEntry) -> dict[str, Any]:
    """Return a timeline entry as JSON has it."""
    return {
        "at": entry.at,
        "voice": entry.voice,
        "by": entry.by,
        "body": entry.body,
        "evidence": entry.evidence,
        "recalled": entry.recalled,
        "event": entry.event,
        "changes": entry.changes or {},
    }


def lines(
    record: TicketRecord,
    timeline: tuple[TimelineEntry, ...],
    errors: tuple[KnownError, ...],
    changes: tuple[ChangeRow, ...],
) -> Iterator[str]:
    """Yield what a person reads of a ticket, a line or a text at a time."""
    now = record.read_at
    yield f"{record.number}  P{record.priority}  {label(record.status)}  {record.summary}"
    if record.caller:
        known = (record.caller.name, record.caller.department, record.caller.email, record.caller.phone)
        yield _("caller: {caller}").format(caller=" · ".join(filter(None, known)))
    for name in DETAILS:
        text = output.cell(getattr(record, name))
        if text:
            yield f"{field_word(name)}: {text}"
    if record.tags:
        yield _("tags: {tags}").format(tags=" ".join(f"#{tag}" for tag in record.tags))
    for link in record.links:
        direction = "→" if link.outward else "←"
        yield f"{direction} {label(link.kind)} {link.number}  {link.summary}"
    for clock in record.clocks:
        yield clock_line(clock, now)
    yield from known_error_lines(errors)
    yield from change_lines(changes, now)
    if record.description:
        yield f"\n{record.description}"
    for entry in timeline:
        yield from entry_lines(entry, now)


def clock_line(clock: Clock, now: datetime) -> str:
    """Return a clock in one line: its stage, and what is left or when it ended."""
    text = f"{label(clock.name)}: {label(clock.stage)}"
    if clock.stage in (Stage.RUNNING, Stage.PAUSED):
        text += _(", {left} left").format(left=left(clock.left(now)))
    if clock.due_at is not None and clock.stage is Stage.RUNNING:
        text += _(", due {at}").format(at=moment(clock.due_at, now))
    return text + (_(", breached") if clock.breached else "")


def entry_lines(entry: TimelineEntry, now: datetime) -> Iterator[str]:
    """Yield a timeline entry: who and when, then what was written."""
    who = f"{entry.by or _('the desk')} · {moment(entry.at, now)}"
    if entry.event:
        changed = _changed(entry)
        yield f"  · {who} · {event_words(entry.event)}{': ' if changed else ''}{changed}"
        return
    yield f"\n  {VOICES[entry.voice]} {who}" + (_(" (recalled)") if entry.recalled else "")
    yield "\n".join(f"    {line}" for line in entry.body.splitlines())


def _changed(entry: TimelineEntry) -> str:
    """Return what an event changed, in a few words; all that a ticket began with is in its head."""
    if entry.event == "ticket.opened":
        return ""
    changes = (
        (name, output.cell(before), output.cell(after))
        for name, (before, after) in (entry.changes or {}).items()
        if name not in ("summary", "description")
    )
    return "; ".join(
        f"{field_word(name)} {old or '–'} → {new or '–'}" for name, old, new in changes if old != new
    )


VOICES = {"caller": "◂", "desk": "▸", "internal": "▪", "system": "·"}
"""The sign before each voice."""
