"""The verbs of changes: requests, approvals, run sheets, reviews, the calendar and its files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, instant, text_of
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.domain.calendar import Conflict, NoSlot, SpanKind, sentence
from deskterm.domain.change import CheckKind, Outcome, StepState
from deskterm.i18n import N_, _
from deskterm.labels import event_words, field_word, label
from deskterm.reads import approvals as approval_reads
from deskterm.reads import calendar, change
from deskterm.reads import changes as reads
from deskterm.services import (
    approvals,
    calendar_files,
    change_undo,
    changes,
    runsheet,
    stability,
    templates,
    windows,
)
from deskterm.services.change_drafts import ChangeEdit, NewChange, StepDraft
from deskterm.services.drafts import checked
from deskterm.ui.times import moment

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.cli.opening import Opened
    from deskterm.desk import Action
    from deskterm.domain.query import Query
    from deskterm.reads.change import ChangeRecord
    from deskterm.reads.changes import ChangeRow

GIVEN = (
    "summary", "purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan",
    "resources", "service", "ci", "items", "impact", "downtime_minutes", "assignee", "team", "kind",
    "template",
)  # fmt: skip
"""The options that are fields of a draft."""
TEXTS = (
    "purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan", "resources",
    "necessity", "feasibility", "lessons", "glass_reason",
)  # fmt: skip
"""What `show` prints below the head, where a change has it."""


def new(asked: Namespace) -> None:
    """Open a request for change and print its number."""
    with opened(asked) as here:
        output.say(changes.open_change(here.desk, checked(NewChange, _given(asked)), by=here.by))


def edit(asked: Namespace) -> None:
    """Change what a request says."""
    _act(asked, changes.edit, checked(ChangeEdit, _given(asked)))


def submit(asked: Namespace) -> None:
    """Hand a request in."""
    _act(asked, changes.submit)


def assess(asked: Namespace) -> None:
    """Assess a change; without an answer, print the questions of the standard."""
    if not asked.answers:
        with opened(asked) as here:
            for question in change.record(here.desk, asked.number, by=here.by).questions.questions:
                output.say(f"{question.key}: {question.text} ({' | '.join(question.answers)})")
        return
    pairs = [answer.partition("=") for answer in asked.answers]
    answers = {key: answer for key, _equals, answer in pairs}
    _act(asked, changes.assess, necessity=asked.necessity, feasibility=asked.feasibility, answers=answers)


def back(asked: Namespace) -> None:
    """Take a change back to draft."""
    _act(asked, changes.return_to_draft, asked.reason)


def cancel(asked: Namespace) -> None:
    """Give a change up."""
    _act(asked, changes.cancel, asked.reason)


def note(asked: Namespace) -> None:
    """Write a line in a change's log."""
    _act(asked, changes.note, text_of(asked.text))


def schedule(asked: Namespace) -> None:
    """Give a change its window, and print what it collides with there."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        start, end = instant(asked.start, now), instant(asked.end, now)
        _warn(windows.schedule(here.desk, asked.number, start, end, by=here.by))


def shift(asked: Namespace) -> None:
    """Move a change by quarters of an hour, and print what it collides with there."""
    with opened(asked) as here:
        _warn(windows.move(here.desk, asked.number, asked.quarters, by=here.by))


def undo(asked: Namespace) -> None:
    """Take back what one did last to a change."""
    _act(asked, change_undo.undo)


def slot(asked: Namespace) -> int:
    """Print the next room for a change, or why there is none."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        since = instant(asked.since, now) if asked.since else None
        found = calendar.free_slot(here.desk, asked.number, since=since, by=here.by)
    if isinstance(found, NoSlot):
        output.say(calendar.why_no_slot(found))
        return SOME_FAILED
    output.say(f"{output.cell(found.start)} {output.cell(found.end)}")
    return DONE


def after(asked: Namespace) -> None:
    """Let a change wait for another, or no longer."""
    _act(asked, windows.unfollow if asked.gone else windows.follow, asked.other)


def steps(asked: Namespace) -> None:
    """Write a run sheet."""
    sheet = [*(_step(text) for text in asked.steps), *(_step(text, rollback=True) for text in asked.backs)]
    _act(asked, runsheet.plan, sheet)


def _step(text: str, *, rollback: bool = False) -> StepDraft:
    minutes, _colon, rest = text.partition(":")
    owner, _colon, summary = rest.partition(":")
    if not minutes.isdigit() or not summary.strip():
        raise BadArgument(N_("Write a step as MINUTES:LOGIN:TEXT, such as 30:kim:Load the image."))
    fields = {"summary": summary, "owner": owner or None, "minutes": int(minutes), "rollback": rollback}
    return checked(StepDraft, fields)


def confirm(asked: Namespace) -> None:
    """Give one's word that the window suits."""
    _act(asked, windows.confirm)


def approve(asked: Namespace) -> None:
    """Vote for a change."""
    _act(asked, approvals.approve, comment=asked.comment, instead_of=asked.instead_of)


def refuse(asked: Namespace) -> None:
    """Vote against a change."""
    _act(asked, approvals.refuse, asked.comment, instead_of=asked.instead_of)


def propose(asked: Namespace) -> None:
    """Propose a closed change as a template, and print its name."""
    output.say(_act(asked, templates.propose, asked.name))


def template(asked: Namespace) -> None:
    """Decide on a proposed template."""
    with opened(asked) as here:
        granted = asked.verdict == "approve"
        templates.decide(here.desk, asked.key, granted, comment=asked.comment, by=here.by)


def begin(asked: Namespace) -> None:
    """Begin to carry a change out."""
    _act(asked, runsheet.begin)


def break_glass(asked: Namespace) -> None:
    """Ask to begin outside the window."""
    _act(asked, runsheet.break_glass, asked.reason)


def second(asked: Namespace) -> None:
    """Agree, as the second person, to begin outside the window."""
    _act(asked, runsheet.second)


def step(asked: Namespace) -> None:
    """Begin a step, or end it."""
    if asked.state == "start":
        _act(asked, runsheet.start_step, asked.step)
    else:
        _act(asked, runsheet.finish_step, asked.step, StepState(asked.state), note=asked.note)


def roll_back(asked: Namespace) -> None:
    """Switch to the roll-back steps."""
    _act(asked, runsheet.roll_back, asked.reason)


def finish(asked: Namespace) -> None:
    """Say that the run sheet is over."""
    _act(asked, runsheet.finish)


def check(asked: Namespace) -> None:
    """Record a check after the implementation."""
    _act(asked, stability.check, CheckKind(asked.kind), asked.summary, passed=not asked.failed)


def judge(asked: Namespace) -> None:
    """Say whether a change caused an incident."""
    _act(asked, stability.judge, asked.ticket, caused=asked.verdict == "caused", note=asked.note)


def verified(asked: Namespace) -> None:
    """Say that the verification is over."""
    _act(asked, stability.verified)


def review(asked: Namespace) -> None:
    """Say what came of a change and what it taught."""
    _act(asked, stability.review, Outcome(asked.outcome), lessons=asked.lessons)


def close(asked: Namespace) -> None:
    """Close a change that was successful and stable."""
    _act(asked, stability.close)


def inbox(asked: Namespace) -> None:
    """List what waits for one's decision."""
    with opened(asked) as here:
        found = approval_reads.inbox(here.desk, by=here.by)
    heads = ("number", "tier", "votes", "due", "risk", "summary")
    rows: list[tuple[Any, ...]] = [
        (
            row.change.number,
            row.tier,
            f"{row.tally.yes}/{row.tally.need}",
            row.due_at,
            row.change.risk and label(row.change.risk),
            row.change.summary,
        )
        for row in found.changes
    ]
    rows += [(row.key, _("template"), "", None, None, row.name) for row in found.templates]
    if asked.json:
        output.print_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        output.print_table(heads, rows)


def delegate(asked: Namespace) -> None:
    """Let somebody vote in one's place."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        starts = instant(asked.starts, now) if asked.starts else now
        ends = instant(asked.ends, now)
        approvals.delegate(here.desk, asked.login, starts, ends, login=asked.of, by=here.by)


def figures(asked: Namespace) -> None:
    """Print the key figures of the last days, each with its formula."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        found = reads.key_figures(here.desk, now - timedelta(days=asked.days), now, by=here.by)
    if asked.json:
        output.print_json(
            [
                {"key": each.key, "value": _plain(each.value), "over": each.over, "formula": each.formula}
                for each in found
            ]
        )
        return
    rows = [(each.key, _shown(each.value), each.over, _(each.formula)) for each in found]
    output.print_table(("figure", "value", "over", "formula"), rows)


def _plain(value: float | timedelta | None) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _shown(value: float | timedelta | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.1f} h"
    return f"{100 * value:.0f} %"


def calendar_page(asked: Namespace) -> None:
    """List changes, windows, freezes and collisions of the next days."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        start = instant(asked.starts, now) if asked.starts else now
        page = calendar.page(here.desk, start, start + timedelta(days=asked.days), by=here.by)
    spans = [(span.start, span.end, label(span.kind), span.name) for span in (*page.windows, *page.freezes)]
    entries = [
        (entry.start, entry.end, entry.change.number, f"{entry.change.summary}  {label(entry.change.status)}")
        for entry in page.entries
    ]
    output.print_table(("start", "end", "what", "name"), sorted([*spans, *entries]))
    for entry, conflict in page.collisions:
        output.say(f"{'!!' if conflict.hard else '! '} {entry.change.number}: {sentence(conflict)}")


def export_ics(asked: Namespace) -> None:
    """Write the change calendar as iCalendar."""
    with opened(asked) as here:
        data = calendar_files.export(here.desk, by=here.by)
    if asked.file == "-":
        sys.stdout.write(data.decode())
    else:
        Path(asked.file).write_bytes(data)


def import_ics(asked: Namespace) -> int:
    """Read an iCalendar file into the change calendar, and say what became of it."""
    try:
        data = Path(asked.file).read_bytes()
    except OSError as error:
        raise BadArgument(N_("{file} can't be read: {reason}"), file=asked.file, reason=error) from error
    kind = SpanKind(asked.kind) if asked.kind else None
    with opened(asked) as here:
        taken = calendar_files.take(here.desk, data, kind=kind, by=here.by)
    said = _("moved: {moved}; windows and freezes taken: {added}; as they were: {same}")
    output.say(said.format(moved=", ".join(taken.moved) or "–", added=taken.added, same=taken.same))
    for name, why in taken.refused:
        output.say(f"{name}: {why}")
    return SOME_FAILED if taken.refused else DONE


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
STEP = ("id", "summary", "owner", "starts_at", "minutes", "state", "rollback", "note")


def ls(asked: Namespace, query: Query, here: Opened) -> None:
    """List the changes that a filter takes."""
    rows = reads.listed(here.desk, query, by=here.by)[: asked.limit]
    if asked.json:
        output.print_json([_json(row) for row in rows])
        return
    values: Sequence[Sequence[Any]] = [[getattr(row, name) for name in COLUMNS] for row in rows]
    if asked.csv:
        output.print_csv(COLUMNS, values)
    elif asked.plain:
        output.print_tabs(values)
    else:
        output.print_table(COLUMNS, values)


def _json(row: ChangeRow) -> dict[str, Any]:
    names = (*COLUMNS, "ci", "team", "requester", "impact", "outcome", "opened_at", "closed_at", "version")
    return {name: getattr(row, name) for name in names}


def show(asked: Namespace) -> None:
    """Show a change with everything around it."""
    with opened(asked) as here:
        record = change.record(here.desk, asked.number, by=here.by)
    if asked.json:
        output.print_json(
            _json(record.row)
            | {name: record.fields[name] for name in TEXTS}
            | {
                "steps": [{name: getattr(step, name) for name in STEP} for step in record.steps],
                "conflicts": [sentence(conflict) for conflict in record.conflicts],
                "missing": record.missing,
            }
        )
        return
    for line in lines(record):
        output.say(line)


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
        yield f"{'!!' if conflict.hard else '! '} {sentence(conflict)}"
    if record.missing:
        yield _("next: {missing}").format(missing=record.missing)
    for entry in record.log:
        yield f"  · {entry.by} · {moment(entry.at, now)} · {event_words(entry.kind)}"


def _warn(conflicts: Sequence[Conflict]) -> None:
    for conflict in conflicts:
        output.say(f"{'!!' if conflict.hard else '! '} {sentence(conflict)}")


def _given(asked: Namespace) -> dict[str, Any]:
    return {name: value for name in GIVEN if (value := getattr(asked, name, None)) not in (None, "")}


def _act(asked: Namespace, action: Action[Any, Any], *given: object, **options: object) -> Any:
    with opened(asked) as here:
        return action(here.desk, asked.number, *given, by=here.by, **options)
