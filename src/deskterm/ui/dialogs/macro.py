"""A picker of macros that shows, step by step, what the one under the cursor would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import OptionList, Static

from deskterm.domain.macro import TEXTS, Act
from deskterm.i18n import N_, _
from deskterm.labels import field_word, label
from deskterm.ui import times
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.gate import txt

if TYPE_CHECKING:
    from deskterm.reads.macros import MacroPreview, StepPreview

ACTS: Mapping[Act, str] = {
    Act.SET: N_("set"),
    Act.ASSIGN: N_("assign"),
    Act.TRANSFER: N_("transfer"),
    Act.TAG: N_("tag"),
    Act.HOLD: N_("put on hold"),
    Act.REPLY: N_("PUBLIC reply"),
    Act.NOTE: N_("INTERNAL note"),
    Act.RESOLVE: N_("resolve"),
}


class MacroPicker(Picker):
    """Macros by name; below them what the chosen one would do to the first ticket."""

    def __init__(self, title: str, previews: Sequence[MacroPreview]) -> None:
        super().__init__(title, [Option(each.key, each.name) for each in previews])
        self._previews = {each.key: each for each in previews}

    def on_mount(self) -> None:
        """Make room for the preview."""
        self.query_one("#picker").mount(
            Static(id="macro-preview", markup=False), before=self.query_one("#picker-hints")
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the macro under the cursor would do."""
        for place in self.query("#macro-preview").results(Static):
            preview = self._previews[self._shown[event.option_index].value]
            place.update(Content("\n").join(txt(line, one_line=True) for line in lines_of(preview)))


def lines_of(preview: MacroPreview) -> Iterator[str]:
    """Yield what a macro would do, a line for each step and each line of its texts."""
    for name in preview.missing:
        yield _("! nothing is known for {name}: it would be refused").format(name=name)
    for step in preview.steps:
        yield f"- {_(ACTS[step.act])} {', '.join(_values(step))}".rstrip()
        yield from (f"    {line}" for line in step.text.strip().splitlines())


def _values(step: StepPreview) -> Iterator[str]:
    for name, value in step.values.items():
        if name != TEXTS.get(step.act):
            words = _word(value)
            yield f"{field_word(name)} {words}" if step.act is Act.SET else words


def _word(value: object) -> str:
    if isinstance(value, timedelta):
        return _("for {span} of service time").format(span=times.span(value))
    if isinstance(value, Enum):
        return label(value)
    if isinstance(value, list | tuple):
        return " ".join(f"#{word}" for word in value)
    return str(value)
