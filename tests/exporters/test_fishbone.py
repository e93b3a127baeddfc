"""The fishbone as a drawing: well-formed, whole, and no text wider than its room."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskterm.domain.rca import SIGNS, Branch, Cause, Verdict
from deskterm.exporters.fishbone import AIR, BONE, CELL, MARGIN, SLANT, fishbone_svg
from deskterm.exporters.wrapping import wrap
from tests.rules.test_rca import TREE


def test_the_drawing_is_well_formed_whatever_people_wrote() -> None:
    causes = [*TREE, Cause(7, None, 3, "</text><script>alert('&')</script>", branch=Branch.PEOPLE)]

    drawing = ElementTree.fromstring(fishbone_svg("VPN <flaps> & more", causes))

    texts = [element.text or "" for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert any("<script>" in text for text in texts)
    assert not list(drawing.iter("{http://www.w3.org/2000/svg}script"))


def drawn(problem: str, causes: list[Cause]) -> list[tuple[float, str]]:
    """Return the texts of a drawing with where each begins, in pixels."""
    found = ElementTree.fromstring(fishbone_svg(problem, causes)).iter("{http://www.w3.org/2000/svg}text")
    return [(float(element.get("x", 0)), element.text or "") for element in found]


def pieces(texts: list[tuple[float, str]]) -> str:
    return "".join(text for _x, text in texts).replace(" ", "")


@pytest.mark.parametrize(
    "statement",
    [
        "Nobody tests firmware before it is rolled out to all sites at once on a Friday afternoon",
        "会议室无线网络经常断开因为接入点固件在高负载下会重新启动而没有人注意到这一点",
        "W" * 200,
    ],
)
def test_long_texts_are_wrapped_whole_and_keep_clear_of_the_next_bone(statement: str) -> None:
    causes = [Cause(1, None, 0, statement, branch=branch) for branch in [Branch.PEOPLE]]
    causes += [Cause(key, key - 1, 0, statement) for key in range(2, 12)]

    texts = drawn(statement, causes)

    room = MARGIN + BONE - AIR - SLANT
    left = [(x, text) for x, text in texts if x < room and text not in SIGNS.values()]
    beside = [(x, text) for x, text in left if "\N{NO-BREAK SPACE}" not in text and text != "people"]
    assert pieces(beside).count(statement.replace(" ", "")) == len(causes)
    assert all(x + cell_len(text) * CELL <= room for x, text in beside)
    assert statement.replace(" ", "") in pieces([(x, text) for x, text in texts if x > room])


def test_a_verdict_shows_without_its_colour() -> None:
    svg = fishbone_svg("VPN", [*TREE, Cause(9, None, 9, "Heat", verdict=Verdict.REFUTED, branch=Branch.DATA)])

    texts = [text for _x, text in drawn("VPN", TREE)]
    assert {"+", "?"} <= set(texts)
    assert "Firmware 9.1.4 has a bug *" in texts
    assert 'text-decoration="line-through">Heat<' in svg


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.integers(2, 50))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
