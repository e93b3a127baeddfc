"""The verbs of the shell's command line: those that act on tickets, and those that do what a command does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deskterm.i18n import N_


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that is done to tickets from a shell: numbers first, then its words."""

    run: str
    """The function that does it, in a module of `cli`."""
    summary: str
    """Marked for translation."""
    words: str = ""
    """What follows the numbers, as the help shows it."""
    details: str = ""
    """What the help says besides; marked for translation."""


_TEXT = N_("Without a text, it is read from the standard input.")

VERBS: Mapping[str, Verb] = {
    "take": Verb("acts:take", N_("Assign tickets to yourself")),
    "assign": Verb(
        "acts:assign", N_("Assign tickets to an agent"), "LOGIN", N_("none takes them out of all hands.")
    ),
    "transfer": Verb("acts:transfer", N_("Hand tickets to another team"), "TEAM"),
    "reply": Verb("acts:reply", N_("Answer the caller in public"), "[TEXT]", _TEXT),
    "note": Verb("acts:note", N_("Leave a note for other agents"), "[TEXT]", _TEXT),
    "call": Verb("acts:call", N_("Take down what the caller said"), "[TEXT]", _TEXT),
    "macro": Verb("acts:macro", N_("Take the steps of a macro"), "MACRO"),
    "subscribe": Verb("acts:subscribe", N_("Be told what happens to tickets")),
    "unsubscribe": Verb("acts:unsubscribe", N_("Be told no longer")),
    "star": Verb("acts:star", N_("Put your star on tickets: is:starred")),
    "unstar": Verb("acts:unstar", N_("Take your star off tickets")),
    "escalate": Verb("acts:escalate", N_("Escalate to the next tier or up the line"), "REASON"),
    "time": Verb(
        "acts:time", N_("Write down how long you worked"), "SPAN [NOTE]", N_("SPAN: 25m, 1h30, 1:30")
    ),
    "link": Verb("acts:link", N_("Say how a ticket belongs to another"), "KIND OTHER"),
    "unlink": Verb("acts:unlink", N_("Take a link back"), "KIND OTHER"),
    "merge": Verb("acts:merge", N_("Make tickets part of another that is about the same")),
    "unmerge": Verb("acts:unmerge", N_("Take a merge back")),
    "prio": Verb(
        "edits:prio",
        N_("Set impact and urgency, from which the priority follows"),
        "IMPACT URGENCY",
        N_("Each is 1 or high, 2 or medium, 3 or low."),
    ),
    "edit": Verb("edits:edit", N_("Change what tickets say"), "", N_("What is left out stays.")),
    "tag": Verb(
        "edits:tag", N_("Put words on tickets"), "WORD…", N_("A word with a minus before it is taken off.")
    ),
    "untag": Verb("edits:untag", N_("Take words off tickets"), "WORD…"),
    "task": Verb("edits:task", N_("Add a piece of work that comes before resolving"), "SUMMARY"),
    "finish": Verb("edits:finish", N_("Tick a task off"), "TASK", N_("TASK: its id, as show --json has it")),
    "triage": Verb(
        "edits:triage",
        N_("Say what a new ticket is and whose, as one act"),
        "",
        N_("Without options: all that is suggested."),
    ),
    "status": Verb(
        "stages:status",
        N_("Move tickets to another status"),
        "STATUS [TEXT]",
        N_("TEXT: how service was restored, the caller's words, or why, where the way there asks for it."),
    ),
    "hold": Verb("stages:hold", N_("Let tickets wait until a review date")),
    "resume": Verb("stages:resume", N_("Go on with tickets on hold")),
    "resolve": Verb("stages:resolve", N_("Say how service was restored"), "[SUMMARY]", _TEXT),
    "confirm": Verb("stages:confirm", N_("Close resolved tickets with the caller's words"), "[WORDS]", _TEXT),
    "reopen": Verb("stages:reopen", N_("Take resolved tickets up again"), "REASON"),
    "cancel": Verb("stages:cancel", N_("Stop work on tickets"), "REASON"),
    "approve": Verb("stages:approve", N_("Let work on requests begin"), "[COMMENT]"),
    "refuse": Verb("stages:refuse", N_("Refuse requests"), "COMMENT"),
}
"""Verb → what it does."""

_STEP = ("change step",)
_ON = (
    "change submit",
    "change assess",
    "change begin",
    "change verified",
    "change review",
    "change close",
)
_CAUSE = ("problem cause",)

TWINS: Mapping[str, tuple[str, ...]] = {
    "desk.go_log": ("log",),
    "desk.new_ticket": ("new", "call"),
    "desk.undo": ("undo",),
    "desk.redo": ("redo",),
    "ticket.take": ("take",),
    "ticket.assign": ("assign",),
    "ticket.transfer": ("transfer",),
    "ticket.status": ("status", "resume", "confirm", "reopen", "cancel", "approve", "refuse"),
    "ticket.priority": ("prio",),
    "ticket.resolve": ("resolve",),
    "ticket.hold": ("hold",),
    "ticket.reply": ("reply",),
    "ticket.note": ("note",),
    "ticket.escalate": ("escalate",),
    "ticket.edit": ("edit",),
    "ticket.tags": ("tag", "untag"),
    "ticket.link": ("link", "unlink"),
    "ticket.merge": ("merge", "unmerge"),
    "ticket.tasks": ("task", "finish"),
    "ticket.macro": ("macro",),
    "ticket.watch": ("subscribe", "unsubscribe"),
    "ticket.star": ("star", "unstar"),
    "ticket.log_time": ("time",),
    "ticket.explain": ("clocks explain",),
    "composer.send": ("reply", "note", "new"),
    "queue.triage": ("triage",),
    "queue.filter": ("ls",),
    "queue.export": ("export csv", "export json"),
    "queue.save_view": ("views save",),
    "queue.drop_view": ("views drop",),
    "triage.accept": ("triage",),
    "triage.choose": ("triage",),
    "notifications.read": ("notifications",),
    "notifications.read_all": ("notifications",),
    "notifications.open": ("notifications", "show"),
    "notifications.acknowledge": ("acknowledge",),
    "dashboard.acknowledge": ("acknowledge",),
    "dashboard.escalate": ("escalate",),
    "dashboard.note": ("shift-note",),
    "dashboard.reassign": ("assign",),
    "dashboard.wallboard": ("wallboard",),
    "board.new": ("problem new",),
    "board.transfer": ("problem edit",),
    "board.star": ("problem star",),
    "board.park": ("problem park",),
    "board.carry_left": ("problem move",),
    "board.carry_right": ("problem move",),
    "problem.take": ("problem assign",),
    "problem.assign": ("problem assign",),
    "problem.status": ("problem move",),
    "problem.carry": ("problem move",),
    "problem.priority": ("problem edit",),
    "problem.note": ("problem note",),
    "problem.edit": ("problem edit",),
    "problem.link": ("problem link", "problem unlink"),
    "problem.known_error": ("problem known-error",),
    "problem.macro": ("problem send", "macro"),
    "problem.tags": ("problem tag",),
    "problem.end": ("problem move", "problem accept-risk", "problem duplicate"),
    "problem.review": ("problem review",),
    "problem.watch": ("problem subscribe", "problem unsubscribe"),
    "problem.add": ("problem why", "problem action"),
    "problem.add_beside": ("problem why",),
    "problem.open": ("problem cause", "problem edit-action"),
    "problem.confirm": ("problem cause", "problem finish"),
    "problem.refute": _CAUSE,
    "problem.reopen": _CAUSE,
    "problem.root": _CAUSE,
    "problem.branch": _CAUSE,
    "problem.promote": _CAUSE,
    "problem.demote": _CAUSE,
    "problem.lower": _CAUSE,
    "problem.higher": _CAUSE,
    "problem.under": _CAUSE,
    "problem.remove": ("problem cause", "problem drop"),
    "problem.accept": ("problem evaluate",),
    "problem.release": ("problem resolve-waiting",),
    "problem.export": ("problem analysis",),
    "candidate.new": ("problem new",),
    "candidate.add": ("problem add",),
    "candidate.reject": ("problem dismiss",),
    "candidate.look": ("candidates",),
    "calendar.new": ("change new",),
    "calendar.emergency": ("change new",),
    "calendar.move": ("change shift", "change schedule"),
    "calendar.free_slot": ("change slot",),
    "calendar.export": ("export ics",),
    "calendar.go_on": _ON,
    "calendar.refuse_change": ("change refuse",),
    "calendar.edit": ("change edit",),
    "calendar.end": ("change review", "change close"),
    "calendar.assign": ("change edit",),
    "calendar.transfer": ("change edit",),
    "calendar.risk": ("change assess",),
    "calendar.note": ("change note",),
    "calendar.confirm": ("change confirm",),
    "calendar.give_up": ("change cancel",),
    "calendar.tags": ("change tag",),
    "calendar.link": ("change after",),
    "calendar.watch": ("change watch",),
    "calendar.star": ("change star",),
    "calendar.add_span": ("calendar add",),
    "calendar.remove_span": ("calendar remove",),
    "change.tags": ("change tag",),
    "change.link": ("change after", "change judge"),
    "change.watch": ("change watch",),
    "change.star": ("change star",),
    "change.go_on": _ON,
    "change.edit": ("change edit",),
    "change.window": ("change schedule",),
    "change.free_slot": ("change slot",),
    "change.plan": ("change steps",),
    "change.confirm": ("change confirm",),
    "change.approve": ("change approve",),
    "change.refuse_change": ("change refuse",),
    "change.judge": ("change judge",),
    "change.check": ("change check",),
    "change.break_glass": ("change break-glass",),
    "change.second": ("change second",),
    "change.follow": ("change after",),
    "change.to_draft": ("change return",),
    "change.give_up": ("change cancel",),
    "change.note": ("change note",),
    "change.template": ("change propose",),
    "approvals.approve": ("change approve",),
    "approvals.refuse_change": ("change refuse",),
    "approvals.delegate": ("delegate",),
    "approvals.end_delegation": ("undelegate",),
    "runsheet.start_step": _STEP,
    "runsheet.step_done": _STEP,
    "runsheet.step_failed": _STEP,
    "runsheet.step_skipped": _STEP,
    "runsheet.begin": ("change begin",),
    "runsheet.finish": ("change finish",),
    "runsheet.roll_back": ("change roll-back",),
    "runsheet.note": ("change note",),
    "runsheet.break_glass": ("change break-glass",),
    "runsheet.second": ("change second",),
}
"""The id of a command → the verbs that do the same from a shell; without an entry, it changes nothing."""
