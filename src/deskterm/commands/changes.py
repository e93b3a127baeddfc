"""Commands of change management: its calendar, a change, the approvals inbox, the run sheet."""

from __future__ import annotations

from deskterm.commands.command import LISTS, Argument, Command, Need, Place
from deskterm.i18n import N_

CALENDAR = frozenset({Place.CALENDAR})
CHANGE = frozenset({Place.CHANGE})
APPROVALS = frozenset({Place.APPROVALS})
RUNSHEET = frozenset({Place.RUNSHEET})

MOVES = (
    ("down", N_("down"), N_("Go one down"), ("j", "down")),
    ("up", N_("up"), N_("Go one up"), ("k", "up")),
    ("page_down", N_("page"), N_("Go a page down"), ("pagedown", "ctrl+d")),
    ("page_up", N_("page"), N_("Go a page up"), ("pageup", "ctrl+u")),
    ("top", N_("top"), N_("Go to the top"), ("home", "g g")),
    ("bottom", N_("bottom"), N_("Go to the bottom"), ("end", "G")),
)

TO_CHANGES = (
    Command("desk.go_calendar", N_("calendar"), N_("Go to the change calendar"), ("g c",), LISTS),
    Command("desk.go_approvals", N_("approvals"), N_("Go to what waits for my approval"), ("g a",), LISTS),
    Command(
        "desk.go_change",
        N_("change"),
        N_("Go to the linked change, or to one by its number"),
        ("g h",),
        LISTS,
        arguments=(Argument("number", required=False),),
    ),
)
"""How one comes to changes from everywhere."""

TRAVELS = (
    ("left", N_("day"), N_("Go to the day before"), ("h", "left")),
    ("right", N_("day"), N_("Go to the next day"), ("l", "right")),
    ("week_back", N_("week"), N_("Go to the week before"), ("H", "shift+left")),
    ("week_on", N_("week"), N_("Go to the next week"), ("L", "shift+right")),
    ("month_on", N_("month"), N_("Go to the next month"), ("J", "shift+down")),
    ("month_back", N_("month"), N_("Go to the month before"), ("K", "shift+up")),
)
VIEWS = (("1", N_("day")), ("2", N_("week")), ("3", N_("month")), ("4", N_("agenda")))


def _verb(
    id_: str, title: str, help_: str, key: str, rank: int = 0, *arguments: Argument, takes: str = ""
) -> Command:
    """Return a command that does something to the changes that are marked or under the cursor."""
    return Command(
        f"calendar.{id_}", title, help_, (key,), CALENDAR, rank, arguments, Need.CHANGE, takes=takes
    )


EDIT = "change.edit"
"""The action that owner, team and texts come to."""
VERBS = (
    _verb(
        "go_on", N_("approve, go on"), N_("Take the next step: submit, assess, vote, begin, verify"), "s", 16
    ),
    _verb("refuse_change", N_("refuse"), N_("Vote against the change, saying why"), "r"),
    _verb("edit", N_("edit"), N_("Edit the request for change"), "e", 17, takes=EDIT),
    _verb("end", N_("close"), N_("Say what came of it, then close it"), "d", 18),
    _verb("assign", N_("assign"), N_("Say who sees it through"), "a", 40, Argument("login"), takes=EDIT),
    _verb("transfer", N_("team"), N_("Say which team it belongs to"), "A", 41, Argument("team"), takes=EDIT),
    _verb("risk", N_("risk"), N_("Alter, assess or explain its risk"), "p", 42),
    _verb("note", N_("note"), N_("Write a line in its log"), "i", 43, takes="change.note"),
    _verb(
        "confirm", N_("confirm"), N_("Give my word that the window suits"), "C", 44, takes="change.confirm"
    ),
    _verb("give_up", N_("cancel"), N_("Give it up before its review"), "X", 45, takes="change.cancel"),
    _verb("tags", N_("tags"), N_("Put tags on, or take them off"), "#", takes="change.tag"),
    _verb(
        "link", N_("link"), N_("Link a ticket, or a change that must end first"), "&", takes="change.follow"
    ),
    _verb("watch", N_("watch"), N_("Watch, or stop watching"), "W"),
    _verb("star", N_("star"), N_("Star it, or take the star off"), "*"),
)

IN_CALENDAR = (
    *VERBS,
    Command(
        "calendar.filter_by",
        N_("filter by it"),
        N_("Filter by a value of the change; again: without it, off"),
        ("f",),
        CALENDAR,
        46,
    ),
    Command(
        "calendar.mark_and_move",
        N_("mark"),
        N_("Mark the change and go on; keys then act on all that are marked"),
        ("space",),
        CALENDAR,
        47,
    ),
    Command("calendar.macro", N_("macro"), N_("Say what changes have instead of macros"), ("m",), CALENDAR),
    Command(
        "calendar.preview",
        N_("details"),
        N_("Show details below, right, or not at all"),
        ("w",),
        CALENDAR,
        48,
    ),
    Command(
        "calendar.add_span",
        N_("window"),
        N_("Add a maintenance window or a freeze"),
        ("+",),
        CALENDAR,
        33,
        takes="calendar.add",
    ),
    Command(
        "calendar.remove_span",
        N_("take out"),
        N_("Take out a window or freeze that people added"),
        ("D",),
        CALENDAR,
        takes="calendar.remove",
    ),
    *(
        Command("calendar.travel", title, help_, keys, CALENDAR, parameter=how)
        for how, title, help_, keys in (*MOVES, *TRAVELS)
    ),
    Command("calendar.next_change", N_("next"), N_("Go to the next change"), ("tab",), CALENDAR, 12),
    Command(
        "calendar.previous_change", N_("previous"), N_("Go to the change before"), ("shift+tab",), CALENDAR
    ),
    Command("calendar.next_conflict", N_("conflict"), N_("Go to the next conflict"), ("n",), CALENDAR, 13),
    Command("calendar.previous_conflict", N_("conflict"), N_("Go to the conflict before"), ("N",), CALENDAR),
    Command("calendar.today", N_("today"), N_("Go to now"), ("t",), CALENDAR, 30),
    *(
        Command(
            "calendar.show_view",
            title,
            N_("Show a day, a week, a month or a list"),
            (key,),
            CALENDAR,
            parameter=key,
        )
        for key, title in VIEWS
    ),
    Command("calendar.fewer_hours", N_("finer"), N_("Fewer hours per line"), ("<",), CALENDAR),
    Command("calendar.more_hours", N_("coarser"), N_("More hours per line"), (">",), CALENDAR),
    Command(
        "calendar.open",
        N_("open"),
        N_("Open the change; while moving: keep it here"),
        ("enter", "o"),
        CALENDAR,
        10,
    ),
    Command("calendar.move", N_("move"), N_("Move the change by quarters of an hour"), ("M",), CALENDAR, 14),
    Command(
        "calendar.free_slot",
        N_("free slot"),
        N_("Take the change to the next room for it"),
        ("S",),
        CALENDAR,
        15,
    ),
    Command("calendar.new", N_("new"), N_("Request a change at the cursor"), ("c",), CALENDAR, 11),
    Command("calendar.emergency", N_("emergency"), N_("Request an emergency change"), ("!",), CALENDAR, 31),
    Command(
        "calendar.filter", N_("filter"), N_("Show only the changes that a filter takes"), ("/",), CALENDAR, 32
    ),
    Command(
        "calendar.export",
        N_("export"),
        N_("Write the calendar to an iCalendar file"),
        ("E",),
        CALENDAR,
        arguments=(Argument("file", required=False),),
    ),
    Command("calendar.copy_number", N_("copy"), N_("Copy the number"), ("y",), CALENDAR),
    Command(
        "calendar.unwind",
        N_("back"),
        N_("Leave the move, then marks, then the filter, then the calendar"),
        ("escape",),
        CALENDAR,
    ),
)

IN_CHANGE = (
    *(
        Command("change.scroll", title, help_, keys, CHANGE, parameter=how)
        for how, title, help_, keys in MOVES
    ),
    Command(
        "change.previous_tab", N_("previous tab"), N_("Go to the tab on the left"), ("h", "left"), CHANGE
    ),
    Command("change.next_tab", N_("next tab"), N_("Go to the tab on the right"), ("l", "right"), CHANGE),
    *(
        Command(
            "change.show_tab",
            N_("tab"),
            N_("Go to the tab with this number"),
            (str(number),),
            CHANGE,
            parameter=str(number),
        )
        for number in range(1, 7)
    ),
    Command(
        "change.go_on",
        N_("go on"),
        N_("Take the next step: submit, assess, begin, verify, review, close"),
        ("s",),
        CHANGE,
        10,
    ),
    Command("change.edit", N_("edit"), N_("Edit the request for change"), ("e",), CHANGE, 11),
    Command("change.window", N_("window"), N_("Say when it begins and ends"), ("w",), CHANGE, 12),
    Command("change.free_slot", N_("free slot"), N_("Look for the next room for it"), ("S",), CHANGE, 33),
    Command("change.plan", N_("steps"), N_("Write the run sheet: a step a line"), ("p",), CHANGE, 13),
    Command("change.confirm", N_("confirm"), N_("Give my word that the window suits"), ("C",), CHANGE, 14),
    Command("change.approve", N_("approve"), N_("Vote for the change"), ("a",), CHANGE, 15),
    Command(
        "change.refuse_change", N_("refuse"), N_("Vote against the change, saying why"), ("r",), CHANGE, 16
    ),
    Command("change.run_sheet", N_("run sheet"), N_("Open the run sheet"), ("x", "enter"), CHANGE, 17),
    Command(
        "change.judge",
        N_("incident"),
        N_("Link a new incident as caused by this, or set it aside"),
        ("&",),
        CHANGE,
        34,
    ),
    Command("change.check", N_("check"), N_("Record what a check showed"), ("v",), CHANGE, 35),
    Command(
        "change.break_glass", N_("break glass"), N_("Ask to begin outside the window"), ("!",), CHANGE, 36
    ),
    Command(
        "change.second",
        N_("second"),
        N_("Agree, as the second person, to begin outside the window"),
        ("A",),
        CHANGE,
        37,
    ),
    Command("change.follow", N_("after"), N_("Say which change must end first"), ("f",), CHANGE),
    Command(
        "change.to_draft", N_("to draft"), N_("Take it back to draft, to plan it anew"), ("D",), CHANGE, 40
    ),
    Command("change.give_up", N_("cancel"), N_("Give the change up before its review"), ("X",), CHANGE, 41),
    Command("change.note", N_("note"), N_("Write a line in its log"), ("i",), CHANGE, 38),
    Command("change.template", N_("template"), N_("Propose it as a template for others"), ("P",), CHANGE),
    Command("change.tags", N_("tags"), N_("Put tags on, or take them off"), ("#",), CHANGE),
    Command("change.link", N_("link"), N_("Link a ticket, or a change that must end first"), ("L",), CHANGE),
    Command("change.watch", N_("watch"), N_("Watch, or stop watching"), ("W",), CHANGE),
    Command("change.star", N_("star"), N_("Star it, or take the star off"), ("*",), CHANGE),
    Command("change.copy_number", N_("copy"), N_("Copy the number"), ("y",), CHANGE),
    Command("change.unwind", N_("back"), N_("Go back"), ("escape",), CHANGE),
)

IN_APPROVALS = (
    *(
        Command("approvals.travel", title, help_, keys, APPROVALS, parameter=how)
        for how, title, help_, keys in MOVES
    ),
    Command("approvals.open", N_("open"), N_("Open the change"), ("enter", "o"), APPROVALS, 10),
    Command("approvals.approve", N_("approve"), N_("Vote for it"), ("a",), APPROVALS, 11),
    Command(
        "approvals.refuse_change", N_("refuse"), N_("Vote against it, saying why"), ("r",), APPROVALS, 12
    ),
    Command("approvals.read_on", N_("read on"), N_("Scroll the request down"), ("J", "space"), APPROVALS, 13),
    Command("approvals.read_back", N_("read back"), N_("Scroll the request up"), ("K",), APPROVALS),
    Command(
        "approvals.delegate",
        N_("delegate"),
        N_("Let somebody vote in my place for some days"),
        ("D",),
        APPROVALS,
        20,
    ),
    Command(
        "approvals.end_delegation",
        N_("end delegation"),
        N_("Take a delegation back"),
        ("X",),
        APPROVALS,
        21,
        takes="delegation.end",
    ),
    Command("approvals.filter", N_("filter"), N_("Show only some changes"), ("/",), APPROVALS, 22),
    Command("approvals.unwind", N_("back"), N_("Take the filter back, then close"), ("escape",), APPROVALS),
)

IN_RUNSHEET = (
    *(
        Command("runsheet.travel", title, help_, keys, RUNSHEET, parameter=how)
        for how, title, help_, keys in MOVES
    ),
    Command("runsheet.start_step", N_("start"), N_("Begin the step"), ("enter", "s"), RUNSHEET, 10),
    Command("runsheet.step_done", N_("done"), N_("The step is done"), ("d",), RUNSHEET, 11),
    Command("runsheet.step_failed", N_("failed"), N_("The step failed, and why"), ("f",), RUNSHEET, 12),
    Command("runsheet.step_skipped", N_("skip"), N_("The step is left out, and why"), ("x",), RUNSHEET, 13),
    Command("runsheet.begin", N_("begin"), N_("Begin to carry the change out"), ("b",), RUNSHEET, 14),
    Command(
        "runsheet.finish", N_("finish"), N_("The run sheet is over; now it is verified"), ("e",), RUNSHEET, 15
    ),
    Command("runsheet.roll_back", N_("roll back"), N_("Switch to the roll-back steps"), ("B",), RUNSHEET, 16),
    Command("runsheet.note", N_("note"), N_("Write a line in the log"), ("i",), RUNSHEET, 17),
    Command(
        "runsheet.break_glass", N_("break glass"), N_("Ask to begin outside the window"), ("!",), RUNSHEET, 30
    ),
    Command(
        "runsheet.second",
        N_("second"),
        N_("Agree, as the second person, to begin outside the window"),
        ("A",),
        RUNSHEET,
        31,
    ),
    Command("runsheet.unwind", N_("back"), N_("Close the run sheet; it goes on"), ("escape",), RUNSHEET),
)

COMMANDS = (*TO_CHANGES, *IN_CALENDAR, *IN_CHANGE, *IN_APPROVALS, *IN_RUNSHEET)
