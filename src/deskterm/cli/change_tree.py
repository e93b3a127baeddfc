"""The part of the command line that is about changes and their calendar."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from deskterm.domain.calendar import SpanKind
from deskterm.domain.change import ChangeKind, CheckKind, Outcome
from deskterm.i18n import _

Maker = Callable[..., ArgumentParser]
"""Adds a verb: the parsers, its name, what runs, a summary."""


def add(verbs: Any, make: Maker) -> None:
    """Add `change`, `approvals`, `delegate` and its like, `calendar`, `ci` and `export`."""
    change = verbs.add_parser("change", help=_("Lead changes from request to successful and stable"))
    below = change.add_subparsers(metavar=_("VERB"), required=True)
    _requests(below, make)
    _planning(below, make)
    _approving(below, make)
    _implementing(below, make)
    _ending(below, make)
    _marking(below, make)
    verb = make(verbs, "approvals", "approvals:inbox", _("List what waits for your decision"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array"))
    _delegating(verbs, make)
    _calendar(verbs, make)
    _items(verbs, make)


def _requests(verbs: Any, make: Maker) -> None:
    verb = make(verbs, "new", "changes:new", _("Open a request for change and print its number"))
    verb.add_argument("summary", metavar="SUMMARY", nargs="?", default="")
    verb.add_argument("--kind", choices=_codes(ChangeKind), default=ChangeKind.NORMAL.value)
    verb.add_argument("--template", metavar="NAME", help=_("what a standard change is made from"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object; docs/cli.md has the fields"))
    _fields(verb)
    verb = _numbered(verbs, make, "edit", _("Change what a request says"))
    verb.add_argument("--kind", choices=_codes(ChangeKind))
    verb.add_argument("--summary", metavar="TEXT")
    _fields(verb)
    _numbered(verbs, make, "submit", _("Hand a request in"))
    verb = _numbered(verbs, make, "assess", _("Assess a change and ask for its approval"))
    verb.add_argument("--necessity", metavar="TEXT", default="")
    verb.add_argument("--feasibility", metavar="TEXT", default="")
    verb.add_argument(
        "--answer", action="append", default=[], dest="answers", metavar="KEY=ANSWER",
        help=_("to a question of the standard; without any, the questions are printed"),
    )  # fmt: skip
    for name, summary in (
        ("return", _("Take a change back to draft")),
        ("cancel", _("Give a change up")),
    ):
        verb = _numbered(verbs, make, name, summary, run="back" if name == "return" else name)
        verb.add_argument("reason", metavar="REASON")
    verb = _numbered(verbs, make, "note", _("Write a line in a change's log"))
    verb.add_argument("text", metavar="TEXT", nargs="*")


def _planning(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "schedule", _("Give a change its window"))
    verb.add_argument("start", metavar="START")
    verb.add_argument("end", metavar="END")
    verb = _numbered(verbs, make, "shift", _("Move a change by quarters of an hour"), run="shift")
    verb.add_argument("quarters", type=int, metavar="N", help=_("4 is an hour later, -4 one earlier"))
    verb = _numbered(verbs, make, "slot", _("Find the next room for a change"), run="calendars:slot")
    verb.add_argument("--since", metavar="INSTANT")
    verb = _numbered(verbs, make, "after", _("Let a change wait for another"))
    verb.add_argument("other", metavar="OTHER")
    verb.add_argument("--gone", action="store_true", help=_("it waits no longer"))
    verb = _numbered(verbs, make, "steps", _("Write a run sheet"))
    verb.add_argument(
        "--step", action="append", default=[], dest="steps", metavar="MINUTES:LOGIN:TEXT",
        help=_("a step, in order; LOGIN may be empty"),
    )  # fmt: skip
    verb.add_argument("--back", action="append", default=[], dest="backs", metavar="MINUTES:LOGIN:TEXT")
    _numbered(verbs, make, "undo", _("Take back your last window or edit of a change"))
    _numbered(verbs, make, "confirm", _("Give your word that the window suits"))


def _approving(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "approve", _("Vote for a change"))
    verb.add_argument("comment", metavar="COMMENT", nargs="?", default="")
    verb.add_argument("--for", dest="instead_of", metavar="LOGIN", help=_("in whose place"))
    verb = _numbered(verbs, make, "refuse", _("Vote against a change"))
    verb.add_argument("comment", metavar="COMMENT")
    verb.add_argument("--for", dest="instead_of", metavar="LOGIN", help=_("in whose place"))
    verb = _numbered(verbs, make, "propose", _("Propose a closed change as a template"))
    verb.add_argument("name", metavar="NAME")
    verb = make(verbs, "template", "approvals:template", _("Decide on a proposed template"))
    verb.add_argument("key", metavar="NAME")
    verb.add_argument("verdict", choices=("approve", "refuse"))
    verb.add_argument("comment", metavar="COMMENT", nargs="?", default="")
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))


def _implementing(verbs: Any, make: Maker) -> None:
    _numbered(verbs, make, "begin", _("Begin to carry a change out"))
    verb = _numbered(verbs, make, "break-glass", _("Ask to begin outside the window"), run="break_glass")
    verb.add_argument("reason", metavar="REASON")
    _numbered(verbs, make, "second", _("Agree, as the second person, to begin outside the window"))
    verb = _numbered(verbs, make, "step", _("Begin a step, or end it"))
    verb.add_argument("step", type=int, metavar="STEP", help=_("its id, as `show` prints it"))
    verb.add_argument("state", choices=("start", "done", "failed", "skipped"))
    verb.add_argument("note", metavar="NOTE", nargs="?", default="")
    verb = _numbered(verbs, make, "roll-back", _("Switch to the roll-back steps"), run="roll_back")
    verb.add_argument("reason", metavar="REASON")
    _numbered(verbs, make, "finish", _("Say that the run sheet is over"))


def _ending(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "check", _("Record a check after the implementation"))
    verb.add_argument("kind", choices=_codes(CheckKind))
    verb.add_argument("summary", metavar="TEXT")
    verb.add_argument("--failed", action="store_true")
    verb = _numbered(verbs, make, "judge", _("Say whether a change caused an incident"))
    verb.add_argument("ticket", metavar="TICKET")
    verb.add_argument("verdict", choices=("caused", "unrelated"))
    verb.add_argument("note", metavar="NOTE", nargs="?", default="")
    _numbered(verbs, make, "verified", _("Say that the verification is over"))
    verb = _numbered(verbs, make, "review", _("Say what came of a change and what it taught"))
    verb.add_argument("outcome", choices=_codes(Outcome))
    verb.add_argument("lessons", metavar="LESSONS", nargs="?", default="")
    _numbered(verbs, make, "close", _("Close a change that was successful and stable"))
    verb = make(verbs, "figures", "changes:figures", _("Key figures of change management"))
    verb.add_argument("--days", type=int, default=30, metavar="N", help=_("the last so many"))
    verb.add_argument("--from", dest="since", metavar="INSTANT", help=_("30 days before the end without"))
    verb.add_argument("--to", dest="until", metavar="INSTANT", help=_("now without; not included"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array"))


def _marking(verbs: Any, make: Maker) -> None:
    for name, summary in (
        ("watch", _("Be told what happens to a change")),
        ("star", _("Star a change, so that `is:starred` finds it")),
        ("tag", _("Put words on a change")),
    ):
        verb = _numbered(verbs, make, name, summary)
        if name == "tag":
            verb.add_argument("words", metavar="WORD", nargs="+")
        verb.add_argument("--gone", action="store_true", help=_("take it back"))


def _delegating(verbs: Any, make: Maker) -> None:
    verb = make(verbs, "delegate", "approvals:delegate", _("Let somebody vote in your place"))
    verb.add_argument("login", metavar="LOGIN")
    verb.add_argument("--from", dest="starts", metavar="INSTANT", help=_("now where none is given"))
    verb.add_argument("--until", dest="ends", metavar="INSTANT", required=True)
    verb.add_argument("--of", metavar="LOGIN", help=_("who is away, where a lead arranges it"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))
    verb = make(
        verbs, "delegations", "approvals:delegations", _("List who votes in whose place, now and later")
    )
    verb.add_argument("--json", action="store_true", help=_("a JSON array"))
    verb = make(verbs, "undelegate", "approvals:undelegate", _("Take a delegation back"))
    verb.add_argument("delegation", type=int, metavar="ID", help=_("as `delegations` lists it"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))


def _calendar(verbs: Any, make: Maker) -> None:
    calendar = make(verbs, "calendar", "calendars:show", _("List changes, windows, freezes and collisions"))
    calendar.add_argument("--from", dest="starts", metavar="INSTANT", help=_("now where none is given"))
    calendar.add_argument("--days", type=int, default=7, metavar="N")
    calendar.add_argument("--json", action="store_true", help=_("a JSON object"))
    below = calendar.add_subparsers(metavar=_("VERB"))
    verb = make(below, "spans", "calendars:spans", _("List the windows and freezes that people added"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array"))
    verb = make(below, "add", "calendars:add", _("Add a maintenance window or a freeze, and print its name"))
    verb.add_argument("kind", choices=_codes(SpanKind))
    verb.add_argument("name", metavar="TEXT", help=_("what the calendar shows"))
    verb.add_argument(
        "--start", metavar="TIME", required=True, help=_("by the zone's clock: 2026-06-06T22:00")
    )
    verb.add_argument("--for", dest="lasts", metavar="LENGTH", required=True, help=_("such as 8h or 2d"))
    verb.add_argument("--repeat", metavar="RULE", default="", help=_("of RFC 5545: FREQ=WEEKLY;BYDAY=SA"))
    verb.add_argument("--zone", metavar="ZONE", help=_("the desk's own where none is given"))
    verb.add_argument(
        "--service", action="append", default=[], dest="services", metavar="SERVICE",
        help=_("what it is for; everything where none is given"),
    )  # fmt: skip
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))
    verb = make(below, "remove", "calendars:remove", _("Take a window or freeze out"))
    verb.add_argument("uid", metavar="NAME", help=_("as `calendar spans` lists it"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))


def add_export(targets: Any, make: Maker) -> None:
    """Add `export ics`."""
    verb = make(targets, "ics", "calendars:export_ics", _("The change calendar as iCalendar"))
    verb.add_argument("file", metavar="FILE", nargs="?", default="-", help=_("- is the standard output"))


def _items(verbs: Any, make: Maker) -> None:
    items = make(verbs, "ci", "items:show", _("List configuration items and what they depend on"))
    items.add_argument("--json", action="store_true", help=_("a JSON array"))
    below = items.add_subparsers(metavar=_("VERB"))
    verb = make(below, "relate", "items:relate", _("Say that an item depends on another"))
    verb.add_argument("ci", metavar="CI")
    verb.add_argument("depends_on", metavar="OTHER")
    verb.add_argument("--gone", action="store_true", help=_("it depends on it no longer"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))


def add_import(sources: Any, make: Maker) -> None:
    """Add `import ics`."""
    verb = make(sources, "ics", "calendars:import_ics", _("Read an iCalendar file into the change calendar"))
    verb.add_argument("file", metavar="FILE")
    verb.add_argument("--kind", choices=_codes(SpanKind), help=_("what other programs' events are"))
    verb.add_argument("--json", action="store_true", help=_("a JSON object"))


def _fields(verb: ArgumentParser) -> None:
    for name in (
        "purpose", "description", "implementation-plan", "risks", "rollback-plan", "test-plan", "resources",
    ):  # fmt: skip
        verb.add_argument(f"--{name}", metavar="TEXT")
    for name in ("service", "ci", "assignee", "team"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    verb.add_argument("--item", action="append", dest="items", metavar="CI", help=_("a further CI"))
    verb.add_argument("--impact", type=int, choices=(1, 2, 3), help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--downtime", type=int, dest="downtime_minutes", metavar="MINUTES")


def _numbered(verbs: Any, make: Maker, name: str, summary: str, *, run: str = "") -> ArgumentParser:
    verb = make(verbs, name, run if ":" in run else f"changes:{run or name}", summary)
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("--json", action="store_true", help=_("a JSON object; docs/cli.md has the fields"))
    return verb


def _codes(codes: type[Enum]) -> Sequence[str]:
    return [code.value for code in codes]
