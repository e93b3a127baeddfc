"""What a terminal can do besides painting: title, bell, clipboard."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from deskterm.text import plain

CLIPBOARD_BYTES = 74_994
"""The longest clipboard text, encoded, that terminals are known to take."""

SCREEN_BYTES = 256
"""What GNU screen passes through in one piece."""

ESCAPE = "\x1b"
END = "\x1b\\"


class Terminal:
    """Sends sequences past the widgets, through the driver; nothing may depend on their arrival.

    Args:
        write: sends a string to the terminal.
        environ: says whether a multiplexer stands between.
    """

    def __init__(self, write: Callable[[str], None], environ: Mapping[str, str]) -> None:
        self._write = write
        self._environ = environ

    def title(self, text: str) -> None:
        """Set the title of the window."""
        self._write(f"{ESCAPE}]2;{plain(text, one_line=True)}{END}")

    def bell(self) -> None:
        """Ring: the only signal that always arrives."""
        self._write("\a")

    def takes(self, text: str) -> bool:
        """Return whether a text is short enough for the clipboard of a terminal."""
        return len(_encoded(text)) <= CLIPBOARD_BYTES

    def copy(self, text: str) -> None:
        """Ask the terminal to put `text` on the clipboard (OSC 52), unless it does not take so much.

        Show the text as well: whether it arrived is never known.
        """
        if self.takes(text):
            self._write(passed_through(f"{ESCAPE}]52;c;{_encoded(text)}{END}", self._environ))


def _encoded(text: str) -> str:
    return base64.b64encode(plain(text).encode()).decode()


def passed_through(sequence: str, environ: Mapping[str, str]) -> str:
    """Return `sequence` wrapped so that the multiplexer we are in hands it on.

    tmux gets it plain too: either way may be switched off, and copying twice is copying once.
    """
    if environ.get("TMUX"):
        return sequence + f"{ESCAPE}Ptmux;{sequence.replace(ESCAPE, ESCAPE * 2)}{END}"
    if environ.get("STY"):
        body = sequence.removesuffix(END) + "\a"
        pieces = (body[start : start + SCREEN_BYTES] for start in range(0, len(body), SCREEN_BYTES))
        return "".join(f"{ESCAPE}P{piece}{END}" for piece in pieces)
    return sequence
