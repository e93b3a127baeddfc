"""What can be done to changes from wherever they stand: people, risk, end, links, and what marks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskterm.domain.change import NUMBER, ChangeStatus
from deskterm.domain.errors import BadInput, GateNotMet
from deskterm.domain.ticket import NUMBER as TICKET
from deskterm.domain.ticket import Level, LinkKind
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import change_words
from deskterm.ui.changing import literal, named
from deskterm.ui.deeds import deed
from deskterm.ui.dialogs.form import Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.dialogs.report import Report
from deskterm.ui.leading import LeadingScreen
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action

AFTER = "after"
"""A link that is an order of changes, next to those of tickets."""


class ChangeVerbs(LeadingScreen[T]):
    """A screen with the verbs of changes, besides those that lead one from state to state."""

    def action_assign(self, login: str = "") -> None:
        """Say who sees the changes through; pick somebody where nobody is named."""
        from deskterm.reads import people

        def options() -> list[Option]:
            agents = people.agents(self.console.desk, by=self.console.agent)
            return [Option(each.login, f"{each.login:<12} {each.name}") for each in agents]

        words = _("{number} is seen through by {value} now")
        self._edit_each("assignee", login, words, _("Who sees it through"), options)

    def action_transfer(self, team: str = "") -> None:
        """Say which team the changes belong to; pick one where none is named."""
        from deskterm.reads import people

        def options() -> list[Option]:
            teams = people.teams(self.console.desk, by=self.console.agent)
            return [Option(each.key, f"{each.key:<16} {each.name}") for each in teams]

        self._edit_each("team", team, _("{number} belongs to {value} now"), _("Team"), options)

    def _edit_each(
        self, field: str, value: str, words: str, title: str, options: Callable[[], list[Option]]
    ) -> None:
        """Give a field of the chosen changes a value, or let somebody pick it; `words` have `{value}`."""
        from deskterm.services import changes
        from deskterm.services.change_drafts import ChangeEdit
        from deskterm.services.drafts import checked

        rows = self.chosen

        async def put(found: str) -> None:
            act = deed(changes.edit, checked(ChangeEdit, {field: found}))
            await self.take_each(act, words.replace("{value}", literal(found)), rows)

        def picked(found: str | None) -> None:
            if found is not None:
                self.work(lambda: put(found), "perform")

        async def show() -> None:
            if value:
                await put(value)
            else:
                self.app.push_screen(Picker(title, await self.console.ask(options)), picked)

        self.work(show, "perform")

    def action_risk(self) -> None:
        """Alter what the risk follows from, as far as that is still open; else tell what it follows from."""
        record = self.changed()
        if record is None:
            return
        if record.row.status is ChangeStatus.ASSESS:
            self._assess()
            return
        first, *reasons = change_words.risk_words(record)
        if record.row.status is not ChangeStatus.DRAFT:
            self.app.push_screen(Report(f"{record.row.number}: {first}", reasons))
            return
        levels = tuple((str(int(level)), label(level)) for level in Level)
        downtime = record.fields.get("downtime_minutes")
        fields: list[Field] = [
            Choice("impact", _("Impact when it fails"), levels, str(record.row.impact)),
            Line("downtime_minutes", _("Planned downtime in minutes"), str(downtime or "")),
        ]

        async def submit(values: dict[str, str]) -> None:
            await self._save(record, values)

        self.ask(first, fields, submit)

    def action_end(self) -> None:
        """Say what came of the change, or close it where that is said."""
        record = self.changed()
        if record is None:
            return
        if record.row.status is ChangeStatus.REVIEW:
            self._review()
            return
        told = _("The state of {number} is {status}: it is closed after its review. s takes the next step.")
        self.say(told.format(number=record.row.number, status=label(record.row.status)), problem=True)

    def action_link(self) -> None:
        """Say how another record belongs to the change."""
        from deskterm.services import links, windows

        record = self.changed()
        if record is None:
            return
        number = record.row.number
        kinds = (
            (AFTER, _("must end before this begins")),
            (LinkKind.CAUSED_BY.value, _("was caused by this")),
            (LinkKind.RELATED.value, _("is related to this")),
        )
        fields: list[Field] = [
            Line("other", _("Which record"), hint="CHG-2, INC-4"),
            Choice("kind", _("How it belongs"), kinds),
            Choice("act", _("What"), (("link", _("put a link")), ("unlink", _("take a link away")))),
        ]

        async def submit(values: dict[str, str]) -> None:
            other, kind, is_new = values["other"].strip(), values["kind"], values["act"] == "link"
            check_link(other, kind)
            words = _("{number}: links changed")
            if kind == AFTER:
                order: Action[Any, Any] = windows.follow if is_new else windows.unfollow
                await self.act(order, number, other, words=words)
            else:
                link: Action[Any, Any] = links.link if is_new else links.unlink
                await self.act(link, other, LinkKind(kind), number, words=words)

        self.ask(_("Link"), fields, submit)

    def action_tags(self) -> None:
        """Ask which tags to put on and to take off."""
        from deskterm.services import change_marks

        record, rows = self.change, self.chosen
        if not rows:
            self.say(_("There is no change here."), problem=True)
            return

        async def submit(values: dict[str, str]) -> None:
            words = values["words"].split()
            new = tuple(word for word in words if not word.startswith("-"))
            gone = tuple(word[1:] for word in words if word.startswith("-") and word[1:])
            if not new and not gone:
                raise GateNotMet(N_("Name a tag, or one to take off: vpn -lyon."), field="words")
            if new:
                await self.take_each(deed(change_marks.tag, new), _("{number} is tagged"), rows)
            if gone:
                await self.take_each(deed(change_marks.untag, gone), _("{number} has fewer tags"), rows)

        has = " ".join(f"#{tag}" for tag in record.tags) if record is not None and len(rows) == 1 else ""
        title = _("Tags; with - before one to take it off") + (f"   {has}" if has else "")
        field = Line("words", title, hint="vpn -lyon")
        self.app.push_screen(FormDialog(f"{_('Tags')}: {named(rows)}", [field], submit))

    def action_watch(self) -> None:
        """Watch the changes, or stop watching where the one at hand is watched."""
        from deskterm.services import change_marks

        record = self.changed()
        if record is not None and self.console.agent in record.watchers:
            self.do_to_each(deed(change_marks.unwatch), _("You no longer watch {number}"))
        elif record is not None:
            self.do_to_each(deed(change_marks.watch), _("You watch {number}"))

    def action_star(self) -> None:
        """Star the changes, or take the stars off where the one at hand has one."""
        from deskterm.services import change_marks

        record = self.changed()
        if record is not None and record.is_starred:
            self.do_to_each(deed(change_marks.unstar), _("{number}: star taken off"))
        elif record is not None:
            self.do_to_each(deed(change_marks.star), _("{number} is starred; is:starred finds it"))

    def action_macro(self) -> None:
        """Say what changes have in the place of macros."""
        self.say(_("Macros are steps on tickets; what changes repeat is a template: c requests one."))


def check_link(other: str, kind: str) -> None:
    """Refuse a record that can't belong to a change so.

    Raises:
        GateNotMet: it is no number of a ticket or change, or the other of the two.
        BadInput: it is a problem's.
    """
    if other.casefold().startswith("prb-"):
        raise BadInput(N_("A problem takes a change as one of its actions: open the problem, 3, then Enter."))
    wanted = NUMBER if kind == AFTER else TICKET
    if wanted.fullmatch(other) is None:
        raise GateNotMet(
            N_("Only a change can come before a change.")
            if kind == AFTER
            else N_("Name a ticket, such as INC-4."),
            field="other",
        )
