"""What the forms about problems ask, and what is made of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskterm.domain.errors import BadInput, Conflict, GateNotMet
from deskterm.domain.problem import ActionType, Ask, Metric
from deskterm.domain.ticket import Level
from deskterm.i18n import N_, _, ngettext
from deskterm.labels import field_word, label
from deskterm.ui import times
from deskterm.ui.dialogs.form import Area, Choice, Field, Line

if TYPE_CHECKING:
    from deskterm.reads.problems import ActionRow, ProblemRecord, ProblemRow
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
        "window": [Line("window_days", _window_title(record), given["window"] or "14")],
        "threshold": [Line("threshold", _("At most so many are all right"), given["threshold"] or "0")],
        "review": [Area("review", _("What was learned"), record.review)],
    }
    return known.get(name, [])


def _window_title(record: ProblemRecord) -> str:
    """Return what is asked about the window, which may lie behind already."""
    done = max((action.done_at for action in record.actions if action.done_at), default=None)
    if done is None:
        return _("Window in days")
    return _("Window in days, from {day} on, when the last action was done").format(day=times.day(done))


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
    due = times.written(action.due_at) if action is not None else "1w"
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


TEXTS = ("summary", "description", "category", "service", "ci", "assignee", "root_cause", "review")
COUNTED = ("baseline", "window_days", "threshold")
LEVELLED = ("impact", "urgency")
EMPTIED = frozenset({"category", "service", "ci"})
"""The fields of a catalogue that may say nothing."""


def edit_fields(record: ProblemRecord) -> list[Field]:
    """Return what is asked for when one problem is edited."""
    return [
        Line("summary", _("Summary"), record.row.summary),
        Area("description", _("Description"), record.description),
        *fields_of("category", record, ""),
        *fields_of("service", record, ""),
        *fields_of("root_cause", record, ""),
        *fields_of("teams", record, ""),
        Line("note", _("Why the classification changes, once it was assessed")),
    ]


def common_fields() -> list[Field]:
    """Return what is asked for when several problems are edited: what they may share, blank at first."""
    return [
        Line("category", _("Category"), hint=_("blank: each as it is")),
        Line("service", _("Service"), hint=_("blank: each as it is")),
        Line("ci", _("or CI"), hint=_("blank: each as it is")),
        Line("teams", _("Teams that analyse them together"), hint="network, storage"),
        Line("note", _("Why the classification changes, once it was assessed")),
    ]


def edit_of(values: Values, record: ProblemRecord | None = None) -> ProblemEdit:
    """Return the changes that a form asks for.

    Args:
        record: the problem as it was when the form was shown: what says the same stays as it is. Without
            one, for several problems, what was left blank stays.

    Raises:
        BadInput: a value is none of its field, or nothing was changed in the form of an edit.
    """
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import ProblemEdit

    planning = "type" in values
    typed = {
        name: values[name].strip()
        for name in (*TEXTS, *COUNTED, *LEVELLED, "metric", "teams")
        if name in values and not (planning and name == "summary")
    }
    changed = {name: text for name, text in typed.items() if text != _shown(record, name).strip()}
    if not changed and "note" in values:
        raise BadInput(N_("Nothing was changed yet."))
    given: dict[str, Any] = {
        name: text for name, text in changed.items() if text or name not in {*EMPTIED, *COUNTED}
    }
    for name in LEVELLED:
        if name in given:
            given[name] = Level(int(given[name]))
    if "teams" in given:
        given["teams"] = frozenset(words_of(given["teams"]))
    given["empty"] = EMPTIED & {name for name, text in changed.items() if not text}
    return checked(ProblemEdit, given)


def _shown(record: ProblemRecord | None, name: str) -> str:
    """Return how a form shows a field of a problem; blank for several."""
    if record is None:
        return ""
    value = getattr(record.row if hasattr(record.row, name) else record, name)
    return " ".join(value) if name == "teams" else "" if value is None else str(value)


def nobody_else(given: ProblemEdit, shown: ProblemRecord, latest: ProblemRecord) -> None:
    """Refuse an edit of a field that somebody else changed while it was typed.

    Raises:
        Conflict: somebody did; the sentence has their words.
    """
    for name in sorted(given.model_fields_set - {"empty"} | given.empty):
        if _shown(shown, name) != _shown(latest, name):
            raise Conflict(
                N_("Somebody changed the {what} of {number} meanwhile: “{theirs}”. ^S again replaces it."),
                field=name,
                what=field_word(name),
                number=latest.row.number,
                theirs=_shown(latest, name),
            )


def action_of(values: Values, now: datetime) -> NewAction:
    """Return the corrective action that a form describes.

    Raises:
        GateNotMet: it has no owner, or what was typed is no date.
        BadInput: a value is none of its field.
    """
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import NewAction

    return checked(NewAction, _action(values, now))


def action_edit_of(values: Values, now: datetime, action: ActionRow) -> ActionEdit:
    """Return what a form changes of a corrective action; what says the same stays, a blank change goes."""
    from deskterm.services.drafts import checked
    from deskterm.services.problem_drafts import ActionEdit

    typed = _action(values, now)
    if values["due_at"].strip() == times.written(action.due_at):
        typed["due_at"] = action.due_at
    given = {name: value for name, value in typed.items() if value != getattr(action, name)}
    if not given:
        raise BadInput(N_("Nothing was changed yet."))
    if given.get("change", "") is None:
        del given["change"]
        given["empty"] = {"change"}
    return checked(ActionEdit, given)


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


def named(rows: Sequence[ProblemRow]) -> str:
    """Return the problems by number, or how many they are."""
    if len(rows) == 1:
        return rows[0].number
    return ngettext("{count} problem", "{count} problems", len(rows)).format(count=len(rows))
