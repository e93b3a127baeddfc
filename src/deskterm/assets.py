"""Where the style sheets are."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
STYLES = PACKAGE / "styles" if (PACKAGE / "styles").is_dir() else PACKAGE.parents[1] / "styles"
"""`styles` inside an installed package, beside `src` in a checkout."""


def style(name: str) -> Path:
    """Return the sheet of a screen: `style("queue")` is `styles/queue.tcss`."""
    return STYLES / f"{name}.tcss"
