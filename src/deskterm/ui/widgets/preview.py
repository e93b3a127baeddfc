"""A ticket in short: who, where, its clocks, and what was said last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from deskterm.i18n import _
from deskterm.labels import label
from deskterm.text import plain
from deskterm.ui import times
from deskterm.ui.gate import txt
from deskterm.ui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from datetime import datetime

    from deskterm.reads.ticket import TicketRecord, TimelineEntry

LOW = 12
"""Below this height the clocks share a line."""
NARROW = 60
"""Below this width a clock's bar is short and the caller's line carries less."""


class ClockLines(Static):
    """Clocks with bars, one a line; painted only when the text changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"clock-lines--{meaning}" for meaning in ("breached", "at-risk", "paused", "met", "muted")
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, id=id)
        self._shown: tuple[tuple[str, str], ...] = ()

    def show(self, record: TicketRecord, now: datetime, *, in_one_line: bool = False) -> None:
        """Show a ticket's clocks, with what is left of them at an instant."""
        from deskterm.ui.widgets import clocks

        cells = clocks.BAR_CELLS if self.size.width >= NARROW else 12
        if in_one_line:
            shown = tuple(clocks.short(clock, now) for clock in record.clocks)
        else:
            shown = tuple(clocks.line(clock, now, cells=cells) for clock in record.clocks)
        if shown != self._shown:
            self._shown = shown
            self.update(
                Content("   " if in_one_line else "\n").join(
                    self._painted(text, meaning) for text, meaning in shown
                )
            )

    def clear(self) -> None:
        """Show no clock."""
        self._shown = ()
        self.update("")

    def _painted(self, text: str, meaning: str) -> Content:
        content = txt(text)
        return content.stylize(self.get_visual_style(f"clock-lines--{meaning}")) if meaning else content


class Preview(Vertical):
    """What the queue shows of the ticket under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._record: TicketRecord | None = None

    def compose(self) -> ComposeResult:
        """List the parts."""
        yield Static(id="preview-title", markup=False)
        yield Static(id="preview-facts", markup=False)
        yield ClockLines(id="preview-clocks")
        yield Timeline(has_cursor=False, id="preview-timeline")

    def show(self, record: TicketRecord, entries: Sequence[TimelineEntry], now: datetime) -> None:
        """Show a ticket, its clocks as the list shows them; the last entries are in sight.

        Args:
            now: the instant that the list counts from.
        """
        self._record = record
        title = f"{record.number}  P{record.priority}  {label(record.status)}  {record.summary}"
        self.query_one("#preview-title", Static).update(txt(title, one_line=True))
        self.query_one("#preview-facts", Static).update(
            Content("\n").join(txt(line) for line in facts(record))
        )
        self.tick(now)
        self.query_one(Timeline).show(entries, record.read_at)

    def tick(self, now: datetime) -> None:
        """Let the clocks go on."""
        if self._record is not None:
            self.query_one(ClockLines).show(self._record, now, in_one_line=self.size.height < LOW)

    def clear(self) -> None:
        """Show nothing."""
        self._record = None
        for part in ("#preview-title", "#preview-facts"):
            self.query_one(part, Static).update("")
        self.query_one(ClockLines).clear()
        self.query_one(Timeline).show((), None)

    def scroll_entries(self, lines: int) -> None:
        """Scroll what was said."""
        timeline = self.query_one(Timeline)
        timeline.scroll_to(y=timeline.scroll_offset.y + lines, animate=False)


def facts(record: TicketRecord) -> list[str]:
    """Return who asks, what it concerns, who has it, in two or three lines."""
    return [line for line in (_caller(record), _concerns(record), _around(record)) if line]


def _caller(record: TicketRecord) -> str:
    caller = record.caller
    if caller is None:
        return _("no caller")
    parts = (caller.name, _("(VIP)") if caller.vip else "", caller.location, caller.phone, caller.email)
    return "  ".join(plain(part, one_line=True) for part in parts if part)


def _concerns(record: TicketRecord) -> str:
    named = (
        (_("team"), record.team_name),
        (_("assignee"), record.assignee_name or _("nobody")),
        (_("svc"), record.service or ""),
        (_("ci"), record.ci or ""),
        (_("cat"), record.category or ""),
    )
    return "   ".join(f"{word} {plain(value, one_line=True)}" for word, value in named if value)


def _around(record: TicketRecord) -> str:
    parts = []
    if record.hold_reason is not None and record.review_at is not None:
        when = times.moment(record.review_at, record.read_at)
        parts.append(_("{reason}, review {when}").format(reason=label(record.hold_reason), when=when))
    if record.links:
        parts.append(_("links") + " " + " ".join(link.number for link in record.links))
    if record.watchers:
        parts.append(_("watching") + " " + ", ".join(record.watchers))
    if record.here:
        parts.append(_("here") + " " + ", ".join(each.login for each in record.here))
    return plain("   ".join(parts), one_line=True)
