"""What can be taken back: which acts, by whom, until somebody else touched the same; pure.

Taking back adds an entry that lists the opposite changes; taking that one back does the act again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deskterm.domain.errors import NotAllowed, NotFound, TooLate
from deskterm.domain.ledger import UNDONE, Entry, in_force, taken_back
from deskterm.i18n import N_, _
from deskterm.labels import event_words, field_word


@dataclass(frozen=True, slots=True)
class Reversal:
    """How an act can be reversed."""

    takes: str
    """The action that whoever takes it back must be allowed to take."""
    instead: str
    """What to do once it can't be taken back any more; marked for translation."""


REVERSIBLE: Mapping[str, Reversal] = {
    "ticket.assigned": Reversal("ticket.assign", N_("Assign it to somebody else.")),
    "ticket.cancelled": Reversal("ticket.cancel", N_("Open a new ticket that follows it.")),
    "ticket.changed": Reversal("ticket.edit", N_("Edit the field again.")),
    "ticket.classified": Reversal("ticket.classify", N_("Classify it again.")),
    "ticket.closed": Reversal("ticket.confirm", N_("Open a new ticket that follows it.")),
    "ticket.escalated": Reversal("ticket.escalate", N_("Transfer it back.")),
    "ticket.held": Reversal("ticket.hold", N_("Resume it.")),
    "ticket.linked": Reversal("ticket.link", N_("Take the link back.")),
    "ticket.noted": Reversal("ticket.note", N_("Write another note.")),
    "ticket.reopened": Reversal("ticket.reopen", N_("Resolve it again.")),
    "ticket.replied": Reversal("reply.recall", N_("Write to the caller again.")),
    "ticket.resolved": Reversal("ticket.resolve", N_("Reopen it.")),
    "ticket.resumed": Reversal("ticket.resume", N_("Put it on hold again.")),
    "ticket.tagged": Reversal("ticket.tag", N_("Take the tag off.")),
    "ticket.task_added": Reversal("ticket.add_task", N_("Finish the task.")),
    "ticket.task_finished": Reversal("ticket.finish_task", N_("Add the task again.")),
    "ticket.time_logged": Reversal("ticket.log_time", N_("Log the time again.")),
    "ticket.transferred": Reversal("ticket.transfer", N_("Transfer it back.")),
    "ticket.unassigned": Reversal("ticket.assign", N_("Assign it again.")),
    "ticket.unlinked": Reversal("ticket.unlink", N_("Link it again.")),
    "ticket.untagged": Reversal("ticket.untag", N_("Put the tag on again.")),
    "ticket.unwatched": Reversal("ticket.unwatch", N_("Watch it again.")),
    "ticket.watched": Reversal("ticket.watch", N_("Stop watching it.")),
}
"""The kinds of events that can be taken back."""

INSTEAD: Mapping[str, str] = {
    "approval.granted": N_("Cancel the request."),
    "approval.refused": N_("Open a new request."),
    "ticket.merged": N_("Unmerge it."),
    "ticket.opened": N_("Cancel it."),
    "ticket.reply_recalled": N_("Write to the caller again."),
    "ticket.unmerged": N_("Merge it again."),
}
"""What to do about acts that can't be taken back."""

ECHOES = frozenset({"ticket.escalated", "ticket.absorbed"})
"""Kinds that only follow from another event where they changed nothing: people were told."""

SETS: Mapping[str, tuple[str, str]] = {
    "ticket.tagged": ("tag", "added"),
    "ticket.untagged": ("tag", "removed"),
    "ticket.watched": ("watcher", "login"),
    "ticket.unwatched": ("watcher", "login"),
    "ticket.linked": ("link", "other"),
    "ticket.unlinked": ("link", "other"),
    "ticket.task_added": ("task", "summary"),
    "ticket.task_finished": ("task", "summary"),
    "ticket.time_logged": ("time", "entry"),
    "ticket.noted": ("message", "entry"),
    "ticket.replied": ("message", "entry"),
    "ticket.reply_recalled": ("message", "entry"),
}
"""Kinds that change something beside the ticket's columns → what, and the detail that names it."""
WORDS: Mapping[str, str] = {
    "tag": N_("a tag"),
    "watcher": N_("who watches it"),
    "link": N_("a link"),
    "task": N_("a task"),
    "time": N_("time worked"),
    "message": N_("a message"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry that is to be taken back."""

    entry: Entry
    """Its changes are what is to be reversed."""
    act: Entry
    """What was done in the first place; the entry itself, unless that is an undo."""
    again: bool
    """Whether the act is done again, because its undo is taken back."""

    @property
    def takes(self) -> str:
        """The action that the actor must be allowed to take."""
        return REVERSIBLE[self.act.kind].takes


def steps(
    number: str, ledger: Iterable[Entry], which: Collection[int], *, by: str, leads: bool
) -> list[Step]:
    """Return what to do, in this order, to take back what one act did to a ticket.

    Args:
        number: the ticket's, for refusals.
        ledger: every entry of the ticket, in any order.
        which: the ids of the entries that the act wrote.
        by: who wants to take it back.
        leads: whether they may take back what others did.

    Raises:
        NotFound: the ticket has no such entry.
        NotAllowed: somebody else did it.
        TooLate: it can't be taken back, it was already, or somebody has touched the same since.
    """
    entries = {entry.id: entry for entry in ledger}
    if missing := sorted(set(which) - entries.keys()):
        raise NotFound(what=f"event {missing[0]}")
    chosen = sorted((entries[key] for key in which), key=lambda entry: entry.id, reverse=True)
    gone, standing = taken_back(entries.values()), in_force(entries.values())
    found = []
    for entry in chosen:
        if entry.by != by and not leads:
            raise NotAllowed(N_("Only {login} or a lead may take this back."), login=entry.by)
        if entry.id in gone:
            raise TooLate(N_("{number}: this was taken back already."), number=number)
        act, again = _act(entry, entries)
        if act.kind in ECHOES and not act.changes:
            continue
        if act.kind not in REVERSIBLE:
            raise TooLate(number=number, instead=instead(act.kind))
        _nobody_since(number, entry, act, [later for later in standing if later.id not in which])
        found.append(Step(entry, act, again))
    if not found:
        raise TooLate(number=number, instead=_("People were told; nothing else changed."))
    return found


def meant(ledger: Iterable[Entry]) -> list[tuple[Entry, Entry, bool]]:
    """Return each entry, in order, with the act it is about, and whether it does that or takes it back."""
    ordered = sorted(ledger, key=lambda entry: (entry.at, entry.id))
    entries = {entry.id: entry for entry in ordered}
    found = [(entry, *_act(entry, entries)) for entry in ordered]
    return [(entry, act, not again) for entry, act, again in found]


def instead(kind: str) -> str:
    """Return what to do where an act of this kind can't be taken back, in the reader's language."""
    if kind in REVERSIBLE:
        return _(REVERSIBLE[kind].instead)
    return _(INSTEAD.get(kind, N_("It stays in the history.")))


def touched(entry: Entry) -> frozenset[str]:
    """Return what an entry changed: column names, and such as `tag:vpn`, `link:PRB-1`."""
    side, detail = SETS.get(entry.kind, ("", ""))
    return frozenset({*entry.changes, *(f"{side}:{member}" for member in _members(entry, detail))})


def _members(entry: Entry, detail: str) -> Sequence[object]:
    named = entry.details.get(detail, ()) if detail else ()
    return named if isinstance(named, list | tuple) else (named,)


def _act(entry: Entry, entries: Mapping[int, Entry]) -> tuple[Entry, bool]:
    """Follow undos to what was done first, and say whether taking `entry` back does that again."""
    act, again = entry, False
    while act.kind == UNDONE:
        act, again = entries[act.details["undoes"]], not again
    return act, again


def _nobody_since(number: str, entry: Entry, act: Entry, standing: Iterable[Entry]) -> None:
    mine = touched(act)
    for later in standing:
        if later.id > entry.id and (both := sorted(mine & touched(later))):
            raise TooLate(
                N_("{number}: {by} changed {what} since ({event}). {instead}"),
                number=number,
                by=later.by,
                what=", ".join(_words(both)),
                event=event_words(later.kind),
                instead=instead(act.kind),
            )


def _words(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        side, colon, _member = key.partition(":")
        yield _(WORDS[side]) if colon else field_word(key)
