"""Everything that can be asked for at the command line; what does it is named, not imported."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from typing import Any, TypeAlias

from deskterm.domain.people import Role
from deskterm.domain.ticket import Channel, Kind
from deskterm.i18n import _

Verbs: TypeAlias = "_SubParsersAction[Any]"

EXIT_CODES = (
    "exit codes: 0 done, 1 some failed, 2 usage, 3 not found, 4 refused, 5 the database does not answer"
)


def parser(asked: str | None = None) -> ArgumentParser:
    """Return the tree; each leaf's `run` names a function, `acts:take`.

    Args:
        asked: the verb that is wanted; its branch and those before it are enough, and quicker. None grows
            the whole tree.
    """
    root = _Parser(
        prog="deskterm",
        description=_("The IT service desk for people who live in a terminal. Without a verb: the console."),
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    root.add_argument("--version", action=_Version, nargs=0, help=_("print the version"))
    root.set_defaults(run="console:run", number=None, start_at=None, speed=None)
    _shared(root, None)
    root.add_argument(
        "--plain",
        action="store_true",
        help=_("without a screen: one prompt and sentences, for screen readers"),
    )
    root.add_argument(
        "--at",
        dest="start_at",
        metavar="INSTANT",
        help=_("on a rehearsal desk: let its clock run from here; without a verb"),
    )
    root.add_argument("--speed", type=float, metavar="FACTOR", help=_("how fast that clock runs"))
    verbs = root.add_subparsers(metavar=_("VERB"), title=_("verbs"))
    for branch in (
        _looking,
        _acting,
        _taking_back,
        _personal,
        _console,
        _problems,
        _changes,
        _standard,
        _clocks,
        _desk,
    ):
        branch(verbs)
        if asked in verbs.choices:
            break
    return root


class _Parser(ArgumentParser):
    """Takes a word with one minus before it as a word, not an option: filters and tags begin so."""

    def _parse_optional(self, arg_string: str) -> Any:
        is_word = arg_string.startswith("-") and not arg_string.startswith("--") and arg_string != "-h"
        return None if is_word else super()._parse_optional(arg_string)


class _Version(Action):
    """Prints the version; looking it up takes longer than most verbs."""

    def __call__(self, parser: ArgumentParser, *_asked: Any) -> None:
        from importlib.metadata import version

        print(f"deskterm {version('deskterm')}")
        parser.exit()


def _shared(verb: ArgumentParser, default: str | None = SUPPRESS) -> None:
    """Add what stands before or after the verb: which desk, and who acts."""
    verb.add_argument("--config", metavar="FILE", default=default, help=_("another file of settings"))
    verb.add_argument("--database", metavar="PLACE", default=default, help=_("a file, or a URL"))
    verb.add_argument(
        "--as",
        dest="as_login",
        metavar="LOGIN",
        default=default,
        help=_("act as another agent; only on demo and rehearsal desks"),
    )


def _verb(verbs: Verbs, name: str, run: str, summary: str, *, details: str = "") -> ArgumentParser:
    verb: ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary}.\n\n{details}".strip(),
        formatter_class=RawDescriptionHelpFormatter,
        epilog=EXIT_CODES,
        allow_abbrev=False,
    )
    verb.set_defaults(run=run)
    _shared(verb)
    return verb


def _console(verbs: Verbs) -> None:
    verb = _verb(verbs, "open", "console:run", _("Open the console on a ticket"))
    verb.add_argument("number", metavar="NUMBER")
    verb = _verb(
        verbs,
        "wallboard",
        "console:wallboard",
        _("Hang the dashboard on a wall; asks for no key, writes nothing"),
    )
    verb.add_argument("--view", metavar="NAME", help=_("only the tickets of this view"))
    verb = _verb(
        verbs,
        "shift-note",
        "reports:shift_note",
        _("Leave a note for the next shift, which the dashboard shows"),
        details=_("Without a text, it is read from the standard input."),
    )
    verb.add_argument("words", metavar="TEXT", nargs="*")
    verb = _verb(
        verbs, "demo", "demo:run", _("Build a throw-away desk that looks alive, and open its console")
    )
    verb.add_argument("--reset", action="store_true", help=_("build it anew where there is one"))
    verb.add_argument("--at", metavar="INSTANT", help=_("let it be another time there: a rehearsal"))
    verb.add_argument("--place", metavar="FOLDER", help=_("where it is kept"))
    verb = _verb(verbs, "keys", "help:keys", _("List the console's keys"))
    verb = _verb(verbs, "completion", "help:completion", _("Print a script that completes verbs and options"))
    verb.add_argument("shell", choices=("bash", "zsh", "fish"))
    verb = verbs.add_parser("config", help=_("Look at settings and keys"))
    verbs = verb.add_subparsers(metavar=_("VERB"), required=True)
    _verb(verbs, "check", "checks:check", _("Name what is wrong in settings and keys, with its line"))


def _looking(verbs: Verbs) -> None:
    verb = _verb(
        verbs,
        "ls",
        "lists:ls",
        _("List tickets"),
        details=_(
            "QUERY is the console's filter, such as 'is:open prio:1,2 team:mine'; without: what is open."
        ),
    )
    verb.add_argument("query", metavar="QUERY", nargs="*")
    verb.add_argument("--all", action="store_true", help=_("without a condition: what has ended, too"))
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    form.add_argument("--csv", action="store_true", help=_("CSV with a header, safe for spreadsheets"))
    form.add_argument("--plain", action="store_true", help=_("values separated by tabs, without a header"))
    verb.add_argument("--cols", metavar="NAMES", help=_("columns, separated by commas"))
    verb.add_argument("--limit", type=_count, metavar="N", help=_("at most so many"))
    verb.add_argument("--as-of", metavar="INSTANT", help=_("as it was then, by the ledger"))
    verb = _verb(
        verbs,
        "watch",
        "watch:watch",
        _("Print what happens to tickets, as it happens"),
        details=_("A line of JSON for each event on a ticket that QUERY takes; without: what is open."),
    )
    verb.add_argument("query", metavar="QUERY", nargs="*")
    verb.add_argument("--limit", type=_count, metavar="N", help=_("end after so many"))
    _views(verbs)
    _leading(verbs)
    _exports(verbs)
    verb = _verb(verbs, "show", "show:show", _("Show a ticket with its timeline"))
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("--json", action="store_true", help=_("a JSON object; docs/cli.md has the fields"))


def _exports(verbs: Verbs) -> None:
    from deskterm.cli import change_tree

    export = verbs.add_parser("export", help=_("Write a file for other programs"))
    targets = export.add_subparsers(metavar=_("WHAT"), required=True)
    change_tree.add_export(targets, _verb)
    for form, summary in (
        ("csv", _("The tickets that a filter takes as CSV, safe for spreadsheets")),
        ("json", _("The tickets that a filter takes as a JSON array")),
    ):
        verb = _verb(targets, form, f"exports:{form}", summary)
        verb.add_argument("file", metavar="FILE", help=_("- is the standard output"))
        verb.add_argument("query", metavar="QUERY", nargs="*")
        verb.add_argument("--all", action="store_true", help=_("without a condition: what has ended, too"))
        verb.add_argument("--cols", metavar="NAMES", help=_("columns of CSV, separated by commas"))
        verb.add_argument("--limit", type=_count, metavar="N", help=_("at most so many"))
        verb.add_argument("--as-of", metavar="INSTANT", help=_("as it was then, by the ledger"))
        verb.set_defaults(csv=form == "csv", json=form == "json", plain=False)


def _personal(verbs: Verbs) -> None:
    verb = _verb(verbs, "notifications", "personal:notifications", _("List what you have not read"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    verb.add_argument("--read", action="store_true", help=_("and mark it as read"))
    verb = _verb(verbs, "acknowledge", "personal:acknowledge", _("Say that you heard alerts"))
    verb.add_argument("alerts", metavar="ALERT", nargs="+", type=int, help=_("as notifications lists it"))
    verb = _verb(verbs, "drafts", "personal:drafts", _("List what you have begun to write"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    verbs = verb.add_subparsers(metavar=_("VERB"))
    verb = _verb(verbs, "save", "personal:save", _("Keep a text where the console looks for it"))
    verb.add_argument("place", metavar="PLACE", help=_("'INC-4 reply', 'INC-4 note', new"))
    verb.add_argument("text", metavar="TEXT", nargs="*")
    verb = _verb(verbs, "drop", "personal:drop", _("Forget a draft"))
    verb.add_argument("place", metavar="PLACE")


def _views(verbs: Verbs) -> None:
    verb = _verb(verbs, "views", "views:views", _("List saved views, or save and drop them"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    verbs = verb.add_subparsers(metavar=_("VERB"))
    verb = _verb(verbs, "save", "views:save", _("Keep a filter under a name"))
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("query", metavar="QUERY", nargs="+")
    verb.add_argument("--shared", action="store_true", help=_("for everybody; takes a lead"))
    verb.add_argument(
        "--preview", choices=("right", "bottom", "off"), default="", help=_("where the preview is shown")
    )
    verb = _verb(verbs, "drop", "views:drop", _("Forget a view"))
    verb.add_argument("name", metavar="NAME")


def _leading(verbs: Verbs) -> None:
    verb = _verb(
        verbs,
        "report",
        "reports:report",
        _("Print key figures, each with its formula"),
        details=_(
            "KPI: acknowledge_time, resolution_time, first_contact, first_level, reopened, reassigned,\n"
            "attainment, backlog; without one, all of them. Or one of problems, causes, alone."
        ),
    )
    verb.add_argument("kpis", metavar="KPI", nargs="*")
    verb.add_argument("--from", dest="since", metavar="INSTANT", help=_("30 days before the end without"))
    verb.add_argument("--to", dest="until", metavar="INSTANT", help=_("now without; not included"))
    verb.add_argument("--query", metavar="QUERY", help=_("only the tickets that this filter takes"))
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    form.add_argument("--csv", action="store_true", help=_("CSV with a header, safe for spreadsheets"))


def _taking_back(verbs: Verbs) -> None:
    verb = _verb(
        verbs,
        "undo",
        "undo:undo",
        _("Take back what you did last"),
        details=_(
            "ACT is one of those that log lists; all of its tickets are taken back that nobody changed."
        ),
    )
    verb.add_argument("act", metavar="ACT", nargs="?")
    _verb(verbs, "redo", "undo:redo", _("Do again what you took back last"))
    verb = _verb(verbs, "log", "undo:log", _("List what you did"))
    verb.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    verb.add_argument("--limit", type=_count, metavar="N", help=_("at most so many"))


def _acting(verbs: Verbs) -> None:
    verb = _verb(verbs, "new", "new:new", _("Open a ticket and print its number"))
    verb.add_argument("summary", metavar="SUMMARY", nargs="?", default="")
    verb.add_argument(
        "--from-mail", metavar="FILE", help=_("take caller, summary and description from a mail; - reads one")
    )
    verb.add_argument("--json", action="store_true", help=_("a JSON object: the number"))
    verb.add_argument("--caller", metavar="WHO", help=_("name, address, phone number, or 'Name <address>'"))
    verb.add_argument("--kind", choices=_codes(Kind), default=Kind.INCIDENT.value)
    verb.add_argument("--impact", type=int, choices=(1, 2, 3), default=3, help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--urgency", type=int, choices=(1, 2, 3), default=2, help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--channel", choices=_codes(Channel), help=_("email for a mail, else cli"))
    for name in ("category", "service", "ci", "team", "assignee"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    verb.add_argument("--extent", type=_count, metavar="N", help=_("how many people are affected"))
    verb.add_argument("--tag", action="append", default=[], dest="tags", metavar="WORD")
    verb.add_argument("--description", metavar="TEXT", help=_("- reads the standard input"))
    from deskterm.cli import ticket_tree

    ticket_tree.add(verbs, _verb)


def _problems(verbs: Verbs) -> None:
    from deskterm.cli import problem_tree

    problem_tree.add(verbs, _verb)


def _changes(verbs: Verbs) -> None:
    from deskterm.cli import change_tree

    change_tree.add(verbs, _verb)


def _standard(verbs: Verbs) -> None:
    verb = verbs.add_parser("standard", help=_("Check, apply or show the management standard"))
    verbs = verb.add_subparsers(metavar=_("VERB"), required=True)
    verb = _verb(verbs, "check", "standard:check", _("Name every error of a file with its line"))
    verb.add_argument("file", metavar="FILE", help=_("- reads the standard input"))
    verb = _verb(verbs, "apply", "standard:apply", _("Make a file the desk's next version"))
    verb.add_argument("file", metavar="FILE", help=_("- reads the standard input"))
    _verb(verbs, "show", "standard:show", _("Print the version in force"))
    verb = _verb(verbs, "document", "standard:document", _("Print it as a document for people"))
    verb.add_argument("--lang", metavar="LANGUAGE", help=_("such as zh_CN"))
    verb.add_argument("file", metavar="FILE", nargs="?", help=_("a file instead of the version in force"))


def _clocks(verbs: Verbs) -> None:
    verb = verbs.add_parser("clocks", help=_("Explain service level clocks, or take them anew"))
    verbs = verb.add_subparsers(metavar=_("VERB"), required=True)
    verb = _verb(verbs, "explain", "clocks:explain", _("Explain why a ticket's clocks show what they show"))
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("--target", choices=("acknowledge", "first_response", "next_update", "resolution"))
    verb.add_argument(
        "--if-priority", type=int, choices=range(1, 6), metavar="P", help=_("what if it had this?")
    )
    verb.add_argument("--json", action="store_true", help=_("a JSON array; docs/cli.md has the fields"))
    _verb(
        verbs,
        "rebuild",
        "clocks:rebuild",
        _("Take every clock anew from the ledger"),
        details=_("Prints what differed, and ends with 1 if anything did."),
    )


def _desk(verbs: Verbs) -> None:
    verb = _verb(verbs, "init", "desk:init", _("Make a desk, with you as its first admin"))
    verb.add_argument("--name", metavar="NAME", help=_("your name"))
    verb.add_argument("--email", metavar="ADDRESS")
    verb.add_argument(
        "--standard",
        metavar="FILE",
        default="default",
        help=_("the management standard to begin with: a file, or default or servicenow"),
    )
    _verb(verbs, "migrate", "desk:migrate", _("Bring the database to this program's schema"))
    _verb(
        verbs,
        "passphrase",
        "passphrases:passphrase",
        _("Print a setting that keeps what unlocks your console"),
    )
    _verb(verbs, "doctor", "doctor:doctor", _("Say whether the desk is well"))
    _verb(verbs, "worker", "worker:run", _("Sweep clocks and send mail, without a screen"))
    _agents(verbs)
    from deskterm.cli import import_tree

    import_tree.add(verbs, _verb)


def _agents(verbs: Verbs) -> None:
    verb = _verb(verbs, "agents", "people:agents", _("List those who sign in, or change who does"))
    verbs = verb.add_subparsers(metavar=_("VERB"))
    verb = _verb(verbs, "add", "people:add", _("Let somebody sign in, or change what they may"))
    verb.add_argument("login", metavar="LOGIN")
    verb.add_argument("--name", metavar="NAME", help=_("the login where none is given"))
    verb.add_argument("--email", metavar="ADDRESS")
    verb.add_argument(
        "--role",
        action="append",
        dest="roles",
        choices=[role for role in _codes(Role) if role not in (Role.SYSTEM, Role.CALLER)],
        help=_("agent where none is given; may be repeated"),
    )
    verb.add_argument("--team", action="append", default=[], dest="teams", metavar="TEAM")
    verb = _verb(verbs, "deactivate", "people:deactivate", _("Let somebody sign in no longer"))
    verb.add_argument("login", metavar="LOGIN")


def _codes(codes: type[Kind | Channel | Role]) -> list[str]:
    return [code.value for code in codes]


def _count(text: str) -> int:
    """Return a count typed as an option.

    Raises:
        ValueError: it is no number above zero; argparse says so.
    """
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count
