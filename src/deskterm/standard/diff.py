"""What changed between two versions of a standard, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from deskterm.i18n import _
from deskterm.text import plain


def difference(old: str, new: str) -> list[str]:
    """Return what a new text changes, a line for each key: `policies.p1.targets.resolution: 4h → 2h`.

    Both are TOML. Entries of lists go by their names, so that one more routing rule is one change. Comments,
    layout and the order of keys make no difference.
    """
    before = dict(_leaves(tomllib.loads(old)))
    after = dict(_leaves(tomllib.loads(new)))
    changed = [path for path in before | after if before.get(path) != after.get(path)]
    return [plain(_line(path, before.get(path), after.get(path)), one_line=True) for path in changed]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and value of all that is no table; a list of plain values is one value."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, _short(path, key))
        case [dict(), *_rest]:
            entries = dict(_named(value))
            yield f"{path}[]", list(entries)
            for name, entry in entries.items():
                yield from _leaves(entry, f"{path}[{name}]")
        case [list(), *_rest]:
            for place, row in enumerate(value, 1):
                yield f"{path}[{place}]", " ".join(_shown(cell) for cell in row)
        case _:
            yield path, value


def _short(path: str, key: str) -> str:
    """Join a key to a path; `targets.resolution = "4h"` and `{ within = "4h" }` say the same."""
    return path if key == "within" else f"{path}.{key}".removeprefix(".")


def _named(entries: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entries of a list by what tells them apart: a name, a percentage, else their place."""
    for place, entry in enumerate(entries, 1):
        key = next((key for key in ("name", "at") if key in entry), None)
        rest = {other: value for other, value in entry.items() if other != key}
        yield str(entry[key] if key else place), rest


def _line(path: str, before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        return _list_line(path.removesuffix("[]"), before, after)
    words = {"path": path.removesuffix("[]"), "before": _shown(before), "after": _shown(after)}
    if before is None:
        return _("{path}: added {after}").format(**words)
    if after is None:
        return _("{path}: removed {before}").format(**words)
    return _("{path}: {before} → {after}").format(**words)


def _list_line(path: str, before: list[Any], after: list[Any]) -> str:
    gone = [entry for entry in before if entry not in after]
    come = [entry for entry in after if entry not in before]
    changes = [
        _("added {after}").format(after=_shown(come)) if come else "",
        _("removed {before}").format(before=_shown(gone)) if gone else "",
    ]
    stayed = [entry for entry in before if entry in after]
    if stayed != [entry for entry in after if entry in before]:
        changes.append(_("order is now {after}").format(after=_shown(after)))
    return f"{path}: {'; '.join(filter(None, changes))}"


def _shown(value: Any) -> str:
    match value:
        case list():
            return ", ".join(_shown(entry) for entry in value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)
