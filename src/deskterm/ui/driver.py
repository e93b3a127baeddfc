"""The terminal driver: it lets go of a terminal that is gone, waits for none, and tidies up."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import time
import tty
from asyncio import AbstractEventLoop, TimerHandle
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._xterm_parser import XTermParser
from textual.app import ScreenStackError
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.geometry import Size
from textual.message import Message

if TYPE_CHECKING:
    from textual.app import App

QUEUED_BYTES = 256 * 1024
"""What may wait for a slow terminal; frames beyond it are dropped, and one full one is painted later."""

CLOSE_SECONDS = 1.0
"""How long the last output may take before the terminal is given up."""

READ_BYTES = 4096

IN_SCREEN = "STY"
"""GNU screen's variable: while a program there listens to the mouse, screen keeps Esc until the next key."""

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


class Output:
    """Writes to the terminal as much as it takes, so that nobody waits for one that stopped reading.

    Args:
        fileno: the terminal.
        loop: the running event loop.
        caught_up: called when all is written after something had to be dropped.
    """

    def __init__(self, fileno: int, loop: AbstractEventLoop, caught_up: Callable[[], None]) -> None:
        self._fileno, self._is_own = _opened_anew(fileno)
        os.set_blocking(self._fileno, False)
        self._loop = loop
        self._caught_up = caught_up
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._dropped = False

    def put(self, data: bytes, *, keep: bool = False) -> None:
        """Send `data`, whole or not at all: a frame beyond `QUEUED_BYTES` is dropped unless it must be kept.

        Nothing is dropped while nothing waits, or a frame larger than the limit would never be seen.
        """
        if self._waiting and self._size + len(data) > QUEUED_BYTES and not keep:
            self._dropped = True
            return
        self._waiting.append(data)
        self._size += len(data)
        if len(self._waiting) == 1 and not self._write():
            self._loop.add_writer(self._fileno, self._go_on)

    def close(self) -> None:
        """Write what is left, for at most `CLOSE_SECONDS`."""
        self._loop.remove_writer(self._fileno)
        end = time.monotonic() + CLOSE_SECONDS
        while not self._write() and (left := end - time.monotonic()) > 0:
            select.select([], [self._fileno], [], left)
        if self._is_own:
            os.close(self._fileno)
        else:
            os.set_blocking(self._fileno, True)

    def _go_on(self) -> None:
        if self._write():
            self._loop.remove_writer(self._fileno)
            if self._dropped:
                self._dropped = False
                self._caught_up()

    def _write(self) -> bool:
        """Write what waits, and return whether nothing does any more.

        A terminal that is gone swallows everything; the input notices it.
        """
        while self._waiting:
            data = self._waiting.popleft()
            try:
                written = os.write(self._fileno, data)
            except BlockingIOError:
                written = 0
            except OSError:
                written = len(data)
            self._size -= written
            if written < len(data):
                self._waiting.appendleft(data[written:])
                return False
        return True


def _opened_anew(fileno: int) -> tuple[int, bool]:
    """Return a descriptor that can be made not to block, and whether it is one of our own.

    What belongs to the shell as well would not block there either.
    """
    with contextlib.suppress(OSError):
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY), True
    return fileno, False


class SafeLinuxDriver(LinuxDriver):
    """Textual's driver with the ends of a session done right.

    End of input and a terminal that hung up become SIGHUP, which `Hangup` turns into an orderly exit, instead
    of a spinning thread. Output never blocks the event loop. There are no threads: the loop reads and writes,
    however often the process is stopped and continued. Bytes are UTF-8 whatever the locale says.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse and IN_SCREEN not in os.environ, size=size)
        assert self._file is not None, "a console needs a terminal to paint on"
        self._out = self._file.fileno()
        self._output: Output | None = None
        self._frame: list[str] | None = None
        self._parser: XTermParser | None = None
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._timeout: TimerHandle | None = None

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
        self._output = Output(self._out, self._loop, self._repaint)
        self._send(TITLE_KEPT, keep=True)
        self._take_terminal()
        signal.signal(signal.SIGWINCH, self._resized)
        self._tell_size()
        self._parser = XTermParser(self._debug)
        try:
            self._loop.add_reader(self.fileno, self._read)
        except OSError:
            _hang_up()
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

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(super()._sigcont_application)

    def _resized(self, number: int, frame: FrameType | None) -> None:
        if not self._in_band_window_resize:
            self._loop.call_soon_threadsafe(self._tell_size)

    def send_message(self, message: Message) -> None:
        """Hand a message to the app; everything here runs on its loop."""
        self._app.post_message(message)

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    def _repaint(self) -> None:
        with contextlib.suppress(ScreenStackError):
            self._app.refresh()

    def disable_input(self) -> None:
        """Stop reading, and forget what was typed."""
        if self._parser is None:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        self._loop.remove_reader(self.fileno)
        self._parser = None
        with contextlib.suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        self._frame = None
        self._send(RESTORED, keep=True)
        _restore_attributes(self)

    def close(self) -> None:
        """Write what is left and end the output."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def _read(self) -> None:
        """Hand on the keys that were pressed."""
        if self._parser is None:
            return
        try:
            data = os.read(self.fileno, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.disable_input()
            _hang_up()
            return
        self._process(self._parser.feed(self._decode(data)))

    def _process(self, messages: Iterable[Message]) -> None:
        """Hand on messages; come back if the parser waits for the rest of a sequence."""
        for message in messages:
            self.process_message(message)
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
        if self._parser is not None and self._parser._timeout_time is not None:
            self._timeout = self._loop.call_later(constants.ESCAPE_DELAY, self._give_up_waiting)

    def _give_up_waiting(self) -> None:
        """Take an escape for the key, since nothing followed it."""
        self._timeout = None
        if self._parser is not None:
            self._process(self._parser.tick())


def restore_at_once(driver: LinuxDriver) -> None:
    """Give the terminal back from any thread, without waiting: the process is about to die."""
    assert driver._file is not None, "a driver that paints has where to"
    painted = driver._file.fileno()
    with contextlib.suppress(OSError):
        os.set_blocking(painted, False)
        os.write(painted, RESTORED.encode())
    _restore_attributes(driver)
    with contextlib.suppress(OSError):
        os.set_blocking(painted, True)


def _restore_attributes(driver: LinuxDriver) -> None:
    if driver.attrs_before is not None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(driver.fileno, termios.TCSANOW, driver.attrs_before)


def _hang_up() -> None:
    """Let the process end as if its terminal had been closed."""
    os.kill(os.getpid(), signal.SIGHUP)
