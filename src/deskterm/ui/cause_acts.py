"""What can be done to a problem's causes: added, worded, judged, moved, taken back; and to its actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from deskterm.domain import rca
from deskterm.domain.errors import Conflict
from deskterm.domain.rca import Branch, Cause, Verdict
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.ui import problem_forms
from deskterm.ui.dialogs.form import Area, Choice, Field, FormDialog, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.problem_verbs import ProblemScreenBase
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action
    from deskterm.reads.problems import ActionRow

NONE = "-"


class CauseActs(ProblemScreenBase[T]):
    """A screen over one problem that edits its list of causes and its corrective actions."""

    number: str

    def causes(self) -> tuple[Cause, ...]:
        """Return the causes as they were last read."""
        raise NotImplementedError

    def cause(self) -> Cause | None:
        """Return the cause under the cursor."""
        raise NotImplementedError

    def go_to_cause(self, cause: int) -> None:
        """Put the cursor on a cause once it is shown."""
        raise NotImplementedError

    def _node(self, action: Action[Any, Any], words: str, *args: Any, **kwargs: Any) -> None:
        """Do something to the cause under the cursor, and say so."""
        found = self.cause()
        if found is None:
            self.say(_("There is no cause here; c adds one."))
            return
        console, number = self.console, self.number

        async def act() -> None:
            await console.ask(action, console.desk, number, found.id, *args, by=console.agent, **kwargs)
            self._told(words)

        self.work(act, "perform")

    def _told(self, words: str) -> None:
        self.console.poke()
        self.say(words, undoable=True)
        self.reload(anew=True)

    def add_cause(self, *, beside: bool) -> None:
        """Ask for a why below the cause under the cursor, or beside it."""
        from deskterm.services import causes

        found, console, number = self.cause(), self.console, self.number
        where: dict[str, int] = {}
        if found is not None:
            where = {"beside" if beside else "below": found.id}

        async def submit(values: dict[str, str]) -> None:
            branch = Branch(values["branch"]) if values["branch"] != NONE else None
            added = await console.ask(
                causes.add,
                console.desk,
                number,
                values["statement"],
                branch=branch,
                by=console.agent,
                **where,
            )
            self._told(_("cause added"))
            self.go_to_cause(added)

        explained = found.statement if found is not None and not beside else ""
        title = _("Why? {statement}").format(statement=explained) if explained else _("A cause")
        fields: list[Field] = [Line("statement", _("Because")), _branches(None)]
        self.app.push_screen(FormDialog(title, fields, submit, keep=f"{number} cause {where}"))

    def edit_cause(self) -> None:
        """Ask for statement and evidence; what others worded meanwhile is shown before it is replaced."""
        from deskterm.services import causes

        found, console, number = self.cause(), self.console, self.number
        if found is None:
            return
        seen = found.version

        async def submit(values: dict[str, str]) -> None:
            nonlocal seen
            changed: dict[str, Any] = {
                name: values[name]
                for name in ("statement", "evidence")
                if values[name] != getattr(found, name)
            }
            edit = partial(causes.edit, console.desk, number, found.id, by=console.agent, **changed)
            try:
                await console.ask(edit, seen=seen)
            except Conflict:
                seen = await self._version(found.id)
                raise
            self._told(_("cause reworded"))

        fields: list[Field] = [
            Line("statement", _("Because"), found.statement),
            Area("evidence", _("Evidence"), found.evidence),
        ]
        title = _("Cause: {statement}").format(statement=found.statement)
        self.app.push_screen(FormDialog(title, fields, submit))

    async def _version(self, cause: int) -> int:
        """Return the version of a cause now, so that who has read the other's words may replace them."""
        from deskterm.reads import problems

        console = self.console
        found = await console.ask(problems.causes, console.desk, self.number, by=console.agent)
        return next((each.version for each in found if each.id == cause), 0)

    def judge(self, verdict: Verdict) -> None:
        """Say what the evidence says of the cause."""
        from deskterm.services import causes

        self._node(causes.judge, _("cause: {verdict}").format(verdict=label(verdict)), verdict)

    def action_root(self) -> None:
        """Mark the cause as a root, or take the mark away."""
        from deskterm.services import causes

        found = self.cause()
        self._node(causes.mark_root, _("root marked"), found is None or not found.root)

    def action_branch(self) -> None:
        """Pick the branch of the fishbone."""
        from deskterm.services import causes

        def picked(value: str | None) -> None:
            if value is not None:
                branch = None if value == NONE else Branch(value)
                self._node(causes.put_on_branch, _("cause put on a branch"), branch)

        options = [Option(value, words) for value, words in _branches(None).options]
        self.app.push_screen(Picker(_("Branch"), options), picked)

    def action_promote(self) -> None:
        """Move the cause one level up."""
        from deskterm.services import causes

        self._node(causes.promote, _("cause moved"))

    def action_demote(self) -> None:
        """Move the cause one level down."""
        from deskterm.services import causes

        self._node(causes.demote, _("cause moved"))

    def action_lower(self) -> None:
        """Move the cause down among its siblings."""
        from deskterm.services import causes

        self._node(causes.shift, _("cause moved"), 1)

    def action_higher(self) -> None:
        """Move the cause up among its siblings."""
        from deskterm.services import causes

        self._node(causes.shift, _("cause moved"), -1)

    def action_under(self) -> None:
        """Pick the cause that this one explains."""
        from deskterm.services import causes

        found = self.cause()
        if found is None:
            return

        def picked(value: str | None) -> None:
            if value is not None:
                self._node(causes.move_under, _("cause moved"), None if value == NONE else int(value))

        options = [Option(NONE, _("the problem itself"))]
        for line in rca.lines(self.causes()):
            if found.id not in line.path:
                options.append(Option(str(line.cause.id), "  " * line.depth + line.cause.statement))
        self.app.push_screen(Picker(_("Explains"), options), picked)

    def remove_cause(self) -> None:
        """Take the cause out with all below it; `u` brings it back."""
        from deskterm.services import causes

        self._node(causes.remove, _("cause removed"))

    def turn_back(self, *, again: bool) -> None:
        """Take back the last edit of the causes, or do it again."""
        from deskterm.services import causes

        console, number = self.console, self.number

        async def act() -> None:
            service = causes.redo if again else causes.undo
            await console.ask(service, console.desk, number, by=console.agent)
            console.poke()
            self.say(_("done again") if again else _("taken back   U again"))
            self.reload(anew=True)

        self.work(act, "perform")

    def ask_action(self, action: ActionRow | None) -> None:
        """Ask for a corrective action, or what changes of one."""
        from deskterm.services import corrective

        console, number = self.console, self.number

        async def submit(values: dict[str, str]) -> None:
            now = console.desk.clock.now()
            if action is None:
                act = self.act_of(corrective.add, problem_forms.action_of(values, now))
                words = _("corrective action planned")
            else:
                edit = problem_forms.action_edit_of(values, now, action)
                act = self.act_of(corrective.edit, action.id, edit)
                words = _("corrective action changed")
            await self.led(act, words, self.problems())

        fields = problem_forms.action_fields(console.agent, action)
        title = _("Corrective action for {number}").format(number=number)
        keep = f"{number} action" if action is None else ""
        self.app.push_screen(FormDialog(title, fields, submit, keep=keep))

    def act_on(self, service: Action[Any, Any], action: ActionRow | None, words: str) -> None:
        """Do something to a corrective action, and say so."""
        if action is None:
            self.say(_("There is no action here; c plans one."))
        else:
            self.lead(self.act_of(service, action.id), words)


def _branches(chosen: Branch | None) -> Choice:
    options = ((NONE, _("on no branch")), *((branch.value, label(branch)) for branch in Branch))
    return Choice("branch", _("Branch of the fishbone"), options, chosen.value if chosen else NONE)
