"""What can be asked for in dialogs, on the `:` line, and while a filter is typed."""

from __future__ import annotations

from collections.abc import Mapping

from deskterm.commands.command import Command, Place
from deskterm.i18n import N_

TAKING = frozenset({Place.PICKER})
MARKING = frozenset({Place.MARKING})
PICKER = TAKING | MARKING
FORM = frozenset({Place.FORM})
CONFIRM = frozenset({Place.CONFIRM})
COLLISION = frozenset({Place.COLLISION})
UNFINISHED = frozenset({Place.UNFINISHED})
REPORT = frozenset({Place.REPORT})
LINE = frozenset({Place.LINE})
FILTER = frozenset({Place.FILTER})

ONE_DOWN, ONE_UP = "next", "previous"
STEPS: Mapping[str, int] = {ONE_DOWN: 1, ONE_UP: -1}
"""How far these lead."""

COMMANDS = (
    Command("picker.take", N_("take"), N_("Take what is under the cursor"), ("enter",), TAKING, 1),
    Command("picker.mark", N_("mark"), N_("Mark it, or not, and go on"), ("tab",), MARKING, 1),
    Command("picker.take_marked", N_("take the marked"), N_("Take all marked"), ("enter",), MARKING, 2),
    Command("picker.move", N_("choose"), N_("Go one up"), ("up",), PICKER, 3, parameter=ONE_UP),
    Command("picker.move", N_("choose"), N_("Go one down"), ("down",), PICKER, 4, parameter=ONE_DOWN),
    Command("picker.leave", N_("leave"), N_("Take none"), ("escape",), PICKER, 5),
    Command("form.submit", N_("save"), N_("Hand the form in"), ("ctrl+s",), FORM, 1),
    Command("form.next_field", N_("next field"), N_("Go to the next field"), ("tab",), FORM, 2),
    Command("form.previous_field", N_("previous field"), N_("Go to the field before"), ("shift+tab",), FORM),
    Command(
        "form.leave",
        N_("leave, what you typed is kept"),
        N_("Leave; what was typed is there again next time"),
        ("escape",),
        FORM,
        3,
    ),
    Command("confirm.agree", N_("do it"), N_("Say yes"), ("y",), CONFIRM, 1),
    Command("confirm.decline", N_("leave"), N_("Say no"), ("n", "escape", "q"), CONFIRM, 2),
    Command("confirm.scroll", N_("scroll"), N_("Scroll down"), ("j", "down"), CONFIRM, 3, parameter=ONE_DOWN),
    Command("confirm.scroll", N_("scroll"), N_("Scroll up"), ("k", "up"), CONFIRM, 4, parameter=ONE_UP),
    Command("collision.go_on", N_("go on anyway"), N_("Do it all the same"), ("s",), COLLISION, 1),
    Command("collision.look", N_("look first"), N_("Look at what changed"), ("l", "enter"), COLLISION, 2),
    Command(
        "collision.leave",
        N_("cancel, what you typed stays"),
        N_("Do nothing"),
        ("escape", "n", "q"),
        COLLISION,
        3,
    ),
    Command("unfinished.go_on", N_("go on"), N_("Go on with the call"), ("enter", "1"), UNFINISHED, 1),
    Command(
        "unfinished.go_on_with_other", N_("the other"), N_("Go on with the other call"), ("2",), UNFINISHED, 2
    ),
    Command("unfinished.begin_anew", N_("new call"), N_("Take a new call"), ("n",), UNFINISHED, 3),
    Command("unfinished.leave", N_("leave"), N_("Take no call"), ("escape", "q"), UNFINISHED, 4),
    Command("report.leave", N_("close"), N_("Close it"), ("escape", "enter", "q", "space"), REPORT, 1),
    Command("report.scroll", N_("scroll"), N_("Scroll down"), ("j", "down"), REPORT, 2, parameter=ONE_DOWN),
    Command("report.scroll", N_("scroll"), N_("Scroll up"), ("k", "up"), REPORT, 3, parameter=ONE_UP),
    Command("line.hand_in", N_("do it"), N_("Do what is typed"), ("enter",), LINE, 1),
    Command(
        "line.complete",
        N_("complete"),
        N_("Put in what fits next"),
        ("tab",),
        LINE,
        2,
        parameter=ONE_DOWN,
    ),
    Command(
        "line.complete", N_("complete"), N_("Put in the one before"), ("shift+tab",), LINE, parameter=ONE_UP
    ),
    Command("line.recall", N_("before"), N_("Bring back what was typed"), ("up",), LINE, 3, parameter=ONE_UP),
    Command("line.recall", N_("after"), N_("Go on to what came after"), ("down",), LINE, parameter=ONE_DOWN),
    Command("line.leave", N_("leave"), N_("Type nothing"), ("escape",), LINE, 4),
    Command("filter.keep", N_("keep"), N_("Keep this filter"), ("enter",), FILTER, 1),
    Command("filter.restore", N_("as it was"), N_("Bring back what was there"), ("escape",), FILTER, 2),
    Command(
        "filter.complete",
        N_("complete"),
        N_("Put in the next field or value that fits"),
        ("tab",),
        FILTER,
        3,
        parameter=ONE_DOWN,
    ),
    Command(
        "filter.complete",
        N_("complete"),
        N_("Put in the one before"),
        ("shift+tab",),
        FILTER,
        parameter=ONE_UP,
    ),
    Command("filter.help", N_("keys"), N_("Show every key of this line"), ("f1",), FILTER),
)
