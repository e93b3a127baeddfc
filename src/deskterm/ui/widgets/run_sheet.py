"""The run sheet: a step a line with owner, planned and elapsed time, painted line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.domain.change import FINISHED, StepState
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.change_words import STEP_SIGNS
from deskterm.ui.gate import clip

if TYPE_CHECKING:
    from deskterm.reads.change import StepRow

MEANINGS = {StepState.RUNNING: "running", StepState.FAILED: "failed", StepState.DONE: "done"}
PAGE = 10


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A painted line of a step; its note stands on a second one."""

    step: int
    """The id of its step."""
    text: str
    meaning: str = ""


class RunSheet(ScrollView, can_focus=True, inherit_bindings=False):
    """Steps in their order; the cursor stays on its step while others work theirs."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-sheet--cursor", *(f"run-sheet--{meaning}" for meaning in MEANINGS.values())
    }  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._steps: tuple[StepRow, ...] = ()
        self._lines: list[SheetLine] = []
        self._cursor: int | None = None

    @property
    def step(self) -> StepRow | None:
        """The step under the cursor."""
        return next((step for step in self._steps if step.id == self._cursor), None)

    def show(self, steps: Sequence[StepRow], now: datetime) -> None:
        """Show steps as they are now; a cursor that has none goes to the first that is not finished."""
        self._steps = tuple(steps)
        if self.step is None and steps:
            self._cursor = next((step.id for step in steps if step.state not in FINISHED), steps[0].id)
        lines = [line for place, step in enumerate(steps, 1) for line in lines_of(step, place, now)]
        if lines != self._lines:
            self._lines = lines
            self.virtual_size = Size(self.size.width, len(lines))
            self.refresh()

    def travel(self, how: str) -> None:
        """Move the cursor: `down`, `up`, `page_down`, `page_up`, `top`, `bottom`."""
        ids = [step.id for step in self._steps]
        if not ids:
            return
        place = ids.index(self._cursor) if self._cursor in ids else 0
        last = len(ids) - 1
        by = {"down": 1, "up": -1, "page_down": PAGE, "page_up": -PAGE, "top": -last, "bottom": last}[how]
        self._cursor = ids[max(0, min(place + by, last))]
        self.refresh()
        y = next(number for number, line in enumerate(self._lines) if line.step == self._cursor)
        if not self.scroll_offset.y <= y < self.scroll_offset.y + self.size.height:
            self.scroll_to(y=max(0, y - self.size.height // 2), animate=False)

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        number = y + self.scroll_offset.y
        width = self.size.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number]
        style = self.rich_style
        if line.meaning:
            style += self.get_component_rich_style(f"run-sheet--{line.meaning}", partial=True)
        is_cursor = line.step == self._cursor
        if is_cursor:
            style += self.get_component_rich_style("run-sheet--cursor", partial=True)
        return Strip([Segment(clip((">" if is_cursor else " ") + line.text, width), style)], width)


def lines_of(step: StepRow, place: int, now: datetime) -> list[SheetLine]:
    """Return a step's lines: place, sign, state, when, who, planned and elapsed time, what; then its note."""
    when = times.hour(step.starts_at) if step.starts_at else "--:--"
    planned, elapsed = timedelta(minutes=step.minutes), step.elapsed(now)
    took = "" if elapsed is None else times.span(elapsed)
    over = "!" if elapsed is not None and elapsed > planned else " "
    owner = plain(step.owner or "-", one_line=True)
    text = (
        f"{place:>2} {STEP_SIGNS[step.state]} {clip(label(step.state), 9)} {when:<5} {clip(owner, 9)} "
        f"{times.span(planned):>5} {took:>5}{over} {plain(step.summary, one_line=True)}"
    )
    meaning = MEANINGS.get(step.state, "")
    lines = [SheetLine(step.id, text, meaning)]
    if step.note:
        note = _("{by}: {note}").format(by=step.by or "", note=step.note)
        lines.append(SheetLine(step.id, f"{'':<39}{plain(note, one_line=True)}", meaning))
    return lines
