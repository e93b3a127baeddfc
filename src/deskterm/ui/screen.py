"""What all screens share: read on the database thread, show, perform acts, hear news, keys from the registry.

Services and reads are imported where they are called: the first frame is painted before they load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.screen import Screen
from textual.worker import get_current_worker

from deskterm import commands as registry
from deskterm.commands import WITHIN, Command, Need, Place, Situation, hindrance, of_place
from deskterm.commands.keys import PREFIXES
from deskterm.domain.errors import DeskError, Unreachable
from deskterm.domain.fields import SORTS
from deskterm.domain.views import BUILT_IN
from deskterm.i18n import _
from deskterm.ui.bindings import bindings, hint_rows
from deskterm.ui.copying import Copying
from deskterm.ui.painting import Painted
from deskterm.ui.preferences import VALUES, Preferences
from deskterm.ui.routes import Routes
from deskterm.ui.surviving import Surviving
from deskterm.ui.widgets.header import Header
from deskterm.ui.widgets.hint_bar import Hint, HintBar
from deskterm.ui.widgets.prefix_choices import PrefixChoices
from deskterm.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.reads.feed import News
    from deskterm.ui.app import DeskApp

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

TYPED_MOST = 50
"""As many typed commands are remembered for each place."""
ALT = "alt+"
LETTER = "€"
"""A character that is no key of anything; only what takes text takes it."""
RETRY_SECONDS = 1.0
"""How long a read waits before it asks a desk again that did not answer."""


class DeskScreen(Surviving, Painted, Routes, Copying, Preferences, Screen[None], Generic[T]):
    """A screen over the desk: `body` lists, `read` fetches, `show` fills, `action_*` acts."""

    BLANK = True
    """Nothing is painted between the widgets but the background."""
    PLACE: ClassVar[Place]
    LISTENS: ClassVar[tuple[str, ...]] = ()
    """Subjects of the ledger whose news make the screen read again."""
    number: str = ""
    """The record that is shown; empty where none is."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "PLACE" in cls.__dict__:
            cls.BINDINGS = bindings(each for place in _inside(cls.PLACE) for each in of_place(place))
        super().__init_subclass__(**kwargs)

    def __init__(self) -> None:
        super().__init__()
        self._prefix = ""
        self._is_stale = False
        self._readings = 0
        """How many readings were begun."""
        self._is_reading = False
        self.line_began_at: datetime | None = None
        """When whoever sits here began to type on the `:` line last."""
        self.is_read = False
        """Whether the reading that keys wait for has ended, well or not."""

    @property
    def console(self) -> DeskApp:
        """The app."""
        return cast("DeskApp", self.app)

    def body(self) -> ComposeResult:
        """List what stands between header and status line."""
        yield from ()

    def read(self) -> T:
        """Fetch what the screen shows; runs on the database thread."""
        raise NotImplementedError

    def show(self, model: T) -> None:
        """Fill the widgets."""
        raise NotImplementedError

    def heading(self) -> str:
        """Return what the header says of this screen."""
        return ""

    def notice(self) -> str:
        """Return what the header says waits here, empty for nothing."""
        return ""

    def compose(self) -> ComposeResult:
        """Frame the body."""
        yield Header()
        yield from self.body()
        yield StatusLine()
        yield HintBar()
        yield PrefixChoices()

    def on_mount(self) -> None:
        """Hear news from now on, and read."""
        self.take_own_keys()
        self.console.news.subscribe(self, self.hear, immediate=True)
        self.show_header()
        self.show_hints()
        self.reload()

    def hear(self, news: tuple[News, ...]) -> None:
        """Read again if the news are about what is shown; later, while something covers the screen."""
        if any(each.subject_type in self.LISTENS for each in news):
            if self.is_current:
                self.reload()
            else:
                self._is_stale = True

    def on_screen_resume(self) -> None:
        """Catch up with what happened while the screen was covered."""
        self.show_header()
        where = self.where()
        if where is not None and self.is_current:
            self.console.trail.visit(where)
        if self._is_stale:
            self._is_stale = False
            self.reload()

    def reload(self, *, anew: bool = False) -> None:
        """Read and show; a newer reading takes the place of one that is under way.

        Args:
            anew: whether something else is to be shown from now on, which the next key is meant for.
        """
        self._readings += 1
        self._is_reading = True
        if anew:
            self.await_reading()
        self.work(partial(self._reload, self._readings), "reload", exclusive=True, again=True)

    async def _reload(self, reading: int) -> None:
        await self.console.ready.wait()
        try:
            self.show(await self.fetch())
        finally:
            if reading == self._readings:
                self.is_read, self._is_reading = True, False
                self.console.type_ahead.release()

    def await_reading(self) -> None:
        """Let the next key wait until the reading that is under way has ended, if one is."""
        self.is_read = not self._is_reading

    @property
    def is_early(self) -> bool:
        """Whether what keys act on is still to be read."""
        return not self.is_read

    async def fetch(self) -> T:
        """Read on the database thread; a screen whose reading is long takes the second one."""
        return await self.console.ask(self.read)

    def work(
        self,
        job: Callable[[], Awaitable[None]],
        group: str,
        *,
        exclusive: bool = False,
        again: bool = False,
        aside: bool = False,
    ) -> None:
        """Start something that asks the desk; a refusal goes to the status line.

        Args:
            job: what to do.
            group: jobs of one group take each other's place where they are exclusive.
            exclusive: whether this one ends those of its group that are under way.
            again: whether it begins anew while the desk does not answer, as reads do and acts must not;
                keys go on meanwhile.
            aside: whether keys go on meanwhile, though it does not begin anew.
        """
        below = self.console.screen
        worked: Any = partial(self._worked, job, again)
        worker = self.run_worker(worked, exclusive=exclusive, group=group)
        if not (again or aside):
            self.console.type_ahead.wait_for(worker, below)

    async def _worked(self, job: Callable[[], Awaitable[None]], again: bool) -> None:
        try:
            await self._tried(job, again)
        finally:
            self.console.type_ahead.ended(get_current_worker())

    async def _tried(self, job: Callable[[], Awaitable[None]], again: bool) -> None:
        lost = False
        while True:
            try:
                await job()
            except Unreachable as error:
                self.console.lose(error)
                self.refuse(error)
                if not again:
                    return
                lost = True
                await asyncio.sleep(RETRY_SECONDS)
            except DeskError as error:
                self.refuse(error)
                return
            else:
                if lost:
                    self.say(_("The desk answers again."))
                return

    def perform(self, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do something to the desk, then say that it was done, or why not."""
        self.run_worker(self.performed(act, *args, **kwargs), group="perform")

    async def performed(self, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Do something to the desk; a refusal goes to the status line and leaves the screen as it was."""
        try:
            return await self.console.ask(act, *args, **kwargs)
        except DeskError as error:
            self.refuse(error)
            return None

    def say(self, text: str, *, undoable: bool = False, problem: bool = False) -> None:
        """Say what just happened, on the line above the hints, and whether `u` takes it back."""
        self.query_one(StatusLine).say(text, undoable=undoable, problem=problem)

    def refuse(self, error: DeskError) -> None:
        """Say why something was not done."""
        self.say(str(error), problem=True)

    def show_header(self) -> None:
        """Let the header say how things are."""
        if self.is_mounted:
            heading = self.heading()
            self.query_one(Header).show(heading, self.notice(), self.console)
            if self.is_current:
                self.console.show_title(heading.split("  ")[0])

    def show_hints(self) -> None:
        """Name the most useful keys."""
        self._hint_at(self.place)

    def _hint_at(self, place: Place) -> None:
        commands = self.commands_of(place)
        help_key = next((command.key for command in commands if command.action == "help"), "?")
        self.query_one(HintBar).show(hint_rows(commands), help_key=help_key)

    @property
    def place(self) -> Place:
        """What keys are meant for now: this screen, or something inside it where text is typed."""
        return self.PLACE

    def on_filter_bar_edited(self) -> None:
        """Name the keys of the filter while it is typed."""
        self._hint_at(Place.FILTER)

    def on_filter_bar_left(self) -> None:
        """Name the keys of the list again."""
        self.show_hints()

    @property
    def commands(self) -> tuple[Command, ...]:
        """What can be asked for here, with the keys that whoever sits here wants."""
        return self.commands_of(self.PLACE)

    def commands_of(self, place: Place) -> tuple[Command, ...]:
        """Return what can be asked for in a place, with the keys that whoever sits here wants."""
        return self.console.keymap.commands(place)

    def take_own_keys(self) -> None:
        """Put the user's own keys in the place of ours."""
        if self.console.keymap.is_default:
            return
        theirs = [each for place in _inside(self.PLACE) for each in self.commands_of(place)]
        ours = {command.id for command in theirs}
        kept = [
            binding
            for _key, binding in self._bindings
            if binding.id is None or binding.id.partition("@")[0] not in ours
        ]
        self._bindings = BindingsMap([*kept, *bindings(theirs)])

    def situation(self) -> Situation:
        """Return what there is to act on."""
        doings = self.console.doings
        needs = {Need.DONE: doings.done, Need.UNDONE: doings.undone, Need.LATEST: doings.latest}
        return Situation(frozenset(need for need, there in needs.items() if there))

    def hindrance(self, command: Command) -> str:
        """Return why a command cannot run now, empty where it can."""
        return hindrance(command, replace(self.situation(), roles=self.console.roles))

    async def run_command(self, command: Command, *values: str) -> None:
        """Do what a command asks, or say why not: what keys, palette, help and `:` line come to."""
        hindered = self.hindrance(command)
        if hindered:
            self.say(hindered, problem=True)
            return
        given = (command.parameter, *values) if command.parameter else values
        result = getattr(self, f"action_{command.action}")(*given)
        if isawaitable(result):
            await result

    async def action_run_command(self, name: str) -> None:
        """Run the command with this name."""
        await self.run_command(registry.command(name))
        self.console.type_ahead.taken(self)

    def takes(self, key: events.Key) -> bool:
        """Return whether a key is a command now: what has the focus takes neither text nor this key."""
        focused = self.focused
        return focused is None or not (
            focused.check_consume_key(LETTER, LETTER) or focused.check_consume_key(key.key, key.character)
        )

    async def heed(self, pressed: events.Key) -> bool:
        """Hold a prefix, or run the command that it and a key name, and return whether the key was that.

        Nothing is bound to Alt, so a key with it is Esc and that key in one packet, as slow links send them.
        """
        character = pressed.character
        if pressed.key == "escape":
            self.clear_selection()
        if pressed.key.startswith(ALT):
            for key in ("escape", character or pressed.key.removeprefix(ALT)):
                await self._take_key(key)
        elif self._prefix:
            await self._end_prefix(character if pressed.is_printable and character else pressed.key)
        elif character in PREFIXES and character in self.prefixes:
            self._begin_prefix(character)
        else:
            return False
        return True

    async def _take_key(self, key: str) -> None:
        """End or begin what two keys name, or run the command that a key stands for here."""
        if self._prefix:
            await self._end_prefix(key)
        elif key in self.prefixes:
            self._begin_prefix(key)
        else:
            await self._run_key(key)

    async def _run_key(self, key: str) -> bool:
        """Run the command that a key or two stand for here; say whether there is one."""
        for command in self.commands:
            if key in command.keys:
                await self.run_command(command)
                return True
        return False

    @property
    def prefixes(self) -> frozenset[str]:
        """The first keys of commands that take two."""
        return frozenset(key.split(" ")[0] for command in self.commands for key in command.keys if " " in key)

    def _begin_prefix(self, key: str) -> None:
        self._prefix = key
        choices = [
            Hint(second.split(" ")[1], _(command.title))
            for command in self.commands
            for second in command.keys
            if second.startswith(f"{key} ")
        ]
        self.query_one(HintBar).show([Hint(f"{key} …", _("one of these")), Hint("Esc", _("no"))])
        self.query_one(PrefixChoices).show(choices, self.size.width - 2)

    async def _end_prefix(self, key: str) -> None:
        prefix, self._prefix = self._prefix, ""
        self.query_one(PrefixChoices).close()
        self.show_hints()
        if await self._run_key(f"{prefix} {key}") or key == "escape":
            return
        if any(command.name == "desk.help" and key in command.keys for command in self.commands):
            self.action_help()
        else:
            self.say(_("{prefix} {key} does nothing here.").format(prefix=prefix, key=key))

    def action_help(self) -> None:
        """Show every key of this screen; what is taken there runs."""
        from deskterm.ui.dialogs.help import HelpDialog

        self.app.push_screen(HelpDialog(self.commands_of(self.place), self.hindrance), self._run_named)

    def action_palette(self) -> None:
        """Find a command by its words."""
        from deskterm.ui.dialogs.help import PaletteDialog

        self.app.push_screen(PaletteDialog(self.commands, self.hindrance), self._run_named)

    def action_line(self, text: str = "") -> None:
        """Type a command."""
        from deskterm.ui.dialogs.line import CommandLine

        line = CommandLine(self.PLACE, self.console.typed[self.PLACE], text)
        self.app.push_screen(line, self._run_typed)
        if self.console.ready.is_set():
            self.line_began_at = self.console.desk.clock.now()

        async def learn() -> None:
            line.know(await self.console.ask(self._known_values))

        self.work(learn, "line", exclusive=True, aside=True)

    def _known_values(self) -> dict[str, list[str]]:
        """Return what the arguments of typed commands may be."""
        from deskterm.domain.ticket import HoldReason, Level, LinkKind, Resolution, Status
        from deskterm.reads import macros, people, views

        desk, me = self.console.desk, self.console.agent
        levels = [level.name.lower() for level in Level]
        return {
            "macro": [macro.key for macro in macros.macros(desk, by=me)],
            "reason": [reason.value for reason in HoldReason],
            "resolution": [resolution.value for resolution in Resolution],
            "kind": [kind.value for kind in LinkKind],
            "impact": levels,
            "urgency": levels,
            "setting": [f"{name}={value}" for name, known in VALUES.items() for value in known],
            "command": [command.name for command in registry.COMMANDS],
            "login": [agent.login for agent in people.agents(desk, by=me, working=True)],
            "team": [team.key for team in people.teams(desk, by=me)],
            "status": [status.value for status in Status],
            "name": [*BUILT_IN, *(view.name for view in views.saved(desk, by=me))],
            "order": list(SORTS),
        }

    def _run_typed(self, text: str | None) -> None:
        if text is None:
            return
        history = self.console.typed[self.PLACE]
        history[:] = [*(each for each in history if each != text), text][-TYPED_MOST:]
        self.work(partial(self._run_line, text), "command")

    async def _run_line(self, text: str) -> None:
        from deskterm.commands.line import parse

        typed = parse(text, self.PLACE)
        given = [typed.arguments.get(argument.name, "") for argument in typed.command.arguments]
        await self.run_command(typed.command, *given)

    def _run_named(self, name: str | None) -> None:
        if name is not None:
            self.work(partial(self.run_command, registry.command(name)), "command")

    def action_new_ticket(self) -> None:
        """Open the phone form."""
        from deskterm.ui.screens.intake import IntakeScreen

        self.app.push_screen(IntakeScreen())

    def action_refresh(self) -> None:
        """Read again."""
        self.reload(anew=True)

    async def action_lock(self) -> None:
        """Blank the screen until whoever sits here comes back."""
        await self.console.idle_lock.lock()

    def action_redraw(self) -> None:
        """Paint everything again."""
        self.app.refresh()

    def action_close(self) -> None:
        """Close this level; the queue stays."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.say(_("Q leaves the desk."))

    def action_leave(self) -> None:
        """Save what is being typed and leave; ask first where drafts or replies are left open."""
        self.console.ask_to_leave()

    async def action_suspend(self) -> None:
        """Give the terminal back to the shell, where that is allowed."""
        if not self.console.may_edit:
            self.say(_("No other program may be started here."), problem=True)
            return
        await self.console.drafts.flush()
        self.app.action_suspend_process()


def _inside(place: Place) -> list[Place]:
    """Return a place with those inside it."""
    return [place, *(inner for inner, outer in WITHIN.items() if outer is place)]
