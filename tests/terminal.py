"""A program on a real terminal, as sshd or a terminal window would start it; for tests and benchmarks."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.emulator import Emulator

ROOT = Path(__file__).parents[1]
OVERRULING = ("COLUMNS", "LINES")
"""Variables that stand for a size in the place of the terminal's own; test runners set them."""


def is_stopped(pid: int | None) -> bool:
    """Return whether a process stands still, waiting to be continued."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


class Terminal:
    """A process with a pty of its own, and everything that it painted so far."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        stdin: int | None = None,
        size: tuple[int, int] = (24, 80),
        environ: dict[str, str] | None = None,
    ) -> None:
        self.terminal, self.line = pty.openpty()
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.attributes = termios.tcgetattr(self.line)
        self.output = b""
        self._screen = Emulator(size[1], size[0], erases_in_colour=True)
        self._unshown: list[bytes] = []
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        inherited = {name: value for name, value in os.environ.items() if name not in OVERRULING}
        self.process = subprocess.Popen(
            command,
            stdin=self.line if stdin is None else stdin,
            stdout=self.line,
            stderr=self.line,
            cwd=ROOT,
            env={**inherited, "TERM": "xterm-256color", **(environ or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
        )

    def read(self, seconds: float = 0.05) -> bytes:
        """Take what was painted since."""
        taken = b""
        end = time.monotonic() + 2 * seconds
        while time.monotonic() < end and select.select([self.terminal], [], [], seconds)[0]:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                break
            taken += data
            self.output += data
            self._unshown.append(data)
        return taken

    def until(self, true: Callable[[], object], seconds: float = 10.0) -> None:
        """Read the screen until something is true."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.output[-2000:]
            self.read()

    def seen(self, text: str) -> Callable[[], bool]:
        """Return what tells whether a text was painted."""
        return lambda: text.encode() in self.output

    def screen(self) -> list[str]:
        """Return the lines that a person would see now."""
        self._screen.feed(self._decode(b"".join(self._unshown)))
        self._unshown.clear()
        return self._screen.text()

    def shows(self, text: str) -> Callable[[], bool]:
        """Return what tells whether a text is on the screen, however much of it was painted last."""
        return lambda: any(text in line for line in self.screen())

    def press(self, keys: str) -> None:
        """Type, as legacy bytes."""
        os.write(self.terminal, keys.encode())

    def resize(self, lines: int, columns: int) -> None:
        """Give the terminal another size, and tell the process, as a window manager's terminal does."""
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.signal(signal.SIGWINCH)

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        self.process.send_signal(number)

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process took so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_milliseconds(self) -> float:
        """Return the CPU time that its threads took so far, to the nanosecond that the scheduler counts."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6

    def threads(self) -> int:
        """Return how many threads it has."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def wakeups(self) -> int:
        """Return how often its threads slept and were woken so far."""
        total = 0
        for status in Path(f"/proc/{self.process.pid}/task").glob("*/status"):
            for line in status.read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
        return total

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self.terminal)
        self.terminal = -1

    def close(self) -> None:
        """Kill what is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.terminal, self.line):
            if descriptor >= 0:
                os.close(descriptor)
