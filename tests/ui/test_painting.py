from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from deskterm.clock import StoppedClock
from deskterm.ui.painting import Painter, Painting
from deskterm.ui.pens import PLAIN, pen_of, turn
from deskterm.ui.widgets.hint_bar import HintBar
from deskterm.ui.widgets.ticket_table import TicketTable
from tests.emulator import Emulator
from tests.security.recorded import hit, recorded
from tests.ui.lively import TUESDAY, lively_desk

WIDTH, HEIGHT = 24, 5
COLOURS = ColorSystem.TRUECOLOR
TEXTS = (
    "VPN down",
    "INC-42",
    " ",
    "     ",
    "              ",
    "打印机",
    "é",
    "e\u0301x",
    "…",
    "👨\u200d👩\u200d👧",
    "│",
)
STYLES = ("", "bold", "red on blue", "#123456 on #654321", "reverse", "underline", "italic green")

spans = st.tuples(st.sampled_from(TEXTS), st.sampled_from(STYLES))
pieces = st.lists(spans, min_size=1, max_size=6)
lines = st.lists(pieces, min_size=2, max_size=2)
frames = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT)


def strip(texts: Sequence[tuple[str, str]], width: int) -> Strip:
    segments = [Segment(text, Style.parse(style)) for text, style in texts]
    return Strip(segments).adjust_cell_length(width, Style.parse("on black"))


def whole(frame: Sequence[Sequence[Sequence[tuple[str, str]]]]) -> LayoutUpdate:
    """Return the update that paints a frame whose lines have two halves."""
    halves = [[strip(piece, WIDTH // 2) for piece in line] for line in frame]
    return LayoutUpdate(halves, Region(0, 0, WIDTH, HEIGHT))  # type: ignore[arg-type]  # lists are iterable


def part(
    frame: Sequence[Sequence[Sequence[tuple[str, str]]]], areas: Sequence[tuple[int, int, int]]
) -> ChopsUpdate:
    """Return the update that paints areas of a frame: line, first cell, the one after the last."""
    half = WIDTH // 2
    chops = [{0: strip(line[0], half), half: strip(line[1], half)} for line in frame]
    return ChopsUpdate(chops, sorted(areas), [[half, WIDTH]] * HEIGHT)


def plain(*texts: str) -> list[list[list[tuple[str, str]]]]:
    return [[[(text, "")], []] for text in (*texts, *[""] * HEIGHT)[:HEIGHT]]


def painted_anew(update: LayoutUpdate) -> list[list[tuple[str, object]]]:
    """Return what a terminal shows on which nothing else was ever painted."""
    emulator = Emulator(WIDTH, HEIGHT, erases_in_colour=False)
    emulator.feed(Painter(erases_in_colour=False).changes(update, (WIDTH, HEIGHT), COLOURS))
    return emulator.seen()  # type: ignore[return-value]  # a look is an object


@given(st.lists(frames, min_size=1, max_size=4), st.booleans())
def test_whatever_was_shown_before_a_frame_is_shown_as_if_painted_anew(
    shown: list[list[list[list[tuple[str, str]]]]], bce: bool
) -> None:
    painter, emulator = Painter(erases_in_colour=bce), Emulator(WIDTH, HEIGHT, erases_in_colour=bce)

    for frame in shown:
        emulator.feed(painter.changes(whole(frame), (WIDTH, HEIGHT), COLOURS))

    assert emulator.seen() == painted_anew(whole(shown[-1]))


@given(frames, st.integers(1, HEIGHT - 1), st.booleans(), st.booleans())
def test_lines_that_move_need_only_what_comes_in_to_be_painted(
    frame: list[list[list[tuple[str, str]]]], by: int, is_up: bool, bce: bool
) -> None:
    painter, emulator = Painter(erases_in_colour=bce), Emulator(WIDTH, HEIGHT, erases_in_colour=bce)
    emulator.feed(painter.changes(whole(frame), (WIDTH, HEIGHT), COLOURS))
    new = [[[("new", "bold")], [("line", "")]] for _ in range(by)]
    moved = [frame[0], *frame[1 + by :], *new] if is_up else [frame[0], *new, *frame[1 : HEIGHT - by]]
    come_in = range(HEIGHT - by, HEIGHT) if is_up else range(1, 1 + by)

    painter.move_lines(1, HEIGHT, by if is_up else -by)
    emulator.feed(painter.changes(part(moved, [(y, 0, WIDTH) for y in come_in]), (WIDTH, HEIGHT), COLOURS))

    assert emulator.seen() == painted_anew(whole(moved))


def test_what_is_shown_already_is_not_sent() -> None:
    painter = Painter(erases_in_colour=True)
    frame = whole([[[("VPN 打印机", "bold")], [("down", "red on blue")]]] * HEIGHT)
    painter.changes(frame, (WIDTH, HEIGHT), COLOURS)

    assert painter.changes(frame, (WIDTH, HEIGHT), COLOURS) == ""


def test_only_words_that_differ_are_sent_and_near_ones_together() -> None:
    painter = Painter(erases_in_colour=False)
    painter.changes(whole(plain("VPN up at 9")), (WIDTH, HEIGHT), COLOURS)

    sent = painter.changes(whole(plain("VPN on at 8")), (WIDTH, HEIGHT), COLOURS)

    assert sent == "\x1b[1;5H\x1b[mon at 8"


def test_a_piece_with_wide_characters_is_sent_whole() -> None:
    painter = Painter(erases_in_colour=False)
    painter.changes(whole(plain("打印机 9:41")), (WIDTH, HEIGHT), COLOURS)

    sent = painter.changes(whole(plain("打印机 9:42")), (WIDTH, HEIGHT), COLOURS)

    assert sent.startswith("\x1b[1H\x1b[m打印机 9:42")


def test_blanks_after_wide_characters_are_not_taken_for_those_at_the_edge() -> None:
    family = "👨\u200d👩\u200d👧"
    frame = [[[("VPN down", "")], [("  ", ""), (family, ""), ("     ", "")]]] * HEIGHT
    emulator = Emulator(WIDTH, HEIGHT, erases_in_colour=True)

    emulator.feed(Painter(erases_in_colour=True).changes(whole(frame), (WIDTH, HEIGHT), COLOURS))

    assert emulator.seen() == painted_anew(whole(frame))


def test_everything_is_sent_again_after_forgetting_and_at_another_size() -> None:
    painter = Painter(erases_in_colour=False)
    first = painter.changes(whole(plain("VPN")), (WIDTH, HEIGHT), COLOURS)

    painter.forget()
    second = painter.changes(whole(plain("VPN")), (WIDTH, HEIGHT), COLOURS)
    third = painter.changes(whole(plain("VPN")), (WIDTH, HEIGHT + 1), COLOURS)

    assert first == second == third


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        ("", "", ""),
        ("", "bold", "\x1b[1m"),
        ("bold", "", "\x1b[m"),
        ("bold red", "red", "\x1b[22m"),
        ("bold dim", "dim", "\x1b[0;2m"),
        ("red on blue", "green on blue", "\x1b[32m"),
        ("red on blue", "red", "\x1b[49m"),
        ("#010203 on #040506", "#010203 on #070809", "\x1b[48;2;7;8;9m"),
        ("underline red", "italic red", "\x1b[24;3m"),
        ("encircle", "red", "\x1b[0;31m"),
    ],
)
def test_a_pen_is_changed_by_the_fewest_codes(before: str, after: str, sent: str) -> None:
    old, new = pen_of(Style.parse(before), COLOURS), pen_of(Style.parse(after), COLOURS)

    assert turn(old, new) == sent


def test_a_link_ends_with_its_pen() -> None:
    pen = pen_of(Style.parse("bold link https://example.org"), COLOURS)

    began, ended = turn(PLAIN, pen), turn(pen, PLAIN)

    assert began.startswith("\x1b[1m\x1b]8;id=")
    assert began.endswith(";https://example.org\x1b\\")
    assert ended == "\x1b]8;;\x1b\\\x1b[m"


WAYS = [
    *("0", "j", "j", "w", "j", "w", "j", "G", "k", "g", "g", "/", "b", "escape", "escape"),
    *("enter", "j", "l", "l", "l", "l", "r", "escape", "q", "T", "escape"),
]


@pytest.mark.parametrize(("size", "bce"), [((80, 24), True), ((160, 45), False)])
async def test_the_terminal_shows_what_the_console_means_it_to_show(
    tmp_path: Path, size: tuple[int, int], bce: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskterm.ui.painting.erases_in_colour", lambda: bce)
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk, size=size) as (app, pilot):
            emulator = Emulator(*size, erases_in_colour=bce)
            emulator.feed(app.taken())
            differing = []

            for key in WAYS:
                await hit(pilot, key)
                emulator.feed(app.taken())
                if emulator.seen() != meant(app, size):
                    differing.append(key)

    assert differing == []


async def test_a_line_that_changes_renders_no_line_of_what_stands_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []
    real = TicketTable.render_line

    def noting(table: TicketTable[Any], y: int) -> Strip:
        rendered.append(y)
        return real(table, y)

    monkeypatch.setattr(TicketTable, "render_line", noting)
    with closing(lively_desk(f"sqlite:///{tmp_path / 'desk.db'}", StoppedClock(TUESDAY))) as desk:
        async with recorded(desk, size=(80, 24)) as (app, pilot):
            rendered.clear()
            app.screen.query_one(HintBar).refresh()
            await pilot.pause(0.2)
            below = list(rendered)
            app.screen.query_one(TicketTable).refresh(Region(0, 2, 80, 1))
            await pilot.pause(0.2)

    assert below == []
    assert rendered == [2]


def meant(app: Painting[None], size: tuple[int, int]) -> list[list[object]]:
    """Return what a terminal shows on which the console paints everything anew."""
    emulator = Emulator(*size, erases_in_colour=False)
    update = app.screen._compositor.render_full_update()
    emulator.feed(Painter(erases_in_colour=False).changes(update, size, app.console._color_system))
    return emulator.seen()  # type: ignore[return-value]  # a cell is an object
