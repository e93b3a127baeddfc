"""The part of the command line that acts on tickets; its verbs come from the registry."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from deskterm.commands.verbs import VERBS
from deskterm.domain.ticket import HoldReason, Kind, LinkKind, Resolution
from deskterm.i18n import _

Maker = Callable[..., ArgumentParser]
"""Adds a verb: the parsers, its name, what runs, a summary."""


def add(verbs: Any, make: Maker) -> None:
    """Add every verb that acts on tickets: numbers first, then its words, then its options."""
    for name, verb in VERBS.items():
        details = [_("Without a number, numbers are read from the standard input.")]
        details += [_(verb.details)] if verb.details else []
        made = make(verbs, name, verb.run, _(verb.summary), details=" ".join(details))
        made.add_argument("words", metavar=f"NUMBER… {verb.words}".strip(), nargs="*")
        made.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
        OPTIONS.get(name, _none)(made)


def _none(_verb: ArgumentParser) -> None:
    """Add no options."""


def _note(verb: ArgumentParser) -> None:
    verb.add_argument("--evidence", action="store_true", help=_("the text is a command's output"))


def _transfer(verb: ArgumentParser) -> None:
    verb.add_argument("--note", default="", metavar="TEXT", help=_("for whoever takes it there"))


def _escalate(verb: ArgumentParser) -> None:
    verb.add_argument("--note", default="", metavar="TEXT", help=_("the hand-over note for the next tier"))
    verb.add_argument("--up", action="store_true", help=_("to the lead, then the manager"))


def _merge(verb: ArgumentParser) -> None:
    verb.add_argument("--into", metavar="NUMBER", required=True)


def _kinds(verb: ArgumentParser) -> None:
    verb.description = f"{verb.description} KIND: {', '.join(_codes(LinkKind))}"


def _edit(verb: ArgumentParser) -> None:
    verb.add_argument("--kind", choices=_codes(Kind))
    for name in ("summary", "category", "service", "ci"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    verb.add_argument("--description", metavar="TEXT", help=_("- reads the standard input"))
    verb.add_argument("--extent", type=int, metavar="N", help=_("how many people are affected"))
    verb.add_argument("--occurred", metavar="INSTANT", help=_("when it began"))
    verb.add_argument("--major", choices=("yes", "no"), help=_("whether it is a major incident"))
    verb.add_argument("--caller", metavar="WHO", help=_("name, address, phone number, or 'Name <address>'"))
    verb.add_argument(
        "--empty",
        action="append",
        default=[],
        metavar="FIELD",
        help=_("what shall say nothing any more: category, service, ci, extent, occurred_at"),
    )


def _task(verb: ArgumentParser) -> None:
    verb.add_argument("--assignee", metavar="LOGIN")


def _triage(verb: ArgumentParser) -> None:
    verb.add_argument("--kind", choices=_codes(Kind))
    for name in ("category", "service", "team"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    for name in ("impact", "urgency"):
        verb.add_argument(f"--{name}", type=int, choices=(1, 2, 3), help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--take", action="store_true", help=_("and take it"))
    verb.add_argument("--duplicate-of", metavar="NUMBER", help=_("merge it into this; nothing else is done"))


def _hold(verb: ArgumentParser) -> None:
    verb.add_argument("--reason", choices=_codes(HoldReason), required=True)
    verb.add_argument("--until", metavar="INSTANT", required=True, help=_("2h, fri, 'mon 09:00', 2026-06-02"))
    _while_held(verb)


def _status(verb: ArgumentParser) -> None:
    verb.add_argument("--reason", choices=_codes(HoldReason), help=_("what a hold waits for"))
    verb.add_argument("--until", metavar="INSTANT", help=_("of a hold: 2h, fri, 'mon 09:00', 2026-06-02"))
    verb.add_argument("--code", choices=_codes(Resolution), default=Resolution.FIXED.value)
    _while_held(verb)


def _while_held(verb: ArgumentParser) -> None:
    verb.add_argument("--message", default="", metavar="TEXT", help=_("what the caller is told"))
    verb.add_argument("--link", default="", metavar="NUMBER", help=_("the problem or change it waits for"))


def _resolve(verb: ArgumentParser) -> None:
    verb.add_argument("--code", choices=_codes(Resolution), default=Resolution.FIXED.value)


def _confirm(verb: ArgumentParser) -> None:
    verb.add_argument("--how", choices=("caller", "lead"), default="caller")


OPTIONS: Mapping[str, Callable[[ArgumentParser], None]] = {
    "note": _note,
    "transfer": _transfer,
    "escalate": _escalate,
    "merge": _merge,
    "link": _kinds,
    "unlink": _kinds,
    "edit": _edit,
    "task": _task,
    "triage": _triage,
    "hold": _hold,
    "status": _status,
    "resolve": _resolve,
    "confirm": _confirm,
}
"""Verb → what adds its options."""


def _codes(codes: type[Enum]) -> Sequence[str]:
    return [str(code.value) for code in codes]
