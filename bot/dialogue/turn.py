"""One message on its way through the dialogue: what was there before it, and what it means."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts, Offer, Session
from bot.understanding.understand import Understanding
from knowledge.contents import Region

_FOLLOWING = re.compile(
    r"^(那|那么|要是|如果|若是|假如|换成|改成|还有|再问)|呢(?:[?!。 ]|谢谢|多谢)*$|^(就|是|我)?(交|选)?的?是"
)
_SHORT = 8
_ENDING = re.compile(r"(?:[?!。,，~… 啊呀哈嘛呢吧哦喔噢嘞]|谢谢|多谢|麻烦了?|请问)+$")
"""What closes a message and means nothing: it makes a short one no longer."""


@dataclass(frozen=True)
class Turn:
    """A message to be answered.

    Attributes:
        session: the chat before it, its region set by the preset or by this message.
        heard: what the message means; told: what it tells of the case.
        region: the region whose document holds, None while it is not known.
        today: the day of the message.

    """

    session: Session
    heard: Understanding
    told: Facts
    region: Region | None
    today: dt.date

    @property
    def here(self) -> Region:
        """The region, where the dialogue has made sure that it is known."""
        assert self.region is not None
        return self.region

    @property
    def follows(self) -> bool:
        """Whether the message reads like a follow-up: 那二档呢, 要是省外呢, or just a word or two."""
        short = len(_ENDING.sub("", self.heard.rest)) <= _SHORT
        return self.session.topic is not None and (short or self.follows_on)

    @property
    def follows_on(self) -> bool:
        """Whether the message says itself that it goes on (住院呢, 那门诊)."""
        return _FOLLOWING.search(self.heard.rest) is not None

    @property
    def tells(self) -> bool:
        """Whether the message tells something of the case."""
        told = self.told
        return bool(told.values or told.amounts or told.days or told.people or self.heard.entities.money)

    @property
    def is_wordless(self) -> bool:
        """Whether nothing is left of the message besides signs and the names of places."""
        return not any(character.isalnum() for character in self.heard.rest)

    @property
    def says_nothing(self) -> bool:
        """Whether the message has no word that carries a meaning."""
        return all(token.filler for token in self.heard.tokens)

    def settled(
        self, topic: str, facts: Facts, reply: Reply, offers: tuple[Offer, ...]
    ) -> tuple[Session, Reply]:
        """Close the turn with an answer: remember topic and facts, offer what people ask next."""
        update = {"topic": topic, "facts": facts, "offers": offers, "waiting": None, "calculated": False}
        reply = reply.model_copy(update={"options": tuple(offer.label for offer in offers)})
        return self.session.model_copy(update=update), reply


@dataclass(frozen=True)
class Move:
    """How the bot moves on a message: the chat as it stands then, the reply, and the rule that decided."""

    session: Session
    reply: Reply
    decided: str
