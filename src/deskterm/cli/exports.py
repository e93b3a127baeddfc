"""`export csv` and `export json`: the tickets that a filter takes, as a file for other programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

from deskterm.cli import lists
from deskterm.cli.arguments import BadArgument
from deskterm.i18n import N_

if TYPE_CHECKING:
    from argparse import Namespace


def csv(asked: Namespace) -> None:
    """Write the tickets as CSV with a header, safe for spreadsheets."""
    with _written(asked.file):
        lists.ls(asked)


def json(asked: Namespace) -> None:
    """Write the tickets as a JSON array."""
    with _written(asked.file):
        lists.ls(asked)


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


@contextmanager
def _written(file: str) -> Iterator[None]:
    """Let what is printed go to a file that only its owner reads; `-` is the standard output.

    Raises:
        BadArgument: it can't be written.
    """
    if file == "-":
        yield
        return
    try:
        out = open(file, "w", encoding="utf-8", newline="", opener=_private)  # noqa: SIM115 - closed below
    except OSError as error:
        raise BadArgument(
            N_("{file} can't be written: {reason}"), file=file, reason=error.strerror
        ) from error
    with out, redirect_stdout(out):
        yield
        sys.stdout.flush()
