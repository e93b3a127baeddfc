"""A TOML file read by a model: every error of it, with its line and what to do about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from deskterm.i18n import _
from deskterm.standard.findings import Finding
from deskterm.standard.lines import BARE_KEY, Path, line_of, lines_of
from deskterm.standard.shape import Form, validate
from deskterm.text import plain


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """An error in a file."""

    line: int
    """Counted from 1."""
    where: str
    """The key in the file: `policies.p1.calendar`, `routes[3].team`; empty for the whole file."""
    sentence: str
    """What is wrong and what to do, in the reader's language."""

    def __str__(self) -> str:
        said = _("line {line}: {where}: {sentence}").format(
            line=self.line, where=self.where or _("the file"), sentence=self.sentence
        )
        return plain(said, one_line=True)


def examine(
    text: str,
    form_of: Callable[[Mapping[str, Any]], type[Form]],
    sections: Collection[type[BaseModel]],
    meant: Callable[[Form, Mapping[str, Any]], Iterable[Finding]],
    stand_ins: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Form | None, list[Problem]]:
    """Read a file; with problems, it is None or lacks what is wrong.

    Args:
        text: the file.
        form_of: the model that a file with such content has.
        sections: the models of what is in it.
        meant: finds what is wrong although each part has its form; asked of what is left of the file, too.
        stand_ins: see `shape.validate`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(error, text)]
    read = validate(data, form_of(data), sections, stand_ins)
    findings = list(read.findings)
    if read.file is not None:
        findings += [read.placed(found) for found in meant(read.file, data) if read.takes(found)]
    lines = lines_of(text)
    problems = {Problem(line_of(lines, path), dotted(path), sentence) for path, sentence in findings}
    return read.file, sorted(problems)


def dotted(path: Path) -> str:
    """Return a path as people write it, positions counted from 1: `routes[3].team`."""
    return "".join(_step(part) for part in path).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part + 1}]"
    return f".{part}" if BARE_KEY.fullmatch(part) else f'."{part}"'


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    said = str(error)
    found = re.search(r" \(at line (\d+), column \d+\)$", said)
    line = int(found[1]) if found else text.rstrip().count("\n") + 1
    reason = re.sub(r" \(at [^)]*\)$", "", said)
    return Problem(line, "", _("this is not TOML: {reason}").format(reason=reason))
