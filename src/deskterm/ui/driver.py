"""The terminal driver: it lets go of a terminal that is gone, waits for none, and tidies up."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import tty
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import ScreenStackError
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.geometry import Size

if TYPE_CHECKING:
    from textual.app import App

QUEUED_BYTES = 256 * 1024
"""What may wait for a slow terminal; frames beyond it are dropped, and one full one is painted later."""

CLOSE_SECONDS = 1.0
"""How long the last output may take before the terminal is given up."""

READ_BYTES = 4096

KITTY_FLAGS = KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT

ALTERNATE_SCREEN = "\x1b[?1049h"
NO_CURSOR = "\x1b[?25l"
FOCUS_EVENTS = "\x1b[?1004h"

TITLE_KEPT, TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""The window's title is remembered by the terminal, and brought back."""

RESTORED = (
    f"{TITLE_BACK}{SYNC_END}\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?2048l"
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Every mode as a shell expects it: the Kitty keys are given back before the alternate screen is left."""


class Output(Thread):
    """Writes to the terminal in the background, so that nobody waits for one that stopped reading.

    Args:
        fileno: the terminal.
        caught_up: called, on this thread, when all is written after something had to be dropped.
    """

    def __init__(self, fileno: int, caught_up: Callable[[], None]) -> None:
        super().__init__(daemon=True, name="deskterm-output")
        self._fileno = fileno
        self._caught_up = caught_up
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._dropped = False
        self._closing = False

    def put(self, data: bytes, *, keep: bool = False) -> None:
        """Send `data`, whole or not at all: a frame beyond `QUEUED_BYTES` is dropped unless it must be kept.

        Nothing is dropped while nothing waits, or a frame larger than the limit would never be seen.
        """
        with self._changed:
            if self._waiting and self._size + len(data) > QUEUED_BYTES and not keep:
                self._dropped = True
                return
            self._waiting.append(data)
            self._size += len(data)
            self._changed.notify()

    def close(self) -> None:
        """Write what is left, for at most `CLOSE_SECONDS`."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self.join(CLOSE_SECONDS)

    def run(self) -> None:
        """Write until closed. A terminal that is gone swallows everything; the input notices it."""
        while (data := self._take()) is not None:
            with contextlib.suppress(OSError):
                _write_all(self._fileno, data)
            if self._all_written_after_a_drop():
                self._caught_up()

    def _take(self) -> bytes | None:
        """Wait for something to write; None when there will be nothing any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return None
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            return data

    def _all_written_after_a_drop(self) -> bool:
        with self._changed:
            caught_up = self._dropped and not self._waiting
            self._dropped = self._dropped and not caught_up
            return caught_up


def _write_all(fileno: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fileno, rest) :]


class SafeLinuxDriver(LinuxDriver):
    """Textual's driver with the ends of a session done right.

    End of input and a terminal that hung up become SIGHUP, which `Hangup` turns into an orderly exit, instead
    of a spinning thread. Output never blocks the event loop. One input and one output thread, however often
    the process is stopped and continued. Bytes are UTF-8 whatever the locale says.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert self._file is not None, "a console needs a terminal to paint on"
        self._out = self._file.fileno()
        self._output: Output | None = None
        self._frame: list[str] | None = None
        self._wake: tuple[int, int] | None = None

    def write(self, data: str) -> None:
        """Send `data`; what comes between the marks of a synchronised update is one frame."""
        if data == SYNC_START:
            self._frame = []
        if self._frame is None:
            self._send(data)
            return
        self._frame.append(data)
        if data == SYNC_END:
            frame, self._frame = self._frame, None
            self._send("".join(frame))

    def _send(self, data: str, *, keep: bool = False) -> None:
        if self._output is not None:
            self._output.put(data.encode("utf-8", "replace"), keep=keep)

    def start_application_mode(self) -> None:
        """Take the terminal, or take it again after the process was continued."""
        if self._output is not None:
            self._take_terminal()
            self._repaint()
            return
        with contextlib.suppress(termios.error):
            self.attrs_before = termios.tcgetattr(self.fileno)
        self._output = Output(self._out, self._repaint_soon)
        self._output.start()
        self._send(TITLE_KEPT, keep=True)
        self._take_terminal()
        signal.signal(signal.SIGWINCH, self._resized)
        self._tell_size()
        self._wake = os.pipe()
        self._key_thread = Thread(target=self._run_input_thread, name="deskterm-input", daemon=True)
        self._key_thread.start()
        if self._must_signal_resume:
            self._must_signal_resume = False
            self.send_message(self.SignalResume())

    def _take_terminal(self) -> None:
        """Set raw input and the modes that Textual needs."""
        with contextlib.suppress(termios.error):
            raw = termios.tcgetattr(self.fileno)
            raw[tty.LFLAG] = self._patch_lflag(raw[tty.LFLAG])
            raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
            raw[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, raw)
        self._send(ALTERNATE_SCREEN + NO_CURSOR + FOCUS_EVENTS, keep=True)
        if not constants.DISABLE_KITTY_KEY:
            self._send(f"\x1b[>{KITTY_FLAGS}u", keep=True)
        self._request_terminal_sync_mode_support()
        self._query_in_band_window_resize()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._enable_mouse_support()

    def _resized(self, number: int, frame: FrameType | None) -> None:
        if not self._in_band_window_resize:
            self._tell_size()

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    def _repaint_soon(self) -> None:
        """Ask the event loop for a repaint, if it still runs."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._repaint)

    def _repaint(self) -> None:
        with contextlib.suppress(ScreenStackError):
            self._app.screen.refresh()

    def disable_input(self) -> None:
        """Stop reading, and forget what was typed."""
        if self._key_thread is None or self._wake is None:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        reader, writer = self._wake
        os.write(writer, b"x")
        self._key_thread.join()
        self._key_thread = None
        self._wake = None
        os.close(reader)
        os.close(writer)
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        self._frame = None
        self._send(RESTORED, keep=True)
        self._restore_attributes()

    def close(self) -> None:
        """Write what is left and end the output."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def restore_at_once(self) -> None:
        """Give the terminal back from any thread, without waiting: the process is about to die."""
        with contextlib.suppress(OSError):
            os.set_blocking(self._out, False)
            os.write(self._out, RESTORED.encode())
        self._restore_attributes()
        with contextlib.suppress(OSError):
            os.set_blocking(self._out, True)

    def _restore_attributes(self) -> None:
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def run_input_thread(self) -> None:
        """Read keys until told to stop; sleep unless the parser waits for the rest of a sequence."""
        assert self._wake is not None
        stop, _ = self._wake
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        poll.register(stop, select.POLLIN)
        while True:
            waiting = parser._timeout_time is not None
            ready = dict(poll.poll(constants.ESCAPE_DELAY * 1000 if waiting else None))
            if stop in ready:
                break
            if self.fileno in ready:
                data = _read(self.fileno)
                if not data:
                    os.kill(os.getpid(), signal.SIGHUP)
                    break
                for message in parser.feed(decode(data)):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
        with contextlib.suppress(EOFError, ParseError):
            list(parser.feed(""))


def _read(fileno: int) -> bytes:
    """Return what there is to read; nothing at the end of input and when the terminal hung up."""
    try:
        return os.read(fileno, READ_BYTES)
    except OSError:
        return b""
