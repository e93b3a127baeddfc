"""How a desk begins and is kept: `init` and `migrate`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from deskterm.cli import output
from deskterm.cli.arguments import file_text
from deskterm.cli.opening import login, settings_of
from deskterm.cli.standard import say_strangers
from deskterm.domain.people import Role
from deskterm.i18n import _
from deskterm.services import founding
from deskterm.services.drafts import AgentDraft, checked
from deskterm.standard.load import shipped
from deskterm.storage import db

if TYPE_CHECKING:
    from argparse import Namespace

SHIPPED = ("default", "servicenow")
"""Standards that may be named instead of a file."""


def init(asked: Namespace) -> None:
    """Make a desk; whoever the operating system says runs this is its first admin, and leads every team."""
    settings = settings_of(asked)
    me = login()
    admin = checked(
        AgentDraft,
        {"login": me, "name": asked.name or me, "email": asked.email, "roles": {Role.ADMIN, Role.AGENT}},
    )
    named = asked.standard
    standard = shipped(named, led_by=me) if named in SHIPPED else file_text(named)
    with closing(founding.found(settings.url, admin, standard=standard)) as desk:
        output.say(
            _("A desk was made in {place}; {login} is its admin.").format(
                place=db.place(settings.url), login=me
            )
        )
        say_strangers(desk)


def migrate(asked: Namespace) -> None:
    """Bring the database to this program's schema."""
    db.migrate(settings_of(asked).url)
    output.say(_("The database has schema {revision}.").format(revision=db.HEAD))
