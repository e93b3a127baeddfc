"""`passphrase`: what the settings keep of the passphrase that unlocks a console."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.domain import passphrase as rules
from deskterm.domain.errors import BadInput
from deskterm.i18n import N_, _

if TYPE_CHECKING:
    from argparse import Namespace


def passphrase(_asked: Namespace) -> None:
    """Ask for a passphrase twice and print the setting that keeps it."""
    typed = getpass.getpass(_("Passphrase: "))
    if not typed or typed != getpass.getpass(_("Once more: ")):
        raise BadInput(N_("Nothing was typed, or not the same twice."))
    output.say(f'unlock = "{rules.kept(typed, os.urandom(rules.SALT_BYTES))}"')
