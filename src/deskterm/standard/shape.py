"""Whether a TOML file has the form of a model: pydantic's errors, in words that say what to write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deskterm.i18n import N_, _
from deskterm.standard.findings import Finding, unknown
from deskterm.standard.lines import Path

Form = TypeVar("Form", bound=BaseModel)
SENTENCES: Mapping[str, str] = {
    "missing": N_("is missing; add it"),
    "enum": N_("write one of: {expected}"),
    "int_type": N_("write a whole number"),
    "string_type": N_("write a text in quotes"),
    "bool_type": N_("write true or false"),
    "bool_parsing": N_("write true or false"),
    "tuple_type": N_("write a list in square brackets"),
    "model_type": N_("write a table with keys here"),
    "dict_type": N_("write a table with keys here"),
    "date_from_datetime_parsing": N_("write a day like 2026-12-25"),
    "greater_than_equal": N_("write {ge} or more"),
    "less_than_equal": N_("write {le} or less"),
    "too_short": N_("write at least {min_length}"),
    "too_long": N_("write {max_length}, not more"),
    "string_too_short": N_("write something between the quotes"),
    "string_pattern_mismatch": N_("make names of small letters, digits and hyphens"),
    "value_error": "{error}",
}
"""What pydantic calls an error → what people read."""


@dataclass(frozen=True, slots=True)
class Read(Generic[Form]):
    """A file as far as it has its form."""

    file: Form | None
    """Without its broken entries, required parts stood in for; None where too little is left."""
    findings: list[Finding]
    """What is wrong with its form."""
    kept: Mapping[Path, list[int]] = field(default_factory=dict)
    """For each list, the places that its remaining entries had."""
    stood_in: frozenset[str] = frozenset()
    """The parts that say what nobody wrote, so that nothing can be wrong with their meaning."""

    def takes(self, found: Finding) -> bool:
        """Whether a finding about the meaning is about what somebody wrote."""
        return not self.stood_in.intersection(found.path[:1])

    def placed(self, found: Finding) -> Finding:
        """Return a finding with its path in the whole file, not in what was left of it."""
        for depth in (1, 2):
            match found.path[depth:]:
                case (int(place), *deeper) if found.path[:depth] in self.kept:
                    above = found.path[:depth]
                    return Finding((*above, self.kept[above][place], *deeper), found.sentence)
        return found


def validate(
    data: dict[str, Any],
    form: type[Form],
    sections: Collection[type[BaseModel]],
    stand_ins: Mapping[str, Any],
) -> Read[Form]:
    """Validate the form of a file, keeping what is right so that its meaning can be checked too.

    Args:
        data: the file, of which only is known that it is TOML.
        form: the model of the whole file.
        sections: the models of what is in it, whose keys may have been meant by one that nobody knows.
        stand_ins: what takes the place of a required part that is missing or broken, so that the rest can be
            read; right whatever the rest says.
    """
    try:
        return Read(form.model_validate(data), [])
    except ValidationError as error:
        findings = [
            Finding(_location(details, data), _sentence(details, form, sections))
            for details in error.errors(include_url=False)
        ]
    rest, kept = _without({_entry(finding.path, data, form) for finding in findings}, data)
    stood_in: frozenset[str] = frozenset()
    try:
        return Read(form.model_validate(rest), findings, kept)
    except ValidationError as error:
        stood_in = frozenset(str(details["loc"][0]) for details in error.errors(include_url=False))
    try:
        filled = rest | {name: stand_ins[name] for name in stood_in}
        return Read(form.model_validate(filled), findings, kept, stood_in)
    except (KeyError, ValidationError):
        return Read(None, findings, kept)


def _entry(path: Path, data: Mapping[str, Any], form: type[BaseModel]) -> Path:
    """Return the path of the entry that an error spoils: a policy, a route, an item of the catalogue.

    Parts of an entry are not left out alone: without its `match` a policy would take every ticket.
    """
    part = form.model_fields.get(str(path[0])) if path else None
    is_one = part is not None and isinstance(part.annotation, type) and issubclass(part.annotation, BaseModel)
    return path[:3] if is_one and len(path) > 2 and _holds_many(data, path[:2]) else path[:2]


def _holds_many(data: Any, path: Path) -> bool:
    for step in path:
        data = data[step]
    return isinstance(data, list | dict)


def _without(
    broken: Collection[Path], data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[Path, list[int]]]:
    """Return a file without some entries, and which entries of its lists are left."""
    kept: dict[Path, list[int]] = {}

    def left(value: Any, path: Path) -> Any:
        if len(path) > 2:
            return value
        if isinstance(value, dict):
            return {
                key: left(each, (*path, key)) for key, each in value.items() if (*path, key) not in broken
            }
        if isinstance(value, list) and path:
            kept[path] = [place for place in range(len(value)) if (*path, place) not in broken]
            return [left(value[place], (*path, place)) for place in kept[path]]
        return value

    return left(data, ()), kept


def _location(details: ErrorDetails, data: Any) -> Path:
    """Return where an error is; names that nobody wrote are left out, but for the one that is missing."""
    loc: Path = details["loc"]
    for place, step in enumerate(loc):
        try:
            data = data[step]
        except (TypeError, LookupError):
            return loc[:place] if isinstance(step, str) and details["type"] != "missing" else loc
    return loc


def _sentence(details: ErrorDetails, form: type[BaseModel], sections: Collection[type[BaseModel]]) -> str:
    kind, name = details["type"], str(details["loc"][-1])
    if kind == "extra_forbidden":
        meant = sections if len(details["loc"]) > 1 else [form]
        keys = {key for section in meant for key in section.model_fields}
        return unknown(_("nothing is called {name} here"), name, keys, list_all=False)
    template = SENTENCES.get(kind)
    return _(template).format(**details.get("ctx", {})) if template else details["msg"]
