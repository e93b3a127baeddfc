"""The phone form: quick enough to fill while the caller talks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from deskterm.assets import style
from deskterm.commands import Place
from deskterm.domain.errors import DeskError, GateNotMet
from deskterm.domain.ticket import Channel, Kind, Level
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import calls, times
from deskterm.ui.dialogs import unfinished
from deskterm.ui.dialogs.form import Chooser
from deskterm.ui.dialogs.picker import Option as Choice
from deskterm.ui.dialogs.picker import Picker
from deskterm.ui.drafts import DraftsSaved
from deskterm.ui.gate import txt
from deskterm.ui.resting import Rest
from deskterm.ui.screen import DeskScreen
from deskterm.ui.widgets import callers
from deskterm.ui.widgets.alike_list import AlikeList
from deskterm.ui.widgets.catalogue_line import CatalogueLine

if TYPE_CHECKING:
    from deskterm.domain.triage import Duplicate
    from deskterm.reads.people import Caller, Catalogue, Team

NEEDED: Mapping[str, tuple[str, str]] = {
    "caller": (N_("Caller"), N_("A ticket needs a caller.")),
    "summary": (N_("Summary"), N_("A ticket needs a summary.")),
}
"""The fields that no ticket can do without → what they are called, and what is said without them."""
NAMES: Mapping[str, str] = {
    "category": N_("Category"),
    "team": N_("Team"),
    "service": N_("Service"),
    "ci": N_("CI"),
}
"""The fields that name something of the catalogue → what they are called."""
NO_SUCH = N_("{title}: there is no “{text}”; Down lists what there is.")


@dataclass(frozen=True, slots=True)
class IntakeModel:
    """What the form offers, and what was typed in it before."""

    catalogue: Catalogue
    teams: tuple[Team, ...]


class IntakeScreen(DeskScreen[IntakeModel]):
    """A new ticket by phone; the draft is kept until it is created, and one other call can be put aside."""

    CSS_PATH = style("intake")
    PLACE = Place.INTAKE

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Caller, ...] = ()
        self._caller: Caller | None = None
        self._catalogue: Catalogue | None = None
        self._caller_rest = Rest(self)
        self._summary_rest = Rest(self)
        self._is_filling = False
        self._is_refused = False

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
                for name, (title, _sentence) in NEEDED.items():
                    with Horizontal(classes="intake-row"):
                        yield Static(txt(f"{_(title)} *"), classes="intake-label")
                        yield _line(name)
                    if name == "caller":
                        yield Static(id="intake-callers", markup=False)
                        yield Static(id="intake-open", markup=False)
                for pair in (("category", "team"), ("service", "ci")):
                    with Horizontal(classes="intake-row"):
                        for name in pair:
                            yield Static(txt(_(NAMES[name])), classes="intake-label")
                            hint = _("by the routing rules") if name == "team" else _("Down lists")
                            yield CatalogueLine(placeholder=hint, id=f"field-{name}")
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
        saved_at = self.console.drafts.saved_at.get(calls.PLACE) if calls.draft(self.values) else None
        return _("draft saved {time}").format(time=times.second(saved_at)) if saved_at else ""

    def on_mount(self) -> None:
        """Begin with the caller."""
        self.query_one("#field-caller").focus()
        self._show_missing()
        self._show_alike(())
        self.work(self._begin, "draft")

    async def _begin(self) -> None:
        """Go on with a call that was not finished, or begin anew; whoever sits here is asked."""
        await self.console.ready.wait()
        drafts = self.console.drafts
        kept = {place: await drafts.restore(place) for place in (calls.PLACE, calls.ASIDE)}
        if not kept[calls.PLACE]:
            if kept[calls.ASIDE]:
                self.say(_("F5 goes to the call that was put aside."))
            return
        lines = [calls.told(calls.kept(text)) for text in kept.values() if text]

        async def answered(answer: int | None) -> None:
            if answer == 0:
                self._fill(kept[calls.PLACE])
                self.say(_("Your draft is back."))
            elif answer in (1, unfinished.NEW):
                await self.action_other_call(brings_back=answer != unfinished.NEW)
            else:
                self.app.pop_screen()

        self.app.push_screen(unfinished.Unfinished(lines), answered)

    async def action_other_call(self, *, brings_back: bool = True) -> None:
        """Put this call aside and take the one that was, or none; nothing that was typed is lost.

        Args:
            brings_back: whether the call that was put aside comes back; else it is forgotten.
        """
        drafts = self.console.drafts
        this, other = await drafts.restore(calls.PLACE), await drafts.restore(calls.ASIDE)
        if not this and not other:
            self.say(_("No other call was put aside."))
            return
        if not brings_back:
            other = ""
        drafts.type(calls.ASIDE, this)
        drafts.type(calls.PLACE, other)
        self._fill(other)
        if other:
            self.say(_("The other call is back; F5 goes to the one before."))
        else:
            self.say(_("A new call. F5 goes back to the one before."))
        self.query_one("#field-caller").focus()

    def _fill(self, draft: str) -> None:
        """Let the fields say what a draft says."""
        self._is_filling, self._is_refused = True, False
        for name, value in calls.kept(draft).items():
            _fill(self.query_one(f"#field-{name}"), value)
        self.call_after_refresh(self._filled)
        self.show_header()

    def _filled(self) -> None:
        self._is_filling = False
        self._look_up()
        self._show_priority()
        self._show_missing()

    def read(self) -> IntakeModel:
        """Fetch what the form offers."""
        from deskterm.reads import people

        desk, me = self.console.desk, self.console.agent
        return IntakeModel(people.catalogue(desk, by=me), people.teams(desk, by=me))

    def show(self, model: IntakeModel) -> None:
        """Offer it."""
        from deskterm.reads.people import CATALOGUE_LIMIT

        self._catalogue = model.catalogue
        for name, offered in (
            ("category", model.catalogue.categories),
            ("service", model.catalogue.services),
            ("ci", model.catalogue.cis),
        ):
            options = [Choice(each, each) for each in offered]
            self._line_of(name).offer(options, is_whole=len(offered) < CATALOGUE_LIMIT)
        self._line_of("team").offer(
            [
                Choice(each.key, f"{each.key:<16} {each.name} ({_('tier')} {each.tier})")
                for each in model.teams
            ]
        )
        self._show_priority()
        self._show_missing()

    def _line_of(self, name: str) -> CatalogueLine:
        return self.query_one(f"#field-{name}", CatalogueLine)

    @property
    def values(self) -> dict[str, str]:
        """What the fields say."""
        lines = {name: self.query_one(f"#field-{name}", Input).value for name in (*NEEDED, *NAMES)}
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
        self.console.drafts.type(calls.PLACE, calls.draft(self.values))
        if self._is_refused:
            self._is_refused = False
            self.say("")
        self._show_missing()
        self._show_priority()

    @on(Input.Changed, "#field-caller")
    def look_up_soon(self) -> None:
        """Look the caller up when the typing rests a little."""
        self._caller_rest.then(self._look_up)

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
        self._summary_rest.then(self._look_for_alike)

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
        likely = self._caller or (self._found or (None,))[0]
        self.query_one("#intake-callers", Static).update(self._found_lines())
        self.query_one("#intake-known", Static).update(_known(likely))
        still_open = self.query_one("#intake-open", Static)
        still_open.update(txt(callers.still_open(likely), one_line=True))
        still_open.display = likely is not None and bool(likely.open_tickets)
        self._show_missing()

    def _found_lines(self) -> Content:
        """Return who may be meant; nothing once it is clear."""
        text = self.query_one("#field-caller", Input).value.strip()
        if self._caller is not None:
            return Content()
        if text and not self._found:
            return txt(_("new caller: {name}").format(name=text), one_line=True)
        marks = ["> ", *["  "] * len(self._found)]
        return callers.block(
            [mark + callers.person(each) for mark, each in zip(marks, self._found[:4], strict=False)]
        )

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
        missing = [_(NEEDED[name][0]) for name in self._missing()]
        said = [
            _("Missing: {fields}").format(fields=", ".join(missing)) if missing else _("Missing: nothing.")
        ]
        said += [
            _(NO_SUCH).format(title=_(title), text=self._line_of(name).value.strip())
            for name, title in NAMES.items()
            if not self._line_of(name).is_meant
        ]
        self.query_one("#intake-missing", Static).update(txt("   ".join(said), one_line=True))

    def _missing(self) -> list[str]:
        values = self.values
        return [name for name in NEEDED if not values[name].strip()]

    def on_drafts_saved(self, _saved: DraftsSaved) -> None:
        """Say when the draft was saved."""
        self.show_header()

    def action_send(self) -> None:
        """Create the ticket."""
        self.work(self._create, "create", exclusive=True)

    async def _create(self) -> None:
        from deskterm.services import intake
        from deskterm.services.drafts import NewTicket, checked

        self._check()
        console = self.console
        draft = checked(NewTicket, calls.ticket(self.values, self._caller))
        number = await console.ask(intake.open_ticket, console.desk, draft, by=console.agent)
        await self._finished(number)

    def _check(self) -> None:
        """Refuse what no ticket can be made of, with the cursor on the first field that it is about.

        Raises:
            GateNotMet: something is missing, or a name is in no list.
        """
        missing = self._missing()
        if missing:
            self.query_one(f"#field-{missing[0]}").focus()
            sentence = (
                NEEDED[missing[0]][1] if len(missing) == 1 else N_("A ticket needs a caller and a summary.")
            )
            raise GateNotMet(sentence, field=missing[0])
        for name, title in NAMES.items():
            line = self._line_of(name)
            if not line.take():
                line.focus()
                raise GateNotMet(NO_SUCH, field=name, title=_(title), text=line.value.strip())

    def refuse(self, error: DeskError) -> None:
        """Say why the ticket was not created, until something is changed."""
        super().refuse(error)
        self._is_refused = True

    def action_list_names(self) -> None:
        """List what the line with the cursor may name."""
        if isinstance(self.focused, CatalogueLine):
            self.focused.seek()

    @on(CatalogueLine.Sought)
    def list_names(self, sought: CatalogueLine.Sought) -> None:
        """List what a line may name, narrowed by what was typed, and go on with what is picked."""
        line = sought.line
        title = NAMES[(line.id or "").removeprefix("field-")]

        def picked(value: str | None) -> None:
            if value is not None:
                line.value = value
                self.set_focus(line)
                self.focus_next()

        self.app.push_screen(Picker(_(title), line.options, text=line.value.strip()), picked)

    async def _finished(self, number: str) -> None:
        """Forget the draft and show the ticket."""
        await self.console.drafts.drop(calls.PLACE)
        self.console.poke()
        self.app.call_later(self._show_ticket, number)

    def _show_ticket(self, number: str) -> None:
        self.app.pop_screen()
        self.console.open_ticket(number)

    def action_unwind(self) -> None:
        """Leave; the draft is kept."""
        self.app.pop_screen()


def _known(caller: Caller | None) -> Content:
    return callers.known(caller)


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
