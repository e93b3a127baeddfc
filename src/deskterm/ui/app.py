"""The console: an app that shows screens, runs the desk on one thread, and hears its news."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, ParamSpec, TypeVar

from textual import events
from textual.binding import BindingType
from textual.filter import LineFilter, NoColor
from textual.signal import Signal
from textual.worker import WorkerFailed

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.commands.keymap import Keymap, Problem
from deskterm.domain.errors import DeskError, NotAllowed, Unreachable
from deskterm.i18n import _
from deskterm.text import plain
from deskterm.ui import deeds, leaving, live, session
from deskterm.ui.drafts import Drafts
from deskterm.ui.gate import PaintGate, txt
from deskterm.ui.glyphs import AsciiGlyphs
from deskterm.ui.locking import IdleLock, Limits
from deskterm.ui.painting import Painting
from deskterm.ui.places import screen_at, screen_of
from deskterm.ui.screen import DeskScreen
from deskterm.ui.screens.queue import QueueScreen
from deskterm.ui.surviving import Surviving
from deskterm.ui.terminal import Terminal
from deskterm.ui.theme import FALLBACKS, THEMES, ColourMode, colour_mode, theme_name
from deskterm.ui.trail import Location, Trail
from deskterm.ui.type_ahead import TypeAhead, Typed

if TYPE_CHECKING:
    from deskterm.desk import Desk
    from deskterm.domain.people import Role
    from deskterm.reads.feed import News
    from deskterm.reads.status import DeskStatus

P = ParamSpec("P")
R = TypeVar("R")

NO_LIMITS = Limits()


class DeskApp(Surviving, Painting[None]):
    """A desk's console for one agent.

    Args:
        desk: an open desk, or what opens it; that runs on the database thread after the first frame.
        agent: the login of who sits here.
        start: the number of a ticket to begin with; None for the queue.
        wallboard: the filter that a wallboard to begin with is about; None for no wallboard.
        bell: whether urgent notifications ring; `breach` only for breaches and the first priority.
        sweeps: whether the process that runs this console sweeps the clocks, too.
        advance: where the cursor goes after an act: `next`, `list` or `stay`.
        keymap: the user's own keys.
        remembered: the file that keeps view, filter and cursor from one start to the next; None for none.
        theme: one of `THEMES`.
        is_ascii: whether lines and shades are painted with ASCII.
        may_edit: whether `^G` may start somebody's own editor.
        limits: when a console that nobody touches is locked, and left.
        environ: says whether colour is wanted and which multiplexer stands between.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = [style("app"), style("theme"), style("parts")]  # noqa: RUF012 - Textual's own
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-mid"), (120, "-wide")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall"), (36, "-high")]  # noqa: RUF012 - Textual's own

    def __init__(
        self,
        desk: Desk | Callable[[], Desk],
        agent: str,
        *,
        start: str | None = None,
        wallboard: str | None = None,
        bell: bool | Literal["breach"] = True,
        sweeps: bool = False,
        theme: str = "desk-dark",
        is_ascii: bool = False,
        may_edit: bool = True,
        limits: Limits = NO_LIMITS,
        advance: str = "stay",
        keymap: Keymap | None = None,
        remembered: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        mode = colour_mode(environ)
        super().__init__(ansi_color=mode is not ColourMode.MANY)
        self.environ = environ
        self.may_edit = may_edit
        self._is_ascii = is_ascii
        self._is_plain = mode is ColourMode.NONE
        for known in THEMES:
            self.register_theme(known)
        self._mode = mode
        self.take_theme(theme)
        self.agent = agent
        self.start = start
        self._wallboard = wallboard
        self.rings = bell
        self.sweeps = sweeps
        self.session = os.urandom(8).hex()
        self.news: Signal[tuple[News, ...]] = Signal(self, "news")
        self.status: DeskStatus | None = None
        self.unread = 0
        self.roles: frozenset[Role] | None = None
        """The roles of who sits here, as far as the console knows; services ask anew at every act."""
        self.lost: Unreachable | None = None
        """Why the desk does not answer, None while it does."""
        self.ready = asyncio.Event()
        """Set when the desk is open and the feed's mark taken, so that no read can miss anything."""
        self.hinted = asyncio.Event()
        """Set when there may be news."""
        self.drafts = Drafts(self)
        self.doings = deeds.Doings()
        self.trail = Trail()
        self.type_ahead = TypeAhead(self)
        self.advance = advance
        self.keymap = keymap or Keymap()
        self.typed: dict[Place, list[str]] = {place: [] for place in Place}
        """What was typed on the `:` line, by place."""
        self._remembered = remembered
        self.kept: dict[str, dict[str, str]] = {}
        """What was typed in forms that were left, by form."""
        self.terminal = Terminal(self._send, environ)
        self.idle_lock = IdleLock(self, limits)
        self._shown_title = ""
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="deskterm-database")
        self._slow_thread = ThreadPoolExecutor(1, thread_name_prefix="deskterm-slow")

    @property
    def desk(self) -> Desk:
        """The open desk."""
        assert not callable(self._desk), "the desk is open when `ready` is set"
        return self._desk

    def take_theme(self, name: str) -> None:
        """Show the colours of a theme, as far as the terminal has them."""
        self.wanted_theme = name
        self.theme = theme_name(name, self._mode)

    def bind_keys(self, keymap: Keymap) -> None:
        """Let every screen take other keys from now on."""
        self.keymap = keymap
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.take_own_keys()
                screen.show_hints()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our variables for themes that do not know them."""
        return FALLBACKS

    def get_line_filters(self) -> list[LineFilter]:
        """Let nothing unprintable through to the terminal, and no colour where none is wanted."""
        filters = [*super().get_line_filters(), PaintGate()]
        if self._is_ascii:
            filters.append(AsciiGlyphs())
        return [*filters, NoColor()] if self._is_plain else filters

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait for the screen they are meant for."""
        if isinstance(event, events.InputEvent):
            self.idle_lock.touch()
        if not isinstance(event, Typed) or event.is_forwarded:
            await super().on_event(event)
        elif not self.type_ahead.keeps(event):
            await self.take_key(event)

    async def take_key(self, key: Typed) -> None:
        """Take a key; a command goes to the screen, past the widgets that it would bubble through."""
        if not self.app_focus:
            self.app_focus = True  # which gives the focus back to what had it
        screen = self.screen
        if not (isinstance(key, events.Key) and isinstance(screen, DeskScreen) and screen.takes(key)):
            await super().on_event(key)
        elif not (await self._check_bindings(key.key, priority=True) or await screen.heed(key)):
            await self._check_bindings(key.key)

    def on_mount(self) -> None:
        """Paint the queue's frame, then open the desk."""
        self.screen_change_signal.subscribe(self, lambda _screen: self.type_ahead.release(), immediate=True)
        self.run_worker(self.type_ahead.hand_on(), group="live")
        self.push_screen(QueueScreen(session.load(self._remembered) if self._remembered else None))
        self.call_after_refresh(self.run_worker, self._begin())
        self.idle_lock.start()

    async def _begin(self) -> None:
        """Open the desk, take the feed's mark, and listen from there on."""
        try:
            mark = await self.ask(self._open)
        except DeskError as error:
            self.exit(return_code=5, message=txt(str(error)))
            return
        self.ready.set()
        self.news.subscribe(self, self.hear_of_people, immediate=True)
        self.run_worker(live.listen(self, mark), group="live")
        self.run_worker(live.watch_status(self), group="live")
        self.run_worker(deeds.remember(self), group="acts")
        if self.start is not None:
            self.open_ticket(self.start)
        if self.is_wallboard:
            from deskterm.ui.screens.dashboard import WallboardScreen

            self.push_screen(WallboardScreen(self._wallboard or ""))
        if self.keymap.problems:
            self.show_problems(self.keymap.problems)

    @property
    def is_wallboard(self) -> bool:
        """Whether this console is nothing but a wallboard."""
        return self._wallboard is not None

    def _open(self) -> int:
        from deskterm.reads import feed

        if callable(self._desk):
            self._desk = self._desk()
        self._look_at_roles()
        return feed.head(self._desk)

    def _look_at_roles(self) -> None:
        """See what who sits here may do; runs on the database thread."""
        try:
            with self.desk.look(self.agent) as look:
                self.roles = look.actor.roles
        except NotAllowed:
            self.roles = frozenset()

    def hear_of_people(self, news: tuple[News, ...]) -> None:
        """See again what who sits here may do, when the roles of somebody changed."""
        if any(each.subject_type == "person" for each in news):
            self.run_worker(self._look_at_roles_again(), group="roles", exclusive=True)

    async def _look_at_roles_again(self) -> None:
        try:
            await self.ask(self._look_at_roles)
        except Unreachable as error:
            self.lose(error)

    async def ask(self, read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run something on the console's one database thread, after all that was asked before."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(read, *args, **kwargs))

    async def ask_slowly(self, read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a search or report on the second thread, so that keys don't wait for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._slow_thread, partial(read, *args, **kwargs))

    def open_ticket(self, number: str, *, compose: str = "") -> None:
        """Show a ticket, a problem or a change over the screen it came from.

        Args:
            number: of the record.
            compose: `reply` or `note` to begin writing at once.
        """
        self.push_screen(screen_of(number, compose))

    def go(self, place: Place) -> None:
        """Show a place over the queue, unless it is there already."""
        if getattr(self.screen, "PLACE", None) is not place:
            self.push_screen(screen_at(place))

    @property
    def queue(self) -> QueueScreen:
        """The queue, which lies under everything."""
        return next(screen for screen in self.screen_stack if isinstance(screen, QueueScreen))

    def show_view(self, digit: str) -> None:
        """Show a view of the queue."""
        self.queue.action_show_view(digit)

    def search_all(self) -> None:
        """Begin a query over everything."""
        self.queue.search_all()

    def show_filter(self, text: str) -> None:
        """Show what a filter takes in the queue."""
        self.queue.show_filter(text)

    def filter_by_caller(self, name: str) -> None:
        """Show every ticket of a caller in the queue."""
        self.queue.filter_by_caller(name)

    def go_to(self, place: Location) -> None:
        """Show a place that was visited before, without visiting it anew."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if (self.queue.view.name, self.queue.text) != (place.view, place.text):
            self.queue.go_to_place(place)
        if place.place is not Place.QUEUE:
            self.push_screen(screen_at(place.place))
        if place.number:
            self.push_screen(screen_of(place.number))

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Say what of the user's keymap is not followed, and that the default stays."""
        from deskterm.ui.dialogs.report import Report

        self.push_screen(
            Report(
                _("Your keymap: the default is used where it is wrong"),
                [*map(str, problems)],
                is_called=False,
            )
        )

    def poke(self) -> None:
        """Ask for news at once: something was done here."""
        self.hinted.set()

    def tell(self) -> None:
        """Have news asked for at once; from any thread, and when the loop has ended, too."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.poke)

    def announce(self, text: str, *, urgent: bool = False, grave: bool = False) -> None:
        """Show a toast for something that happened by itself, and ring once if that is wanted.

        On a locked screen nothing is shown.

        Args:
            urgent: whether it rings by default.
            grave: whether it rings even where only breaches and the first priority are to.
        """
        if not self.idle_lock.is_locked:
            self.notify(plain(text), severity="warning" if urgent else "information", markup=False)
        if urgent and (self.rings is True or (grave and self.rings)):
            self.terminal.bell()

    def lose(self, error: Unreachable) -> None:
        """Say once, until the desk answers again, that it does not, and ask it again from now on."""
        if self.lost is None:
            self.lost = error
            self.refresh_header()
            self.poke()

    def find(self) -> None:
        """Take note that the desk answers."""
        if self.lost is not None:
            self.lost = None
            self.refresh_header()

    def show_status(self, status: DeskStatus) -> None:
        """Take note of how the desk is."""
        self.status = status
        self.refresh_header()

    def show_unread(self, count: int) -> None:
        """Take note of how many notifications are unread."""
        self.unread = count
        self.refresh_header()

    def count_unread(self) -> None:
        """Count the unread notifications anew."""
        self.run_worker(live.count_unread(self), group="unread", exclusive=True)

    def show_title(self, text: str) -> None:
        """Name the window after where we are; while the console is locked, that is nobody's business."""
        place = _("locked") if self.idle_lock.is_locked else text
        title = f"deskterm {place}".rstrip()
        if title != self._shown_title:
            self._shown_title = title
            self.terminal.title(title)

    def refresh_header(self) -> None:
        """Let the screens' headers say what is new."""
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.show_header()

    def ask_to_leave(self) -> None:
        """Leave, unless something is left open that whoever sits here wants to end first."""
        self.run_worker(leaving.leave(self), group="perform")

    async def action_quit(self) -> None:
        """Leave by Textual's own key, which goes before all others, as by ours."""
        self.ask_to_leave()

    def action_help_quit(self) -> None:
        """Say how one leaves: Ctrl+C copies what is selected."""
        self.announce(_("Q leaves the desk."))

    async def leave(self) -> None:
        """Save what is being typed, then go: by key, by signal, or because the terminal is gone."""
        if self._remembered is not None:
            session.save(self._remembered, self.queue.session())
        await self.drafts.flush()
        self.exit()

    async def on_unmount(self) -> None:
        """Let the threads end."""
        self._thread.shutdown(wait=False)
        self._slow_thread.shutdown(wait=False, cancel_futures=True)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Copy a link instead of starting a browser where the desk runs."""
        self.terminal.copy(url)
        self.announce(_("Copied: {url}").format(url=url))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal, made plain."""
        self.terminal.copy(text)

    def _handle_exception(self, error: Exception) -> None:
        """Write a bug down, say its name, and live on; a refusal that nobody took is only said."""
        if self._exit or not self.is_running:
            return  # its widgets go one by one, and what misses them is no bug
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        if isinstance(error, DeskError):
            self.announce(str(error), urgent=True)
            return
        if self.is_headless:
            super()._handle_exception(error)
            return
        from deskterm.ui import crash

        try:
            name = crash.report(error)
        except OSError:
            self.announce(_("Something failed, and it can't be written down."), urgent=True)
            return
        self.announce(_("Something failed; it is written down as {name}.").format(name=name), urgent=True)

    def _send(self, data: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(data)
