"""Root cause analysis as data: a tree of whys and a fishbone, both over one list of causes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _
from deskterm.labels import label


class Branch(StrEnum):
    """A bone of the fishbone."""

    PEOPLE = "people"
    PROCESS = "process"
    TECHNOLOGY = "technology"
    ENVIRONMENT = "environment"
    DATA = "data"
    """Data or material."""
    MEASUREMENT = "measurement"


class Verdict(StrEnum):
    """What the evidence says of a cause."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Cause:
    """One node: a why of the tree, an entry of the fishbone where it has a branch, or both."""

    id: int
    parent_id: int | None
    """The cause that this one explains; None at the top, where it explains the problem itself."""
    place: float
    """Orders siblings."""
    statement: str
    evidence: str = ""
    verdict: Verdict = Verdict.OPEN
    root: bool = False
    """Whether the analysis stops here: what to remove so that it does not return."""
    branch: Branch | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the tree a cause stands or shall stand."""

    parent_id: int | None
    place: float


@dataclass(frozen=True, slots=True)
class Line:
    """A cause as a line of the tree."""

    cause: Cause
    depth: int
    """0 at the top."""
    last: bool
    """Whether no sibling follows."""
    branch: Branch | None
    """Its own branch, or else that of the nearest cause above."""
    path: tuple[int, ...]
    """The ids from the top down to it."""


def lines(causes: Iterable[Cause]) -> tuple[Line, ...]:
    """Return the one list of causes: siblings in order, each before what explains it."""
    return tuple(_below(_children(causes), None, (), None))


def _below(
    children: Mapping[int | None, Sequence[Cause]],
    parent: int | None,
    path: tuple[int, ...],
    branch: Branch | None,
) -> Iterator[Line]:
    siblings = children.get(parent, ())
    for cause in siblings:
        own = cause.branch or branch
        here = (*path, cause.id)
        yield Line(cause, len(path), cause is siblings[-1], own, here)
        yield from _below(children, cause.id, here, own)


def _children(causes: Iterable[Cause]) -> dict[int | None, list[Cause]]:
    """Return the causes below each, in order; what hangs on a removed cause is left out with it."""
    children: dict[int | None, list[Cause]] = defaultdict(list)
    for cause in sorted(causes, key=lambda cause: (cause.place, cause.id)):
        children[cause.parent_id].append(cause)
    return children


def confirmed_chain(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the causes of a chain that is confirmed from top to bottom, empty where there is none.

    It ends in a leaf marked as root, or in a confirmed cause that itself stands on a fishbone branch.
    """
    known = {cause.id: cause for cause in causes}
    tree = lines(known.values())
    parents = {cause.parent_id for cause in known.values()}
    for line in tree:
        chain = tuple(known[key] for key in line.path)
        is_root = line.cause.root and line.cause.id not in parents
        if (is_root or line.cause.branch) and all(each.verdict is Verdict.CONFIRMED for each in chain):
            return chain
    return ()


def last_below(causes: Iterable[Cause], parent: int | None) -> Spot:
    """Return the spot after the last cause below another."""
    siblings = _children(causes).get(parent, [])
    return Spot(parent, siblings[-1].place + 1 if siblings else 0)


def after(causes: Iterable[Cause], sibling: int) -> Spot:
    """Return the spot right after a cause, on its level."""
    causes = list(causes)
    found = _known(causes, sibling)
    siblings = _children(causes)[found.parent_id]
    place = siblings.index(found)
    return Spot(found.parent_id, _between(siblings, place, place + 1))


def promoted(causes: Iterable[Cause], key: int) -> Spot:
    """Return the spot one level up: right after the cause that it explained.

    Raises:
        BadInput: it is at the top already.
    """
    causes = list(causes)
    found = _known(causes, key)
    if found.parent_id is None:
        raise BadInput(N_("This cause is at the top already."))
    return after(causes, found.parent_id)


def demoted(causes: Iterable[Cause], key: int) -> Spot:
    """Return the spot one level down: the last of what explains the sibling above.

    Raises:
        BadInput: there is no sibling above.
    """
    causes = list(causes)
    found = _known(causes, key)
    siblings = _children(causes)[found.parent_id]
    place = siblings.index(found)
    if place == 0:
        raise BadInput(N_("There is no cause above it on its level that it could explain."))
    return last_below(causes, siblings[place - 1].id)


def shifted(causes: Iterable[Cause], key: int, by: int) -> Spot:
    """Return the spot so many siblings further down, or up where negative; at the ends it stays there."""
    causes = list(causes)
    found = _known(causes, key)
    others = [each for each in _children(causes)[found.parent_id] if each.id != key]
    place = sum((each.place, each.id) < (found.place, key) for each in others)
    wanted = max(0, min(len(others), place + by))
    return Spot(found.parent_id, _between(others, wanted - 1, wanted))


def under(causes: Iterable[Cause], key: int, parent: int | None) -> Spot:
    """Return the spot below another cause, or at the top for None.

    Raises:
        BadInput: the other hangs on this one, or is gone.
    """
    causes = list(causes)
    if parent is not None:
        path = next((line.path for line in lines(causes) if line.cause.id == parent), ())
        if not path or key in path:
            raise BadInput(N_("A cause can't explain itself."))
    return last_below([each for each in causes if each.id != key], parent)


def _known(causes: Iterable[Cause], key: int) -> Cause:
    found = next((cause for cause in causes if cause.id == key), None)
    if found is None:
        raise BadInput(N_("Somebody removed this cause; undo brings it back."))
    return found


def _between(siblings: Sequence[Cause], before: int, behind: int) -> float:
    """Return a place between two neighbours, either of which may be beyond the ends."""
    if not siblings:
        return 0
    if before < 0:
        return siblings[0].place - 1
    if behind >= len(siblings):
        return siblings[-1].place + 1
    return (siblings[before].place + siblings[behind].place) / 2


SIGNS: Mapping[Verdict, str] = {Verdict.OPEN: "?", Verdict.CONFIRMED: "+", Verdict.REFUTED: "x"}
"""How a verdict is drawn beside its cause."""


def whys_text(problem: str, causes: Iterable[Cause]) -> str:
    """Return the tree of whys as text: `?` open, `+` confirmed, `x` refuted, `*` root."""
    drawn = [problem]
    stems: list[str] = []
    for line in lines(causes):
        del stems[line.depth :]
        corner = "└─" if line.last else "├─"
        root = " *" if line.cause.root else ""
        drawn.append(f"{''.join(stems)}{corner} {SIGNS[line.cause.verdict]} {line.cause.statement}{root}")
        stems.append("   " if line.last else "│  ")
        if line.cause.evidence:
            drawn += [f"{''.join(stems)}   {part}" for part in line.cause.evidence.splitlines()]
    return "\n".join(drawn)


def bones(causes: Iterable[Cause]) -> dict[Branch, tuple[Line, ...]]:
    """Return the fishbone: the causes of each branch, a branch without any being empty."""
    tree = lines(causes)
    return {branch: tuple(line for line in tree if line.branch is branch) for branch in Branch}


def fishbone_text(problem: str, causes: Iterable[Cause]) -> str:
    """Return the fishbone as text, a branch after the other."""
    drawn = [f"<>< {problem}"]
    for branch, found in bones(causes).items():
        drawn.append(f"├── {label(branch)}")
        for line in found:
            own = next(place for place, key in enumerate(line.path) if _is_own(found, key))
            indent = "  " * (line.depth - own)
            root = " *" if line.cause.root else ""
            drawn.append(f"│     {indent}{SIGNS[line.cause.verdict]} {line.cause.statement}{root}")
    return "\n".join(drawn)


def _is_own(found: Sequence[Line], key: int) -> bool:
    return any(line.cause.id == key for line in found)


def markdown(number: str, summary: str, root_cause: str, causes: Sequence[Cause]) -> str:
    """Return the analysis as Markdown, both views of it, for a report."""
    chain = confirmed_chain(causes)
    parts = [f"# {_md(number)} {_md(summary)}", ""]
    if root_cause:
        parts += [f"**{_('Root cause')}**: {_md(root_cause)}", ""]
    if chain:
        parts += [f"**{_('Confirmed chain')}**: {' → '.join(_md(each.statement) for each in chain)}", ""]
    parts += [f"## {_('Five whys')}", ""]
    for line in lines(causes):
        root = f" **({_('root')})**" if line.cause.root else ""
        indent = "  " * line.depth
        parts.append(f"{indent}- {_md(line.cause.statement)} *({label(line.cause.verdict)})*{root}")
        parts += [f"{indent}  > {_md(part)}" for part in line.cause.evidence.splitlines()]
    parts += ["", f"## {_('Fishbone')}", ""]
    for branch, found in bones(causes).items():
        parts.append(f"- **{label(branch)}**")
        parts += [f"  - {_md(line.cause.statement)} *({label(line.cause.verdict)})*" for line in found]
    return "\n".join(parts) + "\n"


def _md(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return "".join(f"\\{sign}" if sign in MARKDOWN else sign for sign in " ".join(text.split()))


MARKDOWN = frozenset("\\`*_{}[]<>#|!~$&")
"""What Markdown would take for its own."""


@dataclass(frozen=True, slots=True)
class CauseCount:
    """A cause as it is found across problems."""

    statement: str
    """In the words of the problem that had it first."""
    branch: Branch | None
    """The branch that most of them put it on."""
    problems: tuple[int, ...]
    confirmed: int
    """In how many of them it was confirmed."""


def counted(causes_of: Mapping[int, Sequence[Cause]]) -> tuple[CauseCount, ...]:
    """Return the causes that problems have, the most frequent first; refuted ones don't count.

    Two statements are the same cause when they differ in capitals, spaces and a full stop only.

    Args:
        causes_of: problem → its causes.
    """
    found: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for problem, causes in sorted(causes_of.items()):
        for line in lines(causes):
            if line.cause.verdict is not Verdict.REFUTED:
                found[same(line.cause.statement)].append((problem, line))
    counts = [_count(entries) for entries in found.values()]
    return tuple(sorted(counts, key=lambda each: (-len(each.problems), -each.confirmed, each.statement)))


def same(statement: str) -> str:
    """Return what two statements of one cause have in common."""
    return " ".join(statement.casefold().split()).rstrip(".。")


def _count(entries: Sequence[tuple[int, Line]]) -> CauseCount:
    branches = Counter(line.branch for _problem, line in entries if line.branch)
    confirmed = {problem for problem, line in entries if line.cause.verdict is Verdict.CONFIRMED}
    return CauseCount(
        entries[0][1].cause.statement,
        branches.most_common(1)[0][0] if branches else None,
        tuple(sorted({problem for problem, _line in entries})),
        len(confirmed),
    )
