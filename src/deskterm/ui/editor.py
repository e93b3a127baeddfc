"""`^G`: a text in the editor that somebody is used to, with what it is about above it."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _
from deskterm.text import plain

if TYPE_CHECKING:
    from deskterm.ui.app import DeskApp

SIGN = "# "
MARKER = "# ----"


def headed(text: str, about: Iterable[str]) -> str:
    """Return what the file holds: what it is about as comments, a marker, the text."""
    comments = [SIGN + line for each in about for line in plain(each).splitlines()]
    marker = f"{MARKER} {_('write below this line; what is above it is not sent')} ----"
    return "\n".join((*comments, marker, "", text, ""))


def written(file: str) -> str:
    """Return the text below the marker; where that is gone, all of it without the comments at its top."""
    lines = file.splitlines()
    place = next((at for at, line in enumerate(lines) if line.startswith(MARKER)), None)
    if place is None:
        place = next((at for at, line in enumerate(lines) if not line.startswith(SIGN)), len(lines)) - 1
    return plain("\n".join(lines[place + 1 :])).strip("\n")


def command_of(environ: Mapping[str, str]) -> list[str]:
    """Return the editor that somebody is used to.

    Raises:
        BadInput: nobody said which.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command:
        raise BadInput(N_("Set VISUAL or EDITOR to your editor."))
    return command


async def edited(console: DeskApp, text: str, about: Iterable[str], environ: Mapping[str, str]) -> str | None:
    """Let somebody edit a text while the console waits beside it; None where the editor failed.

    The file is in a folder that nobody else can look into, and gone afterwards.

    Raises:
        BadInput: there is no editor, or it can't be started.
    """
    command = command_of(environ)
    with tempfile.TemporaryDirectory(prefix="deskterm-") as folder:
        file = Path(folder) / "text.txt"
        file.touch(mode=0o600)
        file.write_text(headed(text, about), encoding="utf-8")
        try:
            with console.suspend():
                process = await asyncio.create_subprocess_exec(*command, str(file), env=dict(environ))
                code = await process.wait()
        except OSError as error:
            raise BadInput(
                N_("{editor} can't be started: {reason}"), editor=command[0], reason=error
            ) from error
        return written(file.read_text(encoding="utf-8", errors="replace")) if code == 0 else None
