"""What is wrong with a management standard: every error, with its line and what to do about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from deskterm.i18n import _
from deskterm.standard import changes, macros, meaning, rules
from deskterm.standard.findings import Finding, Names
from deskterm.standard.lines import BARE_KEY, Path, line_of, lines_of
from deskterm.standard.models import StandardFile
from deskterm.standard.shape import before, validate
from deskterm.text import plain

RULES: tuple[Callable[[StandardFile, Names], Iterator[Finding]], ...] = (
    meaning.matrix,
    meaning.calendars,
    meaning.teams,
    meaning.ladders,
    meaning.closure,
    meaning.catalogue,
    rules.policies,
    rules.routes,
    rules.approvals,
    macros.macros,
    macros.modules,
    changes.risk,
    changes.tiers,
    changes.calendar,
    changes.templates,
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """An error in a standard."""

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


def check(text: str) -> list[Problem]:
    """Return everything that is wrong with a standard, by line; nothing when it can be applied.

    Whether its leads and managers exist is not asked here: that depends on the desk.
    """
    return examine(text)[1]


def examine(text: str) -> tuple[StandardFile | None, list[Problem]]:
    """Read a standard; with problems, the file is None or lacks what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(error, text)]
    file, kept, findings = validate(data)
    if file is not None:
        names = Names.of(data)
        found = chain.from_iterable(rule(file, names) for rule in RULES)
        findings += [Finding(before(path, kept), sentence) for path, sentence in found]
    lines = lines_of(text)
    problems = {Problem(line_of(lines, path), dotted(path), sentence) for path, sentence in findings}
    return file, sorted(problems)


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
