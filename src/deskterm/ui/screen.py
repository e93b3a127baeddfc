"""What all screens share: read on the database thread, show, perform acts, hear news, keys from the registry.

Services and reads are imported where they are called: the first frame is painted before they load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from deskterm import commands as registry
from deskterm.commands import Command, Place, hints, of_place
from deskterm.domain.errors import DeskError
from deskterm.domain.ticket import key_of
from deskterm.i18n import _
from deskterm.ui.surviving import Surviving
from deskterm.ui.widgets.header import Header
from deskterm.ui.widgets.hint_bar import Hint, HintBar
from deskterm.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.reads.feed import News
    from deskterm.ui.app import DeskApp

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


class DeskScreen(Surviving, Screen[None], Generic[T]):
    """A screen over the desk: `body` lists, `read` fetches, `show` fills, `action_*` acts."""

    PLACE: ClassVar[Place]
    INNER: ClassVar[tuple[Place, ...]] = ()
    """Places inside this one whose keys belong to the screen, too."""
    LISTENS: ClassVar[tuple[str, ...]] = ()
    """Subjects of the ledger whose news make the screen read again."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "PLACE" in cls.__dict__:
            cls.BINDINGS = bindings(each for place in (cls.PLACE, *cls.INNER) for each in of_place(place))
        super().__init_subclass__(**kwargs)

    def __init__(self) -> None:
        super().__init__()
        self._prefix = ""
        self._is_stale = False

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

    def on_mount(self) -> None:
        """Hear news from now on, and read."""
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
        if self._is_stale:
            self._is_stale = False
            self.reload()

    def reload(self) -> None:
        """Read and show; a newer reading takes the place of one that is under way."""
        self.run_worker(self._reload(), exclusive=True, group="reload")

    async def _reload(self) -> None:
        await self.console.ready.wait()
        try:
            model = await self.console.ask(self.read)
        except DeskError as error:
            self.refuse(error)
        else:
            self.show(model)

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

    def say(self, text: str) -> None:
        """Say what just happened, on the line above the hints."""
        self.query_one(StatusLine).say(text)

    def refuse(self, error: DeskError) -> None:
        """Say why something was not done."""
        self.query_one(StatusLine).say(str(error), problem=True)

    def show_header(self) -> None:
        """Let the header say how things are."""
        if self.is_mounted:
            self.query_one(Header).show(self.heading(), self.notice(), self.console)

    def show_hints(self) -> None:
        """Name the most useful keys."""
        self.query_one(HintBar).show(hint_rows(of_place(self.PLACE)))

    async def on_key(self, event: events.Key) -> None:
        """Hold a prefix, or run the command that it and this key name."""
        if self.focused is not None and self.focused.check_consume_key("a", "a"):
            return
        if self._prefix:
            event.stop()
            event.prevent_default()
            await self._end_prefix(event.character or event.key)
        elif event.character in self.prefixes:
            event.stop()
            event.prevent_default()
            self._begin_prefix(event.character)

    @property
    def prefixes(self) -> frozenset[str]:
        """The first keys of commands that take two."""
        return frozenset(
            key.split(" ")[0] for command in of_place(self.PLACE) for key in command.keys if " " in key
        )

    def _begin_prefix(self, key: str) -> None:
        self._prefix = key
        choices = [
            Hint(second.split(" ")[1], _(command.title))
            for command in of_place(self.PLACE)
            for second in command.keys
            if second.startswith(f"{key} ")
        ]
        self.query_one(HintBar).show([Hint(f"{key} …", ""), *choices, Hint("Esc", _("no"))])

    async def _end_prefix(self, key: str) -> None:
        prefix, self._prefix = self._prefix, ""
        self.show_hints()
        for command in of_place(self.PLACE):
            if f"{prefix} {key}" in command.keys:
                await self.run_action(call_of(command))
                return
        if key != "escape":
            self.say(_("{prefix} {key} does nothing here.").format(prefix=prefix, key=key))

    def action_help(self) -> None:
        """Show every key of this screen."""
        from deskterm.ui.dialogs.help import HelpDialog

        def taken(name: str | None) -> None:
            if name is not None:
                self.run_worker(self.run_action(call_of(registry.command(name))))

        self.app.push_screen(HelpDialog(self.PLACE), taken)

    def action_go_queue(self) -> None:
        """Go back to the queue."""
        while len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def action_go_mine(self) -> None:
        """Go to my open tickets."""
        self.action_go_queue()
        self.app.call_later(self.console.show_view, "1")

    def action_go_notifications(self) -> None:
        """Go to the notifications."""
        from deskterm.ui.screens.notifications import NotificationsScreen

        if not isinstance(self, NotificationsScreen):
            self.app.push_screen(NotificationsScreen())

    def action_go_ticket(self) -> None:
        """Ask for a number and go to its ticket."""
        from deskterm.ui.dialogs.form import FormDialog, Line

        async def go(values: dict[str, str]) -> None:
            number = values["number"]
            key_of(number)
            self.app.call_later(self.console.open_ticket, number.strip())

        self.app.push_screen(FormDialog(_("Go to a ticket"), [Line("number", _("Number"))], go))

    def action_new_ticket(self) -> None:
        """Open the phone form."""
        from deskterm.ui.screens.intake import IntakeScreen

        self.app.push_screen(IntakeScreen())

    def action_refresh(self) -> None:
        """Read again."""
        self.reload()

    def action_redraw(self) -> None:
        """Paint everything again."""
        self.refresh(repaint=True)

    def action_close(self) -> None:
        """Close this level; the queue stays."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.say(_("Q leaves the desk."))

    async def action_leave(self) -> None:
        """Save what is being typed and leave."""
        await self.console.leave()


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Return the bindings of commands; keys pressed one after the other are held by the screen instead."""
    return [
        Binding(
            key, call_of(command), command.title, show=False, id=f"{command.id}.{key}", tooltip=command.help
        )
        for command in commands
        for key in command.keys
        if " " not in key
    ]


def call_of(command: Command) -> str:
    """Return the action that Textual is to run."""
    return f"{command.action}({command.parameter!r})" if command.parameter else command.action


def hint_rows(commands: Iterable[Command]) -> list[Hint]:
    """Return what the hint bar shows: key and title, the most useful first."""
    return [Hint(command.key, _(command.title), command.rank) for command in hints(commands)]
