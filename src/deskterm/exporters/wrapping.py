"""Text broken into lines by the cells that it takes: a Chinese character is as wide as two letters."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells


def wrap(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` cells; words break only where they must. Never empty."""
    found = [""]
    for word in text.split():
        for part in chop_cells(word, width) if cell_len(word) > width else [word]:
            longer = f"{found[-1]} {part}".strip()
            if cell_len(longer) <= width:
                found[-1] = longer
            else:
                found.append(part)
    return found
