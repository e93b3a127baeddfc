"""The part of the command line that is about problems."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from deskterm.domain.problem import ActionType, Metric, ProblemStatus, Source
from deskterm.domain.rca import Branch, Verdict
from deskterm.domain.ticket import Resolution
from deskterm.i18n import _

Maker = Callable[..., ArgumentParser]
"""Adds a verb: the parsers, its name, what runs, a summary."""


def add(verbs: Any, make: Maker) -> None:
    """Add `problem` and `candidates`."""
    problem = verbs.add_parser("problem", help=_("Lead problems to their causes and to a proven fix"))
    below = problem.add_subparsers(metavar=_("VERB"), required=True)
    _fields(below, make)
    _analysis(below, make)
    _actions(below, make)
    _endings(below, make)
    _marking(below, make)
    verb = make(verbs, "candidates", "problems:candidates", _("List what may be worth a problem"))
    verb.add_argument("--look", action="store_true", help=_("look for new ones first"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array"))


def _fields(verbs: Any, make: Maker) -> None:
    verb = make(verbs, "new", "problems:new", _("Open a problem and print its number"))
    verb.add_argument("summary", metavar="SUMMARY", nargs="?", default="")
    verb.add_argument("--source", choices=_codes(Source), default=Source.PERSON.value)
    verb.add_argument("--ticket", action="append", default=[], dest="tickets", metavar="NUMBER")
    verb.add_argument("--candidate", type=int, metavar="ID", help=_("open it from a candidate"))
    verb.add_argument("--description", metavar="TEXT")
    _classifying(verb)
    verb = _numbered(verbs, make, "move", _("Carry a problem to another state, through its gate"))
    verb.add_argument("status", metavar="STATUS", choices=_codes(ProblemStatus))
    _editing(verb)
    verb = _numbered(verbs, make, "edit", _("Change what a problem says"))
    verb.add_argument("--summary", metavar="TEXT")
    verb.add_argument("--description", metavar="TEXT")
    verb.add_argument("--note", default="", metavar="TEXT", help=_("why a later classification changes"))
    _editing(verb)
    verb = _numbered(verbs, make, "assign", _("Give a problem an owner"))
    verb.add_argument("login", metavar="LOGIN", help=_("none takes it out of all hands"))
    verb = _numbered(verbs, make, "note", _("Leave a note on a problem"))
    verb.add_argument("text", metavar="TEXT", nargs="*")
    verb = _numbered(verbs, make, "link", _("Say that a problem causes tickets"))
    verb.add_argument("tickets", metavar="TICKET", nargs="+")
    verb = _numbered(verbs, make, "add", _("Give a candidate's tickets to a problem"))
    verb.add_argument("candidate", metavar="ID", type=int)
    verb = _numbered(verbs, make, "unlink", _("Take a ticket off a problem"))
    verb.add_argument("ticket", metavar="TICKET")
    _numbered(verbs, make, "subscribe", _("Be told what happens to a problem"))
    _numbered(verbs, make, "unsubscribe", _("Be told no longer"))
    verb = _numbered(verbs, make, "undo", _("Take back what you did last to a problem"))
    verb.add_argument("--cause", action="store_true", help=_("what you did last to its causes"))
    _numbered(verbs, make, "redo", _("Do again what you took back of its causes"))
    verb = make(verbs, "dismiss", "problems:dismiss", _("Say why a candidate is no problem"))
    verb.add_argument("candidate", metavar="ID", type=int)
    verb.add_argument("reason", metavar="REASON", nargs="+")


def _analysis(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "why", _("Add a cause and print its id"))
    verb.add_argument("statement", metavar="STATEMENT")
    place = verb.add_mutually_exclusive_group()
    place.add_argument("--below", type=int, metavar="ID", help=_("the cause that it explains"))
    place.add_argument("--beside", type=int, metavar="ID", help=_("the cause that it stands after"))
    verb.add_argument("--branch", choices=_codes(Branch), help=_("the bone of the fishbone"))
    verb = _numbered(verbs, make, "cause", _("Word, judge, mark or move a cause"))
    verb.add_argument("cause", metavar="ID", type=int)
    verb.add_argument("--statement", metavar="TEXT")
    verb.add_argument("--evidence", metavar="TEXT")
    verb.add_argument("--verdict", choices=_codes(Verdict))
    verb.add_argument("--root", choices=("yes", "no"), help=_("whether the analysis stops there"))
    verb.add_argument("--branch", choices=[*_codes(Branch), "none"])
    where = verb.add_mutually_exclusive_group()
    where.add_argument("--promote", action="store_true", help=_("one level up"))
    where.add_argument("--demote", action="store_true", help=_("under the cause above it"))
    where.add_argument("--shift", type=int, metavar="STEPS", help=_("down among its siblings; -1 is up"))
    where.add_argument("--under", metavar="ID", help=_("another cause; none for the top"))
    where.add_argument("--remove", action="store_true", help=_("with all below it"))
    verb = _numbered(verbs, make, "analysis", _("Print the analysis: five whys and fishbone"))
    verb.add_argument("--format", choices=("text", "markdown", "svg"), default="text")


def _actions(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "action", _("Plan a corrective action and print its id"))
    verb.add_argument("summary", metavar="SUMMARY")
    verb.add_argument("--type", choices=_codes(ActionType), required=True)
    verb.add_argument("--owner", metavar="LOGIN", required=True)
    verb.add_argument("--due", metavar="INSTANT", required=True, help=_("2h, fri, 2026-06-02"))
    verb.add_argument("--change", metavar="NUMBER", help=_("the change that carries it out"))
    verb = _numbered(verbs, make, "edit-action", _("Change a corrective action"))
    verb.add_argument("action", metavar="ID", type=int)
    verb.add_argument("--summary", metavar="TEXT")
    verb.add_argument("--type", choices=_codes(ActionType))
    verb.add_argument("--owner", dest="assignee", metavar="LOGIN")
    verb.add_argument("--due", metavar="INSTANT", help=_("2h, fri, 2026-06-02"))
    verb.add_argument("--change", metavar="NUMBER", help=_("the change that carries it out; none for none"))
    for name, summary in (("finish", _("Say that an action is done")), ("drop", _("Drop an action"))):
        verb = _numbered(verbs, make, name, summary)
        verb.add_argument("action", metavar="ID", type=int)
    verb = _numbered(verbs, make, "known-error", _("Make a problem a known error"))
    verb.add_argument("--symptom", metavar="TEXT", default="")
    verb.add_argument("--workaround", metavar="TEXT", default="")
    verb.add_argument("--article", metavar="TEXT", help=_("the article's draft; written from the rest"))
    verb.add_argument("--off", action="store_true", help=_("it is none any more"))
    verb = _numbered(
        verbs, make, "send", _("Send the workaround to all linked open tickets"),
    )  # fmt: skip
    verb.add_argument("text", metavar="TEXT", nargs="*", help=_("instead of the workaround"))
    verb.add_argument("--yes", action="store_true", help=_("send; without, only say to whom"))
    _numbered(verbs, make, "evaluate", _("Count a fix's effect now"))


def _endings(verbs: Any, make: Maker) -> None:
    verb = _numbered(verbs, make, "accept-risk", _("Close a problem whose cause stays"))
    verb.add_argument("reason", metavar="REASON")
    verb.add_argument("--approver", metavar="LOGIN")
    verb.add_argument("--review", metavar="INSTANT", help=_("when the risk is looked at again"))
    verb = _numbered(verbs, make, "duplicate", _("Close a problem as a duplicate of another"))
    verb.add_argument("of", metavar="OTHER")
    verb = _numbered(verbs, make, "review", _("Write down what a review found"))
    verb.add_argument("outcome", metavar="TEXT")
    verb.add_argument("--next", metavar="INSTANT", help=_("when the problem is looked at again"))
    verb = _numbered(verbs, make, "resolve-waiting", _("Resolve the tickets on hold for a problem"))
    verb.add_argument("summary", metavar="SUMMARY")
    verb.add_argument("--code", choices=_codes(Resolution), default=Resolution.FIXED.value)


def _marking(verbs: Any, make: Maker) -> None:
    for name, summary in (
        ("tag", _("Put words on a problem")),
        ("star", _("Star a problem, so that `is:starred` finds it")),
    ):
        verb = _numbered(verbs, make, name, summary)
        if name == "tag":
            verb.add_argument("words", metavar="WORD", nargs="+")
        verb.add_argument("--gone", action="store_true", help=_("take it back"))
    verb = _numbered(verbs, make, "park", _("Let a problem rest until a day, saying why"))
    verb.add_argument("reason", metavar="REASON", nargs="*")
    verb.add_argument("--until", metavar="INSTANT", help=_("1w, fri; without it, take it up again"))


def _numbered(verbs: Any, make: Maker, name: str, summary: str) -> ArgumentParser:
    verb = make(verbs, name, f"problems:{name.replace('-', '_')}", summary)
    verb.add_argument("number", metavar="NUMBER")
    return verb


def _classifying(verb: ArgumentParser) -> None:
    for name in ("category", "service", "ci", "team"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    for name in ("impact", "urgency"):
        verb.add_argument(f"--{name}", type=int, choices=(1, 2, 3), help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--owner", dest="assignee", metavar="LOGIN")


def _editing(verb: ArgumentParser) -> None:
    """Add what the gates ask for."""
    _classifying(verb)
    verb.add_argument("--with", action="append", dest="teams", metavar="TEAM", help=_("an analysing team"))
    verb.add_argument("--root-cause", metavar="TEXT", help=_("the cause in one sentence"))
    verb.add_argument("--metric", choices=_codes(Metric))
    verb.add_argument("--window-days", type=int, metavar="N", help=_("for how long the fix is watched"))
    verb.add_argument("--threshold", type=int, metavar="N", help=_("how many are still all right"))
    verb.add_argument("--baseline", type=int, metavar="N", help=_("counted where it is left out"))
    verb.add_argument("--review", metavar="TEXT", help=_("what was learned"))


def _codes(codes: type[Enum]) -> Sequence[str]:
    return [str(code.value) for code in codes]
