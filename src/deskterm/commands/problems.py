"""What can be asked for on the board, on a problem, and among the candidates."""

from __future__ import annotations

from deskterm.commands.command import LISTS, TICKETS, Argument, Command, Need, Place
from deskterm.i18n import N_

BOARD = frozenset({Place.BOARD})
PROBLEM = frozenset({Place.PROBLEM})
CANDIDATES = frozenset({Place.CANDIDATES})
LEADING = BOARD | PROBLEM
"""The places that have a problem under the cursor."""

EVERYWHERE = (
    Command("desk.go_board", N_("board"), N_("Go to the problem board"), ("g b",), LISTS),
    Command("desk.go_candidates", N_("candidates"), N_("Go to what may be worth a problem"), ("g k",), LISTS),
    Command(
        "desk.go_problem",
        N_("problem"),
        N_("Go to the problem that causes this ticket"),
        ("g p",),
        TICKETS,
        needs=Need.TICKET,
    ),
)


def _lead(id_: str, title: str, help_: str, key: str, rank: int = 0, *arguments: Argument) -> Command:
    """Return a command that does something to problems."""
    return Command(f"problem.{id_}", title, help_, (key,), LEADING, rank, arguments)


ACTS = (
    _lead("take", N_("take"), N_("Make me the owner"), "t", 20),
    _lead("assign", N_("owner"), N_("Give it an owner"), "a", 21, Argument("login", required=False)),
    _lead("status", N_("status"), N_("Carry it to another state, through its gate"), "s", 22),
    _lead("priority", N_("priority"), N_("Set impact and urgency"), "p", 23),
    _lead("note", N_("note"), N_("Leave a note"), "i", 24),
    _lead("edit", N_("edit"), N_("Change what it says"), "e", 25),
    _lead("link", N_("link"), N_("Link tickets that it causes, or take them off"), "&", 40),
    _lead("known_error", N_("known error"), N_("Write down symptom and workaround"), "!", 30),
    _lead("send", N_("send workaround"), N_("Send the workaround to all linked open tickets"), "m", 31),
    _lead("end", N_("end"), N_("Close it: effect verified, risk accepted, or duplicate"), "d", 32),
    _lead("review", N_("review"), N_("Write down what a review found"), "r"),
    _lead("watch", N_("watch"), N_("Watch, or stop watching"), "W"),
    _lead("copy_number", N_("copy"), N_("Copy the number"), "y"),
)

IN_BOARD = (
    *(
        Command("board.move", title, help_, keys, BOARD, parameter=how)
        for how, title, help_, keys in (
            ("down", N_("down"), N_("Go one card down"), ("j", "down")),
            ("up", N_("up"), N_("Go one card up"), ("k", "up")),
            ("half_down", N_("half page"), N_("Go half a page down"), ("ctrl+d",)),
            ("half_up", N_("half page"), N_("Go half a page up"), ("ctrl+u",)),
            ("page_down", N_("page"), N_("Go a page down"), ("pagedown",)),
            ("page_up", N_("page"), N_("Go a page up"), ("pageup",)),
            ("top", N_("top"), N_("Go to the top of the column"), ("home", "g g")),
            ("bottom", N_("bottom"), N_("Go to the bottom of the column"), ("end", "G")),
            ("left", N_("column"), N_("Go to the column on the left"), ("h", "left")),
            ("right", N_("column"), N_("Go to the column on the right"), ("l", "right")),
        )
    ),
    Command("board.open", N_("open"), N_("Open the problem"), ("enter", "o"), BOARD, 10),
    Command("board.new", N_("new"), N_("Open a new problem"), ("c",), BOARD, 11),
    Command("board.carry_left", N_("carry"), N_("Carry the card to the left"), ("H", "shift+left"), BOARD),
    Command(
        "board.carry_right",
        N_("carry"),
        N_("Carry the card to the right, through the gate"),
        ("L", "shift+right"),
        BOARD,
        12,
    ),
    Command("board.fold", N_("fold"), N_("Fold the column"), ("_",), BOARD, 41),
    Command("board.filter", N_("filter"), N_("Filter the board"), ("/",), BOARD, 42),
    Command(
        "board.group", N_("columns by"), N_("Make columns of state, owner, service or age"), ("S",), BOARD, 43
    ),
    Command("board.preview", N_("preview"), N_("Show the preview or hide it"), ("w",), BOARD),
    Command("board.mark_and_move", N_("mark"), N_("Mark and move down"), ("space",), BOARD),
    Command("board.mark", N_("mark"), N_("Mark and stay"), ("x",), BOARD),
    Command("board.mark_all", N_("mark all"), N_("Mark every card of the column"), ("V",), BOARD),
    Command("board.unwind", N_("back"), N_("Undo one layer: marks, then the filter"), ("escape",), BOARD),
    *(
        Command(
            "board.column",
            N_("column"),
            N_("Go to the column with this number"),
            (str(number),),
            BOARD,
            parameter=str(number),
        )
        for number in range(1, 10)
    ),
)

IN_PROBLEM = (
    *(
        Command("problem.move", title, help_, keys, PROBLEM, parameter=how)
        for how, title, help_, keys in (
            ("down", N_("down"), N_("Go one down"), ("j", "down")),
            ("up", N_("up"), N_("Go one up"), ("k", "up")),
            ("page_down", N_("page"), N_("Go a page down"), ("pagedown", "space", "ctrl+d")),
            ("page_up", N_("page"), N_("Go a page up"), ("pageup", "ctrl+u")),
            ("top", N_("top"), N_("Go to the top"), ("home", "g g")),
            ("bottom", N_("bottom"), N_("Go to the bottom"), ("end", "G")),
        )
    ),
    Command(
        "problem.previous_tab", N_("previous tab"), N_("Go to the tab on the left"), ("h", "left"), PROBLEM
    ),
    Command("problem.next_tab", N_("next tab"), N_("Go to the tab on the right"), ("l", "right"), PROBLEM),
    *(
        Command(
            "problem.show_tab",
            N_("tab"),
            N_("Go to the tab with this number"),
            (str(number),),
            PROBLEM,
            parameter=str(number),
        )
        for number in range(1, 6)
    ),
    Command(
        "problem.carry",
        N_("carry on"),
        N_("Carry it on to the next state"),
        ("L", "shift+right"),
        PROBLEM,
        12,
    ),
    Command("problem.add", N_("add"), N_("Add a why below the cursor, or an action"), ("c",), PROBLEM, 1),
    Command("problem.add_beside", N_("add beside"), N_("Add a why beside the cursor"), ("C",), PROBLEM, 2),
    Command(
        "problem.open",
        N_("change"),
        N_("Change the why or action; open a ticket"),
        ("enter", "o"),
        PROBLEM,
        3,
    ),
    Command(
        "problem.confirm", N_("confirm"), N_("Confirm the cause; the action is done"), ("+",), PROBLEM, 4
    ),
    Command("problem.refute", N_("refute"), N_("Refute the cause"), ("x",), PROBLEM, 5),
    Command("problem.reopen", N_("open again"), N_("Leave the cause open again"), ("=",), PROBLEM),
    Command("problem.root", N_("root"), N_("Mark the cause as a root, or not"), ("*",), PROBLEM, 6),
    Command(
        "problem.branch", N_("branch"), N_("Put the cause on a branch of the fishbone"), ("b",), PROBLEM, 7
    ),
    Command("problem.promote", N_("promote"), N_("Move the cause one level up"), ("<",), PROBLEM),
    Command("problem.demote", N_("demote"), N_("Move the cause under the one above"), (">",), PROBLEM),
    Command(
        "problem.lower",
        N_("lower"),
        N_("Move the cause down among its siblings"),
        ("J", "shift+down"),
        PROBLEM,
    ),
    Command(
        "problem.higher", N_("higher"), N_("Move the cause up among its siblings"), ("K", "shift+up"), PROBLEM
    ),
    Command("problem.under", N_("move under"), N_("Move the cause under another"), ("M",), PROBLEM),
    Command("problem.remove", N_("remove"), N_("Take the cause or the action out"), ("D", "delete"), PROBLEM),
    Command(
        "problem.fishbone", N_("tree/fishbone"), N_("Show the causes as tree or fishbone"), ("f",), PROBLEM, 8
    ),
    Command(
        "problem.accept",
        N_("count effect"),
        N_("Count the effect, and accept a quiet window"),
        ("A",),
        PROBLEM,
        13,
    ),
    Command(
        "problem.release", N_("resolve waiting"), N_("Resolve the tickets on hold for it"), ("w",), PROBLEM
    ),
    Command("problem.export", N_("export"), N_("Write the report to files"), ("E",), PROBLEM, 44),
    Command("problem.unwind", N_("back"), N_("Go back"), ("escape",), PROBLEM),
)

IN_CANDIDATES = (
    *(
        Command("candidate.move", title, help_, keys, CANDIDATES, parameter=how)
        for how, title, help_, keys in (
            ("down", N_("down"), N_("Go one down"), ("j", "down")),
            ("up", N_("up"), N_("Go one up"), ("k", "up")),
            ("page_down", N_("page"), N_("Go a page down"), ("pagedown", "ctrl+d")),
            ("page_up", N_("page"), N_("Go a page up"), ("pageup", "ctrl+u")),
            ("top", N_("top"), N_("Go to the top"), ("home", "g g")),
            ("bottom", N_("bottom"), N_("Go to the bottom"), ("end", "G")),
        )
    ),
    Command("candidate.open", N_("tickets"), N_("Open one of its tickets"), ("enter", "o"), CANDIDATES, 10),
    Command(
        "candidate.new", N_("open problem"), N_("Open a problem with its tickets"), ("c",), CANDIDATES, 11
    ),
    Command("candidate.add", N_("add to"), N_("Give its tickets to a problem"), ("a",), CANDIDATES, 12),
    Command("candidate.reject", N_("dismiss"), N_("Say why this is no problem"), ("d", "x"), CANDIDATES, 13),
    Command("candidate.look", N_("look"), N_("Look for candidates now"), ("n",), CANDIDATES, 14),
    Command("candidate.unwind", N_("back"), N_("Go back"), ("escape",), CANDIDATES),
)

COMMANDS = (*EVERYWHERE, *ACTS, *IN_BOARD, *IN_PROBLEM, *IN_CANDIDATES)
"""Every command of problem management."""
