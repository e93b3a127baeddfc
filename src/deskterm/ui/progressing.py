"""What moves tickets from state to state: hold, resume, resolve, close, reopen, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskterm.commands.typed import code_of, status_of
from deskterm.domain.errors import GateNotMet, IllegalMove
from deskterm.domain.ticket import FOLLOWS, HoldReason, Resolution, Status
from deskterm.i18n import N_, _
from deskterm.labels import label
from deskterm.ui import times
from deskterm.ui.colliding import CollidingScreen
from deskterm.ui.deeds import Deed, Subject, deed
from deskterm.ui.dialogs.form import Area, Choice, Field, Line
from deskterm.ui.dialogs.picker import Option, Picker
from deskterm.ui.doing import named
from deskterm.ui.screen import T

if TYPE_CHECKING:
    from deskterm.desk import Action

UNTIL = "until"
"""May stand before a date on the `:` line."""


class ProgressingScreen(CollidingScreen[T]):
    """A screen whose keys move tickets on; what a verb needs may be given, else it is asked for."""

    def action_take(self) -> None:
        """Assign to whoever sits here."""
        from deskterm.services import tickets

        self.do(deed(tickets.take), _("{number} is yours"))

    def action_hold(self, reason: str = "", until: str = "") -> None:
        """Put on hold; ask what is waited for and until when, unless both are given."""
        from deskterm.services import progress

        now = self.console.desk.clock.now()
        words, review = _("{number} is on hold"), until.removeprefix(UNTIL).strip()
        given = code_of(HoldReason, reason) if reason else None
        if given is not None and review:
            self.at_once(deed(progress.hold, given, review_at=_review(review, now)), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(
                progress.hold,
                HoldReason(values["reason"]),
                review_at=_review(values["review_at"], now),
                message=values["message"],
                link=values["link"].strip(),
            )

        reasons = tuple((each.value, label(each)) for each in HoldReason)
        fields: list[Field] = [
            Choice("reason", _("What it waits for"), reasons, given.value if given else ""),
            Line("review_at", _("Review"), review or "tomorrow", _("tomorrow, fri 14:00, 2h")),
            Area("message", _("Public message to the caller")),
            Line("link", _("Problem or change"), hint="PRB-1"),
        ]
        self.ask_form(_("Hold"), fields, deed_of, words, is_weighty=True)

    def action_resolve(self, resolution: str = "", summary: str = "") -> None:
        """Resolve; ask how service was restored, unless that is given."""
        from deskterm.services import progress

        words = _("{number} is resolved")
        given = code_of(Resolution, resolution) if resolution else None
        if given is not None and summary:
            self.at_once(deed(progress.resolve, given, summary), words)
            return

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.resolve, Resolution(values["resolution"]), values["closing_summary"])

        resolutions = tuple((each.value, label(each)) for each in Resolution)
        fields: list[Field] = [
            Choice("resolution", _("Resolution"), resolutions, given.value if given else ""),
            Area("closing_summary", _("How service was restored")),
        ]
        self.ask_form(_("Resolve"), fields, deed_of, words, is_weighty=True)

    def action_status(self, status: str = "", until: str = "") -> None:
        """Go the way that leads to a status; pick one that may follow where none is named."""
        subjects = self.subjects()
        if status:
            self._lead_to(status_of(status), subjects, until)
            return
        after = frozenset.intersection(*(FOLLOWS[subject.status] for subject in subjects))
        ways = self._ways(subjects[0].status)

        def picked(value: str | None) -> None:
            if value is not None:
                ways[Status(value)]()

        options = [
            Option(status.value, label(status)) for status in Status if status in after and status in ways
        ]
        self.app.push_screen(Picker(f"{_('Status')}: {named(subjects)}", options), picked)

    def _lead_to(self, after: Status, subjects: Sequence[Subject], until: str) -> None:
        """Go the way to a status that the first ticket from which it may follow asks for.

        Raises:
            IllegalMove: it may follow from none.
        """
        before = next((each.status for each in subjects if after in FOLLOWS[each.status]), None)
        way = self._ways(before).get(after) if before is not None else None
        if way is None:
            raise IllegalMove(number=subjects[0].number, before=subjects[0].status, after=after)
        if after is Status.ON_HOLD:
            self.action_hold(until=until)
        else:
            way()

    def _ways(self, before: Status) -> dict[Status, Callable[[], None]]:
        """Return what leads to each state."""
        forward = {Status.ON_HOLD: self._resume, Status.RESOLVED: self._reopen}.get(before, self.action_take)
        return {
            Status.IN_PROGRESS: forward,
            Status.ON_HOLD: self.action_hold,
            Status.RESOLVED: self.action_resolve,
            Status.CLOSED: self._confirm,
            Status.CANCELLED: self._cancel,
        }

    def _resume(self) -> None:
        from deskterm.services import progress

        self.do(deed(progress.resume), _("{number} goes on"))

    def _reopen(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Reopen"), progress.reopen, _("{number} is open again"))

    def _cancel(self) -> None:
        from deskterm.services import progress

        self._ask_reason(_("Cancel"), progress.cancel, _("{number} is cancelled"))

    def _ask_reason(self, title: str, action: Action[Any, Any], words: str) -> None:
        def deed_of(values: dict[str, str]) -> Deed:
            return deed(action, values["reason"])

        self.ask_form(title, [Line("reason", _("Why"))], deed_of, words, is_weighty=True)

    def _confirm(self) -> None:
        from deskterm.services import progress

        def deed_of(values: dict[str, str]) -> Deed:
            return deed(progress.confirm, values["words"], how=values["how"])

        ways = (("phone", _("by phone")), ("email", _("by mail")), ("person", _("in person")))
        fields: list[Field] = [
            Choice("how", _("How the caller confirmed"), ways),
            Line("words", _("In which words")),
        ]
        self.ask_form(_("Close"), fields, deed_of, _("{number} is closed"), is_weighty=True)


def _review(text: str, now: datetime) -> datetime | None:
    """Return the review date that was typed; None where nothing was, which the gate asks for.

    Raises:
        GateNotMet: it is none.
    """
    review = times.instant(text, now)
    if text.strip() and review is None:
        raise GateNotMet(
            N_("“{text}” is no date: try tomorrow, fri 14:00, 2h, 2026-06-02 09:00."),
            field="review_at",
            text=text,
        )
    return review
