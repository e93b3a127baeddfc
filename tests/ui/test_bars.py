from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from deskterm.assets import style
from deskterm.desk import Desk
from deskterm.domain.people import SYSTEM
from deskterm.services.facts import Fact, put_fact
from deskterm.ui import times
from deskterm.ui.theme import DARK, FALLBACKS, THEMES, ColourMode, colour_mode, theme_name
from deskterm.ui.widgets.columns import Cell, Column
from deskterm.ui.widgets.hint_bar import Hint, HintBar, fitting
from deskterm.ui.widgets.status_line import StatusLine
from deskterm.ui.widgets.ticket_table import MEANINGS, TicketTable
from deskterm.ui.widgets.view_tabs import Tab, ViewTabs
from tests.ui.console import console, shown
from tests.ui.lively import TUESDAY
from tests.ui.test_ticket_table import Ticket

HINTS = [Hint("Enter", "open", 0), Hint("t", "take", 1), Hint("a", "assign", 2), Hint("m", "macro", 3)]


class Bars(App[None]):
    """The frame of a screen, in the real style sheets."""

    CSS_PATH = [style("theme"), style("app")]  # noqa: RUF012 - Textual's word

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACKS

    def compose(self) -> ComposeResult:
        yield ViewTabs()
        meanings = [Column(name, name, lambda row, name=name: Cell("x", name), width=8) for name in MEANINGS]  # type: ignore[misc] # a bound name
        yield TicketTable[Ticket](meanings)
        yield StatusLine()
        yield HintBar()


def text_of(widget: Widget) -> str:
    return widget.render_line(0).text.rstrip()


async def test_the_current_view_stands_in_brackets_and_on_the_screen() -> None:
    tabs = [Tab("1", "Mine", 12), Tab("2", "Team [/x]", 48), Tab("3", "Breaching", 3, "!!"), Tab("0", "All")]
    async with Bars().run_test(size=(44, 10)) as pilot:
        bar = pilot.app.query_one(ViewTabs)
        bar.show(tabs, "1")
        await pilot.pause()
        first = text_of(bar)
        bar.show(tabs, "3")
        await pilot.pause()

        assert first.startswith("[1 Mine 12]  2 Team [/x] 48  3 Breaching 3 …")
        assert "[3 Breaching 3 !!]" in text_of(bar)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, "[1 Mine 12]  2 Team 48  3 Breaching 3 !!  5 Held 17  0 All 195"),
        (58, "[1 Mine 12] 2 Team 48 3 Breaching 3 !! 5 Held 17 0 All 195"),
        (54, "[1 Mine 12] 2 Team 48 3 Breaching 3 !! 5 Held 17 0 All"),
        (50, "[1 Mine 12] 2 Team 48 3 Breaching 3 !! 5 Held 0 All"),
        (40, "[1 Mine 12]  2 Team 48  3 Breaching 3 !! …"),
    ],
)
async def test_views_are_named_whole_before_those_at_ease_are_counted(width: int, line: str) -> None:
    tabs = [
        Tab("1", "Mine", 12), Tab("2", "Team", 48), Tab("3", "Breaching", 3, "!!"), Tab("5", "Held", 17),
        Tab("0", "All", 195),
    ]  # fmt: skip
    chosen: list[str] = []

    class Views(Bars):
        def on_view_tabs_chosen(self, message: ViewTabs.Chosen) -> None:
            chosen.append(message.digit)

    async with Views().run_test(size=(width + 2, 10)) as pilot:
        bar = pilot.app.query_one(ViewTabs)
        bar.show(tabs, "1")
        await pilot.pause()

        assert text_of(bar) == line
        if "0 All" in line:
            await pilot.click(ViewTabs, offset=(line.index("0 All"), 0))
            assert chosen == ["0"]


async def test_help_is_always_the_last_hint() -> None:
    async with Bars().run_test(size=(30, 10)) as pilot:
        bar = pilot.app.query_one(HintBar)
        bar.show(HINTS)
        await pilot.pause()

        assert text_of(bar) == "Enter open  t take      ? keys"


@pytest.mark.parametrize(("width", "keys"), [(100, "Enter t a m"), (25, "Enter t"), (5, "")])
def test_hints_go_by_rank(width: int, keys: str) -> None:
    assert " ".join(hint.key for hint in fitting(HINTS, width)) == keys


async def test_what_happened_is_never_cut() -> None:
    async with Bars().run_test(size=(40, 10)) as pilot:
        line = pilot.app.query_one(StatusLine)
        line.about("2 marked: keys act on both of them, whatever")
        line.say("INC-7 was [resolved]", undoable=True)
        await pilot.pause()

        assert text_of(line) == "2 marked: …INC-7 was [resolved]   u undo"


@pytest.mark.parametrize("name", [theme.name for theme in THEMES] + ["ansi-dark", "ansi-light", "nord"])
async def test_every_theme_paints_every_meaning(name: str) -> None:
    async with Bars().run_test() as pilot:
        pilot.app.theme = name
        table = pilot.app.query_one(TicketTable)
        table.show([Ticket(1), Ticket(2)], 2)
        table.focus()
        await pilot.pause()

        assert table.render_line(1).text.count("x") == len(MEANINGS)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_stands_out_at_least_four_and_a_half_to_one(theme: object) -> None:
    colours = next(one for one in THEMES if one is theme)
    grounds = [colours.background, colours.surface, colours.panel]
    words = {"foreground": colours.foreground, "primary": colours.primary} | colours.variables
    pairs = [
        (name, word, ground)
        for name, word in words.items()
        if "cursor" not in name
        for ground in grounds
        if ground
    ]
    pairs.append(("cursor", words["cursor-foreground"], words["cursor-background"] or ""))

    weak = {(name, ground): contrast(word or "", ground) for name, word, ground in pairs}

    assert not {pair: ratio for pair, ratio in weak.items() if ratio < 4.5}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    linear: Callable[[float], float] = lambda c: c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: E731
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, ColourMode.NONE),
        ({"NO_COLOR": "", "TERM": "xterm-256color"}, ColourMode.MANY),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, ColourMode.MANY),
        ({"TERM": "screen"}, ColourMode.SIXTEEN),
        ({}, ColourMode.SIXTEEN),
    ],
)
def test_colours_are_as_many_as_the_terminal_says(environ: dict[str, str], mode: ColourMode) -> None:
    assert colour_mode(environ) is mode


def test_a_terminal_of_sixteen_colours_keeps_its_own() -> None:
    assert theme_name("desk-light", ColourMode.SIXTEEN) == "ansi-light"
    assert theme_name("desk-contrast", ColourMode.NONE) == "ansi-dark"
    assert theme_name("desk-contrast", ColourMode.MANY) == "desk-contrast"


@pytest.mark.parametrize(
    ("zone", "named"), [("UTC", "UTC"), ("Europe/Paris", "CEST"), ("America/Sao_Paulo", "UTC-03")]
)
def test_the_reader_is_told_in_which_zone_times_are(
    monkeypatch: pytest.MonkeyPatch, zone: str, named: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()

    assert times.zone(TUESDAY) == named


async def test_a_rehearsal_says_what_day_it_is_there_and_in_which_zone_it_is_read(desk: Desk) -> None:
    desk.transact(SYSTEM, lambda tx: put_fact(tx, Fact.REHEARSAL, TUESDAY.isoformat()))
    async with console(desk) as pilot:
        assert "REHEARSAL 2026-06-02 UTC" in shown(pilot).splitlines()[0]
