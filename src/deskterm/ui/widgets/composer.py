"""The composer: a text, public or internal, saved while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TextArea

from deskterm.domain import macro
from deskterm.i18n import N_, _
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import clip, txt

if TYPE_CHECKING:
    from textual.widgets.text_area import Location


class Then(Enum):
    """What becomes of the ticket once the text is sent."""

    STAY = N_("status stays")
    HOLD = N_("wait for the caller")
    RESOLVE = N_("resolve")

    @property
    def after(self) -> Then:
        """The next one, round the end."""
        order = list(Then)
        return order[(order.index(self) + 1) % len(order)]


class Composer(Vertical):
    """A docked text area; its frame says in a word who will read it."""

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Called(Message):
        """A sign was typed that asks for a picker: `::` or `@@`."""

        def __init__(self, sign: str) -> None:
            super().__init__()
            self.sign = sign

    def __init__(self) -> None:
        super().__init__()
        self.is_public = True
        self.then = Then.STAY
        self._to = ""
        self._saved_at: datetime | None = None
        self._is_filling = False
        self._variables: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """List the frame line, the text, what happens then."""
        yield Static(id="composer-frame", markup=False)
        area = TextArea(soft_wrap=True, tab_behavior="focus", id="composer-text")
        area.cursor_blink = False
        yield area
        yield Static(id="composer-foot", markup=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(TextArea).text

    @property
    def is_open(self) -> bool:
        """Whether the composer is on the screen."""
        return bool(self.display)

    def open(self, text: str, *, is_public: bool, to: str) -> None:
        """Show the composer with a text, the cursor at its end."""
        self._to, self._saved_at, self._variables = plain(to, one_line=True), None, {}
        self.then = Then.STAY
        area = self.query_one(TextArea)
        if area.text != text:
            self._is_filling = True
            area.text = text
        self.set_public(is_public)
        self.display = True
        area.focus()
        area.move_cursor(area.document.end)

    def replace(self, text: str) -> None:
        """Put another text in the place of what is typed; Textual's own undo takes it back."""
        area = self.query_one(TextArea)
        area.replace(text, (0, 0), area.document.end, maintain_selection_offset=False)
        area.focus()

    def close(self) -> None:
        """Take the composer off the screen; its text stays saved."""
        self.display = False

    def set_public(self, is_public: bool) -> None:
        """Say who will read it."""
        self.is_public = is_public
        self.set_class(is_public, "-public")
        self.set_class(not is_public, "-internal")
        self._show_frame()
        self._show_foot()

    def cycle_then(self) -> None:
        """Choose what becomes of the ticket once this is sent."""
        self.then = self.then.after
        self._show_foot()

    def saved(self, at: datetime) -> None:
        """Say when the draft was last saved."""
        self._saved_at = at
        self._show_frame()

    def preview(self, variables: Mapping[str, str]) -> None:
        """Show what stands for each variable in the text; empty for one that nothing is known for."""
        self._variables = variables
        self._show_foot()

    def replace_call(self, text: str) -> None:
        """Put a text in the place of the sign at the cursor that asked for it."""
        area = self.query_one(TextArea)
        row, column = area.cursor_location
        called = macro.call(area.document.get_line(row), column)
        start: Location = (row, called.start if called else column)
        area.replace(text, start, (row, column), maintain_selection_offset=False)
        area.focus()

    def _show_frame(self) -> None:
        what = _("PUBLIC reply to {name}").format(name=self._to) if self.is_public else _("INTERNAL note")
        right = _("draft saved {time}").format(time=times.second(self._saved_at)) if self._saved_at else ""
        width = max(20, self.app.size.width if not self.size.width else self.size.width)
        room = max(10, width - len(right) - 8)
        name = clip(what, min(len(what) + 12, room)).rstrip()
        rule = "─" * max(0, width - len(right) - len(name) - (8 if right else 5))
        frame = f"── {name} {rule} {right} ──" if right else f"── {name} {rule}─"
        self.query_one("#composer-frame", Static).update(txt(frame, one_line=True))

    def _show_foot(self) -> None:
        then = _("F3 then: {what}").format(what=_(self.then.value))
        missing = [name for name, value in self._variables.items() if not value]
        shown = [_("MISSING {name}").format(name=name.strip("{} ")) for name in missing]
        shown += [f"{name.strip('{} ')} = {value}" for name, value in self._variables.items() if value]
        rest = "   ".join(shown) if shown else _(":: text module   @@ colleague")
        self.query_one("#composer-foot", Static).update(txt(f" {then}   {rest}", one_line=True))

    def on_resize(self) -> None:
        """Draw the frame anew for another width."""
        self._show_frame()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Hand the text on, unless it is a draft that was put back; offer what a typed sign asks for."""
        event.stop()
        if self._is_filling:
            self._is_filling = False
            return
        area = event.text_area
        self.post_message(self.Typed(area.text))
        row, column = area.cursor_location
        called = macro.call(area.document.get_line(row), column)
        if called is not None and not called.word:
            self.post_message(self.Called(called.sign))
