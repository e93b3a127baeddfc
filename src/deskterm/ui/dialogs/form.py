"""A form in front of a screen: it keeps what was typed, and shows a refusal at the field it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from deskterm.commands import Place
from deskterm.domain.errors import DeskError, GateNotMet
from deskterm.i18n import N_, _
from deskterm.ui.dialogs.dialog import Dialog
from deskterm.ui.gate import txt


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    name: str
    title: str
    value: str = ""
    hint: str = ""
    offers: tuple[str, ...] = ()
    """What `Down` lets somebody choose from; anything else may be typed as well."""
    several: bool = False
    """Whether what is chosen is added to what is there, separated by commas."""


@dataclass(frozen=True, slots=True)
class Area:
    """Several lines of text."""

    name: str
    title: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    """Value and word."""
    value: str = ""


Field = Line | Area | Choice


class Chooser(Static, can_focus=True):
    """One value of a few, on one line: arrows and blanks change it, its first letter picks it."""

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, id=id)
        self.options = tuple(options)
        values = [option for option, _word in self.options]
        self.place = values.index(value) if value in values else 0

    @property
    def value(self) -> str:
        """The chosen value."""
        return self.options[self.place][0] if self.options else ""

    def choose(self, value: str) -> None:
        """Choose a value, if it is offered."""
        values = [option for option, _word in self.options]
        if value in values:
            self.place = values.index(value)
            self._paint()

    def on_mount(self) -> None:
        """Show the choice."""
        self._paint()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key changes the choice."""
        return bool(self._steps_of(key, character))

    def on_key(self, event: events.Key) -> None:
        """Change the choice."""
        step = self._steps_of(event.key, event.character)
        if step:
            event.stop()
            event.prevent_default()
            self.place = (self.place + step) % len(self.options)
            self._paint()
            self.post_message(self.Changed(self))

    class Changed(Message):
        """Another value is chosen."""

        def __init__(self, chooser: Chooser) -> None:
            super().__init__()
            self.chooser = chooser

    def _steps_of(self, key: str, character: str | None) -> int:
        """Return how many options further a key leads; 0 if it is none of the choice's."""
        if not self.options:
            return 0
        step = {"left": -1, "up": -1, "right": 1, "down": 1, "space": 1}.get(key, 0)
        if step or character is None or not character.isprintable():
            return step
        return self._steps_to(character.casefold())

    def _steps_to(self, letter: str) -> int:
        size = len(self.options)
        return next(
            (
                step
                for step in range(1, size + 1)
                if self.options[(self.place + step) % size][1].casefold().startswith(letter)
            ),
            0,
        )

    def _paint(self) -> None:
        word = self.options[self.place][1] if self.options else ""
        self.update(txt(f"< {word} >   {self.place + 1}/{len(self.options)}", one_line=True))


class SetAside(DeskError):  # noqa: N818 - named like every other refusal
    """Something is to be looked at before a form is handed in: it closes and keeps what was typed."""

    template = N_("What you typed is kept; the same key goes on with it.")

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self.then = then
        """Shows what is to be looked at."""


class FormDialog(Dialog[None]):
    """Fields, one under another, handed in with `^S`.

    Args:
        title: what happens when it is handed in.
        fields: what is asked.
        submit: does it; a `DeskError` keeps the form open, with the sentence at its field.
        keep: names the form, so that what was typed is there again after `Esc`.
    """

    AUTO_FOCUS = ""
    PLACE = Place.FORM

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        submit: Callable[[dict[str, str]], Awaitable[None]],
        *,
        keep: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._fields = tuple(fields)
        self._submit = submit
        self._keep = keep

    def compose(self) -> ComposeResult:
        """List title, fields, what is wrong, keys."""
        kept = self._kept.get(self._keep, {}) if self._keep else {}
        with Vertical(id="form"):
            yield Static(txt(self._title, one_line=True), id="form-title")
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self._fields:
                    yield Static(txt(field.title, one_line=True), classes="form-label")
                    yield _widget_of(field, kept.get(field.name, field.value))
                    yield Static(id=f"error-{field.name}", classes="form-error", markup=False)
            yield Static(id="form-refusal", classes="form-error", markup=False)
            yield Static(txt(self.hints()), id="form-hints")

    @property
    def _kept(self) -> dict[str, dict[str, str]]:
        return self.console.kept

    @property
    def values(self) -> dict[str, str]:
        """What the fields say now."""
        return {field.name: _value_of(self.query_one(f"#field-{field.name}")) for field in self._fields}

    def on_mount(self) -> None:
        """Begin at the first field; it is in sight, and scrolling to it would hide its label."""
        self.query_one(f"#field-{self._fields[0].name}").focus(scroll_visible=False)

    def on_input_submitted(self) -> None:
        """Hand in at Enter where there is only one field, else go on."""
        if len(self._fields) == 1:
            self.action_submit()
        else:
            self.focus_next()

    def on_key(self, event: events.Key) -> None:
        """Let somebody choose what the line takes."""
        line = next((each for each in self._fields if self._is_focused(each)), None)
        if event.key == "down" and isinstance(line, Line) and line.offers:
            event.stop()
            self._choose(line)

    def _is_focused(self, field: Field) -> bool:
        return self.focused is not None and self.focused.id == f"field-{field.name}"

    def _choose(self, line: Line) -> None:
        from deskterm.ui.dialogs.picker import Option, Picker

        field = self.query_one(f"#field-{line.name}", Input)

        def chosen(value: str | None) -> None:
            if value is not None:
                there = field.value.rstrip(" ,")
                field.value = f"{there}, {value}" if line.several and there else value
                field.cursor_position = len(field.value)

        self.app.push_screen(Picker(line.title, [Option(each, each) for each in line.offers]), chosen)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self.focus_previous()

    def action_submit(self) -> None:
        """Hand the form in."""
        type_ahead = self.console.type_ahead
        type_ahead.wait_for(self.run_worker(self._hand_in(), exclusive=True), self)

    def action_leave(self) -> None:
        """Leave; what was typed is there again next time."""
        if self._keep:
            self._kept[self._keep] = self.values
        self.dismiss()

    async def _hand_in(self) -> None:
        try:
            await self._submitted()
        finally:
            self.console.type_ahead.ended(get_current_worker())

    async def _submitted(self) -> None:
        for place in self.query(".form-error").results(Static):
            place.remove_class("-said")
        try:
            await self._submit(self.values)
        except SetAside as aside:
            self.action_leave()
            self.app.call_later(aside.then)
            return
        except DeskError as error:
            self._refuse(error)
            return
        self._kept.pop(self._keep, None)
        self.dismiss()

    def _refuse(self, error: DeskError) -> None:
        name = error.field if isinstance(error, GateNotMet) else error.details.get("field")
        if name in {field.name for field in self._fields}:
            place = self.query_one(f"#error-{name}", Static)
            self.query_one(f"#field-{name}").focus()
        else:
            place = self.query_one("#form-refusal", Static)
        place.update(txt(str(error)))
        place.add_class("-said")


def _widget_of(field: Field, value: str) -> Widget:
    from textual.widgets import TextArea

    if isinstance(field, Choice):
        return Chooser(field.options, value, id=f"field-{field.name}")
    if isinstance(field, Area):
        area = TextArea(value, soft_wrap=True, tab_behavior="focus", id=f"field-{field.name}")
        area.cursor_blink = False
        return area
    hint = field.hint or (_("Down chooses") if field.offers else "")
    line = Input(value, placeholder=hint, select_on_focus=False, compact=True, id=f"field-{field.name}")
    line.cursor_blink = False
    return line


def _value_of(widget: Widget) -> str:
    from textual.widgets import TextArea

    if isinstance(widget, TextArea):
        return widget.text
    if isinstance(widget, Input | Chooser):
        return widget.value
    raise TypeError(type(widget))
