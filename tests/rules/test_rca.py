"""Root cause analysis: one list of causes as a tree of whys and as a fishbone, and how nodes move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.domain import rca
from deskterm.domain.errors import BadInput
from deskterm.domain.rca import Branch, Cause, Verdict

YES, NO = Verdict.CONFIRMED, Verdict.REFUTED
TREE = [
    Cause(1, None, 0, "Tunnels drop", "log of fw-lyon-1", YES),
    Cause(2, 1, 0, "Rekey fails", verdict=YES),
    Cause(3, 2, 0, "Firmware 9.1.4 has a bug", verdict=YES, root=True, branch=Branch.TECHNOLOGY),
    Cause(4, 1, 1, "Line too thin", verdict=NO),
    Cause(5, None, 1, "Nobody tests firmware", branch=Branch.PROCESS),
    Cause(6, 5, 0, "No test firewall"),
]


def ids(causes: list[Cause]) -> list[int]:
    return [line.cause.id for line in rca.lines(causes)]


def moved(causes: list[Cause], key: int, spot: rca.Spot) -> list[Cause]:
    return [
        Cause(
            each.id,
            spot.parent_id if each.id == key else each.parent_id,
            spot.place if each.id == key else each.place,
            each.statement,
        )
        for each in causes
    ]


def test_the_list_puts_each_cause_before_what_explains_it() -> None:
    assert ids(TREE) == [1, 2, 3, 4, 5, 6]
    assert [line.depth for line in rca.lines(TREE)] == [0, 1, 2, 1, 0, 1]


def test_what_hangs_on_a_removed_cause_goes_with_it() -> None:
    assert ids([cause for cause in TREE if cause.id != 1]) == [5, 6]


def test_a_branch_goes_down_to_what_explains_it() -> None:
    found = rca.bones(TREE)

    assert [line.cause.id for line in found[Branch.PROCESS]] == [5, 6]
    assert [line.cause.id for line in found[Branch.TECHNOLOGY]] == [3]
    assert found[Branch.PEOPLE] == ()


@pytest.mark.parametrize(
    ("change", "chain"),
    [
        ({}, [1, 2, 3]),
        ({2: {"verdict": Verdict.OPEN}}, []),
        ({3: {"root": False}}, [1, 2, 3]),
        ({3: {"root": False, "branch": None}}, []),
        ({3: {"verdict": NO}, 5: {"verdict": YES}}, [5]),
        ({3: {"branch": None}, 4: {"parent_id": 3}}, []),
    ],
)
def test_a_chain_counts_when_it_is_confirmed_from_top_to_bottom(
    change: dict[int, dict[str, object]], chain: list[int]
) -> None:
    causes = [_with(cause, **change.get(cause.id, {})) for cause in TREE]

    assert [cause.id for cause in rca.confirmed_chain(causes)] == chain


def _with(cause: Cause, **fields: object) -> Cause:
    from dataclasses import replace

    return replace(cause, **fields)  # type: ignore[arg-type]  # fields of the class


def test_causes_are_promoted_demoted_and_shifted() -> None:
    assert ids(moved(TREE, 4, rca.promoted(TREE, 4))) == [1, 2, 3, 4, 5, 6]
    assert moved(TREE, 4, rca.promoted(TREE, 4))[3].parent_id is None
    assert ids(moved(TREE, 5, rca.demoted(TREE, 5))) == [1, 2, 3, 4, 5, 6]
    assert moved(TREE, 5, rca.demoted(TREE, 5))[4].parent_id == 1
    assert ids(moved(TREE, 5, rca.shifted(TREE, 5, -1))) == [5, 6, 1, 2, 3, 4]
    assert ids(moved(TREE, 2, rca.shifted(TREE, 2, 1))) == [1, 4, 2, 3, 5, 6]
    assert ids([*TREE, Cause(7, 1, rca.after(TREE, 2).place, "new")]) == [1, 2, 3, 7, 4, 5, 6]


def test_no_cause_explains_itself() -> None:
    with pytest.raises(BadInput):
        rca.under(TREE, 1, 3)
    with pytest.raises(BadInput):
        rca.under(TREE, 1, 1)


def test_the_top_and_the_first_go_no_further() -> None:
    with pytest.raises(BadInput):
        rca.promoted(TREE, 1)
    with pytest.raises(BadInput):
        rca.demoted(TREE, 2)


@given(st.lists(st.tuples(st.sampled_from("pdsu"), st.integers(1, 6), st.integers(-3, 3)), max_size=30))
def test_however_causes_move_none_is_lost(steps: list[tuple[str, int, int]]) -> None:
    causes = TREE
    for what, key, by in steps:
        try:
            match what:
                case "p":
                    spot = rca.promoted(causes, key)
                case "d":
                    spot = rca.demoted(causes, key)
                case "s":
                    spot = rca.shifted(causes, key, by)
                case _:
                    spot = rca.under(causes, key, abs(by) or None)
        except BadInput:
            continue
        causes = moved(causes, key, spot)

    assert sorted(ids(causes)) == [1, 2, 3, 4, 5, 6]


def test_the_tree_reads_as_text() -> None:
    assert rca.whys_text("VPN flaps", TREE) == "\n".join(
        [
            "VPN flaps",
            "├─ + Tunnels drop",
            "│     log of fw-lyon-1",
            "│  ├─ + Rekey fails",
            "│  │  └─ + Firmware 9.1.4 has a bug *",
            "│  └─ x Line too thin",
            "└─ ? Nobody tests firmware",
            "   └─ ? No test firewall",
        ]
    )


def test_the_fishbone_reads_as_text() -> None:
    text = rca.fishbone_text("VPN flaps", TREE)

    assert "├── process\n│     ? Nobody tests firmware\n│       ? No test firewall\n" in text
    assert "├── technology\n│     + Firmware 9.1.4 has a bug *\n" in text


def test_markdown_shows_what_people_wrote_as_they_wrote_it() -> None:
    text = rca.markdown("PRB-1", "<b>*VPN*", "", [Cause(1, None, 0, "[x](http://evil) `rm`")])

    assert r"\<b\>\*VPN\*" in text
    assert r"\[x\](http://evil) \`rm\`" in text


def test_causes_are_counted_across_problems_without_the_refuted() -> None:
    counts = rca.counted(
        {
            1: [Cause(1, None, 0, "No test firewall.", verdict=YES, branch=Branch.PROCESS)],
            2: [Cause(2, None, 0, "no test  Firewall"), Cause(3, None, 1, "Heat")],
            3: [Cause(4, None, 0, "No test firewall", verdict=NO)],
        }
    )

    assert [(each.statement, each.problems, each.confirmed) for each in counts] == [
        ("No test firewall.", (1, 2), 1),
        ("Heat", (2,), 0),
    ]
