"""What a chat was about before: matters that a message turns away from, and coming back to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.session import Matter, Session
from knowledge.model import Topic

_RETURNS = re.compile(
    r"^(?:好了?|行|那)?[,， ]*(?:回到|回过头|接着[说讲问]?|继续[说讲问]?|再?说回|还是[说讲问]回?|刚才|刚刚)"
    r"(?:刚才|刚刚|之前|上面|前面)?(?:那个|说的|问的|的|来)?[,， ]*"
)
_MOST_LEFT = 3


def comes_back(text: str) -> str | None:
    """Give what a message says besides that it comes back to something (接着说慢病); None if it does not."""
    found = _RETURNS.match(text)
    return text[found.end() :] if found else None


class Matters:
    """Remembers what chats were about, one matter of a subject, those left last first."""

    def __init__(self, topics: Mapping[str, Topic]) -> None:
        self._topics = topics
        self._subjects = frozenset(entry.subject for entry in topics.values())

    def returned(self, session: Session, features: frozenset[str]) -> Session:
        """Let the chat be about what it was before: what a message names, else what was left last."""
        named = features & self._subjects
        back = [matter for matter in session.left if not named or self._subject(matter.topic) in named]
        if not back:
            return session
        matter = back[0]
        if session.question is not None and self._subject(session.question.topic) == self._subject(
            matter.topic
        ):
            return session  # what was asked of it is still open
        left = tuple(other for other in session.left if other is not matter)
        update = {"topic": matter.topic, "facts": matter.facts, "calculated": matter.calculated, "left": left}
        return session.model_copy(update={**update, "question": None, "offers": ()})

    def kept(self, before: Session, session: Session) -> Session:
        """Keep the matter that a message turned away from, if something of its case was told."""
        told = before.facts.values or before.facts.amounts or before.facts.stays
        if not told or before.topic is None or session.topic is None or before.region != session.region:
            return session
        subject = self._subject(before.topic)
        if subject == self._subject(session.topic):
            return session
        matter = Matter(topic=before.topic, facts=before.facts, calculated=before.calculated)
        others = (other for other in session.left if self._subject(other.topic) != subject)
        return session.model_copy(update={"left": (matter, *others)[:_MOST_LEFT]})

    def _subject(self, topic: str) -> str:
        return self._topics[topic].subject
