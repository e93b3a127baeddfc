"""Commands of the dashboard and the wallboard."""

from __future__ import annotations

from deskterm.commands.command import LISTS, Command, Place
from deskterm.i18n import N_

DASHBOARD = frozenset({Place.DASHBOARD})
BOARDS = frozenset({Place.DASHBOARD, Place.WALLBOARD})

MOVES = (
    ("down", N_("down"), N_("Go to the number below"), ("j", "down")),
    ("up", N_("up"), N_("Go to the number above"), ("k", "up")),
    ("left", N_("left"), N_("Go to the number on the left"), ("h", "left")),
    ("right", N_("right"), N_("Go to the number on the right"), ("l", "right")),
    ("page_down", N_("page"), N_("Go a page down"), ("pagedown", "ctrl+d")),
    ("page_up", N_("page"), N_("Go a page up"), ("pageup", "ctrl+u")),
    ("top", N_("top"), N_("Go to the top"), ("home", "g g")),
    ("bottom", N_("bottom"), N_("Go to the bottom"), ("end", "G")),
)

COMMANDS = (
    Command("desk.go_dashboard", N_("dashboard"), N_("Go to the dashboard"), ("g d",), LISTS),
    *(
        Command("dashboard.move", title, help_, keys, DASHBOARD, parameter=how)
        for how, title, help_, keys in MOVES
    ),
    Command(
        "dashboard.open", N_("open"), N_("Open what is behind the number"), ("enter", "o"), DASHBOARD, 10
    ),
    Command(
        "dashboard.reassign", N_("reassign"), N_("Give tickets behind the number away"), ("a",), DASHBOARD, 12
    ),
    Command(
        "dashboard.acknowledge",
        N_("acknowledge"),
        N_("Acknowledge alerts behind the number, so that they go no further up"),
        ("x",),
        DASHBOARD,
        11,
    ),
    Command("dashboard.filter", N_("filter"), N_("Choose what it is all about"), ("/",), DASHBOARD, 13),
    Command(
        "dashboard.filter_by",
        N_("filter by this"),
        N_("Narrow it to the team or person under the cursor; again: widen it"),
        ("f",),
        DASHBOARD,
    ),
    Command("dashboard.note", N_("note"), N_("Leave a note for the next shift"), ("i",), DASHBOARD, 17),
    Command(
        "dashboard.escalate", N_("escalate"), N_("Escalate tickets behind the number"), ("!",), DASHBOARD
    ),
    Command("dashboard.wallboard", N_("wallboard"), N_("Hang it on the wall"), ("w",), DASHBOARD, 14),
    *(
        Command(
            "dashboard.preset",
            N_("page"),
            N_("Show other figures below the numbers"),
            (str(digit),),
            BOARDS,
            parameter=str(digit),
        )
        for digit in range(1, 5)
    ),
    Command("dashboard.shorter", N_("less"), N_("Count less of the past"), ("<",), BOARDS),
    Command("dashboard.longer", N_("more"), N_("Count more of the past"), (">",), BOARDS, 15),
    Command(
        "dashboard.freeze", N_("freeze"), N_("Hold the numbers still, or let them live"), ("F",), BOARDS, 16
    ),
    Command("dashboard.unwind", N_("back"), N_("Go back"), ("escape",), DASHBOARD),
    Command(
        "wallboard.unwind",
        N_("dashboard"),
        N_("Take it off the wall"),
        ("w", "escape"),
        frozenset({Place.WALLBOARD}),
        10,
    ),
)
