"""The chart of a fix: matching incidents by day before and after it, as bars of text, with the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deskterm.domain.verification import BARS, Effect, doubt
from deskterm.i18n import _, ngettext
from deskterm.labels import field_word, label
from deskterm.text import plain

if TYPE_CHECKING:
    from deskterm.domain.ledger import Entry
    from deskterm.reads.problems import ProblemRecord, Verification

HEIGHT = 6
"""Lines of the bars."""
EIGHTHS = 8
"""Levels that one cell can show."""
SIGNS = {Effect.PENDING: "…", Effect.QUIET: "ok", Effect.RECURRING: "!!"}


PLAN = ("metric", "baseline", "window_days", "threshold")


def effect_lines(record: ProblemRecord, ledger: Sequence[Entry], width: int) -> list[str]:
    """Return the plan, the chart and the verdict, or what is missing for one.

    Args:
        ledger: tells who changed the plan once the effect was counted.
    """
    found = record.verification
    if found is None:
        return [
            _("Nothing is verified yet."),
            "",
            _("L carries the problem on when its actions are done; the gate asks how the effect is counted."),
            *_planned(record),
        ]
    since = ngettext("{count} incident since", "{count} incidents since", found.count)
    return [
        *verdict_lines(record, found),
        "",
        *chart_lines(found, width),
        "",
        _("before: {count} in {days} days (baseline)").format(
            count=found.plan.baseline, days=found.plan.window.days
        ),
        since.format(count=found.count)
        + "  "
        + _("at most {count} are all right").format(count=found.plan.threshold),
        _("counted: {metric}, from {start} to {end}").format(
            metric=label(found.metric), start=_day(found.plan.fixed_at), end=_day(found.plan.ends_at)
        ),
        *(f"! {words}" for words in [doubt(found.plan)] if words),
        *_replanned(found, ledger),
    ]


def _replanned(found: Verification, ledger: Sequence[Entry]) -> list[str]:
    """Return who changed the plan after the fix, and why."""
    lines = []
    for entry in ledger:
        changed = [name for name in PLAN if name in entry.changes]
        if entry.kind == "problem.changed" and entry.at >= found.plan.fixed_at and changed:
            words = ", ".join(
                f"{field_word(name)} {entry.changes[name][0]} → {entry.changes[name][1]}" for name in changed
            )
            said = _("! {by} changed the plan on {day}: {words} ({note})")
            note = plain(entry.details.get("note", ""), one_line=True)
            lines.append(said.format(by=entry.by, day=_day(entry.at), words=words, note=note))
    return lines


def verdict_lines(record: ProblemRecord, found: Verification) -> list[str]:
    """Return the verdict, and what can be done about it."""
    first = f"{SIGNS[found.effect]} {label(found.effect)}"
    if found.accepted:
        return [f"{first}   {_('accepted')}"]
    if record.row.proposed_at is not None:
        return [first, _("The window passed quietly: A accepts that the fix works.")]
    return [first, _("A counts now; the desk counts daily and with every matching incident.")]


def chart_lines(found: Verification, width: int) -> list[str]:
    """Return bars for the days before and after the fix, as many days to a bar as the width asks for."""
    window = max(1, found.plan.window.days)
    room = max(1, (width - 5) // 2)
    days = -(-window // room)
    cells = max(1, min(3, room // -(-window // days)) if days == 1 else 1)
    before, after = (_bucketed(counts, days) for counts in (found.chart.before, found.chart.after))
    top = max([*before, *after, 1])
    lines = []
    for level in range(HEIGHT, 0, -1):
        scale = f"{top:>3} " if level == HEIGHT else "    "
        left = "".join(_bar(count, top, level) * cells for count in before)
        lines.append(f"{scale}{left}│{''.join(_bar(count, top, level) * cells for count in after)}")
    total = -(-window // days) * cells
    lines.append(f"    {'─' * len(before) * cells}┼{'─' * total}")
    lines.append(f"    {_('before'):<{len(before) * cells}}^ {_('fix')} {_day(found.plan.fixed_at)}")
    if days > 1:
        lines.append("    " + _("each bar is {days} days").format(days=days))
    return lines


def _bucketed(counts: Sequence[int], days: int) -> list[int]:
    return [sum(counts[first : first + days]) for first in range(0, len(counts), days)]


def _bar(count: int, top: int, level: int) -> str:
    """Return the cell of a bar at a level, 1 being the lowest."""
    filled = -(-count * HEIGHT * EIGHTHS // top) - (level - 1) * EIGHTHS
    return BARS[max(0, min(EIGHTHS, filled))]


def _planned(record: ProblemRecord) -> list[str]:
    if record.metric is None:
        return []
    plan = _("planned: {metric}, {days} days, at most {threshold}")
    return [
        "",
        plan.format(metric=label(record.metric), days=record.window_days or "-", threshold=record.threshold),
    ]


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"
