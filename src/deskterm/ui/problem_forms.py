"""What the forms about problems ask, and what is made of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskterm.domain.errors import GateNotMet
from deskterm.domain.problem import ActionType, Ask, Metric
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.dialogs.form import Area, Choice, Field, Line

if TYPE_CHECKING:
    from deskterm.reads.problems import ActionRow, ProblemRecord
    from deskterm.services.problem_drafts import ActionEdit, NewAction, ProblemEdit

Values = Mapping[str, str]
LEVELS = tuple((str(level.value), level) for level in Level)


def asked(record: ProblemRecord, asks: Iterable[Ask], agent: str) -> list[Field]:
    """Return the fields for what a gate still asks; none where it waits for something no form can give.

    Args:
        agent: who is proposed as an owner.
    """
    found: list[Field] = []
    for ask in asks:
        if ask.field == "actions" and record.actions:
            continue
        found += fields_of(ask.field, record, agent)
    return found


def fields_of(name: str, record: ProblemRecord, agent: str) -> list[Field]:
    """Return what a form asks for one field of a gate."""
    row = record.row
    metrics = tuple((each.value, label(each)) for each in Metric)
    number = {"baseline": record.baseline, "window": record.window_days, "threshold": record.threshold}
    given = {key: "" if value is None else str(value) for key, value in number.items()}
    known: dict[str, list[Field]] = {
        "category": [Line("category", _("Category"), row.category or "")],
        "service": [Line("service", _("Service"), row.service or ""), Line("ci", _("or CI"), row.ci or "")],
        "priority": levels(row.impact, row.urgency),
        "assignee": [Line("assignee", _("Owner"), row.assignee or agent)],
        "teams": [
            Line("teams", _("Teams that analyse it together"), " ".join(record.teams), "network, storage")
        ],
        "root_cause": [Area("root_cause", _("Root cause, in one sentence"), record.root_cause)],
        "actions": action_fields(agent, prefix=_("Corrective action: ")),
        "metric": [Choice("metric", _("What shows the effect"), metrics, record.metric or "")],
        "baseline": [Line("baseline", _("Baseline (empty: counted)"), given["baseline"])],
        "window": [Line("window_days", _("Window in days"), given["window"] or "14")],
        "threshold": [Line("threshold", _("At most so many are all right"), given["threshold"] or "0")],
        "review": [Area("review", _("What was learned"), record.review)],
    }
    return known.get(name, [])


def levels(impact: int | None, urgency: int | None) -> list[Field]:
    """Return the fields of a priority."""
    options = tuple((value, label(level)) for value, level in LEVELS)
    return [
        Choice("impact", _("Impact (how many are hit)"), options, str(impact or 2)),
        Choice("urgency", _("Urgency (how long it can wait)"), options, str(urgency or 2)),
    ]


def action_fields(agent: str, action: ActionRow | None = None, *, prefix: str = "") -> list[Field]:
    """Return what is asked for a corrective action."""
    types = tuple((each.value, label(each)) for each in ActionType)
    due = f"{action.due_at.astimezone():%Y-%m-%d %H:%M}" if action is not None else "1w"
    return [
        Choice("type", prefix + _("type"), types, action.type.value if action is not None else ""),
        Line("summary", prefix + _("what is done"), action.summary if action is not None else ""),
        Line("action_owner", prefix + _("owner"), action.assignee if action is not None else agent),
        Line("due_at", prefix + _("due"), due, _("1w, fri 14:00, 2026-06-30")),
        Line(
            "change",
            prefix + _("change that carries it out"),
            (action.change or "") if action else "",
            "CHG-1",
        ),
    ]


EDITED = (
    "category",
    "service",
    "ci",
    "impact",
    "urgency",
    "assignee",
    "root_cause",
    "review",
    "summary",
    "description",
)
COUNTED = ("baseline", "window_days", "threshold")


def edit_of(values: Values) -> ProblemEdit:
    """Return the changes that a form asks for; what it left blank stays as it is.

    Raises:
        BadInput: a value is none of its field.
    """
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import ProblemEdit

    given: dict[str, Any] = {name: values[name].strip() for name in EDITED if values.get(name, "").strip()}
    given |= {name: values[name].strip() for name in COUNTED if values.get(name, "").strip()}
    for name in ("impact", "urgency"):
        if name in given:
            given[name] = Level(int(given[name]))
    if "type" in values:
        given.pop("summary", None)
    if values.get("metric"):
        given["metric"] = Metric(values["metric"])
    if values.get("teams", "").strip():
        given["teams"] = frozenset(words_of(values["teams"]))
    return checked(ProblemEdit, given)


def action_of(values: Values, now: datetime) -> NewAction:
    """Return the corrective action that a form describes.

    Raises:
        GateNotMet: it has no owner, or what was typed is no date.
        BadInput: a value is none of its field.
    """
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import NewAction

    return checked(NewAction, _action(values, now))


def action_edit_of(values: Values, now: datetime) -> ActionEdit:
    """Return what a form changes of a corrective action; a blank change stays as it is."""
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import ActionEdit

    return checked(ActionEdit, _action(values, now))


def _action(values: Values, now: datetime) -> dict[str, Any]:
    for name in ("summary", "action_owner"):
        if not values[name].strip():
            sentence = N_("A corrective action needs a summary, an owner and a due date.")
            raise GateNotMet(sentence, field=name)
    return {
        "type": ActionType(values["type"]),
        "summary": values["summary"],
        "assignee": values["action_owner"].strip(),
        "due_at": moment(values["due_at"], now, "due_at"),
        "change": values["change"].strip().upper() or None,
    }


def moment(text: str, now: datetime, field: str) -> datetime:
    """Return the instant that was typed into a field.

    Raises:
        GateNotMet: it is none.
    """
    found = times.instant(text, now)
    if found is None:
        sentence = N_("“{text}” is no date: try tomorrow, fri 14:00, 2h, 2026-06-02 09:00.")
        raise GateNotMet(sentence, field=field, text=text)
    return found


def moment_or_none(text: str, now: datetime, field: str) -> datetime | None:
    """Return the instant that was typed into a field, None for a blank one."""
    return moment(text, now, field) if text.strip() else None


def words_of(text: str) -> list[str]:
    """Return the names in a line, separated by commas or blanks."""
    return [word for word in re.split(r"[,\s]+", text.strip()) if word]
