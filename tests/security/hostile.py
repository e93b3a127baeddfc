"""106 strings that were sent to terminals and widgets to harm somebody, by family."""

from __future__ import annotations

ESC, ST, BEL = "\x1b", "\x1b\\", "\x07"

MARKUP = (
    "done [/oops]",
    "printer [/dev/usb0] on fire",
    "[/]",
    "[/b]",
    "[b",
    "[",
    "]",
    "[]",
    "[[]]",
    "[TODO] plan",
    "[red]red[/red]",
    "[black on black]hidden[/]",
    "[bold]open",
    "[@click=app.quit]x[/]",
    "[@click=app.quit()]x[/]",
    "[@click=screen.dismiss]x[/]",
    "[@click=app.bell]ring[/]",
    "[link=file:///etc/passwd]here[/link]",
    "[link='javascript:alert(1)']here[/]",
    "[type=x, v={'a[0]'}]",
    "[$error]variable[/]",
    "[on $nothing]x[/]",
    r"\[red]",
    r"\\[red]",
    "trailing \\",
    "[b]a[/i]",
    "[=x]",
    "[#12345]",
    "a[1:2, ::-1]b[/a]",
)

CONTROLS = (
    f"{ESC}]52;c;cm0gLXJmIH4={ST}",
    f"{ESC}]52;c;cm0gLXJmIH4={BEL}",
    f"{ESC}]52;c;?{ST}",
    f"{ESC}]0;title{ST}",
    f"{ESC}]2;title{BEL}",
    f"{ESC}]8;;http://evil.example{ST}click{ESC}]8;;{ST}",
    f"{ESC}]8;;file:///etc/passwd{ST}click{ESC}]8;;{ST}",
    f"{ESC}]9;toast{ST}",
    f"{ESC}]777;notify;a;b{ST}",
    f"{ESC}]1337;File=inline=1:AAAA{ST}",
    f"{ESC}]4;1;?{ST}",
    f"{ESC}[2J{ESC}[H",
    f"{ESC}[3J",
    f"{ESC}[?1049l",
    f"{ESC}[?1000l{ESC}[?1003l",
    f"{ESC}[?25h",
    f"{ESC}[6n",
    f"{ESC}[c",
    f"{ESC}[>0q",
    f"{ESC}[8;1;1t",
    f"{ESC}[21t",
    f"{ESC}[1;2r",
    f"{ESC}[31mred{ESC}[0m",
    f"{ESC}[8mhidden{ESC}[28m",
    f"{ESC}[1A{ESC}[2Kreplaced",
    f"{ESC}P$qm{ST}",
    f"{ESC}Pq#0;2;0;0;0{ST}",
    f"{ESC}Ptmux;{ESC}{ESC}]52;c;AAAA{BEL}{ST}",
    f"{ESC}_Ga=T;AAAA{ST}",
    f"{ESC}^private{ST}",
    f"{ESC}Xstring{ST}",
    f"{ESC}c",
    ESC,
    f"{ESC}(0lqk",
    f"{ESC}#8",
    f"ring{BEL}",
    "secret\b\b\b\b\b\bpublic",
    "secret\rpublic",
    "a\x00b",
    "a\x0eb\x0fc",
    "a\x05b\x11c\x1ad",
    "a\x7fb\x0cc\x0bd",
)

C1 = ("\x9b2J", "\x9d52;c;AAAA\x9c", "\x90q\x9c", "\x85", "\x9f\x98\x9e")

UNICODE = (
    "a\u202egpj.exe",
    "\u202dleft\u202c",
    "\u2066a\u2069\u2067b\u2069\u2068c\u2069",
    "\u200eboss\u200f",
    "\u061cx",
    "zero\u200bwidth",
    "zero\u200cnon\u200djoiner",
    "\ufeffmark",
    "soft\xadhyphen",
    "word\u2060joiner",
    "hangul\u3164filler\uffa0",
    "\u115f\u1160",
    "tags\U000e0041\U000e0042\U000e007f",
    "selected\ufe00\ufe0f\U000e0100",
    "\ud800lone",
    "lone\udcff",
    "z" + "\u0301" * 200,
    "👨\u200d👩\u200d👧 family",
    "二要素認証のコードが届かない",
    "line\u2028and\u2029paragraph",
)

MARKDOWN = (
    "# heading",
    "[text](javascript:alert(1))",
    "[text](file:///etc/passwd)",
    "![image](http://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<b>html</b>",
    "```\nfence",
    "| a | b |\n|---|---|",
    "http://evil.example/?q=[/]",
    "*" * 200,
)

HOSTILE = MARKUP + CONTROLS + C1 + UNICODE + MARKDOWN

ATTEMPT = f"{ESC}]52\x9b\u202e\x00[/b]"
"""Stands before every payload of a desk: what is cut after a few cells still tries something."""
SHOWN = "␛]52��␀[/b]"
"""What is painted of it."""

LONG = ("w" * 10_000, "数" * 5_000, "👨\u200d👩\u200d👧" * 500, "[" * 2_000)
STORABLE = tuple(text for text in HOSTILE if not any("\ud800" <= sign <= "\udfff" for sign in text)) + LONG
"""What a database takes: no lone surrogates; those hide in JSON."""
