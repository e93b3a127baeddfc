"""Every command there is, by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deskterm.commands import changes, dialogs, leading, problems
from deskterm.commands.command import LISTS, SCREENS, TICKETS, Argument, Command, Need, Place
from deskterm.domain.ticket import Status
from deskterm.i18n import N_

QUEUE = frozenset({Place.QUEUE})
TICKET = frozenset({Place.TICKET})
INTAKE = frozenset({Place.INTAKE})
TYPING = frozenset({Place.COMPOSER}) | INTAKE


def _may_be(name: str) -> Argument:
    """Return something that a command asks for where it is not given."""
    return Argument(name, required=False)


TEXT = Argument("text", required=False, is_text=True)


EVERYWHERE = (
    Command("desk.help", N_("keys"), N_("Show every key of this screen"), ("?", "f1"), SCREENS),
    Command("desk.palette", N_("palette"), N_("Find a command by its words"), ("ctrl+p",), LISTS, 61),
    Command("desk.line", N_("command"), N_("Type a command"), (":",), LISTS, 60),
    Command("desk.go_queue", N_("queue"), N_("Go to the queue"), ("g q",), LISTS),
    Command("desk.go_mine", N_("my work"), N_("Go to my open tickets"), ("g m",), LISTS),
    Command("desk.go_notifications", N_("notifications"), N_("Go to the notifications"), ("g n",), LISTS),
    Command("desk.go_outbox", N_("outbox"), N_("Show the mail that waits to go"), ("g o",), LISTS),
    Command("desk.go_log", N_("activity"), N_("Show what was done here and take it back"), ("g l",), LISTS),
    Command(
        "desk.go_ticket",
        N_("ticket"),
        N_("Go to a ticket, problem or change by its number"),
        ("g t",),
        LISTS,
        arguments=(Argument("number"),),
        aliases=("open",),
    ),
    Command("desk.go_search", N_("search all"), N_("Search everything"), ("g /",), LISTS),
    Command(
        "desk.go_caller",
        N_("caller"),
        N_("Go to the tickets of this caller"),
        ("g r",),
        TICKETS,
        needs=Need.TICKET,
    ),
    Command(
        "desk.go_item",
        N_("CI card"),
        N_("Show the configuration item: what depends on it, what goes on about it"),
        ("g i",),
        TICKETS,
        needs=Need.TICKET,
    ),
    Command("desk.new_ticket", N_("new"), N_("Open a new ticket"), ("c",), TICKETS, 45, takes="ticket.open"),
    Command(
        "desk.undo", N_("undo"), N_("Take back what was done last"), ("u", "z"), LISTS, 32, needs=Need.DONE
    ),
    Command(
        "desk.redo", N_("redo"), N_("Do again what was taken back last"), ("U", "Z"), LISTS, needs=Need.UNDONE
    ),
    Command(
        "desk.repeat",
        N_("repeat"),
        N_("Do what was done last to this ticket"),
        (".",),
        TICKETS,
        58,
        needs=Need.LATEST,
    ),
    Command("desk.back", N_("back"), N_("Go back to where you were"), ("[",), LISTS),
    Command("desk.forward", N_("forward"), N_("Go forward again"), ("]",), LISTS),
    Command("desk.to_and_fro", N_("last place"), N_("Go to the place before, and back"), ("-",), LISTS),
    Command("desk.refresh", N_("refresh"), N_("Read again and sort anew"), ("R", "ctrl+r", "f5"), SCREENS),
    Command("desk.redraw", N_("redraw"), N_("Draw the screen again"), ("ctrl+l",), SCREENS),
    Command(
        "desk.settings",
        N_("settings"),
        N_("Set theme, bell and where the cursor goes, until you leave"),
        ("g s",),
        LISTS,
        arguments=(_may_be("setting"),),
        aliases=("set",),
    ),
    Command(
        "desk.bind",
        N_("own keys"),
        N_("Give a command a key of your own until you leave; without: show yours"),
        ("g B",),
        LISTS,
        arguments=(_may_be("command"), _may_be("key")),
    ),
    Command("desk.lock", N_("lock"), N_("Blank the screen until you come back"), ("g L",), LISTS),
    Command("desk.close", N_("close"), N_("Close this level"), ("q",), SCREENS),
    Command("desk.leave", N_("quit"), N_("Leave the desk"), ("Q", "ctrl+q"), SCREENS),
    Command("desk.suspend", N_("suspend"), N_("Go to the shell; fg comes back"), ("ctrl+z",), SCREENS),
)


def _act(
    id_: str,
    title: str,
    help_: str,
    key: str,
    rank: int = 0,
    *arguments: Argument,
    leads_to: Status | None = None,
    takes: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Command:
    """Return a command that does something to tickets; what it takes has its name where none is given."""
    return Command(
        f"ticket.{id_}",
        title,
        help_,
        (key,),
        TICKETS,
        rank,
        arguments,
        Need.TICKET,
        leads_to,
        takes=f"ticket.{id_}" if takes is None else takes,
        aliases=aliases,
    )


ACTS = (
    _act("take", N_("take"), N_("Assign to me"), "t", 20),
    _act("assign", N_("assign"), N_("Assign to a person"), "a", 21, Argument("login")),
    _act("transfer", N_("team"), N_("Transfer to a team"), "A", 40, Argument("team")),
    _act(
        "status",
        N_("status"),
        N_("Move to another status"),
        "s",
        22,
        Argument("status"),
        _may_be("until"),
        takes="ticket.resume",
    ),
    _act(
        "priority",
        N_("priority"),
        N_("Set impact and urgency"),
        "p",
        23,
        _may_be("impact"),
        _may_be("urgency"),
        takes="ticket.classify",
        aliases=("prio",),
    ),
    _act(
        "resolve",
        N_("resolve"),
        N_("Say how service was restored"),
        "d",
        30,
        _may_be("resolution"),
        TEXT,
        leads_to=Status.RESOLVED,
    ),
    _act(
        "hold",
        N_("hold"),
        N_("Put on hold until a review date"),
        "b",
        31,
        _may_be("reason"),
        _may_be("until"),
        leads_to=Status.ON_HOLD,
    ),
    _act("reply", N_("reply"), N_("Write to the caller"), "r", 24, TEXT),
    _act("note", N_("note"), N_("Write an internal note"), "i", 25, TEXT),
    _act("escalate", N_("escalate"), N_("Escalate to the next tier or the lead"), "!", 41, TEXT),
    _act("edit", N_("edit"), N_("Change fields"), "e", 46),
    _act(
        "tags",
        N_("tags"),
        N_("Put tags on, or take them off"),
        "#",
        0,
        TEXT,
        takes="ticket.tag",
        aliases=("tag",),
    ),
    _act("link", N_("link"), N_("Link to another record"), "&", 0, _may_be("kind"), _may_be("number")),
    _act("merge", N_("merge"), N_("Merge into another ticket, or take out again"), "M", 0, _may_be("number")),
    _act("tasks", N_("tasks"), N_("Tick a task off, or add one"), "D", takes="ticket.add_task"),
    _act("macro", N_("macro"), N_("Run a macro"), "m", 47, _may_be("macro"), takes="ticket.run_macro"),
    _act("watch", N_("watch"), N_("Watch, or stop watching"), "W"),
    _act("star", N_("star"), N_("Put a star on it for yourself, or take it off: is:starred"), "*"),
    _act(
        "log_time", N_("log time"), N_("Write down how long you worked on it"), "+", 0, _may_be("span"), TEXT
    ),
    _act("copy_number", N_("copy"), N_("Copy the number"), "y", takes=""),
    _act("copy_link", N_("copy link"), N_("Copy the command that opens it"), "Y", takes=""),
)

MOVES = (
    ("down", N_("down"), N_("Go one down"), ("j", "down")),
    ("up", N_("up"), N_("Go one up"), ("k", "up")),
    ("half_page_down", N_("half page"), N_("Go half a page down"), ("ctrl+d",)),
    ("half_page_up", N_("half page"), N_("Go half a page up"), ("ctrl+u",)),
    ("page_down", N_("page"), N_("Go a page down"), ("pagedown",)),
    ("page_up", N_("page"), N_("Go a page up"), ("pageup",)),
    ("top", N_("top"), N_("Go to the top"), ("home", "g g")),
    ("bottom", N_("bottom"), N_("Go to the bottom"), ("end", "G")),
)
"""How a cursor moves in lists and readers."""

IN_QUEUE = (
    *(Command("queue.move", title, help_, keys, QUEUE, parameter=how) for how, title, help_, keys in MOVES),
    Command(
        "queue.triage",
        N_("triage"),
        N_("Go through the untriaged tickets one by one"),
        ("T",),
        QUEUE,
        48,
        takes="ticket.triage",
    ),
    Command("queue.columns_left", N_("columns"), N_("Scroll the columns to the left"), ("H",), QUEUE),
    Command("queue.columns_right", N_("columns"), N_("Scroll the columns to the right"), ("L",), QUEUE),
    Command(
        "queue.open",
        N_("open"),
        N_("Open the ticket under the cursor"),
        ("enter", "o"),
        QUEUE,
        10,
        needs=Need.TICKET,
    ),
    Command("queue.filter", N_("filter"), N_("Filter this view"), ("/",), QUEUE, 42),
    Command(
        "queue.filter_by",
        N_("filter by cell"),
        N_("Filter by a value of this row; again: without it, off"),
        ("f",),
        QUEUE,
        52,
        needs=Need.TICKET,
    ),
    Command(
        "queue.sort",
        N_("sort"),
        N_("Sort by another column, or the other way round"),
        ("S",),
        QUEUE,
        43,
        (_may_be("order"),),
    ),
    Command("queue.columns", N_("columns"), N_("Choose the columns"), ("C",), QUEUE, 53),
    Command(
        "queue.next_unread",
        N_("next unread"),
        N_("Go to the next ticket with news for you"),
        ("n",),
        QUEUE,
        54,
    ),
    Command(
        "queue.previous_unread",
        N_("previous unread"),
        N_("Go to the ticket above with news for you"),
        ("N",),
        QUEUE,
    ),
    Command("queue.freeze", N_("freeze"), N_("Hold the list still, or let it live again"), ("F",), QUEUE, 56),
    Command(
        "queue.export",
        N_("export"),
        N_("Write this view to a CSV file"),
        ("E",),
        QUEUE,
        arguments=(_may_be("file"),),
    ),
    Command(
        "queue.save_view",
        N_("save view"),
        N_("Keep this filter under a name"),
        ("g S",),
        QUEUE,
        arguments=(Argument("name"),),
    ),
    Command("queue.drop_view", N_("drop view"), N_("Forget this saved view"), ("g D",), QUEUE),
    Command(
        "queue.view",
        N_("view"),
        N_("Go to a view by its name"),
        ("g v",),
        QUEUE,
        arguments=(Argument("name"),),
    ),
    Command("queue.preview", N_("preview"), N_("Show the preview or hide it"), ("w",), QUEUE, 44),
    Command(
        "queue.previous_view", N_("previous view"), N_("Go to the view on the left"), ("h", "left"), QUEUE
    ),
    Command("queue.next_view", N_("next view"), N_("Go to the view on the right"), ("l", "right"), QUEUE),
    *(
        Command(
            "queue.show_view",
            N_("view"),
            N_("Go to the view with this number; 0 is all"),
            (str(number),),
            QUEUE,
            parameter=str(number),
        )
        for number in range(10)
    ),
    Command("queue.mark_and_move", N_("mark"), N_("Mark and move down"), ("space",), QUEUE),
    Command("queue.mark", N_("mark"), N_("Mark and stay"), ("x",), QUEUE),
    Command("queue.mark_range", N_("range"), N_("Begin or end a range of marks"), ("v",), QUEUE),
    Command("queue.mark_all", N_("mark all"), N_("Mark everything in the view"), ("V",), QUEUE),
    Command("queue.unwind", N_("back"), N_("Undo one layer: range, marks, filter"), ("escape",), QUEUE),
    Command("queue.preview_down", N_("preview"), N_("Scroll the preview down"), ("J",), QUEUE),
    Command("queue.preview_up", N_("preview"), N_("Scroll the preview up"), ("K",), QUEUE),
)

IN_TICKET = (
    *(
        Command(
            "ticket.move",
            N_("top of list") if how == "top" else N_("move"),
            help_,
            keys,
            TICKET,
            parameter=how,
        )
        for how, title, help_, keys in MOVES
    ),
    Command("ticket.unfold", N_("unfold"), N_("Unfold or fold the entry"), ("enter", "x"), TICKET),
    Command("ticket.page_space", N_("page"), N_("A page down"), ("space",), TICKET),
    Command(
        "ticket.previous_tab", N_("previous tab"), N_("Go to the tab on the left"), ("h", "left"), TICKET
    ),
    Command("ticket.next_tab", N_("next tab"), N_("Go to the tab on the right"), ("l", "right"), TICKET),
    *(
        Command(
            "ticket.show_tab",
            N_("tab"),
            N_("Go to the tab with this number"),
            (str(number),),
            TICKET,
            parameter=str(number),
        )
        for number in range(1, 6)
    ),
    Command(
        "ticket.cycle_entries",
        N_("entries"),
        N_("Show all, public, internal or system entries"),
        ("v",),
        TICKET,
        50,
    ),
    Command("ticket.explain", N_("explain"), N_("Explain the clocks"), ("E",), TICKET, 51),
    Command("ticket.next_ticket", N_("next"), N_("Go to the next ticket of the view"), ("J",), TICKET),
    Command(
        "ticket.previous_ticket", N_("previous"), N_("Go to the previous ticket of the view"), ("K",), TICKET
    ),
    Command("ticket.find", N_("find"), N_("Find a word in the timeline"), ("/",), TICKET, 52),
    Command(
        "ticket.find_next", N_("next match"), N_("Go to the next match, else the next unread"), ("n",), TICKET
    ),
    Command("ticket.find_previous", N_("previous match"), N_("Go to the match before"), ("N",), TICKET),
    Command("ticket.open_link", N_("links"), N_("Open the linked record"), ("o",), TICKET),
    Command("ticket.side", N_("side"), N_("Show the side panel or hide it"), ("w",), TICKET),
    Command("ticket.unwind", N_("back"), N_("Go back to the view"), ("escape",), TICKET),
)

IN_COMPOSER = (
    Command("composer.send", N_("send"), N_("Send or save"), ("ctrl+s",), TYPING, 10),
    Command(
        "composer.switch",
        N_("public/internal"),
        N_("Switch between reply and note"),
        ("f2",),
        frozenset({Place.COMPOSER}),
        11,
    ),
    Command(
        "composer.then",
        N_("then"),
        N_("Choose what becomes of the ticket once this is sent"),
        ("f3",),
        frozenset({Place.COMPOSER}),
        13,
    ),
    Command(
        "composer.editor",
        N_("$EDITOR"),
        N_("Write it in your own editor"),
        ("ctrl+g",),
        frozenset({Place.COMPOSER}),
        14,
    ),
    Command(
        "composer.unwind", N_("leave, draft kept"), N_("Leave; the draft is saved"), ("escape",), TYPING, 12
    ),
    Command("composer.help", N_("keys"), N_("Show every key of this screen"), ("f1",), TYPING),
    Command(
        "intake.other_call",
        N_("other call"),
        N_("Put this call aside for a new one, or go back to the one before"),
        ("f5", "ctrl+r"),
        INTAKE,
        13,
    ),
    Command(
        "intake.list_names",
        N_("list"),
        N_("List what the line with the cursor may name"),
        ("down",),
        INTAKE,
        14,
    ),
)

TRIAGE = frozenset({Place.TRIAGE})
IN_TRIAGE = (
    Command(
        "triage.accept",
        N_("take all suggestions"),
        N_("Do everything that is suggested, and go on"),
        ("enter",),
        TRIAGE,
        1,
    ),
    *(
        Command(
            "triage.choose",
            N_("suggestion"),
            N_("Do the suggestion with this number, and go on"),
            (str(number),),
            TRIAGE,
            parameter=str(number),
        )
        for number in range(1, 10)
    ),
    Command("triage.skip", N_("skip"), N_("Leave it as it is, and go on"), ("J", "j", "down"), TRIAGE, 2),
    Command("triage.previous", N_("back"), N_("Go back to the ticket before"), ("K", "k", "up"), TRIAGE, 3),
    Command("triage.open", N_("open"), N_("Open the ticket"), ("o",), TRIAGE, 4),
    Command("triage.scroll", N_("scroll"), N_("Scroll the ticket"), ("space",), TRIAGE),
    Command("triage.unwind", N_("end"), N_("End the run"), ("escape",), TRIAGE, 5),
)

IN_NOTIFICATIONS = (
    *(
        Command(
            "notifications.move",
            N_("top of list") if how == "top" else N_("move"),
            help_,
            keys,
            frozenset({Place.NOTIFICATIONS}),
            parameter=how,
        )
        for how, title, help_, keys in MOVES
    ),
    Command(
        "notifications.open",
        N_("open"),
        N_("Open the ticket"),
        ("enter", "o"),
        frozenset({Place.NOTIFICATIONS}),
        10,
    ),
    Command(
        "notifications.read",
        N_("read"),
        N_("Mark as read"),
        ("x", "space"),
        frozenset({Place.NOTIFICATIONS}),
        11,
    ),
    Command(
        "notifications.read_all",
        N_("read all"),
        N_("Mark all as read"),
        ("V",),
        frozenset({Place.NOTIFICATIONS}),
        12,
    ),
    Command(
        "notifications.acknowledge",
        N_("acknowledge"),
        N_("Acknowledge the alert, so that it goes no further up"),
        ("a",),
        frozenset({Place.NOTIFICATIONS}),
        13,
    ),
    Command(
        "notifications.filter",
        N_("filter"),
        N_("Show only those about some tickets"),
        ("/",),
        frozenset({Place.NOTIFICATIONS}),
        14,
    ),
    Command(
        "notifications.unwind",
        N_("back"),
        N_("Close the notifications"),
        ("escape",),
        frozenset({Place.NOTIFICATIONS}),
    ),
)

COMMANDS: tuple[Command, ...] = (
    *EVERYWHERE,
    *ACTS,
    *IN_QUEUE,
    *IN_TICKET,
    *IN_COMPOSER,
    *IN_TRIAGE,
    *IN_NOTIFICATIONS,
    *problems.COMMANDS,
    *changes.COMMANDS,
    *leading.COMMANDS,
    *dialogs.COMMANDS,
)
_BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}


def command(name: str) -> Command:
    """Return the command with this name: its id, and its parameter where it has one."""
    return _BY_NAME[name]


def of_place(place: Place) -> tuple[Command, ...]:
    """Return what can be asked for in a place."""
    return tuple(command for command in COMMANDS if place in command.places)


def hints(commands: Iterable[Command]) -> list[Command]:
    """Return the commands that the hint bar names, the most useful first."""
    return sorted((command for command in commands if command.rank), key=lambda command: command.rank)
