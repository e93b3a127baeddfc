"""How cells are painted, and the shortest way from one look to the next."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style

ESC = "\x1b"
CODE = re.compile(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+")
"""One attribute or colour among SGR codes."""
SHOWN_ON_BLANKS = frozenset({"4", "5", "6", "7", "9", "21", "53"})
"""Attributes that are seen where nothing is written: underline, blink, reverse, strike, overline."""
OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
"""What turns an attribute on → what turns it off."""


class Pen(NamedTuple):
    """How a cell is painted; two that look alike are the same object."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""
    link: str = ""
    """The sequence that begins a terminal link; empty for none."""
    shows_on_blanks: bool = False
    """Whether more than the background is seen of a blank."""


PLAIN = Pen()


@lru_cache(maxsize=4096)
def pen_of(style: Style | None, colours: ColorSystem | None) -> Pen:
    """Return the pen for a style on a terminal with so many colours, None for no codes at all."""
    if style is None:
        return PLAIN
    link = f"{ESC}]8;id={style.link_id};{style.link}{ESC}\\" if style.link else ""
    painted = style.update_link(None).render(" ", color_system=colours)
    return _pen(painted[2 : painted.index("m")] if painted != " " else "", link)


@lru_cache(maxsize=4096)
def _pen(codes: str, link: str) -> Pen:
    """Return the pen for SGR codes."""
    attributes: set[str] = set()
    foreground = background = ""
    for code in CODE.findall(codes):
        if code[0] in "39" and len(code) > 1:
            foreground = code if code != "39" else ""
        elif code.startswith(("4", "10")) and len(code) > 1:
            background = code if code != "49" else ""
        else:
            attributes.add(code)
    shown = bool(link) or not attributes.isdisjoint(SHOWN_ON_BLANKS)
    pen = Pen(frozenset(attributes), foreground, background, link, shown)
    return PLAIN if pen == PLAIN else pen


@lru_cache(maxsize=4096)
def blank_of(pen: Pen) -> Pen:
    """Return the pen that blanks of a pen look as if painted with: only the background is seen."""
    return pen if pen.shows_on_blanks else _pen(pen.background, "")


@lru_cache(maxsize=4096)
def turn(before: Pen, after: Pen) -> str:
    """Return the sequence that takes another pen."""
    codes = _codes(before, after)
    turned = f"{ESC}[{codes}m" if codes is not None else ""
    if before.link != after.link:
        return (f"{ESC}]8;;{ESC}\\" if before.link else "") + turned + after.link
    return turned


def _codes(before: Pen, after: Pen) -> str | None:
    """Return the fewest SGR codes from one look to another; None where both look alike."""
    if before[:3] == after[:3]:
        return None
    anew = (
        ";".join(["0", *sorted(after.attributes), *filter(None, after[1:3])])
        if after[:3] != PLAIN[:3]
        else ""
    )
    gone = before.attributes - after.attributes
    if not gone <= OFF.keys():
        return anew
    off = {OFF[code] for code in gone}
    on = {code for code in after.attributes if code not in before.attributes or OFF.get(code) in off}
    codes = [*sorted(off), *sorted(on)]
    if before.foreground != after.foreground:
        codes.append(after.foreground or "39")
    if before.background != after.background:
        codes.append(after.background or "49")
    return min(anew, ";".join(codes), key=len)
