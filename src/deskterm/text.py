"""The gate that every string from outside passes before a person or another program sees it."""

from __future__ import annotations

import re

KEPT = "\n\t"
"""The controls that mean something in plain text."""

REPLACEMENT = "\ufffd"

SHOWN = {chr(code): chr(0x2400 + code) for code in range(0x20) if chr(code) not in KEPT} | {"\x7f": "\u2421"}
"""C0 and DEL as control pictures: ESC becomes ␛, so that an attempt is seen."""

REPLACED = "\x80-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""C1, what reorders text (Trojan Source), lone surrogates: each becomes one �."""

DROPPED = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What takes no room on a screen but is there: zero-width, fillers, marks, tags, variation selectors."""

EMOJI = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
"""What a joiner may join, and what a selector may ask to be shown in colour."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_REPLACED = re.compile(f"[{REPLACED}]")
_DROPPED = re.compile(f"[{DROPPED}]+")
_LONE_SELECTOR = re.compile(f"(?<![{EMOJI}0-9#*])\ufe0f")
_LONE_JOINER = re.compile(f"(?<![{EMOJI}\ufe0f])\u200d|\u200d(?![{EMOJI}])")
_FOLDED = re.compile("[\n\t]+")


def plain(text: str, *, one_line: bool = False) -> str:
    """Return `text` as something that can only be read.

    Controls are shown (`␛`, `␀`, `�`), invisible characters dropped; line feeds and tabs stay, and so
    does the joiner inside an emoji. With `one_line`, each run of line feeds and tabs becomes one space.
    Running it twice changes nothing.
    """
    if not text.isascii():
        text = _visible(text)
    elif text.isprintable():
        return text
    text = _shown(text)
    return _FOLDED.sub(" ", text) if one_line else text


def _visible(text: str) -> str:
    """Return `text` without what hides or reorders its letters."""
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = _DROPPED.sub("", _REPLACED.sub(REPLACEMENT, text))
    if "\ufe0f" in text:
        text = _LONE_SELECTOR.sub("", text)
    return _LONE_JOINER.sub("", text) if "\u200d" in text else text


def _shown(text: str) -> str:
    """Return `text` with its controls as pictures, and lines ended by line feeds alone."""
    if not _CONTROLS.search(text):
        return text
    text = text.replace("\r\n", "\n")
    for control, picture in SHOWN.items():
        text = text.replace(control, picture)
    return text
