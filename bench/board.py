"""The board with 1,500 problems and 50,000 linked tickets: first paint, a key, filter, grouping, refresh."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from console import BUDGET_SECONDS, ROUNDS, SIZE, reached
from sqlalchemy import insert
from window import NOW, desk_with

from deskterm.clock import StoppedClock
from deskterm.desk import Desk
from deskterm.domain.problem import ProblemStatus
from deskterm.reads.board import Column
from deskterm.storage.db import WRITES
from deskterm.storage.tables import Link, Problem
from deskterm.ui.app import DeskApp
from deskterm.ui.screens.board import BoardScreen

PROBLEMS = 1_500
TICKETS = 50_000
STEPS = ("first paint", "j", "filter", "grouping", "refresh")
OPEN = [status for status in ProblemStatus if status is not ProblemStatus.CLOSED]


def desk_of_problems(file: Path) -> None:
    """Make a desk whose every ticket is caused by one of its problems."""
    problems = [_problem(key) for key in range(1, PROBLEMS + 1)]
    links = [
        {
            "source": f"INC-{key}",
            "kind": "caused_by",
            "target": f"PRB-{key % PROBLEMS + 1}",
            "ticket_id": key,
            "target_problem_id": key % PROBLEMS + 1,
        }
        for key in range(1, TICKETS + 1)
    ]
    with closing(desk_with(file, TICKETS)) as desk:
        writing = desk.engine.connect().execution_options(**{WRITES: True})
        with writing as connection, connection.begin():
            connection.execute(insert(Problem), problems)
            connection.execute(insert(Link), links)


def _problem(key: int) -> dict[str, Any]:
    return {
        "id": key,
        "version": 1,
        "status": OPEN[key % len(OPEN)],
        "is_open": OPEN[key % len(OPEN)] is not ProblemStatus.RESOLVED,
        "summary": f"VPN flaps at site {key % 97} after firmware 9.1.{key}",
        "source": "person",
        "assignee": "root" if key % 3 else None,
        "priority": key % 5 + 1,
        "opened_at": NOW - timedelta(hours=key),
        "updated_at": NOW - timedelta(hours=key % 200),
    }


async def one_round(url: str) -> list[float]:
    """Return how long each step took, in seconds."""
    with closing(Desk.open(url, clock=StoppedClock(NOW))) as desk:
        app = DeskApp(desk, "root", environ={"COLORTERM": "truecolor"})
        async with app.run_test(size=SIZE) as pilot:
            taken = []

            async def step(act: Callable[[], object], holds: Callable[[], bool]) -> None:
                start = time.perf_counter()
                act()
                await reached(pilot, holds)
                taken.append(time.perf_counter() - start)

            await reached(pilot, app.ready.is_set)
            await reached(pilot, lambda: app.queue.is_read)
            await step(app.queue.action_go_board, lambda: _is_shown(app))
            board = app.screen
            assert isinstance(board, BoardScreen)
            board.action_move("top")
            await pilot.pause()
            first = board.view.cursor
            await step(lambda: board.action_move("down"), lambda: board.view.cursor != first)
            await step(lambda: _filter(board, "type:problem prio:1"), lambda: _count(board) == PROBLEMS // 5)
            await step(lambda: _group(board, "assignee"), lambda: len(_columns(board)) == 2)
            _filter(board, "type:problem sort:prio")
            await reached(pilot, lambda: _count(board) == PROBLEMS)
            shown = board._board
            await step(board.reload, lambda: board._board is not shown)
            return taken


def _is_shown(app: DeskApp) -> bool:
    return isinstance(app.screen, BoardScreen) and _count(app.screen) == PROBLEMS


def _columns(board: BoardScreen) -> tuple[Column, ...]:
    return board._board.columns if board._board is not None else ()


def _count(board: BoardScreen) -> int:
    return sum(len(column.cards) for column in _columns(board))


def _filter(board: BoardScreen, text: str) -> None:
    board.filter_text = text
    board.reload()


def _group(board: BoardScreen, grouping: str) -> None:
    board.grouping = grouping
    board.reload()


def main() -> None:
    """Print each step's median and whether it keeps its budget."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        desk_of_problems(file)
        rounds = [asyncio.run(one_round(f"sqlite:///{file}")) for _ in range(ROUNDS)]
    print(
        f"{PROBLEMS:,} problems, {TICKETS:,} linked tickets, {SIZE[0]}x{SIZE[1]}, median of {ROUNDS} rounds"
    )
    print(f"budget {BUDGET_SECONDS} s a step")
    for name, *times in zip(STEPS, *rounds, strict=True):
        seconds = statistics.median(times)
        print(f"  {name:<12} {1000 * seconds:7.0f} ms  {'ok' if seconds <= BUDGET_SECONDS else 'OVER'}")


if __name__ == "__main__":
    main()
