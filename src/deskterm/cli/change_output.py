"""How the command line prints changes: a line, a JSON object, everything around one, what is in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.domain.calendar import Conflict, sentence
from deskterm.i18n import _
from deskterm.labels import event_words, field_word, label
from deskterm.ui.times import moment

if TYPE_CHECKING:
    from deskterm.reads.change import ChangeRecord
    from deskterm.reads.changes import ChangeRow

COLUMNS = (
    "number",
    "kind",
    "status",
    "risk",
    "planned_start",
    "planned_end",
    "assignee",
    "service",
    "summary",
)
TEXTS = (
    "purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan", "resources",
    "necessity", "feasibility", "lessons", "glass_reason",
)  # fmt: skip
"""What `show` prints below the head, where a change has it."""
STEP = ("id", "summary", "owner", "starts_at", "minutes", "state", "rollback", "note")
CHECK = ("kind", "summary", "passed", "by", "at")
INCIDENT = ("number", "summary", "opened_at", "caused")


def listed(row: ChangeRow) -> dict[str, Any]:
    """Return a change as `ls --json` has it; the fields are documented in docs/cli.md."""
    names = (*COLUMNS, "ci", "team", "requester", "impact", "outcome", "opened_at", "closed_at", "version")
    return fields(row, names)


def whole(record: ChangeRecord) -> dict[str, Any]:
    """Return a change as `show --json` has it, and every verb that acts on one."""
    tiers = [
        {"tier": tier.name, "verdict": tier.verdict, "yes": tier.tally.yes, "need": tier.tally.need}
        for tier in record.tiers
    ]
    return listed(record.row) | {
        **{name: record.fields[name] for name in TEXTS},
        "items": record.items,
        "after": record.after,
        "links": record.links,
        "tags": record.tags,
        "watchers": record.watchers,
        "approvals": tiers,
        "steps": [fields(step, STEP) for step in record.steps],
        "checks": [fields(check, CHECK) for check in record.checks],
        "incidents": [fields(incident, INCIDENT) for incident in record.incidents],
        "conflicts": [sentence(conflict) for conflict in record.conflicts],
        "missing": record.missing,
    }


def fields(value: object, names: Sequence[str]) -> dict[str, Any]:
    """Return some attributes of a value, by their names."""
    return {name: getattr(value, name) for name in names}


def lines(record: ChangeRecord) -> Iterator[str]:
    """Yield what a person reads of a change, a line at a time."""
    row, now = record.row, record.read_at
    risk = _("risk {level}").format(level=label(row.risk)) if row.risk else _("risk not assessed")
    yield f"{row.number}  {label(row.kind)}  {label(row.status)}  {risk}  {row.summary}"
    if row.planned_start is not None and row.planned_end is not None:
        yield f"{_('window')}: {moment(row.planned_start, now)} – {moment(row.planned_end, now)}"
    for name in ("service", "ci", "assignee", "requester"):
        if getattr(row, name):
            yield f"{field_word(name)}: {getattr(row, name)}"
    for name in TEXTS:
        if record.fields[name]:
            yield f"{field_word(name)}: {record.fields[name]}"
    for tier in record.tiers:
        votes = _("{yes} of {need}").format(yes=tier.tally.yes, need=tier.tally.need)
        yield f"{tier.name}: {label(tier.verdict)}  {votes}"
    for step in record.steps:
        sign = "◂" if step.rollback else "·"
        said = (
            str(step.id),
            f"{step.minutes} min",
            step.owner or "–",
            label(step.state),
            step.summary,
            step.note,
        )
        yield f"{sign} {'  '.join(said).rstrip()}"
    for check_row in record.checks:
        passed = _("passed") if check_row.passed else _("failed")
        yield f"{label(check_row.kind)}: {passed}  {check_row.summary}"
    for incident in record.incidents:
        judged = {None: _("not judged"), True: _("caused by it"), False: _("not caused by it")}
        yield f"{incident.number}  {judged[incident.caused]}  {incident.summary}"
    for conflict in record.conflicts:
        yield conflict_line(conflict)
    if record.missing:
        yield _("next: {missing}").format(missing=record.missing)
    for entry in record.log:
        yield f"  · {entry.by} · {moment(entry.at, now)} · {event_words(entry.kind)}"


def conflict_line(conflict: Conflict, number: str = "") -> str:
    """Return a conflict with its sign, and the change that it is in the way of where that is not clear."""
    about = f"{number}: " if number else ""
    return f"{'!!' if conflict.hard else '! '} {about}{sentence(conflict)}"


def warn(conflicts: Sequence[Conflict]) -> None:
    """Print what is in a change's way."""
    for conflict in conflicts:
        output.say(conflict_line(conflict))
