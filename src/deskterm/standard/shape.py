"""Whether a TOML file has the form of a model: pydantic's errors, in words that say what to write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

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


def validate(
    data: dict[str, Any], form: type[Form], sections: Collection[type[BaseModel]]
) -> tuple[Form | None, dict[str, list[int]], list[Finding]]:
    """Validate the form of a file, keeping what is right so that its meaning can be checked too.

    Args:
        data: the file, of which only is known that it is TOML.
        form: the model of the whole file.
        sections: the models of what is in it, whose keys may have been meant by one that nobody knows.

    Returns:
        The file without its broken entries, or None if too little is left; for each list, the places that its
        remaining entries had; what is wrong.
    """
    try:
        return form.model_validate(data), {}, []
    except ValidationError as error:
        findings = [
            Finding(_location(details, data), _sentence(details, form, sections))
            for details in error.errors(include_url=False)
        ]
    broken = {finding.path[:2] for finding in findings}
    rest: dict[str, Any] = {}
    kept: dict[str, list[int]] = {}
    for name, section in data.items():
        if (name,) in broken:
            continue
        if isinstance(section, dict):
            rest[name] = {key: value for key, value in section.items() if (name, key) not in broken}
        elif isinstance(section, list):
            kept[name] = [place for place in range(len(section)) if (name, place) not in broken]
            rest[name] = [section[place] for place in kept[name]]
        else:
            rest[name] = section
    try:
        return form.model_validate(rest), kept, findings
    except ValidationError:
        return None, kept, findings


def before(path: Path, kept: Mapping[str, list[int]]) -> Path:
    """Return the path in the whole file of a path in what was left of it."""
    match path:
        case (str(section), int(place), *deeper) if section in kept:
            return (section, kept[section][place], *deeper)
    return path


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
