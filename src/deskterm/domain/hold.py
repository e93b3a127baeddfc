"""What the gate to *on hold* asks for: a date to look again, and what the reason needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from deskterm.domain import change, problem
from deskterm.domain.errors import GateNotMet
from deskterm.domain.ticket import HoldReason, needs
from deskterm.i18n import N_

AWAITED: Mapping[HoldReason, tuple[re.Pattern[str], str]] = {
    HoldReason.PROBLEM: (problem.NUMBER, N_("“{link}” is no problem: name it by its number, PRB-7.")),
    HoldReason.CHANGE: (change.NUMBER, N_("“{link}” is no change: name it by its number, CHG-7.")),
}
"""Reasons that name a record → what its number looks like, and what is said of anything else."""


def may_hold(
    number: str, reason: HoldReason, *, review_at: datetime | None, now: datetime, message: str, link: str
) -> None:
    """Ask what the reason asks for; whether the record that `link` names exists is not known here.

    Raises:
        GateNotMet: something is missing, the date is not ahead, or a record is named that nobody waits for.
    """
    if review_at is None or review_at <= now:
        raise GateNotMet(
            N_("{number} needs a review date ahead: when do we look again?"), field="review_at", number=number
        )
    if reason is HoldReason.CALLER:
        needs(
            message,
            field="message",
            number=number,
            sentence=N_("Tell the caller what {number} waits for: write a public message."),
        )
    if reason not in AWAITED:
        if link.strip():
            raise GateNotMet(
                N_("Only a wait for a problem or change names one: leave “{link}” out."),
                field="link",
                link=link.strip(),
            )
        return
    needs(
        link,
        field="link",
        number=number,
        sentence=N_("Name the problem or change that {number} waits for."),
    )
    pattern, sentence = AWAITED[reason]
    if pattern.fullmatch(link.strip()) is None:
        raise GateNotMet(sentence, field="link", link=link.strip())
