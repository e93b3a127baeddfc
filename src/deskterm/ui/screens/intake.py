"""The phone form: quick enough to fill while the caller talks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import BadInput, DeskError
from deskterm.domain.ticket import Channel, Kind, Level
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.dialogs.form import Chooser
from deskterm.ui.drafts import DraftsSaved
from deskterm.ui.gate import txt
from deskterm.ui.screen import DeskScreen

if TYPE_CHECKING:
    from deskterm.domain.triage import Duplicate
    from deskterm.reads.people import Caller, Catalogue

WAIT_SECONDS = 0.15
"""The look-up follows this long after the last key."""
PLACE_OF_DRAFT = "new"
LINES = (
    ("caller", N_("Caller *")),
    ("summary", N_("Summary *")),
    ("category", N_("Category")),
    ("service", N_("Service")),
    ("ci", N_("CI")),
)


class AlikeList(OptionList):
    """Open tickets that may be about the same."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(markup=False, compact=True, id=id)
        self.numbers: tuple[str, ...] = ()

    def show(self, alike: Sequence[Duplicate]) -> None:
        """Show them, the likeliest first."""
        self.numbers = tuple(each.number for each in alike)
        self.clear_options()
        self.add_options(Option(txt(_alike(each), one_line=True)) for each in alike)
        self.highlighted = 0 if alike else None


def _alike(duplicate: Duplicate) -> str:
    whose = _("same caller") if duplicate.same_caller else _("another caller")
    return f"{duplicate.similarity:.2f}  {duplicate.number:<8} {whose:<15} {duplicate.summary}"


@dataclass(frozen=True, slots=True)
class IntakeModel:
    """What the form offers, and what was typed in it before."""

    catalogue: Catalogue


class IntakeScreen(DeskScreen[IntakeModel]):
    """A new ticket by phone; the draft is kept until it is created."""

    CSS_PATH = style("intake")
    PLACE = Place.INTAKE

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Caller, ...] = ()
        self._caller: Caller | None = None
        self._catalogue: Catalogue | None = None
        self._timer: Timer | None = None
        self._alike_timer: Timer | None = None
        self._is_filling = False

    def body(self) -> ComposeResult:
        """List the fields, and what is known of the caller beside them."""
        levels = [(str(level.value), label(level)) for level in Level]
        with Horizontal(id="intake-body"):
            with VerticalScroll(id="intake-fields", can_focus=False):
                with Horizontal(classes="intake-row"):
                    yield Static(txt(_("Type")), classes="intake-label")
                    yield Chooser([(kind.value, label(kind)) for kind in Kind], "incident", id="field-kind")
                    yield Chooser(
                        [(each.value, label(each)) for each in Channel], "phone", id="field-channel"
                    )
                for name, title in LINES:
                    with Horizontal(classes="intake-row"):
                        yield Static(txt(_(title)), classes="intake-label")
                        yield _line(name)
                    if name == "caller":
                        yield Static(id="intake-callers", markup=False)
                with Horizontal(classes="intake-row"):
                    yield Static(txt(_("Impact")), classes="intake-label")
                    yield Chooser(levels, "3", id="field-impact")
                    yield Static(txt(_("Urgency")), classes="intake-label")
                    yield Chooser(levels, "2", id="field-urgency")
                with Horizontal(classes="intake-row"):
                    yield Static(txt(_("Priority")), classes="intake-label")
                    yield Static(id="intake-priority", markup=False)
                yield Static(txt(_("Description")), classes="intake-label")
                area = TextArea(soft_wrap=True, tab_behavior="focus", id="field-description")
                area.cursor_blink = False
                yield area
                yield Static(id="intake-missing", markup=False)
            with Vertical(id="intake-side"):
                yield Static(id="intake-known", markup=False)
        yield Static(id="intake-alike-title", markup=False)
        yield AlikeList(id="intake-alike")

    def heading(self) -> str:
        """Return the name of the screen."""
        return _("NEW TICKET")

    def notice(self) -> str:
        """Return when the draft was saved."""
        saved_at = self.console.drafts.saved_at.get(PLACE_OF_DRAFT)
        return _("draft saved {time}").format(time=times.second(saved_at)) if saved_at else ""

    def on_mount(self) -> None:
        """Begin with the caller."""
        self.query_one("#field-caller").focus()
        self._show_missing()
        self._show_alike(())
        self.work(self._restore, "restore")

    async def _restore(self) -> None:
        await self.console.ready.wait()
        text = await self.console.drafts.restore(PLACE_OF_DRAFT)
        if not text:
            return
        kept = _kept(text)
        self._is_filling = True
        for name in kept.keys() & self.values.keys():
            _fill(self.query_one(f"#field-{name}"), str(kept[name]))
        self.call_after_refresh(self._filled)
        self.say(_("Your draft is back."))
        self.show_header()

    def _filled(self) -> None:
        self._is_filling = False
        self._look_up()
        self._show_priority()
        self._show_missing()

    def read(self) -> IntakeModel:
        """Fetch what the form offers."""
        from deskterm.reads import people

        return IntakeModel(people.catalogue(self.console.desk, by=self.console.agent))

    def show(self, model: IntakeModel) -> None:
        """Offer it."""
        from textual.suggester import SuggestFromList

        self._catalogue = model.catalogue
        for name, offered in (
            ("category", model.catalogue.categories),
            ("service", model.catalogue.services),
            ("ci", model.catalogue.cis),
        ):
            self.query_one(f"#field-{name}", Input).suggester = SuggestFromList(offered, case_sensitive=False)
        self._show_priority()

    @property
    def values(self) -> dict[str, str]:
        """What the fields say."""
        lines = {name: self.query_one(f"#field-{name}", Input).value for name, _title in LINES}
        choices = {
            name: self.query_one(f"#field-{name}", Chooser).value
            for name in ("kind", "channel", "impact", "urgency")
        }
        return lines | choices | {"description": self.query_one("#field-description", TextArea).text}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Chooser.Changed)
    def typed(self) -> None:
        """Keep the draft, and say what is still missing."""
        if self._is_filling:
            return
        self.console.drafts.type(PLACE_OF_DRAFT, json.dumps(self.values))
        self._show_missing()
        self._show_priority()

    @on(Input.Changed, "#field-caller")
    def look_up_soon(self) -> None:
        """Look the caller up when the typing rests a little."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(WAIT_SECONDS, self._look_up)

    def _look_up(self) -> None:
        self.run_worker(self._find_callers(), exclusive=True, group="callers")

    async def _find_callers(self) -> None:
        from deskterm.reads import people

        text = self.query_one("#field-caller", Input).value
        if self._caller is not None and text == self._caller.name:
            return
        self._found = await self.console.ask(
            people.find_callers, self.console.desk, text, by=self.console.agent
        )
        exact = [each for each in self._found if each.name.casefold() == text.strip().casefold()]
        self._caller = exact[0] if len(exact) == 1 else None
        self._show_callers()
        self._look_for_alike()

    @on(Input.Changed, "#field-summary")
    def look_for_alike_soon(self) -> None:
        """Look for open tickets like it when the typing rests a little."""
        if self._alike_timer is not None:
            self._alike_timer.stop()
        self._alike_timer = self.set_timer(WAIT_SECONDS, self._look_for_alike)

    def _look_for_alike(self) -> None:
        self.work(self._find_alike, "alike", exclusive=True, aside=True)

    async def _find_alike(self) -> None:
        from deskterm.reads import suggestions

        summary = self.query_one("#field-summary", Input).value
        caller = self._caller.id if self._caller is not None else None
        self._show_alike(
            await self.console.ask(
                suggestions.similar, self.console.desk, summary, caller=caller, by=self.console.agent
            )
            if summary.strip()
            else ()
        )

    def _show_alike(self, alike: Sequence[Duplicate]) -> None:
        title, rows = self.query_one("#intake-alike-title", Static), self.query_one(AlikeList)
        title.update(txt(_("Looks like an open ticket: Tab here, Enter adds this call to it"), one_line=True))
        title.display = rows.display = bool(alike)
        rows.show(alike)

    @on(AlikeList.OptionSelected)
    def add_call(self, selected: AlikeList.OptionSelected) -> None:
        """Add this call to the open ticket instead of opening one."""
        selected.stop()
        number = self.query_one(AlikeList).numbers[selected.option_index]
        self.work(partial(self._add_call, number), "create", exclusive=True)

    async def _add_call(self, number: str) -> None:
        from deskterm.reads import ticket
        from deskterm.services import conversation, intake

        values, console = self.values, self.console
        record = await console.ask(ticket.record, console.desk, number, by=console.agent)
        said = "\n".join(filter(str.strip, (values["summary"], values["description"])))
        is_callers = (
            self._caller is not None and record.caller is not None and record.caller.id == self._caller.id
        )
        if is_callers:
            await console.ask(intake.receive_message, console.desk, number, said, by=console.agent)
        else:
            who = self._caller.name if self._caller is not None else values["caller"].strip() or _("somebody")
            text = _("{who} called about the same:").format(who=who) + f"\n{said}"
            await console.ask(conversation.note, console.desk, number, text, by=console.agent)
        await self._finished(number)

    @on(Input.Submitted, "#field-caller")
    def take_caller(self) -> None:
        """Take the first caller found."""
        if self._found and self._caller is None:
            self._caller = self._found[0]
            self.query_one("#field-caller", Input).value = self._caller.name
        self._show_callers()
        self.query_one("#field-summary").focus()

    @on(Input.Submitted)
    def go_on(self, submitted: Input.Submitted) -> None:
        """Go to the next field."""
        if submitted.input.id != "field-caller":
            self.focus_next()

    def _show_callers(self) -> None:
        text = self.query_one("#field-caller", Input).value.strip()
        rows: list[str] = []
        if self._caller is None:
            marks = ["> ", *["  "] * len(self._found)]
            rows = [mark + _person(each) for mark, each in zip(marks, self._found[:4], strict=False)]
            if not rows and text:
                rows = [_("new caller: {name}").format(name=text)]
        self.query_one("#intake-callers", Static).update(_block(rows))
        self.query_one("#intake-known", Static).update(_known(self._caller or (self._found or (None,))[0]))
        self._show_missing()

    def _show_priority(self) -> None:
        if self._catalogue is None:
            return
        impact, urgency = (int(self.values[name]) for name in ("impact", "urgency"))
        priority = self._catalogue.matrix[impact, urgency]
        text = _("P{priority}: impact {impact} and urgency {urgency}").format(
            priority=priority, impact=label(Level(impact)), urgency=label(Level(urgency))
        )
        self.query_one("#intake-priority", Static).update(txt(text, one_line=True))

    def _show_missing(self) -> None:
        values = self.values
        missing = [
            _(title).rstrip(" *") for name, title in LINES if "*" in title and not values[name].strip()
        ]
        text = _("Missing: {fields}").format(fields=", ".join(missing)) if missing else _("Missing: nothing.")
        self.query_one("#intake-missing", Static).update(txt(text, one_line=True))

    def on_drafts_saved(self, _saved: DraftsSaved) -> None:
        """Say when the draft was saved."""
        self.show_header()

    def action_send(self) -> None:
        """Create the ticket."""
        self.work(self._create, "create", exclusive=True)

    async def _create(self) -> None:
        from deskterm.services import intake
        from deskterm.services.drafts import NewTicket, checked

        values, console = self.values, self.console
        try:
            if not values["summary"].strip() or not values["caller"].strip():
                raise BadInput(N_("A ticket needs a caller and a summary."))
            draft = checked(NewTicket, _fields(values, self._caller))
            number = await console.ask(intake.open_ticket, console.desk, draft, by=console.agent)
        except DeskError as error:
            self.refuse(error)
            return
        await self._finished(number)

    async def _finished(self, number: str) -> None:
        """Forget the draft and show the ticket."""
        await self.console.drafts.drop(PLACE_OF_DRAFT)
        self.console.poke()
        self.app.call_later(self._show_ticket, number)

    def _show_ticket(self, number: str) -> None:
        self.app.pop_screen()
        self.console.open_ticket(number)

    def action_unwind(self) -> None:
        """Leave; the draft is kept."""
        self.app.pop_screen()


def _fields(values: dict[str, str], caller: Caller | None) -> dict[str, Any]:
    """Return what a draft is made of: a known caller by id, a new one by what was typed."""
    typed = values["caller"].strip()
    new = {"name": typed, "email": typed if "@" in typed else None}
    return {
        "kind": values["kind"],
        "channel": values["channel"],
        "caller": caller.id if caller is not None else new,
        "summary": values["summary"],
        "description": values["description"],
        "impact": int(values["impact"]),
        "urgency": int(values["urgency"]),
        **{name: values[name].strip() or None for name in ("category", "service", "ci")},
    }


def _kept(draft: str) -> dict[str, Any]:
    """Return the fields that a draft keeps; a draft that is no form is kept as the description."""
    try:
        fields = json.loads(draft)
    except ValueError:
        fields = None
    return fields if isinstance(fields, dict) else {"description": draft}


def _line(name: str) -> Input:
    line = Input(select_on_focus=False, compact=True, id=f"field-{name}")
    line.cursor_blink = False
    return line


def _fill(widget: Widget, value: str) -> None:
    if isinstance(widget, TextArea):
        widget.text = value
    elif isinstance(widget, Input):
        widget.value = value
    elif isinstance(widget, Chooser):
        widget.choose(value)


def _person(caller: Caller) -> str:
    count = _("{count} open").format(count=len(caller.open_tickets))
    parts = (caller.name, _("VIP") if caller.vip else "", caller.location, caller.phone, caller.email, count)
    return "  ".join(part for part in parts if part)


def _known(caller: Caller | None) -> Content:
    if caller is None:
        return Content("")
    parts = (caller.name, _("VIP") if caller.vip else "", caller.department, caller.location)
    lines = ["  ".join(part for part in parts if part), caller.phone, caller.email, "", _("Open tickets")]
    lines += [
        f"{ticket.number:<8} P{ticket.priority} {label(ticket.status):<12} {ticket.summary}"
        for ticket in caller.open_tickets
    ]
    return _block(lines if caller.open_tickets else [*lines, _("none")])


def _block(lines: Sequence[str]) -> Content:
    return Content("\n").join(txt(line, one_line=True) for line in lines)
