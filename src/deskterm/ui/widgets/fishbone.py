"""The fishbone: the same causes as the tree, on their branches."""

from __future__ import annotations

from collections.abc import Iterable

from deskterm.domain import rca
from deskterm.domain.rca import Cause, Line
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui.widgets.cause_tree import Row, cause_words

BONE = "──"


def fishbone_rows(problem: str, causes: Iterable[Cause]) -> list[Row]:
    """Return the branches with their causes, and at the end the causes that stand on none."""
    causes = list(causes)
    rows = [Row(f"<>{BONE * 3}< {plain(problem, one_line=True)}", meaning="heading")]
    for branch, found in rca.bones(causes).items():
        rows.append(Row(f"  ├{BONE} {label(branch)} {len(found) or '-'}", meaning="heading"))
        rows += [_row(line, found) for line in found]
    loose = [line for line in rca.lines(causes) if line.branch is None]
    if loose:
        rows.append(Row(f"  └{BONE} {_('on no branch (b)')} {len(loose)}", meaning="heading"))
        rows += [_row(line, loose) for line in loose]
    return rows


def _row(line: Line, found: Iterable[Line]) -> Row:
    """Return a cause below its branch, indented below the causes of the branch that it explains."""
    here = {each.cause.id for each in found}
    depth = sum(key in here for key in line.path) - 1
    words = cause_words(line.cause, with_branch=False)
    verdict = line.cause.verdict.value
    return Row(f"  │    {'   ' * depth}{words}", line.cause.id, "" if verdict == "open" else verdict)
