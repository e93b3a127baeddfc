"""Templates of standard changes: the standard's own, and those that people propose and others approve."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from deskterm.desk import Transaction, action
from deskterm.domain.approval import Verdict
from deskterm.domain.change import ChangeKind, ChangeStatus, Outcome
from deskterm.domain.change_rules import Template, TemplateStep
from deskterm.domain.errors import BadInput, GateNotMet, NotAllowed, NotFound
from deskterm.domain.people import Role
from deskterm.domain.risk import Questionnaire, assess
from deskterm.domain.standard import Standard
from deskterm.i18n import N_
from deskterm.services import change_journal, people
from deskterm.services.change_drafts import StepDraft
from deskterm.storage.tables import Change, ChangeItem, ChangeStep, ChangeTemplate
from deskterm.storage.types import NEVER
from deskterm.text import plain

PROCEDURE = ("purpose", "description", "implementation_plan", "risks", "rollback_plan", "test_plan")
TEXTS = ("summary", *PROCEDURE, "resources")
AUTHORISED = (*PROCEDURE, "impact")
"""What a template authorises beforehand, besides its steps and the service and item that it names."""


@action("template.propose")
def propose(tx: Transaction, number: str, name: str, *, by: str) -> str:
    """Propose a change that went well as a template for others, and return the template's key.

    Raises:
        GateNotMet: the change was not successful.
        BadInput: there is a template of this name.
    """
    change = change_journal.take(tx, number)
    if change.status is not ChangeStatus.CLOSED or change.outcome is not Outcome.SUCCESSFUL:
        raise GateNotMet(
            N_("{number} can't be a template: only a change that was successful and is closed can."),
            field="outcome",
            number=number,
        )
    name = plain(name, one_line=True).strip()
    key = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or number.lower()
    if tx.session.get(ChangeTemplate, key) is not None or key in tx.standard.changes.templates:
        raise BadInput(N_("There is a template called {name} already."), name=name)
    content = json.dumps(_content(tx, change), sort_keys=True, ensure_ascii=False)
    tx.session.add(ChangeTemplate(key=key, name=name, content=content, proposed_by=by, proposed_at=tx.now))
    change_journal.record(tx, change, "template.proposed", template=key)
    change_journal.tell(
        tx, change, "template.proposed", people.with_role(tx, Role.CHANGE_MANAGER), template=key
    )
    return key


@action("template.decide")
def decide(tx: Transaction, key: str, granted: bool, *, comment: str = "", by: str) -> None:
    """Approve a proposed template, or refuse it with a comment; nobody decides on their own.

    Raises:
        NotFound: nobody proposed it.
        NotAllowed: the actor did.
    """
    row = tx.session.get(ChangeTemplate, key, with_for_update=True)
    if row is None or row.verdict is not Verdict.PENDING:
        raise NotFound(what=key)
    if row.proposed_by == by:
        raise NotAllowed(N_("Nobody decides on their own template."))
    if not granted and not comment.strip():
        raise GateNotMet(N_("Say why {number} is refused."), field="comment", number=key)
    row.verdict = Verdict.GRANTED if granted else Verdict.REFUSED
    row.decided_by, row.decided_at, row.comment = by, tx.now, plain(comment)
    tx.session.add(row)
    tx.record("desk", 0, "template.granted" if granted else "template.refused", template=key)


def approved(tx: Transaction, key: str) -> Template:
    """Return a template that changes may be made from.

    Raises:
        BadInput: there is none, or it is not approved.
    """
    return _approved(tx, key, tx.standard)


def _approved(tx: Transaction, key: str, standard: Standard) -> Template:
    if key in standard.changes.templates:
        return standard.changes.templates[key]
    row = tx.session.get(ChangeTemplate, key)
    if row is None or row.verdict is not Verdict.GRANTED:
        raise BadInput(N_("There is no approved template called {name}."), name=key)
    return _template(row)


def keep(tx: Transaction, change: Change) -> None:
    """Let a standard change be what its template authorises, as that was when the change was opened.

    Raises:
        GateNotMet: it would do something else, or something more.
    """
    if change.kind is not ChangeKind.STANDARD:
        return
    template = _of(tx, change)
    named = tuple(name for name in ("service", "ci") if getattr(template, name) is not None)
    other = [name for name in (*AUTHORISED, *named) if getattr(change, name) != getattr(template, name)]
    if template.ci is not None and _items(tx, change):
        other.append("items")
    if other:
        raise GateNotMet(
            N_(
                "A standard change does what its template says. Yours to fill in are summary, resources, "
                "people, window, and what the template leaves open; for anything else open a normal change."
            ),
            field=other[0],
        )


def keep_steps(tx: Transaction, change: Change, steps: Iterable[StepDraft]) -> None:
    """Let the run sheet of a standard change have the steps of its template, in their order.

    Raises:
        GateNotMet: it would have others.
    """
    if change.kind is not ChangeKind.STANDARD:
        return
    asked = [(each.rollback, _said(each.summary)) for each in steps]
    given = [(each.rollback, _said(each.summary)) for each in _of(tx, change).steps]
    if sorted(asked, key=_direction) != sorted(given, key=_direction):
        raise GateNotMet(
            N_(
                "{number} is done in the steps of its template; who does them, when and for how long "
                "is yours to plan. For other steps open a normal change."
            ),
            field="steps",
            number=change_journal.number(change),
        )


def keep_risk(tx: Transaction, change: Change) -> None:
    """Let where and how a standard change is done not make it riskier than its template is.

    Raises:
        GateNotMet: it is of a higher risk than was authorised.
    """
    if change.kind is not ChangeKind.STANDARD:
        return
    template, found = _of(tx, change), change_journal.assessment(tx, change).level
    fields = {"kind": change.kind, "service": template.service, "ci": template.ci, "impact": template.impact}
    authorised = assess(tx.standard.changes.risk_rules, Questionnaire(), fields, {}).level
    if found > authorised:
        raise GateNotMet(
            N_(
                "{number} is of risk {risk} here; its template is authorised for risk {authorised}. "
                "Open a normal change."
            ),
            field="service",
            number=change_journal.number(change),
            risk=found,
            authorised=authorised,
        )


def _of(tx: Transaction, change: Change) -> Template:
    assert change.template is not None, "a standard change is made from a template"
    return _approved(tx, change.template, tx.standard_under(change.standard_version))


def _items(tx: Transaction, change: Change) -> bool:
    items = select(ChangeItem.ci).where(col(ChangeItem.change_id) == change_journal.key(change))
    return tx.session.exec(items).first() is not None


def _said(text: str) -> str:
    """Return a text as it comes back from a form."""
    return " ".join(plain(text, one_line=True).split())


def _direction(step: tuple[bool, str]) -> bool:
    return step[0]


def fields(template: Template) -> dict[str, Any]:
    """Return the columns of a change that a template fills."""
    return {name: getattr(template, name) for name in (*TEXTS, "service", "ci", "impact")}


def lay_out(tx: Transaction, change: Change, template: Template) -> None:
    """Put a template's steps on a change's run sheet, timed if the change has a window already."""
    for place, step in enumerate(template.steps):
        timed = not step.rollback and change.planned_start < NEVER
        tx.session.add(
            ChangeStep(
                change_id=change_journal.key(change),
                rollback=step.rollback,
                place=place,
                summary=step.summary,
                owner=change.assignee,
                starts_at=change.planned_start + step.after if timed else None,
                minutes=int(step.lasts.total_seconds()) // 60,
            )
        )
    tx.session.flush()


def _content(tx: Transaction, change: Change) -> dict[str, Any]:
    named = {name: getattr(change, name) for name in (*TEXTS, "service", "ci", "impact")}
    steps = [
        {
            "summary": step.summary,
            "after": int((step.starts_at - change.planned_start).total_seconds()) // 60
            if step.starts_at
            else 0,
            "minutes": step.minutes,
            "rollback": step.rollback,
        }
        for step in change_journal.steps(tx, change)
    ]
    return {**named, "steps": steps}


def _template(row: ChangeTemplate) -> Template:
    content = json.loads(row.content)
    steps = tuple(
        TemplateStep(
            each["summary"],
            timedelta(minutes=each["after"]),
            timedelta(minutes=each["minutes"]),
            each["rollback"],
        )
        for each in content.pop("steps")
    )
    return Template(name=row.name, steps=steps, **content)
