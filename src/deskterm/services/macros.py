"""Macros: a few acts on a ticket under one name, taken in one transaction and taken back as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from deskterm.desk import Transaction, action
from deskterm.domain import macro as rules
from deskterm.domain.errors import GateNotMet
from deskterm.domain.macro import TEXTS, Act, Step
from deskterm.domain.people import permit
from deskterm.i18n import N_
from deskterm.services import conversation, progress, tickets
from deskterm.services.drafts import Edit, checked
from deskterm.storage.variables import Known, known

Values = Mapping[str, Any]


@action("ticket.run_macro")
def run(tx: Transaction, number: str, key: str, *, by: str, seen: int | None = None) -> None:
    """Take the steps of a macro on a ticket; each asks for the role that its act takes.

    Raises:
        NotFound: the standard has no such macro.
        GateNotMet: a variable of one of its texts is not known; nothing is done then.
    """
    macro = tx.standard.macro(key)
    about = known(tx.connection, tx.standard, tx.take(number, seen=seen), login=by)
    for step, values in [(step, _filled(tx, number, step, about)) for step in macro.steps]:
        way = WAYS[step.act]
        permit(tx.actor, way.action)
        way.take(tx, number, values)


def _filled(tx: Transaction, number: str, step: Step, about: Known) -> Values:
    """Return what a step needs, its text filled in."""
    named = TEXTS.get(step.act)
    if named is None:
        return step.values
    text = rules.fill(step.values[named], about.values, tx.now, about.zone)
    if text.missing:
        raise GateNotMet(
            N_("{number} has nothing for {missing}."),
            field="variables",
            number=number,
            missing=", ".join(text.missing),
        )
    return {**step.values, named: text.text}


def _set(tx: Transaction, number: str, values: Values) -> None:
    tickets.classify.work(tx, number, checked(Edit, dict(values)), by=tx.by)


def _assign(tx: Transaction, number: str, values: Values) -> None:
    to = {"me": tx.by, "none": None}.get(values["to"], values["to"])
    tickets.assign.work(tx, number, to, by=tx.by)


def _transfer(tx: Transaction, number: str, values: Values) -> None:
    tickets.transfer.work(tx, number, values["team"], by=tx.by)


def _tag(tx: Transaction, number: str, values: Values) -> None:
    tickets.tag.work(tx, number, values["words"], by=tx.by)


def _hold(tx: Transaction, number: str, values: Values) -> None:
    hours = tx.standard.calendars[tx.standard.closure.calendar]
    review_at = hours.add(tx.now, values["within"])
    progress.hold.work(tx, number, values["reason"], review_at=review_at, message=values["message"], by=tx.by)


def _reply(tx: Transaction, number: str, values: Values) -> None:
    conversation.reply.work(tx, number, values["body"], by=tx.by)


def _note(tx: Transaction, number: str, values: Values) -> None:
    conversation.note.work(tx, number, values["body"], by=tx.by)


def _resolve(tx: Transaction, number: str, values: Values) -> None:
    progress.resolve.work(tx, number, values["code"], values["summary"], by=tx.by)


class Way(NamedTuple):
    """How a step is taken."""

    action: str
    """The action that the actor must be allowed to take."""
    take: Callable[[Transaction, str, Values], None]


WAYS: Mapping[Act, Way] = {
    Act.SET: Way("ticket.classify", _set),
    Act.ASSIGN: Way("ticket.assign", _assign),
    Act.TRANSFER: Way("ticket.transfer", _transfer),
    Act.TAG: Way("ticket.tag", _tag),
    Act.HOLD: Way("ticket.hold", _hold),
    Act.REPLY: Way("ticket.reply", _reply),
    Act.NOTE: Way("ticket.note", _note),
    Act.RESOLVE: Way("ticket.resolve", _resolve),
}
