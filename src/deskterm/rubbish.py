"""Python's garbage collector, for a process that keeps what it has loaded."""

from __future__ import annotations

import gc

SELDOM = 20_000
"""After so many new objects that were kept the newest are looked through; Python does so after 700."""


def settle() -> None:
    """Let the collector pass over what is loaded by now, and look for the rest less often.

    It would go through all of it again and again: for 50 ms, in the midst of some change.
    """
    gc.freeze()
    gc.set_threshold(SELDOM)
