from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain.errors import BadStandard
from deskterm.domain.people import Role
from deskterm.domain.routing import takers
from deskterm.domain.standard import Match, OnReopen, Standard, TargetName
from deskterm.domain.ticket import Channel, HoldReason, Kind, Level
from deskterm.standard.check import check
from deskterm.standard.lines import lines_of
from deskterm.standard.load import catalogue, load, shipped
from deskterm.standard.spelling import weekdays

TINY = """\
name = "Tiny"
default_team = "desk"

[priority]
matrix = [
    [1, 2, 3],
    [2, 3, 4],
    [3, 4, 5],
]

[calendars.office]
zone = "Europe/Paris"
week.mon-fri = ["08:00-18:00"]
extra_days = [2026-06-06]

[teams.desk]
name = "Service desk"
tier = 1
escalates_to = "experts"

[teams.experts]
name = "Experts"
tier = 2

[[ladders.default.steps]]
at = 100
tell = "lead"
next_tier = true

[policies.urgent]
rank = 1
match = { priority = [1, 2] }
calendar = "office"
targets.resolution = "4h"

[policies.rest]
rank = 2
calendar = "office"
targets.resolution = { within = "2d", on_reopen = "restart" }

[[routes]]
name = "Network"
match = { category = "Network / *", words = "VPN" }
team = "experts"

[[routes]]
name = "Monitoring"
match = { channel = "monitoring" }
team = "experts"

[[approvals]]
match = { category = "Access / New account" }

[closure]
calendar = "office"

[catalogue]
services = ["E-mail"]
categories = ["Access / New account", "Network / VPN"]
"""


def broken(*changes: tuple[str, str]) -> str:
    """Return the tiny standard with some of its text replaced."""
    text = TINY
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text


def line(text: str, part: str) -> int:
    """Return the line on which a text first says something."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", ["default", "servicenow"])
def test_the_shipped_standards_have_no_problems(name: str) -> None:
    assert check(shipped(name)) == []


def test_a_standard_becomes_the_values_that_the_rules_use() -> None:
    standard = load(TINY, 7)

    assert (standard.version, standard.name, standard.default_team) == (7, "Tiny", "desk")
    assert standard.priority(Level.HIGH, Level.LOW) == 3
    assert [policy.key for policy in standard.policies] == ["urgent", "rest"]
    assert standard.policies[0].targets[TargetName.RESOLUTION].duration == timedelta(hours=4)
    assert standard.policies[1].targets[TargetName.RESOLUTION].on_reopen is OnReopen.RESTART
    assert standard.routes[0].match.words == {"vpn"}
    assert standard.teams["desk"].escalates_to == "experts"
    assert standard.ladders["default"].acknowledge_within == timedelta(minutes=30)
    assert standard.hold_reasons == frozenset(HoldReason)
    assert standard.approvals[0].match.kind == {Kind.REQUEST}
    assert standard.approvals[0].approver_role is Role.APPROVER


def test_a_day_of_a_target_is_as_long_as_a_working_day_of_its_calendar() -> None:
    standard = load(TINY, 1)

    assert standard.policies[1].targets[TargetName.RESOLUTION].duration == timedelta(hours=20)


def test_an_extra_day_has_the_hours_of_an_ordinary_one() -> None:
    office = load(TINY, 1).calendars["office"]

    assert office.is_open(datetime(2026, 6, 6, 8, tzinfo=UTC))


def test_a_standard_with_problems_is_refused_with_all_of_them() -> None:
    text = broken(('"4h"', '"0h"'), ('team = "experts"', 'team = "expert"'))

    with pytest.raises(BadStandard) as refusal:
        load(text, 1)

    assert refusal.value.problems == (
        "line 34: policies.urgent.targets.resolution: a length of time must be more than nothing",
        'line 44: routes[1].team: there is no team "expert"; did you mean "experts"?',
    )


def test_the_catalogue_comes_with_the_standard() -> None:
    assert catalogue(TINY).services == ("E-mail",)


@pytest.mark.parametrize(
    ("before", "after", "where", "sentence"),
    [
        ("[priority]", "[priority", "", "this is not TOML: Expected ']' at the end of a table declaration"),
        ('name = "Tiny"', 'nmae = "Tiny"', "nmae", 'nothing is called "nmae" here; did you mean "name"?'),
        ("[closure]", "[surveys]", "surveys", 'nothing is called "surveys" here'),
        ("[1, 2, 3]", "[1, 2]", "priority.matrix[1][3]", "is missing; add it"),
        ("[1, 2, 3]", "[1, 2, 7]", "priority.matrix[1][3]", "write 5 or less"),
        (
            "[2, 3, 4]",
            "[2, 1, 4]",
            "priority.matrix[2][2]",
            "priority 1 is more urgent than 2 beside or above it; "
            "less impact or urgency may not make a ticket more urgent",
        ),
        (
            "Europe/Paris",
            "Paris",
            "calendars.office.zone",
            'there is no such time zone; write one like "Europe/Paris"',
        ),
        (
            '["08:00-18:00"]',
            '["22:00-06:00"]',
            "calendars.office.week.mon-fri[1]",
            "the hours end before they begin; write a night as two pieces, split at 24:00",
        ),
        (
            '["08:00-18:00"]',
            '["08:00-24:30"]',
            "calendars.office.week.mon-fri[1]",
            "there is no such time of day; the end of the day is 24:00",
        ),
        (
            '["08:00-18:00"]',
            '["8-18"]',
            "calendars.office.week.mon-fri[1]",
            'write opening hours like "08:00-18:00"; the end of the day is "24:00"',
        ),
        (
            '["08:00-18:00"]',
            '["08:00-18:00", "17:59-20:00"]',
            "calendars.office.week.mon-fri[2]",
            "17:59–20:00 overlaps 08:00–18:00; make one interval of the two",
        ),
        ("mon-fri", "mon-fry", "calendars.office.week.mon-fry", "write a day like mon, or days like mon-fri"),
        (
            'week.mon-fri = ["08:00-18:00"]',
            'week = "24/7"',
            "calendars.office.week",
            'write the hours of each day, like mon-fri = ["08:00-18:00"], or "24x7"',
        ),
        (
            "[calendars.office]\n",
            "[calendars.office]\nholidays = [2026-06-06]\n",
            "calendars.office.extra_days.2026-06-06",
            "2026-06-06 is a holiday too; take it out of one of the two",
        ),
        ("tier = 1", "tier = 4", "teams.desk.tier", "write 3 or less"),
        ("tier = 1", "tier = true", "teams.desk.tier", "write a whole number"),
        (
            "tier = 1",
            "tier = 3",
            "teams.desk.escalates_to",
            "experts is tier 2, below this team; tickets only go up",
        ),
        (
            'escalates_to = "experts"',
            'escalates_to = "network"',
            "teams.desk.escalates_to",
            'there is no team "network"; write one of: desk, experts',
        ),
        (
            'name = "Experts"\ntier = 2',
            'name = "Experts"\ntier = 2\nescalates_to = "desk"',
            "teams.desk.escalates_to",
            "the way up runs in a circle: desk → experts → desk; let one of them end it",
        ),
        (
            "tier = 2",
            'tier = 2\nladder = "defalt"',
            "teams.experts.ladder",
            'there is no ladder "defalt"; did you mean "default"?',
        ),
        (
            "at = 100",
            "at = 90",
            "ladders.default.steps[1].at",
            "no policy has a threshold at 90 %; add it to one, or nothing happens then",
        ),
        (
            '"lead"',
            '"boss"',
            "ladders.default.steps[1].tell[1]",
            "write one of: 'assignee', 'team', 'lead' or 'manager'",
        ),
        ("rank = 2", "rank = 1", "policies.rest.rank", "urgent has rank 1 already; give each policy its own"),
        ("rank = 2", "", "policies.rest.rank", "is missing; add it"),
        ('"4h"', "-5", "policies.urgent.targets.resolution", "a length of time must be more than nothing"),
        (
            '"4h"',
            '"4 hours"',
            "policies.urgent.targets.resolution",
            'write a length of time like "30m", "4h", "1h 30m" or "2d"',
        ),
        (
            '"4h"',
            '{ within = "4h", thresholds = [75, 50, 100] }',
            "policies.urgent.targets.resolution.thresholds",
            "thresholds are percentages that rise, and 100 is one of them",
        ),
        (
            '"4h"',
            '{ within = "4h", thresholds = [50, 75] }',
            "policies.urgent.targets.resolution.thresholds",
            "thresholds are percentages that rise, and 100 is one of them",
        ),
        ('"4h"', "{ thresholds = [100] }", "policies.urgent.targets.resolution.within", "is missing; add it"),
        (
            "[1, 2] }",
            "[1, 2], channel = 3 }",
            "policies.urgent.match.channel[1]",
            "write one of: 'phone', 'email', 'web', 'chat', 'monitoring', 'cli' or 'import'",
        ),
        (
            "[closure]\ncalendar",
            "[closure]\nsilent_days = 0\ncalendar",
            "closure.silent_days",
            "write 1 or more",
        ),
        (
            '[closure]\ncalendar = "office"',
            '[closure]\ncalendar = "offcie"',
            "closure.calendar",
            'there is no calendar "offcie"; did you mean "office"?',
        ),
        (
            'default_team = "desk"',
            'default_team = "disk"',
            "default_team",
            'there is no team "disk"; did you mean "desk"?',
        ),
        (
            '"Monitoring"',
            '"Network"',
            "routes[1].name",
            "two routing rules have this name; the ledger could not tell which fired",
        ),
        (
            '"Network / *"',
            '"Netwrk / *"',
            "routes[1].match.category",
            'there is no category "Netwrk / *"; did you mean "Network / *"?',
        ),
        (
            '"Network / *"',
            '"Network/VPN"',
            "routes[1].match.category[1]",
            'write a category in one or two levels, like "Network / VPN"',
        ),
        (
            '{ channel = "monitoring" }',
            '{ service = "Email" }',
            "routes[2].match.service",
            'there is no service "Email"; did you mean "E-mail"?',
        ),
        (
            '{ category = "Access / New account" }',
            '{ kind = "incident" }',
            "approvals[1].match.kind",
            "only requests are approved; leave the kind out",
        ),
        (
            '"Access / New account" }',
            '"Access / New account" }\napprover_role = "system"',
            "approvals[1].approver_role",
            "approving takes a role that people at the desk can have",
        ),
        (
            '["E-mail"]',
            '["E-mail", "E-mail"]',
            "catalogue.services[2]",
            "this is listed twice; take one of the two out",
        ),
        (
            '["E-mail"]',
            '["E-mail"]\nitems = [{ name = "mail-01", depends_on = "core" }, { name = "core-sw" }]',
            "catalogue.items[1].depends_on",
            'there is no other item "core"; did you mean "core-sw"?',
        ),
        (
            '["E-mail"]',
            '["E-mail"]\nitems = [{ name = "mail-01", depends_on = ["mail-01"] }]',
            "catalogue.items[1].depends_on",
            'there is no other item "mail-01"',
        ),
    ],
)
def test_an_error_is_named_with_its_key_and_what_to_do(
    before: str, after: str, where: str, sentence: str
) -> None:
    problems = check(broken((before, after)))

    assert (where, sentence) in [(problem.where, problem.sentence) for problem in problems]


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("[2, 3, 4]", "[2, 1, 4]", "[2, 1, 4]"),
        ("[1, 2, 3]", "[1, 2]", "[1, 2]"),
        ('"Europe/Paris"', '"Paris"', "zone ="),
        ("mon-fri", "mon-fry", "week.mon-fry"),
        ('["08:00-18:00"]', '[\n    "08:00-12:00",\n    "11:00-18:00",\n]', '"11:00'),
        ('["08:00-18:00"]', "[]", "[calendars.office]"),
        ("tier = 2", "", "[teams.experts]"),
        ("at = 100", "at = 90", "at = 90"),
        ("at = 100", "", "[[ladders.default.steps]]"),
        ("rank = 2", "", "[policies.rest]"),
        ("rank = 2", "rank = 1", "rank = 1\ncalendar"),
        ('{ within = "2d"', '{ within = "2x"', "targets.resolution = {"),
        ('match = { channel = "monitoring" }\nteam = "experts"', 'match = {}\nteam = "?"', 'team = "?"'),
        ("[closure]", "[closure", "[closure"),
        ('"Network / VPN"]', '"Network / VPN"\n', '"Network / VPN"'),
    ],
)
def test_an_error_is_named_with_its_line(before: str, after: str, at: str) -> None:
    text = broken((before, after))

    assert {problem.line for problem in check(text)} == {line(text, at)}


def test_all_errors_are_named_at_once_in_the_order_of_the_file() -> None:
    text = broken(
        ('default_team = "desk"', 'default_team = "help"'),
        ('zone = "Europe/Paris"', 'zone = "Mars"'),
        ("rank = 1", 'rank = "first"'),
        ('"Network / *", words = "VPN"', '"Telex / *"'),
        ('match = { channel = "monitoring" }', 'match = { service = "Telex" }'),
    )

    problems = check(text)

    assert [problem.where for problem in problems] == [
        "default_team",
        "calendars.office.zone",
        "policies.urgent.rank",
        "routes[1].match.category",
        "routes[2].match.service",
    ]


MEANT = (
    ('default_team = "desk"', 'default_team = "help"'),
    ("tier = 2\n", 'tier = 2\nescalates_to = "gurus"\nladder = "steep"\n'),
    ('week.mon-fri = ["08:00-18:00"]', 'week.mon-fri = ["08:00-18:00", "17:00-19:00"]'),
    ('rank = 2\ncalendar = "office"', 'rank = 2\ncalendar = "ofice"'),
    ('team = "experts"', 'team = "expert"'),
)
"""Changes that make every part of the file mean something wrong."""
MEANT_AT = {
    "default_team",
    "calendars.office.week.mon-fri[2]",
    "teams.experts.escalates_to",
    "teams.experts.ladder",
    "policies.rest.calendar",
    "routes[1].team",
}


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ('name = "Tiny"\n', "", {"name"}),
        ("[2, 3, 4]", '[2, "three", 4]', {"priority.matrix[2][2]"}),
        ("    [3, 4, 5],\n", "", {"priority.matrix[3]"}),
        ('[closure]\ncalendar = "office"\n', "[closure]\ncalendar = 5\n", {"closure.calendar"}),
        ('[closure]\ncalendar = "office"\n', "", {"closure"}),
        ("[[ladders.default.steps]]", "[ladders.default.steps]", {"ladders.default.steps"}),
        ("rank = 1", 'rank = "first"', {"policies.urgent.rank"}),
        ('services = ["E-mail"]', "services = [7]", {"catalogue.services[1]"}),
    ],
)
def test_errors_of_form_hide_none_of_meaning(before: str, after: str, at: set[str]) -> None:
    problems = check(broken(*MEANT, (before, after)))

    assert {problem.where for problem in problems} == MEANT_AT | at


def test_a_part_that_is_no_table_makes_no_errors_where_it_is_named() -> None:
    text = "calendars = 5\n" + broken((TINY[TINY.index("[calendars") : TINY.index("[teams.desk]")], ""))

    assert [problem.where for problem in check(text)] == ["calendars"]


def test_the_other_entries_of_a_list_are_judged_in_their_places() -> None:
    text = broken(('services = ["E-mail"]', 'services = ["E-mail", 7, "E-mail"]'))

    assert [problem.where for problem in check(text)] == ["catalogue.services[2]", "catalogue.services[3]"]


@pytest.mark.parametrize(
    ("length", "right"),
    [("3650d", True), ("3651d", False), ("99999999999d", False), ("87600h", True), ("87601h", False)],
)
def test_a_length_of_time_is_ten_years_at_most(length: str, right: bool) -> None:
    problems = check(broken(('targets.resolution = "4h"', f'targets.resolution = "{length}"')))

    said = ["policies.urgent.targets.resolution: a length of time is ten years at most"]
    assert [f"{problem.where}: {problem.sentence}" for problem in problems] == ([] if right else said)


def test_what_is_wrong_in_one_place_makes_no_errors_in_others() -> None:
    problems = check(broken(('week.mon-fri = ["08:00-18:00"]', "week.mon-fri = 8")))

    assert [problem.where for problem in problems] == ["calendars.office.week.mon-fri"]


@pytest.mark.parametrize("years", [1, 2])
def test_a_calendar_must_open_again_within_400_days(years: int) -> None:
    closed = ", ".join(f'"{2027 + year}-01-01..{2027 + year}-12-31"' for year in range(years))

    problems = check(broken(("extra_days", f"holidays = [{closed}]\nextra_days")))

    assert [problem.where for problem in problems] == ["calendars.office"][: years - 1]


@pytest.mark.parametrize(
    ("urgent", "rest", "shadowed"),
    [
        ("{ priority = [1, 2] }", "{}", False),
        ("{}", "{ priority = 1 }", True),
        ("{ priority = [1, 2] }", "{ priority = 2, vip = true }", True),
        ("{ priority = [1, 2], vip = true }", "{ priority = 2 }", False),
        ("{ priority = [1, 2, 3, 4, 5] }", "{ kind = 'incident' }", True),
        ("{ kind = ['incident', 'request'] }", "{}", True),
        ("{ category = 'Network / *' }", "{ category = 'Network / VPN' }", True),
        ("{ category = 'Network / *' }", "{ category = 'Network' }", True),
        ("{ category = 'Network / VPN' }", "{ category = 'Network / *' }", False),
        ("{ category = 'Network' }", "{ category = 'Network / VPN' }", False),
        ("{ words = 'print' }", "{ words = ['Printer', 'printing'] }", True),
        ("{ words = 'printer' }", "{ words = ['printer', 'paper'] }", False),
        ("{ words = 'printer' }", "{}", False),
        ("{ department = 'Sales' }", "{ department = ['Sales', 'Legal'] }", False),
    ],
)
def test_a_policy_that_an_earlier_one_leaves_nothing_to_is_refused(
    urgent: str, rest: str, shadowed: bool
) -> None:
    text = broken(("{ priority = [1, 2] }", urgent), ("rank = 2", f"rank = 2\nmatch = {rest}"))

    problems = check(text)

    assert [(problem.line, problem.where, problem.sentence) for problem in problems] == [
        (
            line(text, "rank = 2") + 1,
            "policies.rest.match",
            "this policy can never match: urgent before it take all its tickets; "
            "give it a lower rank, or ask for more in those",
        )
    ][: int(shadowed)]


def test_several_policies_can_leave_nothing_together() -> None:
    halves = """\
[policies.ordinary]
rank = 3
match = { vip = false }
calendar = "office"
targets.resolution = "1d"

[policies.never]
rank = 4
match = { service = "E-mail" }
calendar = "office"
targets.resolution = "1d"

[[routes]]"""
    text = broken(("rank = 2", "rank = 2\nmatch = { vip = true }"), ("[[routes]]", halves))

    problems = check(text)

    assert [problem.where for problem in problems] == ["policies.never.match"]
    assert "rest, ordinary before it" in problems[0].sentence


def test_a_priority_that_the_matrix_never_gives_is_refused() -> None:
    problems = check(broken(("[3, 4, 5]", "[3, 4, 4]"), ("[1, 2] }", "[1, 5] }")))

    assert [(problem.where, problem.sentence) for problem in problems] == [
        ("policies.urgent.match.priority", "the matrix never gives priority 5")
    ]


def test_a_routing_rule_below_a_broader_one_is_refused() -> None:
    problems = check(broken(('{ category = "Network / *", words = "VPN" }', "{}")))

    assert [problem.where for problem in problems] == ["routes[2].match"]
    assert problems[0].sentence.startswith('this rule can never match: "Network" above it')


MATCHES = st.builds(
    Match,
    kind=st.frozensets(st.sampled_from(Kind)),
    priority=st.frozensets(st.sampled_from([1, 2])),
    service=st.frozensets(st.sampled_from(["mail", "web"])),
    category=st.frozensets(st.sampled_from(["A", "A / *", "A / B"])),
    vip=st.sampled_from([None, False, True]),
    words=st.frozensets(st.sampled_from(["print", "printer"])),
)
TICKETS = [
    dict(zip(("kind", "priority", "service", "category", "vip", "summary"), values, strict=True))
    for values in product(
        [Kind.INCIDENT, Kind.REQUEST],
        [1, 2],
        ["mail", "web", "?"],
        ["A", "A / B", "A / C", "Z"],
        [False, True],
        ["a print", "a printer", ""],
    )
]


@given(MATCHES, st.lists(MATCHES, max_size=3))
def test_a_rule_is_unreachable_exactly_if_no_ticket_reaches_it(match: Match, earlier: list[Match]) -> None:
    reaching = [
        ticket
        for ticket in TICKETS
        if match.takes(ticket) and not any(before.takes(ticket) for before in earlier)
    ]

    assert (takers(match, earlier, [1, 2]) is None) == bool(reaching)


@pytest.mark.parametrize(
    ("span", "days"),
    [("mon", [0]), ("mon-fri", [0, 1, 2, 3, 4]), ("sat-mon", [5, 6, 0]), ("sun-sun", [6])],
)
def test_days_of_the_week_run_on_over_its_end(span: str, days: list[int]) -> None:
    assert weekdays(span) == days


@pytest.fixture(scope="module")
def default() -> Standard:
    return load(shipped(), 1)


def test_every_ticket_has_a_policy_in_the_default_standard(default: Standard) -> None:
    for kind, priority, vip in product(Kind, range(1, 6), (False, True)):
        policy = default.policy_for({"kind": kind, "priority": priority, "vip": vip})
        assert policy is not None
        assert set(policy.targets) == set(TargetName)


def test_more_urgent_incidents_have_shorter_targets(default: Standard) -> None:
    policies = [default.policy_for({"kind": Kind.INCIDENT, "priority": priority}) for priority in range(1, 6)]

    for name in TargetName:
        durations = [policy.targets[name].duration for policy in policies if policy]
        assert durations == sorted(durations)


@pytest.mark.parametrize(
    ("fields", "team"),
    [
        ({"summary": "VPN drops every morning"}, "network"),
        ({"summary": "会议室断网了"}, "network"),
        ({"summary": "忘记密码"}, "identity"),
        ({"summary": "Printer jams"}, "desktop"),
        ({"summary": "打印机卡纸"}, "desktop"),
        ({"summary": "Invoice run stopped"}, "applications"),
        ({"kind": Kind.REQUEST, "category": "Access / New account"}, "identity"),
        ({"category": "Network / VPN", "summary": "password rejected"}, "network"),
        ({"channel": Channel.MONITORING, "service": "Server platform"}, "infrastructure"),
    ],
)
def test_the_default_routes_find_the_team(default: Standard, fields: dict[str, object], team: str) -> None:
    route = default.route({"kind": Kind.INCIDENT, "channel": Channel.PHONE, **fields})

    assert route is not None
    assert route.team == team


def test_the_imported_log_keeps_its_own_matrix() -> None:
    standard = load(shipped("servicenow"), 1)

    pairs = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (2, 3), (3, 2), (3, 3)]
    assert [standard.priority(*pair) for pair in pairs] == [1, 2, 2, 3, 3, 4, 4, 4]


def test_lines_are_found_in_every_way_of_writing_toml() -> None:
    text = '''\
# a comment with [brackets]
plain = 1
dotted."quoted key".x = """two
lines # no comment""" # a comment
when = 1979-05-27 07:32:00

[table]
list = [
    1, # one
    "a ] in quotes", { x = 1, y = [2,
    3] },
]
[[many]]
n = 'single'
[many.inner]
k = 2
[[many]]
[[many.deep]]
z = 1
'''
    lines = lines_of(text)

    assert {
        path: number for path, number in lines.items() if path and path[-1] in ("x", "y", "k", "z", "when", 1)
    } == {
        ("dotted", "quoted key", "x"): 3,
        ("when",): 5,
        ("table", "list", 1): 10,
        ("table", "list", 2, "x"): 10,
        ("table", "list", 2, "y"): 10,
        ("table", "list", 2, "y", 1): 11,
        ("many", 0, "inner", "k"): 16,
        ("many", 1): 17,
        ("many", 1, "deep", 0, "z"): 19,
    }
