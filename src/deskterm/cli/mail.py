"""A mail as a ticket: who asks, what for, and what they wrote."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from deskterm.cli.arguments import BadArgument
from deskterm.i18n import N_

BLOCKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "pre"})
"""Elements of HTML that begin a line."""
HIDDEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True, slots=True)
class Mail:
    """What a ticket is made of."""

    sender: str
    """As in the header: `Leo Brandt <leo@example.org>`."""
    subject: str
    text: str


def read(place: str) -> Mail:
    """Read a mail as it was sent (RFC 5322); `-` is the standard input.

    Raises:
        BadArgument: it can't be read, or nobody sent it.
    """
    try:
        raw = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise BadArgument(N_("{file} can't be read: {reason}"), file=place, reason=error.strerror) from error
    message = message_from_bytes(raw, policy=policy.default)
    sender = _sender(message)
    if not sender:
        raise BadArgument(N_("{file} is no mail: nobody sent it."), file=place)
    return Mail(sender, str(message.get("Subject") or "").strip(), _text(message))


def _sender(message: EmailMessage) -> str:
    for name in ("Reply-To", "From"):
        header = message.get(name)
        for address in header.addresses if header is not None else ():
            if address.domain:
                return f"{address.display_name} <{address.addr_spec}>".strip()
    return ""


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        text = str(body.get_content())
    except (LookupError, KeyError):
        text = (body.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
    if body.get_content_subtype() != "html":
        return text
    reader = _Reader()
    reader.feed(text)
    return "\n".join(filter(None, map(str.strip, "".join(reader.words).splitlines())))


class _Reader(HTMLParser):
    """Takes the words out of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.words.append(data)
