"""The filter language: what parses, what is refused and where, and that canonical text reads back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.domain.errors import BadQuery
from deskterm.domain.fields import FIELDS, SORTS, STATES, Shape
from deskterm.domain.query import (
    And,
    Condition,
    Date,
    Has,
    Is,
    Not,
    Number,
    Op,
    Or,
    Phrase,
    Query,
    Range,
    Regex,
    Sort,
    Special,
    Term,
    Words,
    both,
    either,
    negation,
)
from deskterm.query import parse, render

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", And()),
        ("printer", Words("printer")),
        ("wi-fi", Words("wi-fi")),
        ("-5", Words("-5")),
        ("re: printer", And((Words("re:"), Words("printer")))),
        ("错误:数据", Words("错误:数据")),
        ("-printer", Not(Words("printer"))),
        ("NOT printer", Not(Words("printer"))),
        ("-(-(a b))", And((Words("a"), Words("b")))),
        ("a b OR c", Or((And((Words("a"), Words("b"))), Words("c")))),
        ("a (b OR c)", And((Words("a"), Or((Words("b"), Words("c")))))),
        ("a and or b", And((Words("a"), Words("and"), Words("or"), Words("b")))),
        ("ORDER", Words("ORDER")),
        ('"cannot print"', Phrase("cannot print")),
        (r'"a \"b\" \\"', Phrase('a "b" \\')),
        ("/VPN.*timeout/", Regex("VPN.*timeout")),
        ("/etc/passwd", Words("/etc/passwd")),
        ("INC-42", Number(42)),
        ("req-42", Number(42)),
        ("UTF-8", Words("UTF-8")),
        ("#VIP", Term("tag", Op.IS, ("vip",))),
        ("is:open", Is("open")),
        ("is:open,vip", Or((Is("open"), Is("vip")))),
        ("no:assignee", Not(Has("assignee"))),
        ("has:queue", Has("team")),
        ("to:me,none", Term("assignee", Op.IS, (Special.ME, Special.NONE))),
        ('a:"me"', Term("assignee", Op.IS, ("me",))),
        ("queue:mine", Term("team", Op.IS, (Special.MINE,))),
        ('svc:"Mail server",erp', Term("svc", Op.IS, ("Mail server", "erp"))),
        ("status:new,pending", Term("status", Op.IS, ("new", "on_hold"))),
        ("status:In-Progress", Term("status", Op.IS, ("in_progress",))),
        ("status!=new", Not(Term("status", Op.IS, ("new",)))),
        ("status:!=new", Not(Term("status", Op.IS, ("new",)))),
        ("title:~print", Term("summary", Op.HAS, ("print",))),
        ("prio:<=2", Term("prio", Op.AT_MOST, (2,))),
        ("p<=P2", Term("prio", Op.AT_MOST, (2,))),
        ("risk:High,2", Term("risk", Op.IS, (3, 2))),
        ("risk:>=medium", Term("risk", Op.AT_LEAST, (2,))),
        ("impact:medium..low", Term("impact", Op.IS, (Range(2, 3),))),
        (
            "type:change kind:emergency",
            both((Term("type", Op.IS, ("change",)), Term("kind", Op.IS, ("emergency",)))),
        ),
        ("outcome:rolled-back", Term("outcome", Op.IS, ("rolled_back",))),
        ("breach<1h30m", Term("breach", Op.UNDER, (HOUR * 1.5,))),
        ("due:0..1h", Term("breach", Op.IS, (Range(timedelta(), HOUR),))),
        ("due<-2h", Term("breach", Op.UNDER, (-2 * HOUR,))),
        ("updated>2d", Term("updated", Op.OVER, (2 * DAY,))),
        ("created:1mo..", Term("created", Op.IS, (Range(30 * DAY, None),))),
        ("due:today..Friday", Term("breach", Op.IS, (Range(Date("today"), Date("fri")),))),
        ("created:2026-06-02t14:30", Term("created", Op.IS, (Date("2026-06-02T14:30"),))),
    ],
)
def test_a_filter_is_read(text: str, condition: Condition) -> None:
    assert parse(text) == Query(condition)


def test_order_columns_and_views_are_no_conditions() -> None:
    query = parse("is:open sort:breach,-updated OR vip cols:id,p,sla,title view:night-shift -sort:created")

    assert query == Query(
        Or((Is("open"), Words("vip"))),
        (Sort("breach"), Sort("updated", True), Sort("created", True)),
        ("id", "prio", "sla", "summary"),
        ("night-shift",),
    )


def test_a_number_that_has_words_says_them() -> None:
    with pytest.raises(BadQuery, match="risk compares with a number, or low, medium, high"):
        parse("risk:huge")


@pytest.mark.parametrize(
    ("text", "spot", "suggestion"),
    [
        ("asignee:me", "asignee", "assignee"),
        ("is:brached", "brached", "breached"),
        ("status:new,clsed", "clsed", "closed"),
        ("printer http://x", "http", ""),
        ("assignee: me", "assignee:", None),
        ("assignee:mine", "mine", "team:mine"),
        ("team:me", "me", "assignee:me"),
        ("is:open has:attachment", "attachment", None),
        ("attachment:any", "attachment", None),
        ("a (b", "b", None),
        ("a OR", "R", None),
        ("OR a", "OR", None),
        ("a b)", ")", None),
        ("()", ")", None),
        ('say "hello', '"hello', None),
        ('svc:""', '""', None),
        ("status:>new", "new", None),
        ("assignee~ana", "ana", None),
        ("prio:high", "high", None),
        ("prio:9999999999", "9999999999", None),
        ("prio:1..x", "1..x", None),
        ("due:..", "..", None),
        ("due:1h..today", "1h..today", None),
        ("due:>1h..2h", "1h..2h", None),
        ("due:2026-02-30", "2026-02-30", None),
        ("due:0001-01", "0001-01", None),
        ("due:soon", "soon", None),
        ("due:999999y", "999999y", None),
        ("linked:42", "42", None),
        ("sort:nothing", "nothing", None),
        ("/(a+)+$/", "/(a+)+$/", None),
        ("a \0 b", "\0", None),
        ("a \ud800", "\ud800", None),
    ],
)
def test_a_refusal_names_its_spot(text: str, spot: str, suggestion: str | None) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)

    assert text[caught.value.start : caught.value.end] == spot
    assert suggestion is None or caught.value.details["suggestion"] == suggestion
    assert "{" not in str(caught.value)


def test_what_is_too_long_or_too_deep_is_refused() -> None:
    for text in ("a" * 1001, "(" * 21 + "a" + ")" * 21, "-(" * 400):
        with pytest.raises(BadQuery):
            parse(text)


PIECES = (
    "' OR 1=1 --", "%", "_", "\\", "*", '"', "''", ";", "DROP TABLE ticket", "NEAR(a b)", "a NEAR/2 b", "^a",
    "a*", "(", ")", "-", "--", "#", "##", "/", "//", "/(/", ":", "::", "a:", ":a", "is:", "sort:1;drop",
    "sort:(select 1)", "..", "due:..1h", "<script>", "{}", "{0}", "%s", "$1", "?", ":name", "\0", "\x1b[31m",
    "\u202e", "\ud800", "数据", "😀", "é", "ﬁ", "İ", "NOT", "AND", "OR", "prio:<=", "prio:<=1", "\t", "\n",
    ",", "a,b", "x:y", "\uffff", "‘", "٣",
)  # fmt: skip


def attempt(text: str) -> tuple[Query | None, BadQuery | None]:
    """Return what a text means, or why it is refused."""
    try:
        return parse(text), None
    except BadQuery as refusal:
        return None, refusal


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8), st.sampled_from(["", " "]))
def test_hostile_text_parses_or_is_refused(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)

    query, refusal = attempt(text)

    assert refusal is None or (0 <= refusal.start <= refusal.end <= len(text) and str(refusal))
    assert query is None or parse(render(query)) == query


NAMES = st.text("abzÜ数 /*.\"\\-#(),:'", min_size=1, max_size=6).filter(str.strip)
DURATIONS = st.integers(-5000, 5000).map(lambda minutes: timedelta(minutes=minutes))
DATES = st.sampled_from(["today", "sun", "2026-06", "2026-06-02", "2026-06-02T14:30"]).map(Date)
COMPARING = st.sampled_from([Op.UNDER, Op.AT_MOST, Op.OVER, Op.AT_LEAST])


def terms(name: str) -> st.SearchStrategy[Condition]:
    """Return terms on one field, with every kind of value that it takes."""
    asked = FIELDS[name]
    values: st.SearchStrategy[object]
    match asked.shape:
        case Shape.CODE:
            values = st.sampled_from(sorted(set(asked.codes.values())))
        case Shape.RANK | Shape.COUNT:
            values = st.integers(1 if asked.most else 0, asked.most or 9)
        case Shape.LEFT | Shape.AGE:
            values = DURATIONS | DATES
        case Shape.LINKS:
            values = st.sampled_from(["INC-1", "PRB-17"])
        case Shape.LOGIN | Shape.TAGS | Shape.AGENTS:
            values = NAMES.map(str.casefold)
        case _:
            values = NAMES
    plain = st.lists(values | st.sampled_from([Special.NONE, Special.ANY]), min_size=1, max_size=3)
    found = plain.map(lambda some: Term(name, Op.IS, tuple(some)))  # type: ignore[arg-type]  # fits the shape
    if asked.shape in (Shape.RANK, Shape.COUNT, Shape.LEFT, Shape.AGE):
        compared = st.builds(lambda op, value: Term(name, op, (value,)), COMPARING, values)
        ranged = st.tuples(values, values).filter(lambda ends: type(ends[0]) is type(ends[1]))
        return found | compared | ranged.map(lambda ends: Term(name, Op.IS, (Range(*ends),)))  # type: ignore[arg-type]
    return found


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(sorted(FIELDS)).flatmap(terms)
    | st.sampled_from(sorted(STATES)).map(Is)
    | st.sampled_from(sorted(FIELDS)).map(Has)
    | st.integers(0, 99).map(Number)
    | st.sampled_from(["printer", "-5", "re:", "数据", "wi-fi", "//"]).map(Words)
    | NAMES.map(Phrase)
    | st.sampled_from(["VPN.*timeout", r"a\/b", "[a-c]d?"]).map(Regex),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(both)
        | st.lists(inner, min_size=1, max_size=3).map(either)
        | inner.map(negation)
    ),
    max_leaves=6,
)
QUERIES = st.builds(
    Query,
    CONDITIONS,
    st.lists(st.builds(Sort, st.sampled_from(sorted(set(SORTS.values()))), st.booleans()), max_size=2).map(
        tuple
    ),
    st.sampled_from([(), ("id", "prio")]),
    st.lists(NAMES, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(QUERIES)
def test_canonical_text_reads_back(query: Query) -> None:
    assert parse(render(query)) == query
