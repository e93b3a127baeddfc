"""T1 and T2: nothing that was sent reaches the terminal as an order, or a widget as markup."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import LineFilter
from textual.widgets import Static

from deskterm.text import plain
from deskterm.ui.gate import PaintGate, cell, clip, txt
from deskterm.ui.terminal import CLIPBOARD_BYTES, Terminal
from tests.security.hostile import CONTROLS, HOSTILE, MARKUP
from tests.security.text_gate_lint import main, problems

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
BLACK = Color(0, 0, 0)


def test_the_corpus_is_whole() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) == 106


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_text_steers_nothing_and_hides_nothing(text: str) -> None:
    shown = plain(text)

    assert not STEERING.search(shown)
    assert not [c for c in shown if unicodedata.category(c) == "Cf" and c != "\u200d"]
    assert plain(shown) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_plain_twice_is_plain_once(text: str) -> None:
    once = plain(text, one_line=True)

    assert plain(once, one_line=True) == once
    assert not STEERING.search(once)
    assert "\n" not in once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x00b\x7f", "a␀b␡"),
        ("a\u202egpj.exe", "a�gpj.exe"),
        ("one\r\ntwo\rthree", "one\ntwo␍three"),
        ("zero\u200bwidth \ud83d", "zerowidth �"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"),
        ("a\u200db", "ab"),
        ("kept [/b]\tas\nit is", "kept [/b]\tas\nit is"),
        ("二要素認証", "二要素認証"),
    ],
)
def test_attempts_are_shown(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_one_line_is_one_line() -> None:
    assert plain("a\n\n\tb\r\nc\u2028d", one_line=True) == "a b c d"


@pytest.mark.parametrize("sample", ["plain words\n", "二要素認証 ", "a\x1b", "a\u200b"])
def test_ten_megabytes_are_a_matter_of_seconds(sample: str) -> None:
    text = sample * (10_000_000 // len(sample))
    started = time.process_time()

    plain(text)

    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", HOSTILE)
def test_what_forgot_to_be_plain_is_stopped_before_the_terminal(text: str) -> None:
    segment = Segment(text, Style())

    painted = PaintGate().apply([segment], BLACK)

    assert not STEERING.search(painted[0].text)
    assert cell_len(painted[0].text) == cell_len(text)


def test_harmless_lines_pass_the_paint_gate_untouched() -> None:
    segments = [Segment("VPN down"), Segment("二要素", Style(bold=True))]

    assert PaintGate().apply(segments, BLACK) is segments


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://desk.example", True),
        ("mailto:desk@example.org", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://a\x1b\\x", False),
    ],
)
def test_links_lead_to_the_web_or_to_mail(link: str, kept: bool) -> None:
    painted = PaintGate().apply([Segment("here", Style(link=link))], BLACK)

    assert painted[0].style is not None
    assert (painted[0].style.link == link) is kept


@given(st.text(), st.integers(0, 30))
def test_a_clipped_text_has_exactly_its_width(text: str, width: int) -> None:
    shown = plain(text, one_line=True)

    assert cell_len(clip(shown, width)) == width


@pytest.mark.parametrize("text", MARKUP)
def test_the_gates_read_no_markup(text: str) -> None:
    assert txt(text).plain == cell(text).plain == text
    assert not txt(text).spans


class Reader(App[None]):
    """Shows a text, with and without the gate that everybody should use."""

    def __init__(self) -> None:
        super().__init__()
        self.quits = 0
        self.gate = PaintGate()

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), self.gate]

    def compose(self) -> ComposeResult:
        yield Static(id="gated")
        yield Static(id="forgotten", markup=False)

    async def action_quit(self) -> None:
        self.quits += 1


async def test_the_corpus_is_painted_as_sent_and_no_click_acts() -> None:
    app = Reader()
    async with app.run_test(size=(120, 24)) as pilot:
        gated, forgotten = app.query_one("#gated", Static), app.query_one("#forgotten", Static)
        for text in HOSTILE:
            gated.update(txt(text, one_line=True))
            forgotten.update(text.encode("utf-8", "replace").decode())
            await pilot.pause()
            screen = [strip.text for strip in app.screen._compositor.render_strips(app.size)]
            assert screen[0].startswith(plain(text, one_line=True)[:100].rstrip())
            assert not STEERING.search("".join(screen))
            if "@click" in text:
                await pilot.click("#gated", offset=(1, 0))
                await pilot.click("#forgotten", offset=(1, 0))

    assert app.quits == 0


@pytest.mark.parametrize("text", CONTROLS)
def test_titles_and_the_clipboard_pass_the_gate(text: str) -> None:
    written: list[str] = []
    terminal = Terminal(written.append, {})

    terminal.title(text)

    assert written == [f"\x1b]2;{plain(text, one_line=True)}\x1b\\"]


def test_the_clipboard_goes_through_a_multiplexer_and_never_too_long() -> None:
    written: list[str] = []

    for environ in ({}, {"TMUX": "x"}, {"STY": "x"}):
        Terminal(written.append, environ).copy("INC-42")
    Terminal(written.append, {}).copy("x" * CLIPBOARD_BYTES)

    plainly = "\x1b]52;c;SU5DLTQy\x1b\\"
    assert written == [
        plainly,
        plainly + "\x1bPtmux;\x1b\x1b]52;c;SU5DLTQy\x1b\x1b\\\x1b\\",
        "\x1bP\x1b]52;c;SU5DLTQy\x07\x1b\\",
    ]


IMPORTS = "from textual.widgets import Static, OptionList\n"


@pytest.mark.parametrize(
    "source",
    [
        "Static(name)",
        "Static(f'{name}')",
        "Static(_('{n}').format(n=name))",
        "Static('a' + name)",
        "self.notify(str(error))",
        "self.query_one(Static).update(row.summary)",
        "table.add_row(*cells)",
        "self.border_title = ticket.summary",
        "self.tooltip = f'{x}'",
        "OptionList(*[name for name in names])",
    ],
)
def test_the_lint_finds_text_past_the_gates(source: str) -> None:
    assert len(list(problems(IMPORTS + source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "Static('Nothing here')",
        "Static(_('Nothing here'), id=name)",
        "Static(txt(name))",
        "Static(name, markup=False)",
        "self.notify(message, markup=False)",
        "table.add_row(cell(a), cell(b))",
        "self.border_title = None",
        "self.update(Content(' ').join(parts))",
        "Own(name)",
        "def facts(row) -> Content: ...\nself.update(facts(row))",
    ],
)
def test_the_lint_lets_the_gates_pass(source: str) -> None:
    assert not list(problems(IMPORTS + source))


def test_no_text_reaches_a_widget_past_the_gates(capsys: pytest.CaptureFixture[str]) -> None:
    found = main([])

    assert found == 0, capsys.readouterr().out
