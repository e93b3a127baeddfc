"""The part of a standard that is about problems: as values for the rules, and as sentences for people."""

from __future__ import annotations

from datetime import timedelta

from deskterm.domain.candidates import Rules
from deskterm.domain.problem import ProblemStatus
from deskterm.domain.problem_rules import ProblemRules
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.standard.models import ProblemsSection

DAY = timedelta(days=1)


def problem_rules(section: ProblemsSection) -> ProblemRules:
    """Return what a standard says about problems."""
    return ProblemRules(
        candidates=Rules(**section.candidates.model_dump()),
        limits=section.limits,
        idle_after=section.idle_after.lasts(DAY),
        remind_before=section.remind_before.lasts(DAY),
        overdue_after=section.overdue_after.lasts(DAY),
    )


def sentences(section: ProblemsSection) -> list[str]:
    """Return what it says for people, a line for each."""
    found = section.candidates
    repeats = _("- A candidate: {count} incidents of one CI, service or category in {days} days.")
    rises = _(
        "- Or {count} in a week, if that is {rise:g} times the median of the {weeks} weeks before; "
        "{past} of them had any."
    )
    chased = _(
        "- A corrective action reminds its owner {before} before it is due; the problem managers hear of it "
        "{after} after."
    )
    lines = [
        repeats.format(count=found.repeats, days=found.repeat_days),
        rises.format(
            count=found.support, rise=found.rise, weeks=found.earlier_weeks, past=found.weeks_with_past
        ),
        _("- Every major incident is a candidate."),
        _("- A dismissed candidate comes back at {growth:g} times its count.").format(growth=found.growth),
        chased.format(before=section.remind_before, after=section.overdue_after),
        _("- A card that nobody touched for {time} says so.").format(time=section.idle_after),
    ]
    if section.limits:
        held = [
            f"{label(state)} {section.limits[state]}" for state in ProblemStatus if state in section.limits
        ]
        lines.append(_("- Columns of the board hold at most: {limits}").format(limits=", ".join(held)))
    return lines
