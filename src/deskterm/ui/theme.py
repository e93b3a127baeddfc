"""Colours: the themes, and how many colours a terminal is trusted with."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from textual.theme import Theme


class ColourMode(StrEnum):
    """What a terminal can show."""

    NONE = "none"
    SIXTEEN = "sixteen"
    MANY = "many"


def colour_mode(environ: Mapping[str, str]) -> ColourMode:
    """Return how many colours to use; decide it before the app is made, as Textual takes `NO_COLOR` away.

    With anything but MANY, pass `ansi_color=True` to the app and take an ansi theme.
    """
    if environ.get("NO_COLOR"):
        return ColourMode.NONE
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ColourMode.MANY
    return ColourMode.MANY if "256color" in environ.get("TERM", "") else ColourMode.SIXTEEN


def theme_name(wanted: str, mode: ColourMode) -> str:
    """Return the theme to use: the wanted one if the terminal has the colours for it."""
    if mode is ColourMode.MANY:
        return wanted
    return "ansi-light" if wanted == LIGHT.name else "ansi-dark"


DARK = Theme(
    name="desk-dark",
    primary="#6cb2f5",
    secondary="#9db4cc",
    accent="#6cb2f5",
    warning="#f0b952",
    error="#ff8f6b",
    success="#6cc9b5",
    foreground="#dce1e7",
    background="#14171c",
    surface="#1a1e25",
    panel="#232932",
    variables={
        "sla-breach": "#ff8f6b",
        "sla-risk": "#f0b952",
        "sla-paused": "#a3b4c6",
        "sla-met": "#6cc9b5",
        "major": "#ff8f6b",
        "internal": "#f0b952",
        "public": "#6cb2f5",
        "unread": "#ffffff",
        "quiet": "#9aa5b1",
        "cursor-background": "#2f6ea8",
        "cursor-foreground": "#ffffff",
    },
)

LIGHT = Theme(
    name="desk-light",
    primary="#0b5394",
    secondary="#44576b",
    accent="#0b5394",
    warning="#7a4f00",
    error="#a83200",
    success="#0a6655",
    foreground="#1c2127",
    background="#fbfbf9",
    surface="#f3f4f2",
    panel="#e6e9ea",
    dark=False,
    variables={
        "sla-breach": "#a83200",
        "sla-risk": "#7a4f00",
        "sla-paused": "#4a5c6e",
        "sla-met": "#0a6655",
        "major": "#a83200",
        "internal": "#7a4f00",
        "public": "#0b5394",
        "unread": "#000000",
        "quiet": "#545f6a",
        "cursor-background": "#0b5394",
        "cursor-foreground": "#ffffff",
    },
)

CONTRAST = Theme(
    name="desk-contrast",
    primary="#7fc4ff",
    secondary="#ffffff",
    accent="#7fc4ff",
    warning="#ffd23f",
    error="#ff9d80",
    success="#7ff0d8",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#101010",
    variables={
        "sla-breach": "#ff9d80",
        "sla-risk": "#ffd23f",
        "sla-paused": "#d8e2ec",
        "sla-met": "#7ff0d8",
        "major": "#ff9d80",
        "internal": "#ffd23f",
        "public": "#7fc4ff",
        "unread": "#ffffff",
        "quiet": "#d0d0d0",
        "cursor-background": "#ffff00",
        "cursor-foreground": "#000000",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)

FALLBACKS = {
    "sla-breach": "ansi_red",
    "sla-risk": "ansi_yellow",
    "sla-paused": "ansi_default",
    "sla-met": "ansi_green",
    "major": "ansi_red",
    "internal": "ansi_yellow",
    "public": "ansi_blue",
    "unread": "ansi_default",
    "quiet": "ansi_default",
    "cursor-background": "ansi_default",
    "cursor-foreground": "ansi_default",
}
"""Our variables for themes that do not know them; returned by the app's `get_theme_variable_defaults`."""
