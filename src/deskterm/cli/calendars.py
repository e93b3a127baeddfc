"""The verbs of the change calendar: what it shows, its windows and freezes, free slots, iCalendar files."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, instant
from deskterm.cli.change_output import conflict_line, fields
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.domain.calendar import NoSlot, SpanKind, sentence
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.reads import calendar as reads
from deskterm.services import calendar_files, windows
from deskterm.services.change_drafts import SpanDraft
from deskterm.services.drafts import checked
from deskterm.standard.spelling import duration

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.reads.calendar import Page

SPAN = ("uid", "kind", "name", "zone", "start", "days", "minutes", "rule", "services")
"""What is told of a window or freeze that people added."""


def show(asked: Namespace) -> None:
    """List changes, windows, freezes and collisions of the next days."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        start = instant(asked.starts, now) if asked.starts else now
        page = reads.page(here.desk, start, start + timedelta(days=asked.days), by=here.by)
    if asked.json:
        _print_json(page)
        return
    spans = [(span.start, span.end, label(span.kind), span.name) for span in (*page.windows, *page.freezes)]
    entries = [
        (entry.start, entry.end, entry.change.number, f"{entry.change.summary}  {label(entry.change.status)}")
        for entry in page.entries
    ]
    output.print_table(("start", "end", "what", "name"), sorted([*spans, *entries]))
    for entry, conflict in page.collisions:
        output.say(conflict_line(conflict, entry.change.number))


def _print_json(page: Page) -> None:
    names = ("kind", "name", "start", "end", "services")
    output.print_json(
        {
            "spans": [fields(span, names) for span in sorted((*page.windows, *page.freezes))],
            "changes": [
                {
                    "number": entry.change.number,
                    "summary": entry.change.summary,
                    "status": entry.change.status,
                }
                | fields(entry, ("start", "end"))
                for entry in page.entries
            ],
            "conflicts": [
                {"number": entry.change.number, "sentence": sentence(conflict)}
                | fields(conflict, ("kind", "hard"))
                for entry, conflict in page.collisions
            ],
        }
    )


def spans(asked: Namespace) -> None:
    """List the windows and freezes that people added; those of the standard stand in the standard."""
    with opened(asked) as here:
        added = reads.added(here.desk, by=here.by)
    rows = [
        (uid, each.kind, each.name, each.zone, each.start.isoformat(), each.days,
         each.length // timedelta(minutes=1), each.rule, sorted(each.services))
        for uid, each in added.items()
    ]  # fmt: skip
    if asked.json:
        output.print_json([dict(zip(SPAN, row, strict=True)) for row in rows])
    else:
        output.print_table(SPAN, rows)


def add(asked: Namespace) -> None:
    """Add a maintenance window or freeze, and print the name to take it out by."""
    with opened(asked) as here:
        draft = {
            "kind": asked.kind,
            "name": asked.name,
            "zone": asked.zone or reads.zone(here.desk, by=here.by),
            "start": _by_the_wall(asked.start),
            **_lasting(asked.lasts),
            "rule": asked.repeat,
            "services": frozenset(asked.services),
        }
        uid = windows.add_span(here.desk, checked(SpanDraft, draft), by=here.by)
    if asked.json:
        output.print_json({"uid": uid})
    else:
        output.say(uid)


def _by_the_wall(text: str) -> datetime:
    """Return an instant by a wall clock, as it was typed; a day begins at midnight."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise BadArgument(
            N_("{text} is no time by the zone's clock. Write 2026-06-06 or 2026-06-06T22:00."), text=text
        )
    return at


def _lasting(text: str) -> dict[str, int]:
    try:
        return duration(text)._asdict()
    except ValueError as error:
        raise BadArgument(field="--for", reason=error) from error


def remove(asked: Namespace) -> None:
    """Take a window or freeze out that people added."""
    with opened(asked) as here:
        windows.remove_span(here.desk, asked.uid, by=here.by)
    if asked.json:
        output.print_json({"uid": asked.uid})


def slot(asked: Namespace) -> int:
    """Print the next room for a change, or why there is none."""
    with opened(asked) as here:
        now = here.desk.clock.now()
        since = instant(asked.since, now) if asked.since else None
        found = reads.free_slot(here.desk, asked.number, since=since, by=here.by)
    if isinstance(found, NoSlot):
        why = reads.why_no_slot(found)
        if asked.json:
            output.print_json({"start": None, "end": None, "reason": why})
        else:
            output.say(why)
        return SOME_FAILED
    if asked.json:
        output.print_json(fields(found, ("start", "end")))
    else:
        output.say(f"{output.cell(found.start)} {output.cell(found.end)}")
    return DONE


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
    if asked.json:
        output.print_json(
            fields(taken, ("moved", "added", "same"))
            | {"skipped": list(map(list, taken.skipped)), "refused": list(map(list, taken.refused))}
        )
        return SOME_FAILED if taken.refused else DONE
    said = _("moved: {moved}; windows and freezes taken: {added}; as they were: {same}")
    output.say(said.format(moved=", ".join(taken.moved) or "–", added=taken.added, same=taken.same))
    for name, why in (*taken.skipped, *taken.refused):
        output.say(f"{name}: {why}")
    return SOME_FAILED if taken.refused else DONE
