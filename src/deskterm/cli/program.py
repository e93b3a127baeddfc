"""From arguments to an exit code: what is asked is imported, run, and refused in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from deskterm.cli import logs
from deskterm.cli.arguments import BadArgument
from deskterm.cli.tree import parser
from deskterm.domain.errors import BadFile, BadQuery, BadSettings, DeskError, NotFound, Unreachable
from deskterm.i18n import N_, _
from deskterm.text import plain

if TYPE_CHECKING:
    from argparse import Namespace

DONE = 0
SOME_FAILED = 1
USAGE = 2
NOT_FOUND = 3
REFUSED = 4
UNREACHABLE = 5
BUG = 70
INTERRUPTED = 130

CONSOLE = "console:run"
"""What the tree runs without a verb, and for `open`."""
CODES: tuple[tuple[type[DeskError], int], ...] = (
    (NotFound, NOT_FOUND),
    (Unreachable, UNREACHABLE),
    (BadQuery, USAGE),
    (BadSettings, USAGE),
    (BadArgument, USAGE),
    (DeskError, REFUSED),
)
"""The exit code of each kind of refusal; the first that fits."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks and return the exit code; a bug is written down, and said in one line."""
    logs.set_up()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        asked = parser(words[0] if words else None).parse_args(words)
    except SystemExit as ended:
        return int(ended.code or DONE)
    try:
        code = run(asked)
        sys.stdout.flush()
    except DeskError as error:
        complain(error)
        return code_of(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        from deskterm.ui import crash

        name = crash.report(error)
        text = _("deskterm: something failed; it is written down as {name}.").format(name=name)
        print(text, file=sys.stderr)
        return BUG
    return code


def run(asked: Namespace) -> int:
    """Run the function that the tree names, `acts:take`, importing its module only now.

    Raises:
        BadArgument: a rehearsal's clock is to be set, which only the console does, by a verb.
    """
    if asked.run != CONSOLE and (asked.start_at is not None or asked.speed is not None):
        raise BadArgument(N_("--at and --speed open the console of a rehearsal; they go with no verb."))
    module, _colon, function = asked.run.partition(":")
    code: int | None = getattr(import_module(f"deskterm.cli.{module}"), function)(asked)
    return DONE if code is None else code


def code_of(error: DeskError) -> int:
    """Return the exit code of a refusal."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def complain(error: DeskError, about: str = "") -> None:
    """Say on the error stream, in one line, what was refused; a file's errors follow a line each."""
    prefix = f"{about}: " if about else "deskterm: "
    print(plain(f"{prefix}{error}", one_line=True), file=sys.stderr)
    if isinstance(error, BadFile):
        for problem in error.problems:
            print(plain(problem, one_line=True), file=sys.stderr)
