"""A ticket's other pages as text: details, links, clocks explained, ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from textual.content import Content

from deskterm.domain.ticket import Level
from deskterm.i18n import _
from deskterm.labels import event_words, field_word, label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import txt
from deskterm.ui.widgets import clocks

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.domain.sla import Explanation
    from deskterm.reads.ticket import TicketRecord

LEDGER_MOST = 500
"""Events that the ledger page shows; the command line has all."""


def details(record: TicketRecord) -> Content:
    """Return every field of a ticket, the description below."""
    fields = (
        ("kind", label(record.kind)),
        ("status", label(record.status)),
        ("priority", f"P{record.priority}"),
        ("impact", label(Level(record.impact))),
        ("urgency", label(Level(record.urgency))),
        ("extent", record.extent),
        ("major", _("yes") if record.major else ""),
        ("team", record.team_name),
        ("assignee", record.assignee_name),
        ("service", record.service),
        ("ci", record.ci),
        ("category", record.category),
        ("channel", label(record.channel)),
        ("hold_reason", _coded(record.hold_reason)),
        ("review_at", _when(record.review_at)),
        ("resolution", _coded(record.resolution)),
        ("occurred_at", _when(record.occurred_at)),
        ("reported_at", _when(record.reported_at)),
        ("opened_at", _when(record.opened_at)),
        ("resolved_at", _when(record.resolved_at)),
        ("closed_at", _when(record.closed_at)),
        ("reopen_count", record.reopen_count or ""),
        ("reassignment_count", record.reassignment_count or ""),
        ("merged_into_id", record.merged_into),
    )
    lines = [f"{field_word(name):<18} {value}" for name, value in fields if value]
    if record.tags:
        lines.append(f"{_('tags'):<18} {' '.join('#' + tag for tag in record.tags)}")
    lines += [f"{_('task'):<18} {'x' if task.done_at else '-'} {task.summary}" for task in record.tasks]
    parts = [_block(lines)]
    if record.closing_summary:
        parts.append(txt(f"{_('Closing summary')}\n{record.closing_summary}"))
    if record.description:
        parts.append(txt(f"{_('Description')}\n{record.description}"))
    return Content("\n\n").join(parts)


def links(record: TicketRecord) -> Content:
    """Return the records that belong to a ticket."""
    if not record.links:
        return txt(_("No links."))
    return _block(
        f"{label(link.kind) if link.outward else '<- ' + label(link.kind):<16} {link.number:<10} "
        f"{label(link.status) if link.status else '':<12} {link.summary}"
        for link in record.links
    )


def explained(record: TicketRecord, explanations: Sequence[Explanation]) -> Content:
    """Return each clock with its bar, and why it shows what it shows."""
    if not explanations:
        return txt(_("No policy has a target for this ticket."))
    return Content("\n\n").join(_block(_explanation(each, record.read_at)) for each in explanations)


def _explanation(explanation: Explanation, now: datetime) -> Iterable[str]:
    clock = explanation.clock
    yield clocks.line(clock)[0]
    matched = ", ".join(f"{field_word(name)} {value}" for name, value in explanation.because)
    yield "  " + _("policy {policy}: {why}").format(
        policy=clock.policy, why=matched or _("takes every ticket")
    )
    yield "  " + _("calendar {calendar}, started {start}").format(
        calendar=clock.calendar, start=times.moment(clock.started_at, now)
    )
    if clock.due_at is not None:
        yield "  " + _("due {due}").format(due=times.moment(clock.due_at, now))
    for start, end in explanation.spans[-5:]:
        yield "  " + _("counted {start} to {end}: {span}").format(
            start=times.moment(start, now), end=times.moment(end, now), span=times.span(end - start)
        )
    for pause in clock.pauses[-5:]:
        yield "  " + _("paused {start} to {end} by {by}: {reason}").format(
            start=times.moment(pause.start, now),
            end=times.moment(pause.end, now) if pause.end else _("now"),
            by=pause.by,
            reason=pause.why or pause.reason,
        )
    for threshold in clock.ahead:
        yield "  " + _("{percent} % at {at}").format(
            percent=threshold.percent, at=times.moment(threshold.at, now)
        )


def ledger(entries: Sequence[Entry], now: datetime) -> Content:
    """Return the newest events with everything they changed, newest first."""
    lines: list[str] = []
    for entry in reversed(entries[-LEDGER_MOST:]):
        lines.append(f"{times.moment(entry.at, now):<16} {entry.by:<12} {event_words(entry.kind)}")
        lines += [
            f"{'':<18}{field_word(name)}: {_shown(before)} -> {_shown(after)}"
            for name, (before, after) in entry.changes.items()
            if before or after
        ]
        lines += [f"{'':<18}{name}: {_shown(value)}" for name, value in entry.details.items() if value]
    return _block(lines)


def _block(lines: Iterable[str]) -> Content:
    return Content("\n").join(txt(plain(line, one_line=True)) for line in lines)


def _when(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at is not None else ""


def _coded(code: Enum | None) -> str:
    return label(code) if code is not None else ""


def _shown(value: object) -> str:
    text = plain(str(value), one_line=True) if value not in (None, "") else _("none")
    return text if len(text) <= 200 else text[:199] + "…"
