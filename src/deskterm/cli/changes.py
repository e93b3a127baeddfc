"""The verbs of changes: requests, votes, run sheets, reviews, key figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, instant, text_of
from deskterm.cli.change_output import COLUMNS, lines, listed, warn, whole
from deskterm.cli.opening import opened
from deskterm.cli.reports import period_of
from deskterm.domain.change import CheckKind, Outcome, StepState
from deskterm.domain.ticket_kpis import Period
from deskterm.i18n import N_, _
from deskterm.reads import change
from deskterm.reads import changes as reads
from deskterm.services import (
    approvals,
    change_marks,
    change_undo,
    changes,
    runsheet,
    stability,
    templates,
    windows,
)
from deskterm.services.change_drafts import ChangeEdit, NewChange, StepDraft
from deskterm.services.drafts import checked

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.cli.opening import Opened
    from deskterm.desk import Action
    from deskterm.domain.query import Query

GIVEN = (
    "summary", "purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan",
    "resources", "service", "ci", "items", "impact", "downtime_minutes", "assignee", "team", "kind",
    "template",
)  # fmt: skip
"""The options that are fields of a draft."""


def new(asked: Namespace) -> None:
    """Open a request for change and print its number."""
    with opened(asked) as here:
        number = changes.open_change(here.desk, checked(NewChange, _given(asked)), by=here.by)
        if asked.json:
            output.print_json(whole(change.record(here.desk, number, by=here.by)))
        else:
            output.say(number)


def edit(asked: Namespace) -> None:
    """Change what a request says."""
    _act(asked, changes.edit, checked(ChangeEdit, _given(asked)))


def submit(asked: Namespace) -> None:
    """Hand a request in."""
    _act(asked, changes.submit)


def assess(asked: Namespace) -> None:
    """Assess a change; without an answer, print the questions of the standard."""
    if not asked.answers:
        _print_questions(asked)
        return
    pairs = [answer.partition("=") for answer in asked.answers]
    answers = {key: answer for key, _equals, answer in pairs}
    _act(asked, changes.assess, necessity=asked.necessity, feasibility=asked.feasibility, answers=answers)


def _print_questions(asked: Namespace) -> None:
    with opened(asked) as here:
        questions = change.record(here.desk, asked.number, by=here.by).questions.questions
    if asked.json:
        output.print_json(
            [{"key": each.key, "text": each.text, "answers": list(each.answers)} for each in questions]
        )
        return
    for each in questions:
        output.say(f"{each.key}: {each.text} ({' | '.join(each.answers)})")


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
    _place(asked, windows.schedule, instant(asked.start, now), instant(asked.end, now))


def shift(asked: Namespace) -> None:
    """Move a change by quarters of an hour, and print what it collides with there."""
    _place(asked, windows.move, asked.quarters)


def undo(asked: Namespace) -> None:
    """Take back what one did last to a change."""
    _act(asked, change_undo.undo)


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
    with opened(asked) as here:
        key = templates.propose(here.desk, asked.number, asked.name, by=here.by)
        if asked.json:
            proposed = whole(change.record(here.desk, asked.number, by=here.by))
            output.print_json(proposed | {"template": key})
        else:
            output.say(key)


def begin(asked: Namespace) -> None:
    """Begin to carry a change out."""
    _act(asked, runsheet.begin)


def break_glass(asked: Namespace) -> None:
    """Ask to begin outside the window, and print what is in the way now."""
    _place(asked, runsheet.break_glass, asked.reason)


def second(asked: Namespace) -> None:
    """Agree, as the second person, to begin outside the window, and print what is in the way now."""
    _place(asked, runsheet.second)


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


def figures(asked: Namespace) -> None:
    """Print the key figures of a period, or of the last days, each with its formula."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        if asked.since is None and asked.until is None:
            period = Period(now - timedelta(days=asked.days), now)
        else:
            period = period_of(asked, now)
        found = reads.key_figures(here.desk, period.since, period.until, by=here.by)
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


def ls(asked: Namespace, query: Query, here: Opened) -> None:
    """List the changes that a filter takes."""
    rows = reads.listed(here.desk, query, by=here.by)[: asked.limit]
    if asked.json:
        output.print_json([listed(row) for row in rows])
        return
    values: Sequence[Sequence[Any]] = [[getattr(row, name) for name in COLUMNS] for row in rows]
    if asked.csv:
        output.print_csv(COLUMNS, values)
    elif asked.plain:
        output.print_tabs(values)
    else:
        output.print_table(COLUMNS, values)


def show(asked: Namespace) -> None:
    """Show a change with everything around it."""
    with opened(asked) as here:
        found = change.record(here.desk, asked.number, by=here.by)
    if asked.json:
        output.print_json(whole(found))
        return
    for line in lines(found):
        output.say(line)


def _given(asked: Namespace) -> dict[str, Any]:
    return {name: value for name in GIVEN if (value := getattr(asked, name, None)) not in (None, "")}


def watch(asked: Namespace) -> None:
    """Be told what happens to a change, or no longer."""
    _act(asked, change_marks.unwatch if asked.gone else change_marks.watch)


def star(asked: Namespace) -> None:
    """Star a change, or take one's star off."""
    _act(asked, change_marks.unstar if asked.gone else change_marks.star)


def tag(asked: Namespace) -> None:
    """Put words on a change, or take them off."""
    _act(asked, change_marks.untag if asked.gone else change_marks.tag, tuple(asked.words))


def _act(asked: Namespace, action: Action[Any, Any], *given: object, **options: object) -> Any:
    """Act on a change, print it as JSON where that is asked for, and return what the act returns."""
    with opened(asked) as here:
        found = action(here.desk, asked.number, *given, by=here.by, **options)
        if asked.json:
            output.print_json(whole(change.record(here.desk, asked.number, by=here.by)))
    return found


def _place(asked: Namespace, action: Action[Any, Any], *given: object) -> None:
    """Act on a change's place in time, and print what is in its way there."""
    found = _act(asked, action, *given)
    if not asked.json:
        warn(found)
