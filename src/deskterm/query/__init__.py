"""The filter language as text: `parse` reads it, `render` writes its canonical form."""

from deskterm.query.parser import parse
from deskterm.query.rendering import render

__all__ = ["parse", "render"]
