"""What changes what tickets say and how they hang together: fields, tags, links, merges, tasks, macros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.commands.typed import code_of, tags_of
from deskterm.domain.errors import BadInput, GateNotMet, NotFound
from deskterm.domain.ticket import Kind, LinkKind, Status
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.acts import ActingScreen
from deskterm.ui.deeds import Deed, Subject, deed
from deskterm.ui.dialogs.confirm import Confirm
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import named
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.reads.macros import MacroPreview
    from deskterm.reads.ticket import TicketRecord

NEW_TASK = "new"
LINKING, UNLINKING = "link", "unlink"
OF_ONE = (
    "summary", "kind", "category", "service", "ci", "extent", "occurred_at", "major", "description",
)  # fmt: skip
"""The fields that `e` asks for."""
OF_MANY = ("category", "service", "ci")
"""Those of them that many tickets can share."""
EMPTIED = frozenset({"category", "service", "ci", "extent", "occurred_at"})
"""Those of them that may say nothing."""


class EditingScreen(ActingScreen[T]):
    """A screen whose keys edit tickets, too."""

    def _with_first(self, then: Callable[[Sequence[Subject], TicketRecord], None]) -> None:
        """Read the first of the chosen tickets, then go on with all of them."""
        from deskterm.reads import ticket

        subjects, console = self.subjects(), self.console
        if not subjects:
            self.say(_("There is no ticket here."))
            return

        async def go() -> None:
            read = partial(ticket.record, console.desk, subjects[0].number, by=console.agent)
            then(subjects, await console.ask(read))

        self.work(go, "perform")

    def action_edit(self) -> None:
        """Ask what the ticket shall say; of many, what they have in common."""
        self._with_first(self._ask_fields)

    def _ask_fields(self, subjects: Sequence[Subject], record: TicketRecord) -> None:
        from deskterm.services import tickets
        from deskterm.services.drafts import Edit, checked

        names = OF_ONE if len(subjects) == 1 else OF_MANY
        now = record.read_at
        shown = {name: str(getattr(record, name) or "") for name in OF_ONE} | {
            "kind": record.kind.value,
            "occurred_at": times.written(record.occurred_at) if record.occurred_at else "",
            "major": "yes" if record.major else "no",
        }
        if len(subjects) > 1:
            shown = dict.fromkeys(OF_MANY, "")

        def deed_of(values: dict[str, str]) -> Deed:
            typed = {name: values[name].strip() for name in names if values[name] != shown[name]}
            if not typed:
                raise BadInput(N_("Nothing was changed yet."))
            emptied = {name for name, value in typed.items() if not value and name in EMPTIED}
            edit: dict[str, Any] = {name: typed[name] for name in typed.keys() - emptied}
            if "occurred_at" in edit:
                edit["occurred_at"] = _moment(edit["occurred_at"], now)
            edit["empty"] = emptied
            return deed(tickets.set_fields, checked(Edit, edit))

        fields = [_edit_field(name, shown[name]) for name in names]
        self.ask_form(_("Edit"), fields, deed_of, _("changed {number}"), subjects=subjects)

    def action_tags(self, words: str = "") -> None:
        """Put tags on and take others off; ask which, where none is given."""
        if words:
            self.do(_tagged(words), _("{number}: tags changed"))
        else:
            self._with_first(self._ask_tags)

    def _ask_tags(self, subjects: Sequence[Subject], record: TicketRecord) -> None:

        async def submit(values: dict[str, str]) -> None:
            await self.take(_tagged(values["words"]), _("{number}: tags changed"), subjects)

        has = " ".join(f"#{tag}" for tag in record.tags) if len(subjects) == 1 else ""
        title = _("Tags; with - before one to take it off") + (f"   {has}" if has else "")
        form = FormDialog(f"{_('Tags')}: {named(subjects)}", [Line("words", title, hint="vpn -lyon")], submit)
        self.app.push_screen(form)

    def action_link(self, kind: str = "", other: str = "") -> None:
        """Link to another record; ask how and to which, unless both are given."""
        from deskterm.services import links

        words = _("{number}: links changed")
        if kind and other:
            self.do(deed(links.link, code_of(LinkKind, kind), other), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            kind, other = LinkKind(values["kind"]), values["other"].strip()
            if not other:
                raise GateNotMet(N_("Name the other record: INC-4, PRB-1, CHG-2."), field="other")
            return deed(links.unlink if values["act"] == UNLINKING else links.link, kind, other)

        acts = ((LINKING, _("put a link")), (UNLINKING, _("take a link away")))
        fields: list[Field] = [
            Choice("act", _("What"), acts),
            Choice("kind", _("How it belongs"), tuple((kind.value, label(kind)) for kind in LinkKind)),
            Line("other", _("To which record"), hint="INC-4, PRB-1, CHG-2"),
        ]
        self.ask_form(_("Link"), fields, deed_of, words)

    def action_merge(self, number: str = "") -> None:
        """Ask which ticket this one is a part of, unless it is given; take a merged one out again."""
        subjects = self.subjects()
        if subjects and all(subject.status is Status.MERGED for subject in subjects):
            self.work(partial(self._unmerge, subjects), "perform")
        else:
            self._with_first(partial(self._ask_target, number))

    async def _unmerge(self, subjects: Sequence[Subject]) -> None:
        from deskterm.services import links

        question = _("Take {number} out of the ticket that it was merged into?").format(
            number=named(subjects)
        )
        if await self.app.push_screen_wait(Confirm(question, [], count=len(subjects))):
            await self.take(deed(links.unmerge), _("{number} stands alone again"), subjects)

    def _ask_target(self, given: str, subjects: Sequence[Subject], record: TicketRecord) -> None:
        from deskterm.reads import ticket
        from deskterm.services import links

        console, since = self.console, record.read_at

        async def submit(values: dict[str, str]) -> None:
            into = values["into"].strip()
            if not into:
                raise GateNotMet(N_("Name the ticket that stays: INC-4."), field="into")
            try:
                target = await console.ask(ticket.record, console.desk, into, by=console.agent)
            except NotFound as error:
                raise GateNotMet(NotFound.template, field="into", **error.details) from error
            question = _("Merge {number} into {into}?").format(number=named(subjects), into=target.number)
            lines = [
                f"{record.number}  {record.summary}" if len(subjects) == 1 else named(subjects),
                f"-> {target.number}  {label(target.status)}  {target.summary}",
            ]
            if not await self.app.push_screen_wait(Confirm(question, lines, count=len(subjects))):
                raise BadInput(N_("Nothing was merged."))
            told_words = _("{number} is part of {into}").replace("{into}", target.number)
            await self.take(deed(links.merge, target.number), told_words, subjects, since=since)

        field = Line("into", _("Into which ticket"), given, hint="INC-4")
        self.app.push_screen(FormDialog(f"{_('Merge')}: {named(subjects)}", [field], submit))

    def action_tasks(self) -> None:
        """Tick a task off, or add one."""
        self._with_first(self._pick_task)

    def _pick_task(self, subjects: Sequence[Subject], record: TicketRecord) -> None:
        from deskterm.services import tickets

        waiting = [task for task in record.tasks if task.done_at is None] if len(subjects) == 1 else []
        if not waiting:
            self._ask_task(subjects)
            return

        def picked(value: str | None) -> None:
            if value == NEW_TASK:
                self._ask_task(subjects)
            elif value is not None:
                act = deed(tickets.finish_task, int(value))
                self.work(partial(self.take, act, _("{number}: task finished"), subjects), "perform")

        options = [Option(str(task.id), f"[ ] {task.summary}  {task.assignee or ''}") for task in waiting]
        options.append(Option(NEW_TASK, _("+   add a task")))
        self.app.push_screen(Picker(f"{_('Tick off')}: {named(subjects)}", options), picked)

    def _ask_task(self, subjects: Sequence[Subject]) -> None:
        from deskterm.services import tickets

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(tickets.add_task, values["summary"], assignee=values["assignee"].strip() or None)

        fields: list[Field] = [
            Line("summary", _("What has to be done before it resolves")),
            Line("assignee", _("By whom"), hint=_("a login, or nobody yet")),
        ]
        self.ask_form(_("Task"), fields, deed_of, _("{number} has one more task"), subjects=subjects)

    def action_macro(self, key: str = "") -> None:
        """Run a macro; pick it by what it would do, where none is named."""
        from deskterm.reads import macros as reads

        subjects, console = self.subjects(), self.console
        if not subjects:
            self.say(_("There is no ticket here."))
            return
        if key:
            self.at_once(*_macro_act(key, key))
            return

        async def offer() -> None:
            desk, me = console.desk, console.agent
            known = await console.ask(reads.macros, desk, by=me)
            first = subjects[0].number
            previews = [await console.ask(reads.preview, desk, each.key, first, by=me) for each in known]
            self._pick_macro(subjects, previews)

        self.work(offer, "perform")

    def _pick_macro(self, subjects: Sequence[Subject], previews: Sequence[MacroPreview]) -> None:
        from deskterm.ui.dialogs.macro import MacroPicker

        names, since = {each.key: each.name for each in previews}, self.console.desk.clock.now()

        def picked(key: str | None) -> None:
            if key is not None:
                act, words = _macro_act(key, names[key])
                self.work(partial(self.take, act, words, subjects, since=since), "perform")

        self.app.push_screen(MacroPicker(f"{_('Macro')}: {named(subjects)}", previews), picked)

    def _ways(self, before: Status) -> dict[Status, Callable[[], None]]:
        """Return what leads to each state: out of a merge, and to a decision on a request as well."""
        if before is Status.MERGED:
            return dict.fromkeys(Status, self.action_merge)
        ways = super()._ways(before) | {Status.MERGED: self.action_merge}
        if before is Status.AWAITING_APPROVAL:
            return ways | {Status.NEW: self._approve, Status.CANCELLED: self._refuse_request}
        return ways

    def _approve(self) -> None:
        from deskterm.services import progress

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.approve, comment=values["comment"])

        self.ask_form(_("Approve"), [Line("comment", _("Comment"))], deed_of, _("{number} is approved"))

    def _refuse_request(self) -> None:
        from deskterm.services import progress

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.refuse, values["comment"])

        self.ask_form(
            _("Refuse"), [Line("comment", _("Why"))], deed_of, _("{number} is refused"), is_weighty=True
        )


def _macro_act(key: str, name: str) -> tuple[Deed, str]:
    """Return what running a macro is, and what is said of it."""
    from deskterm.services import macros

    words = _("{number}: {macro} was run")
    return deed(macros.run, key), words.replace("{macro}", name.replace("{", "{{").replace("}", "}}"))


def _tagged(words: str) -> Deed:
    """Return the act that typed tags stand for.

    Raises:
        GateNotMet: there are none.
    """
    from deskterm.services import tickets

    new, gone = tags_of(words)
    if not new and not gone:
        raise GateNotMet(N_("Name a tag, or one to take off: vpn -lyon."), field="words")
    return deed(tickets.tag, new, off=gone)


def _moment(text: str, now: datetime) -> datetime:
    """Return the instant at which something began, as it was typed.

    Raises:
        GateNotMet: it is none, or has not come yet.
    """
    at = times.instant(text, now)
    if at is None or at > now:
        raise GateNotMet(
            N_("“{text}” is no moment in the past: try 09:30, or 2026-06-02 09:00."),
            field="occurred_at",
            text=text,
        )
    return at


def _edit_field(name: str, value: str) -> Field:
    """Return what a field is asked for with."""
    titles = {
        "summary": _("Summary"),
        "kind": _("Type"),
        "category": _("Category"),
        "service": _("Service"),
        "ci": _("CI"),
        "extent": _("People affected"),
        "occurred_at": _("Occurred"),
        "major": _("Major incident"),
        "description": _("Description"),
    }
    if name == "kind":
        return Choice(name, titles[name], tuple((kind.value, label(kind)) for kind in Kind), value)
    if name == "major":
        return Choice(name, titles[name], (("no", _("no")), ("yes", _("yes"))), value)
    if name == "description":
        return Area(name, titles[name], value)
    return Line(name, titles[name], value)
