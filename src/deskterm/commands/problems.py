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


def _lead(
    id_: str, title: str, help_: str, key: str, rank: int = 0, *arguments: Argument, takes: str = ""
) -> Command:
    """Return a command that does something to problems; what it takes has its name where none is given."""
    return Command(
        f"problem.{id_}", title, help_, (key,), LEADING, rank, arguments, takes=takes or f"problem.{id_}"
    )


ACTS = (
    _lead("take", N_("take"), N_("Make me the owner"), "t", 20, takes="problem.assign"),
    _lead("assign", N_("owner"), N_("Give it an owner"), "a", 21, Argument("login", required=False)),
    _lead(
        "status",
        N_("status"),
        N_("Carry it to another state, through its gate"),
        "s",
        22,
        takes="problem.move",
    ),
    _lead("priority", N_("priority"), N_("Set impact and urgency"), "p", 23, takes="problem.edit"),
    _lead("note", N_("note"), N_("Leave a note"), "i", 24),
    _lead("edit", N_("edit"), N_("Change what it says"), "e", 25),
    _lead("link", N_("link"), N_("Link tickets that it causes, or take them off"), "&", 40),
    _lead(
        "known_error",
        N_("known error"),
        N_("Write down symptom and workaround"),
        "!",
        30,
        takes="known_error.declare",
    ),
    _lead(
        "macro",
        N_("tell all"),
        N_("Send the workaround to all linked open tickets, or run a macro on them"),
        "m",
        31,
        takes="ticket.run_macro",
    ),
    _lead(
        "end",
        N_("end"),
        N_("Close it: effect verified, risk accepted, or duplicate"),
        "d",
        32,
        takes="problem.move",
    ),
    _lead("review", N_("review"), N_("Write down what a review found"), "r"),
    _lead("tags", N_("tags"), N_("Put words on it, or take them off"), "#", takes="problem.tag"),
    _lead("watch", N_("watch"), N_("Watch, or stop watching"), "W"),
    Command("problem.copy_number", N_("copy"), N_("Copy the number"), ("y",), LEADING),
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
    Command("board.new", N_("new"), N_("Open a new problem"), ("c",), BOARD, 11, takes="problem.open"),
    Command(
        "board.carry_left",
        N_("carry"),
        N_("Carry the card to the left"),
        ("H", "shift+left"),
        BOARD,
        takes="problem.move",
    ),
    Command(
        "board.carry_right",
        N_("carry"),
        N_("Carry the card to the right, through the gate"),
        ("L", "shift+right"),
        BOARD,
        12,
        takes="problem.move",
    ),
    Command("board.fold", N_("fold"), N_("Fold the column"), ("_",), BOARD, 41),
    Command("board.filter", N_("filter"), N_("Filter the board"), ("/",), BOARD, 42),
    Command(
        "board.group", N_("columns by"), N_("Make columns of state, owner, service or age"), ("S",), BOARD, 43
    ),
    Command("board.preview", N_("preview"), N_("Show the preview or hide it"), ("w",), BOARD),
    Command("board.mark_and_move", N_("mark"), N_("Mark and move down"), ("space",), BOARD),
    Command("board.mark", N_("mark"), N_("Mark and stay"), ("x",), BOARD),
    Command("board.mark_range", N_("range"), N_("Begin or end a range of marks"), ("v",), BOARD),
    Command("board.mark_all", N_("mark all"), N_("Mark every card of the column"), ("V",), BOARD),
    Command(
        "board.next_call",
        N_("next"),
        N_("Go to the next card that waits for somebody: late, idle, back, or proposed"),
        ("n",),
        BOARD,
    ),
    Command(
        "board.previous_call",
        N_("previous"),
        N_("Go to the card before that waits for somebody"),
        ("N",),
        BOARD,
    ),
    Command(
        "board.filter_by",
        N_("filter by"),
        N_("Filter by a value of the card; again: not, then off"),
        ("f",),
        BOARD,
        44,
    ),
    Command("board.columns", N_("columns"), N_("Choose which columns are open"), ("C",), BOARD),
    Command(
        "board.move_mode",
        N_("move mode"),
        N_("Move the card with h and l; Enter keeps, Esc cancels"),
        ("M",),
        BOARD,
    ),
    Command("board.transfer", N_("team"), N_("Give it to a team"), ("A",), BOARD, takes="problem.edit"),
    Command("board.star", N_("star"), N_("Star it for yourself, or take the star off"), ("*",), BOARD),
    Command(
        "board.park",
        N_("park"),
        N_("Let it rest until a day, or take it up again"),
        ("b",),
        BOARD,
        33,
        takes="problem.park",
    ),
    Command(
        "board.tell_order",
        N_("order"),
        N_("Say by what the cards of a column are ordered"),
        ("J", "K", "shift+down", "shift+up"),
        BOARD,
    ),
    Command("board.tell_time", N_("time"), N_("Say where work time is logged"), ("+",), BOARD),
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
        takes="problem.move",
    ),
    Command(
        "problem.add",
        N_("add"),
        N_("Add a why below the cursor, or an action"),
        ("c",),
        PROBLEM,
        1,
        takes="cause.add",
    ),
    Command(
        "problem.add_beside",
        N_("add beside"),
        N_("Add a why beside the cursor"),
        ("C",),
        PROBLEM,
        2,
        takes="cause.add",
    ),
    Command(
        "problem.open",
        N_("change"),
        N_("Change the why or action; open a ticket"),
        ("enter", "o"),
        PROBLEM,
        3,
    ),
    Command(
        "problem.confirm",
        N_("confirm"),
        N_("Confirm the cause; the action is done"),
        ("+",),
        PROBLEM,
        4,
        takes="cause.judge",
    ),
    Command("problem.refute", N_("refute"), N_("Refute the cause"), ("x",), PROBLEM, 5, takes="cause.judge"),
    Command(
        "problem.reopen",
        N_("open again"),
        N_("Leave the cause open again"),
        ("=",),
        PROBLEM,
        takes="cause.judge",
    ),
    Command(
        "problem.root",
        N_("root"),
        N_("Mark the cause as a root, or not"),
        ("*",),
        PROBLEM,
        6,
        takes="cause.mark_root",
    ),
    Command(
        "problem.branch",
        N_("branch"),
        N_("Put the cause on a branch of the fishbone"),
        ("b",),
        PROBLEM,
        7,
        takes="cause.branch",
    ),
    Command(
        "problem.promote",
        N_("promote"),
        N_("Move the cause one level up"),
        ("<",),
        PROBLEM,
        takes="cause.promote",
    ),
    Command(
        "problem.demote",
        N_("demote"),
        N_("Move the cause under the one above"),
        (">",),
        PROBLEM,
        takes="cause.demote",
    ),
    Command(
        "problem.lower",
        N_("lower"),
        N_("Move the cause down among its siblings"),
        ("J", "shift+down"),
        PROBLEM,
        takes="cause.shift",
    ),
    Command(
        "problem.higher",
        N_("higher"),
        N_("Move the cause up among its siblings"),
        ("K", "shift+up"),
        PROBLEM,
        takes="cause.shift",
    ),
    Command(
        "problem.under",
        N_("move under"),
        N_("Move the cause under another"),
        ("M",),
        PROBLEM,
        takes="cause.move",
    ),
    Command(
        "problem.remove",
        N_("remove"),
        N_("Take the cause or the action out"),
        ("D", "delete"),
        PROBLEM,
        takes="cause.remove",
    ),
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
        takes="effect.evaluate",
    ),
    Command(
        "problem.release",
        N_("resolve waiting"),
        N_("Resolve the tickets on hold for it"),
        ("w",),
        PROBLEM,
        takes="problem.resolve_waiting",
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
        "candidate.new",
        N_("open problem"),
        N_("Open a problem with its tickets"),
        ("c",),
        CANDIDATES,
        11,
        takes="candidate.open",
    ),
    Command(
        "candidate.add",
        N_("add to"),
        N_("Give its tickets to a problem"),
        ("a",),
        CANDIDATES,
        12,
        takes="candidate.add",
    ),
    Command(
        "candidate.reject",
        N_("dismiss"),
        N_("Say why this is no problem"),
        ("d", "x"),
        CANDIDATES,
        13,
        takes="candidate.dismiss",
    ),
    Command(
        "candidate.look",
        N_("look"),
        N_("Look for candidates now"),
        ("n",),
        CANDIDATES,
        14,
        takes="candidate.detect",
    ),
    Command(
        "candidate.filter", N_("filter"), N_("Show only those about some tickets"), ("/",), CANDIDATES, 15
    ),
    Command(
        "candidate.unwind", N_("back"), N_("Take the filter back, then go back"), ("escape",), CANDIDATES
    ),
)

COMMANDS = (*EVERYWHERE, *ACTS, *IN_BOARD, *IN_PROBLEM, *IN_CANDIDATES)
"""Every command of problem management."""
