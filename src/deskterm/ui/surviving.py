"""Living on after a bug: Textual ends the message loop whose handler raised, which leaves a screen deaf."""

from __future__ import annotations

from textual.message import Message
from textual.message_pump import MessagePump


class Surviving(MessagePump):
    """Mixed in before a Textual class: hands what a handler raised to the app, and takes the next message."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)
