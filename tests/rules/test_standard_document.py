from __future__ import annotations

import re
from pathlib import Path

import pytest

from deskterm.domain.errors import BadStandard
from deskterm.standard.check import check
from deskterm.standard.diff import difference
from deskterm.standard.document import document
from deskterm.standard.load import shipped

TINY = """\
name = "Tiny"
default_team = "desk"
hold_reasons = ["caller"]
priority.matrix = [[1, 2, 3], [2, 3, 4], [3, 4, 5]]

[calendars.office]
zone = "Asia/Shanghai"
week.mon-thu = ["09:00-12:00", "13:30-18:00"]
week.fri = ["09:00-12:00"]
holidays = ["2026-10-01..2026-10-07", 2027-01-01]
extra_days = [2026-10-10]

[teams.desk]
name = "Desk | 服务台"
tier = 1
lead = "osei"
restricted = true

[ladders.default]
linked_tickets = 5
steps = [{ at = 50, tell = ["lead", "assignee"] }, { at = 100, tell = "manager", next_tier = true }]

[policies.all]
rank = 1
match = { priority = [2, 1], vip = true }
calendar = "office"
targets.resolution = { within = "1d 30m", on_reopen = "restart", thresholds = [50, 100] }

[[routes]]
name = "VPN"
match = { words = ["vpn", "隧道"] }
team = "desk"

[[routes]]
name = "Rest"
match = {}
team = "desk"

[closure]
silent_days = 1
calendar = "office"

[catalogue]
services = ["E-mail"]
"""

READ = """\
# Tiny

## Priority

Impact and urgency make the priority; 1 is the most urgent.

|  | urgency high | urgency medium | urgency low |
| --- | --- | --- | --- |
| impact high | 1 | 2 | 3 |
| impact medium | 2 | 3 | 4 |
| impact low | 3 | 4 | 5 |

## Service hours

Targets are counted while their calendar is open.

### office

Time zone: Asia/Shanghai

| day | open |
| --- | --- |
| Monday – Thursday | 09:00–12:00, 13:30–18:00 |
| Friday | 09:00–12:00 |
| Saturday – Sunday | closed |
| 2026-10-10 (extra working day) | 09:00–12:00, 13:30–18:00 |

Closed on: 2026-10-01 – 2026-10-07, 2027-01-01

## Teams

Tickets that no routing rule takes go to Desk | 服务台.

| team | tier | escalates to | lead | manager | ladder |
| --- | --- | --- | --- | --- | --- |
| Desk \\| 服务台 (restricted) | 1 | – | osei | – | default |

## Escalation

Who is told, and when a ticket moves up, as its target runs out.

### default

- Climbed by the clock: Resolve
- An alert that nobody acknowledges within 30m goes to the next person up.
- A ticket with 5 linked tickets escalates by itself.

| of the target | who is told | the ticket |
| --- | --- | --- |
| 50 % | the assignee, the lead | – |
| 100 % | the manager | moves to the next tier |

## Service levels

The first policy that matches a ticket sets its targets. A day (d) is a working day of the calendar.

| policy | tickets | calendar | Acknowledge | Respond | Update | Resolve | pauses |
| --- | --- | --- | --- | --- | --- | --- | --- |
| all | priority 1, 2; caller is a VIP | office | – | – | – \
| 1d 30m; alerts at 50, 100 %; starts anew when reopened | waits for the caller |

## Routing

From top to bottom; the first rule that matches chooses the team.

| rule | tickets | team |
| --- | --- | --- |
| VPN | words vpn, 隧道 | Desk \\| 服务台 |
| Rest | all | Desk \\| 服务台 |

## Hold and closure

- Reasons to hold a ticket: waits for the caller
- A resolved ticket closes when its caller confirms, or after 1 business day of silence (calendar office).

## Catalogue

- Services: E-mail
"""


def test_a_standard_reads_as_a_document() -> None:
    assert document(TINY) == READ


@pytest.mark.parametrize("name", ["default", "servicenow"])
def test_the_shipped_standards_print_as_documents(name: str) -> None:
    assert document(shipped(name)).startswith("# ")


def test_a_document_shows_controls_instead_of_sending_them() -> None:
    assert document(TINY.replace('"Tiny"', '"T\\u001b[2J"')).startswith("# T␛[2J\n")


def test_only_a_standard_without_problems_is_printed() -> None:
    with pytest.raises(BadStandard):
        document(TINY.replace("Asia/Shanghai", "Shanghai"))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ('name = "Tiny"', '# a comment\nname   =   "Tiny"', []),
        ('"1d 30m"', '"2h"', ["policies.all.targets.resolution: 1d 30m → 2h"]),
        ('[{ at = 50, tell = ["lead", "assignee"] }, ', "[", [
            "ladders.default.steps: removed 50",
            "ladders.default.steps[50].tell: removed lead, assignee",
        ]),
        ("[1, 2, 3]", "[1, 1, 3]", ["priority.matrix[1]: 1 2 3 → 1 1 3"]),
        ("restricted = true", "restricted = false", ["teams.desk.restricted: true → false"]),
        ('lead = "osei"\n', "", ["teams.desk.lead: removed osei"]),
        ('lead = "osei"', 'lead = "osei"\nmanager = "martin"', ["teams.desk.manager: added martin"]),
        ("2027-01-01]", "2027-01-02]", ["calendars.office.holidays: added 2027-01-02; removed 2027-01-01"]),
        ('"vpn", "隧道"', '"隧道", "vpn"', ["routes[VPN].match.words: order is now 隧道, vpn"]),
        ("[closure]", '[[routes]]\nname = "Late"\nmatch = {}\nteam = "desk"\n\n[closure]', [
            "routes: added Late",
            "routes[Late].team: added desk",
        ]),
    ],
)  # fmt: skip
def test_a_difference_names_each_key_that_changed(before: str, after: str, lines: list[str]) -> None:
    assert before in TINY

    assert difference(TINY, TINY.replace(before, after, 1)) == lines


def test_a_target_in_its_short_form_is_no_difference() -> None:
    long = TINY.replace(
        '{ within = "1d 30m", on_reopen = "restart", thresholds = [50, 100] }', '{ within = "4h" }'
    )

    assert difference(long, long.replace('{ within = "4h" }', '"4h"')) == []


def test_items_are_told_with_what_they_depend_on() -> None:
    items = '["E-mail"]\nitems = [{ name = "mail-01", depends_on = "core-sw" }, { name = "core-sw" }]'

    told = document(TINY.replace('["E-mail"]', items))

    assert "- Configuration items: mail-01 (depends on core-sw), core-sw" in told


def test_routing_rules_that_change_places_are_a_difference() -> None:
    swapped = (
        TINY.replace('name = "VPN"\nmatch = { words = ["vpn", "隧道"] }', "FIRST")
        .replace('name = "Rest"\nmatch = {}', 'name = "VPN"\nmatch = { words = ["vpn", "隧道"] }')
        .replace("FIRST", 'name = "Rest"\nmatch = {}')
    )

    assert difference(TINY, swapped) == ["routes: order is now Rest, VPN"]


def test_the_smallest_standard_of_the_guide_has_no_problems() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "standard.md").read_text(encoding="utf-8")
    smallest, target, macros = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)

    assert check(smallest) == []
    assert check(f"{shipped()}\n{macros}") == []
    assert (
        check(
            shipped()
            .replace('targets.resolution = "4h"\n', "")
            .replace("[policies.p2]", f"{target}\n[policies.p2]")
        )
        == []
    )
