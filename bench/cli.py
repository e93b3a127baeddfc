"""P15: what a list costs at the command line, next to `import sqlmodel` alone, in fresh processes.

python bench/cli.py [ROUNDS]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from _figures import gate

from deskterm.importers.demo.build import build

ROUNDS = 7
BUDGET = 1.25


def cpu_seconds(*command: str) -> float:
    """Return the processor time of a command, which other programs disturb less than its duration."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    from deskterm.clock import SystemClock

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "demo.db")
        build(f"sqlite:///{file}", SystemClock().now())
        os.environ["DESKTERM_DATABASE"] = str(file)
        commands = {
            "python -c pass": ("-c", "pass"),
            "import sqlmodel": ("-c", "import sqlmodel"),
            "deskterm --help": ("-m", "deskterm", "--help"),
            "deskterm ls": ("-m", "deskterm", "ls", "assignee:me", "--json"),
        }
        seconds = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, command in commands.items():
                seconds[name] = min(seconds[name], cpu_seconds(sys.executable, *command))
    for name, spent in seconds.items():
        print(f"{name:<16} {spent * 1000:6.0f} ms of processor time")
    ratio = seconds["deskterm ls"] / seconds["import sqlmodel"]
    print(f"P15 list / import sqlmodel {ratio:.2f} {gate(ratio, BUDGET)}")


if __name__ == "__main__":
    main()
