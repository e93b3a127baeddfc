"""Requests for change: begun, edited, submitted, assessed, sent back, cancelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import col, delete

from deskterm.desk import Transaction, action
from deskterm.domain import change as rules
from deskterm.domain.change import ChangeKind, ChangeStatus
from deskterm.domain.errors import GateNotMet
from deskterm.domain.people import Role
from deskterm.i18n import N_
from deskterm.services import alarms, approvals, catalogue, change_journal, people, templates, waiting
from deskterm.services.change_drafts import ChangeEdit, NewChange
from deskterm.services.intake import next_number
from deskterm.storage.tables import Change, ChangeItem
from deskterm.text import plain

COMPLETION = "completion"


@action("change.open")
def open_change(tx: Transaction, draft: NewChange, *, by: str) -> str:
    """Begin a request for change, and return its number.

    Raises:
        GateNotMet: no summary; a standard change without a template, or with more than that authorises.
    """
    found = templates.approved(tx, draft.template) if draft.template else None
    if (draft.kind is ChangeKind.STANDARD) != (found is not None):
        raise GateNotMet(N_("A standard change is made from an approved template."), field="template")
    given = {name: getattr(draft, name) for name in FIELDS if getattr(draft, name) not in (None, "")}
    fields = {**(templates.fields(found) if found else {}), **given}
    if not fields.get("summary"):
        raise GateNotMet(N_("A change needs a summary."), field="summary")
    catalogue.need(tx, service=fields.get("service"), ci=fields.get("ci"), category=None)
    change = Change(
        id=next_number(tx, "change"),
        kind=draft.kind,
        status=ChangeStatus.DRAFT,
        requester=by,
        template=draft.template,
        standard_version=tx.standard.version,
        opened_at=tx.now,
        updated_at=tx.now,
        **{"assignee": by, **fields},
    )
    _check_people(tx, change)
    if draft.planned_start is not None and draft.planned_end is not None:
        change.planned_start, change.planned_end = draft.planned_start, draft.planned_end
    if change.kind is ChangeKind.EMERGENCY:
        change.complete_by = tx.now + tx.standard.changes.complete_within
    change_journal.record(tx, change, "change.opened")
    _put_items(tx, change, draft.items)
    if found is not None:
        templates.keep(tx, change)
        templates.lay_out(tx, change, found)
    if change.complete_by is not None:
        alarms.arm(tx, "change", change_journal.key(change), COMPLETION, change.complete_by)
    return change_journal.number(change)


FIELDS = (
    "summary", "purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan",
    "resources", "service", "ci", "impact", "downtime_minutes", "assignee", "team",
)  # fmt: skip
"""The fields that a draft may bring along."""
PLANNED = frozenset(
    {"kind", "purpose", "description", "implementation_plan", "risks", "rollback_plan"}
    | {"service", "ci", "items", "impact", "downtime_minutes"}
)
"""What is approved: it changes in draft only, but for what an emergency change completes afterwards."""


@action("change.edit")
def edit(tx: Transaction, number: str, edit: ChangeEdit, *, by: str, seen: int | None = None) -> None:
    """Change fields of a request; what was approved stays as it was approved.

    Raises:
        GateNotMet: the kind, or the content, of a change that has left draft; what the template of a standard
            change authorises; somebody who votes on the change as the one who sees it through.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, *rules.OPEN)
    given = edit.model_dump(exclude_none=True, exclude={"items"})
    may_edit(change, given | ({"items": edit.items} if edit.items is not None else {}))
    catalogue.need(tx, service=edit.service, ci=edit.ci, category=None)
    for name, value in given.items():
        setattr(change, name, value)
    if change.kind is ChangeKind.EMERGENCY and change.complete_by is None:
        change.complete_by = tx.now + tx.standard.changes.complete_within
        alarms.arm(tx, "change", change_journal.key(change), COMPLETION, change.complete_by)
    if edit.items is not None:
        _put_items(tx, change, edit.items)
    check(tx, change)
    change_journal.record(
        tx, change, "change.edited", **({"items": sorted(edit.items)} if edit.items is not None else {})
    )


def may_edit(change: Change, given: Mapping[str, Any]) -> None:
    """Refuse to change what was approved.

    Args:
        given: the fields that would change → what they would become.

    Raises:
        GateNotMet: the kind, or the content, of a change that has left draft; or it would become a standard
            change, which it can be from its beginning only.
    """
    if given.get("kind", change.kind) is ChangeKind.STANDARD and change.kind is not ChangeKind.STANDARD:
        raise GateNotMet(N_("A standard change is made from an approved template."), field="template")
    if change.status is ChangeStatus.DRAFT:
        return
    if "kind" in given:
        raise GateNotMet(
            N_("The kind of {number} is frozen: it has left draft."),
            field="kind",
            number=change_journal.number(change),
        )
    later = {name for name, _sentence in rules.AFTERWARDS} if change.kind is ChangeKind.EMERGENCY else set()
    empty = {name for name in later if not getattr(change, name)}
    if frozen := sorted((given.keys() & PLANNED) - empty):
        raise GateNotMet(
            N_("{number} has left draft; take it back to draft to change what is approved."),
            field=frozen[0],
            number=change_journal.number(change),
        )


def check(tx: Transaction, change: Change) -> None:
    """Ask whether a change may be as it now is: its people, and what its template authorises.

    Raises:
        BadInput: there is no such agent or team.
        GateNotMet: the assignee votes on it, or it is no longer what its template authorises.
    """
    _check_people(tx, change)
    if approvals.has_vote(tx, change, change.assignee):
        raise GateNotMet(
            N_(
                "{login} has a vote on {number}, and nobody votes on their own change. "
                "Take it back to draft to hand it over."
            ),
            field="assignee",
            login=change.assignee,
            number=change_journal.number(change),
        )
    templates.keep(tx, change)


@action("change.submit")
def submit(tx: Transaction, number: str, *, by: str, seen: int | None = None) -> None:
    """Hand a request in: a normal change is assessed next, an emergency approved, a standard one scheduled.

    Raises:
        GateNotMet: the request is not complete; its window is taken; or a standard change is riskier than
            was authorised.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.DRAFT)
    templates.keep_risk(tx, change)
    if change.kind is not ChangeKind.NORMAL:
        change.risk = int(change_journal.assessment(tx, change).level)
    change_journal.advance(tx, change, "change.submitted")
    if change.kind is ChangeKind.EMERGENCY:
        approvals.ask(tx, change)
    elif change.kind is ChangeKind.NORMAL:
        change_journal.tell(tx, change, "change.submitted", people.with_role(tx, Role.CHANGE_MANAGER))


@action("change.assess")
def assess(
    tx: Transaction,
    number: str,
    *,
    necessity: str,
    feasibility: str,
    answers: Mapping[str, str],
    by: str,
    seen: int | None = None,
) -> None:
    """Assess a change and ask for its approval; the risk follows from rules and answers.

    Args:
        answers: the key of each question of the standard → one of its answers.

    Raises:
        GateNotMet: something is not said, or a question has no answer.
    """
    change = change_journal.take(tx, number, seen=seen)
    change_journal.expect(change, ChangeStatus.ASSESS)
    change.necessity, change.feasibility = plain(necessity), plain(feasibility)
    change.answers = json.dumps(dict(answers), sort_keys=True, ensure_ascii=False)
    found = change_journal.assessment(tx, change)
    change.risk = int(found.level)
    reasons = [reason.rule or f"questionnaire {reason.percent} %" for reason in found.reasons]
    change_journal.advance(tx, change, "change.assessed", reasons=reasons)
    approvals.ask(tx, change)


@action("change.return")
def return_to_draft(tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None) -> None:
    """Take a change back to draft to plan it anew; what was approved is void."""
    change = change_journal.take(tx, number, seen=seen)
    _say_why(reason, number)
    approvals.void(tx, change)
    change_journal.move(tx, change, ChangeStatus.DRAFT, "change.returned", reason=plain(reason))


@action("change.cancel")
def cancel(tx: Transaction, number: str, reason: str, *, by: str, seen: int | None = None) -> None:
    """Give a change up before its review; approvals that are pending are void."""
    change = change_journal.take(tx, number, seen=seen)
    _say_why(reason, number)
    approvals.void(tx, change)
    change.closed_at = tx.now
    change_journal.move(tx, change, ChangeStatus.CANCELLED, "change.cancelled", reason=plain(reason))
    waiting.wake(tx, change_journal.number(change), "the change was cancelled")


@action("change.note")
def note(tx: Transaction, number: str, text: str, *, by: str) -> None:
    """Write a line in a change's log."""
    change = change_journal.take(tx, number)
    if not text.strip():
        raise GateNotMet(N_("Write something."), field="text")
    change_journal.record(tx, change, "change.noted", text=plain(text))


def _say_why(reason: str, number: str) -> None:
    if not reason.strip():
        raise GateNotMet(N_("Say why, for {number}."), field="reason", number=number)


def _check_people(tx: Transaction, change: Change) -> None:
    people.agent(tx, change.assignee)
    if change.team is not None:
        people.team_row(tx, change.team)


def _put_items(tx: Transaction, change: Change, items: tuple[str, ...]) -> None:
    tx.session.exec(delete(ChangeItem).where(col(ChangeItem.change_id) == change_journal.key(change)))
    for ci in sorted({*items} - {change.ci}):
        catalogue.need(tx, service=None, ci=ci, category=None)
        tx.session.add(ChangeItem(change_id=change_journal.key(change), ci=ci))
    tx.session.flush()
