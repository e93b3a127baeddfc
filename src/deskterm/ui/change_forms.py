"""What forms ask about changes, and how what was typed becomes what the services take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deskterm.domain.change import ChangeKind
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.dialogs.form import Area, Choice, Field, Line

if TYPE_CHECKING:
    from deskterm.desk import Desk
    from deskterm.reads.change import ChangeRecord, StepRow
    from deskterm.services.change_drafts import ChangeEdit, NewChange, StepDraft

TEXTS: Mapping[str, str] = {
    "purpose": N_("Purpose: why is it done?"),
    "description": N_("Content: what is altered?"),
    "implementation_plan": N_("Implementation plan: how is it done?"),
    "risks": N_("Risks: what can go wrong?"),
    "rollback_plan": N_("Roll-back plan: how is it taken back?"),
    "test_plan": N_("Test plan: how do we see that it worked?"),
    "resources": N_("Resources: people, tools, access"),
}
"""The texts of a request for change → what the form asks."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What the form of a request lets somebody choose from."""

    services: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def offers(desk: Desk, by: str) -> Offers:
    """Read what there is to choose from."""
    from deskterm.reads import people

    known = people.catalogue(desk, by=by)
    return Offers(
        known.services,
        known.cis,
        tuple(agent.login for agent in people.agents(desk, by=by)),
        tuple(team.key for team in people.teams(desk, by=by)),
    )


def request_fields(kind: ChangeKind, offered: Offers, record: ChangeRecord | None = None) -> list[Field]:
    """Return the form of a request for change, filled with what is there.

    Args:
        kind: of the change.
        offered: what there is to choose from.
        record: the change that is edited; None for a new one. A new standard change is not asked for its
            plans: its template has them.
    """
    there = _values(record)
    fields: list[Field] = [Line("summary", _("Summary"), there.get("summary", ""))]
    if kind is ChangeKind.STANDARD and record is None:
        fields[0] = Line("summary", _("Summary"), "", _("as in the template"))
    else:
        fields += [Area(name, _(title), there.get(name, "")) for name, title in TEXTS.items()]
    levels = tuple((str(int(level)), label(level)) for level in Level)
    return [
        *fields,
        Line("service", _("Service"), there.get("service", ""), offers=offered.services),
        Line("ci", _("Configuration item"), there.get("ci", ""), offers=offered.cis),
        Line(
            "items",
            _("Further configuration items, separated by commas"),
            there.get("items", ""),
            offers=offered.cis,
            several=True,
        ),
        Choice("impact", _("Impact when it fails"), levels, there.get("impact", "3")),
        Line("downtime_minutes", _("Planned downtime in minutes"), there.get("downtime_minutes", "")),
        Line("assignee", _("Who sees it through"), there.get("assignee", ""), _("you"), offered.logins),
        Line("team", _("Team"), there.get("team", ""), offers=offered.teams),
    ]


def _values(record: ChangeRecord | None) -> dict[str, str]:
    """Return what the form of a request says of a change as it stands."""
    if record is None:
        return {}
    row = record.row
    there = {name: record.fields.get(name) for name in (*TEXTS, "downtime_minutes")}
    there |= {
        "summary": row.summary, "service": row.service, "ci": row.ci, "assignee": row.assignee,
        "team": row.team, "items": ", ".join(record.items), "impact": str(row.impact),
    }  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in there.items()}


def _items(fields: dict[str, object]) -> dict[str, object]:
    """Return fields with the further items as names, where they are among them."""
    if "items" in fields:
        names = (name.strip() for name in str(fields["items"]).split(","))
        fields["items"] = tuple(name for name in names if name)
    return fields


def new_change(kind: ChangeKind, template: str | None, values: Mapping[str, str], now: datetime) -> NewChange:
    """Return the draft of a new change.

    Raises:
        BadInput: a field is not what it should be.
    """
    from deskterm.services.change_drafts import NewChange
    from deskterm.services.drafts import checked

    fields: dict[str, object] = {
        name: value.strip() for name, value in values.items() if name not in WINDOW and value.strip()
    }
    if values.get("planned_start", "").strip():
        fields["planned_start"], fields["planned_end"] = window_ahead(values, now)
    return checked(NewChange, {**_items(fields), "kind": kind, "template": template})


def edit_of(record: ChangeRecord, values: Mapping[str, str]) -> ChangeEdit | None:
    """Return what somebody changed in the form of a request, None where they changed nothing.

    Raises:
        BadInput: a field is not what it should be.
    """
    from deskterm.services.change_drafts import ChangeEdit
    from deskterm.services.drafts import checked

    there = _values(record)
    fields: dict[str, object] = {
        name: value.strip() for name, value in values.items() if value.strip() != there.get(name, "").strip()
    }
    return checked(ChangeEdit, _items(fields)) if fields else None


WINDOW = ("planned_start", "planned_end")


def window_fields(start: datetime | None, end: datetime | None) -> list[Field]:
    """Return the lines that ask for a window."""
    return [
        Line("planned_start", _("Begins"), typed(start), _("such as sat 22:00 or 2026-06-06 22:00")),
        Line("planned_end", _("Ends"), typed(end), _("such as 23:30, or 90m for how long it lasts")),
    ]


def typed(at: datetime | None) -> str:
    """Return an instant as a form shows it and reads it again."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"


def window(values: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Return the window that was typed; an end may be how long it lasts, or a time of the same night.

    Raises:
        GateNotMet: one of the two is none.
    """
    start = times.instant(values["planned_start"], now)
    if start is None:
        raise GateNotMet(N_("Say when it begins."), field="planned_start")
    said = values["planned_end"]
    end = times.instant(said, start)
    if end is None:
        raise GateNotMet(N_("Say when it ends, or how long it lasts."), field="planned_end")
    is_time_alone = re.fullmatch(r"\s*\d{1,2}:\d{2}\s*", said) is not None
    return start, end + timedelta(days=1) if is_time_alone and end <= start else end


def window_ahead(values: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Return the window that was typed for work that is still to be done.

    Raises:
        GateNotMet: one of the two is none, or it has passed.
    """
    start, end = window(values, now)
    if end <= now:
        raise GateNotMet(
            N_("That window passed on {day}; say one that is to come."),
            field="planned_start",
            day=times.day(end),
        )
    return start, end


def step_lines(steps: Sequence[StepRow], start: datetime | None) -> str:
    """Return steps as a form shows them: `30:kim:Load the image`, a step a line.

    A step that does not simply follow the one before begins with its minutes from the window's beginning:
    `+45 30:kim:Load the image`.
    """
    lines, follows_at = [], start
    for step in steps:
        after = ""
        if step.starts_at is not None and start is not None and step.starts_at != follows_at:
            after = f"+{(step.starts_at - start) // timedelta(minutes=1)} "
        if step.starts_at is not None:
            follows_at = step.starts_at + timedelta(minutes=step.minutes)
        lines.append(f"{after}{step.minutes}:{step.owner or ''}:{step.summary}")
    return "\n".join(lines)


STEP = re.compile(r"(?:\+(?P<after>\d{1,5})\s+)?(?P<minutes>\d{1,5}):(?P<owner>[^:]*):(?P<summary>.*\S)\s*")


def steps_of(text: str, *, rollback: bool, start: datetime | None) -> list[StepDraft]:
    """Return the steps that were typed, a step a line.

    Raises:
        GateNotMet: a line is no step.
        BadInput: a step is not as it should be.
    """
    from deskterm.services.change_drafts import StepDraft
    from deskterm.services.drafts import checked

    steps = []
    for line in filter(str.strip, text.splitlines()):
        found = STEP.fullmatch(line.strip())
        if found is None:
            raise GateNotMet(
                N_("Write a step as MINUTES:LOGIN:TEXT, such as 30:kim:Load the image. Not so: {line}"),
                field="rollback" if rollback else "steps",
                line=line.strip(),
            )
        if found["after"] and start is None:
            raise BadInput(N_("Steps with + need a window first."))
        begins = start + timedelta(minutes=int(found["after"])) if found["after"] and start else None
        steps.append(
            checked(
                StepDraft,
                {
                    "summary": found["summary"],
                    "owner": found["owner"].strip() or None,
                    "minutes": int(found["minutes"]),
                    "starts_at": None if rollback else begins,
                    "rollback": rollback,
                },
            )
        )
    return steps
