"""Bugs: written to a file only their owner reads, without the values of variables."""

from __future__ import annotations

import os
import secrets
import traceback
from pathlib import Path


def report(error: BaseException, directory: Path | None = None) -> str:
    """Write down where an error came from, and return the name that people can quote.

    Args:
        error: what happened.
        directory: where reports go; the user's state directory where none is given.
    """
    if directory is None:
        from platformdirs import user_state_path

        directory = user_state_path("deskterm") / "crashes"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(4)
    descriptor = os.open(directory / f"{name}.txt", os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(traceback.format_exception(error))
    return name
