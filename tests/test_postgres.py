"""The server that the tests start: with each installation it may find, and as each kind of user."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("find", [postgres.system_binaries, postgres.wheel_binaries])
def test_either_installation_brings_up_a_server(find: Callable[[], list[Path]]) -> None:
    binaries = next(iter(find()), None)
    if binaries is None and find is postgres.system_binaries:
        pytest.skip("this machine has no PostgreSQL of its own; the wheel's is tested")

    with (
        postgres.server(binaries) as socket,
        psycopg.connect(host=str(socket), user="postgres", dbname="postgres") as connection,
    ):
        answer = connection.execute("SELECT 1").fetchone()

    assert answer == (1,)
    assert not socket.exists()


def test_binaries_that_others_cannot_read_are_copied_with_their_libraries(tmp_path: Path) -> None:
    package = tmp_path / "private" / "site-packages" / "server"
    for file in ("server/install18/bin/initdb", "server/install18/lib/a.so", "server.libs/b.so"):
        (package.parent / file).parent.mkdir(parents=True, exist_ok=True)
        (package.parent / file).touch()
    (tmp_path / "private").chmod(0o700)

    copied = postgres.within_reach(package / "install18" / "bin", tmp_path / "copy")

    assert copied == tmp_path / "copy" / "server" / "install18" / "bin"
    assert (copied / "initdb").exists()
    assert (copied.parent / "lib" / "a.so").exists()
    assert (tmp_path / "copy" / "server.libs" / "b.so").exists()


def test_a_server_ends_with_the_tests_however_they_end() -> None:
    script = (
        "from tests import postgres\n"
        "with postgres.server() as socket:\n"
        "    print(socket, flush=True)\n"
        "    input()\n"
    )
    tests = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert tests.stdout is not None
    socket = Path(tests.stdout.readline().strip())
    server = int((socket / "data" / "postmaster.pid").read_text().splitlines()[0])

    tests.kill()
    tests.communicate()

    deadline = time.monotonic() + 10
    while running(server) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not running(server)


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SETTINGS", ("no_such_setting=1",))

    with pytest.raises(postgres.NoServerError, match="no_such_setting"), postgres.server():
        pass


def test_without_binaries_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "candidates", list)

    with (
        pytest.raises(postgres.NoServerError, match=r"found neither .*initdb nor the wheel"),
        postgres.server(),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run without root")
def test_a_person_without_root_starts_a_server_too() -> None:
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        binaries = postgres.within_reach(postgres.candidates()[0], Path(folder))
        script = (
            f"{Path(postgres.__file__).read_text()}\n"
            f"with server(Path({str(binaries)!r})) as socket:\n"
            "    print(os.geteuid(), (socket / '.s.PGSQL.5432').exists())\n"
        )

        done = subprocess.run(
            [str(_interpreter_for_all()), "-I", "-c", script],
            **postgres.demoted(),
            cwd="/tmp",
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.stdout.split() == [str(postgres.demoted()["user"]), "True"], done.stderr


def _interpreter_for_all() -> Path:
    """Return a Python that every user may run; root's own often lies in root's home."""
    for python in (Path(sys.executable).resolve(), Path("/usr/bin/python3")):
        if python.exists() and postgres.readable_by_all(python.parent):
            return python
    pytest.skip("no Python that other users may run")
