"""The dashboard as blocks of lines: what each says and means, and the filter or record behind it; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from deskterm.domain.dashboard import AGES, QUIET, TILES, Reach, Tile, within
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.cell_filter import term
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.dashboard import AlertLine, Dashboard, PersonLine, TeamLine

BAR = 16
WIDE = 120
"""From this width two blocks stand side by side."""
GAP = 2
"""Cells between blocks, and between tiles."""


class Preset(StrEnum):
    """Which blocks stand below the tiles, by the digit that shows them."""

    SHIFT = "1"
    SLA = "2"
    LOAD = "3"
    FLOW = "4"


PRESETS: Mapping[Preset, str] = {
    Preset.SHIFT: N_("Shift"),
    Preset.SLA: N_("SLA"),
    Preset.LOAD: N_("Load"),
    Preset.FLOW: N_("Flow"),
}
REACHES: Mapping[Reach, str] = {
    Reach.TODAY: N_("today"),
    Reach.WEEK: N_("7 days"),
    Reach.MONTH: N_("30 days"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """What Enter opens: the tickets of a filter, or one ticket."""

    title: str
    query: str = ""
    number: str = ""
    alert: int | None = None
    """The alert that it tells of."""
    scope: str = ""
    """The condition that narrows the dashboard to what it is about; empty where that says nothing."""

    @property
    def identity(self) -> tuple[str, int | None]:
        """What tells it from other doors, however its number and its filter change."""
        return self.title, self.alert


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a block."""

    text: str
    meaning: str = ""
    """`breached`, `at-risk`, `met`, `number`, `heading` or empty."""
    door: Door | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A title and its lines."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of a block where it is painted."""

    x: int
    y: int
    width: int
    row: Row


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the dashboard."""

    scope: str = ""
    """The filter that all of it is about, empty for every ticket."""
    preset: Preset = Preset.SHIFT
    reach: Reach = Reach.TODAY
    wall: bool = False
    """Whether it hangs on a wall: bigger numbers, no names."""


def placed(board: Dashboard, look: Look, width: int) -> tuple[Placed, ...]:
    """Return every line where it stands, from the top down."""
    found, y = [], 0
    for row in _majors(board):
        found.append(Placed(0, y, width, row))
        y += 1
    share = (width - GAP * len(TILES)) // (len(TILES) + 1)
    tiles = _tiles(board, look, share)
    for place, rows in enumerate(tiles):
        found += [
            Placed(place * (share + GAP), y + line, share, row) for line, row in enumerate(rows) if row.text
        ]
    y += max(map(len, tiles)) + 1
    blocks = [block for block in _blocks(board, look) if block.rows]
    columns = 2 if width >= WIDE else 1
    room = (width - GAP * (columns - 1)) // columns
    for first in range(0, len(blocks), columns):
        beside = blocks[first : first + columns]
        for place, block in enumerate(beside):
            found += _standing(block, place * (room + GAP), y, room)
        y += max(len(block.rows) for block in beside) + 2
    return tuple(found)


def _standing(block: Block, x: int, y: int, width: int) -> Iterator[Placed]:
    title = plain(block.title, one_line=True)
    line = f"── {title} " + "─" * max(0, width - cell_len(title) - 4)
    yield Placed(x, y, width, Row(clip(line, width), "heading"))
    for place, row in enumerate(block.rows, 1):
        yield Placed(x, y + place, width, row)


def _majors(board: Dashboard) -> Iterator[Row]:
    for row in board.majors:
        left = times.left(row.sla_due_at - board.now) if row.sla_due_at.year < 9999 else ""
        words = (
            f"{_('MAJOR')}  {row.number}  {row.summary}   P{row.priority}   {row.assignee or '-'}   {left}"
        )
        yield Row(plain(words, one_line=True), "breached", Door(row.number, number=row.number))


def _tiles(board: Dashboard, look: Look, width: int) -> list[list[Row]]:
    tiles = [_tile(tile, board.counts[tile.key], look, width) for tile in TILES]
    flow = look.reach.flow(board.now)
    came, went = board.counts["in"], board.counts["out"]
    doors = {key: Door(_(tile.title), within(look.scope, tile.query)) for key, tile in flow.items()}
    rows = [Row(f" {_('IN / OUT')}", "heading")]
    if is_big(came, look, width):
        rows += [
            Row(f" {line}", "number", doors["in"] if not at else None) for at, line in enumerate(big(came))
        ]
    else:
        rows.append(Row(f" {came} {_('in')}", "number", doors["in"]))
    rows.append(
        Row(_(" {went} out  {net}").format(went=went, net=f"{came - went:+}"), "number", doors["out"])
    )
    return [*tiles, rows]


def _tile(tile: Tile, count: int, look: Look, width: int) -> list[Row]:
    door = Door(_(tile.title), within(look.scope, tile.query))
    sign = f" {tile.sign}" if count and tile.sign else ""
    meaning = {"!!": "breached", "!": "at-risk"}.get(sign.strip(), "number")
    heading = Row(f" {_(tile.title)}", "heading")
    if not is_big(count, look, width - len(sign)):
        return [heading, Row(f" {count}{sign}", meaning, door)]
    lines = big(count)
    lines[-1] += sign
    return [heading, *(Row(f" {line}", meaning, None if at else door) for at, line in enumerate(lines))]


FONT = {
    "0": ("####", "#  #", "#  #", "#  #", "####"),
    "1": ("  # ", " ## ", "  # ", "  # ", " ###"),
    "2": ("####", "   #", "####", "#   ", "####"),
    "3": ("####", "   #", " ###", "   #", "####"),
    "4": ("#  #", "#  #", "####", "   #", "   #"),
    "5": ("####", "#   ", "####", "   #", "####"),
    "6": ("####", "#   ", "####", "#  #", "####"),
    "7": ("####", "   #", "  # ", " #  ", " #  "),
    "8": ("####", "#  #", "####", "#  #", "####"),
    "9": ("####", "#  #", "####", "   #", "####"),
}
"""Digits to be read across a room, from signs that every terminal has."""


def big(count: int) -> list[str]:
    """Return a number in five lines."""
    return ["  ".join(parts) for parts in zip(*(FONT[digit] for digit in str(count)), strict=True)]


def is_big(count: int, look: Look, width: int) -> bool:
    """Return whether a number is painted in big digits: on a wall, where all of it fits."""
    return look.wall and cell_len(big(count)[0]) < width


def _blocks(board: Dashboard, look: Look) -> list[Block]:
    makers = WALL[look.preset] if look.wall else SHOWN[look.preset]
    return [make(board, look) for make in makers]


def _sla(board: Dashboard, look: Look) -> Block:
    title = _("Resolved in time, {reach}").format(reach=_(REACHES[look.reach]))
    teams = tuple(_team(line, board, look) for line in board.teams)
    return Block(f"{title} · {_('goal')} {board.goal:.0%}", teams)


def _team(line: TeamLine, board: Dashboard, look: Look) -> Row:
    share = line.attained
    late = share is not None and share < board.goal
    verdict = "–" if share is None else f"{share:.0%} " + ("!" if late else "ok")
    numbers = _("{open} open, {breached} breached").format(open=line.open, breached=line.breached)
    text = f" {clip(plain(line.name, one_line=True), 18)} {bar(share or 0)} {verdict:>7}  {numbers}"
    if line.breached:
        text += " !!"
    scope = term("team", line.key)
    query = f"is:open {scope}" + (" is:breached" if line.breached else "")
    meaning = "breached" if line.breached else "at-risk" if late else ""
    door = Door(line.name, within(look.scope, f"{query} sort:breach"), scope=scope)
    return Row(text, meaning, door)


def _people(board: Dashboard, look: Look) -> Block:
    most = max((line.open for line in board.people), default=1)
    rows = tuple(_person(line, most, board, look) for line in board.people)
    return Block(_("People: load, not ranking"), rows)


def _person(line: PersonLine, most: int, board: Dashboard, look: Look) -> Row:
    name = plain(line.login, one_line=True) if line.login else _("nobody")
    loads = f"P1 {line.first:<2} P2 {line.second:<2}"
    oldest = _("oldest {age}").format(age=times.age(board.now - line.oldest_at))
    sign = " !" if line.login is None else ""
    text = f" {clip(name, 12)} {bar(line.open / most)} {line.open:>4}  {loads}  {oldest}{sign}"
    scope = term("assignee", line.login or "none")
    query = f"is:open {scope} sort:breach"
    return Row(text, "at-risk" if sign else "", Door(name, within(look.scope, query), scope=scope))


def _age(board: Dashboard, look: Look) -> Block:
    most = max((board.counts[tile.key] for tile in AGES), default=0) or 1
    rows = [_band(tile, board.counts[tile.key] / most, board, look) for tile in AGES]
    return Block(_("Age of open work"), (*rows, _band(QUIET, None, board, look)))


def _band(tile: Tile, share: float | None, board: Dashboard, look: Look) -> Row:
    count = board.counts[tile.key]
    sign = f" {tile.sign}" if count and tile.sign else ""
    drawn = " " * (BAR + 2) if share is None else bar(share)
    text = f" {clip(_(tile.title), 18)} {drawn} {count:>4}{sign}"
    return Row(text, "at-risk" if sign else "", Door(_(tile.title), within(look.scope, tile.query)))


def _came(board: Dashboard, look: Look) -> Block:
    return _stretches(board, look, "in", "created")


def _went(board: Dashboard, look: Look) -> Block:
    return _stretches(board, look, "out", "resolved")


def _stretches(board: Dashboard, look: Look, way: str, field: str) -> Block:
    """Return what came or went hour by hour, or day by day, the newest first."""
    counts = {each: each.came if way == "in" else each.went for each in board.flow}
    most = max((max(each.came, each.went) for each in board.flow), default=0) or 1
    rows = []
    for each, count in reversed(counts.items()):
        door = Door(f"{way} {each.label}", within(look.scope, f"{field}:{each.span}"))
        rows.append(Row(f" {each.label:<6}{bar(count / most)} {count:>4}", "", door))
    title = _("In, {reach}") if way == "in" else _("Out, {reach}")
    shown = rows if look.preset is Preset.FLOW else rows[:FLOW_SHORT]
    return Block(title.format(reach=_(REACHES[look.reach])), tuple(shown))


FLOW_SHORT = 6
ALERTS_SHORT = 6


def _alerts(board: Dashboard, look: Look) -> Block:
    most = ALERTS_SHORT if look.preset is Preset.SHIFT else len(board.alerts)
    more = "+" if len(board.alerts) == board.alerts_most else ""
    title = _("Alerts nobody acknowledged: {count}").format(count=f"{len(board.alerts)}{more}")
    return Block(title, tuple(_alert(each, board) for each in board.alerts[:most]))


def _alert(alert: AlertLine, board: Dashboard) -> Row:
    breached = alert.threshold >= 100
    words = (
        f" {'!!' if breached else '! '} {times.moment(alert.fired_at, board.now)}  {alert.number}  "
        f"{label(alert.target)} {alert.threshold} %  {alert.summary}"
    )
    door = Door(alert.number, number=alert.number, alert=alert.id)
    return Row(plain(words, one_line=True), "breached" if breached else "at-risk", door)


def _notes(board: Dashboard, look: Look) -> Block:
    rows = tuple(
        Row(plain(f" {times.moment(each.at, board.now)} {each.by:<8} {each.body}", one_line=True))
        for each in board.notes
    )
    return Block(_("Shift notes: i leaves one"), rows)


Maker = Callable[["Dashboard", Look], Block]
SHOWN: Mapping[Preset, Sequence[Maker]] = {
    Preset.SHIFT: (_sla, _people, _alerts, _age, _notes, _came, _went),
    Preset.SLA: (_sla, _alerts),
    Preset.LOAD: (_people, _age),
    Preset.FLOW: (_came, _went, _age),
}
WALL: Mapping[Preset, Sequence[Maker]] = {
    Preset.SHIFT: (_sla, _age),
    Preset.SLA: (_sla,),
    Preset.LOAD: (_age,),
    Preset.FLOW: (_came, _went),
}


def bar(share: float, width: int = BAR) -> str:
    """Return a share as a bar that needs no colour: `[#####-----]`."""
    filled = min(width, max(0, round(share * width)))
    return f"[{'#' * filled}{'-' * (width - filled)}]"


def doors(lines: Iterable[Placed]) -> tuple[Placed, ...]:
    """Return the lines that open something, from the top down and from left to right."""
    return tuple(sorted((each for each in lines if each.row.door), key=lambda each: (each.y, each.x)))


def beside(lines: Sequence[Placed], at: int, dx: int, dy: int) -> int:
    """Return which door is nearest to one in a direction; itself where there is none.

    Args:
        lines: as `doors` returns them.
        at: the door that one goes from.
        dx, dy: the direction; one of them is 0.
    """
    here = lines[at]
    if dy:
        ahead = [each for each in lines if (each.y - here.y) * dy > 0]
        nearest = min(
            ahead,
            key=lambda each: (abs(each.x - here.x) > here.width, abs(each.y - here.y), abs(each.x - here.x)),
            default=here,
        )
    else:
        ahead = [each for each in lines if (each.x - here.x) * dx > 0]
        nearest = min(ahead, key=lambda each: (abs(each.y - here.y), abs(each.x - here.x)), default=here)
    return lines.index(nearest)
