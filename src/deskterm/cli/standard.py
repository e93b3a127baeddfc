"""`standard`: the management standard checked, applied, shown, and printed as a document."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from deskterm.cli import output
from deskterm.cli.arguments import BadArgument, file_text
from deskterm.cli.opening import opened
from deskterm.cli.program import DONE, SOME_FAILED
from deskterm.i18n import N_, _, catalogue, languages, ngettext
from deskterm.services import standards
from deskterm.standard import check as checks
from deskterm.standard.document import document as document_of
from deskterm.storage.tables import StandardVersion

if TYPE_CHECKING:
    from argparse import Namespace

    from deskterm.desk import Desk


def check(asked: Namespace) -> int:
    """Print every error of a file with its line."""
    problems = checks.check(file_text(asked.file))
    for problem in problems:
        output.say(str(problem))
    count = len(problems)
    if problems:
        output.say(ngettext("{count} error", "{count} errors", count).format(count=count))
        return SOME_FAILED
    output.say(_("No errors."))
    return DONE


def apply(asked: Namespace) -> None:
    """Make a file the desk's next version."""
    text = file_text(asked.file)
    with opened(asked) as here:
        version = standards.apply(here.desk, text, by=here.by)
        output.say(_("Version {version} of the standard is in force.").format(version=version))
        say_strangers(here.desk)


def say_strangers(desk: Desk) -> None:
    """Name who cannot be told though the standard in force names them."""
    for login in standards.strangers(desk):
        output.say(_("Warning: {sentence}").format(sentence=stranger(login)))


def stranger(login: str) -> str:
    """Say that a lead or manager cannot be told, and what becomes of their alerts."""
    return _(
        "{login} leads or manages a team, but no active agent has this login; the next person up is told"
    ).format(login=login)


def show(asked: Namespace) -> None:
    """Print the version in force, as its file."""
    output.say(_in_force(asked))


def document(asked: Namespace) -> None:
    """Print a file, or the version in force, as a document for people.

    Raises:
        BadArgument: there are no words in the language that is asked for.
    """
    if asked.lang:
        known = languages()
        if asked.lang not in known:
            raise BadArgument(
                N_("There are no words in {lang}; there are: {known}."), lang=asked.lang, known=tuple(known)
            )
        os.environ["DESKTERM_LANG"] = asked.lang
        catalogue.cache_clear()
    output.say(document_of(file_text(asked.file) if asked.file else _in_force(asked)))


def _in_force(asked: Namespace) -> str:
    newest = select(col(StandardVersion.text)).order_by(col(StandardVersion.id).desc()).limit(1)
    with opened(asked) as here, here.desk.look(here.by) as look:
        return look.connection.execute(newest).scalar_one()
