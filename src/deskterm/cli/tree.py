"""Everything that can be asked for at the command line; what does it is named, not imported."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from typing import Any, TypeAlias

from deskterm.domain.people import Role
from deskterm.domain.ticket import Channel, HoldReason, Kind, LinkKind, Resolution
from deskterm.i18n import _

Verbs: TypeAlias = "_SubParsersAction[ArgumentParser]"

EXIT_CODES = (
    "exit codes: 0 done, 1 some failed, 2 usage, 3 not found, 4 refused, 5 the database does not answer"
)


def parser(asked: str | None = None) -> ArgumentParser:
    """Return the tree; each leaf's `run` names a function, `acts:take`.

    Args:
        asked: the verb that is wanted; its branch and those before it are enough, and quicker. None grows
            the whole tree.
    """
    root = ArgumentParser(
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
        _moving,
        _belonging,
        _taking_back,
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
    verb = verbs.add_parser(
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
        details=_text_details(),
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
    verb = _verb(verbs, "show", "show:show", _("Show a ticket with its timeline"))
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("--json", action="store_true", help=_("a JSON object; docs/cli.md has the fields"))


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
    verb.add_argument("summary", metavar="SUMMARY")
    verb.add_argument("--caller", metavar="WHO", help=_("name, address, phone number, or 'Name <address>'"))
    verb.add_argument("--kind", choices=_codes(Kind), default=Kind.INCIDENT.value)
    verb.add_argument("--impact", type=int, choices=(1, 2, 3), default=3, help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--urgency", type=int, choices=(1, 2, 3), default=2, help=_("1 high, 2 medium, 3 low"))
    verb.add_argument("--channel", choices=_codes(Channel), default=Channel.CLI.value)
    for name in ("category", "service", "ci", "team", "assignee"):
        verb.add_argument(f"--{name}", metavar=name.upper())
    verb.add_argument("--extent", type=_count, metavar="N", help=_("how many people are affected"))
    verb.add_argument("--tag", action="append", default=[], dest="tags", metavar="WORD")
    verb.add_argument("--description", metavar="TEXT", help=_("- reads the standard input"))
    _act(verbs, "take", _("Assign tickets to yourself"))
    _act(
        verbs,
        "assign",
        _("Assign tickets to an agent"),
        "LOGIN",
        details=_("none takes them out of all hands."),
    )
    verb = _act(verbs, "transfer", _("Hand tickets to another team"), "TEAM")
    verb.add_argument("--note", default="", metavar="TEXT", help=_("for whoever takes it there"))
    _act(verbs, "reply", _("Answer the caller in public"), "[TEXT]", details=_text_details())
    verb = _act(verbs, "note", _("Leave a note for other agents"), "[TEXT]", details=_text_details())
    verb.add_argument("--evidence", action="store_true", help=_("the text is a command's output"))
    _act(verbs, "macro", _("Take the steps of a macro"), "MACRO")
    _act(verbs, "tag", _("Put words on tickets"), "WORD…")
    _act(verbs, "untag", _("Take words off tickets"), "WORD…")
    _act(verbs, "subscribe", _("Be told what happens to tickets"))
    _act(verbs, "unsubscribe", _("Be told no longer"))


def _moving(verbs: Verbs) -> None:
    verb = _act(verbs, "hold", _("Let tickets wait until a review date"))
    verb.add_argument("--reason", choices=_codes(HoldReason), required=True)
    verb.add_argument("--until", metavar="INSTANT", required=True, help=_("2h, fri, 'mon 09:00', 2026-06-02"))
    verb.add_argument("--message", default="", metavar="TEXT", help=_("what the caller is told"))
    verb.add_argument("--link", default="", metavar="NUMBER", help=_("the problem or change it waits for"))
    _act(verbs, "resume", _("Go on with tickets on hold"))
    verb = _act(verbs, "resolve", _("Say how service was restored"), "[SUMMARY]", details=_text_details())
    verb.add_argument("--code", choices=_codes(Resolution), default=Resolution.FIXED.value)
    verb = _act(
        verbs,
        "confirm",
        _("Close resolved tickets with the caller's words"),
        "[WORDS]",
        details=_text_details(),
    )
    verb.add_argument("--how", choices=("caller", "lead"), default="caller")
    _act(verbs, "reopen", _("Take resolved tickets up again"), "REASON")
    _act(verbs, "cancel", _("Stop work on tickets"), "REASON")
    _act(verbs, "approve", _("Let work on requests begin"), "[COMMENT]")
    _act(verbs, "refuse", _("Refuse requests"), "COMMENT")
    verb = _act(verbs, "escalate", _("Escalate to the next tier or up the line"), "REASON")
    verb.add_argument("--note", default="", metavar="TEXT", help=_("the hand-over note for the next tier"))
    verb.add_argument("--up", action="store_true", help=_("to the lead, then the manager"))


def _belonging(verbs: Verbs) -> None:
    kinds = ", ".join(_codes(LinkKind))
    _act(verbs, "link", _("Say how a ticket belongs to another"), "KIND OTHER", details=f"KIND: {kinds}")
    _act(verbs, "unlink", _("Take a link back"), "KIND OTHER", details=f"KIND: {kinds}")
    verb = _act(verbs, "merge", _("Make tickets part of another that is about the same"))
    verb.add_argument("--into", metavar="NUMBER", required=True)
    _act(verbs, "unmerge", _("Take a merge back"))


def _act(verbs: Verbs, name: str, summary: str, words: str = "", *, details: str = "") -> ArgumentParser:
    """Add a verb that acts on tickets: numbers first, then its words."""
    verb = _verb(
        verbs,
        name,
        f"acts:{name}",
        summary,
        details=_("Without a number, numbers are read from the standard input.") + f" {details}",
    )
    verb.add_argument("words", metavar=f"NUMBER… {words}".strip(), nargs="*")
    return verb


def _text_details() -> str:
    return _("Without a text, it is read from the standard input.")


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


def _codes(codes: type[Kind | Channel | HoldReason | Resolution | LinkKind | Role]) -> list[str]:
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
