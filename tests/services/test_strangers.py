"""Names in a filter that nobody on the desk has."""

from __future__ import annotations

from deskterm.desk import Desk
from deskterm.query import parse
from deskterm.reads.strangers import strangers


def test_whom_a_filter_names_and_nobody_knows_is_told(desk: Desk) -> None:
    known = parse("a:dana,me,none by:audrey team:network,mine watcher:gone team:net* team~net is:open vpn")
    unknown = parse('is:open (a:mebogus:1 OR -team:nowhere) a:Mebogus:1,dana by:"no body"')

    assert strangers(desk, known, by="dana") == ()
    assert [str(each) for each in strangers(desk, unknown, by="dana")] == [
        "There is no agent called mebogus:1.",
        "There is no team called nowhere.",
        "There is no agent called no body.",
    ]
