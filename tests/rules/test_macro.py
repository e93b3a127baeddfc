"""Macros and text modules: variables, what calls a picker, who is mentioned; their place in the standard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskterm.domain.errors import BadStandard, NotFound
from deskterm.domain.macro import Act, Call, TextModule, call, fill, mentioned, offered, strangers, unfilled
from deskterm.domain.ticket import HoldReason, Resolution
from deskterm.standard.check import check
from deskterm.standard.document import document
from deskterm.standard.load import load, shipped

NOW = datetime(2026, 6, 1, 7, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
KNOWN = {"caller.first_name": "Leo", "ticket.number": "INC-7", "team.name": ""}


@pytest.mark.parametrize(
    ("text", "filled", "missing"),
    [
        ("Hello {{caller.first_name}},", "Hello Leo,", ()),
        ("{{ ticket.number }}: by {{now+30m}}", "INC-7: by 09:30", ()),
        ("by {{now + 2d}}", "by 2026-06-03 09:00", ()),
        ("at {{now}}", "at 09:00", ()),
        ("since {{now-1w}}", "since 2026-05-25 09:00", ()),
        ("{{team.name}}, {{caller.email}}", "{{team.name}}, {{caller.email}}", ("team.name", "caller.email")),
        ("{{caller.first_name+2d}}", "{{caller.first_name+2d}}", ("caller.first_name+2d",)),
        ("{{Caller}} {caller.first_name} {{}}", "{{Caller}} {caller.first_name} {{}}", ()),
        ("{{caller.first_name}}" * 2, "LeoLeo", ()),
    ],
)  # fmt: skip
def test_variables_are_filled_in_and_missing_ones_named(
    text: str, filled: str, missing: tuple[str, ...]
) -> None:
    found = fill(text, KNOWN, NOW, PARIS)

    assert (found.text, found.missing) == (filled, missing)


def test_what_is_filled_in_is_not_read_again() -> None:
    found = fill("{{ticket.number}}", {"ticket.number": "{{caller.name}}"}, NOW, PARIS)

    assert found.text == "{{caller.name}}"


def test_only_the_desks_own_variables_keep_a_text_from_being_sent() -> None:
    assert unfilled("Hello {{caller.name}}, write {{user.name}} into the template") == ("caller.name",)
    assert strangers("{{caller.name}} {{user.name}} {{ticket.number+2d}}") == ("user.name", "ticket.number")


@pytest.mark.parametrize(
    ("text", "cursor", "asked"),
    [
        ("Hello ::gre", 11, Call("::", "gre", 6)),
        ("::", 2, Call("::", "", 0)),
        ("ask @@ki now", 8, Call("@@", "ki", 4)),
        ("see ??", 6, Call("??", "", 4)),
        ("a::b", 4, None),
        ("mail me@@example", 16, None),
        ("::done and", 10, None),
        ("really?", 7, None),
    ],
)
def test_signs_at_the_cursor_ask_for_a_picker(text: str, cursor: int, asked: Call | None) -> None:
    assert call(text, cursor) == asked


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@@kim have a look, @@Ivo. too", ("kim", "ivo")),
        ("@@kim @@kim", ("kim",)),
        ("kim@@example.org @kim", ()),
        ("", ()),
    ],
)
def test_a_text_mentions_colleagues_once_each(text: str, logins: tuple[str, ...]) -> None:
    assert mentioned(text) == logins


def test_modules_are_offered_by_their_key_then_by_their_name() -> None:
    modules = [
        TextModule("vpn", "How to connect", ""),
        TextModule("hi", "Greeting", ""),
        TextModule("how", "", ""),
    ]

    assert [each.key for each in offered(modules, "h")] == ["hi", "how", "vpn"]


EXTRA = """
[macros.wait]
name = "Wait for the vendor"
steps = [
    {{ set = {{ category = "Network / VPN", urgency = 3 }} }},
    {{ transfer = "network" }},
    {{ tag = ["vendor"] }},
    {{ hold = "vendor", until = "1d", message = "{text}" }},
]

[macros.done]
name = "Done"
steps = [{{ assign = "me" }}, {{ note = "see above" }}, {{ resolve = "fixed", summary = "done" }}]
"""


def standard_with(text: str = "We ask the vendor") -> str:
    return shipped() + EXTRA.format(text=text)


def test_macros_of_a_standard_become_steps() -> None:
    standard = load(standard_with(), 1)

    steps = standard.macro("wait").steps + standard.macro("done").steps

    assert [(step.act, dict(step.values)) for step in steps] == [
        (Act.SET, {"category": "Network / VPN", "urgency": 3}),
        (Act.TRANSFER, {"team": "network"}),
        (Act.TAG, {"words": ("vendor",)}),
        (
            Act.HOLD,
            {
                "reason": HoldReason.VENDOR,
                "within": working_day(),
                "message": "We ask the vendor",
            },
        ),
        (Act.ASSIGN, {"to": "me"}),
        (Act.NOTE, {"body": "see above"}),
        (Act.RESOLVE, {"code": Resolution.FIXED, "summary": "done"}),
    ]
    assert standard.recall == timedelta(seconds=10)
    assert "greeting" in standard.modules
    with pytest.raises(NotFound, match="macro nosuch"):
        standard.macro("nosuch")


def working_day() -> timedelta:
    standard = load(shipped(), 1)
    monday = datetime(2026, 6, 1, 0, tzinfo=UTC)
    hours = standard.calendars[standard.closure.calendar]
    return hours.between(monday, monday + timedelta(days=1))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("{text}", "{{{{caller.nam}}}}", 'there is no variable "caller.nam"; did you mean "caller.name"?'),
        ('"network"', '"netwrk"', 'there is no team "netwrk"; did you mean "network"?'),
        ('"Network / VPN"', '"Network / VPM"', 'there is no category "Network / VPM"'),
        (', until = "1d"', "", "hold and until belong together"),
        ('hold = "vendor"', 'hold = "caller"', None),
        ('{{ tag = ["vendor"] }}', '{{ tag = "x", note = "y" }}', "a step does one thing"),
        ('{{ note = "see above" }}', '{{ note = "x", message = "y" }}', "a message goes with hold"),
        (', summary = "done"', "", "resolve and summary belong together"),
        ("steps = [{{ assign", "steps = [{{ asign", "nothing is called"),
    ],
)
def test_what_is_wrong_with_a_macro_is_named(before: str, after: str, sentence: str | None) -> None:
    assert before in EXTRA
    problems = check(shipped() + EXTRA.replace(before, after, 1).format(text="We ask the vendor"))

    assert [problem.sentence.startswith(sentence or "") for problem in problems] == (
        [True] if sentence else []
    )


def test_a_hold_for_the_caller_needs_a_message() -> None:
    text = EXTRA.replace(', message = "{text}"', "").replace('"vendor", until', '"caller", until')

    with pytest.raises(BadStandard) as refusal:
        load(shipped() + text.format(), 1)

    assert "add a message" in refusal.value.problems[0]


def test_the_document_tells_macros_and_modules() -> None:
    text = document(standard_with())

    assert "| Wait for the vendor | wait | category: Network / VPN, urgency: 3; transfer to network; " in text
    assert "hold for 1d (waits for a vendor)" in text
    assert "| Greeting | greeting | Hello {{caller.first_name}}, |" in text
    assert "A reply can be recalled for 10 seconds." in text
