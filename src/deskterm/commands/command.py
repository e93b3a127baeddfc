"""What a command is: something a person can ask for, by key or by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from deskterm.commands.verbs import TWINS
from deskterm.domain.ticket import Status


class Place(StrEnum):
    """Where a command can be asked for."""

    QUEUE = "queue"
    TICKET = "ticket"
    COMPOSER = "composer"
    INTAKE = "intake"
    NOTIFICATIONS = "notifications"
    BOARD = "board"
    PROBLEM = "problem"
    CANDIDATES = "candidates"
    TRIAGE = "triage"
    CALENDAR = "calendar"
    CHANGE = "change"
    APPROVALS = "approvals"
    RUNSHEET = "runsheet"
    DASHBOARD = "dashboard"
    WALLBOARD = "wallboard"
    FILTER = "filter"
    LINE = "line"
    PICKER = "picker"
    MARKING = "marking"
    """A picker in which several are marked."""
    FORM = "form"
    CONFIRM = "confirm"
    COLLISION = "collision"
    UNFINISHED = "unfinished"
    REPORT = "report"


LISTS = frozenset(
    {
        Place.QUEUE,
        Place.TICKET,
        Place.NOTIFICATIONS,
        Place.TRIAGE,
        Place.BOARD,
        Place.PROBLEM,
        Place.CANDIDATES,
        Place.CALENDAR,
        Place.CHANGE,
        Place.APPROVALS,
        Place.RUNSHEET,
        Place.DASHBOARD,
    }
)
"""The places where single keys act, because no text is typed there."""
SCREENS = LISTS | {Place.WALLBOARD}
"""The same with the wallboard, which only shows."""
WITHIN: Mapping[Place, Place] = {Place.COMPOSER: Place.TICKET}
"""Places inside the screen of another one, whose keys belong to that screen, too."""
TICKETS = frozenset({Place.QUEUE, Place.TICKET, Place.TRIAGE})
"""The places that have a ticket under the cursor."""


class Need(StrEnum):
    """What a command cannot do without."""

    TICKET = "ticket"
    """A ticket that is marked or under the cursor."""
    CHANGE = "change"
    """A change that is marked or under the cursor."""
    DONE = "done"
    """Something that was done and can be taken back."""
    UNDONE = "undone"
    """Something that was taken back and can be done again."""
    LATEST = "latest"
    """Something that was done here, to do it to others."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a command is told when it is typed on the command line."""

    name: str
    required: bool = True
    is_text: bool = False
    """Whether it is the rest of the line as it was typed, quotes and all; only the last one may be."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be asked for.

    Its `id` ends in the name of the screen's action: `ticket.take` runs `action_take`.
    """

    id: str
    title: str
    """Two words for the hint bar; marked for translation."""
    help: str
    """One sentence for the help; marked for translation."""
    keys: tuple[str, ...]
    """The first is the one that is shown. Two keys separated by a blank are pressed one after the other."""
    places: frozenset[Place]
    rank: int = 0
    """Place in the hint bar, the lowest first; 0 keeps it out."""
    arguments: tuple[Argument, ...] = ()
    needs: Need | None = None
    """Without it the command does not run."""
    leads_to: Status | None = None
    """The status that it moves a ticket to."""
    takes: str = ""
    """The action of the permission matrix that it comes to; empty where anybody may, or it depends."""
    aliases: tuple[str, ...] = ()
    """What else it is called on the `:` line."""
    parameter: str = ""
    """A literal handed to the action: the `3` of `show_view('3')`."""

    @property
    def action(self) -> str:
        """The name of the action that does it."""
        return self.id.rpartition(".")[2]

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs of the shell's command line that do the same; none where it changes nothing."""
        return TWINS.get(self.id, ())

    @property
    def name(self) -> str:
        """What tells it from every other command: `queue.show_view 3`."""
        return f"{self.id} {self.parameter}".rstrip()

    @property
    def key(self) -> str:
        """The key as it is shown: `^S`, `Enter`, `g q`; empty where it has none."""
        return KEY_NAMES.get(self.keys[0], self.keys[0]) if self.keys else ""


KEY_NAMES = {
    "enter": "Enter",
    "space": "Space",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "shift+up": "Shift+Up",
    "shift+down": "Shift+Down",
    "shift+left": "Shift+Left",
    "shift+right": "Shift+Right",
    "delete": "Del",
    "ctrl+s": "^S",
    "ctrl+l": "^L",
    "ctrl+g": "^G",
    "ctrl+d": "^D",
    "ctrl+u": "^U",
    "ctrl+r": "^R",
    "ctrl+q": "^Q",
    "ctrl+c": "^C",
    "ctrl+p": "^P",
    "f5": "F5",
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "f4": "F4",
    "f6": "F6",
    "f7": "F7",
    "f8": "F8",
    "f9": "F9",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
}
