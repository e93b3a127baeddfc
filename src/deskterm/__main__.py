"""Where the program begins: `deskterm` and `python -m deskterm`."""

from __future__ import annotations

import sys

from deskterm.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
