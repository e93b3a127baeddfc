"""Which keys a console may rest on, and why not the others (console.md, 3.2)."""

from __future__ import annotations

from deskterm.i18n import N_

DEAD = frozenset("`^~'\"")
"""Printable keys that wait for another on international layouts."""
PREFIXES = frozenset({"g", ","})
"""Keys that wait for a second one."""
NAMED = frozenset(
    {
        "enter", "space", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end",
        "pageup", "pagedown", "delete", "backspace", "f1", "f2", "f3", "f4", "f5",
    }
)  # fmt: skip
SECOND = frozenset({"shift+up", "shift+down", "shift+left", "shift+right"})
"""Keys that may only stand beside another."""
CONTROLS = frozenset(f"ctrl+{letter}" for letter in "cdglpqrsuz")
USERS_OWN = frozenset({"f6", "f7", "f8", "f9"})
"""With everything after the comma, free for users by promise."""
USERS_PREFIX = ","

SAME_BYTE = N_("terminals send the same byte for another key")
MULTIPLEXER = N_("tmux and screen keep it for themselves")
BROWSER = N_("browser terminals close or open a tab with it")
KITTY = N_("most terminals cannot send it")
ALT = N_("it is a letter on many keyboards, and looks like Esc and a key over slow lines")
FUNCTION = N_("the terminal's own menus take it")
DEAD_KEY = N_("it waits for another key on many keyboards")
BESIDE = N_("it may only stand beside another key")
NO_KEY = N_("there is no such key")
USERS = N_("it is left free for users")

REASONS = {f"ctrl+{letter}": SAME_BYTE for letter in "hijm"} | {
    "ctrl+space": SAME_BYTE,
    "ctrl+@": SAME_BYTE,
    "ctrl+left_square_bracket": SAME_BYTE,
    "ctrl+a": MULTIPLEXER,
    "ctrl+b": MULTIPLEXER,
    "ctrl+k": MULTIPLEXER,
    "ctrl+w": BROWSER,
    "ctrl+t": BROWSER,
    "ctrl+n": BROWSER,
    "ctrl+enter": KITTY,
    "shift+enter": KITTY,
    "f10": FUNCTION,
    "f11": FUNCTION,
    "f12": FUNCTION,
    "insert": FUNCTION,
}


def objection(key: str, *, users: bool = False, alone: bool = True) -> str:
    """Return why a command may not rest on a key, marked for translation; empty where it may.

    Args:
        key: as the registry writes it: `t`, `ctrl+s`, `f1`, or two of them as `g q`.
        users: whether a user chose it, for whom the comma and F6 to F9 are kept.
        alone: whether the command has no other key.
    """
    first, blank, second = key.partition(" ")
    if blank:
        if first not in PREFIXES or (first == USERS_PREFIX and not users):
            return USERS if first == USERS_PREFIX else NO_KEY
        return objection(second, users=users)
    if key in NAMED or key in CONTROLS:
        return ""
    if key in SECOND:
        return BESIDE if alone else ""
    if key in USERS_OWN or key == USERS_PREFIX:
        return "" if users else USERS
    if len(key) == 1 and key.isascii() and key.isprintable() and key != " ":
        return DEAD_KEY if key in DEAD else ""
    if key.startswith(("alt+", "option+", "meta+")):
        return ALT
    if key.startswith("ctrl+shift+"):
        return KITTY
    return REASONS.get(key, NO_KEY)
