"""Macros and text modules: what there is, and what their texts say on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deskterm.desk import Desk, Look
from deskterm.domain import macro as rules
from deskterm.domain.macro import Act, Filled, Macro, Step, TextModule
from deskterm.reads.ticket import stored
from deskterm.storage.variables import Known, known


@dataclass(frozen=True, slots=True)
class StepPreview:
    """A step of a macro as it would be taken."""

    act: Act
    values: Mapping[str, object]
    """What the act needs, its text filled in."""
    text: str = ""
    """The step's text, filled in; empty where it has none."""


@dataclass(frozen=True, slots=True)
class MacroPreview:
    """A macro as it would run on a ticket."""

    key: str
    name: str
    steps: tuple[StepPreview, ...]
    missing: tuple[str, ...]
    """Variables that nothing is known for; with one, the macro does not run."""


def macros(desk: Desk, *, by: str) -> tuple[Macro, ...]:
    """Return the macros of the standard, by name."""
    with desk.look(by) as look:
        found = desk.standard(look.connection).macros.values()
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def modules(desk: Desk, *, by: str) -> tuple[TextModule, ...]:
    """Return the text modules of the standard, by key."""
    with desk.look(by) as look:
        found = desk.standard(look.connection).modules.values()
    return tuple(sorted(found, key=lambda each: each.key))


def filled(desk: Desk, number: str, text: str, *, by: str) -> Filled:
    """Return a text with the variables of a ticket filled in, for the composer's preview.

    Raises:
        NotFound: there is no such ticket, or none that the asker may see.
    """
    with desk.look(by) as look:
        about = _known(look, number)
        return rules.fill(text, about.values, look.now, about.zone)


def preview(desk: Desk, key: str, number: str, *, by: str) -> MacroPreview:
    """Return a macro as it would run on a ticket, its variables filled in.

    Raises:
        NotFound: there is no such macro, or no ticket that the asker may see.
    """
    with desk.look(by) as look:
        macro = desk.standard(look.connection).macro(key)
        about = _known(look, number)
        steps = [_preview(step, about, look.now) for step in macro.steps]
    missing = dict.fromkeys(name for _step, text in steps for name in text.missing)
    return MacroPreview(key, macro.name, tuple(step for step, _text in steps), tuple(missing))


def _preview(step: Step, about: Known, now: datetime) -> tuple[StepPreview, Filled]:
    named = rules.TEXTS.get(step.act)
    if named is None:
        return StepPreview(step.act, step.values), Filled("")
    text = rules.fill(step.values[named], about.values, now, about.zone)
    return StepPreview(step.act, {**step.values, named: text.text}, text.text), text


def _known(look: Look, number: str) -> Known:
    ticket = stored(look, number)
    standard = look.desk.standard(look.connection)
    return known(look.connection, standard, ticket, login=look.actor.login)
