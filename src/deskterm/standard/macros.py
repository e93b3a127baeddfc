"""Macros and text modules of a standard: what is wrong with them, and their values for the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from deskterm.domain import macro as values
from deskterm.domain.macro import VARIABLES, Act, strangers
from deskterm.i18n import _
from deskterm.standard.findings import Finding, Names, no_team, unknown
from deskterm.standard.lines import Path
from deskterm.standard.models import MacroSection, MacroStepSection, ModuleSection, StandardFile

TEXTS = ("reply", "note", "message", "summary")


def macros(file: StandardFile, names: Names) -> Iterator[Finding]:
    """Yield steps that name what is not there, and variables that nothing fills in."""
    for key, macro in file.macros.items():
        for place, step in enumerate(macro.steps):
            yield from _step(("macros", key, "steps", place), step, file, names)


def modules(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield variables that nothing fills in."""
    for key, module in file.modules.items():
        yield from _variables(("modules", key, "text"), module.text)


def _step(path: Path, step: MacroStepSection, file: StandardFile, names: Names) -> Iterator[Finding]:
    if step.transfer is not None and step.transfer not in names.teams:
        yield Finding((*path, "transfer"), no_team(step.transfer, names))
    if step.hold is not None and step.hold not in file.hold_reasons:
        sentence = unknown(_("no ticket is held for {name}"), step.hold, file.hold_reasons)
        yield Finding((*path, "hold"), sentence)
    if step.set is not None:
        listed = (
            ("category", file.catalogue.categories, _("there is no category {name}")),
            ("service", file.catalogue.services, _("there is no service {name}")),
            ("ci", [item.name for item in file.catalogue.items], _("there is no configuration item {name}")),
        )
        for field, known, sentence in listed:
            name = getattr(step.set, field)
            if name is not None and known and name not in known:
                yield Finding((*path, "set", field), unknown(sentence, name, known))
    for field in TEXTS:
        yield from _variables((*path, field), getattr(step, field) or "")


def _variables(path: Path, text: str) -> Iterator[Finding]:
    for name in strangers(text):
        yield Finding(path, unknown(_("there is no variable {name}"), name, VARIABLES))


def macro(key: str, section: MacroSection, *, day: timedelta) -> values.Macro:
    """Return a macro as the rules use it.

    Args:
        day: how long a working day is, for holds.
    """
    return values.Macro(key, section.name, tuple(_values(step, day) for step in section.steps))


def _values(step: MacroStepSection, day: timedelta) -> values.Step:
    match step.act:
        case Act.SET:
            assert step.set is not None, "the act says so"
            return values.Step(Act.SET, step.set.model_dump(exclude_none=True))
        case Act.TAG:
            return values.Step(Act.TAG, {"words": step.tag})
        case Act.HOLD:
            assert step.until is not None, "the model asks for it"
            given = {"reason": step.hold, "within": step.until.lasts(day), "message": step.message or ""}
            return values.Step(Act.HOLD, given)
        case Act.RESOLVE:
            return values.Step(Act.RESOLVE, {"code": step.resolve, "summary": step.summary})
        case Act.ASSIGN:
            return values.Step(Act.ASSIGN, {"to": step.assign})
        case Act.TRANSFER:
            return values.Step(Act.TRANSFER, {"team": step.transfer})
        case Act.REPLY | Act.NOTE as act:
            return values.Step(act, {"body": getattr(step, act)})


def module(key: str, section: ModuleSection) -> values.TextModule:
    """Return a text module as the rules use it."""
    return values.TextModule(key, section.name, section.text)
