"""`config check`: whether settings and keys can be used as they are written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.opening import file_of, settings_of
from deskterm.cli.own_keys import file_of as keys_of
from deskterm.cli.own_keys import own_keys
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.i18n import _

if TYPE_CHECKING:
    from argparse import Namespace


def check(asked: Namespace) -> int:
    """Say which files are read, and name what is wrong in them with file and line.

    Raises:
        BadSettings: the settings can't be used.
    """
    settings = settings_of(asked)
    own = own_keys(settings)
    for file in (file_of(asked), keys_of(settings)):
        output.say(f"{file}  {_('read') if file.exists() else _('not there: the defaults')}")
    for problem in own.problems:
        print(problem, file=sys.stderr)
    return SOME_FAILED if own.problems else DONE
