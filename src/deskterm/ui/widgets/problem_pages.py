"""The pages of a problem as text: summary, one line for each action, the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deskterm.i18n import _, ngettext
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import sentences, times

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.reads.problems import ActionRow, LinkedTicket, ProblemRecord


def facts_line(record: ProblemRecord) -> str:
    """Return state, priority, owner, age on one line."""
    row = record.row
    closure = f" ({label(row.closure)})" if row.closure is not None else ""
    back = ngettext("came back {count} time", "came back {count} times", row.recurrence_count)
    parts = [
        label(row.status) + closure,
        f"P{row.priority}" if row.priority is not None else _("no priority"),
        _("KNOWN ERROR") if row.known_error else "",
        back.format(count=row.recurrence_count) if row.recurrence_count else "",
        _("owner {login}").format(login=row.assignee or "-"),
        times.age(record.read_at - row.opened_at),
        ngettext("{count} ticket", "{count} tickets", row.linked).format(count=row.linked),
        _("{count} open").format(count=row.linked_open),
    ]
    return "   ".join(filter(None, parts))


def summary_lines(record: ProblemRecord) -> list[str]:
    """Return everything that is no list of its own."""
    return [
        *_gate_lines(record),
        *_facts(record),
        *_section(_("Description"), record.description),
        *_section(_("Root cause"), record.root_cause),
        *_section(_("Symptom"), record.symptom),
        *_section(_("Workaround"), record.workaround),
        *_section(_("Article"), record.article),
        *_section(_("Review"), record.review),
        *_section(_("Why it ended so"), record.closing_reason),
        *_ticket_lines(record),
    ]


def _gate_lines(record: ProblemRecord) -> list[str]:
    """Return what each way on still asks for."""
    lines = []
    waiting = sum(action.done_at is None for action in record.actions)
    for after, asks in record.gates.items():
        if not asks:
            lines.append(_("L → {state}: nothing is missing").format(state=label(after)))
        for ask in asks:
            sentence = _(ask.sentence).format(
                number=record.row.number,
                open_actions=waiting,
                open_changes=", ".join(action.change for action in record.actions if action.change),
            )
            lines.append(f"→ {label(after)}: {sentence}")
    return [*lines, ""] if lines else []


def _facts(record: ProblemRecord) -> list[str]:
    row = record.row
    known = (
        (_("Category"), row.category),
        (_("Service"), row.service),
        (_("CI"), row.ci),
        (_("Opened for"), label(row.source)),
        (_("Opened"), times.moment(row.opened_at, record.read_at)),
        (_("Teams"), ", ".join(record.teams)),
        (_("Watchers"), ", ".join(record.watchers)),
        (_("Tags"), " ".join(f"#{word}" for word in row.tags)),
        (_("Parked until"), times.day(row.resumes_at) if row.resumes_at else ""),
        (_("Duplicate of"), record.duplicate_of),
        (_("Imported as"), f"{record.imported_from} {record.external_id}" if record.external_id else ""),
        (_("Approver"), record.approver),
        (_("Next review"), times.day(row.review_at) if row.review_at else ""),
        (_("On hold for it"), " ".join(record.waiting)),
    )
    return [f"{name + ':':<16} {plain(value, one_line=True)}" for name, value in known if value]


def _section(title: str, text: str) -> list[str]:
    return ["", title.upper(), *plain(text).splitlines()] if text else []


def _ticket_lines(record: ProblemRecord) -> list[str]:
    if not record.tickets:
        return ["", _("No ticket is linked; & links some.")]
    return ["", _("TICKETS THAT IT CAUSES (o opens)"), *map(ticket_line, record.tickets)]


def ticket_line(ticket: LinkedTicket) -> str:
    """Return a linked ticket on one line."""
    summary = plain(ticket.summary, one_line=True)
    return f"{ticket.number:<10} P{ticket.priority}  {label(ticket.status):<14} {summary}"


def action_line(action: ActionRow, record: ProblemRecord) -> str:
    """Return a corrective action on one line: done, late or when it is due, what, who, its change."""
    if action.done_at is not None:
        state = f"ok {_('done')} {times.moment(action.done_at, record.read_at)}"
    else:
        sign = "!! " if action.overdue else "   "
        word = _("late since") if action.overdue else _("due")
        state = f"{sign}{word} {times.moment(action.due_at, record.read_at)}"
    change = f"  {action.change} {action.change_status or '?'}" if action.change else ""
    return (
        f"{state:<26} {label(action.type):<14} {plain(action.assignee, one_line=True):<10} "
        f"{plain(action.summary, one_line=True)}{plain(change, one_line=True)}"
    )


def ledger_lines(ledger: Sequence[Entry], record: ProblemRecord) -> list[str]:
    """Return every event on a line, the newest first; a note that was taken back without its words."""
    now = record.read_at
    gone = {entry.details["undoes"] for entry in ledger if entry.kind == "problem.undone"}
    return [
        f"{times.moment(entry.at, now):<17} {sentences.speaker(entry.by):<12} "
        + plain(sentences.happened(entry.kind, entry.changes, _details(entry, gone), now), one_line=True)
        for entry in reversed(ledger)
    ]


def _details(entry: Entry, gone: Collection[int]) -> Mapping[str, Any]:
    return {} if entry.kind == "problem.noted" and entry.id in gone else entry.details
