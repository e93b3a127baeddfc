"""Leaving the console: not without a question where something is left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from deskterm.domain.errors import DeskError
from deskterm.i18n import _, ngettext
from deskterm.ui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from deskterm.reads.drafts import LeftOpen
    from deskterm.ui.app import DeskApp

NAMED_MOST = 10
"""As many drafts are named."""


class LeavingQuestion(Confirm):
    """Whether to leave although something is left open; to ask to leave once more is a yes."""


async def leave(console: DeskApp) -> None:
    """Save what is being typed; leave at once, or ask where drafts or replies are left open.

    A desk that does not answer holds nobody, and a locked console shows nothing.
    """
    await console.drafts.flush()
    must_ask = not (console.idle_lock.is_locked or isinstance(console.screen, LeavingQuestion))
    left = await _left(console) if must_ask else None
    if left is None or not (left.drafts or left.mails):
        await console.leave()
        return
    question = LeavingQuestion(_("Leave the desk?"), [*_lines(left)], count=1)
    if await console.push_screen_wait(question):
        await console.leave()


async def _left(console: DeskApp) -> LeftOpen | None:
    from deskterm.reads import drafts

    if not console.ready.is_set():
        return None
    try:
        return await console.ask(drafts.left_open, console.desk, by=console.agent)
    except DeskError:
        return None


def _lines(left: LeftOpen) -> Iterator[str]:
    if left.mails:
        yield ngettext(
            "{count} reply has not left the building; it goes without you, and can't be recalled then.",
            "{count} replies have not left the building; they go without you, and can't be recalled then.",
            left.mails,
        ).format(count=left.mails)
    count = len(left.drafts)
    if count:
        yield ngettext("{count} draft is kept:", "{count} drafts are kept:", count).format(count=count)
    yield from (f"  {draft.place}" for draft in left.drafts[:NAMED_MOST])
