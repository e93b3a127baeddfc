"""The part of the command line that takes over what other tools have written."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from deskterm.cli import change_tree
from deskterm.cli.change_tree import Maker
from deskterm.i18n import _


def add(verbs: Any, make: Maker) -> None:
    """Add `import`."""
    verb = verbs.add_parser("import", help=_("Take over another tool's tickets, problems or calendar"))
    sources = verb.add_subparsers(metavar=_("SOURCE"), required=True)
    change_tree.add_import(sources, make)
    for source, summary in (
        ("servicenow", _("Read a ServiceNow incident audit log")),
        ("vinst", _("Read a VINST problem log")),
    ):
        verb = make(sources, source, "imports:shipped_log", summary)
        verb.set_defaults(source=source)
        _log(verb)
    verb = make(sources, "log", "imports:log", _("Read any tool's log by a mapping of your own"))
    verb.add_argument(
        "--mapping", metavar="FILE", required=True, help=_("what the log means; - reads the standard input")
    )
    _log(verb)
    _mapping(sources, make)


def _log(verb: ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE")
    verb.add_argument(
        "--zone",
        metavar="ZONE",
        default="UTC",
        help=_("the time zone of dates without an offset, such as Europe/Paris"),
    )
    verb.add_argument(
        "--as-of", metavar="INSTANT", help=_("only what was known then; makes a rehearsal desk")
    )
    verb.add_argument("--dry-run", action="store_true", help=_("only say what would be taken"))


def _mapping(sources: Any, make: Maker) -> None:
    mapping = sources.add_parser("mapping", help=_("Show or check what logs mean"))
    below = mapping.add_subparsers(metavar=_("VERB"), required=True)
    verb = make(below, "show", "imports:show_mapping", _("Print a mapping that ships, or list them"))
    verb.add_argument("name", metavar="NAME", nargs="?")
    verb = make(below, "check", "imports:check_mapping", _("Name every error of a mapping with its line"))
    verb.add_argument("file", metavar="FILE", help=_("- reads the standard input"))
