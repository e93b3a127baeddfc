"""A ticket's other pages as text: details, links, clocks explained, ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain, repeat
from typing import TYPE_CHECKING

from textual.content import Content

from deskterm.domain.people import Role
from deskterm.domain.ticket import Level
from deskterm.i18n import _
from deskterm.labels import field_word, label
from deskterm.text import plain
from deskterm.ui import sentences, times
from deskterm.ui.gate import clip, txt
from deskterm.ui.widgets import clocks
from deskterm.ui.widgets.timeline import wrapped

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.domain.sla import Explanation
    from deskterm.reads.ticket import ApprovalRow, LinkedTicket, TaskRow, TicketRecord

VALUE_MOST = 200
"""Characters of a value that the ledger page shows."""
LEDGER_HEAD, LEDGER_LEAST = 30, 20
"""Cells for when and who on the ledger page, and the fewest for what."""
LEDGER_MOST = 500
"""Events that the ledger page shows; the command line has all."""


def details(record: TicketRecord, suspects: Sequence[str] = ()) -> Content:
    """Return every field of a ticket, what may be behind it and the description below.

    Args:
        suspects: lines of known errors and recent changes.
    """
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
    if record.watchers:
        lines.append(f"{_('watching'):<18} {', '.join(record.watchers)}")
    if record.starred:
        lines.append(f"{_('star'):<18} {_('yours')}")
    if record.work_minutes:
        lines.append(f"{_('work time'):<18} {times.span(timedelta(minutes=record.work_minutes))}")
    lines += [_approval(approval) for approval in record.approvals]
    lines += [_task(task) for task in record.tasks]
    parts = [_block(lines)]
    if suspects:
        parts.append(_block(suspects))
    if record.closing_summary:
        parts.append(txt(f"{_('Closing summary')}\n{record.closing_summary}"))
    if record.description:
        parts.append(txt(f"{_('Description')}\n{record.description}"))
    return Content("\n\n").join(parts)


def _approval(approval: ApprovalRow) -> str:
    role = label(Role(approval.role))
    if approval.granted is None:
        words = _("waits for the role {role} since {when}").format(role=role, when=_when(approval.asked_at))
    elif approval.granted:
        words = _("granted by {login}").format(login=approval.decided_by)
    else:
        words = _("refused by {login}: {comment}").format(login=approval.decided_by, comment=approval.comment)
    return f"{_('approval'):<18} {words}"


def _task(task: TaskRow) -> str:
    state = "[x]" if task.done_at else "[ ]"
    return f"{_('task'):<18} {state} {task.summary}" + (f"  ({task.assignee})" if task.assignee else "")


def link_line(link: LinkedTicket) -> str:
    """Return how a record belongs to the ticket: `child of  INC-4  on hold  VPN down`."""
    kind = label(link.kind) if link.outward else f"<- {label(link.kind)}"
    return f"{kind:<16} {link.number:<10} {label(link.status) if link.status else '':<12} {link.summary}"


def explained(
    record: TicketRecord, explanations: Sequence[Explanation], if_priority: int | None = None
) -> Content:
    """Return each clock with its bar, and why it shows what it shows.

    Args:
        if_priority: the priority that the explanations suppose, None where it is the ticket's own.
    """
    if not explanations:
        return txt(_("No policy has a target for this ticket."))
    blocks = [_block(_explanation(each, record.read_at)) for each in explanations]
    if if_priority is not None:
        heading = _("AS IF the priority were {supposed}; it is {own}. Nothing is changed.").format(
            supposed=f"P{if_priority}", own=f"P{record.priority}"
        )
        blocks.insert(0, txt(heading))
    return Content("\n\n").join([*blocks, txt(_("E supposes another priority"))])


def _explanation(explanation: Explanation, now: datetime) -> Iterable[str]:
    clock = explanation.clock
    yield clocks.line(clock, now)[0]
    matched = ", ".join(f"{field_word(name)} {value}" for name, value in explanation.because)
    yield "  " + _("policy {policy}: {why}").format(
        policy=clock.policy, why=matched or _("takes every ticket")
    )
    yield "  " + _("calendar {calendar}, started {start}").format(
        calendar=clock.calendar, start=times.moment(clock.started_at, now)
    )
    yield "  " + _("{elapsed} of {target} of service time used").format(
        elapsed=times.span(clock.elapsed), target=times.span(clock.target)
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


def ledger(entries: Sequence[Entry], now: datetime, width: int) -> Content:
    """Return the newest events with all they changed, newest first; wrapped lines stay in their column."""
    lines: list[str] = []
    for entry in reversed(entries[-LEDGER_MOST:]):
        by = clip(plain(sentences.speaker(entry.by), one_line=True), 12)
        happened = sentences.happened(entry.kind, {}, entry.details, now)
        lines += _hanging(f"{times.moment(entry.at, now):<16} {by} ", happened, width)
        for name, (before, after) in entry.changes.items():
            if before or after:
                lines += _hanging("", _short(sentences.change(name, before, after, now)), width)
    return _block(lines)


def _hanging(head: str, text: str, width: int) -> Iterable[str]:
    """Return a text wrapped in the column beside when and who."""
    pieces = wrapped(plain(text, one_line=True), max(LEDGER_LEAST, width - LEDGER_HEAD))
    return [
        f"{lead:<{LEDGER_HEAD}}{piece}"
        for lead, piece in zip(chain([head], repeat("")), pieces, strict=False)
    ]


def _block(lines: Iterable[str]) -> Content:
    return Content("\n").join(txt(plain(line, one_line=True)) for line in lines)


def _when(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at is not None else ""


def _coded(code: Enum | None) -> str:
    return label(code) if code is not None else ""


def _short(text: str) -> str:
    return text if len(text) <= VALUE_MOST else text[: VALUE_MOST - 1] + "…"
