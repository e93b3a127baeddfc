"""`new`: a ticket from the command line, with its caller looked up."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from deskterm.cli import mail as mails
from deskterm.cli import output
from deskterm.cli.arguments import BadArgument
from deskterm.cli.opening import Opened, opened
from deskterm.domain.ticket import Channel
from deskterm.i18n import N_
from deskterm.reads.people import find_callers
from deskterm.services.drafts import CallerDraft, NewTicket, checked
from deskterm.services.intake import open_ticket

if TYPE_CHECKING:
    from argparse import Namespace

NAMED = re.compile(r'"?(?P<name>.*?)"?\s*<(?P<address>[^<>]*)>\s*')
"""`Name <address>` as people write it: a name with brackets or a comma is no syntax error to them."""
TAKEN_OVER = (
    "kind",
    "impact",
    "urgency",
    "extent",
    "category",
    "service",
    "ci",
    "team",
    "assignee",
)
"""Options that are fields of the ticket."""


def new(asked: Namespace) -> None:
    """Open a ticket and print its number."""
    mail = mails.read(asked.from_mail) if asked.from_mail else None
    description = sys.stdin.read() if asked.description == "-" else asked.description
    caller = asked.caller or (mail.sender if mail else "")
    with opened(asked) as here:
        fields = {name: getattr(asked, name) for name in TAKEN_OVER}
        draft = checked(
            NewTicket,
            {
                "summary": asked.summary or (mail.subject if mail else ""),
                "description": description or (mail.text if mail else ""),
                "caller": caller_of(here, caller) if caller else None,
                "channel": asked.channel or (Channel.EMAIL if mail else Channel.CLI),
                "tags": tuple(asked.tags),
                **fields,
            },
        )
        number = open_ticket(here.desk, draft, by=here.by)
    if asked.json:
        output.print_json({"number": number})
    else:
        print(number)


def caller_of(here: Opened, typed: str) -> int | CallerDraft:
    """Return the person who is known by what was typed, or somebody new of this name or address.

    Raises:
        BadArgument: several people are meant.
    """
    named = NAMED.fullmatch(typed)
    name, address = named.group("name", "address") if named else ("", typed) if "@" in typed else (typed, "")
    found = find_callers(here.desk, address or typed, by=here.by)
    exact = [person for person in found if typed in (person.name, person.email) or address == person.email]
    known = exact or list(found)
    if len(known) > 1:
        raise BadArgument(
            N_("{typed} may be {people}. Give an address."),
            typed=typed,
            people=", ".join(person.email or person.name for person in known),
        )
    if known:
        return known[0].id
    return checked(CallerDraft, {"name": name or address, "email": address or None})
