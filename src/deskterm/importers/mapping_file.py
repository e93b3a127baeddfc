"""Mappings read and checked, every error with its line; and those that ship."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any

from deskterm.domain.errors import BadInput, BadMapping
from deskterm.i18n import _
from deskterm.importers.mapping import (
    NUMBER,
    PARTS,
    PROBLEM,
    LogMapping,
    ProblemMapping,
    Section,
    TicketMapping,
)
from deskterm.standard import located
from deskterm.standard.findings import Finding, unknown
from deskterm.standard.located import Problem

SHIPPED = Path(__file__).parent / "mappings"
NEVER_MISSING = ("number", "at", "status")
READ_BY_TABLE = ("impact", "urgency", "priority", "channel")
"""Columns whose words mean nothing without a table of the same name."""
TABLES = {name: name for name in READ_BY_TABLE} | {"teams": "team", "tiers": "team"}
"""Tables, and the columns that they read."""


def names() -> list[str]:
    """Return the mappings that ship."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def text_of(name: str) -> str:
    """Return the text of a mapping that ships.

    Raises:
        BadInput: there is none of that name.
    """
    if name not in names():
        raise BadInput("{reason}", reason=unknown(_("there is no mapping {name}"), name, names()))
    return (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")


def shipped(name: str) -> LogMapping:
    """Return a mapping that ships.

    Raises:
        BadInput: there is none of that name.
    """
    return load(text_of(name))


def load(text: str) -> LogMapping:
    """Return what a mapping says.

    Raises:
        BadMapping: it has problems; it lists all of them.
    """
    mapping, problems = _examine(text)
    if problems or mapping is None:
        raise BadMapping(tuple(map(str, problems)))
    return mapping


def check(text: str) -> list[Problem]:
    """Return everything that is wrong with a mapping, by line; nothing when logs can be read by it."""
    return _examine(text)[1]


def _examine(text: str) -> tuple[LogMapping | None, list[Problem]]:
    return located.examine(text, _form_of, _sections(Section), _meant)


def _form_of(data: Mapping[str, Any]) -> type[LogMapping]:
    return ProblemMapping if data.get("record") == PROBLEM else TicketMapping


def _sections(section: type[Section]) -> list[type[Section]]:
    """Return the models of everything in a mapping."""
    below = section.__subclasses__()
    return [
        each for model in below for each in (model, *_sections(model)) if not issubclass(each, LogMapping)
    ]


def _meant(mapping: LogMapping, data: Mapping[str, Any]) -> Iterator[Finding]:
    return chain(_tables(data), _levels(mapping, data), _columns(mapping), _summaries(mapping))


def _written(data: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    """Return a section as it was written, right or wrong, so that one error does not make others."""
    found = data.get(section)
    return found if isinstance(found, dict) else {}


def _tables(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Find columns without the table that reads them, and tables without their column."""
    columns = _written(data, "columns")
    for name in READ_BY_TABLE:
        if name in columns and not _written(data, name):
            sentence = _("say in [{name}] what the words in this column mean").format(name=name)
            yield Finding(("columns", name), sentence)
    for name, column in TABLES.items():
        if column not in columns and _written(data, name):
            yield Finding((name,), _("name in [columns] the column that this reads"))


def _levels(mapping: LogMapping, data: Mapping[str, Any]) -> Iterator[Finding]:
    """Find tickets that would have no impact or urgency; problems may wait for theirs."""
    if isinstance(mapping, TicketMapping):
        for name in ("impact", "urgency"):
            if name not in _written(data, "columns") and name not in _written(data, "defaults"):
                sentence = _("tickets need it: name its column in [columns], or a level in [defaults]")
                yield Finding(("defaults", name), sentence)


def _columns(mapping: LogMapping) -> Iterator[Finding]:
    """Find names of columns that nothing reads, and needed columns that are called optional."""
    given = mapping.columns.given
    final = mapping.final
    leaking = () if final is None else (final.known_at, *final.columns, final.closing_summary)
    used = {each for each in (*given.values(), *mapping.identity, *mapping.keep, *leaking) if each}
    for name in mapping.aliases:
        if name not in used:
            yield Finding(
                ("aliases", name), unknown(_("nothing reads a column {name}"), name, used, list_all=False)
            )
    for place, name in enumerate(mapping.optional):
        if name not in used:
            sentence = unknown(_("nothing reads a column {name}"), name, used, list_all=False)
            yield Finding(("optional", place), sentence)
        elif name in (given.get(each) for each in NEVER_MISSING):
            yield Finding(("optional", place), _("no row can do without it"))


def _summaries(mapping: LogMapping) -> Iterator[Finding]:
    """Find summaries that can't be made, and a last one that may have nothing to say."""
    known = (NUMBER, *PARTS)
    for place, template in enumerate(mapping.summary):
        where = ("summary", place)
        try:
            pieces = list(Formatter().parse(template))
        except ValueError:
            yield Finding(
                where, _("a brace is open; write a field as {example}").format(example="{category}")
            )
            continue
        named = [field for _text, field, _form, _conversion in pieces if field is not None]
        for field in named:
            if field not in known:
                yield Finding(where, unknown(_("a summary has no field {name}"), field, known))
        if any(form or conversion for _text, _field, form, conversion in pieces):
            yield Finding(where, _("write a field as {example}").format(example="{category}"))
        if place == len(mapping.summary) - 1 and not set(named) <= {NUMBER}:
            sentence = _("the last summary is for records that say nothing: write it with {example} alone")
            yield Finding(where, sentence.format(example="{number}"))
