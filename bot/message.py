"""A message as every channel hands it on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bot.dialogue.reply import Reply


@dataclass(frozen=True)
class Message:
    """What a user wrote.

    Attributes:
        channel: the way it came (http, wechat…); user: who wrote it, as the channel tells its users apart.
        text: the words.
        region: the region that this chat is about until the user names another, if it is preset.
        id: the same for every repeat of a message, and for no other of the user's, where the channel repeats.

    """

    channel: str
    user: str
    text: str
    region: str | None = None
    id: str | None = None


Answer = Callable[[Message], Awaitable[Reply]]
"""How a channel gets a message answered."""


Verdict = Literal["up", "down"]
"""What a user thinks of an answer."""

Rate = Callable[[str, str, str, Verdict, str], Awaitable[None]]
"""How a channel hands on what a user thinks: channel, user, the turn's id, the verdict, and why."""


class UnavailableError(Exception):
    """A message that cannot be answered now, because something that the bot needs does not work."""
