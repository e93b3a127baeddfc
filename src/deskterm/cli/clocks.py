"""`clocks`: why they show what they show, and all of them taken anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskterm.cli import output
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.cli.show import clock_json, clock_line
from deskterm.domain.sla import Explanation
from deskterm.i18n import _, ngettext
from deskterm.reads.clocks import explain as explained
from deskterm.services.clocks import Difference, rebuild_chunk
from deskterm.ui.times import moment, span

if TYPE_CHECKING:
    from argparse import Namespace

SPANS_SHOWN = 10
"""More stretches of service time than this are counted, not listed."""


def explain(asked: Namespace) -> None:
    """Explain each clock of a ticket, or one, as it is or with another priority."""
    with opened(asked) as here:
        found = explained(here.desk, asked.number, by=here.by, if_priority=asked.if_priority)
        now = here.desk.clock.now()
    wanted = [each for each in found if asked.target in (None, each.clock.name)]
    if asked.json:
        output.print_json([as_json(each) for each in wanted])
        return
    for each in wanted:
        for line in lines(each, now):
            output.say(line)


def as_json(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON has it; the fields are documented in docs/cli.md."""
    clock = explanation.clock
    return clock_json(clock) | {
        "cycle": clock.cycle,
        "because": dict(explanation.because),
        "pauses": [pause._asdict() for pause in clock.pauses],
        "reached": [threshold._asdict() for threshold in clock.reached],
        "ahead": [threshold._asdict() for threshold in clock.ahead],
        "counted": [[start, end] for start, end in explanation.spans],
    }


def lines(explanation: Explanation, now: datetime) -> Iterator[str]:
    """Yield what explains a clock: its policy, what was counted, its pauses, what comes next."""
    clock = explanation.clock
    yield clock_line(clock, now)
    because = ", ".join(f"{name} = {output.cell(value)}" for name, value in explanation.because)
    yield _("  policy {policy}: {because}").format(
        policy=clock.policy, because=because or _("takes every ticket")
    )
    yield _("  calendar {calendar} ({zone}), started {at}").format(
        calendar=clock.calendar, zone=explanation.hours.zone, at=moment(clock.started_at, now)
    )
    yield _("  target {target}, used {used}").format(target=span(clock.target), used=span(clock.elapsed))
    for start, end in explanation.spans[:SPANS_SHOWN]:
        yield _("  counted {start} – {end}").format(start=moment(start, now), end=moment(end, now))
    more = len(explanation.spans) - SPANS_SHOWN
    if more > 0:
        yield ngettext("  and {count} stretch more", "  and {count} stretches more", more).format(count=more)
    for pause in clock.pauses:
        yield _("  paused {start} – {end} by {by}: {reason}").format(
            start=moment(pause.start, now),
            end=moment(pause.end, now) if pause.end else _("now"),
            by=pause.by,
            reason=pause.why or pause.reason,
        )
    for threshold in clock.reached:
        yield _("  reached {percent} % at {at}").format(
            percent=threshold.percent, at=moment(threshold.at, now)
        )
    for threshold in clock.ahead:
        yield _("  next {percent} % at {at}").format(percent=threshold.percent, at=moment(threshold.at, now))


def rebuild(asked: Namespace) -> int:
    """Take every clock anew from the ledger, and print what differed."""
    differences: list[Difference] = []
    with opened(asked) as here:
        after: int | None = 0
        while after is not None:
            after, found = rebuild_chunk(here.desk, after, by=here.by)
            differences += found
    for each in differences:
        output.say(f"{each.ticket_id} {each.target} {each.column}: {each.stored} → {each.computed}")
    count = len(differences)
    output.say(ngettext("{count} difference", "{count} differences", count).format(count=count))
    return SOME_FAILED if differences else DONE
