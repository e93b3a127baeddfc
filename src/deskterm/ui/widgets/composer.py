"""The composer: a text, public or internal, saved while it is typed."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TextArea

from deskterm.i18n import _
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import clip, txt


class Composer(Vertical):
    """A docked text area; its frame says in a word who will read it."""

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self.is_public = True
        self._to = ""
        self._saved_at: datetime | None = None
        self._is_filling = False

    def compose(self) -> ComposeResult:
        """List the frame line and the text."""
        yield Static(id="composer-frame", markup=False)
        area = TextArea(soft_wrap=True, tab_behavior="focus", id="composer-text")
        area.cursor_blink = False
        yield area

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
        self._to, self._saved_at = plain(to, one_line=True), None
        area = self.query_one(TextArea)
        if area.text != text:
            self._is_filling = True
            area.text = text
        self.set_public(is_public)
        self.display = True
        area.focus()
        area.move_cursor(area.document.end)

    def close(self) -> None:
        """Take the composer off the screen; its text stays saved."""
        self.display = False

    def set_public(self, is_public: bool) -> None:
        """Say who will read it."""
        self.is_public = is_public
        self.set_class(is_public, "-public")
        self.set_class(not is_public, "-internal")
        self._show_frame()

    def saved(self, at: datetime) -> None:
        """Say when the draft was last saved."""
        self._saved_at = at
        self._show_frame()

    def _show_frame(self) -> None:
        what = _("PUBLIC reply to {name}").format(name=self._to) if self.is_public else _("INTERNAL note")
        right = _("draft saved {time}").format(time=times.second(self._saved_at)) if self._saved_at else ""
        width = max(20, self.app.size.width if not self.size.width else self.size.width)
        room = max(10, width - len(right) - 8)
        name = clip(what, min(len(what) + 12, room)).rstrip()
        rule = "─" * max(0, width - len(right) - len(name) - (8 if right else 5))
        frame = f"── {name} {rule} {right} ──" if right else f"── {name} {rule}─"
        self.query_one("#composer-frame", Static).update(txt(frame, one_line=True))

    def on_resize(self) -> None:
        """Draw the frame anew for another width."""
        self._show_frame()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Hand the text on, unless it is a draft that was put back."""
        event.stop()
        if self._is_filling:
            self._is_filling = False
        else:
            self.post_message(self.Typed(event.text_area.text))
