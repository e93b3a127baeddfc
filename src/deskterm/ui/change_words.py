"""A change in words: signs, decisions, windows, and the pages that its screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from textual.content import Content

from deskterm.domain.approval import Tally, Verdict
from deskterm.domain.calendar import sentence
from deskterm.domain.change import ChangeKind, ChangeStatus, CheckKind, StepState
from deskterm.domain.risk import Reason
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import label
from deskterm.ui import sentences, times
from deskterm.ui.gate import txt

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.reads.change import ChangeRecord, StepRow, TierRow
    from deskterm.reads.changes import ChangeRow

WAITS = frozenset({ChangeStatus.ASSESS, ChangeStatus.AUTHORISE})
NEXT: Mapping[ChangeStatus, str] = {
    ChangeStatus.DRAFT: N_("submit it"),
    ChangeStatus.ASSESS: N_("assess it"),
    ChangeStatus.AUTHORISE: N_("decide on it"),
    ChangeStatus.SCHEDULED: N_("begin it"),
    ChangeStatus.IMPLEMENTING: N_("work the run sheet"),
    ChangeStatus.VERIFYING: N_("verify it"),
    ChangeStatus.REVIEW: N_("review it, then close it"),
}
"""What `s` does in each state."""
STEP_SIGNS: Mapping[StepState, str] = {
    StepState.PLANNED: " ",
    StepState.RUNNING: ">",
    StepState.DONE: "+",
    StepState.FAILED: "!",
    StepState.SKIPPED: "-",
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.WAITING: N_("not asked yet"),
    Verdict.PENDING: N_("asked"),
    Verdict.GRANTED: N_("granted"),
    Verdict.REFUSED: N_("refused"),
    Verdict.VOID: N_("void"),
}


def sign(row: ChangeRow, *, hard: bool = False, soft: bool = False) -> str:
    """Return how a change stands, in two cells at most: `!!` conflict, `E!` emergency, `rb`, `ok`, `?`, `~`.

    Args:
        hard: whether something blocks it where it is.
        soft: whether something warns.
    """
    if row.rolling_back and row.is_open:
        return "rb"
    if hard:
        return "!!"
    if row.kind is ChangeKind.EMERGENCY and row.is_open:
        return "E!"
    if not row.is_open or row.status is ChangeStatus.REVIEW:
        return "ok" if row.outcome is None or row.outcome.value in ("successful", "with_issues") else "rb"
    if soft:
        return "!"
    return "?" if row.status in WAITS else "~" if row.status is ChangeStatus.DRAFT else ""


def span_words(start: datetime | None, end: datetime | None) -> str:
    """Return a window: `Tue 2026-06-02 22:00-24:00`, with the day of its end where that is another."""
    if start is None or end is None:
        return _("no window yet")
    begins, ends = start.astimezone(), end.astimezone()
    last = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{day_name(end)} {ends:%H:%M}"
    return f"{day_name(start)} {begins:%Y-%m-%d %H:%M}-{last}"


def day_name(at: datetime) -> str:
    """Return the day of the week: `Tue`."""
    return _(times.WEEKDAYS[at.astimezone().weekday()])


def coded(code: Enum | None) -> str:
    """Return the word for a code, a dash for none."""
    return "-" if code is None else label(code)


def tally_words(tally: Tally) -> str:
    """Return what votes come to: `2 of 3, one more`."""
    told = _("{yes} of {need}").format(yes=tally.yes, need=tally.need)
    if tally.no:
        told += ", " + ngettext("{count} no", "{count} no", tally.no).format(count=tally.no)
    if tally.verdict is Verdict.PENDING:
        told += ", " + ngettext("one more", "{count} more", tally.missing).format(count=tally.missing)
    return told


def risk_words(record: ChangeRecord) -> list[str]:
    """Return how risky a change is and why, a reason a line; only the rules, until somebody was asked."""
    found, risk = record.assessment, record.row.risk
    is_open = risk is None and bool(found.unanswered)
    lines = [
        _("Risk not assessed yet") if is_open else _("Risk {level}").format(level=label(risk or found.level))
    ]
    lines += [f"  {_reason(reason)}" for reason in found.reasons if reason.rule or not is_open]
    if found.unanswered:
        text = (
            ngettext(
                "{count} question is asked when it is assessed",
                "{count} questions are asked when it is assessed",
                len(found.unanswered),
            )
            if is_open
            else ngettext(
                "{count} question without answer counts as its riskiest",
                "{count} questions without answer count as their riskiest",
                len(found.unanswered),
            )
        )
        lines.append("  " + text.format(count=len(found.unanswered)))
    return lines


def _reason(reason: Reason) -> str:
    why = reason.rule or _("questionnaire: {percent} % of its points").format(percent=reason.percent)
    return f"{label(reason.level)}: {why}"


def facts_line(record: ChangeRecord) -> str:
    """Return kind, state, risk, who and when, on a line."""
    row = record.row
    parts = [
        label(row.kind), label(row.status), _("risk {level}").format(level=coded(row.risk)),
        row.assignee, span_words(row.planned_start, row.planned_end),
    ]  # fmt: skip
    return " · ".join(parts)


def next_line(record: ChangeRecord) -> str:
    """Return what `s` does now, and what is missing for it."""
    told = next_words(record)
    return f"{told}   ! {record.missing}" if record.missing else told


def next_words(record: ChangeRecord) -> str:
    """Return what `s` does now; how the change ended where it does nothing any more."""
    if record.row.status not in NEXT:
        return coded(record.row.outcome) if record.row.outcome else label(record.row.status)
    return _("s: {next}").format(next=_(NEXT[record.row.status]))


def block(lines: Iterable[tuple[str, bool] | str]) -> Content:
    """Return lines of text; those that come as a pair with True are headings."""
    parts = []
    for line in lines:
        text, is_heading = line if isinstance(line, tuple) else (line, False)
        content = txt(text, one_line=is_heading)
        parts.append(content.stylize("bold") if is_heading else content)
    return Content("\n").join(parts)


Lines = list[tuple[str, bool] | str]


def said(title: str, value: object) -> Lines:
    """Return a heading and what stands under it."""
    text = "" if value is None else str(value).strip()
    return [(title, True), *(f"  {line}" for line in (text or "-").splitlines())]


def summary(record: ChangeRecord) -> Content:
    """Return purpose, content, what is altered, risk, window, conflicts."""
    row = record.row
    items = ", ".join(filter(None, (row.service, row.ci, *record.items)))
    lines: Lines = [
        *said(_("Purpose"), record.fields.get("purpose")),
        *said(_("Content"), record.fields.get("description")),
        *said(_("Service and configuration items"), items),
        *said(_("Asked for by, seen through by"), f"{row.requester}, {row.assignee}"),
        *said(_("Impact when it fails"), label(Level(row.impact))),
    ]
    first, *reasons = risk_words(record)
    lines += [(first, True), *reasons, (_("Window"), True)]
    lines.append(f"  {span_words(row.planned_start, row.planned_end)}")
    lines += [f"  {'!!' if each.hard else '!'} {sentence(each)}" for each in record.conflicts]
    if record.fields.get("glass_reason"):
        lines += said(_("Glass broken"), glass_words(record))
    for title, values in ((_("After"), record.after), (_("Linked"), record.links)):
        if values:
            lines += said(title, ", ".join(values))
    return block(lines)


def glass_words(record: ChangeRecord) -> str:
    """Return who wants to begin outside the window, why, and who agreed."""
    second = record.fields.get("glass_second") or _("nobody yet: A agrees")
    return _("{by}: {reason}; second person: {second}").format(
        by=record.fields.get("glass_by"), reason=record.fields.get("glass_reason"), second=second
    )


def plan(record: ChangeRecord) -> Content:
    """Return the plans and the steps."""
    fields = record.fields
    lines: Lines = [
        *said(_("Implementation plan"), fields.get("implementation_plan")),
        *said(_("Risks"), fields.get("risks")),
        *said(_("Roll-back plan"), fields.get("rollback_plan")),
        *said(_("Test plan"), fields.get("test_plan")),
        *said(_("Resources"), fields.get("resources")),
        (_("Steps"), True),
    ]
    return block([*lines, *(step_lines(record) or ["  " + _("None yet: p writes them.")])])


def run_sheet(record: ChangeRecord) -> Content:
    """Return the steps with what became of them."""
    lines: Lines = []
    if record.point_of_no_return is not None:
        lines.append(
            _("Point of no return: {at}").format(at=times.moment(record.point_of_no_return, record.read_at))
        )
    for step in record.steps:
        lines.append(f"{step_line(step)}  {label(step.state)}")
        if step.note:
            lines.append(f"      {step.by or ''}: {step.note}")
    return block(
        [*lines, "", _("x opens it full screen.")] if record.steps else [_("None yet: p writes them.")]
    )


def step_lines(record: ChangeRecord) -> list[str]:
    """Return the steps, a line each, those of the way back last."""
    return [f"  {step_line(step)}" for step in record.steps]


def step_line(step: StepRow) -> str:
    """Return a step: sign, when, how long, who, what."""
    when = times.hour(step.starts_at) if step.starts_at else _("back") if step.rollback else "--:--"
    word = "" if step.confirmed else _("(not confirmed)")
    planned = f"{STEP_SIGNS[step.state]} {when:<5} {step.minutes:>4} min"
    return f"{planned}  {step.owner or '-':<8} {step.summary} {word}".rstrip()


def approvals(record: ChangeRecord) -> Content:
    """Return every tier with its votes and comments."""
    lines: Lines = []
    for tier in record.tiers:
        lines += _tier(tier, record.read_at)
    return block(lines or [_("Nobody is asked yet.")])


def _tier(tier: TierRow, now: datetime) -> Lines:
    head = f"{tier.name}   {_(VERDICTS[tier.verdict])}   {tally_words(tier.tally)}"
    if tier.verdict is Verdict.PENDING and tier.due_at is not None:
        head += "   " + _("until {until}").format(until=times.moment(tier.due_at, now))
    lines: Lines = [(head, True)]
    for vote in tier.votes:
        given = {None: _("not voted"), True: _("yes"), False: _("no")}[vote.granted]
        stead = _(" by {login}").format(login=vote.by) if vote.by not in (None, vote.login) else ""
        when = times.moment(vote.at, now) if vote.at else ""
        lines.append(f"  {vote.login:<10} {given}{stead}  {when}  {vote.comment}".rstrip())
    return lines


def verification(record: ChangeRecord) -> Content:
    """Return checks, new incidents, outcome, lessons, stability."""
    lines: Lines = [(_("Checks"), True)]
    lines += [
        f"  {'ok' if check.passed else '!!'} {label(check.kind)}  {check.summary}  {check.by} "
        f"{times.moment(check.at, record.read_at)}"
        for check in record.checks
    ]
    there = {check.kind for check in record.checks}
    lines += [f"  -- {label(kind)}" for kind in CheckKind if kind not in there]
    lines.append((_("Incidents since then"), True))
    judged = {None: _("?  not judged: & does"), True: _("!! caused by it"), False: _("ok not caused by it")}
    lines += [
        f"  {judged[each.caused]}  {each.number}  {each.summary}  "
        f"{times.moment(each.opened_at, record.read_at)}"
        for each in record.incidents
    ] or ["  " + _("None.")]
    lines += said(_("Outcome"), coded(record.row.outcome))
    lines += said(_("Lessons"), record.fields.get("lessons"))
    stable = record.fields.get("stable_until")
    if stable is not None:
        lines += said(_("Has to prove stable until"), times.moment(stable, record.read_at))
    return block(lines)


def ledger(record: ChangeRecord) -> Content:
    """Return all that happened, the newest first."""
    return block([log_line(entry, record.read_at) for entry in reversed(record.log)])


def log_line(entry: Entry, now: datetime, *, seconds: bool = False) -> str:
    """Return an entry of the ledger: when, to the second if that is wanted, who, what."""
    changes = (
        {}
        if entry.kind == "change.opened"
        else {name: entry.changes[name] for name in NAMED if name in entry.changes}
    )
    happened = sentences.happened(entry.kind, changes, entry.details, now, all_fields=True)
    words = "  ".join((happened, *(str(entry.details[name]) for name in TOLD if entry.details.get(name))))
    at = times.moment(entry.at, now, seconds=seconds)
    return f"{at:<{19 if seconds else 16}}  {sentences.speaker(entry.by):<8}  {words}"


NAMED = ("status", "kind", "risk", "assignee", "service", "ci", "outcome")
"""Fields whose changes the ledger's page tells; the other pages show what the texts say now."""
TOLD = ("summary", "text", "reason", "note", "comment", "ticket", "tier")
"""Details that say most."""
