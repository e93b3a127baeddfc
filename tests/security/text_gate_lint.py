"""Finds text that reaches a widget past the gates: `python -m tests.security.text_gate_lint [PATH …]`.

Textual reads a `str` as markup. So Textual's widgets, `update`, `notify` and their like may be handed a
literal, its translation, or what the gates return (`txt`, `cell`, `Text`, `Content`), or be told
`markup=False`. Anything else, an f-string or `.format` above all, may carry data and is refused.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).parents[2] / "src" / "deskterm" / "ui"

WITHOUT_MARKUP = frozenset({"Input", "TextArea"})
METHODS = frozenset({"update", "notify", "add_row", "add_column", "add_option", "add_options"})
ATTRIBUTES = frozenset({"border_title", "border_subtitle", "tooltip"})
GATES = frozenset({"txt", "cell", "Text", "Content", "assemble", "styled", "from_text"})
WORDS = frozenset({"_", "N_"})
NOT_SHOWN = frozenset({"id", "classes", "name", "key", "severity", "variant", "width", "height"})


def problems(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of each place where data could be read as markup."""
    tree = ast.parse(source)
    widgets, gated = frozenset(_textual_widgets(tree)), GATES.union(_returning_content(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func, METHODS, widgets) and not _without_markup(node):
            shown = [*node.args, *(word.value for word in node.keywords if word.arg not in NOT_SHOWN)]
            for one in shown:
                if _is_data(one, gated | widgets):
                    yield one.lineno, f"{ast.unparse(one)} in {ast.unparse(node.func)}"
        if isinstance(node, ast.Assign) and _is_data(node.value, gated | widgets):
            named = (target for target in node.targets if isinstance(target, ast.Attribute))
            yield from ((node.lineno, target.attr) for target in named if target.attr in ATTRIBUTES)


def _textual_widgets(tree: ast.Module) -> Iterator[str]:
    """Yield the names by which a module calls Textual's widgets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
            yield from (each.asname or each.name for each in node.names if each.name not in WITHOUT_MARKUP)


def _returning_content(tree: ast.Module) -> Iterator[str]:
    """Yield the functions of a module that promise to return what the gates return."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef)
            and isinstance(node.returns, ast.Name)
            and node.returns.id in GATES
        ):
            yield node.name


def _name(function: ast.expr, methods: frozenset[str], names: frozenset[str]) -> bool:
    """Return whether a function is one of these methods or names."""
    if isinstance(function, ast.Name):
        return function.id in names
    return isinstance(function, ast.Attribute) and function.attr in methods


def _without_markup(call: ast.Call) -> bool:
    return any(
        word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )


def _is_data(node: ast.expr, gated: frozenset[str]) -> bool:
    """Return whether an expression could be a string that came from outside."""
    match node:
        case ast.Constant():
            return False
        case ast.Call(func=ast.Attribute(value=ast.Call() as content, attr="join")):
            return _is_data(content, gated)
        case ast.Call(func=function):
            return not _name(function, gated, gated | WORDS)
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return _is_data(one, gated) or _is_data(other, gated)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return any(_is_data(part, gated) for part in parts)
        case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one) | ast.Starred(value=one):
            return _is_data(one, gated)
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
