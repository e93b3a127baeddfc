"""The verbs of problems: opened, carried through gates, analysed, fixed, verified; candidates and reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.arguments import instant, text_of
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED, complain
from deskterm.domain import rca
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Resolution
from deskterm.domain.verification import doubt
from deskterm.exporters.fishbone import fishbone_svg
from deskterm.i18n import _, ngettext
from deskterm.labels import event_words, field_word, label
from deskterm.reads import candidates as waiting
from deskterm.reads import problem_figures
from deskterm.reads import problems as reads
from deskterm.services import candidates as candidate_acts
from deskterm.services import causes, corrective, effect, known_errors, problem_marks, problem_undo, problems
from deskterm.services.drafts import checked
from deskterm.services.problem_drafts import ActionEdit, KnownErrorDraft, NewAction, NewProblem, ProblemEdit
from deskterm.ui.times import left, moment

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from deskterm.cli.opening import Opened
    from deskterm.desk import Action
    from deskterm.domain.query import Query
    from deskterm.reads.problems import ProblemRecord, ProblemRow
    from deskterm.services.bulk import BulkResult

CLASSIFYING = ("category", "service", "ci", "impact", "urgency", "team", "assignee")
EDITABLE = (
    *CLASSIFYING, "summary", "description", "teams", "root_cause", "metric", "window_days", "threshold",
    "baseline", "review",
)  # fmt: skip
"""The options that are fields of `ProblemEdit`."""


def new(asked: Namespace) -> None:
    """Open a problem, or one from a candidate, and print its number."""
    with opened(asked) as here:
        if asked.candidate is not None:
            number = candidate_acts.open_problem(
                here.desk, asked.candidate, summary=asked.summary, by=here.by
            )
        else:
            names = (*CLASSIFYING, "summary", "description", "source", "tickets")
            number = problems.open_problem(here.desk, checked(NewProblem, _given(asked, names)), by=here.by)
    output.say(number)


def move(asked: Namespace) -> None:
    """Carry a problem to another state."""
    _act(asked, problems.move, ProblemStatus(asked.status), _edit(asked))


def edit(asked: Namespace) -> None:
    """Change what a problem says."""
    _act(asked, problems.edit, _edit(asked), note=asked.note)


def _edit(asked: Namespace) -> ProblemEdit:
    """Return the changes that the options ask for; an empty word empties a field of the catalogue."""
    given = _given(asked, EDITABLE)
    empty = {name for name in ("category", "service", "ci") if given.get(name) == ""}
    return checked(ProblemEdit, {name: given[name] for name in given.keys() - empty} | {"empty": empty})


def assign(asked: Namespace) -> None:
    """Give a problem an owner."""
    _act(asked, problems.assign, None if asked.login == "none" else asked.login)


def note(asked: Namespace) -> None:
    """Leave a note on a problem."""
    _act(asked, problems.note, text_of(asked.text))


def link(asked: Namespace) -> None:
    """Say that a problem causes tickets."""
    _act(asked, problems.link, tuple(asked.tickets))


def add(asked: Namespace) -> None:
    """Give a candidate's tickets to a problem."""
    with opened(asked) as here:
        candidate_acts.add_to(here.desk, asked.candidate, asked.number, by=here.by)


def unlink(asked: Namespace) -> None:
    """Take a ticket off a problem."""
    _act(asked, problems.unlink, asked.ticket)


def subscribe(asked: Namespace) -> None:
    """Make whoever asks a watcher."""
    _act(asked, problems.watch)


def unsubscribe(asked: Namespace) -> None:
    """Make whoever asks no watcher any more."""
    _act(asked, problems.unwatch)


def undo(asked: Namespace) -> None:
    """Take back the last act on a problem, and say which it was; or the last on its causes."""
    with opened(asked) as here:
        if asked.cause:
            causes.undo(here.desk, asked.number, by=here.by)
        else:
            output.say(event_words(problem_undo.undo(here.desk, asked.number, by=here.by)))


def redo(asked: Namespace) -> None:
    """Do again what was taken back of a problem's causes."""
    _act(asked, causes.redo)


def why(asked: Namespace) -> None:
    """Add a cause and print its id."""
    with opened(asked) as here:
        branch = Branch(asked.branch) if asked.branch else None
        key = causes.add(
            here.desk,
            asked.number,
            asked.statement,
            below=asked.below,
            beside=asked.beside,
            branch=branch,
            by=here.by,
        )
    output.say(str(key))


def cause(asked: Namespace) -> None:
    """Do to a cause whatever the options say, one after the other."""
    for action, given, options in _cause_acts(asked):
        _act(asked, action, asked.cause, *given, **options)


def _cause_acts(asked: Namespace) -> Iterator[tuple[Action[Any, Any], tuple[Any, ...], dict[str, Any]]]:
    if asked.statement is not None or asked.evidence is not None:
        yield causes.edit, (), {"statement": asked.statement, "evidence": asked.evidence}
    if asked.verdict:
        yield causes.judge, (Verdict(asked.verdict),), {}
    if asked.root:
        yield causes.mark_root, (asked.root == "yes",), {}
    if asked.branch:
        yield causes.put_on_branch, (None if asked.branch == "none" else Branch(asked.branch),), {}
    if asked.promote:
        yield causes.promote, (), {}
    if asked.demote:
        yield causes.demote, (), {}
    if asked.shift:
        yield causes.shift, (asked.shift,), {}
    if asked.under:
        yield causes.move_under, (None if asked.under == "none" else int(asked.under),), {}
    if asked.remove:
        yield causes.remove, (), {}


def analysis(asked: Namespace) -> None:
    """Print a problem's analysis as text, Markdown or an SVG drawing."""
    with opened(asked) as here:
        record = reads.record(here.desk, asked.number, by=here.by)
    head = f"{record.row.number}  {record.row.summary}"
    if asked.format == "svg":
        output.say(fishbone_svg(f"{record.row.number} {record.row.summary}", record.causes))
    elif asked.format == "markdown":
        output.say(rca.markdown(record.row.number, record.row.summary, record.root_cause, record.causes))
    else:
        output.say(rca.whys_text(head, record.causes))
        output.say()
        output.say(rca.fishbone_text(head, record.causes))


def action(asked: Namespace) -> None:
    """Plan a corrective action and print its id."""
    with opened(asked) as here:
        draft = {
            "type": asked.type,
            "summary": asked.summary,
            "assignee": asked.owner,
            "due_at": instant(asked.due, here.desk.clock.now()),
            "change": asked.change,
        }
        key = corrective.add(here.desk, asked.number, checked(NewAction, draft), by=here.by)
    output.say(str(key))


def edit_action(asked: Namespace) -> None:
    """Change a corrective action."""
    with opened(asked) as here:
        given = _given(asked, ("type", "summary", "assignee", "change"))
        if asked.due is not None:
            given["due_at"] = instant(asked.due, here.desk.clock.now())
        if given.get("change") == "none":
            del given["change"]
            given["empty"] = {"change"}
        corrective.edit(here.desk, asked.number, asked.action, checked(ActionEdit, given), by=here.by)


def finish(asked: Namespace) -> None:
    """Say that a corrective action is done."""
    _act(asked, corrective.finish, asked.action)


def drop(asked: Namespace) -> None:
    """Take a corrective action out of the plan."""
    _act(asked, corrective.drop, asked.action)


def known_error(asked: Namespace) -> None:
    """Make a problem a known error, or take that back."""
    if asked.off:
        _act(asked, known_errors.withdraw)
    else:
        names = ("symptom", "workaround", "article")
        _act(asked, known_errors.declare, checked(KnownErrorDraft, _given(asked, names)))


def send(asked: Namespace) -> int:
    """Send the workaround to all linked open tickets, or say to whom it would go."""
    with opened(asked) as here:
        record = reads.record(here.desk, asked.number, by=here.by)
        body = " ".join(asked.text) or record.workaround
        if asked.yes:
            return _told(known_errors.send_workaround(here.desk, asked.number, body, by=here.by))
        audience = reads.audience(here.desk, asked.number, by=here.by)
    count = ngettext("{count} ticket", "{count} tickets", len(audience)).format(count=len(audience))
    output.say(_("To {count}: {numbers}").format(count=count, numbers=" ".join(audience)))
    output.say(f"\n{body}\n")
    output.say(_("Nothing was sent. Add --yes to send it."))
    return DONE


def tag(asked: Namespace) -> None:
    """Put words on a problem, or take them off."""
    _act(asked, problem_marks.untag if asked.gone else problem_marks.tag, tuple(asked.words))


def star(asked: Namespace) -> None:
    """Star a problem, or take one's star off."""
    _act(asked, problem_marks.unstar if asked.gone else problem_marks.star)


def park(asked: Namespace) -> None:
    """Let a problem rest until an instant, or take it up again."""
    with opened(asked) as here:
        until = instant(asked.until, here.desk.clock.now()) if asked.until else None
        problem_marks.park(here.desk, asked.number, until, " ".join(asked.reason), by=here.by)


def evaluate(asked: Namespace) -> None:
    """Count a fix's effect now, and print what it is."""
    with opened(asked) as here:
        output.say(label(effect.evaluate(here.desk, asked.number, by=here.by)))


def accept_risk(asked: Namespace) -> None:
    """Close a problem whose cause stays."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        problems.accept_risk(
            here.desk,
            asked.number,
            asked.reason,
            approver=asked.approver,
            review_at=instant(asked.review, now) if asked.review else None,
            by=here.by,
        )


def duplicate(asked: Namespace) -> None:
    """Close a problem as a duplicate of another."""
    _act(asked, problems.close_as_duplicate, asked.of)


def review(asked: Namespace) -> None:
    """Write down what a review found."""
    with opened(asked) as here:
        next_at = instant(asked.next, here.desk.clock.now()) if asked.next else None
        problems.review(here.desk, asked.number, asked.outcome, next_at=next_at, by=here.by)


def resolve_waiting(asked: Namespace) -> int:
    """Resolve the tickets on hold for a problem."""
    with opened(asked) as here:
        code = Resolution(asked.code)
        return _told(known_errors.resolve_waiting(here.desk, asked.number, code, asked.summary, by=here.by))


def dismiss(asked: Namespace) -> None:
    """Say why a candidate is no problem."""
    with opened(asked) as here:
        candidate_acts.dismiss(here.desk, asked.candidate, " ".join(asked.reason), by=here.by)


def candidates(asked: Namespace) -> None:
    """List what may be worth a problem, with its reason."""
    with opened(asked) as here:
        if asked.look:
            candidate_acts.detect_all(here.desk, by=here.by)
        found = waiting.waiting(here.desk, by=here.by)
    if asked.json:
        output.print_json(
            [asdict(each) | {"tickets": [ticket.number for ticket in each.tickets]} for each in found]
        )
        return
    output.print_table(
        ["id", "signal", "weeks", "problem", "reason"],
        [[each.id, label(each.signal), each.sparkline, each.problem, each.reason] for each in found],
    )


def cause_report(asked: Namespace) -> None:
    """Print the causes that problems have, counted across them."""
    with opened(asked) as here:
        counts = problem_figures.cause_counts(here.desk, by=here.by)
    if asked.json:
        output.print_json([asdict(each) for each in counts])
        return
    printed = output.print_csv if asked.csv else output.print_table
    printed(
        ["problems", "confirmed", "branch", "cause"],
        [
            [len(each.problems), each.confirmed, label(each.branch) if each.branch else "", each.statement]
            for each in counts
        ],
    )


def figures(asked: Namespace) -> None:
    """Print the key figures of problem management, each with its formula."""
    with opened(asked) as here:
        found = problem_figures.key_figures(here.desk, by=here.by)
    if asked.json:
        output.print_json(
            [
                {
                    "name": kpi.name,
                    "value": value,
                    "formula": kpi.formula,
                    "time_base": kpi.time_base,
                    "period": kpi.period,
                }
                for kpi, value in found
            ]
        )
        return
    rows = [[_(kpi.name), kpi.shown(value), _(kpi.time_base), _(kpi.formula)] for kpi, value in found]
    printed = output.print_csv if asked.csv else output.print_table
    printed(["figure", "value", "time base", "formula"], rows)


def ls(asked: Namespace, query: Query, here: Opened) -> None:
    """List the problems that a filter takes; `lists.ls` hands over what says `type:problem`."""
    rows = reads.listed(here.desk, query, by=here.by)[: asked.limit]
    if asked.json:
        output.print_json([_json(row) for row in rows])
        return
    heads = ["number", "status", "prio", "owner", "open", "linked", "summary"]
    values = [
        [row.number, row.status, row.priority, row.assignee, row.linked_open, row.linked, row.summary]
        for row in rows
    ]
    if asked.csv:
        output.print_csv(heads, values)
    elif asked.plain:
        output.print_tabs(values)
    else:
        output.print_table(heads, values)


def show(asked: Namespace) -> None:
    """Show a problem with everything around it; `show.show` hands over what is a problem's number."""
    with opened(asked) as here:
        record = reads.record(here.desk, asked.number, by=here.by)
        ledger = reads.ledger(here.desk, asked.number, by=here.by)
    if asked.json:
        fields = asdict(record)
        fields["gates"] = {after: [ask.field for ask in asks] for after, asks in record.gates.items()}
        fields["verification"] = _effect_json(record)
        output.print_json(_json(record.row) | {name: fields[name] for name in fields if name != "row"})
        return
    for line in _lines(record):
        output.say(line)
    for entry in ledger:
        words = entry.details.get("body") or entry.changes.get("statement", ("", ""))[1]
        said = f": {words}" if words else ""
        output.say(f"  · {entry.by} · {moment(entry.at, record.read_at)} · {event_words(entry.kind)}{said}")


def _effect_json(record: ProblemRecord) -> dict[str, Any] | None:
    """Return what is known of a fix's effect; its window, baseline and threshold stand beside it."""
    check = record.verification
    if check is None:
        return None
    return {"effect": check.effect, "count": check.count, **asdict(check.chart)}


def _lines(record: ProblemRecord) -> Iterator[str]:
    row = record.row
    priority = f"P{row.priority}  " if row.priority else ""
    yield f"{row.number}  {priority}{label(row.status)}  {row.summary}"
    known = {
        name: getattr(row, name) for name in ("source", "category", "service", "ci", "closure", "resumes_at")
    }
    known |= {"root_cause": record.root_cause, "symptom": record.symptom, "workaround": record.workaround}
    for name, value in known.items():
        if value:
            yield f"{field_word(name)}: {output.cell(value)}"
    yield _("owner: {login}, with {teams}").format(
        login=row.assignee or "–", teams=", ".join(record.teams) or "–"
    )
    yield _("tickets: {linked}, {linked_open} of them open").format(
        linked=row.linked, linked_open=row.linked_open
    )
    for act in record.actions:
        yield _action_line(act, record.read_at)
    if record.verification is not None:
        check = record.verification
        yield _("effect: {effect}, {count} since the fix, {baseline} before").format(
            effect=label(check.effect), count=check.count, baseline=check.plan.baseline
        )
        if words := doubt(check.plan):
            yield f"! {words}"
    for after, asks in record.gates.items():
        asked = ", ".join(field_word(ask.field) for ask in asks)
        yield _("to {status}: {asked}").format(status=label(after), asked=asked or _("nothing is missing"))
    if record.causes:
        yield "\n" + rca.whys_text(row.summary, record.causes) + "\n"


def _action_line(act: Any, now: datetime) -> str:
    state = _("done") if act.done_at else left(act.due_at - now)
    through = f"  {act.change}" if act.change else ""
    return f"  {act.id} {label(act.type)}  {act.summary}  {act.assignee}  {state}{through}"


def _json(row: ProblemRow) -> dict[str, Any]:
    fields = asdict(row)
    del fields["key"]
    return {"number": row.number, **fields}


def _given(asked: Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the options that were typed, by field."""
    typed = {name: getattr(asked, name, None) for name in names}
    return {name: value for name, value in typed.items() if value is not None}


def _act(asked: Namespace, act: Action[Any, Any], *given: Any, **options: Any) -> None:
    with opened(asked) as here:
        act(here.desk, asked.number, *given, by=here.by, **options)


def _told(result: BulkResult) -> int:
    """Say what became of an act on many tickets, and return the exit code."""
    output.say(" ".join(result.done))
    for number, error in result.refused.items():
        complain(error, about=number)
    if result.done:
        print(_("take it back with: deskterm undo {batch}").format(batch=result.batch), file=sys.stderr)
    return SOME_FAILED if result.refused else DONE
