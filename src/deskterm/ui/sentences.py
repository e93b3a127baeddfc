"""What happened to a ticket, as a sentence people read: `assigned to dana, status new → in progress`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from deskterm.domain.people import SYSTEM
from deskterm.domain.standard import TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind, Level, LinkKind, Resolution, Status
from deskterm.i18n import N_, _
from deskterm.labels import event_words, field_word, label
from deskterm.ui import times

Changes = Mapping[str, tuple[Any, Any]]
Details = Mapping[str, Any]


class Sentence(NamedTuple):
    """How an event with certain details is told."""

    words: str
    """With the details' names in braces; marked for translation."""
    details: tuple[str, ...]
    """All of them must be there for the sentence to be used."""
    fields: frozenset[str] = frozenset()
    """Fields whose change the sentence tells already."""


SENTENCES: Mapping[str, tuple[Sentence, ...]] = {
    "ticket.opened": (
        Sentence(N_("opened for {caller} (routing: {rule})"), ("caller", "rule")),
        Sentence(N_("opened (routing: {rule})"), ("rule",)),
    ),
    "ticket.assigned": (Sentence(N_("assigned to {to}"), ("to",), frozenset({"assignee"})),),
    "ticket.held": (
        Sentence(N_("put on hold, {reason}"), ("reason",), frozenset({"hold_reason", "status"})),
    ),
    "ticket.resumed": (Sentence(N_("resumed: {why}"), ("why",), frozenset({"hold_reason"})),),
    "ticket.reopened": (Sentence(N_("reopened: {reason}"), ("reason",)),),
    "ticket.cancelled": (Sentence(N_("cancelled: {reason}"), ("reason",), frozenset({"status"})),),
    "ticket.closed": (
        Sentence(N_("closed, {how}: “{words}”"), ("how", "words"), frozenset({"status"})),
        Sentence(N_("closed, {how}"), ("how",), frozenset({"status"})),
    ),
    "ticket.transferred": (Sentence(N_("transferred with the note “{note}”"), ("note",)),),
    "ticket.escalated": (
        Sentence(N_("escalated to {to}: {reason}"), ("to", "reason")),
        Sentence(
            N_("escalated to the next tier: {target} reached {threshold}"), ("target", "threshold")
        ),
        Sentence(N_("escalated to the next tier: {reason}"), ("reason",)),
    ),
    "ticket.linked": (Sentence(N_("linked: {link} {other}"), ("link", "other")),),
    "ticket.unlinked": (Sentence(N_("link removed: {link} {other}"), ("link", "other")),),
    "ticket.merged": (
        Sentence(N_("merged into {into}"), ("into",), frozenset({"merged_into_id", "status"})),
    ),
    "ticket.unmerged": (
        Sentence(N_("taken out of {out_of} again"), ("out_of",), frozenset({"merged_into_id"})),
    ),
    "ticket.absorbed": (Sentence(N_("{other} was merged into this ticket"), ("other",)),),
    "ticket.tagged": (Sentence(N_("tagged {added}"), ("added",)),),
    "ticket.untagged": (Sentence(N_("no longer tagged {removed}"), ("removed",)),),
    "ticket.watched": (Sentence(N_("{login} watches"), ("login",)),),
    "ticket.unwatched": (Sentence(N_("{login} no longer watches"), ("login",)),),
    "change.tagged": (Sentence(N_("tagged {added}"), ("added",)),),
    "change.untagged": (Sentence(N_("no longer tagged {removed}"), ("removed",)),),
    "change.watched": (Sentence(N_("{login} watches"), ("login",)),),
    "change.unwatched": (Sentence(N_("{login} no longer watches"), ("login",)),),
    "ticket.task_added": (
        Sentence(N_("task for {assignee}: {summary}"), ("assignee", "summary")),
        Sentence(N_("task added: {summary}"), ("summary",)),
    ),
    "ticket.task_finished": (Sentence(N_("task finished: {summary}"), ("summary",)),),
    "ticket.time_logged": (
        Sentence(N_("worked {minutes} min: {note}"), ("minutes", "note")),
        Sentence(N_("worked {minutes} min"), ("minutes",)),
    ),
    "ticket.undone": (
        Sentence(N_("done again: {act}"), ("act", "again")),
        Sentence(N_("taken back: {act}"), ("act",)),
    ),
    "ticket.reply_recalled": (
        Sentence(N_("reply could not be delivered: {reason}"), ("reason",)),
    ),
    "problem.noted": (Sentence(N_("note: {body}"), ("body",)),),
    "problem.linked": (Sentence(N_("tickets linked: {tickets}"), ("tickets",)),),
    "problem.unlinked": (Sentence(N_("tickets taken off: {tickets}"), ("tickets",)),),
    "problem.changed": (Sentence(N_("fields changed: {note}"), ("note",)),),
    "problem.duplicate": (Sentence(N_("closed as a duplicate of {of}"), ("of",)),),
    "problem.absorbed": (Sentence(N_("took over the duplicate {other}"), ("other",)),),
    "problem.tagged": (Sentence(N_("tagged {added}"), ("added",)),),
    "problem.untagged": (Sentence(N_("no longer tagged {removed}"), ("removed",)),),
    "problem.parked": (Sentence(N_("parked: {reason}"), ("reason",)),),
    "problem.undone": (
        Sentence(N_("done again: {act}"), ("act", "again")),
        Sentence(N_("taken back: {act}"), ("act",)),
    ),
    "action.undone": (
        Sentence(N_("done again: {act}"), ("act", "again")),
        Sentence(N_("taken back: {act}"), ("act",)),
    ),
    "approval.granted": (Sentence(N_("approved: “{comment}”"), ("comment",)),),
    "approval.refused": (Sentence(N_("refused: “{reason}”"), ("reason",), frozenset({"status"})),),
    "alert.fired": (
        Sentence(N_("{target} reached {threshold}; told {told}"), ("target", "threshold", "told")),
        Sentence(N_("{target} reached {threshold}"), ("target", "threshold")),
    ),
    "alert.acknowledged": (
        Sentence(N_("alert acknowledged: {target} at {threshold}"), ("target", "threshold")),
    ),
    "alert.passed_on": (
        Sentence(
            N_("nobody heard that {target} reached {threshold}; told {to}"), ("target", "threshold", "to")
        ),
    ),
    "alert.parked": (Sentence(N_("alert of {target} given up after {tries} tries"), ("target", "tries")),),
}  # fmt: skip
"""Events whose details make a sentence; the first that has all its details is taken."""

OPENINGS = frozenset({"ticket.opened", "ticket.imported"})
"""Events that give every field its first value."""
OPENING = frozenset({"channel", "category", "priority", "team"})
"""The fields worth telling of those."""
QUIET = frozenset(
    {
        "description", "closing_summary", "caller_id", "tier", "vip", "department", "resolved_at",
        "closed_at", "reopen_count", "reassignment_count", "parent_id",
    }
)  # fmt: skip
"""Fields that the timeline leaves to the ledger."""

CODES: Mapping[str, type[Enum]] = {
    "kind": Kind,
    "status": Status,
    "channel": Channel,
    "hold_reason": HoldReason,
    "reason": HoldReason,
    "resolution": Resolution,
    "impact": Level,
    "urgency": Level,
    "link": LinkKind,
    "target": TargetName,
}
"""Fields and details that hold codes → the codes."""

WORDS: Mapping[str, str] = {
    "caller": N_("confirmed by the caller"),
    "phone": N_("confirmed by phone"),
    "email": N_("confirmed by mail"),
    "person": N_("confirmed in person"),
    "lead": N_("confirmed by a lead"),
    "silence": N_("as the caller said nothing more"),
    "raised": N_("impact or urgency was raised"),
    "linked": N_("many tickets hang on it"),
    "threshold": N_("a clock reached a threshold"),
    "resumed": N_("work goes on"),
    "the review date came": N_("the review date came"),
    "the caller wrote": N_("the caller wrote"),
    "default": N_("default"),
    "chosen": N_("chosen by hand"),
}
"""What the desk itself writes into details."""


def happened(
    kind: str, changes: Changes, details: Details, now: datetime, *, all_fields: bool = False
) -> str:
    """Return what happened in an event.

    Args:
        kind: the event's kind.
        changes: the ledger columns that changed, codes as in the database.
        details: what else the event says.
        now: when it is read, so that instants of today are short.
        all_fields: whether every change is told, not only those that a reader of the timeline wants.
    """
    found = next(
        (each for each in SENTENCES.get(kind, ()) if all(details.get(name) for name in each.details)), None
    )
    told = found.fields if found else frozenset()
    words = event_words(kind)
    if found:
        words = _(found.words).format(
            **{name: detail(kind, name, details[name], now) for name in found.details}
        )
    names = changes if all_fields else told_fields(kind, changes) - told
    rest = [change(name, *changes[name], now) for name in changes if name in names and any(changes[name])]
    return ", ".join([words, *rest]) if found or not rest else f"{words}: {', '.join(rest)}"


def told_fields(kind: str, changes: Changes) -> frozenset[str]:
    """Return the fields whose change a reader of the timeline wants to be told."""
    return frozenset(changes) & OPENING if kind in OPENINGS else frozenset(changes) - QUIET


def change(name: str, before: Any, after: Any, now: datetime) -> str:
    """Return a change of a field: `priority 3 → 1`, `assignee dana` where there was none."""
    if before in (None, "", False):
        return _("{field} {after}").format(field=field_word(name), after=value(name, after, now))
    return _("{field} {before} → {after}").format(
        field=field_word(name), before=value(name, before, now), after=value(name, after, now)
    )


def value(name: str, code: Any, now: datetime) -> str:
    """Return the words for what the ledger keeps of a field."""
    if code in (None, ""):
        return _("none")
    if isinstance(code, bool):
        return _("yes") if code else _("no")
    if name in CODES:
        return _label(CODES[name], code)
    if name.endswith("_at"):
        return times.moment(datetime.fromisoformat(code), now)
    if isinstance(code, list | tuple):
        return " ".join(map(str, code))
    return str(code)


def detail(kind: str, name: str, code: Any, now: datetime) -> str:
    """Return the words for a detail of an event."""
    if name in DETAILS:
        return DETAILS[name](code)
    if name == "reason" and kind != "ticket.held":
        return _known(code)
    return value(name, code, now)


def speaker(by: str) -> str:
    """Return who did something, as the ledger names them."""
    return _("the desk") if by == SYSTEM else by


def _label(codes: type[Enum], code: Any) -> str:
    try:
        return label(codes(code))
    except ValueError:
        return str(code)


def _tags(words: Any) -> str:
    return " ".join(f"#{word}" for word in words)


def _people(logins: Any) -> str:
    return ", ".join(map(str, logins))


def _known(code: Any) -> str:
    return _(WORDS[code]) if code in WORDS else str(code)


DETAILS: Mapping[str, Callable[[Any], str]] = {
    "added": _tags,
    "removed": _tags,
    "told": _people,
    "threshold": lambda percent: f"{percent} %",
    "act": event_words,
    "how": _known,
    "why": _known,
    "rule": _known,
}
"""Details that are no plain word → how they are told."""
