"""What may be typed next in the filter bar: fields, states, and values with how many tickets have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deskterm.domain.fields import CALLED, DIRECTIVES, FIELDS, SORTS, STATES
from deskterm.i18n import _

WORD = re.compile(r"""[-(]*(?:[^\s"()]|"[^"]*"?)*$""")
TERM = re.compile(r"""([a-z_]+)([:<>=!~]+)(.*)$""", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spot:
    """The unfinished word before the cursor."""

    start: int
    """Where what would be replaced begins."""
    begun: str
    """What was typed of it."""
    field: str = ""
    """Canonical name of the field whose value it is; `is`, `no`, `has`, `sort`; empty for a field's name."""
    others: str = ""
    """The query without the word, for counting."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that may stand at the spot."""

    text: str
    words: str
    """As it is shown, with its count or meaning."""


def spot(text: str, cursor: int) -> Spot:
    """Return the word that is being typed."""
    found = WORD.search(text[:cursor])
    word = found[0] if found else ""
    start = cursor - len(word)
    others = f"{text[:start]} {text[cursor:]}".strip()
    bare = word.lstrip("-(")
    start += len(word) - len(bare)
    if bare.startswith("#"):
        return Spot(start + 1, bare[1:], "tag", others)
    term = TERM.match(bare)
    if term is None:
        return Spot(start, bare, "", others)
    name, values = term[1].casefold(), term[3]
    begun = values.rpartition(",")[2]
    known = CALLED[name].name if name in CALLED else name
    return Spot(cursor - len(begun), begun.strip('"'), known, others)


def offered(at: Spot) -> list[Offered]:
    """Return what may stand at a spot without asking the desk: names, states, fields to have or to miss."""
    if at.field == "is":
        return _begun(at, {name: _(help_) for name, help_ in STATES.items()})
    if at.field in ("no", "has"):
        return _begun(at, {name: _(entry.help) for name, entry in FIELDS.items()})
    if at.field == "sort":
        return _begun(at, dict.fromkeys(SORTS, ""))
    if at.field or not at.begun:
        return []
    names = {f"{name}:": _(entry.help) for name, entry in FIELDS.items()}
    names |= {"is:": _("a state"), "no:": _("without"), "has:": _("with")}
    names |= {f"{name}:": "" for name in DIRECTIVES}
    return _begun(at, names)


def _begun(at: Spot, known: dict[str, str]) -> list[Offered]:
    return [
        Offered(name, f"{name} {meaning}".strip())
        for name, meaning in known.items()
        if name.startswith(at.begun.casefold())
    ]


def counted(value: str, count: int) -> Offered:
    """Return a value that so many tickets have."""
    text = value if re.fullmatch(r"[\w.@*+/-]+", value) else f'"{value}"'
    return Offered(text, f"{text} ({count})")
