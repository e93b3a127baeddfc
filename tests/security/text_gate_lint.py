"""Finds text that reaches a widget past the gates: `python -m tests.security.text_gate_lint [PATH …]`.

Textual reads a `str` as markup. So a widget, `update`, `notify` and their like may be handed a literal, its
translation, or what the gates return (`txt`, `cell`, `Text`, `Content`), or else say `markup=False`. Anything else,
an f-string or `.format` above all, may carry data and is refused.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).parents[2] / "src" / "deskterm" / "ui"

WIDGETS = frozenset(
    "Static Label Button Checkbox RadioButton RadioSet OptionList Option Collapsible Link Markdown Placeholder Tab Tabs"
    " TabPane Tree SelectionList Selection Select Tooltip ListItem".split()
)
METHODS = frozenset({"update", "notify", "add_row", "add_column", "add_option", "add_options"})
ATTRIBUTES = frozenset({"border_title", "border_subtitle", "tooltip"})
GATES = frozenset({"txt", "cell", "Text", "Content", "assemble", "styled", "from_text"})
WORDS = frozenset({"_", "N_"})
NOT_SHOWN = frozenset({"id", "classes", "name", "key", "severity", "variant", "width", "height"})


def problems(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of each place where data could be read as markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _shows(node.func) and not _without_markup(node):
            shown = [*node.args, *(word.value for word in node.keywords if word.arg not in NOT_SHOWN)]
            yield from (
                (one.lineno, f"{ast.unparse(one)} → {ast.unparse(node.func)}")
                for one in shown
                if _is_data(one)
            )
        if isinstance(node, ast.Assign) and _is_data(node.value):
            named = (target for target in node.targets if isinstance(target, ast.Attribute))
            yield from ((node.lineno, target.attr) for target in named if target.attr in ATTRIBUTES)


def _shows(function: ast.expr) -> bool:
    """Return whether what is called shows its arguments."""
    if isinstance(function, ast.Name):
        return function.id in WIDGETS
    return isinstance(function, ast.Attribute) and (function.attr in METHODS or function.attr in WIDGETS)


def _without_markup(call: ast.Call) -> bool:
    return any(
        word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )


def _is_data(node: ast.expr) -> bool:
    """Return whether an expression could be a string that came from outside."""
    match node:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_data(left) or _is_data(right)
        case ast.IfExp(body=body, orelse=other):
            return _is_data(body) or _is_data(other)
        case ast.Constant() | ast.List(elts=[]) | ast.Tuple(elts=[]):
            return False
        case ast.Call(func=ast.Name(id=name)):
            return name not in GATES | WORDS | WIDGETS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name not in GATES | WIDGETS
        case ast.Starred(value=value):
            return _is_data(value)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return any(map(_is_data, parts))
        case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
            return _is_data(one)
        case _:
            return True


def main(paths: list[str]) -> int:
    """Print what is wrong in the files, or in all of the console; return how many places."""
    found = 0
    for path in map(Path, paths) if paths else sorted(UI.rglob("*.py")):
        for line, reason in problems(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: text past the gates: {reason}")
            found += 1
    return found


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
